// SPDX-License-Identifier: Apache-2.0
//
// Notes: drafts, writing, signing, addenda. Signed text is never altered.
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/note_parts.hpp"
#include "sdk/device/views.hpp"

namespace kari {

namespace {

using namespace device;

ResourceId draft_id(const Session& session, std::string_view key) {
    return base::shorten<ResourceId>(
        base::sha256_of("kari draft", {base::to_bytes(session.nurse.person), key}));
}

}  // namespace

Result<void> Device::save_draft(const RecordId& record, std::string_view key,
                                const NoteEntry& entry) {
    return impl_->run([&](Session& session) -> Result<void> {
        v1::Document document;
        document.mutable_type()->set_text(entry.type);
        document.set_description(entry.title);
        document.set_text(entry.text);
        store::StoredDraft draft;
        draft.record = record;
        draft.id = draft_id(session, key);
        draft.person = session.nurse.person;
        draft.kind = v1::KIND_DOCUMENT_REFERENCE;
        draft.content = document.SerializeAsString();
        draft.saved_ms = session.platform.clock->wall().ms;
        return session.store.save_draft(draft);
    });
}

Result<std::optional<NoteEntry>> Device::load_draft(const RecordId& record, std::string_view key) {
    return impl_->run([&](Session& session) -> Result<std::optional<NoteEntry>> {
        const auto draft = session.store.draft(record, draft_id(session, key));
        if (!draft) return tl::unexpected(draft.error());
        if (!*draft) return std::optional<NoteEntry>();
        v1::Document document;
        if (!document.ParseFromString((*draft)->content)) {
            return fail(ErrorCode::storage_corrupt, "a draft");
        }
        NoteEntry out;
        out.type = document.type().text();
        out.title = document.description();
        out.text = document.text();
        return std::optional<NoteEntry>(std::move(out));
    });
}

Result<void> Device::drop_draft(const RecordId& record, std::string_view key) {
    return impl_->run([&](Session& session) {
        return session.store.remove_draft(record, draft_id(session, key));
    });
}

Result<Written> Device::write_note(const RecordId& record, const NoteEntry& entry) {
    return impl_->run([&](Session& session) -> Result<Written> {
        v1::Document document;
        document.set_doc_status(std::string(k_preliminary));
        if (auto sound = fill_note(session, document, entry); !sound) {
            return tl::unexpected(sound.error());
        }
        return write_document(session, record, random_id<ResourceId>(*session.platform.entropy), {},
                              document);
    });
}

Result<Written> Device::edit_note(const EditToken& token, const NoteEntry& entry) {
    return impl_->run([&](Session& session) -> Result<Written> {
        auto note = own_note(session, token);
        if (!note) return tl::unexpected(note.error());
        if (auto sound = fill_note(session, note->document, entry); !sound) {
            return tl::unexpected(sound.error());
        }
        return write_document(session, note->seen.token.record, note->seen.token.resource,
                              note->seen.token.heads, note->document);
    });
}

Result<Written> Device::sign_note(const EditToken& token) {
    return impl_->run([&](Session& session) -> Result<Written> {
        auto note = own_note(session, token);
        if (!note) return tl::unexpected(note.error());
        note->document.set_doc_status(std::string(k_final));
        v1::Reference* authenticator = note->document.mutable_authenticator();
        authenticator->set_reference("Practitioner/" + session.nurse.person.text());
        authenticator->set_display(session.nurse.name);
        return write_document(session, note->seen.token.record, note->seen.token.resource,
                              note->seen.token.heads, note->document);
    });
}

Result<Written> Device::addend(const EditToken& token, const NoteEntry& entry) {
    return impl_->run([&](Session& session) -> Result<Written> {
        const auto seen = seen_as(session, token, v1::KIND_DOCUMENT_REFERENCE);
        if (!seen) return tl::unexpected(seen.error());
        v1::Document document;
        document.set_doc_status(std::string(k_final));
        if (auto sound = fill_note(session, document, entry); !sound) {
            return tl::unexpected(sound.error());
        }
        append_to(document, seen->token.resource);
        return write_document(session, seen->token.record,
                              random_id<ResourceId>(*session.platform.entropy), {}, document);
    });
}

}  // namespace kari
