// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/care_parts.hpp"

#include "sdk/chart/second_check.hpp"
#include "sdk/clinical/validation.hpp"

namespace kari::device {

namespace {

constexpr std::size_t k_text_max = 64 * 1024;

}  // namespace

Result<Happened> done_at(const Session& session, const std::optional<ZonedInstant>& at) {
    auto when = happened(session, at);
    if (!when) return when;
    const Instant now = best_now(session.platform, session.settings);
    if (when->interval.start > now + clinical::k_future_allowance) {
        return fail(ErrorCode::time_in_future, "the time");
    }
    return when;
}

Result<void> annotate(const Session& session, v1::Annotation* note, std::string_view text) {
    if (text.size() > k_text_max) return fail(ErrorCode::too_large, "the note");
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    note->set_author_text(session.nurse.name);
    note->set_time(now->text);
    note->set_text(std::string(text));
    return {};
}

Result<void> annotate(const Session& session, v1::AnnotationSet& notes, std::string_view text) {
    return annotate(session, notes.add_items(), text);
}

void set_performer(const Session& session, v1::Reference& performer) {
    performer.set_reference("Practitioner/" + session.nurse.person.text());
    performer.set_display(session.nurse.name);
}

void set_act_code(v1::CodeableConcept& into, std::string_view code, std::string_view display) {
    v1::Coding& coding = *into.add_coding();
    coding.set_system(std::string(chart::k_act_system));
    coding.set_code(std::string(code));
    coding.set_display(std::string(display));
}

void clear_source(google::protobuf::Message& fact) {
    const auto* atom = fact.GetDescriptor()->FindFieldByNumber(1);
    if (!fact.GetReflection()->HasField(fact, atom)) return;
    auto* said = fact.GetReflection()->MutableMessage(&fact, atom);
    const auto* source = said->GetDescriptor()->FindFieldByName("source");
    if (source != nullptr) said->GetReflection()->ClearField(said, source);
}

Result<Written> write_new(Session& session, const RecordId& record, v1::Kind kind,
                          const google::protobuf::Message& message,
                          const std::optional<Happened>& when) {
    const DataAge age = data_age(session.platform, session.settings);
    Act act;
    act.record = record;
    act.resource = random_id<ResourceId>(*session.platform.entropy);
    act.kind = kind;
    act.message = &message;
    if (when) act.effective = when->interval;
    if (age.as_of) act.age_ms = static_cast<std::uint64_t>(age.age.ms);
    return write(session, act);
}

Result<Written> write_act(Session& session, const SeenResource& about, v1::Performance said,
                          const Happened& when, std::string_view note) {
    said.mutable_about()->set_resource(base::to_bytes(about.resource));
    for (const ChangeId& head : about.heads)
        said.add_about_version(base::to_bytes(head));
    said.set_performed(when.text);
    set_performer(session, *said.add_performer());
    if (!note.empty()) {
        if (auto noted = annotate(session, said.add_note(), note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    v1::Procedure message;
    *message.mutable_procedure() = std::move(said);
    return write_new(session, about.record, v1::KIND_PROCEDURE, message, when);
}

}  // namespace kari::device
