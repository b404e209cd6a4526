// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/withdrawal.hpp"

#include <algorithm>

#include <google/protobuf/descriptor.h>

#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::server::fhir {

using google::protobuf::Message;

namespace {

constexpr const char* k_reason =
    "Trukket tilbake: kildesystemet sier nå at dette gjelder en annen person. "
    "(Withdrawn: the source system now says that this is about another person.)";

// The ImportSource of a resource, an atom of its own or inside its only one.
Message* find_source(Message& message, int depth = 0) {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->is_repeated() || field->message_type() == nullptr) continue;
        Message* inner = message.GetReflection()->MutableMessage(&message, field);
        if (field->message_type() == v1::ImportSource::descriptor()) return inner;
        if (depth > 0) continue;
        if (Message* found = find_source(*inner, 1); found != nullptr) return found;
    }
    return nullptr;
}

std::string body_said(Message& message) {
    Message* source = find_source(message);
    return source == nullptr ? "" : static_cast<v1::ImportSource*>(source)->body_sha256();
}

// The value of one atom as the newest import wrote it.
template <typename Kind>
Kind said_of(const Changes& known, std::uint32_t atom) {
    Kind out;
    const merge::Change* last = last_import(known, atom);
    const auto message = last == nullptr ? nullptr : message_of(*last);
    if (message != nullptr && message->GetDescriptor() == Kind::descriptor()) {
        out.CopyFrom(*message);
    }
    return out;
}

std::unique_ptr<Message> withdrawn_observation(const Changes& known) {
    auto out = std::make_unique<v1::Observation>(said_of<v1::Observation>(known, 1));
    out->mutable_observation()->set_status(v1::OBSERVATION_STATUS_ENTERED_IN_ERROR);
    out->mutable_observation()->add_note()->set_text(k_reason);
    return out;
}

std::unique_ptr<Message> withdrawn_administration(const Changes& known) {
    auto out = std::make_unique<v1::MedicationAdministration>(
        said_of<v1::MedicationAdministration>(known, 1));
    out->mutable_administration()->set_status(v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR);
    out->mutable_administration()->add_note()->set_text(k_reason);
    return out;
}

std::unique_ptr<Message> withdrawn_document(const Changes& known) {
    auto out = std::make_unique<v1::DocumentReference>(said_of<v1::DocumentReference>(known, 1));
    out->mutable_document()->set_status(v1::DOCUMENT_STATUS_ENTERED_IN_ERROR);
    out->mutable_document()->set_doc_status("entered-in-error");
    out->mutable_document()->set_description(k_reason);
    return out;
}

std::unique_ptr<Message> withdrawn_order(const Changes& known) {
    auto out = std::make_unique<v1::MedicationRequest>();
    out->set_status(v1::MEDICATION_REQUEST_STATUS_ENTERED_IN_ERROR);
    out->mutable_status_reason()->set_text(k_reason);
    *out->mutable_source() = said_of<v1::MedicationRequest>(known, 14).source();
    return out;
}

