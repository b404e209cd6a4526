// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/message_reading.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "sdk/chart/second_check.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_fact_atom = 1;

bool saw_what_stands(const GroupResource& message, const Causality& causality,
                     const v1::Performance& act) {
    const auto* atom = message.atom(k_fact_atom);
    const auto version = version_seen(act);
    return atom != nullptr &&
           std::all_of(atom->live.begin(), atom->live.end(),
                       [&](const auto& write) { return causality.covers(version, write.change); });
}

// By what the clocks say and, where they say the same, by the change: alike on every device.
auto order_of(const MessageReading& reading) {
    return std::tuple(!reading.as_it_stands, reading.by.recorded.instant, reading.by.change);
}

}  // namespace

bool is_message_read(const v1::Performance& act) {
    return clinical::code_in(act.code(), k_act_system) == k_message_read;
}

std::vector<MessageReading> readings_of(const GroupResource& message,
                                        const std::vector<Act>& acts) {
    const Causality causality(message);
    std::map<PersonId, MessageReading> by_person;
    for (const Act& act : acts) {
        if (act.visit || !is_message_read(act.as_procedure) || !was_done(act.as_procedure)) {
            continue;
        }
        const auto* write = act.resource->operative_write(k_fact_atom);
        const auto* change =
            write == nullptr ? nullptr : Causality(*act.resource).find(write->change);
        if (change == nullptr) continue;
        MessageReading reading{authorship_of(*change), act.resource,
                               saw_what_stands(message, causality, act.as_procedure)};
        if (!reading.by.person) continue;
        const auto [known, first] = by_person.try_emplace(*reading.by.person, reading);
        if (!first && order_of(reading) < order_of(known->second)) known->second = reading;
    }
    std::vector<MessageReading> out;
    for (const auto& [person, reading] : by_person)
        out.push_back(reading);
    std::sort(out.begin(), out.end(), [](const MessageReading& a, const MessageReading& b) {
        return std::tie(a.by.recorded.instant, a.by.change) <
               std::tie(b.by.recorded.instant, b.by.change);
    });
    return out;
}

}  // namespace kari::chart
