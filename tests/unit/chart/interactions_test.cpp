// SPDX-License-Identifier: Apache-2.0
//
// Orders of several prescribers beside each other: what their drugs do, and drugs of one group.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

using Strings = std::vector<std::string>;

struct PrescriberScene : Scene {
    // By a doctor of the record's own source.
    Order order_by(const char* doctor, const char* atc_code, bool as_needed = false) {
        Order made{next(), nullptr};
        v1::MedicationRequest request;
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        *request.mutable_prescription() = prescription(atc_code, {"08:00"}, "1");
        request.mutable_prescription()->mutable_dosage(0)->set_as_needed(as_needed);
        request.mutable_authoring()->mutable_requester()->set_reference(doctor);
        made.change = add(server, {.record = record, .resource = made.id}, request);
        return made;
    }
    // Taken down by phone: proposed, and answered by nobody.
    Order by_phone(Writer& who, const char* atc_code) {
        Order made{next(), nullptr};
        v1::MedicationRequest request;
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        *request.mutable_prescription() = prescription(atc_code, {}, "1");
        made.change = add(who, {.record = record, .resource = made.id}, request);
        return made;
    }
};

TEST_CASE("orders of two prescribers that should not be given together are for this shift") {
    PrescriberScene scene;
    const auto warfarin = scene.order("B01AA03");
    CHECK(scene.findings().empty());
    const auto ibuprofen = scene.order("M01AE01");
    const auto found = only(scene.findings(), "order/interaction-avoid");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S2);
    CHECK(found->inputs == ids({warfarin.change, ibuprofen.change}));
    CHECK(found->resources.size() == 2);
    CHECK(rules_of(scene.findings()) == Strings{"order/interaction-avoid"});
    // Nothing is stopped by it: a person decides.
    CHECK(scene.slots().slots.size() == 2);
    scene.set_status(scene.server, ibuprofen, {ibuprofen.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
}

TEST_CASE("of what precautions are taken for one prescriber knew, and two may not have") {
    PrescriberScene one;
    one.order_by("Practitioner/1", "N02AA05");
    one.order_by("Practitioner/1", "N05CF01");
    REQUIRE(only(one.findings(), "order/interaction-precautions"));
    CHECK(only(one.findings(), "order/interaction-precautions")->severity == v1::SEVERITY_S4);
    PrescriberScene two;
    two.order_by("Practitioner/1", "N02AA05");
    two.order_by("Practitioner/2", "N05CF01");
    CHECK(only(two.findings(), "order/interaction-precautions")->severity == v1::SEVERITY_S3);
    PrescriberScene unknown;
    unknown.order("N02AA05");
    unknown.order("N05CF01");
    CHECK(only(unknown.findings(), "order/interaction-precautions")->severity == v1::SEVERITY_S3);
    // What should be avoided is asked about whoever ordered it.
    PrescriberScene worse;
    worse.order_by("Practitioner/1", "B01AA03");
    worse.order_by("Practitioner/1", "M01AE01");
    CHECK(only(worse.findings(), "order/interaction-avoid")->severity == v1::SEVERITY_S2);
}

TEST_CASE("an order by phone is held beside what another tablet did not know of") {
    PrescriberScene scene;
    scene.by_phone(scene.a, "M01AE01");
    const auto other = scene.by_phone(scene.b, "B01AA03");
    CHECK(only(scene.findings(), "order/interaction-avoid"));
    scene.set_status(scene.b, other, {other.change->id}, v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
    scene.order("B01AA03");
    CHECK(only(scene.findings(), "order/interaction-avoid"));
}

TEST_CASE("orders that do not meet, or never stand at once, are no finding") {
    PrescriberScene scene;
    scene.order("B01AA03");
    scene.order("N02BE01");
    scene.order("C07AB02");
    v1::MedicationRequest course;
    *course.mutable_prescription() = Scene::prescription("M01AE01", {"08:00"}, "1");
    course.set_status(v1::MEDICATION_REQUEST_STATUS_STOPPED);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, course);
    // What has ended before the other begins.
    course.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    *course.mutable_prescription()->mutable_medication() = atc("J01EE01");
    course.mutable_prescription()->mutable_validity()->set_end("2026-01-04");
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, course);
    *course.mutable_prescription()->mutable_medication() = atc("L04AX03");
    course.mutable_prescription()
        ->mutable_dosage(0)
        ->mutable_timing()
        ->mutable_repeat()
        ->add_day_of_week("thu");
    course.mutable_prescription()->mutable_validity()->clear_end();
    course.mutable_prescription()->mutable_validity()->set_start("2026-01-05");
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, course);
    // Without a code nobody can look it up; whoever gives it is told so.
    v1::MedicationRequest words;
    *words.mutable_prescription() = Scene::prescription("", {"08:00"}, "1");
    words.mutable_prescription()->mutable_medication()->clear_coding();
    words.mutable_prescription()->mutable_medication()->set_text("ibuprofen");
    words.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, words);
    // Of warfarin and the sulfonamide it is said that precautions are taken, and no more.
    CHECK(rules_of(scene.findings()) == Strings{"order/interaction-precautions"});
    CHECK(only(scene.findings(), "order/interaction-precautions")->severity == v1::SEVERITY_S3);
}

