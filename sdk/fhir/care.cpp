// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/care.hpp"

#include <algorithm>
#include <set>

#include "kari/v1/care.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/clinical/frequency.hpp"
#include "sdk/fhir/import.hpp"

namespace kari::fhir {

namespace {

namespace pb = google::protobuf;

constexpr std::string_view k_extension = "urn:kari:fhir:";

// The codes that concepts of an array have in one code system.
std::set<std::string_view> codes_in(const Json* concepts, std::string_view system) {
    std::set<std::string_view> codes;
    const auto take = [&](const Json& concept_json) {
        const Json* codings = concept_json.find("coding");
        if (codings == nullptr) return;
        for (const Json& coding : codings->all_items()) {
            if (system.empty() || coding.text("system") == system) {
                codes.insert(coding.text("code"));
            }
        }
    };
    if (concepts == nullptr) return codes;
    if (concepts->members() != nullptr) take(*concepts);
    for (const Json& each : concepts->all_items())
        take(each);
    return codes;
}

v1::Kind measure_kind(const Json& plan) {
    const auto codes = codes_in(plan.find("category"), k_measure_system);
    if (codes.contains("restraint")) return v1::KIND_RESTRAINT_MEASURE;
    if (codes.contains("protective")) return v1::KIND_PROTECTIVE_MEASURE;
    return v1::KIND_SERVICE_MEASURE;
}

v1::ConsentEffect effect_of(std::string_view status, std::string_view type) {
    const bool denies = type == "deny";
    if (status == "draft" || status == "proposed") return v1::CONSENT_EFFECT_PROPOSED;
    if (status == "entered-in-error") return v1::CONSENT_EFFECT_ENTERED_IN_ERROR;
    if (status == "active" && denies) return v1::CONSENT_EFFECT_DENIED;
    if (status == "active" && type == "permit") return v1::CONSENT_EFFECT_PERMITTED;
    if (status == "rejected") return v1::CONSENT_EFFECT_WITHDRAWN;
    if (status == "inactive") {
        return denies ? v1::CONSENT_EFFECT_LIFTED : v1::CONSENT_EFFECT_WITHDRAWN;
    }
    return v1::CONSENT_EFFECT_UNSPECIFIED;
}

v1::TreatmentLimit limit_of(std::string_view status) {
    if (status == "active") return v1::TREATMENT_LIMIT_IN_FORCE;
    if (status == "rejected" || status == "inactive") return v1::TREATMENT_LIMIT_ENDED;
    if (status == "draft" || status == "proposed") return v1::TREATMENT_LIMIT_PROPOSED;
    if (status == "entered-in-error") return v1::TREATMENT_LIMIT_ENTERED_IN_ERROR;
    return v1::TREATMENT_LIMIT_UNSPECIFIED;
}

// The three kinds of measure have their timing under one name.
void derive_frequency(pb::Message& measure) {
    const auto* timing = find_message(measure, "timing.timing");
    if (timing == nullptr) return;
    const auto frequency = clinical::frequency_of(static_cast<const v1::Timing&>(*timing));
    static_cast<v1::MeasureTiming&>(message_at(measure, "timing")).set_frequency(frequency);
}

constexpr std::string_view k_dose_type = "MedicationAdministration";
constexpr std::string_view k_dose_reference = "MedicationAdministration/";

// A step of one dose is about that dose: its check, or that the patch is off.
void derive_dose(const Json& resource, std::string_view system, v1::Performance& act) {
    const Json* of = resource.find("partOf");
    if (of == nullptr || of->all_items().size() != 1) return;
    const Json& part = of->all_items().front();
    const std::string_view reference = part.text("reference");
    constexpr std::string_view k_uuid = "urn:uuid:";
    std::string_view logical_id;
    if (reference.starts_with(k_dose_reference)) {
        logical_id = reference.substr(k_dose_reference.size());
    } else if (part.text("type") == k_dose_type && reference.starts_with(k_uuid)) {
        logical_id = reference.substr(k_uuid.size());
    }
    if (logical_id.empty()) return;
    const auto id = imported_resource_id(system, k_dose_type, logical_id);
    act.mutable_about()->set_reference(std::string(reference));
    act.mutable_about()->set_resource(base::to_bytes(id));
}

template <typename Decision>
void derive_exceptions(const Json& resource, Decision& decision) {
    const Json* provision = resource.find("provision");
    decision.set_has_exceptions(provision != nullptr && provision->find("provision") != nullptr);
}

Json own_extension(std::string_view name, std::string_view value_name, Json value) {
    Json extension = Json::object();
    extension.set("url", Json(std::string(k_extension) + std::string(name)));
    extension.set(value_name, std::move(value));
    return extension;
}

// What add_own writes, and where it stands in the message.
class OwnExtensions {
public:
    OwnExtensions(const Mapping& mapping, bool imported) : imported_(imported) {
        for (const Binding& binding : mapping.bindings)
            bound_.insert(std::string(binding.field));
    }

