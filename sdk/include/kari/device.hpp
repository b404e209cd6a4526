// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/account.hpp>
#include <kari/actions.hpp>
#include <kari/care_actions.hpp>
#include <kari/chart_view.hpp>
#include <kari/error.hpp>
#include <kari/exchange.hpp>
#include <kari/finding_case.hpp>
#include <kari/follow.hpp>
#include <kari/history.hpp>
#include <kari/ids.hpp>
#include <kari/live.hpp>
#include <kari/platform.hpp>
#include <kari/proof.hpp>
#include <kari/time.hpp>

// What: a tablet. It holds the records of its unit's caseload in one encrypted database, lets
//   nurses read and write them with no network, and agrees with the server when there is one.
// Requires: one Device object for each directory; a second one, or a second process, is told
//   `in_use`. The platform's ports outlive the device (it shares them).
// Returns and errors: each function names those of its own. Any may answer `locked` when nobody
//   is signed in, and the storage errors (storage_full, storage_failed, storage_corrupt,
//   storage_truncated, wrong_key). explain() says in words what to do about each.
// Durability: a write that has returned a change is committed to disk and is part of the record's
//   log for ever; one that returned an error left nothing behind.
// Threads: any thread may call any function at any time. One lock stands inside: a call waits for
//   the one before it. sync() lets go of the lock while it waits for the network and takes it for
//   one record at a time (50 ms at most is the aim), so a nurse's write never waits for a
//   network. Calls that block for longer than a screen may: enrol, sync, follow (network);
//   unlock, add_nurse (a key derivation of about 0.3 s); verify, export_log (a whole record).
// Ownership: a Device is moved, not copied; what it returns belongs to the caller.
// Units and limits: see kari/actions.hpp and kari/chart_view.hpp.
// Source of clinical rules: sdk/clinical and sdk/chart. The facade adds none.
namespace kari {

// The app's own HTTP stack instead of the built-in one; see kari/http.hpp.
class HttpClient;

enum class Language { nb, en };  // of the sentences

// One sentence about what happened and one about what to do next. No patient data.
struct Explanation {
    std::string sentence;
    std::string what_to_do;
};
Explanation explain(const Error& error, Language language);  // for whoever holds the tablet

struct EnrolOptions {                 // how a machine becomes a tablet
    std::filesystem::path directory;  // made when it is not there; must hold no device
    std::string server;               // "https://host:port"
    std::string code;                 // one-time code; carries the server's pin
    std::string device_name;
    PersonId person;  // first nurse; one that the server's directory lists for the unit
    std::string pin;  // 4 to 64 characters
    // Argon2id cost; the default takes about 0.3 s and 64 MiB.
    std::uint32_t pin_memory_kib = 64 * 1024;
    std::uint32_t pin_iterations = 3;
};

struct Nurse {  // a person who can unlock
    PersonId person;
    std::string name;
    std::string role;
};

struct SignedIn {  // who is signed in now, and on what
    SignInId sign_in;
    Nurse nurse;
    DataAge age;
    std::uint64_t unsent = 0;
    // The database had been put back to an earlier state; the device goes on under a new name in
    // the log and must reach the server once before the server takes its changes.
    bool was_restored = false;
};

enum class Purpose { treatment, emergency, administration };  // for what a record is opened

struct Access {  // for what a record is opened
    Purpose purpose = Purpose::treatment;
    // Required for `emergency`, for a record that has left the caseload, and after the offline
    // lease has ended.
    std::string reason;
};

class Device {  // a tablet
public:
    Device(Device&&) noexcept;
    Device& operator=(Device&&) noexcept;
    ~Device();  // locks; waits for a sync or a follow that runs

