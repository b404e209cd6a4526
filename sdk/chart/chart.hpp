// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sdk/chart/after_dose.hpp"
#include "sdk/chart/care.hpp"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/scores.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/chart/view.hpp"
#include "sdk/clinical/allergy_check.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::chart {

struct PatientView : Item {
    v1::Patient value;  // operative
    std::string name;   // as shown; empty when none is known
    std::string birth_date;
};

// How an allergy entry stands. Only `removed` ends its warnings: somebody refuted or withdrew it
// having seen all that speaks for it.
enum class AllergyStanding { active, removed };

struct AllergyView : Item {
    v1::AllergyIntolerance value;  // operative; the code may be contested
    AllergyStanding standing = AllergyStanding::active;
    bool none_known = false;  // says that there is no allergy
    bool free_text = false;   // cannot be computed: shown at every administration
    std::vector<Statement<v1::AllergyIntolerance>> live;  // each live write, as written
    std::string name;
};

enum class AllergySummary {
    not_registered,  // nobody has said anything
    none_known,      // said so, by the whole group, and nothing speaks against it
    listed,          // there are active entries
    incomplete,      // no active entry here, but not all is here
};

struct AllergyList {
    AllergySummary summary = AllergySummary::not_registered;
    bool whole = true;                 // all linked records and all entries are here
    std::vector<AllergyView> entries;  // active first; each by (record, id)
};

struct OrderView : Item {
    std::optional<v1::Prescription> prescription;            // operative; nothing while contested
    std::vector<Statement<v1::Prescription>> prescriptions;  // live, all of them
    std::vector<Statement<v1::Prescription>> proposed;       // pending
    v1::MedicationRequestStatus status = v1::MEDICATION_REQUEST_STATUS_UNSPECIFIED;
    std::vector<Statement<v1::MedicationRequestStatus>> statuses;         // live
    std::vector<Statement<v1::MedicationRequestStatus>> proposed_status;  // pending
    ResourceId lineage;           // of the first order; its own id when nobody said otherwise
    bool dose_contested = false;  // its prescription, status or lineage is: ring before giving
    bool critical = false;        // by the pack: a stop is not the safe side
    std::string name;             // the drug as shown
};

struct ObservationView : Item {
    std::optional<v1::Measurement> value;  // operative; nothing while contested
    std::vector<Statement<v1::Measurement>> live;
    std::vector<Statement<v1::Measurement>> earlier;  // superseded, newest first
};

struct CheckOfDose {
    Authorship by;
    CheckStanding standing = CheckStanding::holds;
};

struct AdministrationView : Item {
    std::optional<v1::Administration> value;  // operative
    std::vector<Statement<v1::Administration>> live;
    std::vector<Statement<v1::Administration>> earlier;  // superseded, newest first
    // What exposure counts: the worst statement that is not confirmed wrong; nothing when no
    // such statement says that any was taken.
    std::optional<Statement<v1::Administration>> exposure;
    // Withdrawn or corrected, but not yet confirmed: still counted.
    bool correction_unconfirmed = false;
    std::optional<SlotId> slot;
    std::optional<ResourceId> order;
    std::vector<CheckOfDose> checks;  // by a second person; of a chart, not of one view
    std::vector<AfterDose> after;     // what came of it; likewise
};

struct NoteView : Item {
    std::vector<Statement<v1::Document>> sides;    // more than one: forked, side by side
    std::vector<Statement<v1::Document>> earlier;  // superseded, newest first
};

struct OtherView : Item {
    std::string type;  // FHIR resource type; empty when not known
};

struct Chart {
    std::vector<RecordId> records;
    std::vector<RecordId> not_here;     // not empty: the chart is incomplete
    std::vector<PatientView> patients;  // the one to show first; one for each record
    AllergyList allergies;
    std::vector<OrderView> orders;                    // by (name, id)
    std::vector<Score> scores;                        // newest first
    std::vector<ObservationView> observations;        // newest first by effective time
    std::vector<AdministrationView> administrations;  // newest first by effective time
    std::vector<NoteView> notes;                      // newest first
    Care care;                                        // problems, measures, visits, people ...
    std::vector<OtherView> others;                    // of kinds that have no view
    std::vector<TrackedFinding> findings;             // the most severe first, then by id

    bool whole() const { return not_here.empty(); }
};

// The chart of a group. `findings` come from track(); `zone` is where times without offset are
// read. Pure and deterministic.
Chart make_chart(const Group& group, const clinical::KnowledgePack& pack,
                 std::vector<TrackedFinding> findings, std::string_view zone);

AllergyList allergies_of(const Group& group);
std::vector<OrderView> orders_of(const Group& group, const clinical::KnowledgePack& pack);
// Of the first order; its own id when nobody said otherwise.
ResourceId lineage_of(const GroupResource& order);
// Taken down by a nurse and answered by nobody: there is a proposal of what to give and nothing in
// effect, neither that nor that it is not to be given.
bool is_verbal_order(const merge::Resource& order);
// Nobody has answered it within a day: nothing more is given from it. Requires is_verbal_order. By
// the latest moment at which it can have been taken down: a slow clock does not end a new one.
bool has_run_out(const GroupResource& verbal_order, const ClockNotes& clocks, Instant at);
AdministrationView administration_of(const Group& group, const GroupResource& resource);

// The check before a drug is given: every active entry that is not a plain "no", worst first.
struct AllergyWarning {
    AllergyView allergy;
    clinical::AllergyHit hit;
};
struct AllergyAnswer {
    std::vector<AllergyWarning> warnings;  // those of match `uncomputable` too
    AllergySummary summary = AllergySummary::not_registered;
    // True only when somebody registered allergies (or none), all is here and nothing speaks
    // against the drug. "Cannot tell" is never clear.
    bool clear = false;
};
AllergyAnswer check_drug(const Group& group, const v1::CodeableConcept& drug,
                         const clinical::KnowledgePack& pack);

}  // namespace kari::chart