    void walk(const pb::Message& message, const std::string& path) {
        std::vector<const pb::FieldDescriptor*> fields;
        message.GetReflection()->ListFields(message, &fields);
        for (const auto* field : fields) {
            const std::string at = path.empty() ? field->name() : path + '.' + field->name();
            if (bound_.contains(at) || is_ours_alone(*field)) continue;
            const auto next = bound_.lower_bound(at + '.');
            const bool holds_bound = next != bound_.end() && next->starts_with(at + '.');
            if (!holds_bound) {
                add(message, *field, at);
            } else if (!imported_) {
                walk(message.GetReflection()->GetMessage(message, field), at);
            }
        }
    }
    Json::Array take() { return std::move(extensions_); }

private:
    static bool is_ours_alone(const pb::FieldDescriptor& field) {
        return field.message_type() == v1::ImportSource::descriptor() ||
               field.message_type() == v1::Remainder::descriptor();
    }
    static bool is_data_type(const pb::Descriptor& type) {
        return type.file() == v1::Coding::descriptor()->file();
    }

    void add(const pb::Message& message, const pb::FieldDescriptor& field, const std::string& at) {
        const auto* reflection = message.GetReflection();
        const int size = field.is_repeated() ? reflection->FieldSize(message, &field) : 1;
        for (int i = 0; i < size; ++i) {
            if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
                const auto& part = field.is_repeated()
                                       ? reflection->GetRepeatedMessage(message, &field, i)
                                       : reflection->GetMessage(message, &field);
                add_part(part, at);
            } else if (field.type() == pb::FieldDescriptor::TYPE_BYTES) {
                const auto bytes = field.is_repeated()
                                       ? reflection->GetRepeatedString(message, &field, i)
                                       : reflection->GetString(message, &field);
                push(at, "String", Json(base::to_hex(bytes)));
            } else if (auto value = write_field(message, field)) {
                const Json one =
                    field.is_repeated() ? value->all_items()[static_cast<std::size_t>(i)] : *value;
                push(at, type_name(field), one);
            }
        }
    }

    void add_part(const pb::Message& part, const std::string& at) {
        const auto& type = *part.GetDescriptor();
        if (is_data_type(type)) {
            push(at, type.name(), write_message(part));
            return;
        }
        std::vector<const pb::FieldDescriptor*> fields;
        part.GetReflection()->ListFields(part, &fields);
        for (const auto* field : fields) {
            // A set is what is in it.
            add(part, *field, field->name() == "items" ? at : at + '.' + field->name());
        }
    }

    static std::string type_name(const pb::FieldDescriptor& field) {
        switch (field.cpp_type()) {
            case pb::FieldDescriptor::CPPTYPE_ENUM:
                return "Code";
            case pb::FieldDescriptor::CPPTYPE_BOOL:
                return "Boolean";
            case pb::FieldDescriptor::CPPTYPE_UINT32:
                return "UnsignedInt";
            default:
                return "String";
        }
    }

    void push(const std::string& at, const std::string& type, Json value) {
        if (value.is_null()) return;
        std::string name = at;
        std::replace(name.begin(), name.end(), '.', '-');
        std::replace(name.begin(), name.end(), '_', '-');
        extensions_.push_back(own_extension(name, "value" + type, std::move(value)));
    }

