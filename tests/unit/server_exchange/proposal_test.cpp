// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "sdk/merge/fold.hpp"
#include "sync-server/exchange/acceptance.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

const ResourceId k_order = id_of<ResourceId>(500);
constexpr std::uint32_t k_prescription = 1;
constexpr std::uint32_t k_status = 2;

// The order as upstream wrote it, in the server's stream. Answers the change.
ChangeId prescribe(Ward& ward, const std::string& dose) {
    auto record = ward.storage->begin_or_create(ward.record, false);
    REQUIRE(record);
    const auto value = order(dose);
    server::exchange::ServerStatement statement;
    statement.resource = k_order;
    statement.kind = v1::KIND_MEDICATION_REQUEST;
    statement.message = &value;
    const auto change = ward.parts->stream.write(**record, statement);
    REQUIRE(change);
    REQUIRE(ward.parts->stream.commit(**record));
    record->reset();
    REQUIRE(ward.storage->grant(ward.unit, ward.record));
    return change->id;
}

merge::Resource folded(Ward& ward) {
    const auto log = ward.parts->logs.read(*ward.storage, ward.record);
    REQUIRE(log);
    return merge::fold((*log)->of(k_order));
}

// A tablet's change by somebody of this role.
ChangePtr propose(Writer& writer, const Ward& ward, const std::string& role,
                  const google::protobuf::Message& value, std::vector<ChangeId> parents) {
    const auto made = writer.write(
        {.record = ward.record, .resource = k_order, .parents = std::move(parents)}, value);
    // The writer is a nurse; the same change again under another role.
    merge::Draft draft;
    draft.header = made->header;
    draft.header.mutable_author()->set_role(role);
    draft.header.mutable_author()->set_practitioner(base::to_bytes(Ward::one_of(role)));
    draft.header.clear_atom();
    draft.header.clear_body_sha256();
    draft.resource = &value;
    draft.salt = std::string(16, 's');
    auto change = merge::author_change(draft);
    REQUIRE(change);
    return std::make_shared<const merge::Change>(std::move(*change));
}

v1::MedicationRequest dose_of(const std::string& dose) {
    auto value = order(dose);
    value.clear_status();
    return value;
}

}  // namespace

TEST_CASE("A physician's dose takes effect by acceptance, a nurse's stays a proposal") {
    Ward ward;
    const auto first = prescribe(ward, "1 tablet");
    Writer nurse = Writer::tablet(1);
    Writer physician = Writer::tablet(2);
    auto request = request_of(nurse);
    push_of(request, ward.record, {propose(nurse, ward, "SP", dose_of("9 tablets"), {first})});
    REQUIRE(ward.exchange(ward.device(nurse, 1), request));
    auto state = folded(ward);
    REQUIRE(state.operative_write(k_prescription) != nullptr);
    CHECK(merge::operative_as<v1::MedicationRequest>(state).prescription().dosage(0).text() ==
          "1 tablet");
    CHECK(state.atom(k_prescription)->pending.size() == 1);

    const auto proposal = propose(physician, ward, "LE", dose_of("2 tablets"), {first});
    request = request_of(physician);
    push_of(request, ward.record, {proposal});
    REQUIRE(ward.exchange(ward.device(physician, 2), request));
    state = folded(ward);
    CHECK(merge::operative_as<v1::MedicationRequest>(state).prescription().dosage(0).text() ==
          "2 tablets");
    const auto log = ward.log(ward.record);
    bool accepted = false;
    for (const auto& stored : log) {
        const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
        REQUIRE(change);
        if (change->body.accepts().empty()) continue;
        accepted = true;
        CHECK(change->from_server());
        CHECK(change->parents == std::vector<ChangeId>{proposal->id});
        CHECK(change->header.atom_size() == 1);
    }
    CHECK(accepted);
}

TEST_CASE("What she proposed while the unit listed her takes effect after she was taken off") {
    Ward ward;
    const auto first = prescribe(ward, "1 tablet");
    Writer physician = Writer::tablet(2);
    REQUIRE(ward.storage->set_active(ward.unit, Ward::one_of("LE"), false));
    auto request = request_of(physician);
    push_of(request, ward.record, {propose(physician, ward, "LE", dose_of("2 tablets"), {first})});
    REQUIRE(ward.exchange(ward.device(physician, 2), request));
    const auto state = folded(ward);
    CHECK(merge::operative_as<v1::MedicationRequest>(state).prescription().dosage(0).text() ==
          "2 tablets");
}

TEST_CASE("A proposal of a later schema that must be understood is nobody's to accept") {
    Ward ward;
    const auto first = prescribe(ward, "1 tablet");
    Writer physician = Writer::tablet(2);
    auto value = dose_of("2 tablets");
    value.GetReflection()->MutableUnknownFields(&value)->AddVarint(4711, 1);
    const auto kept = propose(physician, ward, "LE", value, {first});
    CHECK(server::exchange::authority_atoms(*kept) == std::vector{k_prescription});
    merge::Draft draft;
    draft.header = kept->header;
    draft.header.add_must_understand(4711);
    draft.resource = &value;
    draft.salt = std::string(16, 's');
    const auto proposal = merge::author_change(draft);
    REQUIRE(proposal);
    CHECK(server::exchange::authority_atoms(*proposal).empty());
    auto request = request_of(physician);
    push_of(request, ward.record, {std::make_shared<const merge::Change>(*proposal)});
    REQUIRE(ward.exchange(ward.device(physician, 2), request));
    const auto state = folded(ward);
    CHECK(state.unreadable);
    CHECK(state.operative_write(k_prescription)->change == first);
    CHECK(state.heads == std::vector{proposal->id});
}

