// SPDX-License-Identifier: Apache-2.0
//
// Records that did not go whole: what stands and what is recent is here, the rest at the server.
#include <algorithm>
#include <cstdlib>

#include "sdk/chart/window.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/store/delta.hpp"

namespace kari::store {
namespace {

// No mark of a moment is beyond this, so that another doubt can be added.
constexpr std::int64_t k_mark_most = INT64_MAX / 4;

// Nothing can be said of any kind before all that stands is here.
bool has_all_that_stands(const v1::WindowPart& part) {
    return part.has_held() && part.held().moment_ms() != chart::k_stands.ms;
}

Instant since(const v1::WindowPart& part) {
    const Instant moment{part.held().moment_ms()};
    return part.held().resource().empty() ? moment : moment + Duration{1};
}

bool is_reached(const v1::WindowPart& part) {
    return has_all_that_stands(part) && part.held().resource().empty() &&
           part.held().moment_ms() <= part.back_to_ms();
}

}  // namespace

Result<std::optional<v1::WindowPart>> DeviceStore::State::window(const RecordId& record) {
    std::optional<v1::WindowPart> found;
    const auto ok = each_row(
        db, "SELECT part FROM elsewhere WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            if (!found.emplace().ParseFromString(std::string(row.column_blob(0)))) {
                return fail(ErrorCode::storage_corrupt, "store: what is elsewhere");
            }
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return found;
}

Result<void> DeviceStore::State::set_window(const RecordId& record, const v1::WindowPart& part) {
    return run(db,
               "INSERT INTO elsewhere(record, part) VALUES(?1, ?2)"
               " ON CONFLICT DO UPDATE SET part = excluded.part",
               record, part.SerializeAsString());
}

// After the safety lane, before anything else. What was written here says nothing of what others
// wrote.
Result<bool> DeviceStore::State::only_went_ahead(const RecordId& record) {
    const auto known = meta(record);
    if (!known) return passed(known.error());
    if (!*known || (*known)->made_here || (*known)->cursor.position > 0) return false;
    bool only_safety = true;
    const auto ok = each_row(
        db, "SELECT kind, addresses FROM resource WHERE record = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            const auto* schema = merge::schema_of(static_cast<std::uint32_t>(row.column_int(0)));
            if (!only_safety || (schema != nullptr && schema->safety)) return {};
            const auto addresses = decode_addresses(row.column_blob(1));
            if (!addresses) return passed(addresses.error());
            only_safety = std::all_of(addresses->begin(), addresses->end(),
                                      [&](const Address& at) { return is_own(at.incarnation); });
            return {};
        },
        record);
    if (!ok) return passed(ok.error());
    return only_safety;
}

// Granted, and not yet as far here as the server's log then went.
Result<bool> DeviceStore::State::is_on_its_way(const RecordId& record) {
    const auto known = meta(record);
    if (!known) return passed(known.error());
    if (*known && (*known)->cursor.position < (*known)->server.position) return true;
    return only_went_ahead(record);
}

Result<std::map<std::uint32_t, Instant>> DeviceStore::State::elsewhere(
    const std::vector<RecordId>& records) {
    std::map<std::uint32_t, Instant> found;
    const auto bound = [&](std::uint32_t kind, Instant at) {
        auto& known = found.emplace(kind, at).first->second;
        known = std::max(known, at);
    };
    for (const auto& record : records) {
        const auto part = window(record);
        if (!part) return passed(part.error());
        if (!*part) {
            const auto comes = is_on_its_way(record);
            if (!comes) return passed(comes.error());
            if (!*comes) continue;
        }
        if (*part && has_all_that_stands(**part)) {
            for (const std::uint32_t kind : (*part)->older())
                bound(kind, since(**part));
            continue;
        }
        for (const auto& schema : merge::all_kinds())
            bound(schema.kind, chart::k_not_yet);
    }
    return found;
}

Result<void> DeviceStore::State::bound_by_elsewhere(chart::Group& group) {
    const auto bounds = elsewhere(group.records);
    if (!bounds) return passed(bounds.error());
    for (const auto& [kind, at] : *bounds) {
        auto& known = group.complete_since.emplace(kind, at).first->second;
        known = std::max(known, at);
    }
    return {};
}

// --- a part ----------------------------------------------------------------------------------

