// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "kari/v1/care.pb.h"
#include "tests/unit/chart/scene.hpp"

// Records that span years.
namespace kari::test {

// Over the whole range whatever size RapidCheck has come to.
inline int pick(int from, int below) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, below));
}

// Some years of one citizen: orders, doses on many days, allergies, stops, corrections, findings'
// answers, clocks that were off and what was learnt of them.
class Years {
public:
    Years() {
        for (const auto* code : {"J01CE02", "A10AB05", "N02BE01", "A10AB05"}) {
            const bool needed = std::string_view(code) == "N02BE01";
            orders_.push_back(needed ? scene.needed(code, "6", "2") : scene.order(code));
            seen_[orders_.back().id] = {orders_.back().change};
        }
    }

    ChangePtr act() {
        auto& who = somebody();
        const auto& order = orders_.at(static_cast<std::size_t>(pick(0, 4)));
        const auto before = scene.changes.size();
        switch (pick(0, 23)) {
            case 19:
                take_down(who);
                break;
            case 15:
                tell_of_death(who);
                break;
            case 16:
                stay_or_visit(who);
                break;
            case 17:
                name_relative(who);
                break;
            case 18:
                measure_glucose(who);
                break;
            case 0:
                seen_[order.id].push_back(
                    scene.set_status(who, order, view_of(order.id),
                                     pick(0, 2) == 0 ? v1::MEDICATION_REQUEST_STATUS_ACTIVE
                                                     : v1::MEDICATION_REQUEST_STATUS_STOPPED));
                break;
            case 1:
                seen_[order.id].push_back(
                    scene.set_dose(who, order, view_of(order.id), pick(0, 2) == 0 ? "1" : "2"));
                break;
            case 2: {
                const auto allergy =
                    scene.allergy(who, Scene::reacts_to(atc(pick(0, 2) == 0 ? "J01C" : "N02BE01")));
                seen_[allergy.id] = {allergy.change};
                allergies_.push_back(allergy);
                break;
            }
            case 3:
                if (allergies_.empty()) return act();
                refute(who);
                break;
            case 4:
                note_clock();
                break;
            case 5:
                if (doses_.empty()) return act();
                correct(who);
                break;
            case 6:
            case 7:
                measure(who);
                break;
            case 8:
                answer(who);
                break;
            case 12:
                plan(who, std::nullopt);
                break;
            case 13:
            case 14:
                carry_out(who);
                break;
            default:
                pick(0, 2) == 0 ? take_in(who) : give(who, order);
                break;
        }
        return scene.changes.at(before);
    }

