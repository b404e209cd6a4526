// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::test {

// Writes changes of one resource as several replicas would, each with its own view.
class History {
public:
    // `resource`: one of several in a record.
    explicit History(v1::Kind kind, std::uint8_t resource = 0) : kind_(kind) {
        record_.bytes[0] = 0xA1;
        resource_.bytes[0] = 0xB2;
        resource_.bytes[15] = resource;
    }

    struct Write {
        const google::protobuf::Message* resource = nullptr;
        std::vector<std::uint32_t> cleared = {};
        std::vector<ChangeId> parents = {};
        v1::Origin origin = v1::ORIGIN_DEVICE;
        std::uint8_t author = 1;  // one incarnation each
        std::vector<std::uint32_t> must_understand = {};
        std::uint64_t tick = 0;             // 0: 1 + the highest so far
        std::optional<v1::Kind> kind = {};  // another than the history's
        std::int64_t wall_ms = 0;           // by its author's clock
    };

    const merge::Change& add(Write write) {
        merge::Draft draft;
        auto& header = draft.header;
        IncarnationId incarnation;
        incarnation.bytes[15] = write.author;
        incarnation.bytes[0] = write.origin == v1::ORIGIN_SERVER ? 0x5E : 0xDE;
        header.set_incarnation(base::to_bytes(incarnation));
        header.set_record(base::to_bytes(record_));
        header.set_resource(base::to_bytes(resource_));
        header.set_kind(write.kind.value_or(kind_));
        auto& stream = streams_[incarnation];
        header.set_seq(++stream.seq);
        if (stream.seq > 1) header.set_prev(base::to_bytes(stream.head));
        std::sort(write.parents.begin(), write.parents.end());
        for (const auto& parent : write.parents)
            header.add_parent(base::to_bytes(parent));
        header.set_tick(write.tick != 0 ? write.tick : ++tick_);
        for (const auto atom : write.must_understand)
            header.add_must_understand(atom);
        header.set_origin(write.origin);
        if (write.wall_ms != 0) header.mutable_recorded()->set_wall_ms(write.wall_ms);
        draft.resource = write.resource;
        draft.cleared = write.cleared;
        draft.salt = std::string(15, 's') + static_cast<char>(changes_.size());
        auto change = merge::author_change(draft);
        if (!change) throw std::runtime_error(change.error().what);
        stream.head = change->id;
        changes_.push_back(std::make_unique<merge::Change>(std::move(*change)));
        return *changes_.back();
    }

    std::vector<const merge::Change*> all() const {
        std::vector<const merge::Change*> out;
        for (const auto& change : changes_)
            out.push_back(change.get());
        return out;
    }
    merge::Resource fold() const { return merge::fold(all()); }

private:
    struct Stream {
        std::uint64_t seq = 0;
        ChangeId head;
    };
    v1::Kind kind_;
    RecordId record_;
    ResourceId resource_;
    std::map<IncarnationId, Stream> streams_;
    std::uint64_t tick_ = 0;
    std::vector<std::unique_ptr<merge::Change>> changes_;
};

}  // namespace kari::test
