// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/actions.hpp>
#include <kari/allowance_view.hpp>
#include <kari/error.hpp>
#include <kari/stock.hpp>

// What: what a nurse says and does beside giving medicine and measuring. Device::care() gives it.
// Requires: signed in; the device that it came from.
// Returns and errors: locked, not_found (the record), time_in_future, reason_required, malformed (a
//   token that this SDK did not make), invalid_argument, too_large. An edit of what was taken from
//   another system before it could be changed here is resource_kept_whole: record it anew.
// Durability: what returns without an error is durable on this device.
// Threads: any; as Device.
// Ownership: entries are the caller's. A Care does not outlive its Device.
// Units and limits: texts in UTF-8; a moment left out is "now".
// Source of clinical rules: interval of vaccines from the knowledge pack (starting values, not for
//   clinical use).
namespace kari {

struct ProblemEntry {   // a problem, as a nurse states it
    Coded code;         // SNOMED CT, ICD-10, ICPC-2, or text alone
    Coded severity;     // may be empty
    std::string onset;  // FHIR dateTime, or words; may be empty
    bool confirmed = false;
    std::string note;
};

struct MeasureEntry {         // a measure of the care plan
    bool protective = false;  // else a service, which waits for the server
    Coded what;
    std::string title;
    std::string timing;  // in words
    int per_day = 0;     // times a day, when it can be said
    std::string instruction;
    int people = 0;  // needed at once
    std::string goal;
};

// What is given replaces; the rest stays. A change of a protective measure says anew that it is
// active, so that an end that did not see it cannot end it.
struct MeasureChange {
    EditToken token;
    std::optional<std::string> timing;
    std::optional<int> per_day;
    std::optional<std::string> instruction;
    std::optional<int> people;
    std::string reason;  // required
};

// A measure or task that was done or not.
struct ActEntry {
    EditToken token;  // of a MeasureItem or TaskItem
    std::optional<ZonedInstant> performed;
    std::string reason;  // required when it was not done
    std::string note;
};

struct VisitEntry {  // a visit that begins, or came to nothing
    EditToken plan;  // of a PlannedVisitItem or AppointmentItem; empty when it was not planned
    std::optional<ZonedInstant> starts;
    std::string note;
};

enum class VisitHindrance { no_answer, refused, away, other };  // why no visit came of it

struct VisitEnd {     // the end of a visit
    EditToken token;  // of a VisitItem
    std::optional<ZonedInstant> ends;
    std::string note;
};

struct VisitProposal {  // another time for a planned visit
    EditToken token;    // of a PlannedVisitItem
    ZonedInstant starts;
    std::optional<ZonedInstant> ends;
    std::string reason;  // required
};

struct ImmunizationEntry {  // a vaccine that was given
    Coded vaccine;
    std::optional<ZonedInstant> occurrence;
    bool told = false;  // the patient told of it; it was not given here
    std::string lot;
    std::string expires;  // FHIR date
    std::optional<Quantity> dose;
    Coded site;
    std::string note;
    std::vector<Override> overrides;
};

struct TaskEntry {  // a task for the unit
    Coded code;
    std::string description;
    std::string effect;    // "clinical", "contact", "welfare-check" or empty
    std::string priority;  // "routine", "urgent", "asap", "stat" or empty
    std::optional<ZonedInstant> due;
    std::string note;
};

struct RelatedPersonEntry {  // a relative or another person close by
    std::string family;
    std::string given;
    Coded relationship;
    std::string phone;
    std::optional<bool> next_of_kin;  // by the patient's own word
    std::string note;
};

struct DeathEntry {   // a death, as it was told
    EditToken token;  // of the PatientItem
    std::optional<ZonedInstant> at;
    std::string reason;  // required: how it is known; written as a note beside it
};

// A denial holds at once; a permission waits for the server.
struct ConsentEntry {
    bool permits = false;
    Coded scope;       // what it is about
    std::string text;  // in the patient's words
    std::string starts;
    std::string ends;
};

struct CommunicationEntry {  // a message or a call that was made
    Coded topic;
    std::string text;
    std::string recipient;
    std::optional<ZonedInstant> sent;
};

// What a doctor ordered by phone, as a nurse took it down.
struct VerbalOrder {
    Coded medication;
    std::optional<Quantity> strength;
    std::optional<Quantity> strength_per;
    std::optional<Quantity> dose;
    std::string dosage_text;  // this or the dose is required
    std::vector<std::string> times_of_day;
    std::vector<std::string> days_of_week;  // "mon" .. "sun"
    bool as_needed = false;
    std::string prescriber;  // required: who ordered it
    bool read_back = false;  // required: it was read aloud to whoever ordered it
    std::string note;
    // As PrescriptionProposal's.
    std::vector<Override> overrides;
};

// A patch that is off.
struct PatchOffEntry {
    EditToken token;  // of a PatchItem or an AdministrationItem
    std::optional<ZonedInstant> at;
    bool not_found = false;  // the whole body was searched
    std::string note;
    // A time before the patch was put on, by what is known of clocks, takes an override of
    // "entry/off-before-on".
    std::vector<Override> overrides;
};

// A dose that came up again.
struct VomitedEntry {
    EditToken token;  // of an AdministrationItem, or of the dose just written
    std::optional<ZonedInstant> at;
    std::optional<bool> seen;  // the medicine, in what came up; nothing: nobody looked
    std::string note;
    // A time before the dose takes an override of "entry/before-dose".
    std::vector<Override> overrides;
};

enum class DoseEffect { good, some, none, unwanted };  // what a dose did

// Whether a dose helped.
struct EffectEntry {
    EditToken token;  // of a FollowUpItem or an AdministrationItem, or of the dose just written
    DoseEffect effect = DoseEffect::none;
    std::optional<ZonedInstant> at;
    std::string note;
    std::vector<Override> overrides;  // as VomitedEntry's
};

namespace device {
struct Core;
}

class Care {  // what is done beside medicine and measurements
public:
    // ---- Problems: shown to all at once; one that is changed while somebody ends it stays active
    Result<Written> add_problem(const RecordId& record, const ProblemEntry& entry);
    // The reason is required, here and wherever one is asked for below.
    Result<Written> resolve_problem(const EditToken& token, std::string_view reason);
    Result<Written> retract_problem(const EditToken& token, std::string_view reason);

