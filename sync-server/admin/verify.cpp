// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/verify.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/change.hpp"
#include "sync-server/exchange/attachments.hpp"
#include "sync-server/exchange/seals.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {
namespace {

constexpr std::size_t k_faults_max = 1'000;

struct StreamKey {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    auto operator<=>(const StreamKey&) const = default;
};

// What stands at the addresses of one of a record's two logs, and what each names before it.
struct Streams {
    std::multimap<StreamKey, std::string> ids;
    std::vector<std::pair<StreamKey, std::string>> links;
    std::map<IncarnationId, std::uint64_t> sealed;  // seq up to which a sound seal reaches

    bool holds(const StreamKey& key, std::string_view id) const {
        const auto [from, to] = ids.equal_range(key);
        return std::any_of(from, to, [&](const auto& entry) { return entry.second == id; });
    }
    std::size_t unsealed() const {
        return static_cast<std::size_t>(
            std::count_if(ids.begin(), ids.end(), [this](const auto& entry) {
                const auto reach = sealed.find(entry.first.incarnation);
                return reach == sealed.end() || entry.first.seq > reach->second;
            }));
    }
};

// The seals of one incarnation, of all records together: they are numbered and chained as one.
struct SealChain {
    struct Statement {
        std::string prev;
        std::uint32_t leaves = 0;
        std::set<std::uint32_t> here;  // leaf numbers
    };
    std::map<std::uint64_t, std::map<std::string, Statement>> by_number;  // and by digest
};
using SealChains = std::map<IncarnationId, SealChain>;

void note(std::vector<Fault>& list, Fault fault) {
    if (list.size() < k_faults_max) list.push_back(std::move(fault));
}

// One record at a time.
class RecordCheck {
public:
    RecordCheck(storage::Storage& storage, identity::SigningKeys& keys, const RecordId& record,
                Verified& result, SealChains& chains)
        : storage_(storage), keys_(keys), record_(record), result_(result), chains_(chains) {}

    Result<void> run() {
        KARI_LET(const auto state, storage_.state(record_));
        if (!state) return {};
        ++result_.records;
        KARI_TRY(check_changes(*state));
        KARI_TRY(check_access(*state));
        check_links(changes_, "change", "link_contradicts", "change_missing");
        check_links(access_, "access entry", "access_link_contradicts", "access_missing");
        KARI_TRY(check_seals());
        KARI_TRY(check_attachments());
        result_.unsealed += changes_.unsealed();
        result_.unsealed_access += access_.unsealed();
        return {};
    }

private:
    template <typename... Parts>
    void broken(const char* rule, fmt::format_string<Parts...> where, Parts&&... parts) {
        note(result_.broken, {rule, record_, fmt::format(where, std::forward<Parts>(parts)...)});
    }

    // The row at the next position; what follows is judged from what this row says, so that one
    // fault is told once.
    struct Running {
        std::uint64_t position = 0;
        Digest chain;
    };
    template <typename Row>
    void step(Running& at, const Row& row, const char* what, bool access) {
        ++at.position;
        at.chain = base::sha256(base::to_bytes(at.chain).append(base::to_bytes(row.id)));
        if (row.position != at.position) {
            broken(access ? "access_position" : "log_position", "{} {} is missing", what,
                   at.position);
        }
        if (row.chain != at.chain) {
            broken(access ? "access_digest" : "log_digest", "running digest at {} {}", what,
                   row.position);
        }
        at = {row.position, row.chain};
    }

    Result<void> check_changes(const storage::RecordState& state) {
        Running at;
        KARI_TRY(storage_.changes(record_, 0, [&](const storage::StoredChange& change) {
            ++result_.changes;
            step(at, change, "change", false);
            check_change(change);
            return true;
        }));
        if (state.head.position != at.position || state.head.chain != at.chain) {
            broken("log_end", "the log ends at {}, the record says {}", at.position,
                   state.head.position);
        }
        return {};
    }

