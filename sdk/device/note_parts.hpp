// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "kari/v1/resources.pb.h"
#include "sdk/device/authoring.hpp"

// What writing a note and attaching to one have in common.
namespace kari::device {

inline constexpr std::string_view k_preliminary = "preliminary";
inline constexpr std::string_view k_final = "final";

// Type, title, text, date and this nurse as the author. Errors: as clinical::validate_note.
Result<void> fill_note(const Session& session, v1::Document& document, const NoteEntry& entry);
Result<Written> write_document(Session& session, const RecordId& record, const ResourceId& resource,
                               const std::vector<ChangeId>& parents, const v1::Document& document);

// The side of a note that this nurse wrote, as the token saw it. Errors: signed_text_is_final,
// not_the_author.
struct OwnNote {
    Seen seen;
    v1::Document document;
};
Result<OwnNote> own_note(Session& session, const EditToken& token);

// The document is an addendum to the note.
void append_to(v1::Document& document, const ResourceId& note);

}  // namespace kari::device
