// SPDX-License-Identifier: Apache-2.0
//
// Allowances of medicine as needed: asking, giving back, and whether a dose is under one.
#include "sdk/device/allowances.hpp"

#include <algorithm>

#include "kari/v1/allowance.pb.h"
#include "sdk/base/mutant.hpp"
#include "sdk/base/time.hpp"
#include "sdk/chart/allowance.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/clinical/allowed.hpp"
#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"
#include "sdk/sync/clock_sample.hpp"

namespace kari {

namespace device {
namespace {

using chart::AllowanceStanding;

// How long what came to nothing is shown.
constexpr Duration k_shown = Duration::hours(12);

// Between which moments server time is, as learnt in this boot from a clock that nobody set since.
std::optional<chart::Span> server_now(const Session& session) {
    const Settings& known = session.settings;
    if (!known.server_minus_wall_ms || !known.server_known_at || !known.server_doubt_ms) {
        return std::nullopt;
    }
    const sync::ClockSample sample{
        *known.server_known_at, {*known.server_minus_wall_ms}, {*known.server_doubt_ms}};
    Clock& clock = *session.platform.clock;
    const sync::Moment now{clock.wall(), clock.boot(), clock.boot_clock_ms()};
    if (KARI_MUTATED(allowance_by_any_clock)) {
        const Instant taken_for = now.wall + sample.server_minus_wall;
        return chart::Span{taken_for, taken_for};
    }
    if (!sync::holds(sample, now)) return std::nullopt;
    const Duration doubt = sync::doubt_at(sample, now);
    // What it writes tells whole seconds.
    if (Duration{doubt.ms + 1'000} > clinical::k_clock_doubt) return std::nullopt;
    const Instant by_wall = now.wall + sample.server_minus_wall;
    const Instant by_boot =
        sample.at.wall + sample.server_minus_wall +
        Duration{static_cast<std::int64_t>(now.boot_clock_ms - sample.at.boot_clock_ms)};
    return chart::Span{std::min(by_wall, by_boot) - doubt, std::max(by_wall, by_boot) + doubt};
}

Result<chart::HolderTerms> terms_of(Session& session, const chart::Group& group) {
    chart::HolderTerms out;
    out.self = session.store.identity().incarnation;
    out.epoch = session.settings.epoch;
    out.server_now = server_now(session);
    for (const RecordId& record : group.records) {
        const auto end = session.store.own_end(record);
        if (!end) return tl::unexpected(end.error());
        out.own_seq[record] = *end;
    }
    return out;
}

std::string_view rule_of(v1::AllowanceRefusal why) {
    switch (why) {
        case v1::ALLOWANCE_REFUSAL_NOT_NEEDED:
            return "allowance/not-needed";
        case v1::ALLOWANCE_REFUSAL_ORDER_NOT_IN_EFFECT:
            return "allowance/not-in-effect";
        case v1::ALLOWANCE_REFUSAL_NOTHING_LEFT:
            return "allowance/nothing-left";
        case v1::ALLOWANCE_REFUSAL_NEW_EPOCH:
            return "allowance/new-epoch";
        case v1::ALLOWANCE_REFUSAL_NOT_YOURS:
            return "allowance/not-yours";
        case v1::ALLOWANCE_REFUSAL_SEVERAL_RECORDS:
            return "allowance/several-records";
        case v1::ALLOWANCE_REFUSAL_LATE:
            return "allowance/late";
        default:
            return "allowance/not-computed";
    }
}

// Why no dose is given under it; empty: there is nothing to say, or one is.
std::string_view reason_of(const chart::Allowance& one, AllowanceStanding standing) {
    switch (standing) {
        case AllowanceStanding::asked:
            return "allowance/asked";
        case AllowanceStanding::refused:
            return rule_of(one.answer->refusal());
        case AllowanceStanding::other_epoch:
            return "allowance/other-epoch";
        case AllowanceStanding::order_changed:
            return "allowance/order-changed";
        case AllowanceStanding::not_here:
            return "allowance/not-here";
        case AllowanceStanding::clock:
            return "allowance/clock";
        default:
            return {};
    }
}

std::string state_of(AllowanceStanding standing) {
    switch (standing) {
        case AllowanceStanding::asked:
            return "asked";
        case AllowanceStanding::refused:
            return "refused";
        case AllowanceStanding::returned:
            return "returned";
        case AllowanceStanding::over:
            return "over";
        case AllowanceStanding::spent:
            return "spent";
        case AllowanceStanding::elsewhere:
            return "elsewhere";
        case AllowanceStanding::usable:
            return "granted";
        default:
            return "unusable";
    }
}

bool is_of(const chart::Allowance& one, const chart::GroupResource& order) {
    return one.version.record == order.record && one.ask.order() == base::to_bytes(order.id);
}

AllowanceItem item_of(const Session& session, const chart::Allowance& one,
                      AllowanceStanding standing, const DataAge& age) {
    const auto language = spoken(session.language);
    AllowanceItem out;
    out.record = one.version.record;
    out.resource = one.version.resource;
    out.token = token_of(one.version, age);
    out.state = state_of(standing);
    if (const auto* said = clinical::sentences(reason_of(one, standing), language)) {
        out.reason = said->title;
        out.action = said->next;
    }
    out.asked = said_of(session, one.asked);
    out.doses = one.granted() ? one.answer->doses() : one.ask.doses();
    if (!one.granted()) return out;
    out.doses_left = static_cast<std::uint32_t>(one.doses_left());
    out.amount = clinical::amount_words(one.answer->amount(), language);
    if (const auto left = one.amount_left()) {
        out.amount_left = clinical::amount_words(*left, language);
    }
    const auto until = base::in_zone(Instant{one.answer->until_ms()}, zone_of(session));
    if (until) out.until = base::fhir_date_time(*until);
    return out;
}

// "Ingrid Berg: 2 tablets, 2026-03-04 22:00" of those elsewhere, else why an own one is of no use.
std::string told(const std::vector<AllowanceItem>& items) {
    std::string out;
    for (const AllowanceItem& one : items) {
        std::string said = one.reason;
        if (one.state == "elsewhere") {
            std::string until = one.until.substr(0, 16);
            if (until.size() == 16) until[10] = ' ';
            said = one.asked.person_name + ": " + one.amount_left + ", " + until;
        }
        if (!said.empty()) out += (out.empty() ? "" : "; ") + said;
    }
    return out;
}

// The one that the dose is given under; nothing: none is usable for it.
Result<std::optional<ResourceId>> usable_allowance(Session& session, const chart::Group& group,
                                                   const NeededDose& dose) {
    if (dose.order == nullptr || !dose.now || !wants_allowance(session, *dose.prescription)) {
        return std::nullopt;
    }
    const auto terms = terms_of(session, group);
    if (!terms) return tl::unexpected(terms.error());
    return chart::allowance_for(group, *dose.order, dose.amount, *terms);
}

}  // namespace

bool wants_allowance(const Session& session, const v1::Prescription& prescription) {
    return clinical::needs_allowance(prescription, session.store.pack());
}

Result<void> add_allowance_warning(Session& session, const chart::Group& group,
                                   const NeededDose& dose, std::vector<DoseWarning>& out) {
    if (!wants_allowance(session, *dose.prescription)) return {};
    const auto usable = usable_allowance(session, group, dose);
    if (!usable) return tl::unexpected(usable.error());
    if (*usable) return {};
    out.push_back(warning(session, clinical::k_no_allowance, 2));
    if (dose.order == nullptr) return {};
    const auto items = allowance_items(session, group, *dose.order, {});
    if (!items) return tl::unexpected(items.error());
    if (const std::string why = told(*items); !why.empty()) out.back().sentence += ": " + why;
    return {};
}

Result<void> name_allowance(Session& session, const SeenResource& order,
                            const v1::Prescription& prescription, const DoseEntry& entry,
                            v1::Administration& dose) {
    if (order.slot || !wants_allowance(session, prescription)) return {};
    const auto group = session.store.recent(order.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    const v1::Quantity* amount = dose.has_dose() ? &dose.dose() : nullptr;
    const auto usable = usable_allowance(
        session, **group,
        {(*group)->find(order.record, order.resource), &prescription, amount, !entry.effective});
    if (!usable) return tl::unexpected(usable.error());
    if (*usable) {
        dose.set_allowance(base::to_bytes(**usable));
        return {};
    }
    return require_overrides({warning(session, clinical::k_no_allowance, 2)}, entry.overrides);
}

Result<std::vector<AllowanceItem>> allowance_items(Session& session, const chart::Group& group,
                                                   const chart::GroupResource& order,
                                                   const DataAge& age) {
    const auto terms = terms_of(session, group);
    if (!terms) return tl::unexpected(terms.error());
    const Instant now = best_now(session.platform, session.settings);
    std::vector<AllowanceItem> out;
    auto all = chart::allowances_in(group);
    std::erase_if(all, [&](const chart::Allowance& one) { return !is_of(one, order); });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return std::pair(a.asked_at.latest, a.version.resource) >
               std::pair(b.asked_at.latest, b.version.resource);
    });
    for (const chart::Allowance& one : all) {
        const auto standing = chart::standing_of(group, one, *terms);
        const Instant last =
            one.granted() ? Instant{one.answer->until_ms()} : one.asked_at.latest + k_shown;
        const bool ended = standing == AllowanceStanding::returned ||
                           standing == AllowanceStanding::over || last < now;
        if (!ended) out.push_back(item_of(session, one, standing, age));
    }
    return out;
}

namespace {

Result<Written> ask(Session& session, const AllowanceAsk& entry) {
    if (entry.doses < 1 || entry.doses > clinical::k_allowance_doses_most || entry.hours < 1 ||
        Duration::hours(entry.hours) > clinical::k_allowance_longest) {
        return fail(ErrorCode::value_out_of_range, "1 to 20 doses, for 1 to 12 hours");
    }
    const auto seen = seen_as(session, entry.token, v1::KIND_MEDICATION_REQUEST);
    if (!seen) return tl::unexpected(seen.error());
    const auto said = seen_value<v1::MedicationRequest>(
        seen->resource, v1::MedicationRequest::kPrescriptionFieldNumber);
    if (!wants_allowance(session, said.prescription())) {
        return fail(ErrorCode::invalid_argument, "allowance/not-needed");
    }
    v1::MedicationAllowance message;
    message.mutable_ask()->set_order(base::to_bytes(seen->token.resource));
    message.mutable_ask()->set_doses(entry.doses);
    message.mutable_ask()->set_hours(entry.hours);
    return write_new(session, seen->token.record, v1::KIND_MEDICATION_ALLOWANCE, message);
}

Result<Written> give_back(Session& session, const EditToken& token, std::string_view reason) {
    const auto seen = seen_as(session, token, v1::KIND_MEDICATION_ALLOWANCE);
    if (!seen) return tl::unexpected(seen.error());
    const auto group = session.store.recent(seen->token.record, recent_window(session));
    if (!group) return tl::unexpected(group.error());
    const auto all = chart::allowances_in(**group);
    const auto held = std::find_if(all.begin(), all.end(), [&](const chart::Allowance& one) {
        return one.version.resource == seen->token.resource &&
               one.holder == session.store.identity().incarnation;
    });
    if (held == all.end()) return fail(ErrorCode::not_permitted, "allowance/held-elsewhere");
    if (held->returned) return fail(ErrorCode::invalid_argument, "allowance/returned-already");
    v1::MedicationAllowance message;
    message.mutable_returned()->set_reason(std::string(reason));
    return write_seen(session, seen->token, v1::KIND_MEDICATION_ALLOWANCE, message);
}

}  // namespace

}  // namespace device

Result<Written> Care::ask_allowance(const AllowanceAsk& entry) {
    return core_->run([&](device::Session& session) { return device::ask(session, entry); });
}

Result<Written> Care::return_allowance(const EditToken& token, std::string_view reason) {
    return core_->run(
        [&](device::Session& session) { return device::give_back(session, token, reason); });
}

}  // namespace kari