    // ---- Measures of the care plan. Restraints are decided elsewhere and can be ended here.
    Result<Written> add_measure(const RecordId& record, const MeasureEntry& entry);
    Result<Written> change_measure(const MeasureChange& change);
    // A restraint ends everywhere at once; a protective measure ends; a service's end is proposed.
    Result<Written> end_measure(const EditToken& token, std::string_view reason);
    // Facts: never refused, whatever became of the measure.
    Result<Written> measure_done(const ActEntry& entry);
    Result<Written> measure_not_done(const ActEntry& entry);
    Result<Written> act_entered_in_error(const EditToken& token, std::string_view reason);

    // ---- Visits. Facts: never refused, planned or not.
    Result<Written> start_visit(const RecordId& record, const VisitEntry& entry);
    Result<Written> end_visit(const VisitEnd& entry);
    // Somebody came, and no visit came of it.
    Result<Written> hindered_visit(const RecordId& record, const VisitEntry& entry,
                                   VisitHindrance why);
    Result<Written> visit_entered_in_error(const EditToken& token, std::string_view reason);
    // Waits for the server.
    Result<Written> propose_visit_time(const VisitProposal& proposal);

    // ---- Vaccines. Warnings that immunize() wants an override for; writes nothing.
    Result<std::vector<DoseWarning>> check_immunization(const RecordId& record,
                                                        const ImmunizationEntry& entry);
    // Errors: reason_required (`what` names the rules; say why and call again).
    Result<Written> immunize(const RecordId& record, const ImmunizationEntry& entry);
    Result<Written> immunization_entered_in_error(const EditToken& token, std::string_view reason);

