// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/decimal.hpp>
#include <kari/ids.hpp>
#include <kari/view_parts.hpp>

// What: a dose that was given or not, and a patch that one put on, as a chart shows them.
// Requires: part of a ChartView or a DoseRound.
// Returns and errors: no function here fails.
// Durability: none; plain values.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: as chart_view.hpp.
// Source of clinical rules: how long a patch is worn comes from the order, else the knowledge pack.
namespace kari {

// The package that a dose was taken from, as it was scanned; what its label did not say is empty.
struct PackageText {
    std::string gtin;  // 14 digits
    std::string vnr;   // 6 digits
    std::string expires;
    std::string lot;
    std::string serial;
};

struct AdministrationText {  // what was said of a dose
    std::string status;      // FHIR code: "completed", "not-done", "entered-in-error"
    std::vector<Coded> status_reason;
    Coded medication;
    ResourceId order;
    std::vector<ChangeId> order_version;
    SlotId slot;  // zero when it is no scheduled dose
    std::string effective;
    std::optional<Quantity> dose;
    Coded site;
    std::vector<std::string> performers;
    std::vector<std::string> notes;
    std::vector<OverrideItem> overrides;
    std::optional<PackageText> package;
    // Empty: its performer gave it. Else "self-observed", "self-reported", "handed-over" or
    // "by-other"; all count as taken.
    std::string intake;
    std::string effect_due;         // FHIR dateTime; empty: nobody is to see whether it helped
    std::vector<ChangeId> follows;  // that it was not given, which its writer's tablet knew
};

// A second person's check. `standing` is "holds"; else why it does not count: "same-person",
// "out-of-time" (more than 30 minutes from the dose) or "stale" (the dose was corrected since).
struct CheckItem {
    Said said;
    std::string standing;
};

// What came of a dose: facts beside it, which leave it as it was given.
struct AfterDoseItem {
    std::string what;  // "vomited" or "effect"
    std::string at;    // FHIR dateTime
    // Of an effect "good", "some", "none" or "unwanted"; of what came up "seen" or "not-seen" (the
    // medicine, in it), empty: nobody looked.
    std::string outcome;
    std::string note;
    EditToken token;  // Care::act_entered_in_error takes it
    Said said;
};

// A dose of which nobody has said yet whether it helped.
struct FollowUpItem {
    RecordId record;
    ResourceId administration;
    EditToken token;  // Care::dose_effect takes it
    std::string medication;
    std::string amount;  // in words, in the device's language
    std::string given;   // as DoseElsewhere::effective
    std::string due;     // FHIR dateTime
    bool overdue = false;
    Said said;
};

struct AdministrationItem : ItemHead {  // a dose as it stands now
    Field<AdministrationText> statement;
    std::vector<Field<AdministrationText>::Live> earlier;  // every statement, corrected ones too
    std::vector<CheckItem> checks;                         // as a chart shows them
    std::vector<AfterDoseItem> after;                      // likewise, by time
    bool counts = false;                  // as taken: for its slot, maxima and warnings
    bool correction_unconfirmed = false;  // by what was corrected since, until its author agrees
};

// A patch that may be on the body: nobody said that it is off, or not yet.
struct PatchItem {
    RecordId record;
    ResourceId administration;  // that put it on
    EditToken token;            // Care::take_off_patch takes it
    std::string medication;
    std::string amount;  // in words, in the device's language
    std::string site;    // empty: nobody said where
    std::string put_on;  // as DoseElsewhere::effective
    std::string
        due_off;  // FHIR dateTime of the unit's zone: when it has been on as long as it is to
    Said said;
};

}  // namespace kari
