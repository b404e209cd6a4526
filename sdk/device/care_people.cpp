// SPDX-License-Identifier: Apache-2.0
//
// Relatives, deaths, consents, messages. What restricts holds at once; what permits waits for the
// server.
#include "sdk/chart/message_reading.hpp"
#include "sdk/device/care_parts.hpp"

namespace kari {

namespace {

using namespace device;

v1::ContactPoint phone_of(std::string_view number) {
    v1::ContactPoint out;
    out.set_system("phone");
    out.set_value(std::string(number));
    return out;
}

Result<Written> new_related_person(Session& session, const RecordId& record,
                                   const RelatedPersonEntry& entry) {
    if (entry.family.empty() && entry.given.empty()) {
        return fail(ErrorCode::invalid_argument, "give the person at least a name to be called by");
    }
    v1::RelatedPerson person;
    v1::HumanName& name = *person.mutable_name()->add_items();
    name.set_family(entry.family);
    if (!entry.given.empty()) name.add_given(entry.given);
    if (!entry.relationship.empty()) {
        *person.mutable_relationship()->add_items() = concept_of(entry.relationship);
    }
    if (!entry.phone.empty()) *person.mutable_telecom()->add_items() = phone_of(entry.phone);
    person.set_active(true);
    if (entry.next_of_kin) {
        const auto now = happened(session, std::nullopt);
        if (!now) return tl::unexpected(now.error());
        person.mutable_next_of_kin()->set_nearest(*entry.next_of_kin);
        person.mutable_next_of_kin()->set_stated_by_patient(true);
        person.mutable_next_of_kin()->set_stated_on(now->text);
    }
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, *person.mutable_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    return write_new(session, record, v1::KIND_RELATED_PERSON, person);
}

Result<Written> another_phone(Session& session, const EditToken& token, std::string_view number) {
    if (number.empty()) return fail(ErrorCode::invalid_argument, "the number");
    const auto seen = seen_as(session, token, v1::KIND_RELATED_PERSON);
    if (!seen) return tl::unexpected(seen.error());
    // A set is written whole: what was seen, and the new one.
    v1::RelatedPerson person;
    *person.mutable_telecom() = merge::operative_as<v1::RelatedPerson>(seen->resource).telecom();
    *person.mutable_telecom()->add_items() = phone_of(number);
    return write_seen(session, seen->token, v1::KIND_RELATED_PERSON, person);
}

Result<Written> keep_out(Session& session, const EditToken& token, std::string_view reason) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_RELATED_PERSON);
    if (!seen) return tl::unexpected(seen.error());
    v1::RelatedPerson person;
    person.set_contact(v1::CONTACT_PERMISSION_DO_NOT_CONTACT);
    *person.mutable_note() = merge::operative_as<v1::RelatedPerson>(seen->resource).note();
    if (auto noted = annotate(session, *person.mutable_note(), reason); !noted) {
        return tl::unexpected(noted.error());
    }
    return write_seen(session, seen->token, v1::KIND_RELATED_PERSON, person);
}

// What is told of the citizen waits for the server; how it is known stands as a note of its own.
Result<Written> tell(Session& session, const EditToken& token, const v1::Deceased& word,
                     std::string_view reason) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_PATIENT);
    if (!seen) return tl::unexpected(seen.error());
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    v1::Patient patient;
    *patient.mutable_deceased() = word;
    v1::DocumentReference note;
    v1::Document& document = *note.mutable_document();
    document.set_status(v1::DOCUMENT_STATUS_CURRENT);
    document.set_doc_status("final");
    document.set_date(now->text);
    document.set_text(std::string(reason));
    set_performer(session, *document.add_author());
    Act person;
    person.record = seen->token.record;
    person.resource = seen->token.resource;
    person.kind = v1::KIND_PATIENT;
    person.parents = seen->token.heads;
    person.message = &patient;
    person.age_ms = seen->token.age_ms;
    Act known = person;
    known.resource = random_id<ResourceId>(*session.platform.entropy);
    known.kind = v1::KIND_DOCUMENT_REFERENCE;
    known.parents.clear();
    known.message = &note;
    auto written = write_all(session, {person, known});
    if (!written) return tl::unexpected(written.error());
    Written out = std::move(written->front());
    out.also.push_back(written->back().change);
    return out;
}

Result<Written> death(Session& session, const DeathEntry& entry) {
    v1::Deceased word;
    word.set_deceased(true);
    if (entry.at) {
        const auto when = done_at(session, entry.at);
        if (!when) return tl::unexpected(when.error());
        word.clear_deceased();  // FHIR says one or the other
        word.set_date_time(when->text);
    }
    return tell(session, entry.token, word, entry.reason);
}

Result<void> check_time(const Session& session, const std::string& text) {
    if (text.empty() || base::parse_fhir_time(text, zone_of(session))) return {};
    return fail(ErrorCode::malformed, "a time of the consent");
}

