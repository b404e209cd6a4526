// SPDX-License-Identifier: Apache-2.0
//
// What came of a dose: that it came up again, and whether it helped.
#include "sdk/chart/after_dose.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/device/beside_orders.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::string_view k_rule_system = "urn:kari:rule";

// The dose as whoever speaks of it saw it, and what is asked about that.
struct AboutDose {
    Seen seen;
    Happened when;
    std::vector<DoseWarning> warnings;
};

Result<AboutDose> about_dose(Session& session, const EditToken& token,
                             const std::optional<ZonedInstant>& at) {
    auto seen = seen_as(session, token, v1::KIND_MEDICATION_ADMINISTRATION);
    if (!seen) return tl::unexpected(seen.error());
    const auto when = done_at(session, at);
    if (!when) return tl::unexpected(when.error());
    const auto group = session.store.recent(seen->token.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    const auto changes = session.store.changes(seen->token.record, seen->token.resource);
    if (!changes) return tl::unexpected(changes.error());
    AboutDose out{std::move(*seen), *when, {}};
    bool taken = false;
    bool before = true;
    const chart::ClockNotes clocks(**group);
    for (const auto& change : *changes) {
        const auto said = chart::said_by<v1::MedicationAdministration>(change).administration();
        if (said.status() == v1::ADMINISTRATION_STATUS_UNSPECIFIED ||
            !chart::says_taken(said.status())) {
            continue;
        }
        taken = true;
        before = before && when->interval.end < clocks.effective(change).earliest;
    }
    if (!taken) return fail(ErrorCode::invalid_argument, "entry/not-taken");
    if (before) out.warnings.push_back(warning(session, "entry/before-dose", 2));
    return out;
}

Result<Written> write_after(Session& session, const AboutDose& about, v1::Performance said,
                            const std::vector<Override>& overrides, std::string_view note) {
    if (auto stated = require_overrides(about.warnings, overrides); !stated) {
        return tl::unexpected(stated.error());
    }
    said.set_status(v1::PROCEDURE_STATUS_COMPLETED);
    for (const Override& one : overrides) {
        v1::CodeableConcept& why = *said.add_reason_code();
        v1::Coding& rule = *why.add_coding();
        rule.set_system(std::string(k_rule_system));
        rule.set_code(one.rule);
        why.set_text(one.reason);
    }
    return write_act(session, about.seen.token, std::move(said), about.when, note);
}

Result<Written> vomited(Session& session, const VomitedEntry& entry) {
    const auto about = about_dose(session, entry.token, entry.at);
    if (!about) return tl::unexpected(about.error());
    v1::Performance said;
    set_act_code(*said.mutable_code(), chart::k_vomited, "Dose vomited");
    if (entry.seen) {
        set_act_code(*said.mutable_outcome(), *entry.seen ? "seen" : "not-seen",
                     *entry.seen ? "Medicine seen in the vomit" : "Medicine not seen in the vomit");
    }
    auto written = write_after(session, *about, std::move(said), entry.overrides, entry.note);
    if (!written) return written;
    written->told.push_back(warning(session, "entry/ask-before-repeat", 2));
    written->told.back().needs_reason = false;
    return written;
}

struct EffectWord {
    std::string_view code;
    std::string_view display;
};

EffectWord word_of(DoseEffect effect) {
    switch (effect) {
        case DoseEffect::good:
            return {"good", "Good effect"};
        case DoseEffect::some:
            return {"some", "Some effect"};
        case DoseEffect::unwanted:
            return {"unwanted", "Unwanted effect"};
        case DoseEffect::none:
            break;
    }
    return {"none", "No effect"};
}

Result<Written> effect(Session& session, const EffectEntry& entry) {
    const auto about = about_dose(session, entry.token, entry.at);
    if (!about) return tl::unexpected(about.error());
    const EffectWord word = word_of(entry.effect);
    v1::Performance said;
    set_act_code(*said.mutable_code(), chart::k_effect, "Effect of a dose");
    set_act_code(*said.mutable_outcome(), word.code, word.display);
    auto written = write_after(session, *about, std::move(said), entry.overrides, entry.note);
    if (!written || entry.effect == DoseEffect::good || entry.effect == DoseEffect::some) {
        return written;
    }
    const bool none = entry.effect == DoseEffect::none;
    written->told.push_back(
        warning(session, none ? "entry/no-effect" : "entry/unwanted-effect", none ? 3 : 2));
    written->told.back().needs_reason = false;
    return written;
}

}  // namespace

Result<Written> Care::dose_vomited(const VomitedEntry& entry) {
    return core_->run([&](Session& session) { return vomited(session, entry); });
}

Result<Written> Care::dose_effect(const EffectEntry& entry) {
    return core_->run([&](Session& session) { return effect(session, entry); });
}

}  // namespace kari
