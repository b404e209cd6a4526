// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/decode.hpp"

#include <kari/ids.hpp>

#include "sdk/base/id.hpp"
#include "sdk/sync/bounded.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::sync {
namespace {

Result<void> check_counts(const v1::ExchangeReply& reply) {
    const auto above = [](int count, std::size_t most) {
        return static_cast<std::size_t>(count) > most;
    };
    if (above(reply.delta_size(), k_reply_records) ||
        above(reply.caseload_size(), k_reply_records) ||
        above(reply.epoch_start_size(), k_reply_records) ||
        above(reply.push_size(), k_pushed_records) ||
        above(reply.returned_size(), k_returned_records) ||
        above(reply.certificate_size(), k_certificates) ||
        above(reply.person_size(), k_reply_people)) {
        return fail(ErrorCode::too_many, "parts of a reply");
    }
    std::size_t changes = 0;
    for (const v1::RecordDelta& delta : reply.delta()) {
        changes += static_cast<std::size_t>(delta.change_size());
        if (above(delta.window().older_size(), k_window_kinds)) {
            return fail(ErrorCode::too_many, "kinds of a window");
        }
    }
    if (changes > k_reply_changes) return fail(ErrorCode::too_many, "changes of a reply");
    for (const v1::IncarnationCertificate& each : reply.certificate()) {
        if (each.certificate().size() > k_certificate_bytes) {
            return fail(ErrorCode::too_large, "a certificate");
        }
    }
    for (const v1::DirectoryPerson& person : reply.person()) {
        if (person.role().size() > k_text_bytes || person.display().size() > k_text_bytes) {
            return fail(ErrorCode::too_large, "a text of the directory");
        }
    }
    if (reply.unit().display().size() > k_text_bytes || reply.unit().zone().size() > k_text_bytes) {
        return fail(ErrorCode::too_large, "a text of the directory");
    }
    return {};
}

}  // namespace

Result<v1::ExchangeReply> decode_reply(std::string_view body) {
    v1::ExchangeReply reply;
    if (auto parsed = parse_bounded(body, k_reply_bytes, reply); !parsed) {
        return tl::unexpected(parsed.error());
    }
    const auto epoch = base::from_bytes<EpochId>(reply.epoch());
    if (!epoch || epoch->is_zero()) return fail(ErrorCode::malformed, "epoch of a reply");
    if (auto counted = check_counts(reply); !counted) return tl::unexpected(counted.error());
    return reply;
}

}  // namespace kari::sync
