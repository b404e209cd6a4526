// SPDX-License-Identifier: Apache-2.0
//
// What a dose takes out of the ledger: written with it, both or neither.
#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/clinical/stock.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/stock.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

// In the unit that the account is kept in, where that follows exactly; else as it was said.
v1::Quantity in_account(const v1::Quantity& said, const chart::StockSum& account,
                        const v1::Ratio& strength) {
    const auto amount = clinical::amount_in(said, account.unit, strength);
    if (!amount || account.rows.empty() || clinical::meant_unit(said) == account.unit) return said;
    v1::Quantity out;
    out.set_value(amount->text());
    out.set_code(account.unit);
    return out;
}

// The part of a piece that was not used is to be told of.
bool leaves_rest(const std::vector<Movement>& movements) {
    Decimal sum;
    for (const Movement& movement : movements) {
        const auto& quantity = movement.said.quantity();
        const std::string unit = clinical::meant_unit(quantity);
        if (!clinical::counted_in_pieces(unit)) return false;
        const auto amount = clinical::amount_in(quantity, unit, {});
        if (!amount) return false;
        sum = sum + *amount;
    }
    return !clinical::is_whole(sum);
}

bool has_account_of_ours(const chart::Group& ledger, const v1::CodeableConcept& drug) {
    const chart::ClockNotes clocks(ledger);
    for (const auto& resource : ledger.resources) {
        const auto row = chart::stock_row(resource, clocks);
        if (!row || !clinical::is_kept_by_us(row->said.place())) continue;
        const auto kept =
            clinical::drug_of(row->said.medication(), row->said.medication_reference());
        if (clinical::same_drug(kept, drug)) return true;
    }
    return false;
}

// Of the same preparation, as far as both say; whatever the place is called.
bool has_home_account(const chart::Group& ledger, const v1::StockMovement& used) {
    const chart::ClockNotes clocks(ledger);
    return std::any_of(ledger.resources.begin(), ledger.resources.end(), [&](const auto& resource) {
        const auto row = chart::stock_row(resource, clocks);
        return row && row->said.place().kind() == v1::STOCK_PLACE_KIND_PATIENT_HOME &&
               clinical::may_be_one_preparation(row->said, used);
    });
}

bool concerns_ledger(const Session& session, const DoseEntry& entry,
                     const v1::Administration& dose) {
    return entry.stock || (clinical::is_prepared_here(dose) &&
                           clinical::controlled_as(dose.medication(), session.store.pack()));
}

Result<std::vector<Movement>> movements_of_dose(Session& session, const chart::Group& ledger,
                                                const DoseEntry& entry,
                                                const v1::Administration& dose,
                                                const v1::CodeableConcept& form,
                                                const ResourceId& administration,
                                                const Happened& when) {
    std::vector<Movement> out;
    if (!entry.stock) return out;
    const v1::StockPlace place = stock_place(session, entry.stock->from);
    const auto add = [&](v1::StockAct act, const v1::Quantity& amount) -> Result<void> {
        Movement one = movement_of(session, act, place, when);
        *one.said.mutable_medication() = dose.medication();
        if (dose.has_medication_reference()) {
            *one.said.mutable_medication_reference() = dose.medication_reference();
        }
        if (form.ByteSizeLong() > 0) *one.said.mutable_form() = form;
        if (dose.has_strength()) *one.said.mutable_strength() = dose.strength();
        one.said.set_lot(entry.stock->lot);
        *one.said.mutable_quantity() = amount;
        *one.said.mutable_quantity() =
            in_account(amount, account_of(ledger, one.said), dose.strength());
        const auto value =
            clinical::amount_in(one.said.quantity(), clinical::meant_unit(one.said.quantity()), {});
        if (!value || value->negative() || value->zero()) {
            return fail(ErrorCode::value_out_of_range, "entry/stock-amount");
        }
        one.said.set_administration(base::to_bytes(administration));
        out.push_back(std::move(one));
        return {};
    };
    const v1::Quantity taken = entry.stock->taken ? stated_dose(*entry.stock->taken) : dose.dose();
    if (auto added = add(v1::STOCK_ACT_ADMINISTER, taken); !added) {
        return tl::unexpected(added.error());
    }
    // Of what is the citizen's own there is a ledger where somebody began one, or says more now.
    const bool says_more = entry.stock->wasted || entry.stock->taken;
    if (place.kind() == v1::STOCK_PLACE_KIND_PATIENT_HOME && !says_more &&
        !has_home_account(ledger, out.front().said)) {
        return std::vector<Movement>{};
    }
    if (!entry.stock->wasted) return out;
    if (auto added = add(v1::STOCK_ACT_WASTE, stated_dose(*entry.stock->wasted)); !added) {
        return tl::unexpected(added.error());
    }
    return out;
}

}  // namespace

Result<StockOfDose> taken_from_stock(Session& session, const RecordId& record,
                                     const DoseEntry& entry, const v1::CodeableConcept& form,
                                     const Happened& when, v1::Administration& dose) {
    StockOfDose out{random_id<ResourceId>(*session.platform.entropy), {}};
    if (!entry.stock) return out;
    *dose.mutable_taken_from() = stock_place(session, entry.stock->from);
    const auto ledger = session.store.ledger(record);
    if (!ledger) return tl::unexpected(ledger.error());
    auto movements = movements_of_dose(session, *ledger, entry, dose, form, out.dose, when);
    if (!movements) return tl::unexpected(movements.error());
    for (Movement& movement : *movements)
        add_stock_overrides(entry.overrides, movement);
    out.movements = std::move(*movements);
    return out;
}

Result<Written> write_beside(Session& session, Act dose, const StockOfDose& beside,
                             const Happened& when) {
    if (beside.movements.empty()) return write(session, dose);
    std::vector<v1::StockEvent> events;
    auto acts = acts_of(dose.record, beside.movements, when, dose.age_ms, events);
    if (KARI_MUTATED(stock_apart_from_dose)) {
        auto alone = write(session, dose);
        auto events_of_it = write_all(session, acts);
        if (!alone || !events_of_it) return alone;
        for (const Written& one : *events_of_it)
            alone->also.push_back(one.change);
        return alone;
    }
    acts.insert(acts.begin(), std::move(dose));
    auto all = write_all(session, acts);
    if (!all) return tl::unexpected(all.error());
    Written out = std::move(all->front());
    for (std::size_t at = 1; at < all->size(); ++at)
        out.also.push_back((*all)[at].change);
    return out;
}

Result<void> add_stock_warnings(Session& session, const RecordId& record, const DoseEntry& entry,
                                const v1::Administration& dose, const v1::CodeableConcept& form,
                                const Happened& when, std::vector<DoseWarning>& out) {
    if (!concerns_ledger(session, entry, dose)) return {};
    const auto ledger = session.store.ledger(record);
    if (!ledger) return tl::unexpected(ledger.error());
    if (!entry.stock) {
        const auto drug = clinical::drug_of(dose.medication(), dose.medication_reference());
        if (has_account_of_ours(*ledger, drug)) {
            out.push_back(warning(session, clinical::k_stock_not_named, 2));
        }
        return {};
    }
    const auto movements = movements_of_dose(session, *ledger, entry, dose, form, {}, when);
    if (!movements) return tl::unexpected(movements.error());
    add_movement_warnings(session, *ledger, *movements, out);
    if (leaves_rest(*movements)) out.push_back(warning(session, "entry/stock-rest-missing", 2));
    return {};
}

}  // namespace kari::device
