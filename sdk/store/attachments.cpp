// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/attachments.hpp"

#include <filesystem>

#include "sdk/base/attachment.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/crypto/sealed_chunk.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

constexpr std::string_view k_quota_setting = "attachment_quota";

#define KARI_ATTACHMENT_COLUMNS                                                             \
    "SELECT a.number, a.record, a.id, a.thumbnail, a.key, a.size, a.chunks, a.here, a.own," \
    " a.fate, a.trouble, a.wanted FROM attachment a "
// What may not be thrown out: own work until it is secured, what a restored server is to be
// offered, what a person waits for and what is being written.
#define KARI_KEPT                                                                          \
    "((own = 1 AND fate < 2) OR (fate = 0 AND chunks > 0 AND here = chunks) OR wanted > 0" \
    " OR id IS NULL)"

StoredAttachment attachment_from(sqlcipher::Statement& row) {
    StoredAttachment out;
    out.number = row.column_u64(0);
    out.record = row.column_id<RecordId>(1);
    if (!row.is_null(2)) out.id = row.column_id<Digest>(2);
    out.thumbnail = row.column_int(3) != 0;
    out.key = std::string(row.column_blob(4));
    out.size = row.column_u64(5);
    out.chunks = static_cast<std::uint32_t>(row.column_int(6));
    out.here = static_cast<std::uint32_t>(row.column_int(7));
    out.own = row.column_int(8) != 0;
    out.fate = static_cast<Fate>(row.column_int(9));
    if (row.column_int(10) != 0) {
        out.trouble = error_code_from(static_cast<std::uint32_t>(row.column_int(10)));
    }
    out.wanted = row.column_int(11) != 0;
    return out;
}

template <typename... Args>
Result<std::optional<StoredAttachment>> one(sqlcipher::Database& db, std::string_view sql,
                                            const Args&... args) {
    std::optional<StoredAttachment> found;
    const auto ok = each_row(
        db, sql,
        [&](sqlcipher::Statement& row) -> Result<void> {
            if (!found) found = attachment_from(row);
            return {};
        },
        args...);
    if (!ok) return passed(ok.error());
    return found;
}

}  // namespace

AttachmentStore::AttachmentStore(DeviceStore& store) : state_(store.state()) {}

Result<std::optional<StoredAttachment>> AttachmentStore::at(std::uint64_t number) {
    return one(state_.db, KARI_ATTACHMENT_COLUMNS "WHERE a.number = ?1", number);
}

// --- writing ---------------------------------------------------------------------------------

Result<std::uint64_t> AttachmentStore::begin(const RecordId& record, bool thumbnail,
                                             const crypto::Secret& key) {
    if (auto ok = state_.require(record); !ok) return passed(ok.error());
    std::uint64_t number = 0;
    const auto ok = each_row(
        state_.db,
        "INSERT INTO attachment(record, thumbnail, key, own) VALUES(?1, ?2, ?3, 1)"
        " RETURNING number",
        [&](sqlcipher::Statement& row) -> Result<void> {
            number = row.column_u64(0);
            return {};
        },
        record, thumbnail, key.view());
    if (!ok) return passed(ok.error());
    return number;
}

Result<void> AttachmentStore::insert_chunk(std::uint64_t number, std::uint32_t chunk,
                                           std::string_view sealed) {
    auto ok = run(state_.db,
                  "INSERT INTO attachment_chunk(number, chunk, digest, sealed)"
                  " VALUES(?1, ?2, ?3, ?4)",
                  number, chunk, base::sha256(sealed), sealed);
    if (!ok) return ok;
    return run(state_.db,
               "UPDATE attachment SET here = here + 1, bytes = bytes + ?2, trouble = 0"
               " WHERE number = ?1",
               number, sealed.size());
}

Result<void> AttachmentStore::append(std::uint64_t number, std::string_view sealed) {
    const auto found = at(number);
    if (!found) return passed(found.error());
    if (!*found) return fail(ErrorCode::not_found, "attachment: it is not being written");
    if ((*found)->here >= base::k_chunks_max) {
        return fail(ErrorCode::too_large, "attachment/too-large: 512 chunks");
    }
    if (auto ok = make_room(sealed.size(), number); !ok) return ok;
    auto work = Work::begin(state_);
    if (!work) return passed(work.error());
    if (auto ok = insert_chunk(number, (*found)->here, sealed); !ok) return ok;
    return work->commit();
}

