// SPDX-License-Identifier: Apache-2.0
//
// The doses of a day.
#include "examples/kari/answer_parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

json::object elsewhere_of(const DoseElsewhere& dose) {
    json::object out = value_of(dose.said);
    out["administration"] = dose.administration.text();
    out["medication"] = dose.medication;
    out["effective"] = dose.effective;
    out["amount"] = dose.amount;
    return out;
}

}  // namespace

json::object slot_of(const DoseSlot& slot) {
    json::array elsewhere;
    for (const DoseElsewhere& dose : slot.elsewhere)
        elsewhere.push_back(elsewhere_of(dose));
    return {{"slot", slot.slot.text()},
            {"token", slot.token.text},
            {"record", slot.record.text()},
            {"order", slot.order.text()},
            {"order_status", slot.order_status},
            {"medication", value_of(slot.medication)},
            {"dosage_text", slot.dosage_text},
            {"dosage_shown", slot.dosage_shown},
            {"dose", value_of(slot.dose)},
            {"route", slot.route},
            {"date", date_text(slot.date)},
            {"nominal", slot.nominal},
            {"ordinal", slot.ordinal},
            {"planned", time_text(slot.planned)},
            {"state", slot.state},
            {"reason", slot.reason},
            {"may_give", slot.may_give},
            {"possible_double", slot.possible_double},
            {"given_and_not_given", slot.given_and_not_given},
            {"order_contested", slot.order_contested},
            {"critical", slot.critical},
            {"administrations", ids(slot.administrations)},
            {"intake", slot.intake},
            {"how_taken", slot.how_taken},
            {"vomited", slot.vomited},
            {"elsewhere", std::move(elsewhere)}};
}

json::array unscheduled(const std::vector<UnscheduledDose>& list) {
    json::array out;
    for (const UnscheduledDose& dose : list) {
        out.push_back(json::object{{"token", dose.token.text},
                                   {"record", dose.record.text()},
                                   {"order", dose.order.text()},
                                   {"medication", dose.medication},
                                   {"text", dose.text},
                                   {"reason", dose.reason},
                                   {"last_given", dose.last_given},
                                   {"given_last_day", dose.given_last_day},
                                   {"wants_allowance", dose.wants_allowance},
                                   {"allowances", answers(dose.allowances)}});
    }
    return out;
}

}  // namespace kari::app
