// SPDX-License-Identifier: Apache-2.0
//
// What a chart says of problems, measures, plans and tasks of which something is missing, cannot be
// read, or was taken back.
#include <catch2/catch_test_macros.hpp>

#include "tests/unit/chart/care_scene.hpp"

namespace kari::test {
namespace {

// The same, and something that no program of today knows and none may pass over.
template <typename Message>
ChangePtr of_tomorrow(CareScene& scene, Writer& who, const Made& of, Message said) {
    said.GetReflection()->MutableUnknownFields(&said)->AddLengthDelimited(77, "tomorrow");
    return scene.add(who,
                     {.record = scene.record,
                      .resource = of.id,
                      .parents = {of.change->id},
                      .must_understand = {77}},
                     said);
}

ChangeId not_here() {
    return id_of<ChangeId>(404);
}

v1::Task task_of(v1::TaskStatus status) {
    v1::Task out;
    out.set_status(status);
    return out;
}

TEST_CASE("a problem ends by whom knew all of it: what is missing or unread may speak against it") {
    const auto resolved = problem(v1::CONDITION_CLINICAL_STATUS_RESOLVED);
    CareScene whole;
    whole.begin(whole.a, resolved);
    CHECK_FALSE(whole.chart().care.conditions.at(0).active);

    CareScene part;
    const auto begun = part.begin(part.a, resolved);
    part.then(part.b, begun, {not_here()}, resolved);
    CHECK(part.chart().care.conditions.at(0).active);

    CareScene unread;
    const auto made = unread.begin(unread.a, resolved);
    of_tomorrow(unread, unread.b, made, resolved);
    REQUIRE(unread.chart().care.conditions.at(0).unreadable);
    CHECK(unread.chart().care.conditions.at(0).active);
}

TEST_CASE("a problem that was entered in error is not active") {
    CareScene scene;
    auto said = problem(v1::CONDITION_CLINICAL_STATUS_ACTIVE);
    said.clear_clinical_status();
    said.set_verification_status(v1::CONDITION_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    scene.begin(scene.a, said);
    CHECK_FALSE(scene.chart().care.conditions.at(0).active);
}

TEST_CASE("a measure of which nobody says that it is in force is not") {
    CareScene scene;
    auto said = measure<v1::ProtectiveMeasure>(v1::MEASURE_STATUS_ACTIVE);
    said.clear_status();
    scene.begin(scene.a, said);
    const auto view = scene.chart().care.measures.at(0);
    CHECK_FALSE(view.in_force);
    CHECK_FALSE(view.end_proposed);
}

TEST_CASE("a plan and a task that were entered in error are cancelled") {
    CareScene scene;
    scene.begin(scene.server, plan(v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR));
    scene.begin(scene.a, task_of(v1::TASK_STATUS_ENTERED_IN_ERROR));
    const auto care = scene.chart().care;
    CHECK(care.planned_visits.at(0).state == chart::VisitState::cancelled);
    CHECK(care.tasks.at(0).state == chart::TaskState::cancelled);
}

TEST_CASE("a task that its author closed and others acted on as well is done") {
    CareScene scene;
    const auto made = scene.begin(scene.a, task_of(v1::TASK_STATUS_COMPLETED));
    scene.act(scene.b, made, v1::PROCEDURE_STATUS_NOT_DONE);
    CHECK(scene.chart().care.tasks.at(0).state == chart::TaskState::done);
}

TEST_CASE("a welfare check of which a part is missing is open, whoever cancelled it") {
    for (const auto effect : {v1::TASK_EFFECT_WELFARE_CHECK, v1::TASK_EFFECT_CLINICAL}) {
        CareScene scene;
        auto asked = task_of(v1::TASK_STATUS_REQUESTED);
        asked.mutable_content()->set_effect(effect);
        const auto made = scene.begin(scene.a, asked);
        scene.then(scene.b, made, {made.change->id, not_here()},
                   task_of(v1::TASK_STATUS_CANCELLED));
        const auto view = scene.chart().care.tasks.at(0);
        REQUIRE(view.incomplete);
        CHECK(view.state == (effect == v1::TASK_EFFECT_WELFARE_CHECK
                                 ? chart::TaskState::open
                                 : chart::TaskState::cancelled));
    }
}

TEST_CASE("of the times that a task is due the earliest that can be read is shown") {
    struct Due {
        const char* start;
        const char* end;
    };
    const auto shown = [](std::initializer_list<Due> dues) {
        CareScene scene;
        const auto made = scene.begin(scene.a, task_of(v1::TASK_STATUS_REQUESTED));
        Writer* writers[] = {&scene.a, &scene.b, &scene.c};
        int at = 0;
        for (const auto& due : dues) {
            v1::Task said;
            said.mutable_due()->mutable_period()->set_start(due.start);
            said.mutable_due()->mutable_period()->set_end(due.end);
            scene.then(*writers[at++], made, {made.change->id}, said);
        }
        return scene.chart().care.tasks.at(0).due;
    };
    const Due fifth{"2026-01-05", ""}, sixth{"2026-01-05", "2026-01-06"}, seventh{"", "2026-01-07"};
    const Due in_words{"", "after lunch"};
    CHECK(shown({fifth}) == "2026-01-05");
    CHECK(shown({in_words}) == "after lunch");
    // Whatever order the statements come in.
    CHECK(shown({sixth, seventh}) == "2026-01-06");
    CHECK(shown({seventh, sixth}) == "2026-01-06");
    CHECK(shown({sixth, seventh, fifth}) == "2026-01-05");
    CHECK(shown({in_words, seventh}) == "2026-01-07");
    CHECK(shown({seventh, in_words}) == "2026-01-07");
    CHECK(shown({seventh, in_words, sixth}) == "2026-01-06");
    for (const char* words : {"soon", "later", "when she is up", "at noon"}) {
        CHECK(shown({{"", words}, seventh}) == "2026-01-07");
        CHECK(shown({seventh, {"", words}}) == "2026-01-07");
    }
}

TEST_CASE("a consent of which only who wrote it is known denies nothing") {
    CareScene scene;
    v1::Consent said;
    said.mutable_note()->add_items()->set_text("ask the daughter");
    scene.begin(scene.server, said);
    CHECK(scene.chart().care.consents.at(0).denials.empty());
}

TEST_CASE("a limit to treatment of which a part is missing or unread is unclear") {
    v1::AdvanceDecision limit;
    limit.mutable_decision()->set_limit(v1::TREATMENT_LIMIT_IN_FORCE);
    CareScene whole;
    whole.begin(whole.server, limit);
    CHECK_FALSE(whole.chart().care.advance_decisions.at(0).unclear);
    CareScene part;
    const auto begun = part.begin(part.server, limit);
    part.then(part.server, begun, {begun.change->id, not_here()}, limit);
    CHECK(part.chart().care.advance_decisions.at(0).unclear);
    CareScene unread;
    const auto made = unread.begin(unread.server, limit);
    of_tomorrow(unread, unread.server, made, limit);
    CHECK(unread.chart().care.advance_decisions.at(0).unclear);
}

TEST_CASE("whom the patient named last is the nearest, whichever relative has the lower id") {
    int lower_first = 0;
    for (int shift = 0; shift < 8; ++shift) {
        CareScene scene;
        for (int i = 0; i < shift; ++i)
            scene.next();
        const auto named = [&](const char* on) {
            v1::RelatedPerson out;
            out.mutable_next_of_kin()->set_nearest(true);
            out.mutable_next_of_kin()->set_stated_by_patient(true);
            out.mutable_next_of_kin()->set_stated_on(on);
            return scene.begin(scene.a, out);
        };
        const auto first = named("2026-01-03");
        const auto last = named("2026-01-05");
        for (const auto& view : scene.chart().care.related_persons)
            CHECK(view.nearest == (view.version.resource == last.id));
        lower_first += first.id < last.id ? 1 : 0;
    }
    CHECK(lower_first > 0);
    CHECK(lower_first < 8);
}

// Two of each kind of fact, of which the second becomes what `become` makes of it.
struct Facts : CareScene {
    template <typename Become>
    explicit Facts(const Become& become) {
        v1::MedicationAdministration given;
        *given.mutable_administration() =
            said(order_, v1::ADMINISTRATION_STATUS_COMPLETED, {}, slot(order_));
        v1::Observation pulse;
        pulse.mutable_observation()->mutable_value()->set_text("72");
        v1::DocumentReference note;
        note.mutable_document()->set_text("sover godt");
        v1::Encounter stay;
        stay.mutable_visit()->set_status(v1::ENCOUNTER_STATUS_IN_PROGRESS);
        stay.mutable_visit()->mutable_encounter_class()->set_system(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode");
        stay.mutable_visit()->mutable_encounter_class()->set_code("IMP");
        v1::Immunization vaccine;
        vaccine.mutable_immunization()->set_status(v1::IMMUNIZATION_STATUS_COMPLETED);
        *vaccine.mutable_immunization()->mutable_vaccine_code() = atc("J07BB02");
        become(*this, given);
        become(*this, pulse);
        become(*this, note);
        become(*this, stay);
        become(*this, vaccine);
    }

private:
    Order order_ = order();
};

TEST_CASE("what was erased still stands in its list, and nothing is found of it") {
    std::vector<ResourceId> gone;
    const Facts scene([&](Facts& facts, const auto& message) {
        facts.begin(facts.a, message);
        const auto made = facts.begin(facts.a, message);
        auto erased = merge::decode_change(made.change->header_bytes, std::nullopt);
        REQUIRE(erased);
        facts.changes.back() = std::make_shared<const merge::Change>(std::move(*erased));
        gone.push_back(made.id);
    });
    // No second dose, vaccine or stay, though there were two.
    CHECK(scene.findings().empty());
    const auto chart = scene.chart();
    const auto has_two = [&](const auto& views, const ResourceId& erased) {
        return views.size() == 2 && std::any_of(views.begin(), views.end(), [&](const auto& view) {
                   return view.version.resource == erased;
               });
    };
    CHECK(has_two(chart.administrations, gone.at(0)));
    CHECK(has_two(chart.observations, gone.at(1)));
    CHECK(has_two(chart.notes, gone.at(2)));
    CHECK(has_two(chart.care.visits, gone.at(3)));
    CHECK(has_two(chart.care.immunizations, gone.at(4)));
    for (const auto& view : chart.administrations) {
        if (view.version.resource == gone.at(0)) CHECK_FALSE(view.exposure);
    }
}

TEST_CASE("a fact of which nothing can be read stands last in its list, and nothing is found") {
    std::vector<ResourceId> empty;
    const Facts scene([&](Facts& facts, auto message) {
        facts.begin(facts.a, message);
        message.Clear();
        message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(77, "tomorrow");
        empty.push_back(facts.begin(facts.a, message).id);
    });
    CHECK(scene.findings().empty());
    const auto chart = scene.chart();
    const auto is_last = [](const auto& views, const ResourceId& nothing) {
        return views.size() == 2 && views[1].version.resource == nothing;
    };
    CHECK(is_last(chart.administrations, empty.at(0)));
    CHECK(is_last(chart.observations, empty.at(1)));
    CHECK(is_last(chart.notes, empty.at(2)));
    CHECK(is_last(chart.care.visits, empty.at(3)));
    CHECK(is_last(chart.care.immunizations, empty.at(4)));
    CHECK_FALSE(chart.administrations.at(1).value);
    CHECK_FALSE(chart.administrations.at(1).exposure);
    CHECK_FALSE(chart.administrations.at(1).order);
}

}  // namespace
}  // namespace kari::test
