// SPDX-License-Identifier: Apache-2.0
//
// The seals that come with a delta: of each stream one is kept, the one that reaches furthest in
// what is here.
#include "sdk/store/delta.hpp"

#include <utility>

#include "sdk/base/digest.hpp"

namespace kari::store {
namespace {

struct Sealed {
    v1::SealStatement statement;
    v1::StreamHead leaf;
};

std::optional<Sealed> read_seal(const v1::RecordSeal& seal) {
    Sealed out;
    if (!out.statement.ParseFromString(seal.statement()) ||
        !out.leaf.ParseFromString(seal.leaf()) || out.statement.incarnation().size() != 16 ||
        out.leaf.incarnation() != out.statement.incarnation() ||
        out.statement.number() > std::uint64_t{INT64_MAX} ||
        out.leaf.seq() > std::uint64_t{INT64_MAX}) {
        return std::nullopt;
    }
    return out;
}

// Whether another change than the one that was sealed stands at its address. What is not here at
// all contradicts nothing, as a seal's head that a window leaves out; access entries never are.
Result<bool> contradicts(DeviceStore::State& store, const RecordId& record,
                         const v1::StreamHead& leaf) {
    if (leaf.log() != v1::LOG_KIND_CHANGE) return false;
    const auto other = number(store.db,
                              "SELECT EXISTS(SELECT 1 FROM change WHERE record = ?1 AND"
                              " incarnation = ?2 AND seq = ?3) AND NOT EXISTS(SELECT 1 FROM change"
                              " WHERE record = ?1 AND incarnation = ?2 AND seq = ?3 AND id = ?4)"
                              " AND NOT EXISTS(SELECT 1 FROM quarantine WHERE record = ?1 AND"
                              " id = ?4)",
                              record, std::string_view(leaf.incarnation()), leaf.seq(),
                              std::string_view(leaf.head()));
    if (!other) return passed(other.error());
    return *other != 0;
}

// An incarnation that was put back whole has two changes at one address, and numbers its seals
// anew. A window may have left out the one, or a restored server lost it: its seal goes for the
// other's.
Result<bool> takes_the_place(DeviceStore::State& store, const RecordId& record, const Sealed& made,
                             const v1::RecordSeal& kept_bytes) {
    const auto kept = read_seal(kept_bytes);
    if (!kept) return fail(ErrorCode::storage_corrupt, "store: received seal");
    const auto wrong = contradicts(store, record, made.leaf);
    if (!wrong) return passed(wrong.error());
    const auto was_wrong = contradicts(store, record, kept->leaf);
    if (!was_wrong) return passed(was_wrong.error());
    if (*wrong != *was_wrong) return *was_wrong;
    return std::pair(made.leaf.seq(), made.statement.number()) >
           std::pair(kept->leaf.seq(), kept->statement.number());
}

}  // namespace

Result<void> DeltaWork::take_seals() {
    for (const auto& seal : delta_.seal()) {
        const auto made = read_seal(seal);
        if (!made || made->leaf.record() != delta_.record()) {
            const std::string bytes = seal.SerializeAsString();
            ChangeId id;
            id.bytes = base::sha256(bytes).bytes;
            const Error reason{ErrorCode::malformed, "seal: statement or leaf"};
            if (auto ok = quarantine(id, 0, reason, bytes, ""); !ok) return ok;
            continue;
        }
        std::optional<v1::RecordSeal> kept;
        auto found = each_row(
            store_.db,
            "SELECT seal FROM received_seal WHERE record = ?1 AND incarnation = ?2 AND log = ?3",
            [&](sqlcipher::Statement& row) -> Result<void> {
                if (!kept.emplace().ParseFromString(std::string(row.column_blob(0)))) {
                    return fail(ErrorCode::storage_corrupt, "store: received seal");
                }
                return {};
            },
            record_, std::string_view(made->leaf.incarnation()), made->leaf.log());
        if (!found) return found;
        if (kept) {
            const auto takes = takes_the_place(store_, record_, *made, *kept);
            if (!takes) return passed(takes.error());
            if (!*takes) continue;
        }
        auto ok = run(store_.db,
                      "INSERT OR REPLACE INTO received_seal(record, incarnation, log, number, seal)"
                      " VALUES(?1, ?2, ?3, ?4, ?5)",
                      record_, std::string_view(made->leaf.incarnation()), made->leaf.log(),
                      made->statement.number(), seal.SerializeAsString());
        if (!ok) return ok;
    }
    return {};
}

}  // namespace kari::store
