// SPDX-License-Identifier: Apache-2.0
//
// The server reviews what is new against what it remembers. What it has stated must then be what
// the rules find in the whole, however a journal came about.
#include <rapidcheck.h>

#include <map>
#include <random>

#include "sdk/chart/review.hpp"
#include "tests/unit/chart/scene.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

using Statements = std::map<ResourceId, std::string>;

// A random shift: doses, stops, changed orders, allergies, values that two corrected, a tablet that
// was set back, what was learnt of a clock.
class Shift {
public:
    explicit Shift(Scene& scene) : scene_(scene), clone_(scene.a) {
        for (const auto& order : {scene.order("J01CE02"), scene.order("A10AB05")}) {
            orders_.push_back(order);
            seen_[order.id] = {order.change};
        }
        const int count = *rc::gen::inRange(0, 24);
        for (int i = 0; i < count; ++i)
            act();
    }

private:
    Writer& somebody() {
        Writer* writers[] = {&scene_.a, &scene_.b, &scene_.c, &clone_};
        auto& writer = *writers[*rc::gen::inRange(0, 4)];
        writer.waits(Duration::minutes(*rc::gen::inRange(0, 90)));
        return writer;
    }
    std::vector<ChangeId> view_of(const ResourceId& id) {
        std::vector<ChangeId> view;
        for (const auto& change : seen_[id]) {
            if (*rc::gen::inRange(0, 2) == 0) view.push_back(change->id);
        }
        if (view.empty()) view.push_back(seen_[id].front()->id);
        return view;
    }
    void act() {
        const auto& order = *rc::gen::elementOf(orders_);
        switch (*rc::gen::inRange(0, 7)) {
            case 0:
            case 1: {
                const auto dose = scene_.give(somebody(), order);
                seen_[dose.id] = {dose.change};
                doses_.emplace_back(order, dose);
                break;
            }
            case 2:
                seen_[order.id].push_back(
                    scene_.set_status(somebody(), order, view_of(order.id),
                                      *rc::gen::element(v1::MEDICATION_REQUEST_STATUS_STOPPED,
                                                        v1::MEDICATION_REQUEST_STATUS_ACTIVE)));
                break;
            case 3: {
                const auto allergy = scene_.allergy(somebody(), Scene::reacts_to(atc("J01C")));
                seen_[allergy.id] = {allergy.change};
                if (*rc::gen::arbitrary<bool>()) {
                    scene_.refute(somebody(), allergy, view_of(allergy.id));
                }
                break;
            }
            case 4: {
                v1::TimeNote note;
                note.mutable_note()->set_incarnation(base::to_bytes(scene_.a.incarnation));
                note.mutable_note()->set_boot(base::to_bytes(scene_.a.boot));
                note.mutable_note()->set_server_minus_device_ms(
                    Duration::hours(*rc::gen::inRange(-3, 4)).ms);
                scene_.add(scene_.server, {.record = scene_.record, .resource = scene_.next()},
                           note);
                break;
            }
            case 5: {
                const bool anew = values_.empty() || *rc::gen::inRange(0, 3) == 0;
                const auto id = anew ? scene_.next() : *rc::gen::elementOf(values_);
                const auto change =
                    scene_.add(somebody(),
                               {.record = scene_.record,
                                .resource = id,
                                .parents = anew ? std::vector<ChangeId>{} : view_of(id)},
                               pulse(*rc::gen::element("70", "80", "90")));
                if (anew) values_.push_back(id);
                seen_[id].push_back(change);
                break;
            }
            default:
                if (doses_.empty()) break;
                const auto& [of, dose] = *rc::gen::elementOf(doses_);
                seen_[dose.id].push_back(scene_.withdraw(somebody(), of, dose, view_of(dose.id)));
                break;
        }
    }

