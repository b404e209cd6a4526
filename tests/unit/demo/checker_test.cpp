// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/checker.hpp"

#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "examples/demo/sha256.hpp"

using namespace kari::demo;

namespace {

std::string field(unsigned number, const std::string& bytes) {
    std::string out;
    out.push_back(static_cast<char>(number << 3U | 2U));
    out.push_back(static_cast<char>(bytes.size()));
    return out + bytes;
}

std::string field(unsigned number, unsigned value) {
    std::string out;
    out.push_back(static_cast<char>(number << 3U));
    out.push_back(static_cast<char>(value));
    return out;
}

struct Written {
    std::string header;
    std::string body;
    std::string id() const { return hex(sha256(header)); }
    LogEntry entry() const { return read_entry(id(), 1, hex(header), hex(body)); }
};

const std::string k_record(16, 'r');
const std::string k_resource(16, 'o');

Written write(unsigned seq, const std::string& prev, const std::string& message = "",
              unsigned kind = 5, unsigned origin = 1, const std::string& parent = "",
              unsigned tick = 1) {
    Written made;
    made.body = std::string(16, 's') + field(1, message);
    made.header = field(1, std::string(16, 'i')) + field(2, k_record) + field(3, seq) +
                  field(4, k_resource) + field(5, kind);
    if (!parent.empty()) made.header += field(7, from_hex(parent));
    made.header += field(8, tick) + field(12, sha256(made.body)) + field(14, origin);
    if (!prev.empty()) made.header += field(15, from_hex(prev));
    return made;
}

std::string statement(const std::string& rule, unsigned severity, const std::string& input,
                      bool cleared = false) {
    std::string stated = field(2, rule) + field(3, severity) + field(5, input);
    if (cleared) stated += field(7, 1U);
    return field(1, stated);
}

Replica holding(const std::string& name, const std::vector<LogEntry>& log) {
    Replica replica;
    replica.name = name;
    replica.logs[hex(k_record)] = log;
    replica.digests[hex(k_record)] = "same";
    replica.entitled = {hex(k_record)};
    const auto stated = stated_findings(log);
    replica.findings[hex(k_record)] = {stated.begin(), stated.end()};
    return replica;
}

}  // namespace

TEST_CASE("two replicas that hold the same bytes have lost nothing and agree") {
    const auto first = write(1, "");
    const auto second = write(2, first.id());
    Replica tablet = holding("A", {first.entry(), second.entry()});
    tablet.witness = {first.id(), second.id()};
    const auto verdict =
        check(holding("server", {first.entry(), second.entry()}), {tablet}, {}, {}, {});
    CHECK(verdict.lost.empty());
    CHECK(verdict.diverged.empty());
    CHECK(verdict.witnessed == 2);
    CHECK(verdict.changes == 2);
}

TEST_CASE("a change that a call had returned and the server lacks is lost") {
    const auto first = write(1, "");
    const auto second = write(2, first.id());
    Replica tablet = holding("A", {first.entry(), second.entry()});
    tablet.witness = {first.id(), second.id()};
    const auto verdict = check(holding("server", {first.entry()}), {tablet}, {}, {}, {});
    CHECK(verdict.lost.size() == 1);
    CHECK_FALSE(verdict.diverged.empty());
}

TEST_CASE("a change that the server had acknowledged and an entitled tablet lacks is lost") {
    const auto first = write(1, "");
    const auto second = write(2, first.id());
    const auto verdict = check(holding("server", {first.entry(), second.entry()}),
                               {holding("A", {first.entry()})}, {second.id()}, {}, {});
    CHECK(verdict.lost.size() == 1);
}

TEST_CASE("a tablet that is not entitled to a record need not hold it") {
    const auto first = write(1, "");
    Replica tablet = holding("A", {});
    tablet.entitled.clear();
    const auto verdict = check(holding("server", {first.entry()}), {tablet}, {first.id()}, {}, {});
    CHECK(verdict.lost.empty());
    CHECK(verdict.diverged.empty());
}

