// SPDX-License-Identifier: Apache-2.0
#include "sdk/base/mutant.hpp"
#include "sdk/merge/past.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

bool is_fact(std::uint32_t kind) {
    const auto* schema = merge::schema_of(kind);
    return schema != nullptr && schema->fact;
}

// What a write may not do, beside what author_change checks.
Result<void> admit(const WriteRequest& request, const std::optional<ResourceRow>& row) {
    if (request.message == nullptr) return fail(ErrorCode::invalid_argument, "write: no message");
    const auto* schema = merge::schema_of(request.kind);
    if (schema == nullptr ||
        schema->prototype->GetDescriptor() != request.message->GetDescriptor()) {
        return fail(ErrorCode::invalid_argument, "write: message is not of the kind");
    }
    if (!row) {
        if (request.parents.empty()) return {};
        return fail(ErrorCode::invalid_argument, "write: parents of a resource that is not here");
    }
    const merge::Resource& state = row->state;
    if (state.kind != request.kind) {
        return fail(ErrorCode::invalid_argument, "write: the resource is of another kind");
    }
    for (const auto& parent : request.parents) {
        if (!std::binary_search(state.changes.begin(), state.changes.end(), parent)) {
            return fail(ErrorCode::invalid_argument, "write: a parent is not of this resource");
        }
    }
    if (is_fact(request.kind)) return {};
    if (state.incomplete()) return fail(ErrorCode::resource_incomplete, "write: resource");
    if (state.unreadable && !KARI_MUTATED(unreadable_head_as_parent))
        return fail(ErrorCode::resource_unreadable, "write: resource");
    return {};
}

// A fact stands beside what this build cannot read, but names none of it as seen.
Result<void> admit_parents(const WriteRequest& request, const std::vector<merge::Change>& changes) {
    std::vector<const merge::Change*> all;
    for (const auto& change : changes)
        all.push_back(&change);
    const bool read = !merge::fold(merge::past_of(all, request.parents)).unreadable;
    if (read || KARI_MUTATED(unreadable_head_as_parent)) return {};
    return fail(ErrorCode::resource_unreadable, "write: what it builds on");
}

merge::Draft draft_of(const WriteRequest& request, const IncarnationId& incarnation,
                      const OwnStream& stream, std::uint64_t tick) {
    merge::Draft draft;
    auto& header = draft.header;
    header.set_incarnation(base::to_bytes(incarnation));
    header.set_record(base::to_bytes(request.record));
    header.set_seq(stream.seq + 1);
    header.set_resource(base::to_bytes(request.resource));
    header.set_kind(request.kind);
    auto parents = request.parents;
    std::sort(parents.begin(), parents.end());
    parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
    if (KARI_MUTATED(drop_parent) && !parents.empty()) parents.pop_back();
    for (const auto& parent : parents)
        header.add_parent(base::to_bytes(parent));
    header.set_tick(tick);
    *header.mutable_recorded() = request.recorded;
    if (request.effective) *header.mutable_effective() = *request.effective;
    *header.mutable_author() = request.author;
    for (const auto atom : request.must_understand)
        header.add_must_understand(atom);
    header.set_origin(v1::ORIGIN_DEVICE);
    if (stream.seq > 0) header.set_prev(base::to_bytes(stream.head));
    draft.resource = request.message;
    draft.cleared = request.cleared;
    draft.basis = request.basis;
    draft.salt = request.salt;
    return draft;
}

}  // namespace

