// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/validation.hpp"

#include <optional>

#include "sdk/base/quantity.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"

namespace kari::clinical {
namespace {

constexpr std::size_t k_reason_max = 2'000;
constexpr std::size_t k_note_max = 256 * 1024;
// Of an observation whose limits this build does not know: beyond these it is a slip.
constexpr std::string_view k_value_most = "1000000000000";
constexpr std::size_t k_value_text_max = 24;
constexpr std::string_view k_systolic = "8480-6";
constexpr std::string_view k_diastolic = "8462-4";

using Confirmations = std::vector<Confirmation>;

bool below(const Decimal& value, std::string_view limit) {
    const auto parsed = Decimal::parse(limit);
    return parsed && value.compare(*parsed) == std::strong_ordering::less;
}

bool above(const Decimal& value, std::string_view limit) {
    const auto parsed = Decimal::parse(limit);
    return parsed && value.compare(*parsed) == std::strong_ordering::greater;
}

std::string range_of(const ObservationLimits& limits) {
    return std::string(limits.name) + " is taken from " + std::string(limits.hard_low) + " to " +
           std::string(limits.hard_high) + " " + std::string(limits.unit);
}

std::string usual_of(const ObservationLimits& limits) {
    std::string out = std::string(limits.name) + " is usually ";
    if (limits.soft_high.empty()) out += "at least " + std::string(limits.soft_low);
    if (limits.soft_low.empty()) out += "at most " + std::string(limits.soft_high);
    if (!limits.soft_low.empty() && !limits.soft_high.empty()) {
        out += std::string(limits.soft_low) + " to " + std::string(limits.soft_high);
    }
    return out + " " + std::string(limits.unit);
}

// The value in the unit of the limits. A unit of another dimension is never guessed.
Result<Decimal> in_unit(const v1::Quantity& quantity, std::string_view unit,
                        const std::string& field) {
    const auto value = Decimal::parse(quantity.value());
    if (!value) {
        return fail(ErrorCode::malformed, field + " is not a number: write digits, as in 37.2");
    }
    if (quantity.code() == unit) return *value;
    const auto converted = base::convert(kari::Quantity{*value, quantity.code(), {}}, unit);
    if (!converted) {
        return fail(ErrorCode::unit_unknown, field + " must be given in " + std::string(unit));
    }
    return converted->value;
}

bool is_whole(const Decimal& value) {
    const std::string& text = value.text();
    return text.find('.') == std::string::npos && text.find_first_of("eE") == std::string::npos;
}

Result<void> check_quantity(const v1::Quantity& quantity, const ObservationLimits* limits,
                            const std::string& field, Confirmations& confirm) {
    if (limits == nullptr) {
        const auto number = Decimal::parse(quantity.value());
        if (!number) {
            return fail(ErrorCode::malformed, field + " is not a number: write digits, as in 37.2");
        }
        if (number->text().size() > k_value_text_max || above(*number, k_value_most) ||
            below(*number, "-" + std::string(k_value_most))) {
            return fail(ErrorCode::value_out_of_range,
                        field +
                            " has more digits than a measurement: measure again, or check the "
                            "unit");
        }
        if (!base::known_unit(quantity.code())) {
            return fail(ErrorCode::unit_unknown, field + " has no unit that is known: choose one");
        }
        return {};
    }
    const auto value = in_unit(quantity, limits->unit, field);
    if (!value) return tl::unexpected(value.error());
    if (below(*value, limits->hard_low) || above(*value, limits->hard_high) ||
        (limits->integer && !is_whole(*value))) {
        return fail(ErrorCode::value_out_of_range, field + ": " + range_of(*limits) +
                                                       (limits->integer ? ", whole numbers" : "") +
                                                       "; measure again, or check the unit");
    }
    const bool low = below(*value, limits->soft_low);
    const bool high = above(*value, limits->soft_high);
    if (low || high) {
        confirm.push_back(Confirmation{"entry/unusual-value", field, false, usual_of(*limits)});
    }
    return {};
}

Result<void> check_value(const v1::CodeableConcept& code, const v1::ObservationValue& value,
                         const std::string& field, Confirmations& confirm) {
    const auto* limits = limits_of(code_in(code, k_loinc));
    if (value.value_case() == v1::ObservationValue::kQuantity) {
        return check_quantity(value.quantity(), limits, field, confirm);
    }
    if (limits != nullptr) {
        return fail(ErrorCode::invalid_argument,
                    field + " must be a number in " + std::string(limits->unit));
    }
    return {};
}

Result<void> check_time(std::string_view text, Instant now, std::string_view zone,
                        const std::string& field, Confirmations& confirm) {
    if (text.empty()) return {};
    const auto lies = base::parse_fhir_time(text, zone);
    if (!lies) return fail(ErrorCode::malformed, field + " is not a date or time");
    if (lies->start > now + k_future_allowance) {
        return fail(ErrorCode::time_in_future,
                    field + " lies in the future: give the time at which it was done");
    }
    if (lies->end + k_late_entry < now) {
        confirm.push_back(Confirmation{"entry/late", field, true, {}});
    }
    return {};
}

Result<void> check_pressures(const v1::Measurement& observation) {
    std::optional<Decimal> systolic;
    std::optional<Decimal> diastolic;
    for (const auto& component : observation.component()) {
        if (component.value().value_case() != v1::ObservationValue::kQuantity) continue;
        const auto code = code_in(component.code(), k_loinc);
        const auto value = Decimal::parse(component.value().quantity().value());
        if (!value) continue;
        if (code == k_systolic) systolic = *value;
        if (code == k_diastolic) diastolic = *value;
    }
    if (systolic && diastolic && systolic->compare(*diastolic) != std::strong_ordering::greater) {
        return fail(ErrorCode::value_out_of_range,
                    "component: systolic must be above diastolic; check whether they were swapped");
    }
    return {};
}

bool says_something(const v1::CodeableConcept& value) {
    return !shown(value).empty();
}

bool was_taken(v1::AdministrationStatus status) {
    return status == v1::ADMINISTRATION_STATUS_COMPLETED ||
           status == v1::ADMINISTRATION_STATUS_IN_PROGRESS ||
           status == v1::ADMINISTRATION_STATUS_STOPPED;
}

}  // namespace

const std::vector<ObservationLimits>& all_limits() {
    // Ranges outside which a number is a slip (hard) or worth a second look in an adult (soft).
    static const std::vector<ObservationLimits> limits = {
        {"8480-6", "systolic blood pressure", "mm[Hg]", "30", "300", "90", "180", false},
        {"8462-4", "diastolic blood pressure", "mm[Hg]", "10", "200", "50", "110", false},
        {"8478-0", "mean blood pressure", "mm[Hg]", "15", "250", "60", "130", false},
        {"8867-4", "heart rate", "/min", "10", "300", "50", "110", false},
        {"9279-1", "respiratory rate", "/min", "2", "80", "10", "24", false},
        {"2708-6", "oxygen saturation", "%", "40", "100", "90", "", false},
        {"59408-5", "oxygen saturation", "%", "40", "100", "90", "", false},
        {"3151-8", "oxygen flow", "L/min", "0", "60", "", "4", false},
        {"3150-6", "inspired oxygen", "%", "21", "100", "", "", false},
        {"8310-5", "body temperature", "Cel", "25.0", "45.0", "35.5", "38.5", false},
        {"29463-7", "body weight", "kg", "1", "400", "", "", false},
        {"8302-2", "body height", "cm", "30", "250", "", "", false},
        {"39156-5", "body mass index", "kg/m2", "5", "100", "18.5", "35", false},
        {"15074-8", "blood glucose", "mmol/L", "0.5", "60", "4.0", "15", false},
        {"34714-6", "INR", "{INR}", "0.5", "20", "2.0", "3.5", false},
        {"6301-6", "INR", "{INR}", "0.5", "20", "2.0", "3.5", false},
        {"72514-3", "pain score", "{score}", "0", "10", "", "", true},
        {"38227-5", "Braden score", "{score}", "6", "23", "", "", true},
        {"9108-2", "fluid intake in 24 hours", "mL", "0", "15000", "", "", false},
        {"9192-6", "urine output in 24 hours", "mL", "0", "15000", "500", "", false},
    };
    return limits;
}

const ObservationLimits* limits_of(std::string_view loinc) {
    for (const auto& limits : all_limits()) {
        if (!loinc.empty() && limits.loinc == loinc) return &limits;
    }
    return nullptr;
}

Result<std::vector<Confirmation>> validate_observation(const v1::Measurement& observation,
                                                       Instant now, std::string_view zone) {
    Confirmations confirm;
    if (!says_something(observation.code())) {
        return fail(ErrorCode::invalid_argument, "code: say what was observed");
    }
    const bool valued = observation.value().value_case() != v1::ObservationValue::VALUE_NOT_SET;
    const bool absent = observation.has_data_absent_reason();
    if (valued && absent) {
        return fail(ErrorCode::invalid_argument,
                    "value: there is both a value and a reason for none");
    }
    if (!valued && !absent && observation.component_size() == 0) {
        return fail(ErrorCode::invalid_argument, "value: give a value, or why there is none");
    }
    if (valued) {
        const auto ok = check_value(observation.code(), observation.value(), "value", confirm);
        if (!ok) return tl::unexpected(ok.error());
    }
    for (int i = 0; i < observation.component_size(); ++i) {
        const auto& component = observation.component(i);
        const std::string field = "component[" + std::to_string(i) + "].value";
        if (component.value().value_case() == v1::ObservationValue::VALUE_NOT_SET) {
            if (component.has_data_absent_reason()) continue;
            return fail(ErrorCode::invalid_argument,
                        field + ": give a value, or why there is none");
        }
        const auto ok = check_value(component.code(), component.value(), field, confirm);
        if (!ok) return tl::unexpected(ok.error());
    }
    if (const auto ok = check_pressures(observation); !ok) return tl::unexpected(ok.error());
    const std::pair<std::string_view, std::string> times[] = {
        {observation.effective(), "effective"},
        {observation.effective_period().start(), "effective_period.start"},
        {observation.effective_period().end(), "effective_period.end"}};
    for (const auto& [text, field] : times) {
        const auto ok = check_time(text, now, zone, field, confirm);
        if (!ok) return tl::unexpected(ok.error());
    }
    return confirm;
}

Result<std::vector<Confirmation>> validate_administration(const v1::Administration& given,
                                                          Instant now, std::string_view zone) {
    Confirmations confirm;
    if (given.status() == v1::ADMINISTRATION_STATUS_UNSPECIFIED) {
        return fail(ErrorCode::invalid_argument, "status: say whether it was given");
    }
    if (!says_something(given.medication()) && !given.has_medication_reference() &&
        !given.has_request()) {
        return fail(ErrorCode::invalid_argument, "medication: say which drug, or from which order");
    }
    const bool needs_reason = given.status() == v1::ADMINISTRATION_STATUS_NOT_DONE ||
                              given.status() == v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR;
    bool has_reason = false;
    for (const auto& reason : given.status_reason())
        has_reason |= says_something(reason);
    if (needs_reason && !has_reason) {
        return fail(ErrorCode::reason_required, "status_reason: say why");
    }
    if (given.has_dose()) {
        if (const auto ok = check_dose(given.dose()); !ok) return tl::unexpected(ok.error());
    } else if (was_taken(given.status()) && !given.has_rate_quantity() && !given.has_rate_ratio()) {
        confirm.push_back(Confirmation{"entry/dose-missing", "dose", false, {}});
    }
    for (const auto& override_ : given.override()) {
        if (const auto ok = validate_reason(override_.reason()); !ok) {
            return tl::unexpected(ok.error());
        }
    }
    const std::pair<std::string_view, std::string> times[] = {
        {given.effective(), "effective"},
        {given.effective_period().start(), "effective_period.start"}};
    for (const auto& [text, field] : times) {
        const auto ok = check_time(text, now, zone, field, confirm);
        if (!ok) return tl::unexpected(ok.error());
    }
    return confirm;
}

Result<std::vector<Confirmation>> validate_allergy(const v1::AllergyIntolerance& allergy) {
    if (allergy.has_code() && !says_something(allergy.code())) {
        return fail(ErrorCode::invalid_argument, "code: say what the person reacts to");
    }
    if (!allergy.has_code() && !allergy.has_clinical_status() &&
        !allergy.has_verification_status() && !allergy.has_criticality() &&
        !allergy.has_reaction() && !allergy.has_note() && !allergy.has_type() &&
        !allergy.has_category() && !allergy.has_assertion()) {
        return fail(ErrorCode::invalid_argument, "the entry says nothing");
    }
    for (const auto& reaction : allergy.reaction().items()) {
        if (reaction.description().size() > k_reason_max) {
            return fail(ErrorCode::too_large, "reaction.description: at most 2,000 bytes");
        }
    }
    return Confirmations{};
}

Result<std::vector<Confirmation>> validate_note(const v1::Document& note, Instant now,
                                                std::string_view zone) {
    Confirmations confirm;
    if (folded(note.text()).empty() && note.attachment().empty() && !note.has_remainder()) {
        return fail(ErrorCode::invalid_argument, "text: the note is empty");
    }
    if (note.text().size() > k_note_max) {
        return fail(ErrorCode::too_large, "text: at most 256 KiB; write the rest as an addendum");
    }
    const auto ok = check_time(note.date(), now, zone, "date", confirm);
    if (!ok) return tl::unexpected(ok.error());
    return confirm;
}

Result<void> validate_reason(std::string_view reason) {
    if (folded(reason).empty()) return fail(ErrorCode::reason_required, "reason: say why");
    if (reason.size() > k_reason_max) {
        return fail(ErrorCode::too_large, "reason: at most 2,000 bytes");
    }
    return {};
}

}  // namespace kari::clinical
