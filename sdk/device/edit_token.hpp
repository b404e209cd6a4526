// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <kari/chart_view.hpp>
#include <kari/error.hpp>
#include <kari/ids.hpp>

namespace kari::device {

// The line of an order that a row showed. Of a contested order each side has rows of its own, and
// an order of several lines has a row for each.
struct SeenLine {
    ChangeId prescription;     // who wrote it
    std::uint32_t dosage = 0;  // index in that prescription
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
    std::optional<SlotId> slot;           // of a dose of a plan
    std::optional<SeenLine> line;         // of a row of an order
    std::optional<SeenFinding> finding;   // `resource` is then its issue
};

// Version byte, flags, ids and heads, in hexadecimal. The format is this SDK's own and may change
// with any release: a token is never stored in a change.
EditToken make_token(const SeenResource& seen);

// Errors: malformed; view_outdated (a token of an earlier release).
Result<SeenResource> read_token(const EditToken& token);

}  // namespace kari::device
