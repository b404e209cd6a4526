// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <set>

#include "tests/unit/chart/scene.hpp"

namespace kari::test {
namespace {

// A random morning: one allergy, two orders and three tablets that act on views of their own.
class Morning {
public:
    Morning() {
        orders_ = {scene.order("J01CE02"), scene.order("A10AB05", {"08:00", "20:00"}),
                   scene.needed("A10AB05", "4", "2")};
        for (const auto& order : orders_)
            seen_[order.id] = {order.change};
        const int count = *rc::gen::inRange(0, 14);
        for (int i = 0; i < count; ++i)
            act();
    }
    Scene scene;

private:
    Writer& somebody() {
        Writer* writers[] = {&scene.a, &scene.b, &scene.c, &scene.server};
        auto& writer = *writers[*rc::gen::inRange(0, 4)];
        writer.waits(Duration::minutes(*rc::gen::inRange(0, 90)));
        return writer;
    }

    // Some of what stands in a resource: a view that may be old.
    std::vector<ChangeId> view_of(const ResourceId& id) {
        std::vector<ChangeId> view;
        for (const auto& change : seen_[id]) {
            if (*rc::gen::inRange(0, 2) == 0) view.push_back(change->id);
        }
        if (view.empty()) view.push_back(seen_[id].front()->id);
        return view;
    }

    void take_down(Writer& who) {
        v1::MedicationRequest said;
        *said.mutable_prescription() =
            Scene::prescription(*rc::gen::element("J01CE02", "A10AB05"), {"08:00"}, "1");
        const auto id = scene.next();
        orders_.push_back({id, scene.add(who, {.record = scene.record, .resource = id}, said)});
        seen_[id] = {orders_.back().change};
    }

    void act() {
        auto& who = somebody();
        const auto& order = *rc::gen::elementOf(orders_);
        switch (*rc::gen::inRange(0, 9)) {
            case 7:
                return take_down(who);
            case 6: {
                v1::Observation message;
                auto& said = *message.mutable_observation();
                said.set_status(v1::OBSERVATION_STATUS_FINAL);
                auto* code = said.mutable_code()->add_coding();
                code->set_system(std::string(clinical::k_loinc));
                code->set_code("15074-8");
                said.mutable_value()->mutable_quantity()->set_value(
                    *rc::gen::element("2.9", "3.9", "7.1"));
                said.mutable_value()->mutable_quantity()->set_code("mmol/L");
                scene.add(who,
                          {.record = scene.record,
                           .resource = scene.next(),
                           .effective = std::pair(who.now, who.now)},
                          message);
                break;
            }
            case 0:
            case 1: {
                const auto status = *rc::gen::element(v1::ADMINISTRATION_STATUS_COMPLETED,
                                                      v1::ADMINISTRATION_STATUS_NOT_DONE);
                auto said = Scene::said(order, status, view_of(order.id), Scene::slot(order));
                if (order.id == orders_[2].id) said.clear_slot();
                const auto dose = scene.state(who, said);
                doses_.push_back({order, dose});
                seen_[dose.id] = {dose.change};
                break;
            }
            case 2: {
                const auto status = *rc::gen::element(v1::MEDICATION_REQUEST_STATUS_STOPPED,
                                                      v1::MEDICATION_REQUEST_STATUS_ON_HOLD,
                                                      v1::MEDICATION_REQUEST_STATUS_ACTIVE);
                seen_[order.id].push_back(scene.set_status(who, order, view_of(order.id), status));
                break;
            }
            case 3:
                seen_[order.id].push_back(scene.set_dose(who, order, view_of(order.id),
                                                         *rc::gen::element("1", "2"), "J01CE02"));
                break;
            case 4: {
                const auto allergy = scene.allergy(who, Scene::reacts_to(atc("J01C")));
                seen_[allergy.id] = {allergy.change};
                if (*rc::gen::arbitrary<bool>()) {
                    scene.refute(somebody(), allergy, view_of(allergy.id));
                }
                break;
            }
            case 5: {
                v1::TimeNote note;
                note.mutable_note()->set_incarnation(base::to_bytes(scene.a.incarnation));
                note.mutable_note()->set_boot(base::to_bytes(scene.a.boot));
                note.mutable_note()->set_server_minus_device_ms(
                    Duration::hours(*rc::gen::inRange(-3, 4)).ms);
                scene.add(scene.server, {.record = scene.record, .resource = scene.next()}, note);
                break;
            }
            default:
                if (doses_.empty()) break;
                const auto& [of, dose] = *rc::gen::elementOf(doses_);
                seen_[dose.id].push_back(scene.withdraw(who, of, dose, view_of(dose.id)));
                break;
        }
    }

