// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/transfer.hpp"

#include <utility>

#include "kari/v1/transfer.pb.h"
#include "sdk/base/attachment.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/bounded.hpp"
#include "sdk/sync/limits.hpp"
#include "sdk/sync/told.hpp"

namespace kari::sync {
namespace {

constexpr const char* k_path = "/v1/attachment";
constexpr std::size_t k_problems = 100;

v1::AttachmentRequest request_of(const std::string& incarnation) {
    v1::AttachmentRequest out;
    out.set_protocol(k_protocol);
    out.set_incarnation(incarnation);
    return out;
}

void set_name(v1::AttachmentName* to, const AttachmentName& name) {
    to->set_record(base::to_bytes(name.record));
    to->set_id(base::to_bytes(name.id));
}

// A part of it counts for nothing.
AttachmentFate fate_of(int wire) {
    if (wire == v1::ATTACHMENT_FATE_STORED) return AttachmentFate::stored;
    if (wire == v1::ATTACHMENT_FATE_SECURED) return AttachmentFate::secured;
    return AttachmentFate::absent;
}

// What the server says of the one attachment, not of the connection or of itself.
bool about_attachment(ErrorCode code) {
    switch (code) {
        case ErrorCode::not_found:
        case ErrorCode::malformed:
        case ErrorCode::invalid_argument:
        case ErrorCode::too_large:
        case ErrorCode::quota_exceeded:
        case ErrorCode::not_permitted:
            return true;
        default:
            return false;
    }
}

}  // namespace

Transfer::Transfer(AttachmentReplica& replica, const IncarnationId& incarnation,
                   const EpochId& epoch, std::uint64_t feed)
    : replica_(replica), incarnation_(base::to_bytes(incarnation)), epoch_(epoch), feed_(feed) {}

void Transfer::pass_over(const AttachmentName& name, const Error& error) {
    skip_.insert(name);
    held_.erase(name);
    if (problems_.size() < k_problems) problems_.push_back({name.record, error});
    const auto noted = replica_.note_trouble(name, error.code);
    if (!noted && problems_.size() < k_problems) problems_.push_back({name.record, noted.error()});
}

Result<std::optional<Send>> Transfer::next() {
    if (ended_) return tl::unexpected(*ended_);
    if (interrupted_) return std::optional<Send>();
    if (!asked_) {
        if (replica_.has_news()) {
            interrupted_ = true;
            return std::optional<Send>();
        }
        auto asked = compose();
        if (!asked) return tl::unexpected(asked.error());
        if (!*asked) return std::optional<Send>();
        asked_ = std::move(**asked);
    }
    return std::optional<Send>(Send{k_path, asked_->body});
}

Result<std::optional<Transfer::Asked>> Transfer::compose() {
    if (!std::exchange(confirmed_, true)) {
        const auto names = replica_.unsecured(k_attachment_names);
        if (!names) return tl::unexpected(names.error());
        if (!names->empty()) {
            auto request = request_of(incarnation_);
            for (const AttachmentName& name : *names)
                set_name(request.mutable_query()->add_name(), name);
            return std::optional<Asked>(
                Asked{Ask::query, *names, 0, 0, request.SerializeAsString()});
        }
    }
    for (;;) {
        const auto task = replica_.next_task(skip_);
        if (!task) return tl::unexpected(task.error());
        if (!*task) return std::optional<Asked>();
        if ((*task)->up && uploads_wait_) {
            skip_.insert((*task)->name);
            continue;
        }
        if ((*task)->up) {
            auto asked = compose_up(**task);
            if (asked) return std::optional<Asked>(std::move(*asked));
            pass_over((*task)->name, asked.error());
            continue;
        }
        auto asked = compose_down(**task);
        if (asked && *asked) return asked;
        pass_over((*task)->name,
                  asked ? Error{ErrorCode::internal, "attachment: nothing of it is missing"}
                        : asked.error());
    }
}

Result<Transfer::Asked> Transfer::compose_up(const AttachmentTask& task) {
    auto request = request_of(incarnation_);
    Asked out{Ask::offer, {task.name}, 0, task.sealed_size, {}};
    const auto held = held_.find(task.name);
    if (held == held_.end()) {
        auto digests = replica_.digests(task.name);
        if (!digests) return tl::unexpected(digests.error());
        set_name(request.mutable_offer()->mutable_name(), task.name);
        request.mutable_offer()->set_sealed_size(task.sealed_size);
        request.mutable_offer()->set_digest(std::move(*digests));
        out.body = request.SerializeAsString();
        return out;
    }
    out.ask = Ask::chunk;
    while (held->second[out.number])  // one is missing, or it would not be kept: take_offered()
        ++out.number;
    auto sealed = replica_.chunk(task.name, out.number);
    if (!sealed) return tl::unexpected(sealed.error());
    set_name(request.mutable_chunk()->mutable_name(), task.name);
    request.mutable_chunk()->set_number(out.number);
    request.mutable_chunk()->set_sealed(std::move(*sealed));
    out.body = request.SerializeAsString();
    return out;
}

Result<std::optional<Transfer::Asked>> Transfer::compose_down(const AttachmentTask& task) {
    const auto missing = replica_.first_missing(task.name);
    if (!missing) return tl::unexpected(missing.error());
    if (!*missing) return std::optional<Asked>();
    auto request = request_of(incarnation_);
    set_name(request.mutable_want()->mutable_name(), task.name);
    request.mutable_want()->set_number(**missing);
    return std::optional<Asked>(
        Asked{Ask::want, {task.name}, **missing, task.sealed_size, request.SerializeAsString()});
}

void Transfer::on_reply(std::string_view body) {
    if (!asked_) return;
    const Asked asked = *std::exchange(asked_, std::nullopt);
    v1::AttachmentReply reply;
    const auto parsed = parse_bounded(body, k_transfer_bytes, reply);
    const auto epoch = base::from_bytes<EpochId>(reply.epoch());
    if (!parsed || !epoch || static_cast<std::size_t>(reply.fate_size()) != asked.names.size()) {
        const Error error{ErrorCode::malformed, "attachment: the server's reply"};
        for (const AttachmentName& name : asked.names)
            pass_over(name, error);
        return;
    }
    // Of another epoch the exchange must hear before a word of it is believed.
    if (*epoch != epoch_) {
        interrupted_ = true;
        return;
    }
    if (reply.feed_position() > feed_) {
        feed_ = reply.feed_position();
        interrupted_ = true;
    }
    if (asked.ask == Ask::query) {
        for (std::size_t i = 0; i < asked.names.size(); ++i)
            note_fate(asked.names[i], fate_of(reply.fate(static_cast<int>(i))));
        return;
    }
    if (asked.ask != Ask::want && reply.error() != 0) {
        uploads_wait_ = true;  // the others are not even asked for
        pass_over(asked.names.front(),
                  {told_by_server(reply.error()), "attachment: the server has no room now"});
    } else if (asked.ask == Ask::want) {
        take_wanted(asked, reply.sealed(), fate_of(reply.fate(0)));
    } else {
        take_offered(asked, reply.held(), fate_of(reply.fate(0)));
    }
}

void Transfer::note_fate(const AttachmentName& name, AttachmentFate fate) {
    if (const auto noted = replica_.note_fate(name, fate); !noted) pass_over(name, noted.error());
}

void Transfer::take_offered(const Asked& asked, std::string_view held, AttachmentFate fate) {
    const AttachmentName& name = asked.names.front();
    if (asked.ask == Ask::chunk) ++progress_.chunks_up;
    if (fate != AttachmentFate::absent) {
        held_.erase(name);
        ++progress_.uploaded;
        note_fate(name, fate);
        return;
    }
    const std::uint32_t chunks = base::sealed_chunks(asked.sealed_size);
    std::vector<bool> bits(chunks, false);
    bool all = true;
    for (std::uint32_t i = 0; i < chunks; ++i) {
        bits[i] = i / 8 < held.size() && ((static_cast<std::uint8_t>(held[i / 8]) >> (i % 8)) & 1);
        all = all && bits[i];
    }
    // A server that has every chunk and not the whole, or does not keep what it was sent, would be
    // sent the same for ever.
    if (all || (asked.ask == Ask::chunk && !bits[asked.number])) {
        pass_over(name, {ErrorCode::malformed, "attachment: the server does not take it"});
        return;
    }
    held_[name] = std::move(bits);
}

void Transfer::take_wanted(const Asked& asked, std::string_view sealed, AttachmentFate fate) {
    const AttachmentName& name = asked.names.front();
    if (fate == AttachmentFate::absent || sealed.empty()) {
        // Its author may not have sent it yet: no fault of this sync, and it comes with another.
        skip_.insert(name);
        const auto noted = replica_.note_trouble(name, ErrorCode::not_found);
        if (!noted && problems_.size() < k_problems) {
            problems_.push_back({name.record, noted.error()});
        }
        return;
    }
    const auto kept = replica_.keep_chunk(name, asked.number, sealed);
    if (!kept) {
        const bool damaged = kept.error().code == ErrorCode::signature_invalid ||
                             kept.error().code == ErrorCode::malformed;
        if (damaged && refused_once_.insert(name).second) return;  // this chunk alone, once more
        pass_over(name, kept.error());
        return;
    }
    refused_once_.erase(name);
    ++progress_.chunks_down;
    const auto missing = replica_.first_missing(name);
    if (missing && !*missing) {
        ++progress_.fetched;
        note_fate(name, fate);
    }
}

bool Transfer::on_failure(const Failure& failure) {
    if (!asked_) return false;
    const ErrorCode code = failure.error.code;
    if (is_passing(code)) return true;
    const Asked asked = *std::exchange(asked_, std::nullopt);
    if (failure.by_server && about_attachment(code)) {
        for (const AttachmentName& name : asked.names)
            pass_over(name, failure.error);
        return false;
    }
    ended_ = failure.error;
    return false;
}

}  // namespace kari::sync
