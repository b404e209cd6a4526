// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

RecordId record(std::uint32_t number) {
    return id_of<RecordId>(number);
}

v1::RecordLink link_to(const RecordId& other, v1::LinkState state = v1::LINK_STATE_LINKED) {
    v1::RecordLink out;
    out.mutable_link()->set_other_record(base::to_bytes(other));
    out.mutable_link()->set_state(state);
    return out;
}

std::vector<RecordId> sorted(std::vector<RecordId> ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::vector<RecordId> links_of(const std::vector<ChangePtr>& changes) {
    const auto group = chart::make_group({record(1)}, {}, changes);
    std::vector<const merge::Resource*> resources;
    for (const auto& resource : group.resources)
        resources.push_back(&resource);
    return chart::linked_records(resources);
}

TEST_CASE("a link takes effect when the server writes it, and ends when it unlinks") {
    auto server = Writer::server();
    const auto id = chart::link_resource(record(1), record(2));
    CHECK(id == chart::link_resource(record(2), record(1)));
    const auto linked = server.write({.record = record(1), .resource = id}, link_to(record(2)));
    CHECK(links_of({linked}) == std::vector{record(2)});
    const auto unlinked =
        server.write({.record = record(1), .resource = id, .parents = {linked->id}},
                     link_to(record(2), v1::LINK_STATE_UNLINKED));
    CHECK(links_of({linked, unlinked}).empty());
    auto tablet = Writer::tablet(1);
    CHECK(links_of({tablet.write({.record = record(1), .resource = id}, link_to(record(2)))})
              .empty());
}

TEST_CASE("a record that links to itself is linked to nobody") {
    auto server = Writer::server();
    const auto id = chart::link_resource(record(1), record(1));
    CHECK(links_of({server.write({.record = record(1), .resource = id}, link_to(record(1)))})
              .empty());
}

TEST_CASE("a group reaches along all links, and says which records are not here") {
    const std::map<RecordId, std::vector<RecordId>> links = {
        {record(1), {record(2)}}, {record(2), {record(1), record(3)}}, {record(3), {record(4)}}};
    const auto closure = chart::group_of(record(1), [&](const RecordId& at) {
        const auto found = links.find(at);
        return found == links.end() ? std::nullopt : std::optional(found->second);
    });
    CHECK(closure.records == sorted({record(1), record(2), record(3)}));
    CHECK(closure.not_here == std::vector{record(4)});
}

TEST_CASE("a finding across two records of one citizen names both") {
    Scene scene;
    const auto order = scene.order();
    scene.give(scene.a, order);
    const RecordId other = record(2);
    v1::MedicationAdministration message;
    *message.mutable_administration() =
        Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, {}, Scene::slot(order));
    scene.changes.push_back(scene.b.write({.record = other, .resource = scene.next()}, message));
    CHECK(scene.findings().empty());
    const auto group = chart::make_group({scene.record, other}, {}, scene.changes);
    const auto found = chart::review(group, clinical::demo_pack());
    REQUIRE(rules_of(found) == std::vector<std::string>{"dose/possible-double"});
    CHECK(found[0].records == sorted({scene.record, other}));
}

TEST_CASE("the patient who is identified comes first in the banner") {
    auto server = Writer::server();
    auto tablet = Writer::tablet(1);
    v1::Patient known;
    known.mutable_identifier()->add_items()->set_value("41814012318");
    auto* name = known.mutable_name()->add_items();
    name->set_family("Hansen");
    name->add_given("Kari");
    known.set_birth_date("1926-01-05");
    v1::Patient unknown;
    unknown.mutable_telecom()->add_items()->set_value("found at home");
    for (const auto& [one, two] : {std::pair(1U, 2U), std::pair(2U, 1U)}) {
        const std::vector<ChangePtr> changes = {
            server.write({.record = record(one), .resource = id_of<ResourceId>(one)}, known),
            tablet.write({.record = record(two), .resource = id_of<ResourceId>(two)}, unknown)};
        const auto group = chart::make_group({record(1), record(2)}, {}, changes);
        const auto chart = chart::make_chart(group, clinical::demo_pack(), {}, k_oslo);
        REQUIRE(chart.patients.size() == 2);
        CHECK(chart.patients[0].name == "Kari Hansen");
        CHECK(chart.patients[0].birth_date == "1926-01-05");
    }
}

TEST_CASE("of several names the official one is shown, as it is written or from its parts") {
    const auto named = [](const char* use, const char* text, std::vector<const char*> given,
                          const char* family) {
        v1::HumanName out;
        out.set_use(use);
        out.set_text(text);
        for (const char* each : given)
            out.add_given(each);
        out.set_family(family);
        return out;
    };
    const auto shown = [](const std::vector<v1::HumanName>& names) {
        v1::Patient patient;
        patient.set_birth_date("1926-01-05");
        for (const auto& each : names)
            *patient.mutable_name()->add_items() = each;
        auto server = Writer::server();
        const auto group = chart::make_group(
            {record(1)}, {},
            {server.write({.record = record(1), .resource = id_of<ResourceId>(1)}, patient)});
        return chart::make_chart(group, clinical::demo_pack(), {}, k_oslo).patients.at(0).name;
    };
    const auto maiden = named("maiden", "", {"Kari"}, "Aas");
    const auto official = named("official", "", {"Kari", "Marie"}, "Hansen");
    CHECK(shown({maiden}) == "Kari Aas");
    CHECK(shown({maiden, named("nickname", "Kaia", {}, "")}) == "Kari Aas");
    CHECK(shown({maiden, official}) == "Kari Marie Hansen");
    CHECK(shown({official, maiden}) == "Kari Marie Hansen");
    CHECK(shown({named("official", "Kari M. Hansen", {"Kari"}, "Hansen")}) == "Kari M. Hansen");
    CHECK(shown({named("official", "", {}, "Hansen")}) == "Hansen");
    CHECK(shown({named("official", "", {"Kari"}, "")}) == "Kari");
    CHECK(shown({}).empty());
}

TEST_CASE("changes of records that are not of the group are left out") {
    Scene scene;
    scene.order();
    v1::RecordLink link = link_to(record(9));
    scene.changes.push_back(
        scene.server.write({.record = record(9), .resource = scene.next()}, link));
    const auto group = scene.group();
    CHECK(group.resources.size() == 1);
    CHECK(group.find(scene.record, group.resources[0].id) == &group.resources[0]);
    CHECK(group.find(record(9), group.resources[0].id) == nullptr);
}

}  // namespace
}  // namespace kari::test
