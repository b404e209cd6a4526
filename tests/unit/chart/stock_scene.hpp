// SPDX-License-Identifier: Apache-2.0
// A scene with a ledger of controlled drugs.
#pragma once

#include <optional>
#include <string>

#include "kari/v1/stock.pb.h"
#include "sdk/chart/stock.hpp"
#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {

inline v1::StockPlace stock_place(v1::StockPlaceKind kind = v1::STOCK_PLACE_KIND_OFFICE,
                                  const std::string& name = {}) {
    v1::StockPlace out;
    out.set_kind(kind);
    out.set_name(name);
    return out;
}

struct StockScene : CareScene {
    // Ampoules of 10 mg morphine, in the office.
    static v1::StockMovement moved(v1::StockAct act, const std::string& amount,
                                   const std::string& unit = "{ampoule}") {
        v1::StockMovement out;
        out.set_act(act);
        *out.mutable_place() = stock_place();
        *out.mutable_medication() = atc("N02AA01");
        out.mutable_strength()->mutable_numerator()->set_value("10");
        out.mutable_strength()->mutable_numerator()->set_code("mg");
        out.mutable_strength()->mutable_denominator()->set_value("1");
        out.mutable_strength()->mutable_denominator()->set_code("{ampoule}");
        out.mutable_quantity()->set_value(amount);
        out.mutable_quantity()->set_code(unit);
        return out;
    }
    Made event(Writer& who, const v1::StockMovement& said, std::optional<Instant> at = {}) {
        v1::StockEvent message;
        *message.mutable_event() = said;
        return begin(who, message, at.value_or(who.now));
    }
    Made event(Writer& who, v1::StockAct act, const std::string& amount,
               std::optional<Instant> at = {}) {
        return event(who, moved(act, amount), at);
    }
    Made witness(Writer& who, const Made& of,
                 v1::ProcedureStatus status = v1::PROCEDURE_STATUS_COMPLETED) {
        return begin(who, act_about(of.id, chart::k_stock_witness, {of.change->id}, status),
                     who.now);
    }
    // A morphine dose in mg, from the office.
    v1::Administration morphine(
        const std::string& mg,
        v1::AdministrationStatus status = v1::ADMINISTRATION_STATUS_COMPLETED) const {
        v1::Administration out;
        out.set_status(status);
        *out.mutable_medication() = atc("N02AA01");
        *out.mutable_strength() = moved(v1::STOCK_ACT_COUNT, "0").strength();
        out.mutable_dose()->set_value(mg);
        out.mutable_dose()->set_code("mg");
        *out.mutable_taken_from() = stock_place();
        return out;
    }
    Made used(Writer& who, const Dose& dose, const std::string& amount,
              v1::StockAct act = v1::STOCK_ACT_ADMINISTER) {
        auto said = moved(act, amount);
        said.set_administration(base::to_bytes(dose.id));
        return event(who, said);
    }
    std::vector<chart::StockSum> sums() const {
        const auto here = group();
        return chart::sums_of(here, chart::ClockNotes(here));
    }
    // Of the only account; empty when it cannot be told.
    std::string total() const {
        const auto here = group();
        const auto all = chart::sums_of(here, chart::ClockNotes(here));
        REQUIRE(all.size() == 1);
        const auto sum = all.front().total();
        return sum ? sum->text() : std::string();
    }
    std::optional<chart::Finding> found(const std::string& rule) const {
        return only(findings(), rule);
    }
};

}  // namespace kari::test
