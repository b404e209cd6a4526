// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <google/protobuf/generated_enum_reflection.h>
#include <kari/care_actions.hpp>

#include "kari/v1/care.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"

// What the acts of kari/care_actions.hpp have in common.
namespace kari::device {

// FHIR's code of a schema enum's value; empty for the unspecified one.
template <typename Enum>
std::string enum_code(Enum value) {
    const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
    const auto* found = type->FindValueByNumber(static_cast<int>(value));
    if (found == nullptr) return {};
    const std::string& zero = type->FindValueByNumber(0)->name();
    return fhir_code(found->name(),
                     zero.substr(0, zero.size() - std::string("UNSPECIFIED").size()));
}

// Errors: invalid_argument. An empty code is the unspecified value.
template <typename Enum>
Result<Enum> enum_from(std::string_view code, const char* what) {
    const auto* type = google::protobuf::GetEnumDescriptor<Enum>();
    for (int i = 0; i < type->value_count(); ++i) {
        const auto value = static_cast<Enum>(type->value(i)->number());
        if (enum_code(value) == code) return value;
    }
    return fail(ErrorCode::invalid_argument, std::string("not a code of ") + what);
}

// When something was done: as stated, else now. Errors: as happened(), and time_in_future.
Result<Happened> done_at(const Session& session, const std::optional<ZonedInstant>& at);

// With the author's name and the time. Errors: too_large.
Result<void> annotate(const Session& session, v1::Annotation* note, std::string_view text);
Result<void> annotate(const Session& session, v1::AnnotationSet& notes, std::string_view text);

void set_performer(const Session& session, v1::Reference& performer);

// Of what acts are (chart::k_act_system).
void set_act_code(v1::CodeableConcept& into, std::string_view code, std::string_view display);

// A resource that begins now. With `when` it is a fact of that moment.
Result<Written> write_new(Session& session, const RecordId& record, v1::Kind kind,
                          const google::protobuf::Message& message,
                          const std::optional<Happened>& when = std::nullopt);

// An act about what was seen: `said` with what it is about, in which version, when, by whom and,
// when there is one, the note.
Result<Written> write_act(Session& session, const SeenResource& about, v1::Performance said,
                          const Happened& when, std::string_view note);

// A statement that was changed here is not the import's any more.
void clear_source(google::protobuf::Message& fact);

// A fact said anew: as its author saw it, changed.
template <typename Message>
Result<Written> revise(Session& session, const EditToken& token, v1::Kind kind,
                       const std::function<Result<void>(Message&)>& change,
                       const std::optional<Happened>& when = std::nullopt) {
    const auto seen = seen_as(session, token, kind);
    if (!seen) return tl::unexpected(seen.error());
    Message message = seen_value<Message>(seen->resource, 1);
    if (auto changed = change(message); !changed) return tl::unexpected(changed.error());
    clear_source(message);
    Act act;
    act.record = seen->token.record;
    act.resource = seen->token.resource;
    act.kind = kind;
    act.parents = seen->token.heads;
    act.message = &message;
    if (when) act.effective = when->interval;
    act.age_ms = seen->token.age_ms;
    return write(session, act);
}

}  // namespace kari::device
