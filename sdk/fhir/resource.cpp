// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/resource.hpp"

#include <algorithm>

#include <kari/decimal.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/fhir/base64.hpp"
#include "sdk/fhir/care.hpp"
#include "sdk/fhir/medication.hpp"
#include "sdk/fhir/remainder.hpp"

namespace kari::fhir {

namespace {

namespace pb = google::protobuf;

constexpr std::string_view k_note_type = "text/plain; charset=utf-8";

// A note: exactly one attachment, inline and plain. Anything else stays in the remainder.
std::optional<std::string> note_text(const Json& resource) {
    const Json* content = resource.find("content");
    if (content == nullptr || content->items() == nullptr || content->all_items().size() != 1) {
        return std::nullopt;
    }
    const Json* attachment = content->all_items().front().find("attachment");
    if (attachment == nullptr) return std::nullopt;
    const std::string_view type = attachment->text("contentType");
    const std::string_view parameters = type.substr(std::min<std::size_t>(10, type.size()));
    if (!type.starts_with("text/plain") ||
        !(parameters.empty() || parameters == ";charset=utf-8" || parameters == "; charset=utf-8" ||
          parameters == ";charset=UTF-8" || parameters == "; charset=UTF-8")) {
        return std::nullopt;
    }
    std::optional<std::string> text = from_base64(attachment->text("data"));
    if (!text || text->empty() || !is_utf8(*text)) return std::nullopt;
    return text;
}

Json inline_text(const std::string& text) {
    Json attachment = Json::object();
    attachment.set("contentType", Json(k_note_type));
    attachment.set("data", Json(to_base64(text)));
    return attachment;
}

// What it is and how it is known again. Its bytes, and the key to them, are not told.
Json attachment_of(const v1::Attachment& from) {
    Json attachment = Json::object();
    attachment.set("contentType", Json(from.content().content_type()));
    attachment.set("url", Json("kari-attachment:" + base::to_hex(from.content().id())));
    attachment.set("size", Json::number(static_cast<long long>(from.content().size())));
    if (!from.content().sha1().empty()) {
        attachment.set("hash", Json(to_base64(from.content().sha1())));
    }
    if (!from.title().empty()) attachment.set("title", Json(from.title()));
    if (!from.creation().empty()) attachment.set("creation", Json(from.creation()));
    return attachment;
}

// The text, then what belongs to it; null when there is neither.
Json content_of(const v1::Document& document) {
    Json::Array content;
    if (!document.text().empty()) {
        content.push_back(Json(Json::Object{{"attachment", inline_text(document.text())}}));
    }
    for (const v1::Attachment& attachment : document.attachment()) {
        content.push_back(Json(Json::Object{{"attachment", attachment_of(attachment)}}));
    }
    return content.empty() ? Json() : Json(std::move(content));
}

// More than any dose in any unit: a slip of the exponent, not a dose.
bool beyond(const Decimal& amount) {
    return amount.compare(Decimal::of(1'000'000'000)) > 0;
}

// Walks Dosage.doseAndRate[].doseQuantity and MedicationAdministration.dosage.dose.
bool check_dose(const Json& quantity, const std::string& path, bool refuse, Reading& reading) {
    const Json* value = quantity.find("value");
    const auto* number = value != nullptr ? value->number_text() : nullptr;
    const auto amount =
        number != nullptr ? std::optional(Decimal::parse(number->text)) : std::nullopt;
    if (amount && (!*amount || (*amount)->negative() || (*amount)->zero() || beyond(**amount))) {
        if (refuse) return reading.refuse(path + ".value", "is no amount that can be given");
        reading.remark(path + ".value", "is no amount that can be given; shown as written");
    }
    if (is_known_dose_unit(quantity)) return true;
    const std::string at = path + (quantity.text("code").empty() ? ".unit" : ".code");
    if (refuse) return reading.refuse(at, "is a unit that nobody knows");
    reading.remark(at, "is a unit that nobody knows; shown as written, never computed with");
    return true;
}

template <typename Visit>
bool each_item(const Json* array, const std::string& path, Visit visit) {
    if (array == nullptr || array->items() == nullptr) return true;
    for (std::size_t i = 0; i < array->all_items().size(); ++i) {
        if (!visit(array->all_items()[i], path + '[' + std::to_string(i) + ']')) return false;
    }
    return true;
}

bool check_dose_and_rate(const Json& part, const std::string& path, bool refuse, Reading& reading) {
    if (const Json* dose = part.find("doseQuantity");
        dose != nullptr && !check_dose(*dose, path + ".doseQuantity", refuse, reading)) {
        return false;
    }
    const Json* range = part.find("doseRange");
    for (const char* end : {"low", "high"}) {
        const Json* dose = range != nullptr ? range->find(end) : nullptr;
        if (dose != nullptr && !check_dose(*dose, path + ".doseRange." + end, refuse, reading)) {
            return false;
        }
    }
    return true;
}

// An order that might be given is refused: nobody may give it. One that says stop must get through
// in whatever unit it was written, and what was given was given.
bool check_doses(v1::Kind kind, const Json& resource, Reading& reading) {
    if (kind == v1::KIND_MEDICATION_REQUEST) {
        const std::string_view status = resource.text("status");
        const bool refuse = status == "active" || status == "draft" || status == "unknown";
        return each_item(resource.find("dosageInstruction"), "MedicationRequest.dosageInstruction",
                         [&](const Json& dosage, const std::string& path) {
                             return each_item(dosage.find("doseAndRate"), path + ".doseAndRate",
                                              [&](const Json& part, const std::string& at) {
                                                  return check_dose_and_rate(part, at, refuse,
                                                                             reading);
                                              });
                         });
    }
    const Json* dosage = resource.find("dosage");
    const Json* dose = dosage != nullptr ? dosage->find("dose") : nullptr;
    if (kind == v1::KIND_MEDICATION_ADMINISTRATION && dose != nullptr) {
        return check_dose(*dose, "MedicationAdministration.dosage.dose", false, reading);
    }
    return true;
}

std::optional<v1::EffectiveTime> effective_from(std::string_view start, std::string_view end,
                                                const std::string& zone) {
    const auto first = base::parse_fhir_time(start.empty() ? end : start, zone);
    if (!first) return std::nullopt;
    const auto last = end.empty() ? first : base::parse_fhir_time(end, zone);
    v1::EffectiveTime out;
    out.set_start_ms(first->start.ms);
    out.set_end_ms(last && last->end >= first->start ? last->end.ms : first->end.ms);
    out.set_zone(zone);
    if (const auto zoned = base::in_zone(first->start, zone)) out.set_offset_s(zoned->offset_s);
    return out;
}

std::optional<v1::EffectiveTime> effective_of(const Mapping& mapping, const Json& resource,
                                              const std::string& zone) {
    if (!mapping.effective.empty()) {
        const std::string_view text = resource.text(mapping.effective);
        if (!text.empty()) return effective_from(text, {}, zone);
    }
    const Json* period =
        mapping.effective_period.empty() ? nullptr : resource.find(mapping.effective_period);
    if (period == nullptr) return std::nullopt;
    return effective_from(period->text("start"), period->text("end"), zone);
}

// Everything but what the remainder adds.
Json mapped_form(const Mapping& mapping, const pb::Message& message, std::string_view id,
                 const Json& remainder) {
    Json out = Json::object();
    out.set("resourceType", Json(mapping.type));
    const auto* source =
        static_cast<const v1::ImportSource*>(find_message(message, mapping.source));
    out.set("id", source != nullptr ? Json(source->logical_id()) : Json(id));
    write_bindings(mapping, message, out);
    if (mapping.kind == v1::KIND_MEDICATION_REQUEST ||
        mapping.kind == v1::KIND_MEDICATION_ADMINISTRATION) {
        settle_medication(message, remainder, out);
    }
    if (const auto* note = dynamic_cast<const v1::DocumentReference*>(&message)) {
        Json content = content_of(note->document());
        if (!content.is_null()) out.set("content", std::move(content));
    }
    return out;
}

// How it came to be taken, of an administration that was made where such things are said.
void derive_intake(const Json& resource, v1::Administration& given) {
    const Json* extensions = resource.find("extension");
    if (extensions == nullptr || extensions->items() == nullptr) return;
    for (const Json& one : extensions->all_items()) {
        const auto value = one.text("valueString");
        if (one.text("url") == k_intake_extension) given.set_intake(clinical::intake_from(value));
        if (one.text("url") == k_effect_due_extension) given.set_effect_due(std::string(value));
    }
}

void set_lineage(v1::MedicationRequest& order, const ResourceId& id,
                 const Surroundings& surroundings) {
    ResourceId first = id;
    const auto prior =
        base::from_bytes<ResourceId>(order.authoring().prior_prescription().resource());
    if (prior) first = surroundings.first_order_of ? surroundings.first_order_of(*prior) : *prior;
    order.mutable_lineage()->set_first_order(base::to_bytes(first));
}

}  // namespace

const std::string* unknown_modifier(const Json& value) {
    static const std::string extension = "modifierExtension";
    static const std::string rules = "implicitRules";
    if (const Json::Array* items = value.items()) {
        for (const Json& item : *items) {
            if (const std::string* found = unknown_modifier(item)) return found;
        }
    } else if (const Json::Object* members = value.members()) {
        for (const auto& [name, member] : *members) {
            if (name == extension) return &extension;
            if (name == rules) return &rules;
            if (const std::string* found = unknown_modifier(member)) return found;
        }
    }
    return nullptr;
}

MappedResource keep_whole(const Json& resource, const v1::ImportSource& source) {
    auto message = std::make_unique<v1::OtherResource>();
    message->mutable_resource()->set_type(source.type());
    message->mutable_resource()->set_json(canonical_text(resource));
    *message->mutable_resource()->mutable_source() = source;
    return {v1::KIND_OTHER_RESOURCE, std::move(message), std::nullopt};
}

std::optional<MappedResource> map_as(const Mapping& of, const Json& resource,
                                     const v1::ImportSource& source, const ResourceId& id,
                                     const Surroundings& surroundings, Reading& reading) {
    const Mapping* mapping = &of;
    MappedResource out;
    out.kind = mapping->kind;
    out.message.reset(mapping->prototype->New());
    Json remainder = Json::object();
    if (!read_bindings(*mapping, resource, *out.message, reading) ||
        !check_doses(mapping->kind, resource, reading)) {
        return std::nullopt;
    }
    fill_medication(resource, *out.message, surroundings, remainder, reading);
    if (reading.refusal) return std::nullopt;
    if (auto* order = dynamic_cast<v1::MedicationRequest*>(out.message.get())) {
        set_lineage(*order, id, surroundings);
    }
    if (auto* given = dynamic_cast<v1::MedicationAdministration*>(out.message.get())) {
        derive_intake(resource, *given->mutable_administration());
    }
    if (auto* note = dynamic_cast<v1::DocumentReference*>(out.message.get())) {
        if (const auto text = note_text(resource)) note->mutable_document()->set_text(*text);
    }
    derive(resource, source, *out.message);
    message_at(*out.message, mapping->source).CopyFrom(source);

    const Json mapped = mapped_form(*mapping, *out.message, {}, remainder);
    Json rest = remainder_of(resource, mapped, sets_of(*mapping));
    for (const auto& [name, value] : remainder.all_members())
        rest.set(name, value);
    if (!rest.all_members().empty()) {
        auto& field = static_cast<v1::Remainder&>(message_at(*out.message, mapping->remainder));
        field.set_json(canonical_text(rest));
    }
    // Whatever the mapping does: what cannot be given back as it came is not taken in.
    if (!(write_resource(*out.message, {}) == resource)) {
        reading.refuse(source.type(), "could not be given back as it came");
        return std::nullopt;
    }
    out.effective = effective_of(*mapping, resource, reading.zone);
    return out;
}

std::optional<MappedResource> map_resource(const Json& resource, const v1::ImportSource& source,
                                           const ResourceId& id, const Surroundings& surroundings,
                                           Reading& reading) {
    const Mapping* mapping = mapping_of(source.type(), resource);
    if (mapping == nullptr) return keep_whole(resource, source);
    if (const std::string* modifier = unknown_modifier(resource)) {
        reading.remark(source.type(), "holds " + *modifier + "; kept whole and not acted on");
        return keep_whole(resource, source);
    }
    auto mapped = map_as(*mapping, resource, source, id, surroundings, reading);
    if (mapped || !mapping->keep_unread) return mapped;
    reading.remark(reading.refusal->path, reading.refusal->reason + "; kept whole, not acted on");
    reading.refusal.reset();
    return keep_whole(resource, source);
}

const v1::ImportSource* source_of(const pb::Message& message) {
    if (const auto* other = dynamic_cast<const v1::OtherResource*>(&message)) {
        return other->resource().has_source() ? &other->resource().source() : nullptr;
    }
    const Mapping* mapping = mapping_of(*message.GetDescriptor());
    return mapping == nullptr
               ? nullptr
               : static_cast<const v1::ImportSource*>(find_message(message, mapping->source));
}

Json write_resource(const pb::Message& message, std::string_view id) {
    if (const auto* other = dynamic_cast<const v1::OtherResource*>(&message)) {
        auto json = parse_json(other->resource().json());
        return json ? std::move(*json) : Json();
    }
    const Mapping* mapping = mapping_of(*message.GetDescriptor());
    if (mapping == nullptr) return Json();
    Json remainder = Json::object();
    if (const auto* field =
            static_cast<const v1::Remainder*>(find_message(message, mapping->remainder))) {
        // The remainder nests deeper than what it is the rest of: each level is bound.
        JsonLimits limits;
        limits.depth = 4 * k_json_depth_max;
        auto parsed = parse_json(field->json(), limits);
        if (parsed && parsed->members() != nullptr) remainder = std::move(*parsed);
    }
    Json out = with_remainder(mapped_form(*mapping, message, id, remainder), remainder);
    name_ingredient(message, remainder, out);
    return out;
}

}  // namespace kari::fhir