Result<Written> new_consent(Session& session, const RecordId& record, const ConsentEntry& entry) {
    if (entry.scope.empty() && entry.text.empty()) {
        return fail(ErrorCode::invalid_argument, "say what it is about");
    }
    for (const std::string& time : {entry.starts, entry.ends}) {
        if (auto sound = check_time(session, time); !sound) return tl::unexpected(sound.error());
    }
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    v1::Consent consent;
    v1::ConsentDecision& decision = *consent.mutable_decision();
    decision.set_effect(entry.permits ? v1::CONSENT_EFFECT_PERMITTED : v1::CONSENT_EFFECT_DENIED);
    decision.set_status("active");
    decision.set_provision_type(entry.permits ? "permit" : "deny");
    if (!entry.scope.empty()) *decision.mutable_scope() = concept_of(entry.scope);
    decision.set_text(entry.text);
    if (!entry.starts.empty()) decision.mutable_period()->set_start(entry.starts);
    if (!entry.ends.empty()) decision.mutable_period()->set_end(entry.ends);
    consent.mutable_authoring()->set_date_time(now->text);
    set_performer(session, *consent.mutable_authoring()->add_performer());
    return write_new(session, record, v1::KIND_CONSENT, consent);
}

Result<Written> withdraw(Session& session, const EditToken& token, std::string_view reason) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_CONSENT);
    if (!seen) return tl::unexpected(seen.error());
    auto consent = seen_value<v1::Consent>(seen->resource, v1::Consent::kDecisionFieldNumber);
    v1::ConsentDecision& decision = *consent.mutable_decision();
    if (decision.effect() == v1::CONSENT_EFFECT_DENIED) {
        return fail(ErrorCode::invalid_argument,
                    "this is a denial: to lift it is to permit, which is a new consent");
    }
    decision.set_effect(v1::CONSENT_EFFECT_WITHDRAWN);
    decision.set_status("inactive");
    *consent.mutable_note() = merge::operative_as<v1::Consent>(seen->resource).note();
    if (auto noted = annotate(session, *consent.mutable_note(), reason); !noted) {
        return tl::unexpected(noted.error());
    }
    return write_seen(session, seen->token, v1::KIND_CONSENT, consent);
}

Result<Written> new_communication(Session& session, const RecordId& record,
                                  const CommunicationEntry& entry) {
    if (entry.topic.empty() && entry.text.empty()) {
        return fail(ErrorCode::invalid_argument, "say what was told");
    }
    const auto when = done_at(session, entry.sent);
    if (!when) return tl::unexpected(when.error());
    v1::Communication message;
    v1::Message& said = *message.mutable_communication();
    said.set_status(v1::COMMUNICATION_STATUS_COMPLETED);
    if (!entry.topic.empty()) *said.mutable_topic() = concept_of(entry.topic);
    if (!entry.text.empty()) said.add_payload(entry.text);
    said.set_sent(when->text);
    if (!entry.recipient.empty()) said.add_recipient()->set_display(entry.recipient);
    set_performer(session, *said.mutable_sender());
    return write_new(session, record, v1::KIND_COMMUNICATION, message, when.value());
}

Result<Written> message_was_read(Session& session, const EditToken& token) {
    const auto seen = seen_as(session, token, v1::KIND_COMMUNICATION);
    if (!seen) return tl::unexpected(seen.error());
    const auto when = done_at(session, std::nullopt);
    if (!when) return tl::unexpected(when.error());
    v1::Performance said;
    said.set_status(v1::PROCEDURE_STATUS_COMPLETED);
    set_act_code(*said.mutable_code(), chart::k_message_read, "Message read");
    return write_act(session, seen->token, std::move(said), *when, {});
}

}  // namespace

Result<Written> Care::add_related_person(const RecordId& record, const RelatedPersonEntry& entry) {
    return core_->run([&](Session& session) { return new_related_person(session, record, entry); });
}

Result<Written> Care::add_phone(const EditToken& token, std::string_view number) {
    return core_->run([&](Session& session) { return another_phone(session, token, number); });
}

Result<Written> Care::do_not_contact(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) { return keep_out(session, token, reason); });
}

Result<Written> Care::report_death(const DeathEntry& entry) {
    return core_->run([&](Session& session) { return death(session, entry); });
}

Result<Written> Care::report_alive(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) {
        v1::Deceased word;
        word.set_deceased(false);
        return tell(session, token, word, reason);
    });
}

Result<Written> Care::record_consent(const RecordId& record, const ConsentEntry& entry) {
    return core_->run([&](Session& session) { return new_consent(session, record, entry); });
}

Result<Written> Care::withdraw_consent(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) { return withdraw(session, token, reason); });
}

Result<Written> Care::record_communication(const RecordId& record,
                                           const CommunicationEntry& entry) {
    return core_->run([&](Session& session) { return new_communication(session, record, entry); });
}

Result<Written> Care::read_message(const EditToken& token) {
    return core_->run([&](Session& session) { return message_was_read(session, token); });
}

Result<Written> Care::communication_entered_in_error(const EditToken& token,
                                                     std::string_view reason) {
    return core_->run([&](Session& session) -> Result<Written> {
        if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
        return revise<v1::Communication>(
            session, token, v1::KIND_COMMUNICATION, [&](v1::Communication& message) {
                v1::Message& said = *message.mutable_communication();
                said.set_status(v1::COMMUNICATION_STATUS_ENTERED_IN_ERROR);
                return annotate(session, said.add_note(), reason);
            });
    });
}

}  // namespace kari
