// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/allowance.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/base/quantity.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::chart {
namespace {

std::optional<Decimal> in_unit(const v1::Quantity& amount, const std::string& unit) {
    const auto value = Decimal::parse(amount.value());
    const std::string own = clinical::meant_unit(amount);
    if (!value || own.empty()) return std::nullopt;
    if (own == unit) return *value;
    const auto converted = base::convert(Quantity{*value, own, {}}, unit);
    return converted ? std::optional(converted->value) : std::nullopt;
}

// Whose ask the server answered first. Whoever writes an ask into it afterwards, with whatever
// tick, holds nothing, and takes nothing from whoever does.
std::optional<IncarnationId> answered_to(const GroupResource& resource) {
    const merge::Change* first = nullptr;
    std::optional<IncarnationId> out;
    for (const auto& change : resource.history) {
        const auto said = said_by<v1::MedicationAllowance>(*change);
        if (!change->from_server() || !said.has_answer()) continue;
        if (first != nullptr && first->header.tick() <= change->header.tick()) continue;
        first = change.get();
        out = base::from_bytes<IncarnationId>(said.answer().holder());
    }
    return out;
}

// The first change that asks, of whom the server answered or of all, and the answers. Nothing:
// nobody asks.
std::optional<Allowance> read(const GroupResource& resource, const ClockNotes& clocks) {
    const auto holder = answered_to(resource);
    const merge::Change* first = nullptr;
    for (const auto& change : resource.history) {
        const auto said = said_by<v1::MedicationAllowance>(*change);
        if (change->from_server() || !said.has_ask()) continue;
        if (holder && change->incarnation != *holder) continue;
        if (first == nullptr || change->header.tick() < first->header.tick()) first = change.get();
    }
    if (first == nullptr) return std::nullopt;
    Allowance out;
    out.version = item_of(resource).version;
    out.ask = said_by<v1::MedicationAllowance>(*first).ask();
    out.holder = first->incarnation;
    out.asked = authorship_of(*first);
    out.asked_at = clocks.recorded(*first);
    out.holder_seq = first->header.seq();
    std::uint64_t newest = 0;
    for (const auto& change : resource.history) {
        const auto said = said_by<v1::MedicationAllowance>(*change);
        if (change->from_server() && said.has_answer() && change->header.tick() >= newest &&
            said.answer().holder() == base::to_bytes(out.holder)) {
            out.answer = said.answer();
            newest = change->header.tick();
        }
        if (change->incarnation == out.holder && said.has_returned()) out.returned = true;
    }
    return out;
}

// What one dose was ever said to be under it, the most.
struct Use {
    bool any = false;
    std::optional<v1::Quantity> most;
    bool unknown = false;  // some statement tells no amount that can be compared
};

void note(const v1::Administration& said, Use& use) {
    if (!said.has_dose()) {
        use.unknown = true;
        return;
    }
    const std::string unit = clinical::meant_unit(said.dose());
    const auto value = in_unit(said.dose(), unit);
    const auto most = use.most ? in_unit(*use.most, unit) : std::nullopt;
    if (!value || (use.most && !most)) {
        use.unknown = true;
    } else if (!use.most || most->compare(*value) == std::strong_ordering::less) {
        use.most = said.dose();
    }
}

// Its holder's dose of its order that names it, whatever was said of the dose since.
Use use_of(const GroupResource& dose, const Allowance& allowance, const std::string& id) {
    Use out;
    for (const auto& change : dose.history) {
        const auto said = said_by<v1::MedicationAdministration>(*change).administration();
        out.any = out.any || (change->incarnation == allowance.holder && said.allowance() == id &&
                              said.request().resource() == allowance.ask.order());
        if (says_taken(said.status())) note(said, out);
    }
    return out;
}

bool mentions(const GroupResource& dose, const std::string& id) {
    return std::any_of(dose.history.begin(), dose.history.end(), [&](const ChangePtr& change) {
        return change->body.resource().find(id) != std::string::npos;
    });
}

void add_spent(const Group& group, Allowance& allowance) {
    const std::string id = base::to_bytes(allowance.version.resource);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ADMINISTRATION || !mentions(resource, id))
            continue;
        const Use use = use_of(resource, allowance, id);
        if (!use.any) continue;
        ++allowance.spent_doses;
        allowance.spent.push_back(use.unknown ? std::nullopt : use.most);
    }
}