TEST_CASE("Two accepted proposals that did not see each other are contested") {
    Ward ward;
    const auto first = prescribe(ward, "1 tablet");
    Writer physician = Writer::tablet(2);
    Writer pharmacist = Writer::tablet(3);
    auto request = request_of(physician);
    push_of(request, ward.record, {propose(physician, ward, "LE", dose_of("2 tablets"), {first})});
    REQUIRE(ward.exchange(ward.device(physician, 2), request));
    request = request_of(pharmacist);
    push_of(
        request, ward.record,
        {propose(pharmacist, ward, "FA1", dose_of("1 tablet of the double strength"), {first})});
    REQUIRE(ward.exchange(ward.device(pharmacist, 3), request));
    const auto state = folded(ward);
    CHECK(state.atom(k_prescription)->contested);
    CHECK(state.atom(k_prescription)->live.size() == 2);
}

TEST_CASE("A nurse's stop is in force at once and is accepted by no rule") {
    Ward ward;
    const auto first = prescribe(ward, "1 tablet");
    Writer nurse = Writer::tablet(1);
    v1::MedicationRequest stop;
    stop.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    const auto proposal = propose(nurse, ward, "SP", stop, {first});
    auto request = request_of(nurse);
    push_of(request, ward.record, {proposal});
    REQUIRE(ward.exchange(ward.device(nurse, 1), request));
    const auto state = folded(ward);
    REQUIRE(state.operative_write(k_status) != nullptr);
    CHECK(state.operative_write(k_status)->change == proposal->id);
}

TEST_CASE("That an allergy was entered in error is confirmed by a physician, and by no nurse") {
    for (const bool physician : {false, true}) {
        Ward ward;
        v1::AllergyIntolerance allergy, withdrawn;
        allergy.mutable_code()->set_text("penicillin");
        allergy.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
        withdrawn.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
        Writer author = Writer::tablet(1);
        const auto entry = author.write({.record = ward.record, .resource = k_order}, allergy);
        auto request = request_of(author);
        push_of(request, ward.record, {entry});
        REQUIRE(ward.exchange(ward.device(author, 1), request));
        Writer other = Writer::tablet(2);
        const auto proposal = propose(other, ward, physician ? "LE" : "SP", withdrawn, {entry->id});
        request = request_of(other);
        push_of(request, ward.record, {proposal});
        REQUIRE(ward.exchange(ward.device(other, 2), request));
        std::set<std::string> stated;
        for (const auto& stored : ward.log(ward.record)) {
            const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
            REQUIRE(change);
            v1::DetectedIssue issue;
            if (change->header.kind() == v1::KIND_DETECTED_ISSUE &&
                issue.ParseFromString(change->body.resource())) {
                stated.insert(issue.statement().rule());
            }
        }
        CHECK(stated.contains("allergy/withdrawal-unconfirmed") != physician);
    }
}

TEST_CASE("Demographics are accepted from a nurse only in a record that a tablet began") {
    Ward ward;
    Writer nurse = Writer::tablet(1);
    v1::Patient patient;
    patient.mutable_name()->add_items()->set_family("Ukjent");
    const auto change =
        nurse.write({.record = ward.record, .resource = id_of<ResourceId>(1)}, patient);
    CHECK(server::exchange::accepted_atoms(ward.config, *change, true) ==
          std::vector<std::uint32_t>{2});
    CHECK(server::exchange::accepted_atoms(ward.config, *change, false).empty());
}

TEST_CASE("A death is confirmed by a physician, and by no nurse in whatever record") {
    for (const bool physician : {false, true}) {
        Ward ward;
        v1::Patient patient, dead;
        patient.set_birth_date("1931-05-04");
        dead.set_birth_date("1931-05-05");
        dead.mutable_deceased()->set_deceased(true);
        Writer author = Writer::tablet(1);
        const auto entry = author.write({.record = ward.record, .resource = k_order}, patient);
        auto request = request_of(author);
        push_of(request, ward.record, {entry});
        REQUIRE(ward.exchange(ward.device(author, 1), request));
        Writer other = Writer::tablet(2);
        const auto told = propose(other, ward, physician ? "LE" : "SP", dead, {entry->id});
        CHECK(server::exchange::accepted_atoms(ward.config, *told, true).size() ==
              (physician ? 2 : 1));
        request = request_of(other);
        push_of(request, ward.record, {told});
        REQUIRE(ward.exchange(ward.device(other, 2), request));
        std::set<std::string> stated;
        for (const auto& stored : ward.log(ward.record)) {
            const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
            REQUIRE(change);
            v1::DetectedIssue issue;
            if (change->header.kind() == v1::KIND_DETECTED_ISSUE &&
                issue.ParseFromString(change->body.resource())) {
                stated.insert(issue.statement().rule());
            }
        }
        CHECK(stated.contains("patient/death-unconfirmed") != physician);
        // An operator may, by hand.
        CHECK(server::exchange::authority_atoms(*told).size() == 2);
    }
}

TEST_CASE("Accepting by hand writes nothing that was not proposed") {
    Ward ward;
    prescribe(ward, "1 tablet");
    Writer nurse = Writer::tablet(1);
    const auto observation =
        nurse.write({.record = ward.record, .resource = id_of<ResourceId>(9)}, pulse("70"));
    auto record = ward.storage->begin(ward.record);
    REQUIRE(record);
    const auto refused = server::exchange::accept(ward.parts->stream, **record, *observation,
                                                  server::exchange::authority_atoms(*observation));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid_argument);
}