    std::vector<Scene::Order> orders_;
    std::vector<std::pair<Scene::Order, Scene::Dose>> doses_;
    std::map<ResourceId, std::vector<ChangePtr>> seen_;
};

// All of them in some order, some twice. A seed, so that shrinking cannot take the order away.
std::vector<ChangePtr> shuffled(std::vector<ChangePtr> changes) {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    const auto count = changes.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (random() % 4 == 0) changes.push_back(changes[i]);
    }
    std::shuffle(changes.begin(), changes.end(), random);
    return changes;
}

std::vector<chart::Finding> review(const Scene& scene, const std::vector<ChangePtr>& changes) {
    return chart::review(chart::make_group({scene.record}, {}, changes), clinical::demo_pack());
}

TEST_CASE("findings do not depend on the order or number of deliveries") {
    CHECK(rc::check([] {
        const Morning morning;
        const auto& changes = morning.scene.changes;
        const auto findings = review(morning.scene, changes);
        RC_ASSERT(review(morning.scene, shuffled(changes)) == findings);
        RC_ASSERT(std::is_sorted(findings.begin(), findings.end(),
                                 [](const auto& a, const auto& b) { return a.id < b.id; }));
        RC_CLASSIFY(!findings.empty());
    }));
}

TEST_CASE("replacing what touches a change's resource keeps the stored findings complete") {
    CHECK(rc::check([] {
        const Morning morning;
        std::map<FindingId, chart::Finding> stored;
        std::vector<ChangePtr> arrived;
        for (const auto& change : shuffled(morning.scene.changes)) {
            arrived.push_back(change);
            const auto group = chart::make_group({morning.scene.record}, {}, arrived);
            const auto reviewed =
                chart::review_touched(group, clinical::demo_pack(), {change->resource});
            std::erase_if(stored, [&](const auto& entry) {
                const auto& about = entry.second.resources;
                return std::any_of(about.begin(), about.end(), [&](const ResourceId& id) {
                    return std::binary_search(reviewed.examined.begin(), reviewed.examined.end(),
                                              id);
                });
            });
            for (const auto& finding : reviewed.findings)
                stored.emplace(finding.id, finding);
        }
        std::vector<chart::Finding> kept;
        for (const auto& [id, finding] : stored)
            kept.push_back(finding);
        RC_ASSERT(kept == review(morning.scene, morning.scene.changes));
        RC_CLASSIFY(std::any_of(kept.begin(), kept.end(), [](const auto& finding) {
            return finding.rule == "dose/over-maximum";
        }));
    }));
}

TEST_CASE("every pair of doses that count for one slot is found, and no other") {
    CHECK(rc::check([] {
        const Morning morning;
        const auto chart = morning.scene.chart();
        std::map<SlotId, std::size_t> taken;
        for (const auto& view : chart.administrations) {
            if (view.exposure && view.slot) ++taken[*view.slot];
        }
        std::size_t pairs = 0;
        for (const auto& [slot, count] : taken)
            pairs += count * (count - 1) / 2;
        std::size_t found = 0;
        for (const auto& rule : rules_of(morning.scene.findings())) {
            if (rule == "dose/possible-double") ++found;
        }
        RC_ASSERT(found == pairs);
    }));
}

TEST_CASE("no event but a confirmed withdrawal takes a dose out of exposure") {
    CHECK(rc::check([] {
        const Morning morning;
        std::vector<ChangePtr> arrived;
        std::map<ResourceId, bool> counted;
        for (const auto& change : morning.scene.changes) {
            arrived.push_back(change);
            const auto group = chart::make_group({morning.scene.record}, {}, arrived);
            const auto chart = chart::make_chart(group, clinical::demo_pack(), {}, k_oslo);
            for (const auto& view : chart.administrations) {
                const auto id = view.version.resource;
                const bool counts = view.exposure.has_value();
                if (counted[id] && !counts) {
                    // Its author took part in the withdrawal, or the server on both sides.
                    const auto* resource = group.find(id);
                    const auto& first = resource->history;
                    const bool same_hand =
                        std::any_of(first.begin(), first.end(), [&](const ChangePtr& other) {
                            return other->id != change->id &&
                                   other->header.author().practitioner() ==
                                       change->header.author().practitioner();
                        });
                    RC_ASSERT(change->resource == id);
                    RC_ASSERT(same_hand || first.size() > 2);
                }
                counted[id] = counts;
            }
        }
    }));
}

TEST_CASE("a slot says given exactly when a statement that it was taken stands") {
    CHECK(rc::check([] {
        const Morning morning;
        const auto chart = morning.scene.chart();
        for (const auto& slot : morning.scene.slots().slots) {
            bool taken = false;
            for (const auto& view : chart.administrations) {
                for (const auto& said : view.live) {
                    taken |= said.value.slot() == base::to_bytes(slot.slot.id) &&
                             said.value.status() == v1::ADMINISTRATION_STATUS_COMPLETED;
                }
            }
            RC_ASSERT((slot.state == chart::SlotState::given) == taken);
            RC_ASSERT(slot.administrations.empty() == (slot.state == chart::SlotState::none));
        }
    }));
}

TEST_CASE("every contested atom has one finding about it") {
    CHECK(rc::check([] {
        const Morning morning;
        const auto group = morning.scene.group();
        const auto findings = morning.scene.findings();
        for (const auto& resource : group.resources) {
            std::set<std::string> expected;
            for (const auto& atom : resource.atoms) {
                if (atom.contested) {
                    expected.insert(chart::contested_rule(resource.kind, atom.number));
                }
            }
            std::multiset<std::string> found;
            for (const auto& finding : findings) {
                const bool about = finding.resources == std::vector{resource.id};
                if (about && finding.rule.starts_with("merge/") &&
                    finding.rule != "merge/order-stop-beside-change") {
                    found.insert(finding.rule);
                }
            }
            RC_ASSERT(std::multiset<std::string>(expected.begin(), expected.end()) == found);
        }
    }));
}

}  // namespace
}  // namespace kari::test
