// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdk/base/attachment.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {

using store::sqlcipher::Statement;

namespace {

constexpr std::size_t k_digest_bytes = 32;

#define KARI_ATTACHMENT_COLUMNS                                                           \
    "SELECT a.record, a.id, a.sealed_size, a.digests, a.held, a.device, a.offered, "      \
    "a.arrival, a.arrival > 0 AND a.arrival <= coalesce(r.secured, 0) FROM attachment a " \
    "LEFT JOIN attachment_reach r ON r.record = a.record "

Attachment read_attachment(const Statement& row) {
    Attachment out;
    out.record = row.column_id<RecordId>(0);
    out.id = row.column_id<Digest>(1);
    out.sealed_size = row.column_u64(2);
    out.digests = std::string(row.column_blob(3));
    out.held = std::string(row.column_blob(4));
    out.device = row.column_id<DeviceId>(5);
    out.offered = Instant{row.column_int(6)};
    out.arrival = row.column_u64(7);
    out.secured = row.column_int(8) != 0;
    return out;
}

std::string_view digest_at(std::string_view digests, std::size_t number) {
    return digests.substr(number * k_digest_bytes, k_digest_bytes);
}

bool bit(const std::string& bits, std::uint32_t number) {
    return (static_cast<std::uint8_t>(bits[number / 8]) >> (number % 8) & 1) != 0;
}

void set_bit(std::string& bits, std::uint32_t number, bool value) {
    const auto mask = static_cast<std::uint8_t>(1u << (number % 8));
    const auto byte = static_cast<std::uint8_t>(bits[number / 8]);
    bits[number / 8] = static_cast<char>(value ? byte | mask : byte & ~mask);
}

}  // namespace

Result<std::optional<Attachment>> EmbeddedStorage::attachment(const RecordId& record,
                                                              const Digest& id) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare(KARI_ATTACHMENT_COLUMNS "WHERE a.record = ?1 AND a.id = ?2"));
    row.bind(1, record).bind(2, id);
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<Attachment>{};
    return std::optional<Attachment>(read_attachment(row));
}

Result<Attachment> EmbeddedStorage::existing_attachment(const RecordId& record, const Digest& id) {
    KARI_LET(auto found, attachment(record, id));
    if (!found) return fail(ErrorCode::not_found, "attachment: it was not offered");
    return std::move(*found);
}

Result<std::vector<Attachment>> EmbeddedStorage::attachments(const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare(KARI_ATTACHMENT_COLUMNS "WHERE a.record = ?1 ORDER BY a.id"));
    row.bind(1, record);
    std::vector<Attachment> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(read_attachment(row));
    }
}

Result<void> EmbeddedStorage::sweep_attachments(const Instant& now) {
    const auto before = now.ms - k_unnamed_attachment_ms;
    for (const char* sql :
         {"DELETE FROM attachment_chunk WHERE (record, id) IN (SELECT record, id FROM attachment a "
          "WHERE a.offered < ?1 AND NOT EXISTS (SELECT 1 FROM attachment_named n WHERE "
          "n.record = a.record AND n.id = a.id))",
          "DELETE FROM attachment WHERE offered < ?1 AND NOT EXISTS (SELECT 1 FROM "
          "attachment_named n WHERE n.record = attachment.record AND n.id = attachment.id)"}) {
        KARI_LET(auto sweep, db_.prepare(sql));
        sweep.bind(1, before);
        KARI_TRY(sweep.run());
    }
    return {};
}

// What was offered counts whole, so that many beginnings cannot go beyond.
Result<void> EmbeddedStorage::check_attachment_quota(const Attachment& offered) {
    {
        KARI_LET(auto used, db_.prepare("SELECT coalesce(sum(sealed_size), 0) FROM attachment "
                                        "WHERE record = ?1"));
        used.bind(1, offered.record);
        KARI_TRY(used.step());
        if (used.column_u64(0) + offered.sealed_size > k_record_attachments_bytes_max) {
            return fail(ErrorCode::quota_exceeded, "attachments of the record");
        }
    }
    KARI_LET(auto named,
             db_.prepare("SELECT 1 FROM attachment_named WHERE record = ?1 AND id = ?2"));
    named.bind(1, offered.record).bind(2, offered.id);
    KARI_LET(const bool is_named, named.step());
    if (is_named) return {};
    KARI_LET(auto unnamed,
             db_.prepare("SELECT coalesce(sum(sealed_size), 0) FROM attachment a WHERE "
                         "device = ?1 AND NOT EXISTS (SELECT 1 FROM attachment_named n WHERE "
                         "n.record = a.record AND n.id = a.id)"));
    unnamed.bind(1, offered.device);
    KARI_TRY(unnamed.step());
    if (unnamed.column_u64(0) + offered.sealed_size > k_unnamed_attachments_bytes_max) {
        return fail(ErrorCode::quota_exceeded, "attachments of the device that no change names");
    }
    return {};
}

// Another list of digests for the same name: of the chunks that are here those stay that agree.
Result<void> EmbeddedStorage::renew_digests(const Attachment& known, const std::string& digests) {
    std::string held = known.held;
    for (std::uint32_t number = 0; number < base::sealed_chunks(known.sealed_size); ++number) {
        if (digest_at(known.digests, number) == digest_at(digests, number)) continue;
        set_bit(held, number, false);
        KARI_LET(auto gone, db_.prepare("DELETE FROM attachment_chunk WHERE record = ?1 AND "
                                        "id = ?2 AND number = ?3"));
        gone.bind(1, known.record).bind(2, known.id).bind(3, number);
        KARI_TRY(gone.run());
    }
    KARI_LET(auto put, db_.prepare("UPDATE attachment SET digests = ?3, held = ?4 WHERE "
                                   "record = ?1 AND id = ?2"));
    put.bind(1, known.record).bind(2, known.id).bind_blob(3, digests).bind_blob(4, held);
    return put.run();
}

