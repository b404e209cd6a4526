// SPDX-License-Identifier: Apache-2.0
//
// How a knowledge pack comes to a tablet, which ones it takes, and what it says of them.
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/knowledge_pack.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/unit/clinical/whole_pack.hpp"
#include "tests/unit/device/ward.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// Who makes packs.
class Maker {
public:
    explicit Maker(std::uint64_t seed)
        : entropy_(seed), key_(take(crypto::generate_key(entropy_))) {}

    const std::string& point() const { return key_.public_point; }
    v1::SignedPack envelope(const std::string& date, const std::string& version = "1",
                            const std::vector<std::string>& critical = {},
                            const std::string& as_penicillin = "") {
        auto said = clinical::whole_pack();
        said.set_format("kari-pack-1");
        said.set_id("regional");
        said.set_version(version);
        said.set_label("TEST");
        said.set_date(date);
        for (const auto& atc : critical)
            said.add_critical(atc);
        if (!as_penicillin.empty()) {
            auto& rule = *said.add_cross_allergies();
            rule.set_id("penicillins");
            rule.add_allergy("J01C");
            rule.add_same(as_penicillin);
        }
        v1::SignedPack out;
        out.set_pack(said.SerializeAsString());
        const Digest id = clinical::pack_key_id(point());
        out.set_key(base::to_bytes(id));
        out.set_signature(take(
            crypto::sign(key_.private_der, clinical::digest_to_sign(id, out.pack()), entropy_)));
        return out;
    }

private:
    platform_simulated::SeededEntropy entropy_;
    crypto::KeyPair key_;
};

v1::PackReply offer(const Maker& maker, const v1::SignedPack& envelope) {
    v1::PackReply out;
    out.set_served(true);
    out.set_pack(envelope.SerializeAsString());
    out.add_key(maker.point());
    return out;
}

PackStatus pack(Device& device) {
    return take(device.sync_status()).pack;
}

// A sync after a new sign-in: the server is asked for a pack then.
SyncReport synced_anew(Ward& ward) {
    REQUIRE(ward.device.lock());
    REQUIRE(ward.device.unlock(k_ingrid, k_pin));
    return take(ward.device.sync({}));
}

// The machine's day when it starts is 2026-05-28.
constexpr const char* k_recent = "2026-05-20";
constexpr const char* k_old = "2026-04-01";

}  // namespace

TEST_CASE("a server from before there were packs: the tablet keeps the demo, and says so") {
    Ward ward(1);
    CHECK(ward.server->packs_asked.size() == 1);
    const auto now = pack(ward.device);
    CHECK(now.name == clinical::demo_pack().name());
    CHECK(now.label == "DEMO - not for clinical use");
    CHECK(now.compiled_in);
    CHECK(now.told.find("Serveren har ingen kunnskapspakke") == 0);
    CHECK_FALSE(now.told_to_do.empty());
    CHECK(ward.chart().age.drug_facts.find("DEMO - not for clinical use") != std::string::npos);
}

TEST_CASE("a pack comes with a sync, and is in use at once and after a restart") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope(k_recent));
    Ward ward(1, server);
    CHECK(pack(ward.device).name == "regional@1");
    CHECK_FALSE(pack(ward.device).compiled_in);
    CHECK(pack(ward.device).told.empty());
    CHECK(pack(ward.device).days_old == 8);
    CHECK(ward.chart().age.drug_facts.empty());
    REQUIRE(ward.device.lock());
    REQUIRE(ward.device.unlock(k_ingrid, k_pin));
    CHECK(pack(ward.device).name == "regional@1");
}

TEST_CASE("the server is asked once after an unlock, and once an hour") {
    Ward ward(1);
    ward.sync();
    CHECK(ward.server->packs_asked.size() == 1);
    ward.machine.clock->advance(Duration::minutes(61));
    ward.sync();
    CHECK(ward.server->packs_asked.size() == 2);
    static_cast<void>(synced_anew(ward));
    CHECK(ward.server->packs_asked.size() == 3);
    CHECK(ward.server->packs_asked.back().content() ==
          base::to_bytes(clinical::demo_pack().content));
}

TEST_CASE(
    "a pack that nobody whom the tablet trusts has signed is not used, whatever the server says") {
    Maker maker(5);
    Maker stranger(6);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope(k_recent));
    Ward ward(1, server);
    REQUIRE(pack(ward.device).name == "regional@1");

    // The server is somebody else's now: its own key, its own pack.
    server->packs = offer(stranger, stranger.envelope("2026-05-27", "2"));
    const auto report = synced_anew(ward);
    CHECK(report.problems == std::vector<std::string>{"En kunnskapspakke er signert av en ukjent"});
    CHECK(pack(ward.device).name == "regional@1");
    CHECK(pack(ward.device).told.find("signert av en ukjent") != std::string::npos);
    // It does not come whole again while it is offered, and is told of as long.
    CHECK(synced_anew(ward).problems.empty());
    CHECK(server->packs_asked.back().content() != base::to_bytes(clinical::demo_pack().content));
    CHECK(pack(ward.device).told.find("signert av en ukjent") != std::string::npos);

    auto bare = maker.envelope("2026-05-27", "3");
    bare.clear_signature();
    server->packs = offer(maker, bare);
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).told.find("ikke signert") != std::string::npos);

    auto altered = maker.envelope("2026-05-27", "4");
    altered.mutable_pack()->back() ^= 1;
    server->packs = offer(maker, altered);
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).told.find("endret etter at den ble signert") != std::string::npos);
    CHECK(pack(ward.device).name == "regional@1");

    // And a sound one ends what was told.
    server->packs = offer(maker, maker.envelope("2026-05-27", "5"));
    CHECK(synced_anew(ward).problems.empty());
    CHECK(pack(ward.device).name == "regional@5");
    CHECK(pack(ward.device).told.empty());
}

