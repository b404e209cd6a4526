// SPDX-License-Identifier: Apache-2.0
//
// Why a resource says what it says, what is told of a refusal, and a chart as FHIR.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/device/fake_server.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// A tablet that holds one citizen.
struct Held : Bench {
    explicit Held(std::uint64_t seed)
        : Bench(seed), device(enrolled()), citizen(put_citizen(*server, 30)) {
        REQUIRE(device.sync({}).has_value());
    }
    ChartView chart() { return take(device.open_chart(citizen.record, {})); }
    Account account(const EditToken& token) { return take(device.explain_resource(token, {})); }

    Device device;
    Citizen citizen;
};

const AccountAtom& atom_of(const Account& account, const std::string& name) {
    const auto found = std::find_if(account.atoms.begin(), account.atoms.end(),
                                    [&](const AccountAtom& one) { return one.atom == name; });
    REQUIRE(found != account.atoms.end());
    return *found;
}

}  // namespace

TEST_CASE("an account names who said what, what each knew, and that a person must choose") {
    Held held(144);
    const auto first = take(held.device.record_observation(held.citizen.record, weight("62.1")));
    const EditToken stale = held.chart().observations.at(0).token;
    REQUIRE(held.device.correct_observation(first.token, weight("62.8")));
    REQUIRE(held.device.correct_observation(stale, weight("26.1")));
    const Account account = held.account(held.chart().observations.at(0).token);
    CHECK(account.kind == "Observation");
    REQUIRE(account.statements.size() == 3);
    for (const AccountStatement& one : account.statements) {
        CHECK(one.said.person_name == "Ingrid");
        CHECK(one.here);
        CHECK_FALSE(one.said.by_server);
        REQUIRE(one.parts.size() == 1);
        CHECK(one.parts[0].atom == "observation");
        CHECK(one.data_age.has_value());
    }
    CHECK(account.statements[0].parts[0].value.find("62,1 kg") != std::string::npos);
    CHECK(account.statements[0].parts[0].standing == "replaced");
    CHECK(account.statements[0].not_seen.empty());
    CHECK(account.statements[1].parts[0].standing == "beside");
    CHECK(account.statements[1].not_seen == std::vector<std::size_t>{2});
    CHECK(account.statements[2].not_seen == std::vector<std::size_t>{1});
    CHECK(atom_of(account, "observation").rule == "why/person-decides");
    CHECK(atom_of(account, "observation").contested);
    // A correction that saw both is the one that counts, and says so.
    REQUIRE(held.device.correct_observation(held.chart().observations.at(0).token, weight("62.8")));
    const Account after = held.account(held.chart().observations.at(0).token);
    REQUIRE(after.statements.size() == 4);
    CHECK(after.statements[3].parts[0].standing == "operative");
    CHECK(after.statements[3].not_seen.empty());
    CHECK(atom_of(after, "observation").rule == "why/had-seen");
}

TEST_CASE("an account tells the server's word from a proposal and from what restricts at once") {
    Held held(145);
    PrescriptionProposal proposal;
    proposal.token = held.chart().orders.at(0).token;
    proposal.dose = Quantity{*Decimal::parse("2"), "{tablet}", "tablet"};
    proposal.reason = "heart rate still high";
    REQUIRE(held.device.propose_prescription(proposal));
    REQUIRE(held.device.propose_stop(held.chart().orders.at(0).token, "pulse 38"));
    const Account account = held.account(held.chart().orders.at(0).token);
    CHECK(atom_of(account, "prescription").rule == "why/authority");
    CHECK(atom_of(account, "status").rule == "why/restrictive");
    REQUIRE(account.statements.size() == 3);
    CHECK(account.statements[0].said.by_server);
    CHECK_FALSE(account.statements[0].here);
    const auto& proposed = account.statements[1].parts;
    REQUIRE_FALSE(proposed.empty());
    CHECK(proposed[0].atom == "prescription");
    CHECK(proposed[0].standing == "proposed");
    CHECK(proposed[0].value.find("Metoprolol 50 mg") != std::string::npos);
    const auto& stop = account.statements[2].parts;
    CHECK(std::any_of(stop.begin(), stop.end(), [](const AccountPart& part) {
        return part.atom == "status" && part.value == "stoppet" && part.standing == "operative";
    }));
}

TEST_CASE("the more severe word about an allergy counts until somebody has cleared it up") {
    Held held(146);
    AllergyEntry entry;
    entry.code = {"", "", "Penicillin"};
    entry.criticality = "low";
    entry.verification = "confirmed";
    const auto written = take(held.device.add_allergy(held.citizen.record, entry));
    const EditToken stale = held.chart().allergies.at(0).token;
    AllergyEntry evidence;
    evidence.criticality = "high";
    REQUIRE(held.device.add_allergy_evidence(stale, evidence));
    evidence.criticality = "unable-to-assess";
    REQUIRE(held.device.add_allergy_evidence(stale, evidence));
    const Account account = held.account(held.chart().allergies.at(0).token);
    CHECK(atom_of(account, "criticality").rule == "why/risk-order");
    CHECK(atom_of(account, "code").rule == "why/only-one");
    CHECK(std::any_of(
        account.statements.begin(), account.statements.end(), [](const AccountStatement& one) {
            return std::any_of(one.parts.begin(), one.parts.end(), [](const AccountPart& part) {
                return part.value == "alvorlig" && part.standing == "operative";
            });
        }));
    CHECK(written.resource == account.resource);
}

TEST_CASE("an account leaves an access entry as a chart does, and is not given without one") {
    Held held(147);
    const EditToken token = held.chart().orders.at(0).token;
    REQUIRE(held.device.lock());
    CHECK(held.device.explain_resource(token, {}).error().code == ErrorCode::locked);
    REQUIRE(held.device.unlock(k_ingrid, k_pin));
    const auto before = take(held.device.access_entries(held.citizen.record)).size();
    REQUIRE(held.device.explain_resource(token, {}));
    CHECK(take(held.device.access_entries(held.citizen.record)).size() == before + 1);
    CHECK(held.device.explain_resource({"nonsense"}, {}).error().code == ErrorCode::malformed);
    held.machine.clock->advance(Duration::hours(24 * 30));
    CHECK(held.device.explain_resource(token, {}).error().code == ErrorCode::lease_ended);
    CHECK(held.device.export_fhir(held.citizen.record, {}).error().code == ErrorCode::lease_ended);
}

TEST_CASE("a chart goes out as a FHIR bundle, and an export is in the access log") {
    Held held(148);
    REQUIRE(held.device.record_observation(held.citizen.record, weight("62.10")));
    const std::string bundle = take(held.device.export_fhir(held.citizen.record, {}));
    for (const char* words :
         {"\"resourceType\":\"Bundle\"", "MedicationRequest", "Metoprolol", "62.10", "Testesen"}) {
        INFO(words);
        CHECK(bundle.find(words) != std::string::npos);
    }
    const auto entries = take(held.device.access_entries(held.citizen.record));
    CHECK(std::any_of(entries.begin(), entries.end(),
                      [](const AccessLine& line) { return line.purpose == "export"; }));
}