Result<Attachment> EmbeddedStorage::offer_attachment(const Attachment& offered) {
    const Lock lock = enter();
    const auto done = atomically([&]() -> Result<void> {
        KARI_LET(const auto known_record, state(offered.record));
        if (!known_record) return fail(ErrorCode::not_found, "record");
        KARI_LET(auto known, attachment(offered.record, offered.id));
        if (known && known->whole()) return {};
        if (known && known->sealed_size != offered.sealed_size) {
            KARI_TRY(discard_attachment(offered.record, offered.id));
            known.reset();
        }
        if (known) {
            return known->digests == offered.digests ? Result<void>{}
                                                     : renew_digests(*known, offered.digests);
        }
        KARI_TRY(sweep_attachments(offered.offered));
        KARI_TRY(check_attachment_quota(offered));
        KARI_LET(auto insert, db_.prepare("INSERT INTO attachment VALUES(?1,?2,?3,?4,?5,?6,?7,0)"));
        insert.bind(1, offered.record).bind(2, offered.id).bind(3, offered.sealed_size);
        insert.bind_blob(4, offered.digests);
        insert.bind_blob(5, std::string((base::sealed_chunks(offered.sealed_size) + 7) / 8, '\0'));
        insert.bind(6, offered.device).bind(7, offered.offered.ms);
        return insert.run();
    });
    if (!done) return tl::unexpected(done.error());
    return existing_attachment(offered.record, offered.id);
}

Result<Attachment> EmbeddedStorage::put_attachment_chunk(const RecordId& record, const Digest& id,
                                                         std::uint32_t number,
                                                         std::string_view sealed) {
    const Lock lock = enter();
    KARI_LET(auto known, existing_attachment(record, id));
    if (number >= base::sealed_chunks(known.sealed_size)) {
        return fail(ErrorCode::invalid_argument, "attachment: no such chunk");
    }
    if (known.whole() || bit(known.held, number)) return known;
    set_bit(known.held, number, true);
    const auto done = atomically([&]() -> Result<void> {
        KARI_LET(auto insert, db_.prepare("INSERT INTO attachment_chunk VALUES(?1,?2,?3,?4)"));
        insert.bind(1, record).bind(2, id).bind(3, number).bind_blob(4, sealed);
        KARI_TRY(insert.run());
        KARI_LET(auto put,
                 db_.prepare("UPDATE attachment SET held = ?3 WHERE record = ?1 AND id = ?2"));
        put.bind(1, record).bind(2, id).bind_blob(3, known.held);
        return put.run();
    });
    if (!done) return tl::unexpected(done.error());
    return known;
}

Result<std::optional<std::string>> EmbeddedStorage::attachment_chunk(const RecordId& record,
                                                                     const Digest& id,
                                                                     std::uint32_t number) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT sealed FROM attachment_chunk WHERE record = ?1 AND "
                                   "id = ?2 AND number = ?3"));
    row.bind(1, record).bind(2, id).bind(3, number);
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<std::string>{};
    return std::optional<std::string>(std::string(row.column_blob(0)));
}

Result<Attachment> EmbeddedStorage::complete_attachment(const RecordId& record, const Digest& id) {
    const Lock lock = enter();
    const auto done = atomically([&]() -> Result<void> {
        KARI_LET(const auto known, existing_attachment(record, id));
        if (known.whole()) return {};
        KARI_LET(auto head, db_.prepare("INSERT INTO attachment_reach(record, head) VALUES(?1, 1) "
                                        "ON CONFLICT DO UPDATE SET head = head + 1"));
        head.bind(1, record);
        KARI_TRY(head.run());
        KARI_LET(auto put, db_.prepare("UPDATE attachment SET arrival = (SELECT head FROM "
                                       "attachment_reach WHERE record = ?1) WHERE record = ?1 "
                                       "AND id = ?2"));
        put.bind(1, record).bind(2, id);
        KARI_TRY(put.run());
        // Whoever looked for it in vain looks again.
        KARI_LET(auto feed, db_.prepare("UPDATE unit SET feed = feed + 1 WHERE id IN "
                                        "(SELECT unit FROM caseload WHERE record = ?1)"));
        feed.bind(1, record);
        return feed.run();
    });
    if (!done) return tl::unexpected(done.error());
    return existing_attachment(record, id);
}

Result<void> EmbeddedStorage::discard_attachment(const RecordId& record, const Digest& id) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(const auto known, existing_attachment(record, id));
        if (known.whole()) return fail(ErrorCode::not_permitted, "attachment: it is whole");
        for (const char* sql : {"DELETE FROM attachment_chunk WHERE record = ?1 AND id = ?2",
                                "DELETE FROM attachment WHERE record = ?1 AND id = ?2"}) {
            KARI_LET(auto gone, db_.prepare(sql));
            gone.bind(1, record).bind(2, id);
            KARI_TRY(gone.run());
        }
        return {};
    });
}

}  // namespace kari::server::storage
