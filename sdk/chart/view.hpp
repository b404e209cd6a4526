// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/change.pb.h"
#include "kari/v1/resources.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/chart/group.hpp"

namespace kari::chart {

// What an edit of a resource must hand back: the heads its author saw.
struct Version {
    RecordId record;
    ResourceId resource;
    std::vector<ChangeId> heads;
    bool operator==(const Version&) const = default;
};

// Who wrote a change, and when by their own clock.
struct Authorship {
    ChangeId change;
    std::optional<PersonId> person;  // nothing: a system wrote
    std::string role;
    std::optional<OrganisationId> organisation;
    ZonedInstant recorded;
    bool from_server = false;
    std::uint64_t tick = 0;
};
Authorship authorship_of(const merge::Change& change);

// A value with who said it.
template <typename T>
struct Statement {
    T value;
    Authorship by;
};

// What every item of a chart says about itself.
struct Item {
    Version version;
    std::uint32_t kind = 0;
    bool incomplete = false;  // an ancestor or a body is not here: no edit is taken
    bool unreadable = false;  // changed in a way this build cannot read: no edit is taken
    bool contested = false;   // values that did not see each other: all are shown
    bool forked = false;      // more than one head, though maybe no atom collides
    bool lifted = false;      // kept whole by an earlier build, read as this kind: no edit is taken

    bool editable() const { return !incomplete && !unreadable && !lifted; }
};
Item item_of(const GroupResource& resource);

// An instant as it may truly have been, given what is known of the writing machine's clock: the
// time as written and the same corrected by the known difference, with everything between.
struct Span {
    Instant earliest;
    Instant latest;
    bool operator==(const Span&) const = default;
};

}  // namespace kari::chart