Result<void> AttachmentStore::finish(std::uint64_t number, const Digest& id, std::uint64_t size) {
    return run(state_.db,
               "UPDATE attachment SET id = ?2, size = ?3, chunks = here WHERE number = ?1", number,
               id, size);
}

Result<void> AttachmentStore::abandon(std::uint64_t number) {
    auto work = Work::begin(state_);
    if (!work) return passed(work.error());
    auto ok = run(state_.db, "DELETE FROM attachment_chunk WHERE number = ?1", number);
    if (!ok) return ok;
    if (ok = run(state_.db, "DELETE FROM attachment WHERE number = ?1", number); !ok) return ok;
    return work->commit();
}

Result<void> DeviceStore::State::sweep_attachments() {
    const auto abandoned = number(db, "SELECT count(*) FROM attachment WHERE referenced = 0");
    if (!abandoned) return passed(abandoned.error());
    if (*abandoned == 0) return {};
    auto work = Work::begin(*this);
    if (!work) return passed(work.error());
    auto ok = run(db,
                  "DELETE FROM attachment_chunk WHERE number IN"
                  " (SELECT number FROM attachment WHERE referenced = 0)");
    if (!ok) return ok;
    if (ok = run(db, "DELETE FROM attachment WHERE referenced = 0"); !ok) return ok;
    return work->commit();
}

namespace {

Result<void> name_content(DeviceStore::State& state, const RecordId& record,
                          const v1::SealedContent& content, bool thumbnail) {
    const auto id = base::from_bytes<Digest>(content.id());
    const std::uint32_t chunks = base::chunks_of(content.size());
    // What nobody can open, or is larger than anything may be, is shown as unreadable by who asks.
    if (!id || content.key().size() != 32 || chunks == 0 || (thumbnail && chunks > 1)) return {};
    return run(state.db,
               "INSERT INTO attachment(record, id, thumbnail, key, size, chunks, referenced)"
               " VALUES(?1, ?2, ?3, ?4, ?5, ?6, 1) ON CONFLICT DO UPDATE SET referenced = 1",
               record, *id, thumbnail, content.key(), content.size(), chunks);
}

}  // namespace

Result<void> DeviceStore::State::name_attachments(const merge::Change& change) {
    if (change.header.kind() != v1::KIND_DOCUMENT_REFERENCE || !change.body_bytes) return {};
    v1::DocumentReference message;
    if (!message.ParseFromString(change.body.resource())) return {};
    for (const auto& attachment : message.document().attachment()) {
        auto ok = name_content(*this, change.record, attachment.content(), false);
        if (ok && attachment.has_thumbnail()) {
            ok = name_content(*this, change.record, attachment.thumbnail(), true);
        }
        if (!ok) return ok;
    }
    return {};
}

// --- reading ---------------------------------------------------------------------------------

Result<std::optional<StoredAttachment>> AttachmentStore::find(const RecordId& record,
                                                              const Digest& id) {
    return one(state_.db, KARI_ATTACHMENT_COLUMNS "WHERE a.record = ?1 AND a.id = ?2", record, id);
}

Result<std::string> AttachmentStore::chunk(std::uint64_t number, std::uint32_t chunk) {
    std::optional<std::string> found;
    const auto ok = each_row(
        state_.db, "SELECT sealed FROM attachment_chunk WHERE number = ?1 AND chunk = ?2",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found = std::string(row.column_blob(0));
            return {};
        },
        number, chunk);
    if (!ok) return passed(ok.error());
    if (!found) return fail(ErrorCode::not_found, "attachment: the chunk is not here");
    return std::move(*found);
}

Result<void> AttachmentStore::note_use(std::uint64_t number) {
    return run(state_.db,
               "UPDATE attachment SET used = (SELECT max(used) + 1 FROM attachment)"
               " WHERE number = ?1",
               number);
}

Result<void> AttachmentStore::want(std::uint64_t number) {
    return run(state_.db,
               "UPDATE attachment SET trouble = 0,"
               " wanted = (SELECT max(wanted) + 1 FROM attachment)"
               " WHERE number = ?1 AND here < chunks",
               number);
}

