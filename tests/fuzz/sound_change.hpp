// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/base/digest.hpp"
#include "sdk/merge/change.hpp"

namespace kari::fuzz {

using ChangePtr = std::shared_ptr<const merge::Change>;

// No input that is made by chance holds the digest of another part of it. So that inputs come as
// far as the fold: the header is given its body's digest and this record, and a parent of one byte
// n stands for the n-th of `earlier`. Nothing when it is no header, or no change even so.
inline std::optional<std::string> sound_header(std::string_view header_bytes, std::string_view body,
                                               const RecordId& record,
                                               const std::vector<ChangePtr>& earlier) {
    v1::ChangeHeader header;
    if (!header.ParseFromString(std::string(header_bytes))) return std::nullopt;
    header.set_record(base::to_bytes(record));
    header.set_body_sha256(base::to_bytes(base::sha256(body)));
    std::vector<std::string> parents(header.parent().begin(), header.parent().end());
    for (std::string& parent : parents) {
        if (parent.size() != 1 || earlier.empty()) continue;
        const auto which = static_cast<unsigned char>(parent.front()) % earlier.size();
        parent = base::to_bytes(earlier[which]->id);
    }
    std::sort(parents.begin(), parents.end());
    parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
    header.mutable_parent()->Assign(parents.begin(), parents.end());
    return header.SerializeAsString();
}

}  // namespace kari::fuzz
