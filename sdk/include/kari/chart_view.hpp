// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kari/administration_view.hpp>
#include <kari/allowance_view.hpp>
#include <kari/care_view.hpp>
#include <kari/decimal.hpp>
#include <kari/ids.hpp>
#include <kari/score_view.hpp>
#include <kari/time.hpp>
#include <kari/view_parts.hpp>

// What: what a screen shows of one citizen: plain values, copied out of the store when the chart
//   was opened. Nothing here changes by itself; open the chart again to see more.
// Requires: Device::open_chart, which writes the access entry first.
// Returns and errors: no function here fails.
// Durability: none; a view is memory only.
// Threads: a view is a value; any thread may read its own copy.
// Ownership: the caller's; a view outlives the device that gave it, and should not be kept longer
//   than it is shown.
// Units and limits: texts of times are FHIR's, as written; doses and values are decimals with
//   UCUM units; a list of what becomes history reaches back as far as `complete_since` says, all
//   other lists are whole.
// Source of clinical rules: sdk/merge says which value is operative, sdk/chart which state a dose
//   is in and which findings stand.
namespace kari {

// How old what is shown may be.
// fresh: under 30 min; aging: to 4 h; stale: to 12 h; old: beyond (starting values).
enum class Freshness { fresh, aging, stale, old, never_synced };

struct DataAge {                   // how old what is shown is
    std::optional<Instant> as_of;  // server time of the last complete exchange
    Duration age;                  // since then, by the clock that does harm
    Freshness tier = Freshness::never_synced;
    bool lease_ended = false;
    // To be shown with whatever the rules say, in the device's language: that the drug facts they
    // lean on are a demo, older than 30 days, or not the ones that they should be. Else empty.
    std::string drug_facts;
};

struct PatientItem : ItemHead {  // who the citizen is
    std::string name;
    std::string birth_date;  // FHIR date, may be a year only
    std::string gender;      // FHIR code
    std::vector<std::string> identifiers;
    std::string address;
    std::string telecom;
    bool name_contested = false;
    bool deceased = false;
};

// Codes are FHIR R4's: "active", "confirmed", "high".
struct AllergyItem : ItemHead {
    Field<Coded> code;
    Field<std::string> clinical_status;
    Field<std::string> verification_status;
    Field<std::string> criticality;
    std::vector<std::string> reactions;
    std::vector<std::string> notes;
    bool active = true;  // warns when a dose is given
};

// The parts of an order that a nurse reads and may propose to change.
struct PrescriptionText {
    Coded medication;
    std::string form;
    std::optional<Quantity> strength;      // of one piece
    std::optional<Quantity> strength_per;  // "per": 1 tablet, 1 mL
    std::optional<Quantity> dose;          // of the first dosage line
    std::string dosage_text;               // as the prescriber wrote it, maybe empty
    // What to show of the dosage: that text, else what its parts say, in the device's language.
    std::string dosage_shown;  // "not to be given" first, where that is what is ordered
    std::string route;
    std::string site;
    std::vector<std::string> times_of_day;  // "08:00"
    bool as_needed = false;
    std::string starts;  // FHIR dateTime
    std::string ends;
};

struct OrderItem : ItemHead {  // an order as it stands now
    ResourceId lineage;
    Field<std::string> status;  // FHIR code
    Field<PrescriptionText> prescription;
    std::string prescriber;  // who orders it, as it was said; may be empty
    std::string status_reason;
    std::vector<std::string> notes;
    bool active = false;  // may be given from: never what says that a drug is not to be given
};

struct ObservationPart {  // a part of a panel
    Coded code;
    std::optional<Quantity> value;
    std::string text;  // a value that is no quantity
};

struct ObservationText {  // what was measured
    std::string status;
    Coded code;
    std::optional<Quantity> value;
    std::string text;
    std::vector<ObservationPart> components;
    std::string effective;
    std::vector<std::string> notes;
};

struct ObservationItem : ItemHead {  // a measurement, with what was said before
    Field<ObservationText> statement;
    std::vector<Field<ObservationText>::Live> earlier;
};

struct NoteText {        // what a note says
    std::string status;  // "current", "superseded", "entered-in-error"
    bool is_signed = false;
    std::string type;
    std::string title;
    std::string text;
    std::string date;
    std::vector<std::string> authors;
    ResourceId appends_to;  // zero unless it is an addendum
};

struct NoteItem : ItemHead {  // a note as it stands now
    Field<NoteText> document;
};

// Why no dose is due and no visit is to be made: the citizen is said to be dead, or is. What was
// done can still be recorded.
struct Suspension {
    std::string rule;
    std::string title;    // what it is, in a few words
    std::string meaning;  // what it means now
    std::string action;   // what to do next
};

// `state` is "given", "not-given", "contested" (statements that did not see each other, or a
// withdrawal that nobody confirmed), else by the clock "upcoming", "due", "overdue"; "cannot tell"
// when the doses of that time are not here: it may have been given; "suspended" as DoseRound says.
struct DoseSlot {
    SlotId slot;
    EditToken token;  // names the slot and the line of the order as shown; for give and not_given
    RecordId record;
    ResourceId order;
    std::string order_status;  // FHIR code
    Coded medication;
    std::string dosage_text;
    std::string dosage_shown;      // as in PrescriptionText; "1 of 2 tablets" when given otherwise
    std::optional<Quantity> dose;  // as ordered; nothing when given otherwise
    std::string route;
    LocalDate date;
    std::string nominal;  // "08:00", or a part of the day such as "MORN"
    std::uint32_t ordinal = 0;
    ZonedInstant planned;
    std::string state;
    std::string reason;     // of a dose not given
    bool may_give = false;  // false: look at the order, and ring, before giving
    bool possible_double = false;
    bool given_and_not_given = false;
    bool order_contested = false;
    bool critical = false;  // leaving it out does harm too
    std::vector<ResourceId> administrations;
    // Of this order or this medicine, nearer to this slot than to the order's others: whoever is
    // about to give asks first. May be there whatever the state is.
    std::vector<DoseElsewhere> elsewhere;
    // Of a dose that counts and was not given from here, AdministrationText::intake, and in words:
    // who took or gave it, that nobody saw it, that it came up and what to do then.
    std::string intake;
    std::string how_taken;
    std::string vomited;  // when, as FHIR dateTime; empty: nobody said so. It counts all the same.
};

// An order that is given when needed, or of which this build cannot say what is due.
struct UnscheduledDose {
    EditToken token;  // of this line of the order
    RecordId record;
    ResourceId order;
    std::string medication;
    std::string text;    // the order's own words, else what its parts say
    std::string reason;  // why it cannot be told; empty when it is given when needed
    // Of the medicine, by whatever order, as far as it is here: FHIR dateTime of the unit's zone,
    // or a date as it was written; empty: no dose is known of.
    std::string last_given;
    std::string given_last_day;  // in the 24 hours before now, in words; empty: none
    // The pack asks for an allowance of the server before it is given; those that there are.
    bool wants_allowance = false;
    std::vector<AllowanceItem> allowances;
};

struct DoseRound {  // the doses of a date
    LocalDate date;
    DataAge age;
    std::vector<DoseSlot> slots;  // by time
    std::vector<UnscheduledDose> as_needed;
    std::vector<UnscheduledDose> look_at;  // never silence: read the order
    std::vector<PatchItem> patches;        // that may be on the body now, whatever the date
    // Doses of which somebody is to see whether they helped, whatever the date; the one that is due
    // first stands first. Until a day after that, then only the chart tells that nobody did.
    std::vector<FollowUpItem> follow_ups;
    // So long from the reading the clock alone makes it another (due, overdue, the age's tier);
    // nothing: not by the clock. One timer, no polling.
    std::optional<Duration> changes_in;
    // False: a linked record, part of an order or the doses of that time are not here.
    bool whole = true;
    std::optional<Suspension> suspended;
};

struct FindingItem {  // a finding, as a list shows it
    FindingId id;
    EditToken token;  // an answer hands it back: the inputs that its author saw
    std::string rule;
    int severity = 3;         // 1: stop and phone .. 4: log only
    std::string title;        // one sentence, in the language asked for
    std::string meaning;      // what it means now
    std::string action;       // what to do next
    std::string state;        // open | resolved | deferred
    bool provisional = true;  // the server has not stated it yet
    std::vector<ChangeId> inputs;
    std::vector<RecordId> records;
    std::vector<ResourceId> resources;
    // Of these, doses, orders, measurements, allergies and vaccines that are here.
    std::vector<FindingAbout> about;
    PersonId assigned_to;  // zero: nobody
    std::string deferred_until;
    std::string resolver;        // who may resolve it: "prescriber", "plan-owner" ...
    std::string resolver_name;   // the same in words, in the language asked for
    std::optional<Instant> due;  // by when; nothing: for the log, or what it rests on is not here
};

// What the chart cannot show.
struct MissingPart {
    std::string what;  // "linked record", "allergies", "resource"
    std::string advice;
};

// Of one kind, since when a chart is complete. What happened earlier is left out, save what is
// contested, incomplete or named by an open finding: Device::history has it.
struct CompleteSince {
    std::string kind;  // FHIR type: "Observation", "MedicationAdministration"
    Instant since;
    // What is older than this is not on the tablet but at the server: Device::want_history.
    std::optional<Instant> on_tablet_since;
};

struct ChartView {  // the chart of a citizen
    RecordId record;
    std::vector<RecordId> group;  // linked records that are here, this one among them
    DataAge age;
    std::vector<MissingPart> missing;
    std::optional<PatientItem> patient;
    std::optional<Suspension> suspended;
    // "asserted none", "not recorded", "listed" or "cannot tell": an empty list is no answer.
    std::string allergy_statement;
    std::vector<AllergyItem> allergies;
    std::vector<OrderItem> orders;
    std::vector<AdministrationItem> administrations;
    std::vector<PatchItem> patches;  // that may be on the body now
    std::vector<ScoreItem> scores;   // of the measurements that the chart shows; newest first
    std::vector<ObservationItem> observations;
    std::vector<NoteItem> notes;
    CareView care;
    std::vector<FindingItem> findings;
    std::size_t other_resources = 0;  // kept whole, not shown
    // Kinds of which older ones are left out; a kind that is not named is here from the beginning.
    std::vector<CompleteSince> complete_since;
};

struct PatientRow {  // a citizen of the caseload
    RecordId record;
    std::string name;
    std::string birth_date;
    std::uint32_t open_findings = 0;
    int worst_severity = 0;  // 0: none
    bool contested_name = false;
    bool made_here = false;  // for an unknown patient, not yet linked
};

struct PatientList {  // the caseload
    DataAge age;
    std::vector<PatientRow> rows;
};

}  // namespace kari
