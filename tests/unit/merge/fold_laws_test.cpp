// SPDX-License-Identifier: Apache-2.0
//
// The fold is a function of the set of changes: not of order, duplicates, grouping or replica.
// Checked against a model that follows the definition with sets and no graph.
#include <set>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/fold.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

using test::History;

// A random history of an order: several authors, each acting on a random earlier view.
void grow(History& history) {
    const int length = *rc::gen::inRange(1, 14);
    std::vector<ChangeId> ids;
    for (int i = 0; i < length; ++i) {
        v1::MedicationRequest order;
        if (*rc::gen::arbitrary<bool>()) {
            order.set_status(static_cast<v1::MedicationRequestStatus>(*rc::gen::inRange(1, 9)));
        }
        if (*rc::gen::arbitrary<bool>() || !order.has_status()) {
            order.mutable_prescription()->add_dosage()->set_text(
                std::to_string(*rc::gen::inRange(0, 4)));
        }
        if (*rc::gen::inRange(0, 3) == 0) {
            order.mutable_note()->add_items()->set_text(std::to_string(*rc::gen::inRange(0, 3)));
        }
        std::set<ChangeId> parents;
        const int count = ids.empty() ? 0 : *rc::gen::inRange(0, 3);
        for (int p = 0; p < count; ++p) {
            parents.insert(ids[*rc::gen::inRange<std::size_t>(0, ids.size())]);
        }
        const auto& change = history.add(
            {.resource = &order,
             .parents = {parents.begin(), parents.end()},
             .origin = *rc::gen::arbitrary<bool>() ? v1::ORIGIN_SERVER : v1::ORIGIN_DEVICE,
             .author = static_cast<std::uint8_t>(*rc::gen::inRange(1, 5)),
             .tick = static_cast<std::uint64_t>(*rc::gen::inRange(1, 9))});
        ids.push_back(change.id);
    }
}

std::vector<const Change*> shuffled(std::vector<const Change*> changes) {
    for (std::size_t i = changes.size(); i > 1; --i) {
        std::swap(changes[i - 1], changes[*rc::gen::inRange<std::size_t>(0, i)]);
    }
    return changes;
}

std::vector<const Change*> some_of(const std::vector<const Change*>& changes) {
    std::vector<const Change*> part;
    for (const auto* change : changes) {
        if (*rc::gen::arbitrary<bool>()) part.push_back(change);
    }
    return part;
}

// The definition, word by word: what had a change seen, among the changes that are here?
std::set<ChangeId> view_of(const std::vector<const Change*>& here, const Change& change) {
    std::set<ChangeId> view;
    bool grew = true;
    for (const auto& parent : change.parents)
        view.insert(parent);
    while (grew) {
        grew = false;
        for (const auto* other : here) {
            if (view.count(other->id) == 0) continue;
            for (const auto& parent : other->parents)
                grew |= view.insert(parent).second;
        }
    }
    std::set<ChangeId> present;
    for (const auto* other : here) {
        if (view.count(other->id) != 0) present.insert(other->id);
    }
    return present;
}

bool model_effective(const Change& change, std::uint32_t atom) {
    if (atom == 6 || change.from_server()) return true;  // note is UNION
    if (atom != 2) return false;
    v1::MedicationRequest order;
    order.ParseFromString(change.body.resource());
    return order.status() == v1::MEDICATION_REQUEST_STATUS_STOPPED ||
           order.status() == v1::MEDICATION_REQUEST_STATUS_CANCELLED ||
           order.status() == v1::MEDICATION_REQUEST_STATUS_ON_HOLD;
}

bool model_writes(const Change& change, std::uint32_t atom) {
    const auto& atoms = change.header.atom();
    return std::find(atoms.begin(), atoms.end(), atom) != atoms.end();
}

std::set<ChangeId> model_live(const std::vector<const Change*>& here, std::uint32_t atom) {
    std::set<ChangeId> live;
    for (const auto* write : here) {
        if (!model_writes(*write, atom) || !model_effective(*write, atom)) continue;
        bool seen = false;
        for (const auto* other : here) {
            seen |= model_writes(*other, atom) && model_effective(*other, atom) &&
                    view_of(here, *other).count(write->id) != 0;
        }
        if (!seen) live.insert(write->id);
    }
    return live;
}

TEST_CASE("the fold does not depend on order or duplicates") {
    rc::check("order and duplicates", [] {
        History history(v1::KIND_MEDICATION_REQUEST);
        grow(history);
        auto changes = shuffled(history.all());
        const auto again = some_of(changes);
        changes.insert(changes.end(), again.begin(), again.end());
        RC_ASSERT(canonical(fold(changes)) == canonical(history.fold()));
    });
}

TEST_CASE("replicas that hold the same changes by any route agree byte for byte") {
    rc::check("grouping", [] {
        History history(v1::KIND_MEDICATION_REQUEST);
        grow(history);
        const auto a = some_of(history.all());
        std::vector<const Change*> rest;
        for (const auto* change : history.all()) {
            if (std::find(a.begin(), a.end(), change) == a.end()) rest.push_back(change);
        }
        auto left = shuffled(a);
        const auto right = shuffled(rest);
        left.insert(left.end(), right.begin(), right.end());
        RC_ASSERT(canonical(fold(left)) == canonical(history.fold()));
    });
}

TEST_CASE("live values are the writes that no other write of the atom has seen") {
    rc::check("the model agrees, on whole and on partial replicas", [] {
        History history(v1::KIND_MEDICATION_REQUEST);
        grow(history);
        const auto here = *rc::gen::arbitrary<bool>() ? history.all() : some_of(history.all());
        if (here.empty()) return;
        const auto resource = fold(here);
        for (const std::uint32_t atom : {1U, 2U, 6U}) {
            std::set<ChangeId> live;
            if (const auto* state = resource.atom(atom)) {
                for (const auto& write : state->live)
                    live.insert(write.change);
            }
            RC_ASSERT(live == model_live(here, atom));
        }
    });
}

TEST_CASE("a partial replica never calls a conflict, and never shows what nobody wrote") {
    rc::check("partial replicas", [] {
        History history(v1::KIND_MEDICATION_REQUEST);
        grow(history);
        const auto here = some_of(history.all());
        if (here.empty()) return;
        const auto resource = fold(here);
        if (resource.incomplete()) RC_ASSERT_FALSE(resource.contested());
        const auto* shown = resource.operative_write(1);
        if (shown == nullptr) return;
        RC_ASSERT(std::any_of(here.begin(), here.end(), [&](const Change* change) {
            return change->id == shown->change && model_effective(*change, 1);
        }));
    });
}

TEST_CASE("a live value is never lost by learning more, save to a write that saw it") {
    rc::check("monotone", [] {
        History history(v1::KIND_MEDICATION_REQUEST);
        grow(history);
        const auto before = some_of(history.all());
        if (before.empty()) return;
        const auto small = fold(before);
        const auto whole = history.fold();
        for (const auto& atom : small.atoms) {
            for (const auto& write : atom.live) {
                const auto& live = whole.atom(atom.number)->live;
                const bool kept = std::any_of(live.begin(), live.end(), [&](const auto& other) {
                    return other.change == write.change;
                });
                const bool answered = std::any_of(live.begin(), live.end(), [&](const auto& other) {
                    return other.change != write.change &&
                           saw(history.all(), other.change, write.change);
                });
                RC_ASSERT(kept || answered);
            }
        }
    });
}

}  // namespace
}  // namespace kari::merge
