// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "sdk/base/time.hpp"
#include "sdk/chart/chart.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/chart/patches.hpp"
#include "sdk/chart/review.hpp"
#include "sdk/chart/second_check.hpp"
#include "sdk/chart/slots.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/schedule.hpp"
#include "tests/support/change_builder.hpp"

namespace kari::test {

inline constexpr std::string_view k_oslo = "Europe/Oslo";
inline constexpr LocalDate k_today{2026, 1, 5};

inline v1::CodeableConcept atc(const std::string& code) {
    v1::CodeableConcept concept_;
    concept_.set_text(code);
    auto* coding = concept_.add_coding();
    coding->set_system(std::string(clinical::k_atc));
    coding->set_code(code);
    return concept_;
}

// One citizen's record, a server and three tablets, and all that they write.
class Scene {
public:
    RecordId record = id_of<RecordId>(1);
    Writer server = Writer::server();
    Writer a = Writer::tablet(1);
    Writer b = Writer::tablet(2);
    Writer c = Writer::tablet(3);
    std::vector<ChangePtr> changes;

    ChangePtr add(Writer& writer, Act act, const google::protobuf::Message& resource) {
        changes.push_back(writer.write(act, resource));
        return changes.back();
    }

    ResourceId next() { return id_of<ResourceId>(++resources_); }

    // An order as imported: `atc_code` at the given times, active unless said otherwise.
    struct Order {
        ResourceId id;
        ChangePtr change;
    };
    Order order(const std::string& atc_code = "N02BE01",
                std::initializer_list<const char*> times = {"08:00"}) {
        Order made{next(), nullptr};
        v1::MedicationRequest request;
        *request.mutable_prescription() = prescription(atc_code, times, "1");
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        made.change = add(server, {.record = record, .resource = made.id}, request);
        return made;
    }
    // Given when needed: every so many hours at most, and so many tablets in 24 hours.
    Order needed(const std::string& atc_code, const char* hours, const char* most) {
        Order made{next(), nullptr};
        v1::MedicationRequest request;
        request.set_status(v1::MEDICATION_REQUEST_STATUS_ACTIVE);
        *request.mutable_prescription() = prescription(atc_code, {}, "1");
        auto& line = *request.mutable_prescription()->mutable_dosage(0);
        line.set_as_needed(true);
        line.mutable_timing()->mutable_repeat()->set_period(hours);
        line.mutable_timing()->mutable_repeat()->set_period_unit("h");
        auto& ratio = *line.mutable_max_dose_per_period();
        ratio.mutable_numerator()->set_value(most);
        ratio.mutable_numerator()->set_code("{tablet}");
        ratio.mutable_denominator()->set_value("24");
        ratio.mutable_denominator()->set_code("h");
        made.change = add(server, {.record = record, .resource = made.id}, request);
        return made;
    }
    static v1::Prescription prescription(const std::string& atc_code,
                                         std::initializer_list<const char*> times,
                                         const char* dose) {
        v1::Prescription out;
        *out.mutable_medication() = atc(atc_code);
        auto* dosage = out.add_dosage();
        dosage->set_text(std::string(dose) + " tablet");
        for (const auto* time : times) {
            dosage->mutable_timing()->mutable_repeat()->add_time_of_day(time);
        }
        auto* quantity = dosage->add_dose_and_rate()->mutable_dose_quantity();
        quantity->set_value(dose);
        quantity->set_code("{tablet}");
        return out;
    }
    ChangePtr set_status(Writer& writer, const Order& of, std::vector<ChangeId> parents,
                         v1::MedicationRequestStatus status, std::optional<Instant> at = {}) {
        v1::MedicationRequest request;
        request.set_status(status);
        return add(writer,
                   {.record = record, .resource = of.id, .parents = parents, .recorded = at},
                   request);
    }
    ChangePtr set_dose(Writer& writer, const Order& of, std::vector<ChangeId> parents,
                       const char* dose, const std::string& atc_code = "N02BE01") {
        v1::MedicationRequest request;
        *request.mutable_prescription() = prescription(atc_code, {"08:00"}, dose);
        return add(writer, {.record = record, .resource = of.id, .parents = parents}, request);
    }

    // An act about a dose, whose author saw it so.
    static v1::Procedure act_about(const ResourceId& dose, std::string_view code,
                                   const std::vector<ChangeId>& seen,
                                   v1::ProcedureStatus status = v1::PROCEDURE_STATUS_COMPLETED) {
        v1::Procedure out;
        auto& act = *out.mutable_procedure();
        act.set_status(status);
        auto* coding = act.mutable_code()->add_coding();
        coding->set_system(std::string(chart::k_act_system));
        coding->set_code(std::string(code));
        act.mutable_about()->set_resource(base::to_bytes(dose));
        for (const auto& id : seen)
            act.add_about_version(base::to_bytes(id));
        return out;
    }

    // One patch put on, as a nurse's tablet writes it, and what says that it is off.
    static v1::Administration patch(const std::string& atc_code = "N02AB03") {
        v1::Administration out;
        out.set_status(v1::ADMINISTRATION_STATUS_COMPLETED);
        *out.mutable_medication() = atc(atc_code);
        out.mutable_dose()->set_value("1");
        out.mutable_dose()->set_code("{patch}");
        return out;
    }
    static v1::Procedure taken_off(const ResourceId& patch, bool found = true,
                                   v1::ProcedureStatus status = v1::PROCEDURE_STATUS_COMPLETED) {
        v1::Procedure out = act_about(patch, chart::k_patch_off, {}, status);
        if (!found) {
            auto* outcome = out.mutable_procedure()->mutable_outcome()->add_coding();
            outcome->set_system(std::string(chart::k_act_system));
            outcome->set_code(std::string(chart::k_patch_not_found));
        }
        return out;
    }
    ResourceId take_off(Writer& writer, const ResourceId& patch, std::optional<Instant> at = {},
                        bool found = true) {
        const Instant when =
            at.value_or(writer.now + Duration{writer.server_minus_wall_ms.value_or(0)});
        const ResourceId id = next();
        add(writer, {.record = record, .resource = id, .effective = std::pair(when, when)},
            taken_off(patch, found));
        return id;
    }

