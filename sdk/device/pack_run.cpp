// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/pack_run.hpp"

#include "kari/v1/pack_exchange.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/signed_pack.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/views.hpp"
#include "sdk/sync/bounded.hpp"
#include "sdk/sync/limits.hpp"

namespace kari::device {

namespace {

constexpr int k_ok = 200;
constexpr std::uint64_t k_ask_every_ms = 60 * 60 * 1000;
constexpr std::uint64_t k_unanswered_ms = 5 * 60 * 1000;
constexpr std::size_t k_point_bytes = 65;

// What was in use when the server was asked.
struct Ask {
    v1::PackRequest request;
    Digest in_use;
    std::vector<std::string> keys;
    std::optional<LocalDate> date;  // of the pack that was taken last
    Instant now;
};

// Nothing: it need not be asked now. Counts as asked from here on.
std::optional<Ask> ask_of(Core& core) {
    const std::lock_guard guard(core.mutex);
    if (!core.nurse) return std::nullopt;
    const std::uint64_t now = core.platform.clock->boot_clock_ms();
    PackAsked& asked = core.pack_asked;
    const std::uint64_t wait = asked.answered ? k_ask_every_ms : k_unanswered_ms;
    const bool anew = asked.sign_in != core.sign_in && asked.answered;
    if (!anew && asked.sign_in != SignInId{} && now - asked.boot_clock_ms < wait) {
        return std::nullopt;
    }
    asked.sign_in = core.sign_in;
    asked.boot_clock_ms = now;
    asked.answered = false;
    Ask out;
    out.in_use = core.open->store.pack().content;
    out.request.set_protocol(sync::k_protocol);
    out.request.set_content(base::to_bytes(asked.refused == Digest{} ? out.in_use : asked.refused));
    out.keys = core.open->settings.pack_keys;
    out.date = core.open->store.kept_pack_date();
    out.now = best_now(core.platform, core.open->settings);
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
Result<clinical::KnowledgePack> offered(const v1::PackReply& reply, const Ask& ask) {
    auto pack = clinical::open_pack(reply.pack(), ask.keys, crypto::verify);
    if (pack && ask.date && pack->date < *ask.date) {
        return fail(ErrorCode::not_permitted, "pack/older");
    }
    if (pack && clinical::is_to_come(*pack, ask.now)) {
        return fail(ErrorCode::not_permitted, "pack/to-come");
    }
    return pack;
}

// With the mutex held. `told`: the rule by which an offer was refused; empty: what the server has
// is in use.
Result<void> note(Core& core, const std::vector<std::string>& keys, const std::string& told) {
    core.pack_asked.answered = true;
    Settings& settings = core.open->settings;
    if (settings.pack_told == told && settings.pack_keys == keys) return {};
    settings.pack_told = told;
    settings.pack_keys = keys;
    return save_settings(core.open->store, settings);
}

// Of what is not in use, and why: a rule of the catalogue, or what the disk said.
void add_problem(Core& core, const Error& error, SyncReport& report) {
    core.platform.log->log(LogLevel::warning, "pack.refused", name(error.code));
    const auto* said =
        clinical::sentences(error.what.substr(0, error.what.find(": ")), spoken(core.language));
    report.problems.emplace_back(said == nullptr ? name(error.code) : said->title);
}

void refuse(Core& core, const Ask& ask, const v1::PackReply* reply, const Error& error,
            SyncReport& report) {
    const std::lock_guard guard(core.mutex);
    add_problem(core, error, report);
    if (reply != nullptr) {
        const auto envelope = clinical::read_envelope(reply->pack());
        if (envelope) core.pack_asked.refused = base::sha256(envelope->pack());
    }
    const std::string rule = error.what.substr(0, error.what.find(": "));
    if (auto noted = note(core, ask.keys, rule); !noted) add_problem(core, noted.error(), report);
}

bool keep(Core& core, const Ask& ask, const v1::PackReply& reply, clinical::KnowledgePack pack,
          SyncReport& report) {
    const std::lock_guard guard(core.mutex);
    // Whom to trust first: a pack without its keys would be the last one taken.
    auto done = note(core, ask.keys, "");
    if (done) done = core.open->store.keep_pack(reply.pack(), std::move(pack));
    if (!done) {
        add_problem(core, done.error(), report);
        return false;
    }
    core.pack_asked.refused = Digest{};
    core.lives.note_all();
    return true;
}

}  // namespace

bool fetch_pack(Core& core, transport::HttpClient& client, transport::CancelToken& token,
                SyncReport& report) {
    auto ask = ask_of(core);
    if (!ask) return false;
    const auto answer =
        client.post("/v1/pack", ask->request.SerializeAsString(), sync::k_pack_reply_bytes, token);
    const auto reply = answer ? reply_of(*answer) : tl::unexpected(answer.error());
    const auto told = [&](const std::string& rule) {
        const std::lock_guard guard(core.mutex);
        if (auto noted = note(core, ask->keys, rule); !noted) {
            add_problem(core, noted.error(), report);
        }
        return false;
    };
    if (!reply && reply.error().code == ErrorCode::not_found) {
        return told("pack/not-served");  // a server from before there were packs
    }
    if (!reply && reply.error().what.starts_with("pack/")) {
        refuse(core, *ask, nullptr, reply.error(), report);
        return false;
    }
    if (!reply) {
        if (reply.error().code != ErrorCode::cancelled) {
            core.platform.log->log(LogLevel::warning, "pack.not_asked", name(reply.error().code));
        }
        return false;
    }
    // The pinned server that enrolled the tablet tells whom to trust, once: who has it later can
    // then keep packs back, but make none.
    if (ask->keys.empty()) ask->keys.assign(reply->key().begin(), reply->key().end());
    if (!reply->served()) return told("pack/not-served");
    const bool same = reply->pack().empty();
    const bool refused_still = ask->request.content() != base::to_bytes(ask->in_use);
    if (same && refused_still) {
        const std::lock_guard guard(core.mutex);
        core.pack_asked.answered = true;
        return false;
    }
    if (same) return told("");
    auto pack = offered(*reply, *ask);
    if (!pack) {
        refuse(core, *ask, &*reply, pack.error(), report);
        return false;
    }
    return keep(core, *ask, *reply, std::move(*pack), report);
}

}  // namespace kari::device
