// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "sdk/sync/exchange.hpp"

namespace kari::sync {

struct AttachmentName {
    RecordId record;
    Digest id;
    auto operator<=>(const AttachmentName&) const = default;
};

// How far the server has one.
enum class AttachmentFate { absent, stored, secured };

// What is to be moved next.
struct AttachmentTask {
    AttachmentName name;
    bool up = false;
    std::uint64_t sealed_size = 0;
};

// What:      the port between the transfer of attachments and the device's store.
// Requires:  as Replica: each call that writes is durable when it returns, and idempotent.
// Errors:    any; one concerns only the attachment of the call, save next_task(), which ends the
//            transfer.
// Threads:   called from the thread that drives the transfer, one call at a time.
class AttachmentReplica {
public:
    virtual ~AttachmentReplica() = default;

    // Something waits here that goes before attachments: a nurse has written.
    virtual bool has_news() = 0;
    virtual Result<std::optional<AttachmentTask>> next_task(
        const std::set<AttachmentName>& skip) = 0;
    // Of every sealed chunk, 32 bytes each, in order.
    virtual Result<std::string> digests(const AttachmentName& name) = 0;
    virtual Result<std::string> chunk(const AttachmentName& name, std::uint32_t number) = 0;
    virtual Result<std::optional<std::uint32_t>> first_missing(const AttachmentName& name) = 0;
    // Checks it first. Errors: signature_invalid and malformed: it is not what was named.
    virtual Result<void> keep_chunk(const AttachmentName& name, std::uint32_t number,
                                    std::string_view sealed) = 0;
    // Absent: it is offered again.
    virtual Result<void> note_fate(const AttachmentName& name, AttachmentFate fate) = 0;
    virtual Result<void> note_trouble(const AttachmentName& name, ErrorCode why) = 0;
    // Made here and stored, and not known to be secured.
    virtual Result<std::vector<AttachmentName>> unsecured(std::size_t limit) = 0;
};

struct TransferProgress {
    std::size_t chunks_up = 0;
    std::size_t chunks_down = 0;
    std::size_t uploaded = 0;  // whole at the server by this transfer, or found there
    std::size_t fetched = 0;   // whole here by this transfer
};

// What:      moves the chunks of attachments, one request each, until there are no more or
//            something goes before them. Sans-IO like Exchange, and run when that is done: its
//            requests never stand before the safety lane.
// Requires:  calls in the order next, then on_reply or on_failure. `replica` outlives it.
// Returns:   next() gives the request, or nothing: then see interrupted().
// Durability: a chunk that came is durable, or was refused, when on_reply returns.
// Threads:   one at a time.
class Transfer {
public:
    // `epoch` and `feed`: as the exchange left them; another one in a reply is news.
    Transfer(AttachmentReplica& replica, const IncarnationId& incarnation, const EpochId& epoch,
             std::uint64_t feed);

    Result<std::optional<Send>> next();
    void on_reply(std::string_view body);
    // True: the same request is worth another try; next() gives it again. False: the attachment is
    // passed over, or the transfer has ended.
    bool on_failure(const Failure& failure);

    // The exchange has something to do first.
    bool interrupted() const { return interrupted_; }
    std::uint64_t feed() const { return feed_; }
    const TransferProgress& progress() const { return progress_; }
    const std::vector<Problem>& problems() const { return problems_; }

private:
    enum class Ask { query, offer, chunk, want };
    struct Asked {
        Ask ask = Ask::query;
        std::vector<AttachmentName> names;
        std::uint32_t number = 0;
        std::uint64_t sealed_size = 0;
        std::string body;
    };

    Result<std::optional<Asked>> compose();
    Result<Asked> compose_up(const AttachmentTask& task);
    Result<std::optional<Asked>> compose_down(const AttachmentTask& task);
    void take_offered(const Asked& asked, std::string_view held, AttachmentFate fate);
    void take_wanted(const Asked& asked, std::string_view sealed, AttachmentFate fate);
    void note_fate(const AttachmentName& name, AttachmentFate fate);
    void pass_over(const AttachmentName& name, const Error& error);

    AttachmentReplica& replica_;
    std::string incarnation_;
    EpochId epoch_;
    std::uint64_t feed_;
    bool interrupted_ = false;
    bool confirmed_ = false;
    bool uploads_wait_ = false;  // the server takes none in this session
    std::optional<Error> ended_;
    std::optional<Asked> asked_;
    std::map<AttachmentName, std::vector<bool>> held_;  // at the server, of what is on its way up
    std::set<AttachmentName> skip_;
    std::set<AttachmentName> refused_once_;  // a chunk that came was not what was named
    TransferProgress progress_;
    std::vector<Problem> problems_;
};

}  // namespace kari::sync