    void check_change(const storage::StoredChange& stored) {
        const StreamKey key{stored.incarnation, stored.seq};
        changes_.ids.emplace(key, base::to_bytes(stored.id));
        const auto change = merge::decode_change(stored.header_bytes, stored.body_bytes);
        if (!change) {
            broken("change_bytes", "change at {}: {}", stored.position, change.error().what);
            return;
        }
        if (change->id != stored.id) {
            broken("change_id", "change at {}: its header has another digest", stored.position);
        }
        if (change->record != record_) {
            broken("change_record", "change at {} is another record's", stored.position);
        }
        if (change->incarnation != stored.incarnation || change->header.seq() != stored.seq ||
            change->header.kind() != stored.kind) {
            broken("change_row", "change at {}: the row says another stream or kind",
                   stored.position);
        }
        if (!change->header.prev().empty()) {
            changes_.links.emplace_back(key, change->header.prev());
        }
    }

    Result<void> check_access(const storage::RecordState& state) {
        Running at;
        KARI_TRY(storage_.access(record_, 0, [&](const storage::StoredAccess& entry) {
            ++result_.access_entries;
            step(at, entry, "access entry", true);
            check_entry(entry);
            return true;
        }));
        if (state.access_head.position != at.position || state.access_head.chain != at.chain) {
            broken("access_end", "the access log ends at {}, the record says {}", at.position,
                   state.access_head.position);
        }
        return {};
    }

    void check_entry(const storage::StoredAccess& stored) {
        const StreamKey key{stored.incarnation, stored.seq};
        access_.ids.emplace(key, base::to_bytes(stored.id));
        v1::AccessEntry entry;
        if (base::sha256(stored.bytes) != stored.id || !entry.ParseFromString(stored.bytes)) {
            broken("access_bytes", "access entry {}: its bytes have another digest",
                   stored.position);
            return;
        }
        if (entry.incarnation() != base::to_bytes(stored.incarnation) ||
            entry.seq() != stored.seq || entry.record() != base::to_bytes(record_)) {
            broken("access_row", "access entry {}: the row says another stream", stored.position);
        }
        if (entry.seq() > 1) access_.links.emplace_back(key, entry.prev());
    }

    // A predecessor that is another contradicts; one that is not here is a gap.
    void check_links(const Streams& streams, const char* what, const char* contradicts,
                     const char* missing) {
        for (const auto& [key, prev] : streams.links) {
            const StreamKey before{key.incarnation, key.seq - 1};
            if (streams.holds(before, prev)) continue;
            if (streams.ids.contains(before)) {
                broken(contradicts, "{} {} of {} does not follow the one before it", what, key.seq,
                       key.incarnation.text());
            } else {
                note(result_.gaps,
                     {missing, record_,
                      fmt::format("{} {} of {}", what, before.seq, key.incarnation.text())});
            }
        }
    }

    Result<void> check_seals() {
        KARI_LET(const auto seals, storage_.all_seals(record_));
        for (const auto& row : seals) {
            ++result_.seals;
            KARI_TRY(check_seal(row));
        }
        return {};
    }

    Result<void> check_seal(const storage::StoredSeal& row) {
        const std::string name = fmt::format("seal {} of {}", row.number, row.incarnation.text());
        v1::RecordSeal seal;
        if (!seal.ParseFromString(row.bytes)) {
            broken("seal_unreadable", "{}", name);
            return {};
        }
        const auto point = exchange::signing_point(storage_, keys_, row.incarnation);
        if (!point) {
            // Never another key instead: whoever seals has a certificate.
            if (point.error().code == ErrorCode::device_unknown) {
                broken("certificate_missing", "{}: its incarnation has no certificate", name);
            } else if (point.error().code == ErrorCode::signature_invalid) {
                broken("certificate_invalid", "{}: {}", name, point.error().what);
            } else {
                return tl::unexpected(point.error());
            }
            return {};
        }
        const auto checked = exchange::check_seal(seal, *point);
        if (!checked) {
            const ErrorCode code = checked.error().code;
            broken(code == ErrorCode::signature_invalid ? "seal_signature"
                   : code == ErrorCode::chain_broken    ? "seal_path"
                                                        : "seal_unreadable",
                   "{}: {}", name, checked.error().what);
            return {};
        }
        const v1::StreamHead& leaf = checked->leaf;
        const bool access = leaf.log() == v1::LOG_KIND_ACCESS;
        if (checked->incarnation != row.incarnation || access != row.access ||
            checked->statement.number() != row.number || checked->digest != row.statement ||
            leaf.record() != base::to_bytes(record_)) {
            broken("seal_row", "{}: the row says another seal", name);
            return {};
        }
        chain(*checked, seal.index());
        Streams& streams = access ? access_ : changes_;
        if (!streams.holds({row.incarnation, leaf.seq()}, leaf.head())) {
            broken("seal_head", "{}: {} {} is not the one that was sealed", name,
                   access ? "access entry" : "change", leaf.seq());
            return {};
        }
        auto& reach = streams.sealed[row.incarnation];
        reach = std::max(reach, leaf.seq());
        return {};
    }