TEST_CASE("a tablet never goes back to an older pack, and takes a correction of the same day") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope(k_recent));
    Ward ward(1, server);
    server->packs = offer(maker, maker.envelope("2026-05-19", "0"));
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).name == "regional@1");
    CHECK(pack(ward.device).told.find("eldre kunnskapspakke") != std::string::npos);
    server->packs = offer(maker, maker.envelope(k_recent, "1b"));
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).name == "regional@1b");
    // A server that has none takes nothing away.
    server->packs.reset();
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).name == "regional@1b");
}

TEST_CASE("an answer that is altered, or names too many keys, is no pack") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope(k_recent));
    server->pack_end = std::string("\xa2\x06\x20", 3) + std::string(32, 'x');
    Ward ward(1, server);
    CHECK(pack(ward.device).compiled_in);
    CHECK(server->packs_asked.size() == 1);
    ward.sync();
    CHECK(server->packs_asked.size() == 1);
    ward.machine.clock->advance(Duration::minutes(6));
    ward.sync();  // what did not come whole is asked for again after a while
    CHECK(server->packs_asked.size() == 2);
    CHECK(pack(ward.device).compiled_in);
    server->pack_end.clear();
    ward.machine.clock->advance(Duration::minutes(6));
    auto& keys = *server->packs->mutable_key();
    for (std::size_t i = 1; i < sync::k_pack_keys; ++i)
        *keys.Add() = Maker(20 + i).point();
    *keys.Add() = Maker(40).point();  // one more than there may be
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).compiled_in);
    keys.RemoveLast();
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).name == "regional@1");
}

TEST_CASE("an answer of one byte more than there may be is no pack") {
    Maker maker(5);
    for (const std::size_t over : {0U, 1U}) {
        auto server = std::make_shared<FakeServer>();
        server->packs = offer(maker, maker.envelope(k_recent));
        server->pack_body = sync::k_pack_reply_bytes + over;
        Ward ward(1, server);
        CHECK(pack(ward.device).compiled_in == (over == 1));
    }
}

TEST_CASE("facts older than thirty days are said to be old with every answer that leans on them") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope("2026-04-28"));
    Ward ward(1, server);
    CHECK(pack(ward.device).days_old == 30);
    CHECK(ward.chart().age.drug_facts.empty());
    CHECK(take(ward.device.check_dose(ward.dose())).empty());
    ward.machine.clock->advance(Duration::hours(24));
    ward.server->server_now = ward.server->server_now + Duration::hours(24);
    ward.sync();
    CHECK(ward.chart().age.drug_facts.find("Legemiddelopplysningene er 31 dager gamle") == 0);
    CHECK(take(ward.device.doses_due(ward.citizen.record, ward.today()))
              .age.drug_facts.find("31 dager") != std::string::npos);
    const auto warnings = take(ward.device.check_dose(ward.dose()));
    REQUIRE(warnings.size() == 1);
    CHECK(warnings[0].rule == "pack/old");
    CHECK(warnings[0].sentence == "Legemiddelopplysningene er 31 dager gamle");
    CHECK_FALSE(warnings[0].needs_reason);
    CHECK(ward.device.give(ward.dose()));
    ward.device.set_language(Language::en);
    CHECK(ward.chart().age.drug_facts.find("The drug facts are 31 days old (regional@1, TEST)") ==
          0);
}

TEST_CASE("an old pack is old by the latest that it may be, though the clock was put back") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope(k_old));
    Ward ward(1, server);
    CHECK(pack(ward.device).days_old == 57);
    ward.chart();
    ward.machine.clock->set_wall(ward.machine.clock->wall() - Duration::hours(24 * 60));
    CHECK(pack(ward.device).days_old == 57);
}

TEST_CASE("what a new pack finds in what was given before is told with the sync that brought it") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    Ward ward(1, server);
    ward.chart();
    AllergyEntry penicillin;
    penicillin.code = {"http://www.whocc.no/atc", "J01CE02", "Penicillin"};
    penicillin.criticality = "high";
    penicillin.verification = "confirmed";
    REQUIRE(ward.device.add_allergy(ward.citizen.record, penicillin));
    REQUIRE(ward.device.give(ward.dose()));  // of a beta blocker
    ward.sync();
    CHECK_FALSE(
        has_rule(take(ward.device.findings(ward.citizen.record)), "dose/given-against-allergy"));
    std::size_t told = 0;
    const auto watching = ward.device.observe([&](const Event& event) {
        if (event.kind == EventKind::findings_changed) ++told;
    });
    server->packs = offer(maker, maker.envelope(k_recent, "1", {}, "C07"));
    const auto report = synced_anew(ward);
    CHECK(told >= 1);
    CHECK(std::any_of(
        report.findings_new.begin(), report.findings_new.end(),
        [](const NewFinding& one) { return one.rule == "dose/given-against-allergy"; }));
    ward.chart();
    CHECK(has_rule(take(ward.device.findings(ward.citizen.record)), "dose/given-against-allergy"));
}

TEST_CASE("a pack of a day to come is not taken, for no later one would be") {
    Maker maker(5);
    auto server = std::make_shared<FakeServer>();
    server->packs = offer(maker, maker.envelope("2026-05-31"));
    Ward ward(1, server);
    CHECK(pack(ward.device).compiled_in);
    CHECK(pack(ward.device).told.find("en dato som ikke har vært") != std::string::npos);
    server->packs = offer(maker, maker.envelope("2026-05-29", "2"));
    static_cast<void>(synced_anew(ward));
    CHECK(pack(ward.device).name == "regional@2");
}