std::unique_ptr<Message> withdrawn_allergy(const Changes& known) {
    auto out = std::make_unique<v1::AllergyIntolerance>();
    out->set_verification_status(v1::ALLERGY_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    *out->mutable_note() = said_of<v1::AllergyIntolerance>(known, 9).note();
    out->mutable_note()->add_items()->set_text(k_reason);
    *out->mutable_source() = said_of<v1::AllergyIntolerance>(known, 14).source();
    return out;
}

const google::protobuf::EnumValueDescriptor* in_error(
    const google::protobuf::EnumDescriptor& type) {
    for (int i = 0; i < type.value_count(); ++i) {
        if (type.value(i)->name().ends_with("_ENTERED_IN_ERROR")) return type.value(i);
    }
    return nullptr;
}

// Of any kind with an atom whose values know "entered in error": that atom, so marked (else as the
// newest import wrote it), and a note of why where a fact has room for one. Null when there is
// none.
std::unique_ptr<Message> withdrawn_by_schema(const merge::KindSchema& schema,
                                             const Changes& known) {
    for (const merge::AtomSchema& atom : schema.atoms) {
        const auto* field = atom.rank_field != nullptr ? atom.rank_field : atom.field;
        const auto* wrong = field->enum_type() == nullptr ? nullptr : in_error(*field->enum_type());
        if (wrong == nullptr) continue;
        std::unique_ptr<Message> out(schema.prototype->New());
        Message* holder = out.get();
        if (atom.rank_field != nullptr) {
            const merge::Change* last = last_import(known, atom.number);
            const auto said = last == nullptr ? nullptr : message_of(*last);
            if (said == nullptr) continue;
            holder = out->GetReflection()->MutableMessage(out.get(), atom.field);
            holder->CopyFrom(said->GetReflection()->GetMessage(*said, atom.field));
        }
        holder->GetReflection()->SetEnum(holder, field, wrong);
        const auto* note = schema.fact ? holder->GetDescriptor()->FindFieldByName("note") : nullptr;
        if (note != nullptr) {
            auto* reason = holder->GetReflection()->AddMessage(holder, note);
            static_cast<v1::Annotation*>(reason)->set_text(k_reason);
        }
        const merge::Change* sourced = last_import(known, 14);
        const auto from = schema.fact || sourced == nullptr ? nullptr : message_of(*sourced);
        if (from != nullptr) {
            const auto* source = out->GetDescriptor()->FindFieldByNumber(14);
            out->GetReflection()
                ->MutableMessage(out.get(), source)
                ->CopyFrom(from->GetReflection()->GetMessage(*from, source));
        }
        return out;
    }
    return nullptr;
}

std::unique_ptr<Message> entered_in_error(std::uint32_t kind, const Changes& known) {
    switch (kind) {
        case v1::KIND_OBSERVATION:
            return withdrawn_observation(known);
        case v1::KIND_MEDICATION_ADMINISTRATION:
            return withdrawn_administration(known);
        case v1::KIND_DOCUMENT_REFERENCE:
            return withdrawn_document(known);
        case v1::KIND_MEDICATION_REQUEST:
            return withdrawn_order(known);
        case v1::KIND_ALLERGY_INTOLERANCE:
            return withdrawn_allergy(known);
        default:
            return withdrawn_by_schema(*merge::schema_of(kind), known);
    }
}

}  // namespace

bool is_import(const merge::Change& change) {
    return change.from_server() && change.body.accepts().empty() && change.body_bytes;
}

std::unique_ptr<Message> message_of(const merge::Change& change) {
    const merge::KindSchema* schema = merge::schema_of(change.header.kind());
    if (schema == nullptr) return nullptr;
    std::unique_ptr<Message> message(schema->prototype->New());
    if (!message->ParseFromString(change.body.resource())) return nullptr;
    return message;
}

const merge::Change* last_import(const Changes& known, std::optional<std::uint32_t> atom) {
    const merge::Change* last = nullptr;
    for (const merge::Change* change : known) {
        if (!is_import(*change)) continue;
        const auto& atoms = change->header.atom();
        if (atom && std::find(atoms.begin(), atoms.end(), *atom) == atoms.end()) continue;
        if (last == nullptr || std::make_pair(change->header.tick(), change->id) >
                                   std::make_pair(last->header.tick(), last->id)) {
            last = change;
        }
    }
    return last;
}

Digest last_body(const Changes& known) {
    // Every import writes its source, for the digest in it has changed; a withdrawal of a kind
    // that has no status clears it.
    const merge::Change* last = last_import(known, std::nullopt);
    const auto message = last == nullptr ? nullptr : message_of(*last);
    const auto digest =
        message == nullptr ? std::nullopt : base::from_bytes<Digest>(body_said(*message));
    return digest.value_or(Digest{});
}

Withdrawal withdraw(const Changes& known) {
    const merge::Change* last = last_import(known, std::nullopt);
    Changes imports;
    std::copy_if(known.begin(), known.end(), std::back_inserter(imports),
                 [](const merge::Change* change) { return is_import(*change); });
    Withdrawal out;
    out.parents = merge::fold(imports).heads;
    out.message = entered_in_error(last->header.kind(), known);
    if (out.message == nullptr) {
        const merge::KindSchema* schema = merge::schema_of(last->header.kind());
        out.message.reset(schema->prototype->New());
        for (const merge::AtomSchema& atom : schema->atoms) {
            if (last_import(known, atom.number) != nullptr) out.cleared.push_back(atom.number);
        }
        return out;
    }
    // No body has this digest: whatever the source says next is new.
    if (Message* source = find_source(*out.message); source != nullptr) {
        static_cast<v1::ImportSource*>(source)->set_body_sha256(std::string(32, '\0'));
    }
    // FHIR: an allergy or problem that was entered in error has no clinical status.
    const bool has_clinical_status = last->header.kind() == v1::KIND_ALLERGY_INTOLERANCE ||
                                     last->header.kind() == v1::KIND_CONDITION;
    if (has_clinical_status && last_import(known, 2) != nullptr) {
        out.cleared.push_back(2);
    }
    return out;
}

}  // namespace kari::server::fhir