    Scene& scene_;
    Writer clone_;  // writes at addresses where the first tablet writes too
    std::vector<Scene::Order> orders_;
    std::vector<std::pair<Scene::Order, Scene::Dose>> doses_;
    std::vector<ResourceId> values_;
    std::map<ResourceId, std::vector<ChangePtr>> seen_;
};

void append(Ward& ward, const RecordId& id, const std::vector<ChangePtr>& changes) {
    auto record = ward.storage->begin_or_create(id, true);
    RC_ASSERT(record.has_value());
    for (const auto& change : changes)
        RC_ASSERT((*record)->append(*change).has_value());
    RC_ASSERT((*record)->commit().has_value());
}

chart::Group whole(Ward& ward) {
    const auto members = ward.storage->group(ward.record).value();
    std::vector<chart::ChangePtr> changes;
    for (const RecordId& member : members) {
        const auto log = server::exchange::RecordLogs().read(*ward.storage, member);
        if (log) changes.insert(changes.end(), (*log)->changes.begin(), (*log)->changes.end());
    }
    return chart::make_group(members, {}, changes);
}

// What the rules find in all of it, as statements of one record.
Statements found(const chart::Group& group, const RecordId& record) {
    Statements out;
    for (const auto& finding : chart::review(group, clinical::demo_pack())) {
        const auto& where = finding.records;
        if (std::find(where.begin(), where.end(), record) == where.end()) continue;
        out[chart::issue_resource(finding.id)] = chart::statement_of(finding).SerializeAsString();
    }
    return out;
}

// What the server has stated in it.
Statements stated(const chart::Group& group, const RecordId& record) {
    Statements out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_DETECTED_ISSUE || resource.record != record) continue;
        const auto issue = merge::operative_as<v1::DetectedIssue>(resource);
        if (!issue.has_statement() || issue.statement().cleared()) continue;
        out[resource.id] = issue.statement().SerializeAsString();
    }
    return out;
}

using Counts = std::map<unsigned, std::pair<std::uint64_t, std::uint64_t>>;  // open, deferred

Counts counted(Ward& ward) {
    Counts out;
    const auto rows = ward.storage->open_findings().value();
    for (const auto& one : rows)
        out[one.severity] = {one.open, one.deferred};
    return out;
}

// The same by what a tablet shows that has all of it.
Counts shown(const chart::Group& group) {
    Counts out;
    const auto findings = chart::review(group, clinical::demo_pack());
    for (const auto& one : chart::track(group, findings)) {
        if (one.state == chart::FindingState::resolved) continue;
        auto& [open, deferred] = out[static_cast<unsigned>(one.finding.severity)];
        ++open;
        if (one.state == chart::FindingState::deferred) ++deferred;
    }
    return out;
}

// Somebody answers one of the findings, with all of its inputs in view or some.
void answer_one(Ward& ward, Scene& scene, const chart::Group& group) {
    const auto tracked = chart::track(group, chart::review(group, clinical::demo_pack()));
    if (tracked.empty()) return;
    const auto& one = *rc::gen::elementOf(tracked);
    v1::DetectedIssue issue;
    const auto name_inputs = [&](auto& answer) {
        for (const ChangeId& input : one.finding.inputs) {
            if (*rc::gen::inRange(0, 4) != 0) answer.add_input(base::to_bytes(input));
        }
        answer.set_severity(one.finding.severity);
    };
    if (*rc::gen::arbitrary<bool>()) {
        name_inputs(*issue.mutable_resolution()->add_items());
    } else {
        name_inputs(*issue.mutable_deferral());
    }
    append(ward, ward.record,
           {scene.add(scene.b,
                      {.record = ward.record,
                       .resource = chart::issue_resource(one.finding.id),
                       .parents = one.issue_heads},
                      issue)});
}

std::vector<ChangePtr> shuffled(std::vector<ChangePtr> changes) {
    std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
    std::shuffle(changes.begin(), changes.end(), random);
    return changes;
}

}  // namespace

