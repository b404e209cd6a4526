// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/change.hpp"

#include <algorithm>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "sdk/base/digest.hpp"
#include "sdk/merge/wire_scan.hpp"

namespace kari::merge {
namespace {

// Field 15, length-delimited, 32 bytes: how prev stands at the end of a header.
constexpr std::string_view k_prev_tag("\x7a\x20", 2);
constexpr std::size_t k_prev_bytes = 34;
constexpr std::size_t k_salt_bytes = 16;
// Far above any real history; keeps 1 + tick from wrapping.
constexpr std::uint64_t k_tick_max = std::uint64_t{1} << 53;

Error bad(std::string_view field) {
    return Error{ErrorCode::malformed, "change: " + std::string(field)};
}

template <typename Field>
bool strictly_ascending(const Field& values) {
    return std::adjacent_find(values.begin(), values.end(), [](const auto& a, const auto& b) {
               return !(a < b);
           }) == values.end();
}

bool has_length(const std::string& bytes, std::size_t length) {
    return bytes.size() == length;
}
bool empty_or_length(const std::string& bytes, std::size_t length) {
    return bytes.empty() || bytes.size() == length;
}

Result<void> check_ids(const v1::ChangeHeader& header) {
    if (!has_length(header.incarnation(), 16)) return tl::unexpected(bad("header.incarnation"));
    if (!has_length(header.record(), 16)) return tl::unexpected(bad("header.record"));
    if (!has_length(header.resource(), 16)) return tl::unexpected(bad("header.resource"));
    if (!has_length(header.body_sha256(), 32)) return tl::unexpected(bad("header.body_sha256"));
    const auto& author = header.author();
    if (!empty_or_length(author.practitioner(), 16) ||
        !empty_or_length(author.organisation(), 16) ||
        !empty_or_length(author.on_behalf_of(), 16) || author.role().size() > 64) {
        return tl::unexpected(bad("header.author"));
    }
    return {};
}

Result<void> check_order(const v1::ChangeHeader& header) {
    if (header.seq() == 0) return tl::unexpected(bad("header.seq"));
    if (header.tick() == 0 || header.tick() > k_tick_max) return tl::unexpected(bad("header.tick"));
    if (header.kind() == 0) return tl::unexpected(bad("header.kind"));
    if (header.atom().empty() || !strictly_ascending(header.atom()) || header.atom(0) == 0) {
        return tl::unexpected(bad("header.atom"));
    }
    if (static_cast<std::size_t>(header.parent_size()) > k_parents_max ||
        !strictly_ascending(header.parent()) ||
        !std::all_of(header.parent().begin(), header.parent().end(),
                     [](const std::string& id) { return id.size() == 32; })) {
        return tl::unexpected(bad("header.parent"));
    }
    if (!strictly_ascending(header.must_understand()) ||
        !std::includes(header.atom().begin(), header.atom().end(), header.must_understand().begin(),
                       header.must_understand().end())) {
        return tl::unexpected(bad("header.must_understand"));
    }
    if (header.prev().empty() != (header.seq() == 1)) return tl::unexpected(bad("header.prev"));
    return {};
}

// The atoms that a body writes, ascending; nothing when it writes one twice or out of order.
std::optional<std::vector<std::uint32_t>> written_atoms(const v1::ChangeBody& body) {
    const auto fields = scan_fields(body.resource());
    if (!fields || !strictly_ascending(body.cleared())) return std::nullopt;
    std::vector<std::uint32_t> set;
    for (const auto& field : *fields)
        set.push_back(field.number);
    if (!strictly_ascending(set)) return std::nullopt;
    std::vector<std::uint32_t> all;
    std::merge(set.begin(), set.end(), body.cleared().begin(), body.cleared().end(),
               std::back_inserter(all));
    if (!strictly_ascending(all)) return std::nullopt;
    return all;
}

Result<v1::ChangeBody> decode_body(const v1::ChangeHeader& header, const std::string& bytes) {
    if (bytes.size() > k_body_bytes_max) {
        return fail(ErrorCode::too_large, "change: body above 1 MiB");
    }
    if (base::to_bytes(base::sha256(bytes)) != header.body_sha256()) {
        return tl::unexpected(bad("body does not have the digest that the header commits to"));
    }
    if (bytes.size() < k_salt_bytes) return tl::unexpected(bad("body shorter than its salt"));
    v1::ChangeBody body;
    const auto message = std::string_view(bytes).substr(k_salt_bytes);
    if (!body.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
        return tl::unexpected(bad("body"));
    }
    const auto written = written_atoms(body);
    if (!written ||
        !std::equal(written->begin(), written->end(), header.atom().begin(), header.atom().end())) {
        return tl::unexpected(bad("body writes other atoms than the header names"));
    }
    return body;
}

std::string serialise(const google::protobuf::Message& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
    coded.Trim();
    return bytes;
}

}  // namespace

Result<SplitHeader> split_header(std::string_view header_bytes) {
    if (header_bytes.size() >= k_prev_bytes) {
        const auto tail = header_bytes.substr(header_bytes.size() - k_prev_bytes);
        const auto fields = scan_fields(header_bytes);
        if (!fields) return tl::unexpected(bad("header"));
        if (fields->back().number == 15 && fields->back().bytes == tail &&
            tail.substr(0, 2) == k_prev_tag) {
            return SplitHeader{header_bytes.substr(0, header_bytes.size() - k_prev_bytes),
                               tail.substr(2)};
        }
    }
    return SplitHeader{header_bytes, {}};
}

std::string join_header(std::string_view core, std::string_view prev) {
    std::string bytes(core);
    if (!prev.empty()) bytes.append(k_prev_tag).append(prev);
    return bytes;
}

Result<Change> decode_change(std::string header_bytes, std::optional<std::string> body_bytes) {
    if (header_bytes.size() > k_header_bytes_max) {
        return fail(ErrorCode::too_large, "change: header above 16 KiB");
    }
    Change change;
    if (!change.header.ParseFromString(header_bytes)) return tl::unexpected(bad("header"));
    if (const auto ok = check_ids(change.header); !ok) return tl::unexpected(ok.error());
    if (const auto ok = check_order(change.header); !ok) return tl::unexpected(ok.error());
    const auto split = split_header(header_bytes);
    if (!split) return tl::unexpected(split.error());
    if (split->prev != change.header.prev()) return tl::unexpected(bad("header.prev is not last"));
    if (body_bytes) {
        auto body = decode_body(change.header, *body_bytes);
        if (!body) return tl::unexpected(body.error());
        change.body = std::move(*body);
    }
    change.id.bytes = base::sha256(header_bytes).bytes;
    change.incarnation = *base::from_bytes<IncarnationId>(change.header.incarnation());
    change.record = *base::from_bytes<RecordId>(change.header.record());
    change.resource = *base::from_bytes<ResourceId>(change.header.resource());
    for (const auto& parent : change.header.parent()) {
        change.parents.push_back(*base::from_bytes<ChangeId>(parent));
    }
    change.header_bytes = std::move(header_bytes);
    change.body_bytes = std::move(body_bytes);
    return change;
}

Result<Change> author_change(const Draft& draft) {
    if (draft.resource == nullptr || draft.salt.size() != k_salt_bytes) {
        return fail(ErrorCode::invalid_argument, "draft: resource or salt");
    }
    v1::ChangeBody body;
    body.set_resource(serialise(*draft.resource));
    for (const auto atom : draft.cleared)
        body.add_cleared(atom);
    // What cannot be read back must not become a fact: text that is not UTF-8 serialises, and no
    // replica could ever parse it again.
    const std::unique_ptr<google::protobuf::Message> again(draft.resource->New());
    if (!again->ParseFromString(body.resource())) {
        return fail(ErrorCode::invalid_argument, "draft: a text is not UTF-8");
    }
    if (draft.basis.ByteSizeLong() > 0) *body.mutable_basis() = draft.basis;
    for (const auto& id : draft.accepts)
        body.add_accepts(base::to_bytes(id));
    const auto written = written_atoms(body);
    if (!written || written->empty()) {
        return fail(ErrorCode::invalid_argument, "draft: writes no atom, or one twice");
    }
    std::string body_bytes = draft.salt + serialise(body);
    if (body_bytes.size() > k_body_bytes_max) {
        return fail(ErrorCode::too_large, "change: body above 1 MiB");
    }
    v1::ChangeHeader header = draft.header;
    header.clear_atom();
    for (const auto atom : *written)
        header.add_atom(atom);
    header.set_body_sha256(base::to_bytes(base::sha256(body_bytes)));
    return decode_change(serialise(header), std::move(body_bytes));
}

}  // namespace kari::merge
