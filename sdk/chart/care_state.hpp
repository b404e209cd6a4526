// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kari/v1/care.pb.h"
#include "sdk/chart/group.hpp"
#include "sdk/chart/history.hpp"

namespace kari::chart {

// Atom numbers that the three kinds of measure share, and those of other kinds that rules ask for.
inline constexpr std::uint32_t k_measure_content = 1;
inline constexpr std::uint32_t k_measure_timing = 2;
inline constexpr std::uint32_t k_measure_instruction = 3;
inline constexpr std::uint32_t k_measure_staffing = 4;
inline constexpr std::uint32_t k_measure_status = 6;
inline constexpr std::uint32_t k_measure_validity = 9;
inline constexpr std::uint32_t k_condition_code = 1;
inline constexpr std::uint32_t k_condition_clinical = 2;
inline constexpr std::uint32_t k_condition_verification = 3;
inline constexpr std::uint32_t k_condition_severity = 4;

bool is_measure(std::uint32_t kind);
bool ends(v1::MeasureStatus status);
bool ends(v1::ConditionClinicalStatus status);
bool ends(v1::ConditionVerificationStatus status);

// The status of a measure of any kind, as a value of the atom says it.
v1::MeasureStatus measure_status(const std::string& value);

// Writes in effect that end a problem or measure, and the changes of what it is that stand in
// branches which neither saw the end nor were seen by it.
struct Ending {
    std::vector<ChangeId> ends;
    std::vector<ChangeId> beside;  // ascending
};
Ending ending_of(const GroupResource& resource);

// Who carried out what. An act names one plan, measure, appointment or task.
struct Act {
    const GroupResource* resource = nullptr;
    bool visit = false;  // an Encounter; else a Procedure
    v1::Visit as_visit;
    v1::Performance as_procedure;
};
std::vector<ResourceId> named_by(const GroupResource& act);
Act act_of(const GroupResource& resource);

// That it happened, at least in part; false for what is withdrawn or was not done.
bool took_place(const v1::Visit& visit);
bool was_done(const v1::Performance& act);
bool was_hindered(const v1::Visit& visit);

// Of what it is about, the version that its author saw.
std::vector<ChangeId> version_seen(const v1::Performance& act);

// A stay in hospital, as its source tells of it, and how long it was, or may have been.
bool is_stay(const v1::Visit& visit);
Span span_of_stay(const v1::Visit& stay, const merge::Change& change, const ClockNotes& clocks);

}  // namespace kari::chart