TEST_CASE("a review of what is new states what a review of the whole finds") {
    CHECK(rc::check([] {
        Ward ward;
        Scene scene;
        const Shift shift(scene);
        auto left = shuffled(scene.changes);
        while (!left.empty()) {
            const auto count = std::min<std::size_t>(left.size(), *rc::gen::inRange(1U, 5U));
            append(ward, ward.record,
                   {left.end() - static_cast<std::ptrdiff_t>(count), left.end()});
            left.resize(left.size() - count);
            // Now and then the process begins anew.
            if (*rc::gen::inRange(0, 6) == 0) ward.start();
            RC_ASSERT(server::exchange::review(*ward.parts, ward.record).has_value());
            auto group = whole(ward);
            RC_ASSERT(stated(group, ward.record) == found(group, ward.record));
            RC_ASSERT(counted(ward) == shown(group));
            if (*rc::gen::inRange(0, 3) == 0) {
                answer_one(ward, scene, group);
                RC_ASSERT(server::exchange::review(*ward.parts, ward.record).has_value());
                group = whole(ward);
                RC_ASSERT(stated(group, ward.record) == found(group, ward.record));
                RC_ASSERT(counted(ward) == shown(group));
            }
            RC_ASSERT(ward.storage->unreviewed()->empty());
        }
    }));
}

TEST_CASE("a finding that was stated and no longer stands is cleared by a review of what is new") {
    Ward ward;
    Scene scene;
    const auto order = scene.order();
    append(ward, ward.record, scene.changes);
    const auto first = scene.give(scene.a, order);
    const auto second = scene.give(scene.b, order);
    append(ward, ward.record, {first.change, second.change});
    REQUIRE(server::exchange::review(*ward.parts, ward.record));
    CHECK_FALSE(stated(whole(ward), ward.record).empty());
    const auto taken_back = scene.withdraw(scene.b, order, second, {second.change->id});
    append(ward, ward.record, {taken_back});
    REQUIRE(server::exchange::review(*ward.parts, ward.record));
    const auto group = whole(ward);
    CHECK(stated(group, ward.record) == found(group, ward.record));
}

TEST_CASE("what comes between linked records is found though each was reviewed before") {
    Ward ward;
    Scene here;
    Scene there;
    there.record = id_of<RecordId>(2);
    there.a = Writer::tablet(11);
    for (int taken = 0; taken < 9; ++taken)
        there.next();  // ids of resources are of one record alone
    const auto order = here.order("J01CE02");
    append(ward, here.record, here.changes);
    const auto allergy = there.allergy(there.a, Scene::reacts_to(atc("J01C")));
    append(ward, there.record, {allergy.change});
    for (const auto& record : {here.record, there.record}) {
        REQUIRE(server::exchange::review(*ward.parts, record));
    }
    {
        auto record = ward.storage->begin(here.record);
        REQUIRE(record);
        REQUIRE((*record)->set_linked(there.record, true));
        REQUIRE((*record)->commit());
    }
    here.b.waits(Duration::hours(2));
    const auto dose = here.give(here.b, order);
    append(ward, here.record, {dose.change});
    REQUIRE(server::exchange::review(*ward.parts, here.record));
    const auto group = whole(ward);
    REQUIRE(group.records.size() == 2);
    for (const auto& record : group.records) {
        CHECK(stated(group, record) == found(group, record));
        CHECK_FALSE(stated(group, record).empty());
    }
}

TEST_CASE("what is remembered of reviews stays within its bound") {
    server::exchange::ReviewedGroups kept(1'000);
    const std::vector<RecordId> one{id_of<RecordId>(1)};
    const std::vector<RecordId> two{id_of<RecordId>(2)};
    const auto first = kept.of(one);
    CHECK(kept.of(one) == first);
    kept.weigh(one, 600);
    const auto second = kept.of(two);
    kept.weigh(two, 300);
    CHECK(kept.of(one) == first);
    kept.weigh(two, 500);
    CHECK(kept.of(one) == first);   // used last
    CHECK(kept.of(two) != second);  // had to go
}
