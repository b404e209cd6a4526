// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

#include "kari/v1/change.pb.h"
#include "sdk/base/id.hpp"

namespace kari::merge {

// Limits of a change; anything beyond is malformed.
inline constexpr std::size_t k_header_bytes_max = 16 * 1024;
inline constexpr std::size_t k_body_bytes_max = 1024 * 1024;
inline constexpr std::size_t k_parents_max = 256;

// A change as it stands in the log: the exact bytes, what they say, and the id.
// Immutable after decode. Threads: any may read.
struct Change {
    ChangeId id;
    std::string header_bytes;
    std::optional<std::string> body_bytes;  // nothing: withheld or erased
    v1::ChangeHeader header;
    v1::ChangeBody body;  // empty when the body is not here

    IncarnationId incarnation;
    RecordId record;
    ResourceId resource;
    std::vector<ChangeId> parents;

    bool from_server() const { return header.origin() == v1::ORIGIN_SERVER; }
};

// Decodes and checks all that a change alone can tell: sizes, field lengths, order of repeated
// fields, a body that has its digest. Unknown kinds, atoms and fields are no error.
// Errors: malformed, too_large; `what` names the field.
Result<Change> decode_change(std::string header_bytes, std::optional<std::string> body_bytes);

// Header bytes as sent: without prev, which stands last. And back.
struct SplitHeader {
    std::string_view core;
    std::string_view prev;  // empty when seq is 1
};
Result<SplitHeader> split_header(std::string_view header_bytes);
std::string join_header(std::string_view core, std::string_view prev);

// Makes the bytes of a new change. `draft.header` lacks only atom, body_sha256; `resource`
// is the kind's message with the written atoms; `salt` is 16 random bytes.
// Errors: invalid_argument (no atom written), too_large.
struct Draft {
    v1::ChangeHeader header;
    const google::protobuf::Message* resource = nullptr;
    std::vector<std::uint32_t> cleared;
    v1::Basis basis;
    std::vector<ChangeId> accepts;
    std::string salt;
};
Result<Change> author_change(const Draft& draft);

}  // namespace kari::merge
