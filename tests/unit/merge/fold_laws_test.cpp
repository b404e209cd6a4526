// SPDX-License-Identifier: Apache-2.0
//
// The fold is a function of the set of changes: not of order, duplicates, grouping or replica.
// Checked against a model that follows the definition with sets and no graph, for every kind.
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/merge/fold.hpp"
#include "tests/support/random_resource.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

using test::History;
using test::RandomResource;

const KindSchema& some_kind() {
    return all_kinds()[*rc::gen::inRange<std::size_t>(0, all_kinds().size())];
}

// A random history of a resource: several authors, each acting on a random earlier view.
History some_history(const KindSchema& kind) {
    History history(kind.kind);
    RandomResource values(*rc::gen::arbitrary<unsigned>());
    const int length = *rc::gen::inRange(1, 14);
    std::vector<ChangeId> ids;
    for (int i = 0; i < length; ++i) {
        const std::unique_ptr<google::protobuf::Message> said(kind.prototype->New());
        for (const auto& atom : kind.atoms) {
            if (values.below(4) == 0) values.write(*said, *atom.field);
        }
        History::Write write{.resource = said.get()};
        if (said->ByteSizeLong() == 0) write.cleared = {kind.atoms.front().number};
        std::set<ChangeId> parents;
        const int count = ids.empty() ? 0 : *rc::gen::inRange(0, 3);
        for (int p = 0; p < count; ++p) {
            parents.insert(ids[*rc::gen::inRange<std::size_t>(0, ids.size())]);
        }
        write.parents = {parents.begin(), parents.end()};
        write.origin = *rc::gen::arbitrary<bool>() ? v1::ORIGIN_SERVER : v1::ORIGIN_DEVICE;
        write.author = static_cast<std::uint8_t>(*rc::gen::inRange(1, 5));
        write.tick = static_cast<std::uint64_t>(*rc::gen::inRange(1, 9));
        ids.push_back(history.add(write).id);
    }
    return history;
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

// By the words of the page: what an atom's policy and its restrictive values make of a write.
bool model_effective(const KindSchema& kind, const Change& change, const AtomSchema& atom) {
    if (atom.policy != v1::POLICY_AUTHORITY || change.from_server()) return true;
    const std::unique_ptr<google::protobuf::Message> said(kind.prototype->New());
    if (!said->ParseFromString(change.body.resource())) return false;
    const auto* from = said->GetReflection();
    if (!from->HasField(*said, atom.field)) return false;
    int value = 0;
    if (atom.rank_field != nullptr) {
        const auto& inner = from->GetMessage(*said, atom.field);
        value = inner.GetReflection()->GetEnumValue(inner, atom.rank_field);
    } else if (atom.field->enum_type() != nullptr) {
        value = from->GetEnumValue(*said, atom.field);
    }
    return std::find(atom.restrictive.begin(), atom.restrictive.end(), value) !=
           atom.restrictive.end();
}

bool model_writes(const Change& change, std::uint32_t atom) {
    const auto& atoms = change.header.atom();
    return std::find(atoms.begin(), atoms.end(), atom) != atoms.end();
}

std::set<ChangeId> model_live(const KindSchema& kind, const std::vector<const Change*>& here,
                              const AtomSchema& atom) {
    const auto counts = [&](const Change& change) {
        return model_writes(change, atom.number) && model_effective(kind, change, atom);
    };
    std::set<ChangeId> live;
    for (const auto* write : here) {
        if (!counts(*write)) continue;
        bool seen = false;
        for (const auto* other : here) {
            seen |= counts(*other) && view_of(here, *other).count(write->id) != 0;
        }
        if (!seen) live.insert(write->id);
    }
    return live;
}

TEST_CASE("the fold does not depend on order or duplicates") {
    CHECK(rc::check("order and duplicates", [] {
        const KindSchema& kind = some_kind();
        const History history = some_history(kind);
        auto changes = shuffled(history.all());
        const auto again = some_of(changes);
        changes.insert(changes.end(), again.begin(), again.end());
        RC_ASSERT(canonical(fold(changes)) == canonical(history.fold()));
    }));
}

TEST_CASE("replicas that hold the same changes by any route agree byte for byte") {
    CHECK(rc::check("grouping", [] {
        const KindSchema& kind = some_kind();
        const History history = some_history(kind);
        const auto a = some_of(history.all());
        std::vector<const Change*> rest;
        for (const auto* change : history.all()) {
            if (std::find(a.begin(), a.end(), change) == a.end()) rest.push_back(change);
        }
        auto left = shuffled(a);
        const auto right = shuffled(rest);
        left.insert(left.end(), right.begin(), right.end());
        RC_ASSERT(canonical(fold(left)) == canonical(history.fold()));
    }));
}

TEST_CASE("live values are the writes that no other write of the atom has seen") {
    CHECK(rc::check("the model agrees, on whole and on partial replicas", [] {
        const KindSchema& kind = some_kind();
        const History history = some_history(kind);
        const auto here = *rc::gen::arbitrary<bool>() ? history.all() : some_of(history.all());
        if (here.empty()) return;
        const auto resource = fold(here);
        for (const auto& atom : kind.atoms) {
            std::set<ChangeId> live;
            if (const auto* state = resource.atom(atom.number)) {
                for (const auto& write : state->live)
                    live.insert(write.change);
            }
            RC_ASSERT(live == model_live(kind, here, atom));
        }
    }));
}

TEST_CASE("a partial replica never calls a conflict, and never shows what nobody wrote") {
    CHECK(rc::check("partial replicas", [] {
        const KindSchema& kind = some_kind();
        const History history = some_history(kind);
        const auto here = some_of(history.all());
        if (here.empty()) return;
        const auto resource = fold(here);
        if (resource.incomplete()) RC_ASSERT_FALSE(resource.contested());
        for (const auto& atom : kind.atoms) {
            if (atom.policy == v1::POLICY_UNION) continue;
            const auto* shown = resource.operative_write(atom.number);
            if (shown == nullptr) continue;
            RC_ASSERT(std::any_of(here.begin(), here.end(), [&](const Change* change) {
                return change->id == shown->change && model_effective(kind, *change, atom);
            }));
        }
    }));
}

TEST_CASE("a live value is never lost by learning more, save to a write that saw it") {
    CHECK(rc::check("monotone", [] {
        const KindSchema& kind = some_kind();
        const History history = some_history(kind);
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
    }));
}

// One history as tablets with other clocks would have written it. Changes by their number.
struct Step {
    std::shared_ptr<google::protobuf::Message> said;
    std::set<std::size_t> seen;
    v1::Origin origin = v1::ORIGIN_DEVICE;
    std::uint8_t author = 1;
};

std::vector<Step> some_steps(const KindSchema& kind) {
    std::vector<Step> steps(*rc::gen::inRange<std::size_t>(1, 12));
    RandomResource values(*rc::gen::arbitrary<unsigned>());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        Step& step = steps[i];
        step.said.reset(kind.prototype->New());
        for (const auto& atom : kind.atoms) {
            if (values.below(3) == 0) values.write(*step.said, *atom.field);
        }
        for (int p = i == 0 ? 0 : *rc::gen::inRange(0, 3); p > 0; --p)
            step.seen.insert(*rc::gen::inRange<std::size_t>(0, i));
        step.origin = *rc::gen::arbitrary<bool>() ? v1::ORIGIN_SERVER : v1::ORIGIN_DEVICE;
        step.author = static_cast<std::uint8_t>(*rc::gen::inRange(1, 5));
    }
    return steps;
}

