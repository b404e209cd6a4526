// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/error.hpp>

#include "sync-server/config/config.hpp"
#include "sync-server/exchange/parts.hpp"

namespace kari::server::admin {

// The pack file that the configuration names, as tablets are given it; nothing where none is named.
// Errors: not_found, storage_failed (`what` names the file); value_out_of_range: too many keys.
Result<exchange::OfferedPack> load_pack(const config::Layout& layout, const config::Config& config);

// What it holds. Errors: what clinical::open_pack says, in words, with the file.
Result<clinical::KnowledgePack> open_offered(const config::Layout& layout,
                                             const config::Config& config,
                                             const exchange::OfferedPack& offered);

// Rules lean on it from here on. Errors: as of both.
Result<void> use_configured_pack(const config::Layout& layout, exchange::Parts& parts);

// The demo takes no signed pack's place unasked. Errors: not_permitted (the records were reviewed
// by a signed pack, and the configuration names none).
Result<void> check_no_step_down(const config::Layout& layout, const exchange::Parts& parts);

// What was found by another pack is no longer what the rules say: all records are reviewed before
// anybody is answered, once for each pack. A review that is cut off is begun again.
// Errors: storage_*, as check_no_step_down.
Result<void> review_by_pack(const config::Layout& layout, exchange::Parts& parts);

// Whether the last that reviewed all records was this pack.
bool reviewed_by(const config::Layout& layout, const exchange::Parts& parts);

// After a restore: the records are of a time when another pack may have been in use.
void drop_reviewed_pack(const config::Layout& layout);

}  // namespace kari::server::admin