    Scene scene;

private:
    Writer& somebody() {
        Writer* writers[] = {&scene.a, &scene.b, &scene.c, &scene.server};
        auto& writer = *writers[pick(0, 4)];
        writer.waits(Duration::hours(pick(0, 5) == 0 ? pick(0, 24 * 90) : pick(0, 30)));
        if (pick(0, 6) == 0) writer.boot = id_of<BootId>(static_cast<std::uint32_t>(++boots_));
        return writer;
    }
    std::vector<ChangeId> view_of(const ResourceId& id) {
        std::vector<ChangeId> view;
        for (const auto& change : seen_[id]) {
            if (pick(0, 2) == 0) view.push_back(change->id);
        }
        if (view.empty() || pick(0, 3) == 0) view = {seen_[id].back()->id};
        return view;
    }
    // The slot of any day: doses of one slot meet now and then, months apart.
    void give(Writer& who, const Scene::Order& order) {
        auto day = base::local_date(*base::in_zone(who.now, k_oslo));
        if (pick(0, 2) == 0) day = LocalDate{2026, 1, 1 + pick(0, 28)};
        const auto slot = clinical::slot_id(order.id, day, "08:00", 0);
        auto said = Scene::said(order,
                                pick(0, 4) == 0 ? v1::ADMINISTRATION_STATUS_NOT_DONE
                                                : v1::ADMINISTRATION_STATUS_COMPLETED,
                                view_of(order.id), slot);
        if (pick(0, 3) == 0) {
            *said.mutable_medication() = atc(pick(0, 2) == 0 ? "J01CE02" : "A10AB05");
        }
        std::optional<Instant> at;
        if (pick(0, 4) == 0) at = who.now - Duration::hours(pick(0, 24 * 200));
        if (order.id == orders_[2].id) {
            if (pick(0, 4) > 0) said.clear_slot();
            if (needed_at_ && pick(0, 4) > 0) {
                at = *needed_at_ + Duration::minutes(pick(-600, 1200));
            }
            needed_at_ = at.value_or(who.now);
        }
        const auto dose = scene.state(who, said, at);
        doses_.push_back({order, dose});
        seen_[dose.id] = {dose.change};
    }
    void correct(Writer& who) {
        const auto& [order, dose] =
            doses_.at(static_cast<std::size_t>(pick(0, static_cast<int>(doses_.size()))));
        if (pick(0, 2) == 0) {
            seen_[dose.id].push_back(scene.withdraw(who, order, dose, view_of(dose.id)));
            return;
        }
        const auto& other = orders_.at(static_cast<std::size_t>(pick(0, 4)));
        auto said = Scene::said(other, v1::ADMINISTRATION_STATUS_COMPLETED, view_of(other.id),
                                Scene::slot(other));
        seen_[dose.id].push_back(scene.correct(who, dose, view_of(dose.id), said));
    }
    void refute(Writer& who) {
        const auto& allergy =
            allergies_.at(static_cast<std::size_t>(pick(0, static_cast<int>(allergies_.size()))));
        seen_[allergy.id].push_back(scene.refute(who, allergy, view_of(allergy.id)));
    }
    void note_clock() {
        auto& about =
            *std::vector<Writer*>{&scene.a, &scene.b}.at(static_cast<std::size_t>(pick(0, 2)));
        v1::TimeNote note;
        note.mutable_note()->set_incarnation(base::to_bytes(about.incarnation));
        note.mutable_note()->set_boot(base::to_bytes(about.boot));
        note.mutable_note()->set_server_minus_device_ms(Duration::hours(pick(-500, 500)).ms);
        const auto id = base::shorten<ResourceId>(base::sha256_of(
            "test note", {base::to_bytes(about.incarnation), base::to_bytes(about.boot)}));
        std::vector<ChangeId> parents;
        if (!seen_[id].empty()) parents = {seen_[id].back()->id};
        seen_[id].push_back(scene.add(
            scene.server, {.record = scene.record, .resource = id, .parents = parents}, note));
    }
    void measure(Writer& who) {
        v1::Observation message;
        message.mutable_observation()->set_status(v1::OBSERVATION_STATUS_FINAL);
        message.mutable_observation()->mutable_value()->set_text(std::to_string(pick(0, 9)));
        // Now and then two say of one measurement what the other did not see.
        const auto id = pick(0, 3) == 0 && !measured_.empty() ? measured_.back() : scene.next();
        measured_.push_back(id);
        scene.add(
            who, {.record = scene.record, .resource = id, .effective = std::pair(who.now, who.now)},
            message);
    }
    // One of a few resources that are edited again and again.
    template <typename Message>
    void edit(Writer& who, const ResourceId& id, const Message& message) {
        std::vector<ChangeId> parents;
        if (!seen_[id].empty()) parents = view_of(id);
        seen_[id].push_back(
            scene.add(who, {.record = scene.record, .resource = id, .parents = parents}, message));
    }
    // Of a drug whose amounts add up: near another, and said otherwise now and then.
    void swallow(Writer& who) {
        const bool weekly = pick(0, 3) == 0;
        auto said = Scene::patch(weekly ? "L04AX03" : "N02BE01");
        said.mutable_dose()->set_value(std::to_string(weekly ? pick(5, 20) : pick(1, 4)));
        said.mutable_dose()->set_code(weekly ? "mg" : pick(0, 6) == 0 ? "{tablet}" : "g");
        std::optional<Instant> at;
        if (swallowed_at_ && pick(0, 4) > 0) {
            at = *swallowed_at_ + Duration::hours(weekly ? pick(-200, 200) : pick(-30, 30));
        }
        swallowed_at_ = at.value_or(who.now);
        if (!swallowed_.empty() && pick(0, 4) == 0) {
            const auto& dose = swallowed_.at(
                static_cast<std::size_t>(pick(0, static_cast<int>(swallowed_.size()))));
            if (pick(0, 2) == 0) said.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
            v1::MedicationAdministration message;
            *message.mutable_administration() = said;
            seen_[dose].push_back(
                scene.add(who,
                          {.record = scene.record,
                           .resource = dose,
                           .parents = view_of(dose),
                           .effective = std::pair(*swallowed_at_, *swallowed_at_)},
                          message));
            return;
        }
        const auto dose = scene.state(who, said, at);
        swallowed_.push_back(dose.id);
        seen_[dose.id] = {dose.change};
    }
    void take_in(Writer& who) { pick(0, 2) == 0 ? swallow(who) : wear(who); }
    void wear(Writer& who) { patches_.empty() || pick(0, 3) > 0 ? put_on(who) : take_off(who); }
    // Near another now and then; of the substance of an order as needed too.
    void put_on(Writer& who) {
        auto said = Scene::patch(pick(0, 4) == 0 ? "N02BE01" : "N02AB03");
        if (pick(0, 4) == 0) {
            said.mutable_dose()->set_code("ug/h");
            auto* route = said.mutable_route()->add_coding();
            route->set_system(std::string(clinical::k_snomed));
            route->set_code("45890007");
        }
        std::optional<Instant> at;
        if (patched_at_ && pick(0, 3) > 0) at = *patched_at_ + Duration::hours(pick(-120, 400));
        patched_at_ = at.value_or(who.now);
        // What was put on before is said otherwise now and then.
        if (!patches_.empty() && pick(0, 4) == 0) {
            const auto& dose =
                patches_.at(static_cast<std::size_t>(pick(0, static_cast<int>(patches_.size()))));
            if (pick(0, 2) == 0) said.set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
            v1::MedicationAdministration message;
            *message.mutable_administration() = said;
            seen_[dose].push_back(scene.add(who,
                                            {.record = scene.record,
                                             .resource = dose,
                                             .parents = view_of(dose),
                                             .effective = std::pair(*patched_at_, *patched_at_)},
                                            message));
            return;
        }
        const auto dose = scene.state(who, said, at);
        patches_.push_back(dose.id);
        seen_[dose.id] = {dose.change};
    }
    void take_off(Writer& who) {
        const auto& patch =
            patches_.at(static_cast<std::size_t>(pick(0, static_cast<int>(patches_.size()))));
        const Instant when = patched_at_.value_or(who.now) + Duration::hours(pick(-100, 200));
        const bool again = !off_.empty() && pick(0, 3) == 0;
        const ResourceId id = again ? off_.back() : scene.next();
        std::vector<ChangeId> parents;
        if (again) parents = view_of(id);
        if (!again) off_.push_back(id);
        seen_[id].push_back(
            scene.add(who,
                      {.record = scene.record,
                       .resource = id,
                       .parents = parents,
                       .effective = std::pair(when, when)},
                      Scene::taken_off(patch, pick(0, 3) > 0,
                                       pick(0, 5) == 0 ? v1::PROCEDURE_STATUS_ENTERED_IN_ERROR
                                                       : v1::PROCEDURE_STATUS_COMPLETED)));
    }
    void take_down(Writer& who) {
        v1::MedicationRequest said;
        *said.mutable_prescription() =
            Scene::prescription(pick(0, 2) == 0 ? "N02BE01" : "J01CE02", {}, "1");
        scene.add(who, {.record = scene.record, .resource = scene.next()}, said);
    }
    void tell_of_death(Writer& who) {
        v1::Patient message;
        message.mutable_deceased()->set_deceased(pick(0, 2) == 0);
        edit(who, id_of<ResourceId>(80'001), message);
    }
    void name_relative(Writer& who) {
        v1::RelatedPerson message;
        message.mutable_next_of_kin()->set_nearest(pick(0, 3) > 0);
        message.mutable_next_of_kin()->set_stated_by_patient(pick(0, 3) > 0);
        message.mutable_next_of_kin()->set_stated_on("2026-01-0" + std::to_string(pick(1, 5)));
        edit(who, id_of<ResourceId>(80'010 + static_cast<std::uint32_t>(pick(0, 3))), message);
    }
    // Around a moment of any age; the hospital tells of its own long after.
    Act around(Writer& who, Instant& when) {
        when = who.now - Duration::hours(pick(0, 3) == 0 ? pick(0, 24 * 100) : pick(0, 30));
        return {
            .record = scene.record, .resource = scene.next(), .effective = std::pair(when, when)};
    }
    static std::string text_of(Instant when) {
        return base::fhir_date_time(*base::in_zone(when, k_oslo));
    }
    void stay_or_visit(Writer& who) {
        Instant when;
        const Act act = around(who, when);
        v1::Encounter message;
        auto& visit = *message.mutable_visit();
        const bool stay = pick(0, 2) == 0;
        visit.set_status(pick(0, 4) == 0 ? v1::ENCOUNTER_STATUS_IN_PROGRESS
                                         : v1::ENCOUNTER_STATUS_FINISHED);
        visit.mutable_encounter_class()->set_system(
            "http://terminology.hl7.org/CodeSystem/v3-ActCode");
        visit.mutable_encounter_class()->set_code(stay ? "IMP" : "HH");
        visit.mutable_period()->set_start(text_of(when));
        if (pick(0, 2) == 0) {
            visit.mutable_period()->set_end(text_of(when + Duration::hours(pick(1, 24 * 40))));
        }
        scene.add(who, act, message);
    }
    void measure_glucose(Writer& who) {
        Instant when;
        const Act act = around(who, when);
        v1::Observation message;
        auto& said = *message.mutable_observation();
        said.set_status(v1::OBSERVATION_STATUS_FINAL);
        auto* code = said.mutable_code()->add_coding();
        code->set_system("http://loinc.org");
        code->set_code("15074-8");
        said.mutable_value()->mutable_quantity()->set_value(pick(0, 4) == 0 ? "7.1" : "3.2");
        said.mutable_value()->mutable_quantity()->set_code("mmol/L");
        measured_.push_back(act.resource);
        scene.add(who, act, message);
        // Insulin within the hour, which of all doses is the one that matters here.
        if (pick(0, 2) > 0) return;
        const auto& order = orders_.at(pick(0, 2) == 0 ? 1 : 3);
        auto dose = Scene::said(order, v1::ADMINISTRATION_STATUS_COMPLETED, view_of(order.id),
                                clinical::slot_id(order.id, k_today, "08:00", 0));
        if (pick(0, 2) == 0) *dose.mutable_medication() = atc("A10AB05");
        const auto given = scene.state(who, dose, when + Duration::minutes(pick(0, 240)));
        doses_.push_back({order, given});
        seen_[given.id] = {given.change};
    }
    // A person answers one of the findings that stand now.
    void answer(Writer& who) {
        const auto findings = scene.findings();
        if (findings.empty()) return measure(who);
        const auto& finding =
            findings.at(static_cast<std::size_t>(pick(0, static_cast<int>(findings.size()))));
        v1::DetectedIssue issue;
        auto* item = issue.mutable_resolution()->add_items();
        item->set_severity(finding.severity);
        for (const auto& input : finding.inputs)
            item->add_input(base::to_bytes(input));
        if (who.origin == v1::ORIGIN_SERVER) {
            issue.Clear();
            *issue.mutable_statement() = chart::statement_of(finding);
        }
        scene.add(who, {.record = scene.record, .resource = chart::issue_resource(finding.id)},
                  issue);
    }

    enum class Plan { visit, appointment, task, measure };
    static constexpr Plan k_plans[] = {Plan::visit, Plan::appointment, Plan::task, Plan::measure};

    // What was planned: something new, or `id`, which an act has named already (a server that was
    // restored may hold an act before its plan).
    void plan(Writer& who, const std::optional<std::pair<ResourceId, Plan>>& named) {
        const auto [id, kind] = named.value_or(std::pair(scene.next(), k_plans[pick(0, 4)]));
        if (!named) plans_.emplace_back(id, kind);
        std::vector<ChangeId> parents;
        if (!seen_[id].empty()) parents = view_of(id);
        const Act act{.record = scene.record, .resource = id, .parents = parents};
        switch (kind) {
            case Plan::visit: {
                v1::PlannedEncounter message;
                message.set_status(pick(0, 4) == 0 ? v1::ENCOUNTER_STATUS_CANCELLED
                                                   : v1::ENCOUNTER_STATUS_PLANNED);
                seen_[id].push_back(scene.add(who, act, message));
                return;
            }
            case Plan::appointment: {
                v1::Appointment message;
                message.set_status(pick(0, 4) == 0 ? v1::APPOINTMENT_STATUS_CANCELLED
                                                   : v1::APPOINTMENT_STATUS_BOOKED);
                seen_[id].push_back(scene.add(who, act, message));
                return;
            }
            case Plan::task: {
                v1::Task message;
                message.set_status(pick(0, 4) == 0 ? v1::TASK_STATUS_CANCELLED
                                                   : v1::TASK_STATUS_REQUESTED);
                seen_[id].push_back(scene.add(who, act, message));
                return;
            }
            case Plan::measure: {
                v1::ServiceMeasure message;
                message.set_status(pick(0, 4) == 0 ? v1::MEASURE_STATUS_COMPLETED
                                                   : v1::MEASURE_STATUS_ACTIVE);
                seen_[id].push_back(scene.add(who, act, message));
                return;
            }
        }
    }
    // A visit or an act, of a plan of any age. One in five names a plan that is not here yet.
    void carry_out(Writer& who) {
        if (plans_.empty() || pick(0, 5) == 0)
            plans_.emplace_back(scene.next(), k_plans[pick(0, 4)]);
        const auto [id, kind] =
            plans_.at(static_cast<std::size_t>(pick(0, static_cast<int>(plans_.size()))));
        if (pick(0, 4) == 0) return plan(who, std::pair(id, kind));
        const Act act{.record = scene.record,
                      .resource = scene.next(),
                      .effective = std::pair(who.now, who.now)};
        if (kind == Plan::visit || kind == Plan::appointment) {
            v1::Encounter message;
            auto& visit = *message.mutable_visit();
            visit.set_status(pick(0, 3) == 0 ? v1::ENCOUNTER_STATUS_IN_PROGRESS
                                             : v1::ENCOUNTER_STATUS_FINISHED);
            auto* named = kind == Plan::visit ? visit.mutable_plan() : visit.add_appointment();
            named->set_resource(base::to_bytes(id));
            scene.add(who, act, message);
            return;
        }
        v1::Procedure message;
        message.mutable_procedure()->set_status(v1::PROCEDURE_STATUS_COMPLETED);
        message.mutable_procedure()->mutable_about()->set_resource(base::to_bytes(id));
        scene.add(who, act, message);
    }

    std::optional<Instant> needed_at_;   // the last that was given when needed
    std::optional<Instant> patched_at_;  // the last that was put on
    std::optional<Instant> swallowed_at_;
    std::vector<ResourceId> swallowed_;
    std::vector<ResourceId> patches_;
    std::vector<ResourceId> off_;  // acts that say so
    std::vector<Scene::Order> orders_;
    std::vector<std::pair<ResourceId, Plan>> plans_;
    std::vector<Scene::Allergy> allergies_;
    std::vector<std::pair<Scene::Order, Scene::Dose>> doses_;
    std::vector<ResourceId> measured_;
    std::map<ResourceId, std::vector<ChangePtr>> seen_;
    int boots_ = 1000;
};

}  // namespace kari::test