// --- moving ----------------------------------------------------------------------------------

Result<std::optional<StoredAttachment>> AttachmentStore::next_to_move(const Skip& skip) {
    constexpr std::string_view turns[] = {
        KARI_ATTACHMENT_COLUMNS
        "JOIN record r USING(record) WHERE a.wanted > 0 AND a.here <"
        " a.chunks AND r.hidden = 0 ORDER BY a.wanted",
        KARI_ATTACHMENT_COLUMNS
        "WHERE a.thumbnail = 1 AND a.referenced = 1 AND a.fate = 0 AND"
        " a.here = a.chunks ORDER BY a.number",
        KARI_ATTACHMENT_COLUMNS
        "JOIN record r USING(record) WHERE a.thumbnail = 1 AND a.here <"
        " a.chunks AND r.hidden = 0 ORDER BY a.number",
        KARI_ATTACHMENT_COLUMNS
        "WHERE a.thumbnail = 0 AND a.referenced = 1 AND a.fate = 0 AND"
        " a.here = a.chunks ORDER BY a.number",
    };
    for (const auto sql : turns) {
        std::optional<StoredAttachment> found;
        const auto ok = each_row(state_.db, sql, [&](sqlcipher::Statement& row) -> Result<void> {
            if (found) return {};
            auto candidate = attachment_from(row);
            if (!skip(candidate)) found = std::move(candidate);
            return {};
        });
        if (!ok) return passed(ok.error());
        if (found) return found;
    }
    return std::optional<StoredAttachment>();
}

Result<std::string> AttachmentStore::digests(std::uint64_t number) {
    std::string out;
    const auto ok = each_row(
        state_.db, "SELECT digest FROM attachment_chunk WHERE number = ?1 ORDER BY chunk",
        [&](sqlcipher::Statement& row) -> Result<void> {
            out += row.column_blob(0);
            return {};
        },
        number);
    if (!ok) return passed(ok.error());
    return out;
}

Result<std::optional<std::uint32_t>> AttachmentStore::first_missing(std::uint64_t number) {
    const auto found = at(number);
    if (!found) return passed(found.error());
    if (!*found || (*found)->whole()) return std::optional<std::uint32_t>();
    std::uint32_t next = 0;
    const auto ok = each_row(
        state_.db, "SELECT chunk FROM attachment_chunk WHERE number = ?1 ORDER BY chunk",
        [&](sqlcipher::Statement& row) -> Result<void> {
            if (row.column_u64(0) == next) ++next;
            return {};
        },
        number);
    if (!ok) return passed(ok.error());
    return std::optional<std::uint32_t>(next);
}

Result<void> AttachmentStore::put_chunk(std::uint64_t number, std::uint32_t chunk,
                                        std::string_view sealed) {
    const auto found = at(number);
    if (!found) return passed(found.error());
    if (!*found || chunk >= (*found)->chunks) {
        return fail(ErrorCode::not_found, "attachment: no such chunk is named");
    }
    const StoredAttachment& attachment = **found;
    const bool last = chunk + 1 == attachment.chunks;
    const auto opened = crypto::open_chunk(crypto::Secret(attachment.key), chunk, last, sealed);
    if (!opened) return passed(opened.error());
    if (last && sealed.size() != base::chunk_length(base::sealed_size(attachment.size), chunk)) {
        return fail(ErrorCode::malformed, "attachment: its end is not where it was named");
    }
    const auto held = store::number(
        state_.db, "SELECT count(*) FROM attachment_chunk WHERE number = ?1 AND chunk = ?2", number,
        chunk);
    if (!held) return passed(held.error());
    if (*held > 0) return {};
    if (auto ok = make_room(sealed.size(), number); !ok) return ok;
    auto work = Work::begin(state_);
    if (!work) return passed(work.error());
    if (auto ok = insert_chunk(number, chunk, sealed); !ok) return ok;
    auto ok = run(state_.db,
                  "UPDATE attachment SET wanted = 0, used = (SELECT max(used) + 1 FROM attachment)"
                  " WHERE number = ?1 AND here = chunks",
                  number);
    if (!ok) return ok;
    return work->commit();
}

