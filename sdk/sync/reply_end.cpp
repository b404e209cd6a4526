// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/reply_end.hpp"

#include "kari/v1/reply_end.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"

namespace kari::sync {
namespace {

constexpr std::size_t k_end_bytes = 35;
constexpr std::size_t k_digest_bytes = 32;

std::string end_of(std::string_view reply) {
    v1::ReplyEnd end;
    end.set_digest(base::to_bytes(base::sha256(reply)));
    return end.SerializeAsString();
}

}  // namespace

std::string ended(std::string reply) {
    reply += end_of(reply);
    return reply;
}

bool ends_well(std::string_view reply) {
    if (reply.size() < k_end_bytes) return true;
    const std::string_view before = reply.substr(0, reply.size() - k_end_bytes);
    const std::string_view end = reply.substr(before.size());
    const std::string due = end_of(before);
    const std::size_t tag = due.size() - k_digest_bytes;
    return end.substr(0, tag) != std::string_view(due).substr(0, tag) || end == due;
}

}  // namespace kari::sync
