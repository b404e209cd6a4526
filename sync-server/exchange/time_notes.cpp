// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/time_notes.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {
namespace {

// Below this a difference is within what one request's way to the server can take.
constexpr std::int64_t k_worth_noting_ms = 5'000;
constexpr std::uint32_t k_uncertainty_ms = 5'000;

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
    if (request.wall_ms() > range || request.wall_ms() < -range) return {};
    const std::int64_t difference = parts.clock.wall().ms - request.wall_ms();
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
        note.set_uncertainty_ms(k_uncertainty_ms);
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
