// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/verify.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/change.hpp"
#include "sync-server/exchange/seals.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {
namespace {

constexpr std::size_t k_broken_max = 1'000;

struct StreamKey {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    auto operator<=>(const StreamKey&) const = default;
};

// One record at a time.
class RecordCheck {
public:
    RecordCheck(storage::Storage& storage, std::string_view server_point, const RecordId& record,
                Verified& result)
        : storage_(storage), server_point_(server_point), record_(record), result_(result) {}

    Result<void> run() {
        KARI_LET(const auto state, storage_.state(record_));
        if (!state) return {};
        ++result_.records;
        KARI_TRY(check_changes(*state));
        KARI_TRY(check_access(*state));
        return check_seals();
    }

private:
    template <typename... Parts>
    void broken(fmt::format_string<Parts...> text, Parts&&... parts) {
        if (result_.broken.size() >= k_broken_max) return;
        result_.broken.push_back(fmt::format("record {}: {}", record_.text(),
                                             fmt::format(text, std::forward<Parts>(parts)...)));
    }

    Digest next(const Digest& chain, std::string_view id) const {
        return base::sha256(base::to_bytes(chain).append(id));
    }

    Result<void> check_changes(const storage::RecordState& state) {
        Digest chain;
        std::uint64_t position = 0;
        KARI_TRY(storage_.changes(record_, 0, [&](const storage::StoredChange& change) {
            ++result_.changes;
            ++position;
            chain = next(chain, base::to_bytes(change.id));
            if (change.position != position) broken("position {} is missing", position);
            if (change.chain != chain) broken("running digest at position {}", change.position);
            position = change.position;
            chain = change.chain;
            check_change(change);
            return true;
        }));
        if (state.head.position != position || state.head.chain != chain) {
            broken("the log ends at {}, the record says {}", position, state.head.position);
        }
        check_links();
        return {};
    }

    void check_change(const storage::StoredChange& stored) {
        const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
        if (!change) {
            broken("change at {}: {}", stored.position, change.error().what);
            return;
        }
        if (change->id != stored.id) broken("change at {} is not the one it was", stored.position);
        if (change->record != record_) broken("change at {} is another record's", stored.position);
        ids_.emplace(StreamKey{change->incarnation, change->header.seq()}, change->id);
        if (!change->header.prev().empty()) {
            links_.emplace_back(StreamKey{change->incarnation, change->header.seq()},
                                change->header.prev());
        }
    }

    void check_links() {
        for (const auto& [key, prev] : links_) {
            const auto [from, to] = ids_.equal_range({key.incarnation, key.seq - 1});
            const bool named = std::any_of(
                from, to, [&](const auto& entry) { return base::to_bytes(entry.second) == prev; });
            if (!named) ++result_.gaps;
        }
    }

    Result<void> check_access(const storage::RecordState& state) {
        Digest chain;
        std::uint64_t position = 0;
        KARI_TRY(storage_.access(record_, 0, [&](const storage::StoredAccess& entry) {
            ++result_.access_entries;
            ++position;
            chain = next(chain, base::to_bytes(entry.id));
            if (entry.position != position) broken("access entry {} is missing", position);
            if (entry.chain != chain) broken("running digest at access entry {}", entry.position);
            if (base::sha256(entry.bytes) != entry.id) {
                broken("access entry {} is not the one it was", entry.position);
            }
            position = entry.position;
            chain = entry.chain;
            access_ids_.emplace(StreamKey{entry.incarnation, entry.seq}, entry.id);
            return true;
        }));
        if (state.access_head.position != position || state.access_head.chain != chain) {
            broken("the access log ends at {}, the record says {}", position,
                   state.access_head.position);
        }
        return {};
    }

    Result<void> check_seals() {
        KARI_LET(const auto seals, storage_.all_seals(record_));
        std::map<IncarnationId, std::uint64_t> sealed;
        for (const auto& row : seals) {
            ++result_.seals;
            v1::RecordSeal seal;
            if (!seal.ParseFromString(row.bytes)) {
                broken("seal {} cannot be read", row.number);
                continue;
            }
            KARI_LET(const auto certificate, storage_.signing_certificate(row.incarnation));
            std::string point(server_point_);
            if (certificate) {
                KARI_LET(point, identity::public_point_of_certificate(certificate->der));
            }
            const auto checked = exchange::check_seal(seal, point);
            if (!checked) {
                broken("seal {}: {}", row.number, checked.error().what);
                continue;
            }
            const auto& leaf = checked->leaf;
            const auto& ids = row.access ? access_ids_ : change_digests();
            const auto [from, to] = ids.equal_range({row.incarnation, leaf.seq()});
            const bool here = std::any_of(from, to, [&](const auto& entry) {
                return base::to_bytes(entry.second) == leaf.head();
            });
            if (!here) broken("seal {} seals what is not here", row.number);
            KARI_TRY(check_seal_chain(row));
            if (!row.access) {
                sealed[row.incarnation] = std::max(sealed[row.incarnation], leaf.seq());
            }
        }
        for (const auto& [key, id] : ids_) {
            if (key.seq > sealed[key.incarnation]) ++result_.unsealed;
        }
        return {};
    }

    Result<void> check_seal_chain(const storage::StoredSeal& row) {
        if (row.number <= 1) return {};
        KARI_LET(const auto before, storage_.seal_statements(row.incarnation, row.number - 1));
        if (!before.empty() &&
            std::find(before.begin(), before.end(), row.previous) == before.end()) {
            broken("seal {} follows another seal than the one here", row.number);
        }
        return {};
    }

    const std::multimap<StreamKey, Digest>& change_digests() {
        if (digests_.empty()) {
            for (const auto& [key, id] : ids_) {
                digests_.emplace(key, base::from_bytes<Digest>(base::to_bytes(id)).value());
            }
        }
        return digests_;
    }

    storage::Storage& storage_;
    std::string_view server_point_;
    RecordId record_;
    Verified& result_;
    std::multimap<StreamKey, ChangeId> ids_;
    std::multimap<StreamKey, Digest> digests_;
    std::multimap<StreamKey, Digest> access_ids_;
    std::vector<std::pair<StreamKey, std::string>> links_;
};

}  // namespace

Result<Verified> verify(storage::Storage& storage, std::string_view server_signing_point) {
    Verified result;
    KARI_LET(const auto records, storage.records());
    for (const RecordId& record : records) {
        KARI_TRY(RecordCheck(storage, server_signing_point, record, result).run());
    }
    return result;
}

}  // namespace kari::server::admin