// What stands, by the numbers of the changes: atom, then live, pending, acted on, contested.
using Standing = std::map<std::uint32_t, std::tuple<std::set<std::size_t>, std::set<std::size_t>,
                                                    std::optional<std::size_t>, bool>>;

Standing played(const KindSchema& kind, const std::vector<Step>& steps,
                const std::vector<std::int64_t>& clocks) {
    History history(kind.kind);
    std::vector<ChangeId> ids;
    std::map<ChangeId, std::size_t> numbers;
    for (const Step& step : steps) {
        History::Write write{.resource = step.said.get(),
                             .origin = step.origin,
                             .author = step.author,
                             .wall_ms = clocks.at(step.author)};
        if (step.said->ByteSizeLong() == 0) write.cleared = {kind.atoms.front().number};
        for (const auto at : step.seen)
            write.parents.push_back(ids.at(at));
        ids.push_back(history.add(write).id);
        numbers[ids.back()] = numbers.size();
    }
    const Resource resource = history.fold();
    Standing out;
    for (const auto& atom : resource.atoms) {
        auto& [live, pending, acted_on, contested] = out[atom.number];
        for (const auto& write : atom.live)
            live.insert(numbers.at(write.change));
        for (const auto& write : atom.pending)
            pending.insert(numbers.at(write.change));
        if (const auto* write = resource.operative_write(atom.number)) {
            acted_on = numbers.at(write->change);
        }
        contested = atom.contested;
    }
    return out;
}

TEST_CASE("the clocks of tablets have no say in the fold") {
    CHECK(rc::check("36 hours either way", [] {
        const KindSchema& kind = some_kind();
        const auto steps = some_steps(kind);
        const auto off = [] {
            return 1'767'600'000'000 + *rc::gen::inRange<std::int64_t>(-36, 37) * 3'600'000;
        };
        const auto right = played(kind, steps, std::vector<std::int64_t>(5, 1'767'600'000'000));
        RC_ASSERT(played(kind, steps, {0, off(), off(), off(), off()}) == right);
    }));
}

}  // namespace
}  // namespace kari::merge
