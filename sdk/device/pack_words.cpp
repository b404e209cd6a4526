// SPDX-License-Identifier: Apache-2.0
//
// What is said of the drug facts that rules lean on.
#include "sdk/device/pack_words.hpp"

#include <algorithm>

#include "sdk/base/time.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/knowledge_pack.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::string_view k_demo = "DEMO";

std::string with_number(std::string_view sentence, int number) {
    std::string out(sentence);
    if (const auto at = out.find("{0}"); at != std::string::npos) {
        out.replace(at, 3, std::to_string(number));
    }
    return out;
}

std::string title(std::string_view rule, Language language, int number = 0) {
    const auto* said = clinical::sentences(rule, spoken(language));
    return said == nullptr ? std::string(rule) : with_number(said->title, number);
}

bool is_compiled_in(const store::DeviceStore& store) {
    return &store.pack() == &clinical::demo_pack();
}

}  // namespace

int pack_days_old(const Platform& platform, const store::DeviceStore& store,
                  const Settings& settings) {
    const Instant now{std::max(settings.highest_time_ms, best_now(platform, settings).ms)};
    const auto local = base::in_zone(now, zone_of(platform, settings));
    const LocalDate today = local
                                ? base::local_date(*local)
                                : base::add_days({1970, 1, 1}, static_cast<int>(now.ms / k_day_ms));
    return base::days_between(store.pack().date, today);
}

std::string drug_facts(const Platform& platform, const store::DeviceStore& store,
                       const Settings& settings, Language language) {
    const auto& pack = store.pack();
    const int days = pack_days_old(platform, store, settings);
    std::string out;
    const auto say = [&](std::string_view rule) {
        out += (out.empty() ? "" : ". ") + title(rule, language, days);
    };
    if (store.pack_trouble()) say("pack/unreadable");
    if (pack.label.starts_with(k_demo)) say("pack/demo");
    if (days > k_pack_days) say("pack/old");
    return out.empty() ? out : out + " (" + pack.name() + ", " + pack.label + ")";
}

void add_pack_warning(const Session& session, std::vector<DoseWarning>& out) {
    const bool trouble = session.store.pack_trouble().has_value();
    const int days = pack_days_old(session.platform, session.store, session.settings);
    if (!trouble && (is_compiled_in(session.store) || days <= k_pack_days)) return;
    DoseWarning one = warning(session, trouble ? "pack/unreadable" : "pack/old", 3);
    one.sentence = with_number(one.sentence, days);
    one.needs_reason = false;
    out.push_back(std::move(one));
}

PackStatus pack_status(const Session& session) {
    const auto& pack = session.store.pack();
    PackStatus out;
    out.name = pack.name();
    out.label = pack.label;
    out.date = pack.date;
    out.days_old = pack_days_old(session.platform, session.store, session.settings);
    out.compiled_in = is_compiled_in(session.store);
    const std::string rule =
        session.store.pack_trouble() ? "pack/unreadable" : session.settings.pack_told;
    if (const auto* said = clinical::sentences(rule, spoken(session.language))) {
        out.told = std::string(said->title) + ". " + std::string(said->meaning);
        out.told_to_do = said->next;
    }
    return out;
}

}  // namespace kari::device
