// SPDX-License-Identifier: Apache-2.0
//
// The engine's fold, and its findings about what is contested, against the second implementation in
// tests/compat/fold_oracle.py, which was written from docs/formats/merge.md and shares nothing with
// it.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "sdk/chart/review.hpp"
#include "sdk/merge/fold.hpp"
#include "tests/support/random_resource.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

using test::History;
using test::RandomResource;

std::string hex(std::string_view bytes) {
    std::string out;
    for (const char c : bytes)
        out += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return out;
}

// Several authors, each acting on a random earlier view of one resource of any kind.
void grow(History& history, const KindSchema& kind, RandomResource& random) {
    std::vector<ChangeId> ids;
    for (int length = 1 + random.below(12); length > 0; --length) {
        const std::unique_ptr<google::protobuf::Message> resource(kind.prototype->New());
        History::Write write;
        for (const AtomSchema& atom : kind.atoms) {
            const int what = random.below(4);
            if (what == 0) random.write(*resource, *atom.field);
            if (what == 1 && random.below(3) == 0) write.cleared.push_back(atom.number);
        }
        if (random.below(8) == 0) {  // an atom of the future
            resource->GetReflection()
                ->MutableUnknownFields(resource.get())
                ->AddVarint(4711, static_cast<std::uint64_t>(random.below(2)));
            if (random.below(2) == 0) write.must_understand = {4711};
        }
        if (resource->ByteSizeLong() == 0 && write.cleared.empty()) {
            random.write(*resource, *kind.atoms.front().field);
        }
        std::set<ChangeId> parents;
        for (int p = ids.empty() ? 0 : random.below(3); p > 0; --p)
            parents.insert(
                ids[static_cast<std::size_t>(random.below(static_cast<int>(ids.size())))]);
        write.resource = resource.get();
        write.parents = {parents.begin(), parents.end()};
        write.origin = random.below(2) == 0 ? v1::ORIGIN_SERVER : v1::ORIGIN_DEVICE;
        write.author = static_cast<std::uint8_t>(1 + random.below(4));
        write.tick = static_cast<std::uint64_t>(1 + random.below(8));
        if (random.below(20) == 0)
            write.kind = static_cast<v1::Kind>(1 + random.below(v1::Kind_MAX + 2));
        ids.push_back(history.add(write).id);
    }
}

// What a replica holds of it: all, or a part, with a body withheld now and then.
std::vector<Change> held_of(const History& history, RandomResource& random) {
    std::vector<Change> held;
    const bool partial = random.below(3) == 0;
    for (const Change* change : history.all()) {
        if (partial && random.below(4) == 0) continue;
        held.push_back(*change);
        if (partial && random.below(8) == 0) {
            held.back() = *decode_change(change->header_bytes, std::nullopt);
        }
    }
    if (held.empty()) held.push_back(*history.all().front());
    return held;
}

std::string line_of(const std::vector<Change>& held) {
    std::string out;
    for (const Change& change : held) {
        const std::string body =
            change.body_bytes ? "\"" + hex(*change.body_bytes) + "\"" : std::string("null");
        out += fmt::format(R"({}{{"header":"{}","body":{}}})", out.empty() ? "" : ",",
                           hex(change.header_bytes), body);
    }
    return "{\"changes\":[" + out + "]}\n";
}

// What review finds of contested atoms, as JSON: {id: [inputs]}, ascending.
std::string found_in(const std::vector<Change>& held) {
    std::vector<chart::ChangePtr> changes;
    for (const Change& change : held)
        changes.push_back(std::make_shared<const Change>(change));
    const auto group = chart::make_group({held.front().record}, {}, changes);
    std::string out;
    for (const auto& finding : chart::review(group, clinical::demo_pack())) {
        if (!finding.rule.starts_with("merge/") ||
            finding.rule == "merge/order-stop-beside-change") {
            continue;
        }
        std::string inputs;
        for (const auto& input : finding.inputs)
            inputs += fmt::format(R"({}"{}")", inputs.empty() ? "" : ", ", input.text());
        out += fmt::format(R"({}"{}": [{}])", out.empty() ? "" : ", ", finding.id.text(), inputs);
    }
    return out;
}

// As fold_oracle.py prints it: keys in order, as texts.
std::string answer_of(const std::vector<Change>& held) {
    std::vector<const Change*> changes;
    for (const Change& change : held)
        changes.push_back(&change);
    const Resource resource = fold(changes);
    const KindSchema* kind = schema_of(resource.kind);
    std::map<std::string, std::string> operative;
    for (const AtomState& atom : resource.atoms) {
        const AtomSchema* schema = kind != nullptr ? kind->atom(atom.number) : nullptr;
        if (schema != nullptr && schema->policy == v1::POLICY_UNION) continue;
        const AtomWrite* write = resource.operative_write(atom.number);
        operative[std::to_string(atom.number)] =
            write != nullptr ? "\"" + write->change.text() + "\"" : "null";
    }
    std::string listed;
    for (const auto& [number, id] : operative)
        listed += fmt::format(R"({}"{}": {})", listed.empty() ? "" : ", ", number, id);
    return fmt::format(R"({{"findings": {{{}}}, "operative": {{{}}}, "state": "{}"}})",
                       found_in(held), listed, hex(canonical(resource)));
}

TEST_CASE("the fold agrees with a slow reading of its document, for every kind") {
    const std::string asked = "histories.jsonl";
    std::vector<std::string> expected;
    {
        std::ofstream out(asked);
        for (unsigned seed = 0; seed < 2'400; ++seed) {
            RandomResource random(seed);
            const KindSchema& kind = all_kinds()[seed % all_kinds().size()];
            History history(kind.kind);
            grow(history, kind, random);
            const auto held = held_of(history, random);
            out << line_of(held);
            expected.push_back(answer_of(held));
        }
    }
    const std::string command = fmt::format(
        "PYTHONDONTWRITEBYTECODE=1 python3 '{0}/tests/compat/fold_oracle.py' "
        "'{0}/sdk/proto/kari/v1' < {1} > answers.jsonl",
        KARI_SOURCE_DIR, asked);
    REQUIRE(std::system(command.c_str()) == 0);
    std::ifstream answers("answers.jsonl");
    std::string answer;
    std::size_t seed = 0;
    for (; std::getline(answers, answer); ++seed) {
        INFO("seed " << seed);
        REQUIRE(seed < expected.size());
        REQUIRE(answer == expected[seed]);
    }
    CHECK(seed == expected.size());
}

}  // namespace
}  // namespace kari::merge