    // ---- Enrolment and sign-in -------------------------------------------------------------
    // Makes the keys, asks the server to certify them, and leaves the device signed in as
    // `person`. Blocks on the network. Errors: already_exists, code_refused, server_untrusted,
    // offline, timed_out, not_permitted (the directory does not list the person),
    // value_out_of_range (PIN length), key_store_failed. On error nothing is left in `directory`
    // and in the key store.
    static Result<Device> enrol(const EnrolOptions& options, const Platform& platform,
                                std::shared_ptr<HttpClient> http = nullptr);
    // Opens what enrol made; locked. Errors: not_enrolled, in_use, wiped, key_store_failed,
    // storage_missing (the database is gone), key_store_missing (its keys are).
    static Result<Device> open(const std::filesystem::path& directory, const Platform& platform,
                               std::shared_ptr<HttpClient> http = nullptr);
    // For a tablet that open or unlock refuses: reads what it can of the unsent work, then renames
    // the database, the keys and the escrow beside it, so that the directory can be enrolled anew.
    // Deletes nothing. `person` and `pin` are needed unless no PIN can open it any more: then
    // nothing is read. Errors: not_enrolled, in_use, locked (no person), wrong_pin, pin_delayed,
    // wiped (another nurse can still open it), not_found (no such nurse), not_permitted (the
    // database is sound: use it), storage_failed.
    static Result<SalvageReport> salvage(const std::filesystem::path& directory,
                                         const Platform& platform,
                                         const std::optional<PersonId>& person,
                                         std::string_view pin);

    // Nurses who can unlock this tablet; readable while locked.
    std::vector<Nurse> nurses() const;
    // People whom the unit's directory lists, as of the last sync. Errors: locked.
    Result<std::vector<Nurse>> directory_people() const;
    // Sets the PIN of whoever signed in within the last 5 minutes. Errors: not_permitted (another
    // person; not in the directory; too long ago), value_out_of_range (length; easily guessed).
    Result<void> add_nurse(const PersonId& person, std::string_view pin);
    // By PIN (0.3 s), or by a one-time code that the server made for her (network, and somebody
    // signed in): add_nurse follows. Errors: wrong_pin (tries left), pin_delayed (how long), wiped
    // (10 wrong PINs: see keys.md, section 2), not_found (no such nurse here), not_permitted (the
    // unit lists her no more); code_refused, offline, timed_out, server_busy.
    Result<SignedIn> unlock(const PersonId& person, std::string_view pin);
    // Seals what grew, forgets the key. A sync under way ends within 60 s; then the key goes.
    // Drafts stay. Errors: none that keep it unlocked.
    Result<void> lock();
    bool locked() const;  // nobody is signed in
    // Of the sentences in views; Norwegian at first.
    void set_language(Language language);
    // The IANA zone that days, slots and times without an offset are read in: the unit's, as the
    // server tells it, whatever the platform's clock says. The clock's own while locked.
    std::string zone() const;
    // The date there. Errors: not_found (this machine does not know the zone).
    Result<LocalDate> today() const;
    std::optional<Nurse> signed_in() const;  // nothing while locked

    // ---- Reading ---------------------------------------------------------------------------
    // The caseload. One access entry that names every record of the list is durable before this
    // returns. Errors: lease_ended (with an empty reason), reason_required.
    Result<PatientList> my_patients(const Access& access);
    // The chart of a record and of those linked to it. The access entry (one per person, record,
    // purpose and sign-in) is durable before this returns. Errors: not_found, lease_ended,
    // reason_required, not_permitted (a record out of the caseload, without a reason).
    Result<ChartView> open_chart(const RecordId& record, const Access& access);
    // Older items of one kind (a FHIR type that `complete_since` may name), newest first, `limit`
    // at a time (200 at most). Without a mark it begins with the newest; hand back `next` for
    // what follows. Needs open_chart in this sign-in. Errors: not_permitted, invalid_argument.
    Result<HistoryPage> history(const RecordId& record, std::string_view kind,
                                const std::optional<HistoryMark>& before, std::size_t limit);
    // Asks for what of a long record is at the server alone, back to an instant: see history.hpp.
    Result<bool> want_history(const RecordId& record, Instant back_to);
    // Of one local date, every linked record. Errors: not_permitted (not opened), malformed (date).
    Result<DoseRound> doses_due(const RecordId& record, const LocalDate& date);
    // Open findings, and answered ones as far back as the chart reaches. Needs open_chart in this
    // sign-in.
    Result<std::vector<FindingItem>> findings(const RecordId& record);
    // One finding in full, as it stands now, and why the resource of a token says what it says.
    // Access and errors of both as open_chart's; malformed.
    Result<FindingCase> finding_case(const EditToken& token, const Access& access);
    Result<Account> explain_resource(const EditToken& token, const Access& access);
    // What this device keeps of the access log. Errors: not_found.
    Result<std::vector<AccessLine>> access_entries(const RecordId& record);
    // The record of the tablet's own unit, where lists are logged.
    Result<RecordId> unit_record() const;

