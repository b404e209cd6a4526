// SPDX-License-Identifier: Apache-2.0
#include "sync-server/fhir/version.hpp"

#include <algorithm>
#include <optional>

#include <google/protobuf/descriptor.h>

#include "kari/v1/resources.pb.h"
#include "sdk/base/time.hpp"
#include "sdk/fhir/json.hpp"

namespace kari::server::fhir {

using google::protobuf::Message;

namespace {

// The JSON in which `meta` stands: the remainder, or a resource that is kept whole.
std::string kept_json(const Message& message, int depth = 0) {
    if (const auto* other = dynamic_cast<const v1::OtherResource*>(&message)) {
        return other->resource().json();
    }
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->is_repeated() || field->message_type() == nullptr) continue;
        const Message& inner = message.GetReflection()->GetMessage(message, field);
        if (const auto* remainder = dynamic_cast<const v1::Remainder*>(&inner)) {
            return remainder->json();
        }
        if (depth > 0) continue;
        if (auto found = kept_json(inner, 1); !found.empty()) return found;
    }
    return {};
}

struct Marks {
    std::optional<Instant> updated;
    std::string version;  // without leading zeros; empty when it is no number
};

Marks marks_of(const Message& message) {
    kari::fhir::JsonLimits limits;
    limits.depth = 4 * kari::fhir::k_json_depth_max;
    const auto json = kari::fhir::parse_json(kept_json(message), limits);
    const kari::fhir::Json* meta = json ? json->find("meta") : nullptr;
    if (meta == nullptr) return {};
    Marks marks;
    if (const auto time = base::parse_fhir_time(std::string(meta->text("lastUpdated")), "UTC")) {
        marks.updated = time->start;
    }
    std::string_view version = meta->text("versionId");
    if (std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        version.remove_prefix(std::min(version.find_first_not_of('0'), version.size()));
        marks.version = version;
    }
    return marks;
}

// The newest import that says which version it is: one of which only other atoms changed does not.
std::optional<Marks> newest_marks(const Changes& known) {
    std::optional<Marks> newest;
    std::uint64_t tick = 0;
    for (const merge::Change* change : known) {
        if (!is_import(*change) || (newest && change->header.tick() < tick)) continue;
        const auto message = message_of(*change);
        if (message == nullptr) continue;
        Marks marks = marks_of(*message);
        if (!marks.updated && marks.version.empty()) continue;
        newest = std::move(marks);
        tick = change->header.tick();
    }
    return newest;
}

}  // namespace

bool is_older(const Message& message, const Changes& known) {
    const auto held = newest_marks(known);
    if (!held) return false;
    const Marks brought = marks_of(message);
    if (held->updated && brought.updated) return *brought.updated < *held->updated;
    if (held->version.empty() || brought.version.empty()) return false;
    if (held->version.size() != brought.version.size()) {
        return brought.version.size() < held->version.size();
    }
    return brought.version < held->version;
}

}  // namespace kari::server::fhir