    // ---- Medicine that another answers for
    // A drug that is not ordered yet. Waits for the server: nothing is due by it until then, and
    // Device::give takes its token with a reason. Errors: confirmation_required (not read back),
    // invalid_argument (no drug, prescriber, or anything to give), value_out_of_range, malformed,
    // reason_required (`what` names the rules; say why and call again).
    Result<Written> take_verbal_order(const RecordId& record, const VerbalOrder& order);
    // What take_verbal_order() wants an override for, and what is to be read; writes nothing.
    Result<std::vector<DoseWarning>> check_verbal_order(const RecordId& record,
                                                        const VerbalOrder& order);
    // Whoever is signed in has looked at drug, amount, way and time of a dose that another gave, as
    // the token shows it: a fact about that version. Errors: invalid_argument (an own dose).
    Result<Written> check_given_dose(const EditToken& token, std::string_view note);
    // A fact of its own: the dose stays as it was given. Errors: invalid_argument (the dose put no
    // patch on), reason_required.
    Result<Written> take_off_patch(const PatchOffEntry& entry);
    // Facts of their own, likewise. A dose that came up counts as taken all the same and its slot
    // stays closed: Written::told says whom to ask before it is given again. Errors:
    // invalid_argument (nobody says that the dose was taken), reason_required.
    Result<Written> dose_vomited(const VomitedEntry& entry);
    Result<Written> dose_effect(const EffectEntry& entry);

    // ---- Allowances of medicine as needed (kari/allowance_view.hpp). Durable; answered at the
    // next exchange. Errors: value_out_of_range, invalid_argument (the pack asks for none of that
    // drug).
    Result<Written> ask_allowance(const AllowanceAsk& entry);
    // What is left; nothing more is given under it, and the server lets others have it once this
    // has come there. Errors: not_permitted (another tablet holds it), invalid_argument (it was
    // given back before). The reason may be empty.
    Result<Written> return_allowance(const EditToken& token, std::string_view reason);

    // ---- The ledger of controlled drugs: kari/stock.hpp says what each asks and answers
    Result<StockLedger> stock_ledger(const RecordId& record);
    Result<std::vector<DoseWarning>> check_stock(const StockEntry& entry);
    Result<Written> record_stock(const StockEntry& entry);
    Result<Written> witness_stock(const EditToken& token, std::string_view note);

    // ---- Tasks
    Result<Written> add_task(const RecordId& record, const TaskEntry& entry);
    Result<Written> take_task(const EditToken& token);
    Result<Written> task_done(const ActEntry& entry);
    Result<Written> cancel_task(const EditToken& token, std::string_view reason);

    // ---- Relatives
    Result<Written> add_related_person(const RecordId& record, const RelatedPersonEntry& entry);
    // Beside the numbers that stand: one that somebody removed meanwhile is not lost.
    Result<Written> add_phone(const EditToken& token, std::string_view number);
    // Holds everywhere at once.
    Result<Written> do_not_contact(const EditToken& token, std::string_view reason);

    // ---- Death. Waits for the server; doses and visits are suspended from now on, here and on
    // every tablet that learns of it, until it is confirmed or taken back.
    Result<Written> report_death(const DeathEntry& entry);
    // The citizen lives. Whoever saw the word of a death takes it back, and lets what it suspended
    // go on; what the server says stays for a person to clear up.
    Result<Written> report_alive(const EditToken& token, std::string_view reason);

    // ---- Consents
    Result<Written> record_consent(const RecordId& record, const ConsentEntry& entry);
    // Holds everywhere at once.
    Result<Written> withdraw_consent(const EditToken& token, std::string_view reason);

    // ---- Messages and calls that were made
    Result<Written> record_communication(const RecordId& record, const CommunicationEntry& entry);
    // Whoever is signed in has read the message as the token shows it: a fact about that version.
    // What others read stays beside it.
    Result<Written> read_message(const EditToken& token);
    Result<Written> communication_entered_in_error(const EditToken& token, std::string_view reason);

private:
    friend class Device;
    explicit Care(device::Core& core) : core_(&core) {}
    device::Core* core_;
};

}  // namespace kari
