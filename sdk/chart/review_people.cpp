// SPDX-License-Identifier: Apache-2.0
//
// The citizen, who is nearest to them, and what the record is linked with.
#include <algorithm>

#include "kari/v1/care.pb.h"
#include "sdk/chart/death.hpp"
#include "sdk/chart/nearest.hpp"
#include "sdk/chart/rules.hpp"

namespace kari::chart {
namespace {

// Doses and visits wait for an answer, so one is asked for. Two words that are in effect are one
// conflict, and merge/patient-deceased is its finding.
void review_death(Case& the_case, const GroupResource& patient) {
    const auto words = death_words_of(patient);
    const auto* atom = patient.atom(k_patient_deceased);
    if (words.death != Death::told || (atom->contested && !patient.incomplete())) return;
    the_case.find("patient/death-unconfirmed", v1::SEVERITY_S1,
                  Subject::atom(patient.id, k_patient_deceased), words.inputs, {&patient});
}

// Two relatives are each said to be the nearest. Of the patient's own words the newer counts.
void review_nearest(Case& the_case, const GroupResource& a, const GroupResource& b) {
    const auto one = nearest_word_of(a);
    const auto other = nearest_word_of(b);
    if (!one.counts || !other.counts || !one.counts->nearest() || !other.counts->nearest() ||
        is_newer(*one.counts, *other.counts) || is_newer(*other.counts, *one.counts)) {
        return;
    }
    std::vector<ChangeId> inputs = one.inputs;
    inputs.insert(inputs.end(), other.inputs.begin(), other.inputs.end());
    the_case.find("relative/nearest-contested", v1::SEVERITY_S2, Subject::pair(a.id, b.id), inputs,
                  {&a, &b});
}

// A record that is one citizen's with two others makes all three one: a slip in either shows one
// person another's allergies and drugs. Somebody confirms that they are.
void review_links(Case& the_case, const GroupResource& a, const GroupResource& b) {
    if (a.record != b.record || a.id == b.id) return;
    const auto* one = a.operative_write(1);
    const auto* other = b.operative_write(1);
    const auto joins = [](const GroupResource& link) {
        return merge::operative_as<v1::RecordLink>(link).link().state() == v1::LINK_STATE_LINKED;
    };
    if (one == nullptr || other == nullptr || !joins(a) || !joins(b)) return;
    the_case.find("patient/linked-with-two", v1::SEVERITY_S1, Subject::pair(a.id, b.id),
                  {one->change, other->change}, {&a, &b});
}

void review_pairs(Case& the_case, v1::Kind kind,
                  void (*review)(Case&, const GroupResource&, const GroupResource&)) {
    const auto& all = the_case.of(kind);
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j) {
            if (the_case.asks(all[i], all[j])) review(the_case, *all[i], *all[j]);
        }
    }
}

}  // namespace

void review_people(Case& the_case) {
    for (const auto* resource : the_case.of(v1::KIND_PATIENT)) {
        if (the_case.asks(resource->id)) review_death(the_case, *resource);
    }
    review_pairs(the_case, v1::KIND_RELATED_PERSON, review_nearest);
    review_pairs(the_case, v1::KIND_RECORD_LINK, review_links);
}

}  // namespace kari::chart