    // ---- Writing facts: once written never refused, for no clinical reason nor by the lease ---
    // What is typed is checked before there is a fact. Errors: confirmation_required (an unusual
    // value: look again, set `confirmed`, call again); value_out_of_range (no living person has it:
    // measure again; if the device did show it, write_note keeps what it showed); unit_unknown.
    Result<Written> record_observation(const RecordId& record, const ObservationEntry& entry);
    // An older token is no error: the correction then stands beside what its author had not seen.
    // Errors: resource_incomplete, resource_unreadable.
    Result<Written> correct_observation(const EditToken& token, const ObservationEntry& entry);
    Result<Written> observation_entered_in_error(const EditToken& token, std::string_view reason);

    // Warnings that give() will want an override for. Writes nothing.
    Result<std::vector<DoseWarning>> check_dose(const DoseEntry& entry);
    // Errors: reason_required (`what` names the rules: say why, call again), value_out_of_range (no
    // dose that anybody gives), invalid_argument (a corrected amount of what was not given). What a
    // correction makes of a dose is told after it (Written::told): it was given already.
    Result<Written> give(const DoseEntry& entry);
    Result<Written> not_given(const NotGivenEntry& entry);      // a dose left out
    Result<Written> correct_dose(const DoseCorrection& entry);  // said otherwise

    // ---- Notes -----------------------------------------------------------------------------
    // A draft is local to this tablet and its author, and becomes no change until written.
    Result<void> save_draft(const RecordId& record, std::string_view key, const NoteEntry& entry);
    Result<std::optional<NoteEntry>> load_draft(const RecordId& record, std::string_view key);
    Result<void> drop_draft(const RecordId& record, std::string_view key);
    // A note that may still be edited (by write_note with its token) until it is signed.
    Result<Written> write_note(const RecordId& record, const NoteEntry& entry);
    // Errors: signed_text_is_final, not_the_author.
    Result<Written> edit_note(const EditToken& token, const NoteEntry& entry);
    Result<Written> sign_note(const EditToken& token);  // it is final then
    // A new note that points at a signed one.
    Result<Written> addend(const EditToken& token, const NoteEntry& entry);

    // ---- Allergies, orders, people ----------------------------------------------------------
    Result<Written> add_allergy(const RecordId& record, const AllergyEntry& entry);
    // New evidence: a reaction, a criticality. Writes both status atoms again, so that a
    // refutation that did not see it cannot end the warning.
    Result<Written> add_allergy_evidence(const EditToken& token, const AllergyEntry& entry);
    // The allergy never was (refuted). Errors: reason_required.
    Result<Written> refute_allergy(const EditToken& token, std::string_view reason);
    // It was written by mistake (entered-in-error). Errors: reason_required.
    Result<Written> retract_allergy(const EditToken& token, std::string_view reason);

    // Takes effect here and everywhere at once. Errors: reason_required.
    Result<Written> propose_stop(const EditToken& order, std::string_view reason);
    // Waits for the server; the order stands as it was until then. Errors: reason_required.
    Result<Written> propose_prescription(const PrescriptionProposal& proposal);

