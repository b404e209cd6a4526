// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/bounded.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "sdk/sync/limits.hpp"

namespace kari::sync {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

class Walk {
public:
    Result<void> message(std::string_view bytes, const Descriptor* type, std::size_t depth) {
        if (depth > k_message_depth) return fail(ErrorCode::too_deep, "message");
        CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                            static_cast<int>(bytes.size()));
        while (const std::uint32_t tag = in.ReadTag()) {
            if (++fields_ > k_message_fields) return fail(ErrorCode::too_many, "fields");
            auto done = field(in, bytes, tag, type, depth);
            if (!done) return done;
        }
        if (!in.ConsumedEntireMessage()) return fail(ErrorCode::malformed, "message");
        return {};
    }

private:
    Result<void> field(CodedInputStream& in, std::string_view bytes, std::uint32_t tag,
                       const Descriptor* type, std::size_t depth) {
        const auto wire = WireFormatLite::GetTagWireType(tag);
        if (wire == WireFormatLite::WIRETYPE_START_GROUP ||
            wire == WireFormatLite::WIRETYPE_END_GROUP) {
            return fail(ErrorCode::malformed, "a group in a message");
        }
        if (wire != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
            if (!WireFormatLite::SkipField(&in, tag)) return fail(ErrorCode::malformed, "field");
            return {};
        }
        std::uint32_t length = 0;
        if (!in.ReadVarint32(&length) ||
            length > bytes.size() - static_cast<std::size_t>(in.CurrentPosition())) {
            return fail(ErrorCode::malformed, "length of a field");
        }
        const auto content = bytes.substr(static_cast<std::size_t>(in.CurrentPosition()), length);
        if (!in.Skip(static_cast<int>(length))) return fail(ErrorCode::malformed, "field");
        const auto* known = type->FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
        if (known && known->type() == FieldDescriptor::TYPE_MESSAGE) {
            return message(content, known->message_type(), depth + 1);
        }
        return {};
    }

    std::size_t fields_ = 0;
};

}  // namespace

Result<void> parse_bounded(std::string_view bytes, std::size_t bytes_max,
                           google::protobuf::Message& into) {
    if (bytes.size() > bytes_max) return fail(ErrorCode::too_large, "message");
    auto walked = Walk().message(bytes, into.GetDescriptor(), 1);
    if (!walked) return walked;
    if (!into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return fail(ErrorCode::malformed, "message");
    }
    return {};
}

}  // namespace kari::sync
