// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sync-server/exchange/parts.hpp"

namespace kari::server::exchange {

// The atoms of a device's change that the configuration accepts at once, ascending. Only what
// authority_atoms names needs it: the rest takes effect by itself.
std::vector<std::uint32_t> accepted_atoms(const config::Config& config,
                                          const merge::Change& proposal, bool made_on_tablet);

// Writes the acceptance of these atoms of a proposal: the same values in the server's stream, with
// the proposal as its only parent, so that it has seen what the proposal saw and no more.
// Errors: invalid_argument (nothing to accept), storage_*.
Result<merge::Change> accept(ServerStream& stream, storage::RecordTransaction& record,
                             const merge::Change& proposal,
                             const std::vector<std::uint32_t>& atoms);

// Every atom of the change that is under AUTHORITY, and the withdrawal of an allergy: what a person
// who accepts it accepts.
std::vector<std::uint32_t> authority_atoms(const merge::Change& proposal);

}  // namespace kari::server::exchange
