// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/note_parts.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/clinical/validation.hpp"

namespace kari::device {

Result<void> fill_note(const Session& session, v1::Document& document, const NoteEntry& entry) {
    const auto when = happened(session, entry.date);
    if (!when) return tl::unexpected(when.error());
    document.set_status(v1::DOCUMENT_STATUS_CURRENT);
    if (!entry.type.empty()) document.mutable_type()->set_text(entry.type);
    document.set_description(entry.title);
    document.set_text(entry.text);
    document.set_date(when->text);
    document.clear_author();
    v1::Reference* author = document.add_author();
    author->set_reference("Practitioner/" + session.nurse.person.text());
    author->set_display(session.nurse.name);
    const auto asked = clinical::validate_note(
        document, best_now(session.platform, session.settings), zone_of(session));
    if (!asked) return tl::unexpected(asked.error());
    return {};
}

Result<Written> write_document(Session& session, const RecordId& record, const ResourceId& resource,
                               const std::vector<ChangeId>& parents, const v1::Document& document) {
    v1::DocumentReference message;
    *message.mutable_document() = document;
    Act act;
    act.record = record;
    act.resource = resource;
    act.kind = v1::KIND_DOCUMENT_REFERENCE;
    act.parents = parents;
    act.message = &message;
    if (const auto when = base::parse_fhir_time(document.date(), zone_of(session))) {
        act.effective = *when;
    }
    return write(session, act);
}

Result<OwnNote> own_note(Session& session, const EditToken& token) {
    auto seen = seen_as(session, token, v1::KIND_DOCUMENT_REFERENCE);
    if (!seen) return tl::unexpected(seen.error());
    const merge::AtomState* atom = seen->resource.atom(v1::DocumentReference::kDocumentFieldNumber);
    if (atom == nullptr || atom->live.empty()) {
        return fail(ErrorCode::resource_unreadable, "the note's text is not here");
    }
    const std::string me = base::to_bytes(session.nurse.person);
    const auto changes = session.store.changes(seen->token.record, seen->token.resource);
    if (!changes) return tl::unexpected(changes.error());
    std::optional<v1::Document> mine;
    for (const merge::AtomWrite& write : atom->live) {
        const auto document =
            merge::value_as<v1::DocumentReference>(seen->resource, write).document();
        if (document.doc_status() != k_preliminary) {
            return fail(ErrorCode::signed_text_is_final, "add an addendum instead");
        }
        const auto change =
            std::find_if(changes->begin(), changes->end(),
                         [&](const merge::Change& one) { return one.id == write.change; });
        if (change != changes->end() && change->header.author().practitioner() == me) {
            mine = document;
        }
    }
    if (!mine) return fail(ErrorCode::not_the_author, "only its author alters an unsigned note");
    return OwnNote{std::move(*seen), std::move(*mine)};
}

void append_to(v1::Document& document, const ResourceId& note) {
    v1::RelatedDocument* related = document.add_relates_to();
    related->set_code("appends");
    related->mutable_target()->set_reference("DocumentReference/" + note.text());
    related->mutable_target()->set_resource(base::to_bytes(note));
}

}  // namespace kari::device
