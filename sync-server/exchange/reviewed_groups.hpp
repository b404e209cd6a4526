// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sync-server/storage/types.hpp"

namespace kari::server::exchange {

// The records of one citizen as they were last reviewed: folded, with what the rules found in them.
struct ReviewedGroup {
    std::mutex in_use;  // by one review at a time; guards the rest
    chart::Group group;
    std::map<RecordId, storage::LogPoint> heads;  // up to where; empty: nothing is known yet
    std::vector<chart::Finding> findings;         // ascending by id
    bool stated = false;                          // the logs say so too
    std::uint64_t losses = 0;                     // of the storage, when it was read whole
    std::size_t bytes = 0;                        // about so many in memory

    void keep(chart::Group whole);
    // In the place of the resource's former state.
    void put(chart::GroupResource resource);
    void forget();
};

// Those that were reviewed lately, so that a review costs with what is new. Threads: any.
class ReviewedGroups {
public:
    explicit ReviewedGroups(std::size_t bytes_max = 96 * 1024 * 1024) : bytes_max_(bytes_max) {}

    // That of exactly these records; one that knows nothing when it is not kept.
    std::shared_ptr<ReviewedGroup> of(const std::vector<RecordId>& members);
    // After a review: says how large it is now, so that others may have to go.
    void weigh(const std::vector<RecordId>& members, std::size_t bytes);

private:
    struct Entry {
        std::vector<RecordId> members;
        std::shared_ptr<ReviewedGroup> reviewed;
        std::size_t bytes = 0;
    };
    std::mutex mutex_;
    std::list<Entry> used_;  // the latest in front
    std::map<std::vector<RecordId>, std::list<Entry>::iterator> index_;
    std::size_t bytes_ = 0;
    std::size_t bytes_max_;
};

}  // namespace kari::server::exchange
