// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <kari/chart_view.hpp>
#include <kari/error.hpp>
#include <kari/ids.hpp>

namespace kari::device {

struct SeenSlot {
    SlotId slot;
    std::uint32_t dosage = 0;  // index in the order's prescription
};

struct SeenFinding {
    FindingId finding;
    std::uint8_t severity = 0;
    std::vector<ChangeId> inputs;  // ascending
};

// What an EditToken holds: a resource as it stood in one view.
struct SeenResource {
    RecordId record;
    ResourceId resource;
    std::vector<ChangeId> heads;          // ascending
    std::optional<std::uint64_t> age_ms;  // of the data, when it was shown
    std::optional<SeenSlot> slot;         // of a dose
    std::optional<SeenFinding> finding;   // `resource` is then its issue
};

// Version byte, flags, ids and heads, in hexadecimal. The format is this SDK's own and may change
// with any release: a token is never stored in a change.
EditToken make_token(const SeenResource& seen);

// Errors: malformed.
Result<SeenResource> read_token(const EditToken& token);

}  // namespace kari::device
