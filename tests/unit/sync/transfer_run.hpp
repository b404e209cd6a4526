// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/transfer.pb.h"
#include "sdk/base/attachment.hpp"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/transfer.hpp"

namespace kari::sync::transfer_test {

template <typename T>
T id_no(std::uint32_t number) {
    T id;
    const Digest digest = base::sha256_of("transfer test", {base::u32(number)});
    std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

inline const EpochId k_epoch = id_no<EpochId>(1);
inline const IncarnationId k_incarnation = id_no<IncarnationId>(2);

inline AttachmentName name_no(std::uint32_t number) {
    return {id_no<RecordId>(number), id_no<Digest>(number)};
}

inline std::string chunk_bytes(const AttachmentName& name, std::uint32_t number) {
    return base::to_bytes(base::sha256_of("chunk", {base::to_bytes(name.id), base::u32(number)}));
}

inline constexpr std::uint32_t k_chunks = 5;
inline constexpr std::uint64_t k_sealed = 4 * base::k_chunk_bytes + 32;

// A tablet's attachments, with `waits` in the order in which they are to move.
class Tablet : public AttachmentReplica {
public:
    struct One {
        bool up = true;
        std::set<std::uint32_t> here;  // of one that is fetched
        std::optional<AttachmentFate> fate;
        std::optional<ErrorCode> trouble;
    };

    bool has_news() override { return news; }
    Result<std::optional<AttachmentTask>> next_task(const std::set<AttachmentName>& skip) override {
        for (const AttachmentName& name : waits) {
            const One& one = all[name];
            const bool done = one.up ? one.fate.has_value() : one.here.size() == k_chunks;
            if (!done && !skip.contains(name)) {
                return std::optional(AttachmentTask{name, one.up, k_sealed});
            }
        }
        return std::optional<AttachmentTask>();
    }
    Result<std::string> digests(const AttachmentName& name) override {
        std::string out;
        for (std::uint32_t i = 0; i < k_chunks; ++i)
            out += base::to_bytes(base::sha256(chunk_bytes(name, i)));
        return out;
    }
    Result<std::string> chunk(const AttachmentName& name, std::uint32_t number) override {
        return chunk_bytes(name, number);
    }
    Result<std::optional<std::uint32_t>> first_missing(const AttachmentName& name) override {
        for (std::uint32_t i = 0; i < k_chunks; ++i)
            if (!all[name].here.contains(i)) return std::optional(i);
        return std::optional<std::uint32_t>();
    }
    Result<void> keep_chunk(const AttachmentName& name, std::uint32_t number,
                            std::string_view sealed) override {
        if (sealed != chunk_bytes(name, number)) {
            ++refused;
            return fail(ErrorCode::signature_invalid, "test");
        }
        all[name].here.insert(number);
        return {};
    }
    Result<void> note_fate(const AttachmentName& name, AttachmentFate fate) override {
        all[name].fate =
            fate == AttachmentFate::absent ? std::optional<AttachmentFate>() : std::optional(fate);
        return {};
    }
    Result<void> note_trouble(const AttachmentName& name, ErrorCode why) override {
        all[name].trouble = why;
        return {};
    }
    Result<std::vector<AttachmentName>> unsecured(std::size_t limit) override {
        std::vector<AttachmentName> out;
        for (const auto& [name, one] : all)
            if (one.up && one.fate == AttachmentFate::stored && out.size() < limit)
                out.push_back(name);
        return out;
    }

    bool news = false;
    std::vector<AttachmentName> waits;
    std::map<AttachmentName, One> all;
    std::size_t refused = 0;
};

// A server that keeps what it is sent and notes every request in a word.
class Server {
public:
    std::string answer(std::string_view body) {
        v1::AttachmentRequest request;
        REQUIRE(request.ParseFromString(std::string(body)));
        v1::AttachmentReply reply;
        reply.set_epoch(base::to_bytes(epoch));
        reply.set_feed_position(feed);
        if (full && (request.has_offer() || request.has_chunk())) {
            words.push_back("refused");
            reply.add_fate(v1::ATTACHMENT_FATE_UNSPECIFIED);
            reply.set_error(static_cast<std::uint32_t>(ErrorCode::storage_full));
        } else if (request.has_offer()) {
            words.push_back("offer");
            tell(request.offer().name(), reply);
        } else if (request.has_chunk()) {
            words.push_back("chunk " + std::to_string(request.chunk().number()));
            if (keeps) held[key(request.chunk().name())].insert(request.chunk().number());
            tell(request.chunk().name(), reply);
        } else if (request.has_want()) {
            words.push_back("want " + std::to_string(request.want().number()));
            tell(request.want().name(), reply);
            const AttachmentName name{*base::from_bytes<RecordId>(request.want().name().record()),
                                      *base::from_bytes<Digest>(request.want().name().id())};
            if (reply.fate(0) >= v1::ATTACHMENT_FATE_STORED) {
                reply.set_sealed(damages-- > 0 ? "garbage"
                                               : chunk_bytes(name, request.want().number()));
            }
        } else {
            words.push_back("query");
            for (const auto& name : request.query().name()) {
                v1::AttachmentReply one;
                tell(name, one);
                reply.add_fate(one.fate(0));
            }
        }
        return reply.SerializeAsString();
    }
    static std::string key(const v1::AttachmentName& name) { return name.record() + name.id(); }
    static std::string key(const AttachmentName& name) {
        return base::to_bytes(name.record) + base::to_bytes(name.id);
    }
    void has_whole(const AttachmentName& name) {
        for (std::uint32_t i = 0; i < k_chunks; ++i)
            held[key(name)].insert(i);
    }

    EpochId epoch = k_epoch;
    std::uint64_t feed = 7;
    bool keeps = true;
    bool secured = false;
    bool full = false;  // no room for what comes up
    int damages = 0;
    std::map<std::string, std::set<std::uint32_t>> held;
    std::vector<std::string> words;

private:
    void tell(const v1::AttachmentName& name, v1::AttachmentReply& reply) {
        const auto& here = held[key(name)];
        if (here.size() == k_chunks) {
            reply.add_fate(secured ? v1::ATTACHMENT_FATE_SECURED : v1::ATTACHMENT_FATE_STORED);
            return;
        }
        reply.add_fate(v1::ATTACHMENT_FATE_PARTLY);
        std::string bits(1, '\0');
        for (const auto number : here)
            bits[0] = static_cast<char>(bits[0] | (1 << number));
        reply.set_held(bits);
    }
};

// Runs until the transfer has no more or `cut` requests have been answered.
inline void run(Transfer& transfer, Server& server, std::size_t cut = 1000) {
    for (std::size_t i = 0; i < cut; ++i) {
        const auto send = transfer.next();
        REQUIRE(send);
        if (!*send) return;
        CHECK((*send)->path == "/v1/attachment");
        transfer.on_reply(server.answer((*send)->body));
    }
}

inline Transfer begun(Tablet& tablet) {
    return Transfer(tablet, k_incarnation, k_epoch, 7);
}

}  // namespace kari::sync::transfer_test
