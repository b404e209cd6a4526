// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

#include "sdk/chart/finding.hpp"
#include "sdk/chart/traces.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::store {

// Where a change stands in its record's log.
struct Address {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    ChangeId id;
    auto operator<=>(const Address&) const = default;
};

// Rows of folded state. Equal states give equal bytes. Decoding gives storage_corrupt for bytes
// that no encoder made: the row can be folded again from the log.
std::string encode_resource(const merge::Resource& resource);
Result<merge::Resource> decode_resource(std::string_view bytes);

std::string encode_finding(const chart::Finding& finding);
Result<chart::Finding> decode_finding(std::string_view bytes);

std::string encode_addresses(const std::vector<Address>& addresses);
Result<std::vector<Address>> decode_addresses(std::string_view bytes);

std::string encode_traces(const std::vector<chart::Trace>& traces);
Result<std::vector<chart::Trace>> decode_traces(std::string_view bytes);

std::string encode_parts(const std::vector<std::string>& parts);
Result<std::vector<std::string>> decode_parts(std::string_view bytes);

// Of everything that the result of a fold depends on beside the changes: when it differs from the
// stored one, the state is folded again.
std::string fold_schema_digest();

}  // namespace kari::store
