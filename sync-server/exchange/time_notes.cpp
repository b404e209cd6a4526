// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/time_notes.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

// A smaller correction is worth no change.
constexpr std::int64_t k_worth_noting_ms = 5'000;
// A request that no round trip was measured before may have waited for as long as a session
// retries: it is sent again as the same bytes.
constexpr std::int64_t k_unmeasured_ms =
    static_cast<std::int64_t>(sync::k_attempts * sync::k_retry_after_most_ms);
constexpr std::int64_t k_way_ms = 2'000;  // to the server, of a request that nothing delays

// Server time minus the device's wall clock; the truth lies within the doubt either way.
struct Measured {
    std::int64_t difference_ms = 0;
    std::int64_t doubt_ms = 0;
};

// What an earlier round trip told the device, where this request does not contradict it: a request
// takes its time, so its own difference can be too large and never too small.
Measured measured(const v1::ExchangeRequest& request, Instant now) {
    const Measured alone{now.ms - request.wall_ms(), k_unmeasured_ms};
    if (!request.has_server_minus_wall_ms() ||
        request.server_doubt_ms() > static_cast<std::uint64_t>(k_unmeasured_ms)) {
        return alone;
    }
    const Measured told{request.server_minus_wall_ms(),
                        static_cast<std::int64_t>(request.server_doubt_ms())};
    const bool early = told.difference_ms - told.doubt_ms > alone.difference_ms + k_way_ms;
    const bool late =
        told.difference_ms + told.doubt_ms < alone.difference_ms - k_unmeasured_ms - k_way_ms;
    return early || late ? alone : told;
}

bool teaches(const merge::Change& change, const std::string& boot, std::int64_t difference) {
    const auto& recorded = change.header.recorded();
    if (recorded.boot() != boot) return false;
    const std::int64_t known =
        recorded.has_server_minus_wall_ms() ? recorded.server_minus_wall_ms() : 0;
    return std::abs(known - difference) > k_worth_noting_ms;
}

}  // namespace

Result<void> note_times(Parts& parts, storage::RecordTransaction& record,
                        const v1::ExchangeRequest& request,
                        const std::vector<merge::Change>& fresh) {
    if (request.boot().size() != 16 || request.wall_ms() == 0) return {};
    constexpr std::int64_t range = std::int64_t{1} << 53;
    for (const std::int64_t told : {request.wall_ms(), request.server_minus_wall_ms()}) {
        if (told > range || told < -range) return {};
    }
    const auto [difference, doubt] = measured(request, parts.clock.wall());
    std::set<IncarnationId> taught;
    for (const merge::Change& change : fresh) {
        if (teaches(change, request.boot(), difference)) taught.insert(change.incarnation);
    }
    for (const IncarnationId& incarnation : taught) {
        v1::TimeNote value;
        v1::BootTime& note = *value.mutable_note();
        note.set_incarnation(base::to_bytes(incarnation));
        note.set_boot(request.boot());
        note.set_server_minus_device_ms(difference);
        note.set_uncertainty_ms(static_cast<std::uint32_t>(doubt));
        ServerStatement statement;
        statement.resource = base::shorten<ResourceId>(
            base::sha256_of("kari time note", {note.incarnation(), note.boot()}));
        statement.kind = v1::KIND_TIME_NOTE;
        statement.message = &value;
        KARI_LET(const auto log, parts.logs.read(parts.storage, record.state().id));
        if (const auto known = log->of(statement.resource); !known.empty()) {
            const auto folded = merge::fold(known);
            const auto said = merge::operative_as<v1::TimeNote>(folded);
            if (std::abs(said.note().server_minus_device_ms() - difference) <= k_worth_noting_ms) {
                continue;
            }
            statement.parents = folded.heads;
        }
        KARI_TRY(parts.stream.write(record, statement));
    }
    return {};
}

}  // namespace kari::server::exchange
