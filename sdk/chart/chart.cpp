// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/chart.hpp"

#include <algorithm>
#include <tuple>

#include "sdk/base/time.hpp"
#include "sdk/chart/allergy_state.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/history.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/statements.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_fact_atom = 1;

const v1::Measurement& measurement(const v1::Observation& of) {
    return of.observation();
}
const v1::Administration& administration(const v1::MedicationAdministration& of) {
    return of.administration();
}
const v1::Document& document(const v1::DocumentReference& of) {
    return of.document();
}

std::string shown_name(const v1::Patient& patient) {
    const v1::HumanName* best = nullptr;
    for (const auto& name : patient.name().items()) {
        if (best == nullptr || (best->use() != "official" && name.use() == "official")) {
            best = &name;
        }
    }
    if (best == nullptr) return {};
    if (!best->text().empty()) return best->text();
    std::string shown;
    for (const auto& given : best->given())
        shown += (shown.empty() ? "" : " ") + given;
    if (!best->family().empty()) shown += (shown.empty() ? "" : " ") + best->family();
    return shown;
}

PatientView patient_of(const GroupResource& resource) {
    PatientView view;
    static_cast<Item&>(view) = item_of(resource);
    view.value = merge::operative_as<v1::Patient>(resource);
    view.name = shown_name(view.value);
    view.birth_date = view.value.birth_date();
    return view;
}

AllergyView allergy_of(const GroupResource& resource, const ClockNotes& clocks) {
    const auto state = allergy_state(resource, clocks);
    AllergyView view;
    static_cast<Item&>(view) = item_of(resource);
    view.value = state.value;
    view.standing = state.standing;
    view.none_known = state.none_known;
    view.free_text = state.free_text;
    const Causality causality(resource);
    for (const auto& id : state.speaking) {
        const auto* change = causality.find(id);
        if (change == nullptr) continue;
        view.live.push_back({said_by<v1::AllergyIntolerance>(*change), authorship_of(*change)});
    }
    for (const auto& code : state.codes) {
        view.name += (view.name.empty() ? "" : " / ") + clinical::shown(code);
    }
    return view;
}

OrderView order_of(const GroupResource& resource, const clinical::KnowledgePack& pack) {
    OrderView view;
    static_cast<Item&>(view) = item_of(resource);
    const auto prescription = [](const v1::MedicationRequest& of) {
        return of.prescription();
    };
    const auto status = [](const v1::MedicationRequest& of) {
        return of.status();
    };
    using Order = v1::MedicationRequest;
    view.prescriptions = live_statements<Order>(resource, k_order_prescription, prescription);
    view.proposed = pending_statements<Order>(resource, k_order_prescription, prescription);
    view.statuses = live_statements<Order>(resource, k_order_status, status);
    view.proposed_status = pending_statements<Order>(resource, k_order_status, status);
    const auto value = merge::operative_as<Order>(resource);
    view.status = value.status();
    const auto* atom = resource.atom(k_order_prescription);
    // While two stand against each other none is shown as the dose, whatever the fold would obey.
    if (value.has_prescription() && (atom == nullptr || !atom->contested)) {
        view.prescription = value.prescription();
    }
    view.lineage = lineage_of(resource);
    for (const auto& each : resource.atoms) {
        const bool decides = each.number == k_order_prescription || each.number == k_order_status ||
                             each.number == k_order_lineage;
        view.dose_contested = view.dose_contested || (decides && each.contested);
    }
    std::vector<v1::Prescription> all;
    for (const auto& each : view.prescriptions)
        all.push_back(each.value);
    for (const auto& each : view.proposed)
        all.push_back(each.value);
    for (const auto& each : all) {
        if (view.name.empty()) view.name = clinical::shown(each.medication());
        for (const auto& atc : clinical::atc_codes(each.medication())) {
            view.critical = view.critical || pack.is_critical(atc);
        }
    }
    return view;
}

ObservationView observation_of(const GroupResource& resource) {
    ObservationView view;
    static_cast<Item&>(view) = item_of(resource);
    view.live = live_statements<v1::Observation>(resource, k_fact_atom, measurement);
    view.earlier = earlier_statements<v1::Observation>(resource, k_fact_atom, measurement);
    const auto value = merge::operative_as<v1::Observation>(resource);
    if (value.has_observation() && !view.contested) view.value = value.observation();
    return view;
}

NoteView note_of(const GroupResource& resource) {
    NoteView view;
    static_cast<Item&>(view) = item_of(resource);
    view.sides = live_statements<v1::DocumentReference>(resource, k_fact_atom, document);
    view.earlier = earlier_statements<v1::DocumentReference>(resource, k_fact_atom, document);
    return view;
}