// How far the holder's stream in the record is here without a gap: from what asks on, and whether
// from its beginning to what gives back.
void follow_stream(const Group& group, Allowance& allowance) {
    std::set<std::uint64_t> here;
    std::uint64_t last = 0;
    for (const auto& resource : group.resources) {
        if (resource.record != allowance.version.record) continue;
        for (const auto& change : resource.history) {
            if (change->incarnation != allowance.holder) continue;
            here.insert(change->header.seq());
            if (resource.id == allowance.version.resource &&
                said_by<v1::MedicationAllowance>(*change).has_returned()) {
                last = last == 0 ? change->header.seq() : std::min(last, change->header.seq());
            }
        }
    }
    while (here.contains(allowance.holder_seq + 1))
        ++allowance.holder_seq;
    const auto before = std::distance(here.begin(), here.upper_bound(last));
    allowance.return_is_whole = last > 0 && static_cast<std::uint64_t>(before) == last;
}

}  // namespace

std::size_t Allowance::doses_left() const {
    if (!granted()) return 0;
    return answer->doses() - std::min<std::size_t>(answer->doses(), spent_doses);
}

std::optional<v1::Quantity> Allowance::amount_left() const {
    if (!granted()) return std::nullopt;
    const std::string unit = clinical::meant_unit(answer->amount());
    auto left = in_unit(answer->amount(), unit);
    for (const auto& one : spent) {
        const auto value = one ? in_unit(*one, unit) : std::nullopt;
        if (!left || !value) return std::nullopt;
        *left = *left - *value;
    }
    if (!left) return std::nullopt;
    v1::Quantity out = answer->amount();
    out.set_value(left->negative() ? "0" : left->text());
    return out;
}

std::vector<Allowance> allowances_in(const Group& group) {
    std::vector<Allowance> out;
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_MEDICATION_ALLOWANCE) continue;
        auto one = read(resource, clocks);
        if (!one) continue;
        if (one->granted()) {
            add_spent(group, *one);
            follow_stream(group, *one);
        }
        out.push_back(std::move(*one));
    }
    return out;
}

AllowanceStanding standing_of(const Group& group, const Allowance& allowance,
                              const HolderTerms& terms) {
    using S = AllowanceStanding;
    if (!allowance.answer) return S::asked;
    const v1::AllowanceAnswer& answer = *allowance.answer;
    if (!allowance.granted()) return S::refused;
    if (allowance.returned) return S::returned;
    const bool knows = terms.server_now.has_value();
    if (knows && terms.server_now->latest.ms > answer.until_ms()) return S::over;
    if (allowance.doses_left() == 0) return S::spent;
    const bool own = allowance.holder == terms.self;
    if (!own && !KARI_MUTATED(allowance_is_anybodys)) return S::elsewhere;
    if (answer.epoch() != base::to_bytes(terms.epoch)) return S::other_epoch;
    const auto id = base::from_bytes<ResourceId>(allowance.ask.order());
    const auto* order = id ? group.find(allowance.version.record, *id) : nullptr;
    const auto* write = order == nullptr ? nullptr : order->operative_write(k_order_prescription);
    if (write == nullptr || answer.order_version() != base::to_bytes(write->change)) {
        return S::order_changed;
    }
    const auto end = terms.own_seq.find(allowance.version.record);
    const bool here = end != terms.own_seq.end() && end->second == allowance.holder_seq;
    if (!here && !KARI_MUTATED(allowance_is_anybodys)) return S::not_here;
    return knows ? S::usable : S::clock;
}

std::optional<ResourceId> allowance_for(const Group& group, const GroupResource& order,
                                        const v1::Quantity* amount, const HolderTerms& terms) {
    const Allowance* first = nullptr;
    const auto all = allowances_in(group);
    for (const Allowance& one : all) {
        if (one.ask.order() != base::to_bytes(order.id) || one.version.record != order.record ||
            amount == nullptr || standing_of(group, one, terms) != AllowanceStanding::usable) {
            continue;
        }
        const auto left = one.amount_left();
        const std::string unit = left ? clinical::meant_unit(*left) : std::string();
        const auto has = left ? in_unit(*left, unit) : std::nullopt;
        const auto wants = in_unit(*amount, unit);
        if (!has || !wants || wants->compare(*has) == std::strong_ordering::greater) continue;
        if (first == nullptr || one.answer->until_ms() < first->answer->until_ms()) first = &one;
    }
    return first == nullptr ? std::nullopt : std::optional(first->version.resource);
}

}  // namespace kari::chart
