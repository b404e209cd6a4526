// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/chart_view.hpp>
#include <kari/stock_place.hpp>

// What: what a nurse says, as arguments of Device. Each names its item by the token of the view
//   it was seen in.
// Requires: texts in UTF-8.
// Returns and errors: Device's functions check: value_out_of_range, unit_unknown, time_in_future
//   (more than 5 minutes ahead), reason_required, confirmation_required, too_large (a note over
//   256 KiB, a reason over 2,000 bytes), malformed (a token that this SDK did not make).
// Durability: none; plain values.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: doses and values in UCUM; a moment left out is "now". A dose has at most 12
//   digits and is refused beyond 200 pieces, 500 g, 10 L, 10 mol or 10,000,000 of another unit.
// Source of clinical rules: plausible limits of observations in sdk/clinical (starting values,
//   not for clinical use).
namespace kari {

// A warning about what is about to be given or ordered. Not a refusal: an override with a reason
// lets the fact be recorded.
struct DoseWarning {
    std::string rule;
    int severity = 2;
    bool needs_reason = true;  // false: to be read, no override is asked for
    std::string sentence;
    std::string action;
    // Doses that it is about, the administrations' ids. A reason is kept with them: what nobody
    // told the giver of is no part of it, and stays a finding of full severity.
    std::vector<ResourceId> about;
    // Names what is said here, to be handed back with the reason. Of this process's release alone.
    std::string shown = {};
};

// A change that is durable on this device.
struct Written {
    ChangeId change;
    RecordId record;
    ResourceId resource;
    EditToken token;                  // for the next edit of the same resource
    std::vector<ChangeId> also;       // the others of the same call, in the order written
    std::vector<FindingItem> raised;  // open findings that name this resource, most severe first
    std::vector<DoseWarning> told;    // of a dose or a verbal order: what is to be read, unasked
};

struct ObservationEntry {  // a measurement, or what was seen
    Coded code;            // LOINC or SNOMED CT
    std::optional<Quantity> value;
    std::string text;  // a value that is no quantity
    std::vector<ObservationPart> components;
    std::optional<ZonedInstant> effective;
    std::string note;
    bool confirmed = false;  // the author has looked again at a value that is unusual
};

struct NoteEntry {  // a note as it is written
    std::string type;
    std::string title;
    std::string text;
    std::optional<ZonedInstant> date;
};

// The giver saw this warning and gave all the same. The reason stands in the record.
struct Override {
    std::string rule;
    std::string reason;
    // The warning's, as it was read: where it says something else by now (another allergy, a dose
    // that has arrived) the reason is asked for again. Empty: it is for whatever the rule asks.
    std::string shown = {};
};

// How a dose came to be taken. Each counts as taken, for its slot and for every limit: of what
// nobody of the service saw, exposure is assumed, and screens say that it was not seen.
enum class DoseIntake {
    given,
    self_observed,  // the patient took it before the nurse's eyes
    self_reported,  // the patient says to have taken it
    handed_over,    // the patient has it, to be taken later
    by_other,       // a relative, a day centre or the like gave it
};

struct DoseEntry {    // a dose that was given or taken
    EditToken token;  // of a DoseSlot or an UnscheduledDose; of an OrderItem: of none of its lines
    // As ordered when left out. Another amount or unit than ordered takes an override of
    // "entry/dose-differs", "entry/dose-far-off" (ten times off) or "entry/dose-unit-differs".
    std::optional<Quantity> dose;
    std::optional<ZonedInstant> effective;
    Coded site;
    std::string note;
    // What a scanner read of the package, or its article number as typed (Vnr); empty: it was not
    // scanned. It is compared with the order: another drug takes an override of
    // "entry/scan-other-drug", another strength of "entry/scan-other-strength", a day past of
    // "entry/scan-expired". Errors: malformed (no label that is understood whole), too_large (more
    // than 256 bytes).
    std::string scanned;
    // Of one that should not be given with what else is ordered, and in no slot of a plan, an
    // override of "entry/interaction"; too near in time to what is given apart from it, of
    // "entry/too-near-other".
    // Of a drug that a second person checks, "entry/second-check-missing" says who does, with
    // Care::check_given_dose within half an hour; or why nobody does, with a code before it:
    // "alone-in-home: ...", "emergency: ..." or "palliative-plan: ...".
    // Of a drug that needs an allowance (kari/allowance_view.hpp), a dose outside the schedule and
    // given now names the one that it is under by itself; without one "entry/no-allowance" says
    // why, as whom was phoned.
    // More than the pack says is given, alone or with what was taken of the drug within a day or a
    // week, takes one of "entry/over-limit"; about a thousand times as much as is ordered or as the
    // pack lets be one of "entry/thousandfold"; another amount than is ordered, when that cannot be
    // computed, one of "entry/limit-unknown".
    std::vector<Override> overrides;
    // Who is at hand, as a card or the person says it: a national identifier, or a date of birth as
    // YYYY-MM-DD or DD.MM.YYYY. Another than the record's takes an override of
    // "entry/other-patient", and where the record has none to compare, of "entry/identity-unknown".
    // Empty: nobody looked. It is compared and not kept.
    std::string identity;
    // What was not given from here is checked by no second person and is under no allowance.
    DoseIntake intake = DoseIntake::given;
    std::string given_by;  // of by_other, and required then: who, and as what
    // So long after it somebody is to see whether it helped: DoseRound::follow_ups. Left out: an
    // hour after a dose as needed (a starting value), else nobody; zero: nobody. At most 24 hours.
    std::optional<Duration> effect_after;
    // Of which stock it was taken: its event is written with the dose, both or neither
    // (kari/stock.hpp). Left out: of the citizen's own, or nobody says; of a controlled drug of
    // which the ledger has an account elsewhere "entry/stock-not-named" says why. More than is
    // there takes "entry/stock-below-zero", a part of an ampoule without its rest
    // "entry/stock-rest-missing", a rest that was wasted "entry/stock-witness-missing".
    std::optional<DoseStock> stock;
};

// Why a dose was not given. (A dose that was vomited was given: exposure counts it.)
enum class NotGiven {
    refused,
    withheld_clinical,
    unavailable,
    away,
    asleep,
    missed_visit,
    missed_forgotten,
    contraindicated,
    self_managed,
    duplicate_avoided,
    unsafe_identity,
    other,
};

struct NotGivenEntry {  // a dose that was not given, and why
    EditToken token;    // of a DoseSlot or an OrderItem
    NotGiven why = NotGiven::other;
    std::string reason;  // required
    std::optional<ZonedInstant> effective;
};

// Says anew what was given; what is left out stays as it was. Where two say otherwise of how much,
// the amount is not left out (invalid_argument). Another time counts beside the one before until
// whoever gave the dose has said so within an hour of it, or later and another person too.
struct DoseCorrection {
    EditToken token;  // of an AdministrationItem
    std::optional<Quantity> dose;
    std::optional<ZonedInstant> effective;
    std::optional<Coded> site;
    bool entered_in_error = false;  // else it says again what it said, whoever called it an error
    std::string reason;             // required
    std::optional<DoseIntake> intake;
    std::string given_by;  // as DoseEntry's
};

struct AllergyEntry {          // an allergy, as a nurse learns of it
    Coded code;                // ATC, SNOMED CT, or text alone
    std::string criticality;   // "low", "high", "unable-to-assess" or empty
    std::string verification;  // empty: unconfirmed, or as it was
    std::string type;          // "allergy", "intolerance" or empty
    std::string reaction;
    std::string note;
};

// The parts that are given replace those of the order as shown; the rest is repeated unchanged.
struct PrescriptionProposal {
    EditToken token;  // of an OrderItem
    std::optional<Coded> medication;
    std::optional<Quantity> strength;
    std::optional<Quantity> strength_per;
    std::optional<Quantity> dose;
    std::optional<std::string> dosage_text;
    std::optional<std::vector<std::string>> times_of_day;
    std::optional<std::vector<std::string>> days_of_week;  // "mon" .. "sun"
    std::string reason;                                    // required
    // A drug for one day a week on more days takes one of "entry/weekly-too-often"; where the order
    // does not say on which day, of "entry/weekly-unclear". More than the pack says is given takes
    // one of "entry/over-limit-order" or "entry/thousandfold"; an order by phone that cannot be
    // computed (tablets without their strength) of "entry/limit-unclear".
    // Another drug than the order's that should not be given with what is ordered takes one of
    // "entry/interaction"; one that is ordered already, of "entry/duplicate-drug".
    std::vector<Override> overrides;
};

struct NewPatient {  // a citizen whom nobody here can identify yet
    std::string family;
    std::string given;
    std::string birth_date;         // FHIR date; empty when unknown
    std::string gender;             // FHIR code; empty when unknown
    std::string identifier_system;  // both or none
    std::string identifier_value;
    std::string note;  // how the person was met, for whoever links the records
};

// The token names the finding, its severity and its inputs as they were shown.
struct FindingAnswer {
    EditToken token;      // of a FindingItem
    std::string outcome;  // "confirmed-double", "not-a-double", ...
    std::string reason;   // required for severity 1 and 2
};

}  // namespace kari