AdministrationView administration_view(const GroupResource& resource, const ClockNotes& clocks) {
    AdministrationView view;
    static_cast<Item&>(view) = item_of(resource);
    using Said = v1::MedicationAdministration;
    view.live = live_statements<Said>(resource, k_fact_atom, administration);
    view.earlier = earlier_statements<Said>(resource, k_fact_atom, administration);
    const auto value = merge::operative_as<Said>(resource);
    if (value.has_administration()) view.value = value.administration();
    const Claims claims = claims_of(resource, clocks);
    view.correction_unconfirmed = claims.correction_unconfirmed();
    const v1::Administration* speaks = view.value ? &*view.value : nullptr;
    if (const auto* exposure = claims.exposure()) {
        view.exposure = {exposure->said, authorship_of(*exposure->change)};
        speaks = &view.exposure->value;
    }
    if (speaks != nullptr) {
        view.slot = base::from_bytes<SlotId>(speaks->slot());
        view.order = base::from_bytes<ResourceId>(speaks->request().resource());
    }
    return view;
}

void sort_chart(Chart& chart, std::string_view zone) {
    newest_first(chart.observations, [&](const ObservationView& view) {
        if (view.live.empty()) return Instant{};
        const auto& said = view.live.front();
        return happened(said.value.effective(), said.value.effective_period(), said.by, zone);
    });
    newest_first(chart.administrations, [&](const AdministrationView& view) {
        if (view.live.empty()) return Instant{};
        const auto& said = view.live.front();
        return happened(said.value.effective(), said.value.effective_period(), said.by, zone);
    });
    newest_first(chart.notes, [&](const NoteView& view) {
        if (view.sides.empty()) return Instant{};
        const auto& said = view.sides.front();
        return happened(said.value.date(), v1::Period(), said.by, zone);
    });
    // The patient that is identified first: a record made for somebody unknown comes after.
    std::stable_sort(chart.patients.begin(), chart.patients.end(),
                     [](const PatientView& a, const PatientView& b) {
                         const auto rank = [](const PatientView& view) {
                             return std::tuple(view.value.identifier().items().empty(),
                                               view.name.empty(), view.birth_date.empty());
                         };
                         return rank(a) < rank(b);
                     });
    std::sort(chart.findings.begin(), chart.findings.end(),
              [](const TrackedFinding& a, const TrackedFinding& b) {
                  if (a.finding.severity != b.finding.severity) {
                      return more_severe(a.finding.severity, b.finding.severity);
                  }
                  return a.finding.id < b.finding.id;
              });
}

OtherView other_of(const GroupResource& resource) {
    OtherView view;
    static_cast<Item&>(view) = item_of(resource);
    if (resource.kind == v1::KIND_OTHER_RESOURCE) {
        view.type = merge::operative_as<v1::OtherResource>(resource).resource().type();
    }
    return view;
}

}  // namespace

Authorship authorship_of(const merge::Change& change) {
    Authorship by;
    const auto& header = change.header;
    by.change = change.id;
    by.person = base::from_bytes<PersonId>(header.author().practitioner());
    by.role = header.author().role();
    by.organisation = base::from_bytes<OrganisationId>(header.author().organisation());
    by.recorded = ZonedInstant{Instant{header.recorded().wall_ms()}, header.recorded().offset_s(),
                               header.recorded().zone()};
    by.from_server = change.from_server();
    by.tick = header.tick();
    return by;
}

Item item_of(const GroupResource& resource) {
    Item item;
    item.version = Version{resource.record, resource.id, resource.heads};
    item.kind = resource.kind;
    item.incomplete = resource.incomplete();
    item.unreadable = resource.unreadable;
    item.contested = resource.contested();
    item.forked = resource.forked();
    item.lifted = resource.lifted;
    return item;
}

ResourceId lineage_of(const GroupResource& order) {
    const auto value = merge::operative_as<v1::MedicationRequest>(order);
    return base::from_bytes<ResourceId>(value.lineage().first_order()).value_or(order.id);
}

AllergyList allergies_of(const Group& group) {
    AllergyList list;
    list.whole = group.whole();
    bool active = false;
    bool none_known = false;
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_ALLERGY_INTOLERANCE) continue;
        auto view = allergy_of(resource, clocks);
        if (!view.editable()) list.whole = false;
        if (view.standing == AllergyStanding::active) {
            (view.none_known ? none_known : active) = true;
        }
        list.entries.push_back(std::move(view));
    }
    std::stable_sort(list.entries.begin(), list.entries.end(),
                     [](const AllergyView& a, const AllergyView& b) {
                         const auto rank = [](const AllergyView& view) {
                             return std::pair(view.standing, view.none_known);
                         };
                         return rank(a) < rank(b);
                     });
    if (active) {
        list.summary = AllergySummary::listed;
    } else if (!list.whole) {
        list.summary = AllergySummary::incomplete;
    } else {
        list.summary = none_known ? AllergySummary::none_known : AllergySummary::not_registered;
    }
    return list;
}

