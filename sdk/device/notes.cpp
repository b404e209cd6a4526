// SPDX-License-Identifier: Apache-2.0
//
// Notes: drafts, writing, signing, addenda. Signed text is never altered.
#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/device/authoring.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::string_view k_preliminary = "preliminary";
constexpr std::string_view k_final = "final";

Result<void> fill(const Session& session, v1::Document& document, const NoteEntry& entry) {
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
        document, best_now(session.platform, session.settings), session.platform.clock->zone());
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
    if (const auto when = base::parse_fhir_time(document.date(), session.platform.clock->zone())) {
        act.effective = *when;
    }
    return write(session, act);
}

// The side of a note that this nurse wrote, as the token saw it. Errors: signed_text_is_final,
// not_the_author.
struct OwnNote {
    Seen seen;
    v1::Document document;
};

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
        if (auto sound = fill(session, document, entry); !sound) {
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
        if (auto sound = fill(session, note->document, entry); !sound) {
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
        if (auto sound = fill(session, document, entry); !sound) {
            return tl::unexpected(sound.error());
        }
        v1::RelatedDocument* related = document.add_relates_to();
        related->set_code("appends");
        related->mutable_target()->set_reference("DocumentReference/" +
                                                 seen->token.resource.text());
        related->mutable_target()->set_resource(base::to_bytes(seen->token.resource));
        return write_document(session, seen->token.record,
                              random_id<ResourceId>(*session.platform.entropy), {}, document);
    });
}

}  // namespace kari
