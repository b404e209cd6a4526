// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "sdk/chart/window.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"
#include "tests/unit/windows/tablet.hpp"
#include "tests/unit/windows/years.hpp"

namespace kari::test {

// A server's parts, without sockets, and tablets' stores that are delivered what it answers.
struct Delivery : Ward {
    Years years;

    explicit Delivery(const server::exchange::WindowChoice& choice) {
        parts->windows.choice = choice;
        // A day of the citizen's, not of the machine's.
        clock.now = years.scene.a.now;
        for (const auto& change : years.scene.changes)
            append(*change);
        Tablet::must(storage->grant(unit, record));
    }

    void append(const merge::Change& change) {
        auto log = Tablet::must(storage->begin_or_create(record, false));
        Tablet::must(log->append(change));
        Tablet::must(log->commit());
        clock.now = std::max(clock.now, Instant{change.header.recorded().wall_ms()});
    }
    void act(int times) {
        for (int i = 0; i < times; ++i)
            append(*years.act());
    }
    void review() { Tablet::must(server::exchange::review(*parts, record)); }
    server::storage::LogPoint head() { return Tablet::must(storage->state(record))->head; }

    // One request and what it brings; false: there was nothing more to ask for.
    bool ask(Tablet& tablet, std::uint32_t number, v1::Lane lane, bool windows,
             std::uint32_t most = 0) {
        const auto writer = Writer::tablet(number);
        auto request = request_of(writer, lane);
        request.set_max_reply_bytes(most);
        const auto epoch = base::to_bytes(Tablet::must(storage->epoch()).id);
        request.set_epoch(epoch);
        const auto meta = Tablet::must(tablet->record_meta(record));
        auto& holding = *request.add_holding();
        holding.set_record(base::to_bytes(record));
        const auto part = Tablet::must(tablet->window(record));
        if (meta) {
            *holding.mutable_base() = wire(meta->base);
            *holding.mutable_cursor() = wire(meta->cursor);
            if (!meta->epoch.is_zero()) holding.set_epoch(epoch);
            holding.set_safety_position(meta->safety_position);
        }
        const bool reached = !part || (part->held().moment_ms() <= part->back_to_ms() &&
                                       part->has_held() && part->held().resource().empty());
        if (lane == v1::LANE_FULL && meta && meta->cursor.position == head().position && reached) {
            return false;
        }
        if (part) {
            holding.mutable_window()->set_back_to_ms(part->back_to_ms());
            if (part->has_held()) *holding.mutable_window()->mutable_held() = part->held();
        } else if (windows && (!meta || Tablet::must(tablet->takes_window(record)))) {
            holding.mutable_window();
        }
        const auto reply = Tablet::must(exchange(device(writer, number), request));
        for (const auto& delta : reply.delta())
            Tablet::must(tablet->apply_delta(delta, Tablet::must(storage->epoch()).id));
        return true;
    }
    void sync(Tablet& tablet, std::uint32_t number, bool windows, std::uint32_t most = 0) {
        ask(tablet, number, v1::LANE_SAFETY, windows);
        for (int turns = 0; ask(tablet, number, v1::LANE_FULL, windows, most); ++turns)
            RC_ASSERT(turns < 500);
        tablet.review();
    }
    static v1::LogPoint wire(const store::LogPoint& point) {
        v1::LogPoint out;
        out.set_position(point.position);
        if (point.position > 0) out.set_chain(base::to_bytes(point.chain));
        return out;
    }
};

}  // namespace kari::test