    // One that is on its way is no fault, nor is one that has not come.
    Result<void> check_attachments() {
        KARI_LET(const auto attachments, storage_.attachments(record_));
        for (const auto& attachment : attachments) {
            if (!attachment.whole()) continue;
            ++result_.attachments;
            const auto digest = exchange::digest_of_chunks(storage_, attachment);
            if (!digest && digest.error().code != ErrorCode::storage_corrupt) {
                return tl::unexpected(digest.error());
            }
            if (!digest || *digest != attachment.id) {
                broken("attachment_bytes", "attachment {}: its chunks have another digest",
                       attachment.id.text());
            }
        }
        return {};
    }

    void chain(const exchange::CheckedSeal& checked, std::uint32_t index) {
        auto& statement =
            chains_[checked.incarnation]
                .by_number[checked.statement.number()][base::to_bytes(checked.digest)];
        statement.prev = checked.statement.prev();
        statement.leaves = checked.statement.leaves();
        statement.here.insert(index);
    }

    storage::Storage& storage_;
    identity::SigningKeys& keys_;
    RecordId record_;
    Verified& result_;
    SealChains& chains_;
    Streams changes_;
    Streams access_;
};

// Numbers of one incarnation are dense, each statement names the one before it, and each has as
// many leaves as it says. What a sound seal names and is not here is missing; it contradicts
// nothing.
void check_chain(const IncarnationId& incarnation, const SealChain& chain, Verified& result) {
    std::uint64_t expected = 1;
    const auto seal = [&](std::uint64_t number) {
        return fmt::format("seal {} of {}", number, incarnation.text());
    };
    for (const auto& [number, statements] : chain.by_number) {
        if (number > expected) {
            note(result.gaps,
                 {"seal_missing", std::nullopt,
                  number == expected + 1 ? seal(expected)
                                         : fmt::format("seals {} to {} of {}", expected, number - 1,
                                                       incarnation.text())});
        }
        expected = number + 1;
        const auto before = chain.by_number.find(number - 1);
        for (const auto& [digest, statement] : statements) {
            // An incarnation that was put back whole numbers twice, and after a restore only one of
            // the two may be back. What names the other is signed: nobody else can have made it.
            if (before != chain.by_number.end() && !before->second.contains(statement.prev)) {
                note(result.gaps,
                     {"seal_missing", std::nullopt,
                      fmt::format("another {}, which seal {} follows", seal(number - 1), number)});
            }
            if (statement.here.size() < statement.leaves) {
                note(result.gaps,
                     {"seal_missing", std::nullopt,
                      fmt::format("{}: {} of its {} leaves", seal(number),
                                  statement.leaves - statement.here.size(), statement.leaves)});
            }
        }
    }
}

}  // namespace

std::string Fault::text() const {
    return record ? fmt::format("record {}: {}: {}", record->text(), rule, where)
                  : fmt::format("{}: {}", rule, where);
}

Result<Verified> verify(storage::Storage& storage, std::string_view ca_pem) {
    Verified result;
    identity::SigningKeys keys{std::string(ca_pem)};
    SealChains chains;
    KARI_LET(const auto records, storage.records());
    for (const RecordId& record : records) {
        KARI_TRY(RecordCheck(storage, keys, record, result, chains).run());
    }
    for (const auto& [incarnation, chain] : chains)
        check_chain(incarnation, chain, result);
    return result;
}

}  // namespace kari::server::admin