// The prefix begins where the server says, and what a former one held is known again by its ids.
Result<void> DeltaWork::take_window() {
    const auto base = point_from(delta_.base());
    if (!base) return passed(base.error());
    const bool begins = meta_.cursor.position == 0;
    if (begins) {
        meta_.base = *base;
        meta_.cursor = *base;
    } else if (meta_.base != *base) {
        return fail(ErrorCode::chain_broken, "delta: a window beside where the prefix begins");
    }
    window_ = delta_.window();
    return store_.set_window(record_, *window_);
}

// What is learnt of a clock moves what it wrote by no more than that. What was behind the mark and
// is not here may now be before it: the mark goes back, and the next exchange brings what is
// between.
Result<void> DeltaWork::doubt_window(const merge::Change& change) {
    if (delta_.out_of_order() || change.header.kind() != v1::KIND_TIME_NOTE) return {};
    if (!window_ || !has_all_that_stands(*window_)) return {};
    const auto note = chart::said_by<v1::TimeNote>(change).note();
    const std::int64_t off =
        std::min(std::abs(std::max(note.server_minus_device_ms(), -k_mark_most)), k_mark_most) +
        note.uncertainty_ms();
    auto& mark = *window_->mutable_held();
    mark.set_moment_ms(std::min(mark.moment_ms(), k_mark_most) + off);
    return store_.set_window(record_, *window_);
}

// Nothing is elsewhere any more: every position from 1 on is here, and leads to the base. From now
// on the record is as one that went whole, and the next receipt covers all of it.
Result<void> DeltaWork::end_window() {
    if (!window_ || !is_reached(*window_) || !window_->older().empty()) return {};
    LogPoint at;
    bool dense = true;
    auto ok = each_row(
        store_.db,
        "SELECT position, id FROM change WHERE record = ?1 AND position BETWEEN 1 AND ?2"
        " UNION SELECT position, id FROM quarantine"
        " WHERE record = ?1 AND position BETWEEN 1 AND ?2 ORDER BY position",
        [&](sqlcipher::Statement& row) -> Result<void> {
            dense = dense && row.column_u64(0) == at.position + 1;
            ++at.position;
            at.chain = next_chain(at.chain, row.column_id<ChangeId>(1));
            return {};
        },
        record_, meta_.base.position);
    if (!ok || !dense || at != meta_.base) return ok;
    meta_.base = {};
    return forget_window();
}

Result<void> DeltaWork::forget_window() {
    window_.reset();
    return run(store_.db, "DELETE FROM elsewhere WHERE record = ?1", record_);
}

// --- the store's readers -----------------------------------------------------------------------

Result<std::optional<v1::WindowPart>> DeviceStore::window(const RecordId& record) {
    return state_->window(record);
}

Result<bool> DeviceStore::takes_window(const RecordId& record) {
    return state_->only_went_ahead(record);
}

Result<std::map<std::uint32_t, Instant>> DeviceStore::elsewhere(
    const std::vector<RecordId>& records) {
    return state_->elsewhere(records);
}

Result<std::vector<RecordId>> DeviceStore::unreached() {
    std::vector<RecordId> found;
    const auto ok =
        each_row(state_->db,
                 "SELECT e.record, e.part FROM elsewhere e JOIN record r ON r.record = e.record"
                 " WHERE r.hidden = 0",
                 [&](sqlcipher::Statement& row) -> Result<void> {
                     v1::WindowPart part;
                     if (!part.ParseFromString(std::string(row.column_blob(1)))) {
                         return fail(ErrorCode::storage_corrupt, "store: what is elsewhere");
                     }
                     if (!is_reached(part)) found.push_back(row.column_id<RecordId>(0));
                     return {};
                 });
    if (!ok) return passed(ok.error());
    return found;
}

Result<bool> DeviceStore::reach_back(const RecordId& record, Instant back_to) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    auto part = state_->window(record);
    if (!part) return passed(part.error());
    if (!*part) return false;
    if ((*part)->back_to_ms() > back_to.ms) {
        (*part)->set_back_to_ms(back_to.ms);
        if (auto ok = state_->set_window(record, **part); !ok) return passed(ok.error());
        if (auto ok = work->commit(); !ok) return passed(ok.error());
    }
    return !is_reached(**part) && !(*part)->older().empty();
}

}  // namespace kari::store
