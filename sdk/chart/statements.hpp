// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "sdk/base/time.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/view.hpp"

// What views are made of: the statements of an atom, and the order of time.
namespace kari::chart {

// The statements of an atom's writes, each through `pick`.
template <typename Message, typename Pick>
auto statements(const GroupResource& resource, const std::vector<merge::AtomWrite>& writes,
                Pick pick) {
    using Value = std::decay_t<decltype(pick(std::declval<const Message&>()))>;
    std::vector<Statement<Value>> out;
    if (writes.empty()) return out;
    const Causality causality(resource);
    for (const auto& write : writes) {
        const auto* change = causality.find(write.change);
        out.push_back({pick(merge::value_as<Message>(resource, write)),
                       change == nullptr ? Authorship{} : authorship_of(*change)});
    }
    return out;
}

template <typename Message, typename Pick>
auto live_statements(const GroupResource& resource, std::uint32_t atom, Pick pick) {
    const auto* state = resource.atom(atom);
    return statements<Message>(
        resource, state == nullptr ? std::vector<merge::AtomWrite>{} : state->live, pick);
}

template <typename Message, typename Pick>
auto pending_statements(const GroupResource& resource, std::uint32_t atom, Pick pick) {
    const auto* state = resource.atom(atom);
    return statements<Message>(
        resource, state == nullptr ? std::vector<merge::AtomWrite>{} : state->pending, pick);
}

// Writes of a fact that a later one has seen, newest first.
template <typename Message, typename Pick>
auto earlier_statements(const GroupResource& resource, std::uint32_t atom, Pick pick) {
    using Value = std::decay_t<decltype(pick(std::declval<const Message&>()))>;
    std::vector<Statement<Value>> out;
    const auto* state = resource.atom(atom);
    for (const auto& write : writes_of(resource, atom)) {
        const bool live = state != nullptr &&
                          std::any_of(state->live.begin(), state->live.end(), [&](const auto& at) {
                              return at.change == write.change->id;
                          });
        if (live || write.value.empty()) continue;
        out.push_back({pick(said_by<Message>(*write.change)), authorship_of(*write.change)});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return std::tie(a.by.tick, a.by.change) > std::tie(b.by.tick, b.by.change);
    });
    return out;
}

// When an item's newest statement says that it happened; the moment of writing when it does not.
inline Instant happened(std::string_view text, const v1::Period& period, const Authorship& by,
                        std::string_view zone) {
    const std::string_view stated = text.empty() ? std::string_view(period.start()) : text;
    if (!stated.empty()) {
        if (const auto lies = base::parse_fhir_time(stated, zone)) return lies->start;
    }
    return by.recorded.instant;
}

template <typename View, typename When>
void newest_first(std::vector<View>& views, When when) {
    std::vector<std::pair<Instant, View>> timed;
    for (auto& view : views) {
        const Instant at = when(view);
        timed.emplace_back(at, std::move(view));
    }
    std::stable_sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first > b.first;
        return a.second.version.resource < b.second.version.resource;
    });
    views.clear();
    for (auto& [at, view] : timed)
        views.push_back(std::move(view));
}

}  // namespace kari::chart