Result<void> AttachmentStore::set_fate(std::uint64_t number, Fate fate) {
    return run(state_.db, "UPDATE attachment SET fate = ?2, trouble = 0 WHERE number = ?1", number,
               fate);
}

Result<void> AttachmentStore::set_trouble(std::uint64_t number, ErrorCode why) {
    return run(state_.db, "UPDATE attachment SET trouble = ?2 WHERE number = ?1", number, why);
}

Result<std::vector<StoredAttachment>> AttachmentStore::unsecured(std::size_t limit) {
    std::vector<StoredAttachment> found;
    const auto ok = each_row(
        state_.db,
        KARI_ATTACHMENT_COLUMNS "WHERE a.own = 1 AND a.fate = 1 ORDER BY a.number LIMIT ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            found.push_back(attachment_from(row));
            return {};
        },
        limit);
    if (!ok) return passed(ok.error());
    return found;
}

Result<void> AttachmentStore::offer_again() {
    // What is not whole here cannot be offered: what was known of it stays.
    return run(state_.db, "UPDATE attachment SET fate = 0, trouble = 0 WHERE here = chunks");
}

// --- quota -----------------------------------------------------------------------------------

Result<AttachmentUsage> AttachmentStore::usage() {
    AttachmentUsage out;
    const auto ok = each_row(
        state_.db,
        "SELECT coalesce(sum(bytes), 0), coalesce(sum(CASE WHEN " KARI_KEPT
        " THEN bytes ELSE 0 END), 0), coalesce(sum(referenced = 1 AND fate = 0 AND chunks > 0"
        " AND here = chunks), 0) FROM attachment",
        [&](sqlcipher::Statement& row) -> Result<void> {
            out.bytes = row.column_u64(0);
            out.kept = row.column_u64(1);
            out.waiting = row.column_u64(2);
            return {};
        });
    if (!ok) return passed(ok.error());
    out.quota = k_attachment_quota_usual;
    const auto set = number(
        state_.db, "SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE name = ?1",
        Text{k_quota_setting});
    if (set) out.quota = *set;
    if (!set && set.error().code != ErrorCode::not_found) return passed(set.error());
    return out;
}

Result<void> AttachmentStore::set_quota(std::uint64_t bytes) {
    return run(state_.db,
               "INSERT INTO setting(name, value) VALUES(?1, ?2)"
               " ON CONFLICT DO UPDATE SET value = excluded.value",
               Text{k_quota_setting}, std::string_view(std::to_string(bytes)));
}

Result<bool> AttachmentStore::evict_one(std::uint64_t but_not) {
    std::optional<std::uint64_t> victim;
    auto ok = each_row(
        state_.db,
        "SELECT number FROM attachment WHERE bytes > 0 AND number <> ?1 AND NOT " KARI_KEPT
        " ORDER BY thumbnail, used LIMIT 1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            victim = row.column_u64(0);
            return {};
        },
        but_not);
    if (!ok) return passed(ok.error());
    if (!victim) return false;
    auto work = Work::begin(state_);
    if (!work) return passed(work.error());
    ok = run(state_.db, "DELETE FROM attachment_chunk WHERE number = ?1", *victim);
    if (!ok) return passed(ok.error());
    ok = run(state_.db, "UPDATE attachment SET here = 0, bytes = 0 WHERE number = ?1", *victim);
    if (!ok) return passed(ok.error());
    if (ok = work->commit(); !ok) return passed(ok.error());
    return true;
}

Result<void> AttachmentStore::make_room(std::uint64_t bytes, std::uint64_t but_not) {
    // A full disk could not even take back what had been taken up. Where nobody can tell how much
    // is free, the write itself says.
    std::error_code unknown;
    const auto disk = std::filesystem::space(state_.db.path(), unknown);
    if (!unknown && disk.available < k_disk_kept_for_charting + bytes) {
        return fail(ErrorCode::storage_full, "attachment: the rest of the disk is for charting");
    }
    for (;;) {
        const auto used = usage();
        if (!used) return passed(used.error());
        if (used->bytes + bytes <= used->quota) return {};
        const auto gone = evict_one(but_not);
        if (!gone) return passed(gone.error());
        if (!*gone) {
            return fail(ErrorCode::quota_exceeded,
                        "attachment/no-room: what is here is not secured");
        }
    }
}

}  // namespace kari::store
