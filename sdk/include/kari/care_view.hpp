// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/view_parts.hpp>

// What: what a screen shows of a citizen beside medicines and observations: problems, measures of
//   the care plan, visits, vaccines, tasks, relatives, consents, messages. Part of a ChartView.
// Requires: Device::open_chart.
// Returns and errors: no function here fails.
// Durability: none; a view is memory only.
// Threads: a view is a value; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: texts of times are FHIR's, as written; codes are FHIR R4's unless said
//   otherwise; lists are whole, never cut.
// Source of clinical rules: sdk/merge says which value is operative, sdk/chart which state a plan
//   or task is in. No state is written down where acts tell it.
namespace kari {

struct ProblemItem : ItemHead {  // a problem as it stands now
    Field<Coded> code;
    Field<std::string> clinical_status;
    Field<std::string> verification_status;
    Field<Coded> severity;
    std::string onset;  // FHIR dateTime, or words
    std::string abatement;
    std::vector<std::string> notes;
    bool active = true;  // while anything speaks for it that its end had not seen
};

// `kind` is "protective" (stays while in doubt), "service" (as the server accepted it) or
// "restraint" (ends with any end).
struct MeasureItem : ItemHead {
    std::string kind;
    Field<Coded> what;
    std::string title;
    std::string description;
    std::vector<Coded> activities;  // of a plan from elsewhere that lists several
    Field<std::string> timing;      // in words
    Field<std::string> instruction;
    Field<int> people;  // needed at once; 4 is four or more
    std::string goal;
    Field<std::string> status;
    std::string status_reason;
    std::string starts;  // of the decision, FHIR dateTime
    std::string ends;
    bool in_force = false;      // to be done, or that may be used, as far as its status tells
    bool past_its_end = false;  // by the decision's own end, now
    bool end_proposed = false;  // not confirmed: go on
    std::vector<std::string> notes;
    std::vector<ResourceId> acts;  // performed or not, newest first
};

// A measure or task that was done, or not done; or a procedure from elsewhere.
struct ActText {
    std::string status;
    Coded code;
    ResourceId about;  // zero when it names none that is here
    std::string performed;
    std::string reason;  // when it was not done
    std::vector<std::string> performers;
    std::vector<std::string> notes;
};

struct ActItem : ItemHead {  // an act, with what was said of it before
    Field<ActText> statement;
    std::vector<Field<ActText>::Live> earlier;
};

struct VisitText {  // what was said of a visit
    std::string status;
    std::string hindrance;  // "no-answer", "refused", "away", "other"; empty when it was made
    std::string starts;
    std::string ends;
    Coded type;
    std::vector<Coded> reasons;
    ResourceId plan;  // zero when it was not planned
    std::vector<std::string> performers;
    std::vector<std::string> notes;
};

struct VisitItem : ItemHead {  // a visit, with what was said before
    Field<VisitText> statement;
    std::vector<Field<VisitText>::Live> earlier;
};

struct PlannedTime {  // when something is to be
    std::string starts;
    std::string ends;
    bool operator==(const PlannedTime&) const = default;
};

// `state` is "planned", "suspended" (ChartView says why), "cancelled", "hindered" (somebody came in
// vain), "under-way" or "carried-out": what was done wins over what was cancelled.
struct PlannedVisitItem : ItemHead {
    std::string state;
    Field<PlannedTime> time;
    Field<std::string> status;
    Coded type;
    std::vector<Coded> reasons;
    std::vector<std::string> performers;
    std::vector<std::string> notes;
    std::vector<ResourceId> visits;
};

struct AppointmentItem : ItemHead {  // an appointment elsewhere
    std::string state;               // as of a planned visit
    Field<PlannedTime> time;
    Field<std::string> status;
    std::string description;
    std::string instruction;  // for the patient
    std::vector<std::string> participants;
    std::string cancelled_because;
    std::vector<ResourceId> visits;
};

struct ImmunizationText {  // what was said of a vaccine
    std::string status;
    Coded vaccine;
    std::string occurrence;  // FHIR dateTime, or words
    bool told = false;       // somebody told of it; nobody here saw it given
    std::string lot;
    std::string expires;
    std::optional<Quantity> dose;
    Coded site;
    std::string reason;  // when it was not given
    std::vector<std::string> performers;
    std::vector<std::string> notes;
    std::vector<OverrideItem> overrides;
};

struct ImmunizationItem : ItemHead {  // it, with what was said before
    Field<ImmunizationText> statement;
    std::vector<Field<ImmunizationText>::Live> earlier;
};

// `state` is "open", "done" or "cancelled".
struct TaskItem : ItemHead {
    std::string state;
    Coded code;
    std::string description;
    std::string effect;  // "clinical", "contact", "welfare-check" or empty
    Field<std::string> status;
    Field<std::string> priority;
    Field<std::string> owner;
    std::string due;  // the earliest that anybody states
    std::vector<std::string> notes;
    std::vector<ResourceId> acts;
};

struct RelatedPersonItem : ItemHead {  // such a person, as it stands now
    Field<std::string> name;
    std::vector<Coded> relationship;
    std::vector<std::string> telecom;
    std::string address;
    std::optional<std::uint32_t> call_order;
    Field<bool> next_of_kin;  // what each said; who is the nearest of all:
    bool nearest = false;
    std::string legal_role;          // guardian, power of attorney
    Field<std::string> contact;      // "may-contact", "ask-first", "do-not-contact"
    Field<std::string> information;  // "full", "limited", "none"
    std::vector<std::string> notes;
};

// `effect` is "denied", "withdrawn", "proposed", "entered-in-error", "lifted" or "permitted".
struct ConsentText {
    std::string effect;
    Coded scope;
    std::string starts;
    std::string ends;
    std::vector<std::string> parties;
    std::string text;
    bool has_exceptions = false;  // read them in the source before you act on it
    bool operator==(const ConsentText&) const = default;
};

struct ConsentItem : ItemHead {  // a consent as it stands now
    Field<ConsentText> decision;
    std::vector<ConsentText> denials;  // all that hold, each for its own scope
    std::vector<std::string> notes;
};

// A limit to treatment, from a doctor. `limit` is "in-force", "ended", "proposed" or
// "entered-in-error".
struct TreatmentLimitItem : ItemHead {
    Field<ConsentText> decision;  // its `effect` is the limit
    bool unclear = false;         // treat, resuscitate, and ring
    bool review_overdue = false;  // its period is over: it holds until a doctor says, and is asked
    std::vector<std::string> notes;
};

struct CommunicationText {  // what was said of a message or a call
    std::string status;
    Coded topic;
    std::string text;
    std::string sent;
    std::string sender;
    std::vector<std::string> recipients;
    std::vector<std::string> notes;
};

// Who read a message, each once.
struct MessageReader {
    Said said;
    EditToken token;           // of the act, for Care::act_entered_in_error
    bool as_it_stands = true;  // false: the message has been said otherwise since
};

struct CommunicationItem : ItemHead {  // it, with who has read it
    Field<CommunicationText> statement;
    std::vector<MessageReader> readers;  // earliest first; from all tablets known
    std::vector<Field<CommunicationText>::Live> earlier;
};

struct CareView {                       // the chart beside medicine and measurements
    std::vector<ProblemItem> problems;  // active first
    std::vector<MeasureItem> measures;  // in force first
    std::vector<ActItem> acts;          // newest first, as the other facts here
    std::vector<VisitItem> visits;
    std::vector<PlannedVisitItem> planned_visits;
    std::vector<AppointmentItem> appointments;
    std::vector<ImmunizationItem> immunizations;
    std::vector<TaskItem> tasks;
    std::vector<RelatedPersonItem> related_persons;
    std::vector<ConsentItem> consents;
    std::vector<TreatmentLimitItem> treatment_limits;
    std::vector<CommunicationItem> communications;
};

}  // namespace kari