TEST_CASE("another body under the same header is lost and diverged") {
    const auto first = write(1, "");
    auto changed = first;
    changed.body.back() = 'x';
    Replica tablet = holding("A", {changed.entry()});
    tablet.witness = {first.id()};
    const auto verdict = check(holding("server", {first.entry()}), {tablet}, {}, {}, {});
    CHECK(verdict.lost.size() == 1);
    CHECK(verdict.diverged.size() == 1);
}

TEST_CASE("another state of the folded record is diverged") {
    const auto first = write(1, "");
    Replica tablet = holding("A", {first.entry()});
    tablet.digests[hex(k_record)] = "other";
    const auto verdict = check(holding("server", {first.entry()}), {tablet}, {}, {}, {});
    CHECK(verdict.diverged.size() == 1);
}

TEST_CASE("a stream with a hole is diverged even where all hold the same") {
    const auto first = write(1, "");
    const auto second = write(2, first.id());
    const auto third = write(3, second.id());
    const std::vector<LogEntry> log = {first.entry(), third.entry()};
    const auto verdict = check(holding("server", log), {holding("A", log)}, {}, {}, {});
    CHECK(verdict.diverged.size() == 1);
}

TEST_CASE("a chain that is not the digest of the chain before and the id is diverged") {
    auto first = write(1, "").entry();
    auto second = write(2, first.id).entry();
    second.position = 2;
    first.chain = hex(sha256(std::string(32, '\0') + from_hex(first.id)));
    second.chain = hex(sha256(from_hex(first.chain) + from_hex(second.id)));
    CHECK(broken_links({first, second}).empty());
    second.chain.back() = second.chain.back() == '0' ? '1' : '0';
    CHECK(broken_links({first, second}).size() == 1);
}

TEST_CASE("a planted finding counts only with its exact rule, severity and changes everywhere") {
    const auto dose = write(1, "");
    const auto issue =
        write(1, "", statement("dose/possible-double", 1, std::string(32, 'c')), 7, 2);
    const std::vector<LogEntry> log = {dose.entry(), issue.entry()};
    ExpectedFinding planted{
        "double", hex(k_record), {"dose/possible-double", 1, {hex(std::string(32, 'c'))}}};
    const Replica server = holding("server", log);
    const auto found = check(server, {holding("A", log)}, {}, {}, {planted});
    CHECK(found.found == 1);
    CHECK(found.unexpected.empty());

    Replica blind = holding("A", log);
    blind.findings.clear();
    const auto missed = check(server, {blind}, {}, {}, {planted});
    CHECK(missed.found == 0);
    CHECK(missed.not_found.size() == 1);
    CHECK(missed.diverged.size() == 1);

    planted.finding.severity = 2;
    const auto milder = check(server, {holding("A", log)}, {}, {}, {planted});
    CHECK(milder.found == 0);
    CHECK(milder.unexpected.at("S1 dose/possible-double") == 1);
}

TEST_CASE("a statement that a later one has seen is no longer what the server states") {
    const auto first = write(1, "", statement("a/rule", 2, std::string(32, 'c')), 7, 2);
    const auto second =
        write(2, first.id(), statement("a/rule", 2, std::string(32, 'd')), 7, 2, first.id(), 2);
    const auto third =
        write(3, second.id(), statement("a/rule", 2, "", true), 7, 2, second.id(), 3);
    CHECK(stated_findings({second.entry(), first.entry()}).at(0).inputs.at(0) ==
          hex(std::string(32, 'd')));
    CHECK(stated_findings({first.entry(), second.entry(), third.entry()}).empty());
}

TEST_CASE("a change listed under an id that its bytes do not give is refused") {
    const auto first = write(1, "");
    CHECK_THROWS_AS(read_entry(std::string(64, '0'), 1, hex(first.header), hex(first.body)),
                    Trouble);
    CHECK_THROWS_AS(read_entry(first.id(), 1, hex(first.header) + "f", hex(first.body)), Trouble);
    const auto cut = first.header.substr(0, 5);
    CHECK_THROWS_AS(read_entry(hex(sha256(cut)), 1, hex(cut), std::nullopt), Trouble);
}
