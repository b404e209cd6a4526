// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("a stop beside a dose change stops, and is phoned about when the drug is critical") {
    for (const auto& [drug, severity] :
         {std::pair("A10AB05", v1::SEVERITY_S1), std::pair("N02BE01", v1::SEVERITY_S2)}) {
        Scene scene;
        const auto order = scene.order(drug);
        const auto stop = scene.set_status(scene.a, order, {order.change->id},
                                           v1::MEDICATION_REQUEST_STATUS_STOPPED);
        const auto change = scene.set_dose(scene.server, order, {order.change->id}, "2", drug);
        const auto findings = scene.findings();
        REQUIRE(rules_of(findings) == Strings{"merge/order-stop-beside-change"});
        CHECK(findings[0].severity == severity);
        CHECK(findings[0].inputs == ids({stop, change}));
        CHECK(scene.chart().orders.at(0).status == v1::MEDICATION_REQUEST_STATUS_STOPPED);
        CHECK(scene.slots().slots.empty());
    }
}

TEST_CASE("a stop beside a change is settled by whoever has seen both") {
    Scene scene;
    const auto order = scene.order();
    const auto stop =
        scene.set_status(scene.a, order, {order.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    const auto change = scene.set_dose(scene.server, order, {order.change->id}, "2");
    REQUIRE_FALSE(scene.findings().empty());
    scene.set_status(scene.server, order, {stop->id, change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
}

TEST_CASE("a stop written in sight of the change is no conflict") {
    Scene scene;
    const auto order = scene.order();
    const auto change = scene.set_dose(scene.server, order, {order.change->id}, "2");
    scene.set_status(scene.a, order, {change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
}

TEST_CASE("a stop in sight of the change is no conflict though somebody else forks the order") {
    Scene scene;
    const auto order = scene.order();
    const auto change = scene.set_dose(scene.server, order, {order.change->id}, "2");
    scene.set_status(scene.a, order, {change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    v1::MedicationRequest note;
    note.mutable_note()->add_items()->set_text("with food");
    scene.add(scene.b,
              {.record = scene.record, .resource = order.id, .parents = {order.change->id}}, note);
    REQUIRE(scene.group().find(order.id)->forked());
    CHECK(scene.findings().empty());
}

TEST_CASE("a stop beside a proposed change is found too") {
    Scene scene;
    const auto order = scene.order();
    scene.set_status(scene.server, order, {order.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.set_dose(scene.a, order, {order.change->id}, "2");
    CHECK(rules_of(scene.findings()) == Strings{"merge/order-stop-beside-change"});
}

TEST_CASE("two accepted doses stand against each other and neither is shown as the dose") {
    Scene scene;
    const auto order = scene.order();
    const auto twice = scene.set_dose(scene.server, order, {order.change->id}, "2");
    Writer other = Writer::server(901);
    const auto half = scene.set_dose(other, order, {order.change->id}, "0.5");
    const auto findings = scene.findings();
    REQUIRE(rules_of(findings) == Strings{"merge/order-prescription"});
    CHECK(findings[0].severity == v1::SEVERITY_S1);
    CHECK(findings[0].inputs == ids({twice, half}));
    const auto view = scene.chart().orders.at(0);
    CHECK(view.contested);
    CHECK_FALSE(view.prescription);
    CHECK(view.prescriptions.size() == 2);
    const auto slots = scene.slots();
    REQUIRE(slots.slots.size() == 2);
    for (const auto& slot : slots.slots) {
        CHECK(slot.order_contested);
        CHECK_FALSE(slot.may_give);
    }
}

TEST_CASE("two who order the same words are of one mind") {
    Scene scene;
    const auto order = scene.order();
    scene.set_dose(scene.server, order, {order.change->id}, "2");
    Writer other = Writer::server(901);
    scene.set_dose(other, order, {order.change->id}, "2");
    CHECK(scene.findings().empty());
    CHECK(scene.chart().orders.at(0).prescription);
}

TEST_CASE("stop beside hold is for review, stop beside resumption is phoned about") {
    Scene scene;
    const auto order = scene.order();
    const auto hold =
        scene.set_status(scene.a, order, {order.change->id}, v1::MEDICATION_REQUEST_STATUS_ON_HOLD);
    scene.set_status(scene.b, order, {order.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    const auto both = only(scene.findings(), "merge/order-status");
    REQUIRE(both);
    CHECK(both->severity == v1::SEVERITY_S3);
    CHECK(scene.chart().orders.at(0).status == v1::MEDICATION_REQUEST_STATUS_STOPPED);

    Scene resumed;
    const auto held = resumed.order();
    const auto first = resumed.set_status(resumed.server, held, {held.change->id},
                                          v1::MEDICATION_REQUEST_STATUS_ON_HOLD);
    resumed.set_status(resumed.server, held, {first->id}, v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    resumed.set_status(resumed.a, held, {first->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    const auto against = only(resumed.findings(), "merge/order-status");
    REQUIRE(against);
    CHECK(against->severity == v1::SEVERITY_S1);
    (void)hold;
}

TEST_CASE("a proposal is no value; made on an older version it is found") {
    Scene scene;
    const auto order = scene.order();
    const auto proposal = scene.set_dose(scene.a, order, {order.change->id}, "3");
    CHECK(scene.findings().empty());
    auto view = scene.chart().orders.at(0);
    CHECK(view.prescription->dosage(0).text() == "1 tablet");
    REQUIRE(view.proposed.size() == 1);
    CHECK(view.proposed[0].value.dosage(0).text() == "3 tablet");
    const auto changed = scene.set_dose(scene.server, order, {order.change->id}, "2");
    const auto stale = only(scene.findings(), "order/stale-proposal");
    REQUIRE(stale);
    CHECK(stale->severity == v1::SEVERITY_S2);
    CHECK(stale->inputs == ids({proposal, changed}));
}

TEST_CASE("a contested order never shows a dose that nobody wrote") {
    Scene scene;
    const auto order = scene.order();
    scene.set_dose(scene.server, order, {order.change->id}, "2");
    Writer other = Writer::server(901);
    v1::MedicationRequest substituted;
    *substituted.mutable_prescription() = Scene::prescription("N02BE51", {"20:00"}, "0.5");
    scene.add(other, {.record = scene.record, .resource = order.id, .parents = {order.change->id}},
              substituted);
    std::vector<std::string> authored;
    for (const auto& change : scene.changes) {
        v1::MedicationRequest said;
        REQUIRE(said.ParseFromString(change->body.resource()));
        authored.push_back(said.prescription().SerializeAsString());
    }
    for (const auto& view : scene.chart().orders) {
        for (const auto& shown : view.prescriptions) {
            CHECK(std::find(authored.begin(), authored.end(), shown.value.SerializeAsString()) !=
                  authored.end());
        }
    }
    for (const auto& slot : scene.slots().slots) {
        const auto dose = slot.dosage.SerializeAsString();
        CHECK(std::any_of(authored.begin(), authored.end(), [&](const std::string& bytes) {
            v1::Prescription said;
            return said.ParseFromString(bytes) && said.dosage(0).SerializeAsString() == dose &&
                   clinical::shown(said.medication()) == slot.medication;
        }));
    }
}

TEST_CASE("an order of which part is missing has no conflict finding and takes no edit") {
    Scene scene;
    const auto order = scene.order();
    const auto change = scene.set_dose(scene.server, order, {order.change->id}, "2");
    Writer other = Writer::server(901);
    scene.set_dose(other, order, {id_of<ChangeId>(404)}, "0.5");
    CHECK(scene.findings().empty());
    const auto view = scene.chart().orders.at(0);
    CHECK(view.incomplete);
    CHECK_FALSE(view.editable());
    CHECK(view.prescriptions.size() == 2);
    const auto slots = scene.slots();
    CHECK_FALSE(slots.whole);
    for (const auto& slot : slots.slots)
        CHECK_FALSE(slot.may_give);
    (void)change;
}

TEST_CASE("a drug ordered anew beside its order is looked at, and one beside its end is not") {
    Scene scene;
    const auto old = scene.order("C07AB02");
    const auto anew = scene.order("C07AB02");
    const auto found = only(scene.findings(), "order/possible-duplicate");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({old.change, anew.change}));
    // Doses of each are slots of their own: both would be given.
    CHECK(scene.slots().slots.size() == 2);
    scene.set_status(scene.server, old, {old.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
    CHECK(scene.slots().slots.size() == 1);
}

TEST_CASE("orders of other drugs, of one lineage or one after the other are no duplicates") {
    Scene scene;
    const auto first = scene.order("C07AB02");
    scene.order("C08CA01");
    v1::MedicationRequest same;
    *same.mutable_prescription() = Scene::prescription("C07AB02", {"08:00"}, "2");
    same.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    same.mutable_lineage()->set_first_order(base::to_bytes(first.id));
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, same);
    const auto lasting = [&](const char* start, const char* end) {
        v1::MedicationRequest order;
        *order.mutable_prescription() = Scene::prescription("J01CE02", {"08:00"}, "1");
        order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        order.mutable_prescription()->mutable_validity()->set_start(start);
        order.mutable_prescription()->mutable_validity()->set_end(end);
        scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, order);
    };
    lasting("2026-01-01", "2026-01-04");
    lasting("2026-01-05", "2026-01-12");
    CHECK(scene.findings().empty());
    lasting("2026-01-12", "");
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{"order/possible-duplicate"});
}

TEST_CASE("a fixed dose and more of the drug when needed is for review, and no more than that") {
    const auto found_of = [](std::initializer_list<std::vector<bool>> orders) {
        Scene scene;
        for (const auto& as_needed : orders) {
            v1::MedicationRequest order;
            order.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
            *order.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "2");
            const auto dosage = order.prescription().dosage(0);
            order.mutable_prescription()->clear_dosage();
            for (const bool when_needed : as_needed) {
                auto& one = *order.mutable_prescription()->add_dosage();
                one = dosage;
                if (when_needed) one.mutable_as_needed_for()->set_text("pain");
            }
            scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, order);
        }
        const auto found = only(scene.findings(), "order/possible-duplicate");
        REQUIRE(found);
        return found->severity;
    };
    CHECK(found_of({{false}, {true}}) == v1::SEVERITY_S3);
    CHECK(found_of({{true, true}, {false, false}}) == v1::SEVERITY_S3);
    CHECK(found_of({{false}, {false}}) == v1::SEVERITY_S2);
    CHECK(found_of({{true}, {true}}) == v1::SEVERITY_S2);
    CHECK(found_of({{false, true}, {true}}) == v1::SEVERITY_S2);  // both have some when needed
    CHECK(found_of({{}, {true}}) == v1::SEVERITY_S2);             // nobody says how it is given
}

TEST_CASE("an order that turns from when needed to fixed is a duplicate to settle this shift") {
    Scene scene;
    scene.order("N02BE01");
    auto request = [&](bool when_needed) {
        v1::MedicationRequest out;
        *out.mutable_prescription() = Scene::prescription("N02BE01", {"08:00"}, "1");
        out.mutable_prescription()->mutable_dosage(0)->set_as_needed(when_needed);
        return out;
    };
    auto first = request(true);
    first.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    const auto id = scene.next();
    const auto made = scene.add(scene.server, {.record = scene.record, .resource = id}, first);
    CHECK(only(scene.findings(), "order/possible-duplicate")->severity == v1::SEVERITY_S3);
    scene.add(scene.server, {.record = scene.record, .resource = id, .parents = {made->id}},
              request(false));
    CHECK(only(scene.findings(), "order/possible-duplicate")->severity == v1::SEVERITY_S2);
}

// Taken down by phone on a tablet.
Scene::Order verbal(Scene& scene, Writer& who, const v1::CodeableConcept& drug) {
    Scene::Order made{scene.next(), nullptr};
    v1::MedicationRequest request;
    *request.mutable_prescription() = Scene::prescription("", {}, "1");
    *request.mutable_prescription()->mutable_medication() = drug;
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    made.change = scene.add(who, {.record = scene.record, .resource = made.id}, request);
    return made;
}

TEST_CASE("of two verbal orders of one drug neither is in effect, and both are phoned about") {
    Scene scene;
    const auto one = verbal(scene, scene.a, atc("N02AA05"));
    CHECK(scene.findings().empty());
    const auto other = verbal(scene, scene.b, atc("N02AA05"));
    const auto found = only(scene.findings(), "order/two-verbal");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S1);
    CHECK(found->inputs == ids({one.change, other.change}));
    for (const auto& view : scene.chart().orders) {
        CHECK_FALSE(view.prescription);
        CHECK(view.status == v1::MEDICATION_REQUEST_STATUS_UNSPECIFIED);
        CHECK(view.proposed.size() == 1);
        CHECK(view.name == "N02AA05");
    }
    CHECK(scene.slots().slots.empty());
    // The doctor answers one, or a nurse stops one of her own: it is settled.
    SECTION("answered") {
        v1::MedicationRequest accepted;
        *accepted.mutable_prescription() = Scene::prescription("N02AA05", {}, "1");
        accepted.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        scene.add(scene.server,
                  {.record = scene.record, .resource = one.id, .parents = {one.change->id}},
                  accepted);
        CHECK_FALSE(only(scene.findings(), "order/two-verbal"));
    }
    SECTION("stopped") {
        scene.set_status(scene.b, other, {other.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
        CHECK(scene.findings().empty());
    }
}

TEST_CASE(
    "verbal orders of two drugs, and one beside an order of its drug, are no two verbal ones") {
    Scene scene;
    scene.order("N02AA05");
    verbal(scene, scene.a, atc("N02AA05"));
    verbal(scene, scene.b, atc("A10AB05"));
    // What was taken down by phone is given too: the drug is ordered twice.
    CHECK(rules_of(scene.findings()) == std::vector<std::string>{"order/possible-duplicate"});
    // One writes the code and what it is called, the other what she heard.
    auto coded = atc("C07AB02");
    coded.set_text("Metoprolol 50 mg");
    verbal(scene, scene.a, coded);
    v1::CodeableConcept heard;
    heard.set_text("metoprolol  50 MG");
    verbal(scene, scene.b, heard);
    CHECK(only(scene.findings(), "order/two-verbal"));
}

}  // namespace
}  // namespace kari::test
