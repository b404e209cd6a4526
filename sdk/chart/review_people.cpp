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
    if (words.death != Death::told || atom->contested) return;
    the_case.find("patient/death-unconfirmed", v1::SEVERITY_S1,
                  Subject::atom(patient.id, k_patient_deceased), words.inputs, {&patient});
}

struct Nearest {
    const GroupResource* relative = nullptr;
    NearestWord word;
};

// Two relatives are each said to be the nearest. Of the patient's own words the newer counts.
void review_nearest(Case& the_case, const Nearest& a, const Nearest& b) {
    if (!the_case.asks(a.relative, b.relative) || is_newer(*a.word.counts, *b.word.counts) ||
        is_newer(*b.word.counts, *a.word.counts)) {
        return;
    }
    std::vector<ChangeId> inputs = a.word.inputs;
    inputs.insert(inputs.end(), b.word.inputs.begin(), b.word.inputs.end());
    the_case.find("relative/nearest-contested", v1::SEVERITY_S2,
                  Subject::pair(a.relative->id, b.relative->id), inputs, {a.relative, b.relative});
}

// A record that is one citizen's with two others makes all three one: a slip in either shows one
// person another's allergies and drugs. Somebody confirms that they are.
void review_links(Case& the_case, const GroupResource* a, const GroupResource* b) {
    if (a->record != b->record || !the_case.asks(a, b)) return;
    the_case.find("patient/linked-with-two", v1::SEVERITY_S1, Subject::pair(a->id, b->id),
                  {a->operative_write(1)->change, b->operative_write(1)->change}, {a, b});
}

bool joins(const GroupResource& link) {
    return link.operative_write(1) != nullptr &&
           merge::operative_as<v1::RecordLink>(link).link().state() == v1::LINK_STATE_LINKED;
}

// Of all there are only those that say so are held beside each other: few, whoever many there are.
template <typename Item, typename Review>
void review_pairs(const std::vector<Item>& all, const Review& review) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = i + 1; j < all.size(); ++j)
            review(all[i], all[j]);
    }
}

bool asks_about(const Case& the_case, v1::Kind kind) {
    return std::any_of(the_case.asked().begin(), the_case.asked().end(), [&](const auto* each) {
        return each->kind == static_cast<std::uint32_t>(kind);
    });
}

}  // namespace

void review_people(Case& the_case) {
    std::vector<Nearest> nearest;
    std::vector<const GroupResource*> links;
    for (const auto* patient : the_case.of(v1::KIND_PATIENT)) {
        if (the_case.asks(patient->id)) review_death(the_case, *patient);
    }
    for (const auto* link : the_case.of(v1::KIND_RECORD_LINK)) {
        if (joins(*link)) links.push_back(link);
    }
    if (asks_about(the_case, v1::KIND_RELATED_PERSON)) {
        for (const auto* relative : the_case.of(v1::KIND_RELATED_PERSON)) {
            auto word = nearest_word_of(*relative);
            if (word.counts && word.counts->nearest()) {
                nearest.push_back({relative, std::move(word)});
            }
        }
    }
    review_pairs(nearest,
                 [&](const Nearest& a, const Nearest& b) { review_nearest(the_case, a, b); });
    review_pairs(links, [&](const GroupResource* a, const GroupResource* b) {
        review_links(the_case, a, b);
    });
}

}  // namespace kari::chart
