// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/pack_run.hpp"

#include <fmt/format.h>

#include "kari/v1/pack_exchange.pb.h"
#include "sdk/base/id.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/device/core.hpp"
#include "sdk/sync/bounded.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::device {

namespace {

constexpr int k_ok = 200;
constexpr std::uint64_t k_ask_every_ms = 60 * 60 * 1000;
constexpr std::size_t k_point_bytes = 65;

// What was in use when the server was asked.
struct Ask {
    v1::PackRequest request;
    std::vector<std::string> keys;
    std::optional<LocalDate> date;  // of a pack from outside
};

// Nothing: it need not be asked now.
std::optional<Ask> ask_of(Core& core) {
    const std::lock_guard guard(core.mutex);
    if (!core.nurse) return std::nullopt;
    const std::uint64_t now = core.platform.clock->boot_clock_ms();
    const bool lately = core.pack_asked.sign_in == core.sign_in &&
                        now - core.pack_asked.boot_clock_ms < k_ask_every_ms;
    if (lately) return std::nullopt;
    Ask out;
    out.request.set_protocol(sync::k_protocol);
    out.request.set_content(base::to_bytes(core.open->store.pack().content));
    out.keys = core.open->settings.pack_keys;
    out.date = core.open->store.kept_pack_date();
    return out;
}

// Errors: malformed, too_large, what the server says.
Result<v1::PackReply> reply_of(const transport::Reply& answer) {
    if (answer.status != k_ok) return tl::unexpected(transport::failure_of(answer).error);
    v1::PackReply reply;
    auto read = sync::parse_bounded(answer.body, sync::k_pack_reply_bytes, reply);
    if (!read) return tl::unexpected(read.error());
    if (static_cast<std::size_t>(reply.key_size()) > sync::k_pack_keys) {
        return fail(ErrorCode::too_many, "pack/malformed");
    }
    for (const std::string& key : reply.key()) {
        if (key.size() != k_point_bytes) return fail(ErrorCode::malformed, "pack/malformed");
    }
    return reply;
}

// The pack that is offered, when it may take the place of the one in use.
Result<clinical::KnowledgePack> offered(const v1::PackReply& reply,
                                        const std::vector<std::string>& keys,
                                        const std::optional<LocalDate>& date) {
    auto pack = clinical::open_pack(reply.pack(), keys, crypto::verify);
    if (pack && date && pack->date < *date) {
        return fail(ErrorCode::not_permitted, "pack/older");
    }
    return pack;
}

// The rule by which an offer was refused; empty: what the server has is in use.
Result<void> note(Core& core, const std::vector<std::string>& keys, const std::string& told) {
    core.pack_asked = {core.sign_in, core.platform.clock->boot_clock_ms()};
    Settings& settings = core.open->settings;
    if (settings.pack_told == told && settings.pack_keys == keys) return {};
    settings.pack_told = told;
    settings.pack_keys = keys;
    return save_settings(core.open->store, settings);
}

Result<void> refused(Core& core, const std::vector<std::string>& keys, const Error& error,
                     SyncReport& report) {
    report.problems.push_back(fmt::format("- {}", name(error.code)));
    core.platform.log->log(LogLevel::warning, "pack.refused", name(error.code));
    const std::lock_guard guard(core.mutex);
    return note(core, keys, error.what.substr(0, error.what.find(": ")));
}

}  // namespace

Result<void> fetch_pack(Core& core, transport::HttpClient& client, transport::CancelToken& token,
                        SyncReport& report) {
    auto ask = ask_of(core);
    if (!ask) return {};
    const auto answer =
        client.post("/v1/pack", ask->request.SerializeAsString(), sync::k_pack_reply_bytes, token);
    if (!answer && answer.error().code == ErrorCode::cancelled) {
        return tl::unexpected(answer.error());
    }
    const auto reply = answer ? reply_of(*answer) : tl::unexpected(answer.error());
    if (!reply && reply.error().code == ErrorCode::not_found) {
        // A server from before there were packs.
        const std::lock_guard guard(core.mutex);
        return note(core, ask->keys, "pack/not-served");
    }
    if (!reply && reply.error().what.starts_with("pack/")) {
        return refused(core, ask->keys, reply.error(), report);
    }
    if (!reply) {
        core.platform.log->log(LogLevel::warning, "pack.not_asked", name(reply.error().code));
        return {};
    }
    // The pinned server that enrolled the tablet tells whom to trust, once: who has it later can
    // then keep packs back, but make none.
    if (ask->keys.empty()) ask->keys.assign(reply->key().begin(), reply->key().end());
    if (reply->pack().empty()) {
        const std::lock_guard guard(core.mutex);
        return note(core, ask->keys, reply->served() ? "" : "pack/not-served");
    }
    auto pack = offered(*reply, ask->keys, ask->date);
    if (!pack) return refused(core, ask->keys, pack.error(), report);
    {
        const std::lock_guard guard(core.mutex);
        auto kept = core.open->store.keep_pack(reply->pack(), std::move(*pack));
        if (!kept) return kept;
        if (auto noted = note(core, ask->keys, ""); !noted) return noted;
    }
    core.tell({{EventKind::findings_changed, RecordId{}}});
    return {};
}

}  // namespace kari::device