    const bool imported_;
    std::set<std::string> bound_;
    Json::Array extensions_;
};

// FHIR has room for one of scheduled[x]: beside a timing the words and the period go out apart.
void settle_schedule(Json& plan, Json::Array& extensions) {
    Json* activities = plan.find("activity");
    if (activities == nullptr || activities->all_items().size() != 1) return;
    Json* detail = activities->items()->front().find("detail");
    if (detail == nullptr || detail->find("scheduledTiming") == nullptr) return;
    if (const Json* words = detail->find("scheduledString")) {
        extensions.push_back(own_extension("timing-text", "valueString", *words));
        detail->erase("scheduledString");
    }
    if (const Json* period = detail->find("scheduledPeriod")) {
        extensions.push_back(own_extension("timing-period", "valuePeriod", *period));
        detail->erase("scheduledPeriod");
    }
}

// FHIR wants a status of every activity; here it is the measure's.
void state_activity(Json& plan) {
    Json* activities = plan.find("activity");
    if (activities == nullptr || activities->items() == nullptr) return;
    const std::string_view status = plan.text("status");
    const std::string_view of_activity = status == "active"             ? "in-progress"
                                         : status == "revoked"          ? "stopped"
                                         : status == "draft"            ? "not-started"
                                         : status == "entered-in-error" ? "entered-in-error"
                                         : status.empty()               ? "unknown"
                                                                        : status;
    for (Json& activity : *activities->items()) {
        Json* detail = activity.find("detail");
        if (detail != nullptr && detail->find("status") == nullptr) {
            detail->set("status", Json(of_activity));
        }
    }
}

}  // namespace

std::optional<v1::Kind> care_kind(std::string_view type, const Json& resource) {
    if (type == "CarePlan") return measure_kind(resource);
    if (type == "Encounter") {
        const std::string_view status = resource.text("status");
        // One that was cancelled before anybody came stays a plan.
        return status == "planned" || status == "cancelled" ? v1::KIND_PLANNED_ENCOUNTER
                                                            : v1::KIND_ENCOUNTER;
    }
    if (type == "Consent") {
        const auto scope = codes_in(resource.find("scope"), {});
        return scope.contains("adr") ? v1::KIND_ADVANCE_DECISION : v1::KIND_CONSENT;
    }
    return std::nullopt;
}

ResourceId planned_encounter_id(std::string_view system, std::string_view logical_id) {
    // No type of FHIR has a slash: the name is nobody else's.
    return imported_resource_id(system, "Encounter/planned", logical_id);
}

void derive(const Json& resource, const v1::ImportSource& source, pb::Message& message) {
    if (source.type() == "CarePlan") {
        derive_frequency(message);
    } else if (auto* visited = dynamic_cast<v1::Encounter*>(&message)) {
        const auto plan = planned_encounter_id(source.system(), source.logical_id());
        visited->mutable_visit()->mutable_plan()->set_resource(base::to_bytes(plan));
    } else if (auto* act = dynamic_cast<v1::Procedure*>(&message)) {
        derive_dose(resource, source.system(), *act->mutable_procedure());
    } else if (auto* consent = dynamic_cast<v1::Consent*>(&message)) {
        auto& decision = *consent->mutable_decision();
        decision.set_effect(effect_of(decision.status(), decision.provision_type()));
        derive_exceptions(resource, decision);
    } else if (auto* limits = dynamic_cast<v1::AdvanceDecision*>(&message)) {
        auto& decision = *limits->mutable_decision();
        decision.set_limit(limit_of(decision.status()));
        derive_exceptions(resource, decision);
    }
}

void add_own(const pb::Message& message, bool imported, Json& out) {
    const Mapping* mapping = mapping_of(*message.GetDescriptor());
    if (mapping == nullptr || !mapping->keep_unread) return;
    OwnExtensions own(*mapping, imported);
    own.walk(message, {});
    auto extensions = own.take();
    if (!imported && mapping->type == "CarePlan") {
        state_activity(out);
        settle_schedule(out, extensions);
    }
    const auto* act = dynamic_cast<const v1::Procedure*>(&message);
    if (!imported && act != nullptr &&
        act->procedure().about().reference().starts_with(k_dose_reference)) {
        Json part = Json::object();
        part.set("reference", Json(act->procedure().about().reference()));
        out.set("partOf", Json(Json::Array{std::move(part)}));
        std::erase_if(extensions, [](const Json& extension) {
            return extension.text("url") == "urn:kari:fhir:procedure-about";
        });
    }
    if (extensions.empty()) return;
    Json& all = out["extension"];
    if (all.is_null()) all = Json::array();
    if (all.items() == nullptr) return;  // an imported one of the wrong kind stays as it is
    for (Json& each : extensions)
        all.push(std::move(each));
}

}  // namespace kari::fhir