std::vector<OrderView> orders_of(const Group& group, const clinical::KnowledgePack& pack) {
    std::vector<OrderView> orders;
    for (const auto& resource : group.resources) {
        if (resource.kind == v1::KIND_MEDICATION_REQUEST) {
            orders.push_back(order_of(resource, pack));
        }
    }
    std::sort(orders.begin(), orders.end(), [](const OrderView& a, const OrderView& b) {
        return std::tie(a.name, a.version.resource) < std::tie(b.name, b.version.resource);
    });
    return orders;
}

AllergyAnswer check_drug(const Group& group, const v1::CodeableConcept& drug,
                         const clinical::KnowledgePack& pack) {
    AllergyAnswer answer;
    const ClockNotes clocks(group);
    const auto list = allergies_of(group);
    answer.summary = list.summary;
    for (const auto& view : list.entries) {
        if (view.standing != AllergyStanding::active || view.none_known) continue;
        const auto* resource = group.find(view.version.record, view.version.resource);
        if (resource == nullptr) continue;
        auto hit = worst_hit(allergy_state(*resource, clocks), drug, pack);
        if (hit.match == clinical::AllergyMatch::none && view.editable()) continue;
        if (hit.match == clinical::AllergyMatch::none) {
            // Part of the entry is not here: no answer, and no "no".
            hit.match = clinical::AllergyMatch::uncomputable;
            hit.level = clinical::WarningLevel::passive;
        }
        answer.warnings.push_back({view, std::move(hit)});
    }
    std::stable_sort(answer.warnings.begin(), answer.warnings.end(),
                     [](const AllergyWarning& a, const AllergyWarning& b) {
                         return std::pair(a.hit.level, a.hit.match) >
                                std::pair(b.hit.level, b.hit.match);
                     });
    answer.clear =
        answer.warnings.empty() && list.whole &&
        (list.summary == AllergySummary::listed || list.summary == AllergySummary::none_known);
    return answer;
}

AdministrationView administration_of(const Group& group, const GroupResource& resource) {
    return administration_view(resource, ClockNotes(group));
}

// Beside the doses that second persons checked.
void add_checks(const Group& group, const ClockNotes& clocks,
                std::vector<AdministrationView>& doses) {
    for (const auto& resource : group.resources) {
        const auto check = second_check_of(group, resource, clocks);
        if (!check) continue;
        for (auto& dose : doses) {
            if (dose.version.resource != check->administration->id) continue;
            dose.checks.push_back({authorship_of(*check->change), check->standing});
        }
    }
}

void add_after(const Group& group, const ClockNotes& clocks,
               std::vector<AdministrationView>& doses) {
    const AfterDoses after(group, clocks);
    for (auto& dose : doses)
        dose.after = after.of(dose.version.resource);
}

Chart make_chart(const Group& group, const clinical::KnowledgePack& pack,
                 std::vector<TrackedFinding> findings, std::string_view zone) {
    Chart chart;
    chart.records = group.records;
    chart.not_here = group.not_here;
    chart.findings = std::move(findings);
    chart.allergies = allergies_of(group);
    chart.orders = orders_of(group, pack);
    const ClockNotes clocks(group);
    for (const auto& resource : group.resources) {
        switch (resource.kind) {
            case v1::KIND_PATIENT:
                chart.patients.push_back(patient_of(resource));
                break;
            case v1::KIND_OBSERVATION:
                chart.observations.push_back(observation_of(resource));
                break;
            case v1::KIND_MEDICATION_ADMINISTRATION:
                chart.administrations.push_back(administration_view(resource, clocks));
                break;
            case v1::KIND_DOCUMENT_REFERENCE:
                chart.notes.push_back(note_of(resource));
                break;
            case v1::KIND_ALLERGY_INTOLERANCE:
            case v1::KIND_MEDICATION_REQUEST:
            case v1::KIND_DETECTED_ISSUE:
            case v1::KIND_RECORD_LINK:
            case v1::KIND_TIME_NOTE:
            case v1::KIND_MEDICATION_ALLOWANCE:  // allowance.hpp
            case v1::KIND_STOCK_EVENT:           // stock.hpp
                break;
            default:
                if (!is_care(resource.kind)) chart.others.push_back(other_of(resource));
                break;
        }
    }
    add_checks(group, clocks, chart.administrations);
    add_after(group, clocks, chart.administrations);
    chart.scores = scores_of(group, zone);
    chart.care = care_of(group, zone);
    sort_chart(chart, zone);
    return chart;
}

}  // namespace kari::chart
