// SPDX-License-Identifier: Apache-2.0
//
// The engine's fold, its values and its findings about what is contested, against the second
// implementation in tests/oracle, which was written from docs/formats and shares nothing with it.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <unistd.h>

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <boost/json.hpp>
#include <catch2/catch_test_macros.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/merge/fold.hpp"
#include "tests/support/random_resource.hpp"
#include "tests/unit/merge/history.hpp"

namespace kari::merge {
namespace {

namespace json = boost::json;

using test::History;
using test::RandomResource;

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

// The same change with a body that no author of ours wrote, as long as it is a change at all.
Change spoiled(const Change& change, RandomResource& random) {
    constexpr int k_attempts = 20;
    constexpr std::size_t k_salt = 16;
    for (int attempt = 0; attempt < k_attempts; ++attempt) {
        std::string body = *change.body_bytes;
        for (int bytes = 1 + random.below(3); bytes > 0; --bytes) {
            const auto at = static_cast<std::size_t>(random.below(static_cast<int>(body.size())));
            if (at >= k_salt) body[at] = static_cast<char>(random.below(256));
        }
        if (body == *change.body_bytes) continue;
        v1::ChangeHeader header = change.header;
        header.set_body_sha256(base::to_bytes(base::sha256(body)));
        if (auto made = decode_change(header.SerializeAsString(), body)) return *made;
    }
    return change;
}

// What a replica holds of it: all, or a part, with a body withheld now and then, some of it twice.
std::vector<Change> held_of(const History& history, RandomResource& random) {
    std::vector<Change> held;
    std::set<ChangeId> named;
    for (const Change* change : history.all())
        named.insert(change->parents.begin(), change->parents.end());
    const bool partial = random.below(3) == 0;
    for (const Change* change : history.all()) {
        if (partial && random.below(4) == 0) continue;
        const bool strange = !named.contains(change->id) && random.below(8) == 0;
        held.push_back(strange ? spoiled(*change, random) : *change);
        const Change header_alone = *decode_change(held.back().header_bytes, std::nullopt);
        if (random.below(16) == 0) held.push_back(header_alone);  // a copy says less
        if (partial && random.below(8) == 0) held.back() = header_alone;
    }
    if (held.empty()) held.push_back(*history.all().front());
    return held;
}

// An export of a record, in an order of its own.
std::string exported(std::vector<Change> held, RandomResource& random) {
    for (std::size_t i = held.size(); i > 1; --i)
        std::swap(held[i - 1], held[static_cast<std::size_t>(random.below(static_cast<int>(i)))]);
    json::array changes;
    for (const Change& change : held) {
        json::object line{{"id", change.id.text()}, {"header", base::to_hex(change.header_bytes)}};
        if (change.body_bytes) line["body"] = base::to_hex(*change.body_bytes);
        changes.push_back(std::move(line));
    }
    return json::serialize(json::object{{"changes", std::move(changes)}}) + "\n";
}

template <typename Ids>
json::array texts(const Ids& ids) {
    json::array out;
    for (const auto& id : ids)
        out.push_back(json::value(id.text()));
    return out;
}

json::array ids_of(const std::vector<AtomWrite>& writes) {
    json::array out;
    for (const AtomWrite& write : writes)
        out.push_back(json::value(write.change.text()));
    return out;
}

// What review finds of contested atoms: {id: [inputs]}.
json::object found_in(const std::vector<const Change*>& held) {
    std::vector<chart::ChangePtr> changes;
    for (const Change* change : held)
        changes.push_back(std::make_shared<const Change>(*change));
    const auto group = chart::make_group({held.front()->record}, {}, changes);
    json::object out;
    for (const auto& finding : chart::review(group, clinical::demo_pack())) {
        if (!finding.rule.starts_with("merge/") ||
            finding.rule == "merge/order-stop-beside-change") {
            continue;
        }
        out[finding.id.text()] = texts(finding.inputs);
    }
    return out;
}

// The value that is acted on, as the atom's field alone.
std::string value_of(const google::protobuf::Message& operative, const AtomSchema& atom) {
    const std::unique_ptr<google::protobuf::Message> alone(operative.New());
    alone->CopyFrom(operative);
    alone->GetReflection()->MutableUnknownFields(alone.get())->Clear();
    for (int i = 0; i < alone->GetDescriptor()->field_count(); ++i) {
        const auto* field = alone->GetDescriptor()->field(i);
        if (field != atom.field) alone->GetReflection()->ClearField(alone.get(), field);
    }
    return alone->SerializeAsString();
}

json::object answer_about(const AtomState& state, const Resource& resource,
                          const KindSchema* kind) {
    const AtomSchema* atom = kind != nullptr ? kind->atom(state.number) : nullptr;
    const bool one = atom != nullptr && atom->policy != v1::POLICY_UNION;
    const AtomWrite* operative = one ? resource.operative_write(state.number) : nullptr;
    json::value acted_on;
    if (operative != nullptr) acted_on = operative->change.text();
    return {{"name", atom != nullptr ? json::value(atom->name) : json::value("")},
            {"policy", atom != nullptr ? v1::Policy_Name(atom->policy).substr(7) : std::string()},
            {"contested", state.contested},
            {"live", ids_of(state.live)},
            {"pending", ids_of(state.pending)},
            {"operative", std::move(acted_on)},
            {"value", atom != nullptr ? base::to_hex(value_of(*resource.operative(), *atom)) : ""}};
}

json::object answer_about(const Resource& resource, const std::vector<const Change*>& held) {
    json::object atoms;
    for (const AtomState& state : resource.atoms)
        atoms[std::to_string(state.number)] =
            answer_about(state, resource, schema_of(resource.kind));
    return {{"kind", resource.kind},
            {"complete", !resource.incomplete()},
            {"readable", !resource.unreadable},
            {"canonical", base::to_hex(canonical(resource))},
            {"changes", resource.changes.size()},
            {"heads", texts(resource.heads)},
            {"findings", found_in(held)},
            {"atoms", std::move(atoms)}};
}

// As the oracle answers.
json::object answer_to(const std::vector<Change>& held) {
    std::map<ResourceId, std::vector<const Change*>> of;
    for (const Change& change : held)
        of[change.resource].push_back(&change);
    std::vector<Resource> resources;
    json::object answers;
    for (const auto& [id, changes] : of) {
        resources.push_back(fold(changes));
        answers[id.text()] = answer_about(resources.back(), changes);
    }
    return {{"state", state_digest(resources).text()}, {"resources", std::move(answers)}};
}

// A record of one to three resources of any kinds. Whoever asks for one silences protobuf, which
// tells of every text that is not UTF-8.
std::vector<Change> record_of(unsigned seed, RandomResource& random) {
    std::vector<Change> out;
    const int resources = 1 + random.below(3);
    for (int i = 0; i < resources; ++i) {
        const std::size_t chosen = seed + 7 * static_cast<unsigned>(i);
        const KindSchema& kind = all_kinds()[chosen % all_kinds().size()];
        History history(kind.kind, static_cast<std::uint8_t>(i));
        grow(history, kind, random);
        for (Change& change : held_of(history, random))
            out.push_back(std::move(change));
    }
    return out;
}

std::vector<json::value> ask_oracle(const std::string& exports) {
    const auto asked = fmt::format("oracle-{}.jsonl", ::getpid());
    const auto answered = asked + ".answers";
    std::ofstream(asked) << exports;
    const std::string command = fmt::format(
        "PYTHONDONTWRITEBYTECODE=1 python3 '{}/tests/oracle/oracle.py' --serve < {} > {}",
        KARI_SOURCE_DIR, asked, answered);
    const bool ended_well = std::system(command.c_str()) == 0;
    std::vector<json::value> out;
    std::ifstream answers(answered);
    for (std::string line; std::getline(answers, line);)
        out.push_back(json::parse(line));
    std::remove(asked.c_str());
    std::remove(answered.c_str());
    REQUIRE(ended_well);
    return out;
}

// The first place where two answers differ.
std::string difference(const json::value& one, const json::value& other, const std::string& at) {
    if (one == other) return "";
    if (!one.is_object() || !other.is_object())
        return fmt::format("{}: {} and {}", at, json::serialize(one), json::serialize(other));
    for (const auto& [key, value] : one.as_object()) {
        const json::value* same = other.as_object().if_contains(key);
        const std::string place = at + "/" + std::string(key);
        if (same == nullptr) return place + ": the engine alone";
        if (const auto found = difference(value, *same, place); !found.empty()) return found;
    }
    return at + ": the oracle has more";
}

TEST_CASE("the fold agrees with a slow reading of its document, for every kind") {
    const google::protobuf::LogSilencer silent;
    constexpr unsigned k_records = 1'600;
    std::string exports;
    std::vector<json::value> expected;
    unsigned unreadable = 0;
    for (unsigned seed = 0; seed < k_records; ++seed) {
        RandomResource random(seed);
        const auto held = record_of(seed, random);
        expected.emplace_back(answer_to(held));
        for (const auto& [id, one] : expected.back().at("resources").as_object())
            unreadable += one.at("readable").as_bool() ? 0U : 1U;
        exports += exported(held, random);
    }
    CHECK(unreadable > 100);
    const auto answers = ask_oracle(exports);
    REQUIRE(answers.size() == k_records);
    for (unsigned seed = 0; seed < k_records; ++seed) {
        INFO("seed " << seed);
        REQUIRE(difference(expected[seed], answers[seed], "") == "");
    }
}

TEST_CASE("the oracle sees an export that lacks a change, and refuses one that was altered") {
    const google::protobuf::LogSilencer silent;
    std::string exports;
    std::vector<json::value> whole;
    unsigned shortened = 0;
    for (unsigned seed = 0; seed < 60; ++seed) {
        RandomResource random(seed);
        auto held = record_of(seed, random);
        const ChangeId gone = held[held.size() / 2].id;
        std::erase_if(held, [&](const Change& change) { return change.id == gone; });
        if (held.empty()) continue;
        RandomResource again(seed);
        whole.emplace_back(answer_to(record_of(seed, again)));
        exports += exported(held, random);
        ++shortened;
    }
    REQUIRE(shortened > 30);
    const auto answers = ask_oracle(exports);
    REQUIRE(answers.size() == shortened);
    for (unsigned i = 0; i < shortened; ++i)
        CHECK(whole[i].at("state") != answers[i].at("state"));

    RandomResource random(1);
    auto held = record_of(1, random);
    held.front().header_bytes.back() ^= 1;
    const auto refused = ask_oracle(exported(held, random));
    REQUIRE(refused.size() == 1);
    CHECK(refused.front().as_object().contains("refused"));
}

}  // namespace
}  // namespace kari::merge
