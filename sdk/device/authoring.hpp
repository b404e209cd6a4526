// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>

#include <kari/actions.hpp>

#include "sdk/base/time.hpp"
#include "sdk/device/edit_token.hpp"
#include "sdk/device/session.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::device {

// One statement on its way into the log.
struct Act {
    RecordId record;
    bool new_record = false;
    ResourceId resource;
    v1::Kind kind = v1::KIND_UNSPECIFIED;
    std::vector<ChangeId> parents;  // the heads of the view acted on; none for what is new
    const google::protobuf::Message* message = nullptr;
    std::optional<base::Interval> effective;
    std::vector<ChangeId> order_version;
    std::optional<std::uint64_t> age_ms;
};

// Durable when it returns. Errors: as store::DeviceStore::write.
Result<Written> write(Session& session, const Act& act);
// What is said anew of a resource, as its author saw it. An order's version is its own basis.
Result<Written> write_seen(Session& session, const SeenResource& at, v1::Kind kind,
                           const google::protobuf::Message& message);
// All or none; in the order given.
Result<std::vector<Written>> write_all(Session& session, const std::vector<Act>& acts);

// The resource as the author of a token saw it: folded from what its heads build on, whatever has
// come since. Errors: malformed (the token), not_found (the record or resource), view_outdated
// (a head is not held here: open the chart again), invalid_argument (another kind).
struct Seen {
    SeenResource token;
    merge::Resource resource;
};
Result<Seen> seen_as(Session& session, const EditToken& token, v1::Kind kind);

// The value that an author saw of an atom: the operative one, else, where none is, the one that
// stands first among the live.
template <typename T>
T seen_value(const merge::Resource& resource, std::uint32_t atom) {
    const merge::AtomWrite* write = resource.operative_write(atom);
    if (write == nullptr) {
        const merge::AtomState* state = resource.atom(atom);
        if (state == nullptr || state->live.empty()) return T{};
        write = &state->live.front();
    }
    return merge::value_as<T>(resource, *write);
}

// When something happened: as given, else now. Errors: malformed (an offset beyond a day).
struct Happened {
    std::string text;  // FHIR dateTime
    base::Interval interval;
};
Result<Happened> happened(const Session& session, const std::optional<ZonedInstant>& at);

// Reviews that are owed; before anything is shown.
Result<void> review_owed(Session& session);

// A reason that a person must state. Errors: reason_required, too_large.
Result<void> require_reason(std::string_view reason);

}  // namespace kari::device
