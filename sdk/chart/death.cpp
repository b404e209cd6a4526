// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/death.hpp"

#include <algorithm>

#include "kari/v1/resources.pb.h"

namespace kari::chart {
namespace {

enum class Word { nothing, alive, dead };

Word word_of(const GroupResource& patient, const merge::AtomWrite& write) {
    const auto said = merge::value_as<v1::Patient>(patient, write).deceased();
    if (said.deceased() || !said.date_time().empty()) return Word::dead;
    return said.has_deceased() ? Word::alive : Word::nothing;
}

}  // namespace

DeathWords death_words_of(const GroupResource& patient) {
    DeathWords out;
    const auto* atom = patient.atom(k_patient_deceased);
    if (patient.kind != v1::KIND_PATIENT || atom == nullptr) return out;
    bool dead = false;
    bool in_effect = !atom->live.empty() && !patient.incomplete() && !patient.unreadable;
    const auto hear = [&](const merge::AtomWrite& write, bool effective) {
        const Word word = word_of(patient, write);
        dead = dead || word == Word::dead;
        if (word == Word::alive || (effective && word == Word::nothing)) in_effect = false;
        if (word != Word::nothing) out.inputs.push_back(write.change);
    };
    for (const auto& write : atom->live)
        hear(write, true);
    for (const auto& write : atom->pending)
        hear(write, false);
    if (dead) out.death = in_effect ? Death::confirmed : Death::told;
    return out;
}

Death death_of(const Group& group) {
    Death death = Death::not_told;
    for (const auto& resource : group.resources)
        death = std::max(death, death_words_of(resource).death);
    return death;
}

std::string_view suspended_by(Death death) {
    switch (death) {
        case Death::not_told:
            return {};
        case Death::told:
            return "patient/death-unconfirmed";
        case Death::confirmed:
            return "patient/deceased";
    }
    return {};
}

}  // namespace kari::chart
