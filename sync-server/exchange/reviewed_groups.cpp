// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/reviewed_groups.hpp"

#include <algorithm>

namespace kari::server::exchange {
namespace {

// Decoded fields and the folded values are about as large as the bytes they were read from.
std::size_t weight(const chart::GroupResource& resource) {
    std::size_t bytes = sizeof resource;
    for (const auto& change : resource.history) {
        bytes += sizeof *change + 4 * change->header_bytes.size();
        if (change->body_bytes) bytes += 3 * change->body_bytes->size();
    }
    return bytes;
}

}  // namespace

void ReviewedGroup::keep(chart::Group whole) {
    group = std::move(whole);
    bytes = 0;
    for (const auto& resource : group.resources)
        bytes += weight(resource);
}

void ReviewedGroup::put(chart::GroupResource resource) {
    auto& all = group.resources;
    const auto at =
        std::lower_bound(all.begin(), all.end(), resource, [](const auto& a, const auto& b) {
            return std::pair(a.record, a.id) < std::pair(b.record, b.id);
        });
    bytes += weight(resource);
    if (at != all.end() && at->record == resource.record && at->id == resource.id) {
        bytes -= weight(*at);
        *at = std::move(resource);
    } else {
        all.insert(at, std::move(resource));
    }
}

void ReviewedGroup::forget() {
    group = {};
    heads.clear();
    findings.clear();
    stated = false;
    bytes = 0;
}

std::shared_ptr<ReviewedGroup> ReviewedGroups::of(const std::vector<RecordId>& members) {
    const std::lock_guard lock(mutex_);
    if (const auto found = index_.find(members); found != index_.end()) {
        used_.splice(used_.begin(), used_, found->second);
        return found->second->reviewed;
    }
    used_.push_front({members, std::make_shared<ReviewedGroup>(), 0});
    index_[members] = used_.begin();
    return used_.front().reviewed;
}

void ReviewedGroups::weigh(const std::vector<RecordId>& members, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(members);
    if (found == index_.end()) return;  // it had to go meanwhile
    bytes_ += bytes - found->second->bytes;
    found->second->bytes = bytes;
    while (bytes_ > bytes_max_ && used_.size() > 1) {
        bytes_ -= used_.back().bytes;
        index_.erase(used_.back().members);
        used_.pop_back();
    }
}

}  // namespace kari::server::exchange