    static SlotId slot(const Order& of, const char* time = "08:00") {
        return clinical::slot_id(of.id, k_today, time, 0);
    }

    // What a nurse says of a dose.
    struct Dose {
        ResourceId id;
        ChangePtr change;
    };
    static v1::Administration said(const Order& of, v1::AdministrationStatus status,
                                   std::vector<ChangeId> version, const SlotId& slot_id) {
        v1::Administration out;
        out.set_status(status);
        out.mutable_request()->set_resource(base::to_bytes(of.id));
        for (const auto& seen : version)
            out.add_request_version(base::to_bytes(seen));
        out.set_slot(base::to_bytes(slot_id));
        out.mutable_dose()->set_value("1");
        out.mutable_dose()->set_code("{tablet}");
        return out;
    }
    Dose state(Writer& writer, const v1::Administration& administration,
               std::optional<Instant> at = {}) {
        Dose made{next(), nullptr};
        v1::MedicationAdministration message;
        *message.mutable_administration() = administration;
        // "Now" as a tablet writes it: corrected by what it knows of its clock.
        const Instant when =
            at.value_or(writer.now + Duration{writer.server_minus_wall_ms.value_or(0)});
        made.change =
            add(writer, {.record = record, .resource = made.id, .effective = std::pair(when, when)},
                message);
        return made;
    }
    Dose give(Writer& writer, const Order& of, std::optional<Instant> at = {}) {
        return state(writer,
                     said(of, v1::ADMINISTRATION_STATUS_COMPLETED, {of.change->id}, slot(of)), at);
    }
    Dose refuse(Writer& writer, const Order& of) {
        return state(writer,
                     said(of, v1::ADMINISTRATION_STATUS_NOT_DONE, {of.change->id}, slot(of)));
    }
    ChangePtr correct(Writer& writer, const Dose& dose, std::vector<ChangeId> parents,
                      const v1::Administration& administration) {
        v1::MedicationAdministration message;
        *message.mutable_administration() = administration;
        return add(writer, {.record = record, .resource = dose.id, .parents = parents}, message);
    }
    ChangePtr withdraw(Writer& writer, const Order& of, const Dose& dose,
                       std::vector<ChangeId> parents) {
        return correct(
            writer, dose, parents,
            said(of, v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR, {of.change->id}, slot(of)));
    }

    struct Allergy {
        ResourceId id;
        ChangePtr change;
    };
    static v1::AllergyIntolerance reacts_to(const v1::CodeableConcept& code) {
        v1::AllergyIntolerance out;
        *out.mutable_code() = code;
        out.set_clinical_status(v1::ALLERGY_CLINICAL_STATUS_ACTIVE);
        out.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_CONFIRMED);
        out.set_criticality(v1::ALLERGY_CRITICALITY_HIGH);
        return out;
    }
    Allergy allergy(Writer& writer, const v1::AllergyIntolerance& said) {
        Allergy made{next(), nullptr};
        made.change = add(writer, {.record = record, .resource = made.id}, said);
        return made;
    }
    ChangePtr edit(Writer& writer, const Allergy& of, std::vector<ChangeId> parents,
                   const v1::AllergyIntolerance& said) {
        return add(writer, {.record = record, .resource = of.id, .parents = parents}, said);
    }
    ChangePtr refute(Writer& writer, const Allergy& of, std::vector<ChangeId> parents) {
        v1::AllergyIntolerance said;
        said.set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_REFUTED);
        return edit(writer, of, std::move(parents), said);
    }

    chart::Group group() const { return chart::make_group({record}, {}, changes); }
    std::vector<chart::Finding> findings() const {
        return chart::review(group(), clinical::demo_pack());
    }
    chart::Chart chart() const {
        return chart::make_chart(group(), clinical::demo_pack(), chart::track(group(), findings()),
                                 k_oslo);
    }
    chart::Slots slots(std::optional<Instant> now = {}) const {
        return chart::slots_for(group(), clinical::demo_pack(), k_today, k_oslo, now);
    }

private:
    std::uint32_t resources_ = 0;
};

inline std::vector<ChangeId> ids(std::vector<ChangePtr> changes) {
    std::vector<ChangeId> out;
    for (const auto& change : changes)
        out.push_back(change->id);
    std::sort(out.begin(), out.end());
    return out;
}

inline std::vector<std::string> rules_of(const std::vector<chart::Finding>& findings) {
    std::vector<std::string> rules;
    for (const auto& finding : findings)
        rules.push_back(finding.rule);
    std::sort(rules.begin(), rules.end());
    return rules;
}

// The only finding of a rule; nothing when there is none or more than one.
inline std::optional<chart::Finding> only(const std::vector<chart::Finding>& findings,
                                          std::string_view rule) {
    std::optional<chart::Finding> found;
    for (const auto& finding : findings) {
        if (finding.rule != rule) continue;
        if (found) return std::nullopt;
        found = finding;
    }
    return found;
}

}  // namespace kari::test