TEST_CASE("two drugs of one group are for review, and one drug twice is said once") {
    PrescriberScene scene;
    const auto one = scene.order("C10AA01");
    const auto other = scene.order("C10AA05");
    const auto found = only(scene.findings(), "order/duplicate-group");
    REQUIRE(found);
    CHECK(found->severity == v1::SEVERITY_S3);
    CHECK(found->inputs == ids({one.change, other.change}));
    PrescriberScene twice;
    twice.order("C10AA05");
    twice.order("C10AA05");
    CHECK(rules_of(twice.findings()) == Strings{"order/possible-duplicate"});
}

TEST_CASE("an order that took another's place is held beside it as long as both are in effect") {
    PrescriberScene scene;
    const auto before = scene.order("M01AE02");
    v1::MedicationRequest request;
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    *request.mutable_prescription() = Scene::prescription("B01AA03", {"08:00"}, "1");
    request.mutable_lineage()->set_first_order(base::to_bytes(before.id));
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, request);
    CHECK(rules_of(scene.findings()) == Strings{"order/interaction-avoid"});
    scene.set_status(scene.server, before, {before.change->id},
                     v1::MEDICATION_REQUEST_STATUS_STOPPED);
    CHECK(scene.findings().empty());
    // Another strength of one drug in the place of the first is the same order still.
    PrescriberScene same;
    const auto weak = same.order("B01AA03");
    *request.mutable_prescription()->mutable_medication() = atc("B01AA03");
    request.mutable_lineage()->set_first_order(base::to_bytes(weak.id));
    same.add(same.server, {.record = same.record, .resource = same.next()}, request);
    CHECK(same.findings().empty());
}

TEST_CASE("of a contested order each side is held beside what begins when one has ended") {
    PrescriberScene scene;
    v1::MedicationRequest request;
    request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    *request.mutable_prescription() = Scene::prescription("M01AE01", {"08:00"}, "1");
    request.mutable_prescription()->mutable_validity()->set_end("2026-01-04");
    const auto course = scene.next();
    scene.add(scene.server, {.record = scene.record, .resource = course}, request);
    v1::MedicationRequest later;
    later.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
    *later.mutable_prescription() = Scene::prescription("B01AA03", {"08:00"}, "1");
    later.mutable_prescription()->mutable_validity()->set_start("2026-01-05");
    scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, later);
    CHECK_FALSE(only(scene.findings(), "order/interaction-avoid"));
    request.mutable_prescription()->mutable_validity()->clear_end();
    scene.add(scene.server, {.record = scene.record, .resource = course}, request);
    CHECK(only(scene.findings(), "order/interaction-avoid"));
}

