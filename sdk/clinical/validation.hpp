// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <kari/decimal.hpp>
#include <kari/error.hpp>
#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"

// What may be refused while there is no change yet. Once a change exists nothing refuses it.
namespace kari::clinical {

// Something the author should confirm before it is written. It refuses nothing.
struct Confirmation {
    std::string rule;   // see catalogue.hpp: "entry/unusual-value", "entry/late"
    std::string field;  // where: "component[1].value"
    bool reason_required = false;
    std::string usual;  // of an unusual value: "heart rate is usually 50 to 110 /min"
    bool operator==(const Confirmation&) const = default;
};

// The limits of one kind of observation, by LOINC code. Empty text: no limit on that side.
struct ObservationLimits {
    std::string_view loinc;
    std::string_view name;  // English, for people
    std::string_view unit;  // UCUM
    std::string_view hard_low, hard_high;
    std::string_view soft_low, soft_high;
    bool integer = false;
};
// Null when this build knows no limits for the code: then any value is taken.
const ObservationLimits* limits_of(std::string_view loinc);
const std::vector<ObservationLimits>& all_limits();

// How far into the future a time may lie: clocks differ.
inline constexpr Duration k_future_allowance = Duration::minutes(5);
// A fact that is older than this when written needs a reason.
inline constexpr Duration k_late_entry = Duration::hours(24);

// An observation before it is written. `now` is the device's best idea of true time.
// Returns what to confirm first, maybe nothing.
// Errors: invalid_argument (no code, no value and no reason for its absence, both), malformed
// (a number or time that cannot be read), value_out_of_range, unit_unknown, time_in_future.
// `what` names the field and the limit, never the value.
Result<std::vector<Confirmation>> validate_observation(const v1::Measurement& observation,
                                                       Instant now, std::string_view zone);

// An administration before it is written. Errors: invalid_argument (no status, no drug and no
// order), reason_required (not given without a reason), malformed, unit_unknown,
// value_out_of_range (a dose that nobody gives, see dose_fit.hpp), time_in_future.
Result<std::vector<Confirmation>> validate_administration(const v1::Administration& given,
                                                          Instant now, std::string_view zone);

// Errors: invalid_argument (an entry that says nothing), too_large.
Result<std::vector<Confirmation>> validate_allergy(const v1::AllergyIntolerance& allergy);

// Errors: invalid_argument (no text and no attachment), too_large, time_in_future, malformed.
Result<std::vector<Confirmation>> validate_note(const v1::Document& note, Instant now,
                                                std::string_view zone);

// A reason that a person has written. Errors: reason_required, too_large (2,000 bytes).
Result<void> validate_reason(std::string_view reason);

}  // namespace kari::clinical