    // A record for somebody nobody here can identify yet. It is in the unit's caseload at once.
    // With a note, `also` of the answer names the note's change.
    Result<Written> create_record(const NewPatient& patient);

    // ---- Problems, measures, visits, vaccines, tasks, relatives, consents, messages ----------
    Care care();  // see care_actions.hpp; not to be used after this device is gone

    // ---- Findings --------------------------------------------------------------------------
    // Errors: not_found, reason_required; value_out_of_range (`until` is past). It opens again when
    // an input comes that the token does not name, when it grows more severe, and after `until`.
    Result<Written> resolve_finding(const FindingAnswer& answer);
    Result<Written> defer_finding(const EditToken& token, const ZonedInstant& until,
                                  std::string_view reason);
    Result<Written> assign_finding(const EditToken& token, const PersonId& person);

    // ---- Exchange --------------------------------------------------------------------------
    // Pulls the safety lane, then exchanges until there is no more. Blocks; one at a time (a
    // second call answers in_use). Where no connection can be made it is offline at once; what may
    // pass (a timeout, a busy server, a cut connection) is tried again. Errors: offline,
    // timed_out, server_busy, in_use, cancelled, server_untrusted, device_unknown, device_revoked,
    // device_expired, protocol_unsupported. What was applied before an error stays.
    Result<SyncReport> sync(const SyncOptions& options);
    // Syncs, waits for news or for something written here, and so on; one at a time, and beside it
    // there is no need to call sync. Returns nothing when `cancel` was asked (a wait ends at once,
    // a session soon). Errors: locked (also when lock() ends it), in_use, device_unknown,
    // device_revoked, device_expired, protocol_unsupported, storage errors; what may pass is
    // waited for.
    Result<void> follow(const FollowOptions& options);
    Result<SyncStatus> sync_status();  // what waits here

    // ---- Proof -----------------------------------------------------------------------------
    // Recomputes every digest, stream link, chain and seal that is held. Blocks long.
    Result<VerifyReport> verify();
    // The record's log as exact bytes. One access entry (export) is durable first.
    Result<std::vector<LogLine>> export_log(const RecordId& record);
    // A FHIR R4 Bundle ($everything). Access and errors as open_chart's; logged as an export.
    Result<std::string> export_fhir(const RecordId& record, const Access& access);
    // Equal on every replica that holds the same changes of the record. No access: a digest.
    Result<Digest> state_digest(const RecordId& record);
    // Every citizen's record held here, hidden ones too. No access: ids alone.
    Result<std::vector<RecordId>> held_records();
    // Both zero while locked.
    DeviceId device_id() const;
    IncarnationId incarnation() const;  // its name in the log

    // ---- Observing -------------------------------------------------------------------------
    // Calls back after a call of this device changed something: on the thread that made that
    // call, after it let go of the lock and before it returns. A callback may read, and may not
    // call sync or lock. Dropping the handle ends it, and waits for one that runs elsewhere.
    class Subscription {
    public:
        Subscription() = default;
        Subscription(Subscription&&) noexcept;
        Subscription& operator=(Subscription&&) noexcept;
        ~Subscription();

    private:
        friend class Device;
        struct State;
        explicit Subscription(std::shared_ptr<State> state);
        std::shared_ptr<State> state_;
    };
    [[nodiscard]] Subscription observe(std::function<void(const Event&)> callback);
    // Live queries: `changed` is called once when what `query` shows may be another than at this
    // call, or at the last again. See kari/live.hpp. Errors: locked, storage errors.
    Result<Live> watch(const LiveQuery& query, std::function<void()> changed);
    Result<void> again(const Live& live);  // after it was told, before it reads

private:
    friend class Attachments;  // kari/attachments.hpp
    class Impl;
    explicit Device(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};
}  // namespace kari