TEST_CASE("a combination is for review beside an order of what it holds") {
    PrescriberScene scene;
    const auto plain = scene.order("N02BE01");
    const auto combined = scene.order("N02AJ06");
    const auto found = only(scene.findings(), "order/duplicate-group");
    REQUIRE(found);
    CHECK(found->inputs == ids({plain.change, combined.change}));
    PrescriberScene two;
    two.order("N02AJ13");
    two.order("N02BE51");
    CHECK(only(two.findings(), "order/duplicate-group"));
    // Two that are held by the same combination hold nothing in common.
    PrescriberScene apart;
    apart.order("N02BE01");
    apart.order("R05DA04");
    CHECK_FALSE(only(apart.findings(), "order/duplicate-group"));
}

TEST_CASE("drugs of a group that are often ordered together are no finding") {
    PrescriberScene scene;
    scene.order("N03AX09");
    scene.order("N03AX12");
    scene.order("R03AC12");
    scene.order("R03AC02");
    scene.order_by("Practitioner/1", "N02AA01");
    const auto short_acting = scene.order_by("Practitioner/1", "N02AA05", true);
    CHECK(scene.findings().empty());
    // Two fixed ones are.
    v1::MedicationRequest fixed;
    *fixed.mutable_prescription() = Scene::prescription("N02AA05", {"08:00"}, "1");
    scene.add(
        scene.server,
        {.record = scene.record, .resource = short_acting.id, .parents = {short_acting.change->id}},
        fixed);
    CHECK(rules_of(scene.findings()) == Strings{"order/duplicate-group"});
}

TEST_CASE("what a review of one order finds of pairs is what a review of all does") {
    CHECK(rc::check([] {
        PrescriberScene scene;
        std::map<FindingId, chart::Finding> stored;
        std::vector<Scene::Order> orders;
        const auto count = *rc::gen::inRange(1, 9);
        for (int i = 0; i < count; ++i) {
            const auto code = *rc::gen::element<const char*>(
                "B01AA03", "M01AE01", "B01AC06", "C10AA01", "C10AA05", "N02AA05", "N02AA01",
                "N05CF01", "N02BE01", "C10AA");
            const bool stops = !orders.empty() && *rc::gen::inRange(0, 4) == 0;
            ResourceId touched;
            if (stops) {
                const auto& order = orders[*rc::gen::inRange<std::size_t>(0, orders.size())];
                scene.set_status(scene.server, order, {order.change->id},
                                 v1::MEDICATION_REQUEST_STATUS_STOPPED);
                touched = order.id;
            } else if (*rc::gen::arbitrary<bool>()) {
                orders.push_back(scene.order_by(
                    *rc::gen::element<const char*>("Practitioner/1", "Practitioner/2"), code,
                    *rc::gen::arbitrary<bool>()));
                touched = orders.back().id;
            } else {
                orders.push_back(scene.by_phone(scene.a, code));
                touched = orders.back().id;
            }
            const auto reviewed =
                chart::review_touched(scene.group(), clinical::demo_pack(), {touched});
            std::erase_if(stored, [&](const auto& one) {
                return std::any_of(one.second.resources.begin(), one.second.resources.end(),
                                   [&](const auto& id) {
                                       return std::binary_search(reviewed.examined.begin(),
                                                                 reviewed.examined.end(), id);
                                   });
            });
            for (const auto& finding : reviewed.findings)
                stored[finding.id] = finding;
        }
        const auto all = scene.findings();
        RC_ASSERT(stored.size() == all.size());
        for (const auto& finding : all)
            RC_ASSERT(stored.at(finding.id) == finding);
        RC_CLASSIFY(!all.empty());
    }));
}

}  // namespace
}  // namespace kari::test
