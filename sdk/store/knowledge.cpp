// SPDX-License-Identifier: Apache-2.0
//
// Which knowledge pack the rules of this device lean on.
#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {

namespace {

constexpr std::string_view k_kept = "pack";
constexpr std::string_view k_date = "pack_date";  // stays when the pack cannot be read any more
constexpr std::string_view k_save =
    "INSERT INTO setting(name, value) VALUES(?1, ?2)"
    " ON CONFLICT DO UPDATE SET value = excluded.value";

// Two packs of one name may still differ: a demo pack of another program, a correction.
std::string noted_name(const clinical::KnowledgePack& pack) {
    return pack.name() + " " + base::to_hex(base::to_bytes(pack.content));
}

}  // namespace

Result<void> DeviceStore::State::note_pack(const clinical::KnowledgePack& in_use) {
    std::string last;
    const auto read =
        each_row(db, "SELECT pack FROM identity", [&](sqlcipher::Statement& row) -> Result<void> {
            last = row.column_text(0);
            return {};
        });
    if (!read) return passed(read.error());
    if (last == noted_name(in_use)) return {};
    const auto noted = run(db, "UPDATE identity SET pack = ?1", Text{noted_name(in_use)});
    if (!noted) return passed(noted.error());
    return run(db,
               "INSERT INTO owed(record, resource) SELECT record, ?1 FROM record WHERE true"
               " ON CONFLICT DO NOTHING",
               k_whole_record);
}

Result<void> DeviceStore::State::load_pack() {
    std::string envelope;
    const auto read = each_row(
        db, "SELECT value FROM setting WHERE name = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            envelope = std::string(row.column_blob(0));
            return {};
        },
        Text{k_kept});
    if (!read) return passed(read.error());
    if (!envelope.empty()) {
        // Its signature was checked before it was kept; since then the database vouches for it.
        const auto opened = clinical::read_envelope(envelope);
        auto known = opened ? clinical::read_pack(opened->pack())
                            : Result<clinical::KnowledgePack>(passed(opened.error()));
        if (known) {
            kept_pack = std::move(*known);
            pack = &*kept_pack;
        } else {
            pack_trouble = known.error();
        }
    }
    auto work = Work::begin(*this);
    if (!work) return passed(work.error());
    auto noted = note_pack(*pack);
    if (noted) noted = work->commit();
    // A full disk must not keep anybody from reading; what is owed is then noted the next time.
    if (!noted && noted.error().code != ErrorCode::storage_full) return noted;
    return {};
}

const clinical::KnowledgePack& DeviceStore::pack() const {
    return *state_->pack;
}

std::optional<LocalDate> DeviceStore::kept_pack_date() const {
    std::string text;
    const auto read = each_row(
        state_->db, "SELECT value FROM setting WHERE name = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            text = std::string(row.column_blob(0));
            return {};
        },
        Text{k_date});
    const auto date = read ? base::parse_date(text) : Result<LocalDate>(passed(read.error()));
    if (!date) return std::nullopt;
    return *date;
}

const std::optional<Error>& DeviceStore::pack_trouble() const {
    return state_->pack_trouble;
}

Result<void> DeviceStore::keep_pack(std::string_view envelope, clinical::KnowledgePack pack) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto ok = run(state_->db, k_save, Text{k_kept}, envelope);
    if (!ok) return ok;
    if (ok = run(state_->db, k_save, Text{k_date}, base::to_text(pack.date)); !ok) return ok;
    if (ok = state_->note_pack(pack); !ok) return ok;
    if (ok = work->commit(); !ok) return ok;
    state_->kept_pack = std::move(pack);
    state_->pack = &*state_->kept_pack;
    state_->pack_trouble.reset();
    return {};
}

}  // namespace kari::store
