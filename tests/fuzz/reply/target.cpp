// SPDX-License-Identifier: Apache-2.0
//
// What a server answers a tablet: decoded, and taken by a session whose replica checks itself.
#include "tests/fuzz/target.hpp"

#include "sdk/sync/decode.hpp"
#include "tests/unit/sync/session_run.hpp"

namespace kari::fuzz {
namespace {

using namespace sync;

constexpr int k_steps_max = 64;
const auto k_record = sync::test::an_id<RecordId>("record");

// A reply that names nothing of ours ends at once. One byte in an id's place stands for ours.
std::string sound_reply(std::string_view bytes, const sync::test::MemoryReplica& replica) {
    v1::ExchangeReply reply;
    if (!reply.ParseFromString(std::string(bytes))) return std::string(bytes);
    const auto name = [](std::string* id, std::string_view ours) {
        if (id->size() == 1) id->assign(ours);
    };
    const std::string record = base::to_bytes(k_record);
    const std::string epoch(16, 'e');
    name(reply.mutable_epoch(), epoch);
    for (auto& delta : *reply.mutable_delta())
        name(delta.mutable_record(), record);
    for (auto& push : *reply.mutable_push()) {
        name(push.mutable_record(), record);
        for (auto& change : *push.mutable_change()) {
            name(change.mutable_incarnation(), base::to_bytes(replica.writer.incarnation));
        }
    }
    for (auto& entry : *reply.mutable_caseload())
        name(entry.mutable_record(), record);
    return reply.SerializeAsString();
}

}  // namespace

void take(std::span<const std::uint8_t> bytes) {
    Input input(bytes);
    sync::test::Tablet tablet("fuzzed");
    const auto own = tablet.replica.write(k_record);
    tablet.replica.write(k_record);
    Exchange exchange(tablet.replica, tablet.entropy);
    exchange.start({.after_unlock = true}, tablet.now());
    for (int step = 0; step < k_steps_max; ++step) {
        const Action action = exchange.next(tablet.now());
        if (const auto* wait = std::get_if<WaitUntil>(&action)) {
            tablet.boot_clock_ms = std::max(wait->boot_clock_ms, tablet.boot_clock_ms + 1);
        } else if (!std::holds_alternative<Send>(action) || input.empty()) {
            break;
        } else if (const std::string_view piece = input.piece(); piece.empty()) {
            exchange.on_failure({{ErrorCode::timed_out, "cut"}, std::nullopt, false}, tablet.now());
        } else {
            static_cast<void>(decode_reply(piece));
            exchange.on_reply(sound_reply(piece, tablet.replica), tablet.now());
        }
        tablet.replica.check();
        REQUIRE(tablet.replica.has(k_record, own));
    }
}

}  // namespace kari::fuzz
