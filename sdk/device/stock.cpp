// SPDX-License-Identifier: Apache-2.0
//
// Recording what came in, went out or was counted, and that another saw it.
#include "sdk/device/stock.hpp"

#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/stock.hpp"
#include "sdk/device/beside_orders.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/warnings.hpp"

namespace kari {

namespace device {
namespace {

// What the token of an entry names: the drug as it stands there, and what else of it is used.
struct Named {
    SeenResource token;
    std::uint32_t kind = 0;
    v1::StockMovement drug;   // medication, form, strength; of an event all of it
    v1::Administration dose;  // of a dose
};

void take_drug(const v1::Prescription& from, v1::StockMovement& into) {
    if (from.has_medication()) *into.mutable_medication() = from.medication();
    if (from.has_medication_reference()) {
        *into.mutable_medication_reference() = from.medication_reference();
    }
    if (from.has_form()) *into.mutable_form() = from.form();
    if (from.has_strength()) *into.mutable_strength() = from.strength();
}

v1::Prescription ordered(Session& session, const RecordId& record, const std::string& order) {
    const auto id = base::from_bytes<ResourceId>(order);
    if (!id) return {};
    const auto resource = session.store.resource(record, *id);
    if (!resource || resource->kind != v1::KIND_MEDICATION_REQUEST) return {};
    return merge::operative_as<v1::MedicationRequest>(*resource).prescription();
}

Result<Named> order_named(Session& session, const EditToken& token) {
    const auto seen = seen_as(session, token, v1::KIND_MEDICATION_REQUEST);
    if (!seen) return tl::unexpected(seen.error());
    Named out{seen->token, v1::KIND_MEDICATION_REQUEST, {}, {}};
    take_drug(seen_value<v1::MedicationRequest>(seen->resource,
                                                v1::MedicationRequest::kPrescriptionFieldNumber)
                  .prescription(),
              out.drug);
    return out;
}

Result<Named> event_named(Session& session, const EditToken& token) {
    const auto seen = seen_as(session, token, v1::KIND_STOCK_EVENT);
    if (!seen) return tl::unexpected(seen.error());
    return Named{
        seen->token,
        v1::KIND_STOCK_EVENT,
        seen_value<v1::StockEvent>(seen->resource, v1::StockEvent::kEventFieldNumber).event(),
        {}};
}

Result<Named> dose_named(Session& session, const EditToken& token) {
    const auto seen = seen_as(session, token, v1::KIND_MEDICATION_ADMINISTRATION);
    if (!seen) return tl::unexpected(seen.error());
    Named out{seen->token, v1::KIND_MEDICATION_ADMINISTRATION, {}, {}};
    out.dose = seen_value<v1::MedicationAdministration>(
                   seen->resource, v1::MedicationAdministration::kAdministrationFieldNumber)
                   .administration();
    if (!chart::says_taken(out.dose.status())) {
        return fail(ErrorCode::invalid_argument, "entry/stock-not-a-dose");
    }
    const auto order = ordered(session, seen->token.record, out.dose.request().resource());
    take_drug(order, out.drug);
    if (out.dose.has_medication()) *out.drug.mutable_medication() = out.dose.medication();
    if (out.dose.has_strength()) *out.drug.mutable_strength() = out.dose.strength();
    return out;
}

Result<Named> named(Session& session, const EditToken& token) {
    const auto seen = read_token(token);
    if (!seen) return tl::unexpected(seen.error());
    const auto changes = session.store.changes(seen->record, seen->resource);
    if (!changes) return tl::unexpected(changes.error());
    if (changes->empty()) return fail(ErrorCode::not_found, "the resource of the token");
    switch (changes->front().header.kind()) {
        case v1::KIND_MEDICATION_ADMINISTRATION:
            return dose_named(session, token);
        case v1::KIND_STOCK_EVENT:
            return event_named(session, token);
        default:
            return order_named(session, token);
    }
}

v1::StockAct act_of(StockAct act) {
    switch (act) {
        case StockAct::receive:
            return v1::STOCK_ACT_RECEIVE;
        case StockAct::issue:
            return v1::STOCK_ACT_ISSUE;
        case StockAct::administer:
            return v1::STOCK_ACT_ADMINISTER;
        case StockAct::waste:
            return v1::STOCK_ACT_WASTE;
        case StockAct::return_:
            return v1::STOCK_ACT_RETURN;
        case StockAct::transfer_out:
            return v1::STOCK_ACT_TRANSFER_OUT;
        case StockAct::transfer_in:
            return v1::STOCK_ACT_TRANSFER_IN;
        case StockAct::count:
            return v1::STOCK_ACT_COUNT;
        case StockAct::adjust:
            return v1::STOCK_ACT_ADJUST;
    }
    return v1::STOCK_ACT_UNSPECIFIED;
}

// A number alone is in the unit of the account.
Result<v1::Quantity> amount_of(const StockEntry& entry, const Named& of,
                               const chart::StockSum& account) {
    v1::Quantity out;
    if (entry.quantity) {
        out = stated_dose(*entry.quantity);
        if (clinical::meant_unit(out).empty()) out.set_code(account.unit);
    } else if (entry.act == StockAct::administer) {
        out = of.dose.dose();
    } else if (entry.act == StockAct::transfer_in) {
        out = of.drug.quantity();
    }
    const auto value = clinical::amount_in(out, clinical::meant_unit(out), {});
    const bool minus = value && value->negative() && !value->zero();
    if (!value || (minus && entry.act != StockAct::adjust) ||
        (value->zero() && entry.act != StockAct::count)) {
        return fail(ErrorCode::value_out_of_range, "entry/stock-amount");
    }
    return out;
}

Result<void> fits(const StockEntry& entry, const Named& of) {
    if (entry.act == StockAct::administer && of.kind != v1::KIND_MEDICATION_ADMINISTRATION) {
        return fail(ErrorCode::invalid_argument, "entry/stock-not-a-dose");
    }
    if (entry.act == StockAct::transfer_in && !entry.place) {
        return fail(ErrorCode::invalid_argument, "entry/stock-place-missing");
    }
    if (entry.act == StockAct::transfer_in &&
        (of.kind != v1::KIND_STOCK_EVENT || of.drug.act() != v1::STOCK_ACT_TRANSFER_OUT)) {
        return fail(ErrorCode::invalid_argument, "entry/stock-not-a-transfer");
    }
    return {};
}

struct Prepared {
    SeenResource token;
    Happened when;
    std::vector<Movement> movements;
    std::vector<DoseWarning> warnings;
};

Movement first_movement(const Session& session, const StockEntry& entry, const Named& of,
                        const Happened& when) {
    const v1::StockPlace place = entry.place ? stock_place(session, *entry.place)
                                 : of.drug.has_place() && entry.act != StockAct::transfer_in
                                     ? of.drug.place()
                                     : stock_place(session, {});
    Movement out = movement_of(session, act_of(entry.act), place, when);
    out.said.mutable_medication()->CopyFrom(of.drug.medication());
    if (of.drug.has_medication_reference()) {
        *out.said.mutable_medication_reference() = of.drug.medication_reference();
    }
    if (of.drug.has_form()) *out.said.mutable_form() = of.drug.form();
    if (of.drug.has_strength()) *out.said.mutable_strength() = of.drug.strength();
    out.said.set_lot(entry.lot);
    out.said.set_incident(entry.incident);
    out.said.set_other_party(entry.other_party);
    if (of.kind == v1::KIND_MEDICATION_ADMINISTRATION) {
        out.said.set_administration(base::to_bytes(of.token.resource));
    }
    if (entry.act == StockAct::transfer_out) out.said.set_transfer(base::to_bytes(out.id));
    if (entry.act == StockAct::transfer_in) {
        out.said.set_transfer(base::to_bytes(of.token.resource));
        if (entry.lot.empty()) out.said.set_lot(of.drug.lot());
    }
    return out;
}

Result<Prepared> prepare(Session& session, const StockEntry& entry) {
    const auto of = named(session, entry.token);
    if (!of) return tl::unexpected(of.error());
    if (auto fit = fits(entry, *of); !fit) return tl::unexpected(fit.error());
    const auto when = done_at(session, entry.at);
    if (!when) return tl::unexpected(when.error());
    const auto ledger = session.store.ledger(of->token.record);
    if (!ledger) return tl::unexpected(ledger.error());
    Prepared out{of->token, *when, {}, {}};
    Movement movement = first_movement(session, entry, *of, *when);
    const auto amount = amount_of(entry, *of, account_of(*ledger, movement.said));
    if (!amount) return tl::unexpected(amount.error());
    *movement.said.mutable_quantity() = *amount;
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, movement.said.add_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    add_stock_overrides(entry.overrides, movement);
    out.movements.push_back(movement);
    if (entry.act == StockAct::transfer_out && entry.to) {
        movement.id = random_id<ResourceId>(*session.platform.entropy);
        movement.said.set_act(v1::STOCK_ACT_TRANSFER_IN);
        *movement.said.mutable_place() = stock_place(session, *entry.to);
        movement.said.clear_note();
        movement.said.clear_override();
        out.movements.push_back(std::move(movement));
    }
    add_movement_warnings(session, *ledger, out.movements, out.warnings);
    return out;
}

Result<Written> record(Session& session, const StockEntry& entry) {
    const auto prepared = prepare(session, entry);
    if (!prepared) return tl::unexpected(prepared.error());
    if (auto stated = require_overrides(prepared->warnings, entry.overrides); !stated) {
        return tl::unexpected(stated.error());
    }
    std::vector<v1::StockEvent> messages;
    auto written = write_all(session, acts_of(prepared->token.record, prepared->movements,
                                              prepared->when, prepared->token.age_ms, messages));
    if (!written) return tl::unexpected(written.error());
    Written out = std::move(written->front());
    for (std::size_t at = 1; at < written->size(); ++at)
        out.also.push_back((*written)[at].change);
    return out;
}

Result<Written> witness(Session& session, const EditToken& token, std::string_view note) {
    const auto seen = seen_as(session, token, v1::KIND_STOCK_EVENT);
    if (!seen) return tl::unexpected(seen.error());
    const auto changes = session.store.changes(seen->token.record, seen->token.resource);
    if (!changes) return tl::unexpected(changes.error());
    const std::string self = base::to_bytes(session.nurse.person);
    for (const auto& change : *changes) {
        if (change.header.author().practitioner() == self && !KARI_MUTATED(own_witness_counts)) {
            return fail(ErrorCode::invalid_argument, "entry/stock-witness-by-another");
        }
    }
    const auto event =
        seen_value<v1::StockEvent>(seen->resource, v1::StockEvent::kEventFieldNumber).event();
    if (!clinical::needs_witness(event)) {
        return fail(ErrorCode::invalid_argument, "entry/stock-witness-not-asked");
    }
    const auto when = done_at(session, std::nullopt);
    if (!when) return tl::unexpected(when.error());
    v1::Performance said;
    said.set_status(v1::PROCEDURE_STATUS_COMPLETED);
    set_act_code(*said.mutable_code(), chart::k_stock_witness, "Witness of the drug ledger");
    return write_act(session, seen->token, std::move(said), *when, note);
}

}  // namespace
}  // namespace device

Result<std::vector<DoseWarning>> Care::check_stock(const StockEntry& entry) {
    return core_->run([&](device::Session& session) -> Result<std::vector<DoseWarning>> {
        const auto prepared = device::prepare(session, entry);
        if (!prepared) return tl::unexpected(prepared.error());
        return device::as_shown(prepared->warnings);
    });
}

Result<Written> Care::record_stock(const StockEntry& entry) {
    return core_->run([&](device::Session& session) { return device::record(session, entry); });
}

Result<Written> Care::witness_stock(const EditToken& token, std::string_view note) {
    return core_->run(
        [&](device::Session& session) { return device::witness(session, token, note); });
}

}  // namespace kari