Result<Written> DeviceStore::State::append_own(const WriteRequest& request) {
    if (request.new_record) {
        if (auto ok = add_record(request.record, true); !ok) return passed(ok.error());
    }
    const auto known = meta(request.record);
    if (!known) return passed(known.error());
    if (!*known || (*known)->not_here) {
        return fail(ErrorCode::not_found, "store: the record is not here");
    }
    const auto row = resource_row(request.record, request.resource);
    if (!row) return passed(row.error());
    if (auto ok = admit(request, *row); !ok) return passed(ok.error());
    if (*row && (*row)->state.unreadable) {
        const auto changes = changes_of(request.record, (*row)->addresses);
        if (!changes) return passed(changes.error());
        if (auto ok = admit_parents(request, *changes); !ok) return passed(ok.error());
    }
    const auto found = own_stream(Log::change, request.record, identity.incarnation);
    if (!found) return passed(found.error());
    const OwnStream stream = found->value_or(OwnStream{});
    const std::uint64_t tick = (*known)->tick + 1;
    auto draft = draft_of(request, identity.incarnation, stream, tick);
    if (KARI_MUTATED(parents_from_store) && *row) {
        draft.header.clear_parent();
        for (const auto& head : (*row)->state.heads)
            draft.header.add_parent(base::to_bytes(head));
    }
    auto authored = merge::author_change(draft);
    if (!authored) return passed(authored.error());
    const auto change = std::make_shared<const merge::Change>(std::move(*authored));

    if (auto ok = insert_change(*change, Fate::unsent, 0); !ok) return passed(ok.error());
    Digest head;
    head.bytes = change->id.bytes;
    if (KARI_MUTATED(skip_chain_link) && stream.seq > 0) head = stream.head;
    if (auto ok = set_own_stream(Log::change, request.record, identity.incarnation,
                                 {stream.seq + 1, head});
        !ok) {
        return passed(ok.error());
    }
    if (auto ok = run(db, "UPDATE record SET tick = ?2 WHERE record = ?1", request.record, tick);
        !ok) {
        return passed(ok.error());
    }
    const auto resource = refold(request.record, request.resource,
                                 {{identity.incarnation, stream.seq + 1, change->id}});
    if (!resource) return passed(resource.error());

    Written written{
        change->id, request.record, identity.incarnation, stream.seq + 1, tick, *resource, {}};
    if (request.kind == v1::KIND_RECORD_LINK) {
        // The group itself may have changed: what is kept in memory is of the former one.
        if (auto ok = owe_group(request.record); !ok) return passed(ok.error());
        if (auto ok = project_links(request.record); !ok) return passed(ok.error());
        forget_all();
        if (auto ok = owe_group(request.record); !ok) return passed(ok.error());
    } else {
        renew(*resource);
    }
    auto findings = review_now(request.record, request.resource);
    if (!findings) return passed(findings.error());
    written.findings = std::move(*findings);
    return written;
}

Result<Written> DeviceStore::write(const WriteRequest& request) {
    auto all = write_many({request});
    if (!all) return passed(all.error());
    return std::move(all->front());
}

Result<std::vector<Written>> DeviceStore::write_many(const std::vector<WriteRequest>& requests) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    std::vector<Written> written;
    written.reserve(requests.size());
    for (const auto& request : requests) {
        auto one = state_->append_own(request);
        if (!one) return passed(one.error());
        written.push_back(std::move(*one));
    }
    if (auto ok = work->commit(); !ok) return passed(ok.error());
    return written;
}

// --- drafts ----------------------------------------------------------------------------------

namespace {
StoredDraft draft_from(sqlcipher::Statement& row, const RecordId& record) {
    return {record,
            row.column_id<ResourceId>(0),
            row.column_id<PersonId>(1),
            static_cast<std::uint32_t>(row.column_int(2)),
            std::string(row.column_blob(4)),
            row.column_int(3)};
}
}  // namespace

Result<void> DeviceStore::save_draft(const StoredDraft& draft) {
    if (draft.content.size() > merge::k_body_bytes_max) {
        return fail(ErrorCode::too_large, "draft: above 1 MiB");
    }
    if (auto ok = state_->require(draft.record); !ok) return ok;
    return run(state_->db,
               "INSERT INTO draft(record, resource, person, kind, saved_ms, content)"
               " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET"
               " person = excluded.person, kind = excluded.kind, saved_ms = excluded.saved_ms,"
               " content = excluded.content",
               draft.record, draft.id, draft.person, draft.kind, draft.saved_ms, draft.content);
}

Result<std::vector<StoredDraft>> DeviceStore::drafts(const RecordId& record) {
    std::vector<StoredDraft> found;
    const auto ok = each_row(
        state_->db,
        "SELECT resource, person, kind, saved_ms, content FROM draft WHERE record = ?1"
        " ORDER BY resource",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back(draft_from(row, record));
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return found;
}

Result<std::optional<StoredDraft>> DeviceStore::draft(const RecordId& record,
                                                      const ResourceId& id) {
    std::optional<StoredDraft> found;
    const auto ok = each_row(
        state_->db,
        "SELECT resource, person, kind, saved_ms, content FROM draft"
        " WHERE record = ?1 AND resource = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found = draft_from(row, record);
            return {};
        },
        record, id);
    if (!ok) return passed(ok.error());
    return found;
}

Result<void> DeviceStore::remove_draft(const RecordId& record, const ResourceId& id) {
    return run(state_->db, "DELETE FROM draft WHERE record = ?1 AND resource = ?2", record, id);
}

}  // namespace kari::store
