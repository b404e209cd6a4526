// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "kari/v1/change.pb.h"

namespace kari::device {

// Checks that seals are whole. A statement is signed once for all records that its maker wrote to:
// its signature is checked once. Owned by one session. Threads: one.
class SealProof {
public:
    // That the seal reads, is over a stream of this record, and its path leads from the leaf to the
    // stated root. What the leaf says is not compared with what is held.
    // Errors: malformed, chain_broken (the path).
    static Result<void> check_path(const v1::RecordSeal& seal, const RecordId& record);

    // That the key of this point made the statement. Errors: signature_invalid.
    Result<void> check_signature(const v1::RecordSeal& seal, const std::string& public_point);

private:
    std::set<Digest> signed_;
};

}  // namespace kari::device
