// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/sync/chain.hpp"
#include "sdk/sync/clock_sample.hpp"

namespace kari::sync {

// Where the replica as a whole stands.
struct Standing {
    IncarnationId incarnation;
    EpochId epoch;                    // last known; zero at first
    std::uint64_t feed_position = 0;  // as last stored by finish()
    std::uint64_t directory_version = 0;
    std::optional<Moment> complete_at;  // when every holding was last compared
    std::optional<ClockSample> clock;   // as last given by note_server_time()
};

// A place in the order of a record's resources by their moments: all that are not behind it are
// held. docs/formats/exchange.md, section 12.
struct WindowMark {
    Instant moment{INT64_MAX};
    ResourceId resource;
    auto operator<=>(const WindowMark&) const = default;
};

// Of a record that does not go whole: how far back its resources are held, and are to be.
struct Window {
    std::optional<WindowMark> held;  // nothing: not yet all that stands
    Instant back_to;
    bool reached() const { return held && *held <= WindowMark{back_to, {}}; }
};

// What is held of one record: the prefix from base to cursor, and changes beside it.
struct Held {
    RecordId record;
    Point base;
    Point cursor;
    // In which the cursor was given. At cursor 0: the oldest in which something of the record was
    // received or acknowledged; zero when nothing was.
    EpochId epoch;
    std::uint64_t safety_position = 0;
    std::uint64_t seal_position = 0;  // of the server's seals of it, those up to here have come
    // Of the present incarnation's stream, held without a gap and answered for by the server.
    std::uint64_t own_seq = 0;
    // The highest position of anything held beside the prefix (safety lane, acknowledged own
    // changes); 0 when nothing is.
    std::uint64_t highest_beside = 0;
    bool hidden = false;
    // The server has had something of it: cursor > 0, or a change acknowledged. A record made
    // here and not yet sent is not known and is never hidden for being absent from a list.
    bool known_to_server = false;
    // Something of it is held: changes, also such as have no position (unsent ones, and after a
    // restore that shares nothing all of them), unreadable ones, drafts, attachments.
    bool holds_anything = false;
    // Nothing of it is held: it is only known to be linked, and denied.
    bool not_here = false;
    // What is old of it may be elsewhere than here.
    std::optional<Window> window;
    // Nothing of it is held yet but what went ahead: it may come by a window.
    bool takes_window = false;
};

struct PushQuery {
    std::size_t changes = 0;  // changes and access entries together
    std::size_t bytes =
        0;  // of headers, bodies and entries; the first item is given even if larger
    std::set<RecordId> skip;  // nothing of these
    // Of these, what is stored but not secured is given again, so that its fate is told anew.
    std::set<RecordId> confirm;
};

struct AccessItem {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    std::string entry_bytes;
};

// Own changes, access entries and seals of one record that the server has not acknowledged.
struct Outgoing {
    RecordId record;
    std::vector<StoredChange> change;  // by stream, seq ascending, without gaps from the oldest
    std::vector<AccessItem> access;    // the same
    std::vector<v1::RecordSeal> seal;
};

// Changes that stood in the server's log in an older epoch and are not known to stand in the
// present one, with receipts of that older epoch.
struct Return {
    RecordId record;
    // Ascending by the position of the receipt's epoch. Under a range receipt every position from
    // the fallback point + 1 to the receipt's end is named, without bytes where they are not to
    // go in this request or are not here.
    std::vector<StoredChange> change;
    std::vector<v1::RangeReceipt> range;
    std::vector<v1::PairsReceipt> pairs;
    std::vector<v1::RecordSeal> seal;  // over changes that are named
};

enum class Fate { stored, secured, quarantined };

struct Answer {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    ChangeId id;  // of a change; of an access entry the digest of its bytes
    Fate fate = Fate::stored;
    std::uint64_t position = 0;             // of a change, when stored
    ErrorCode error = ErrorCode::internal;  // when quarantined
};

// The server's answer to what was pushed or given back of one record. Each is one that was asked.
struct Answers {
    RecordId record;
    EpochId epoch;
    std::vector<Answer> change;
    std::vector<Answer> access;
    std::optional<v1::PairsReceipt> receipt;  // over the (position, id) of `change`; to be kept
    std::size_t seals_stored = 0;             // the first so many of the seals that were sent
};

// A part of a record's log, checked: ids are digests, positions are dense, the chain leads from
// `from` to `end`.
struct Delta {
    RecordId record;
    EpochId epoch;
    bool out_of_order = false;
    // In order: `from` is a point of the held prefix, not above the cursor; what is already held
    // of `change` has been left out, so that change[0].position is cursor.position + 1.
    Point from;
    Point end;                         // the new cursor; out of order: unused
    std::vector<StoredChange> change;  // ids alone: held already, or withheld
    std::optional<v1::RangeReceipt> receipt;
    std::optional<v1::PairsReceipt> pairs;
    std::vector<v1::RecordSeal> seal;
    std::optional<std::uint64_t> safety_position;
    // Out of order, of a record by a window: the changes of each resource stand together, and none
    // is split between two parts. `from` is where the prefix begins.
    std::optional<Window> window;
    std::vector<std::uint32_t> older;  // with `window`: the kinds of which there is more behind it
    std::uint64_t seal_position = 0;   // with `seal`; 0: nothing is said
    std::optional<Point> secured;      // up to here everything is secured
};

// After a restore. See fall_back().
struct Fallback {
    RecordId record;
    EpochId epoch;              // the new one
    Point shared;               // the new cursor: not above the old one
    bool from_nothing = false;  // no shared point: the base falls to 0 as well
    std::uint64_t kept = 0;     // the server has everything up to this position of the old epoch
};

// What keeps a record from being purged, counted.
struct Obligations {
    std::size_t changes = 0;  // own, not secured
    std::size_t access_entries = 0;
    std::size_t seals = 0;
    std::size_t drafts = 0;
    std::size_t attachments = 0;
    std::size_t returns = 0;  // held with a receipt, not known to stand in the present epoch
    bool none() const {
        return changes + access_entries + seals + drafts + attachments + returns == 0;
    }
};

// The difference to server time learnt from one request and its reply.
struct TimeSample {
    Instant server;
    ClockSample clock;  // the better of this reply's and the one that was known
};

// What one finished lane proves.
struct Freshness {
    bool safety_only = false;
    Instant server;  // of the reply that said "nothing more"
    Moment asked;    // when that request was sent: the age counts from here
    std::optional<std::uint64_t> feed_position;  // to be stored; nothing: leave the stored one
    bool complete = false;                       // every holding was compared: complete_at = asked
    std::vector<RecordId> behind;                // passed over: these are not fresh by this
};

// What:      the port between the exchange and the device's store.
// Requires:  each call that writes is one transaction of its own and durable when it returns;
//            each is idempotent: the same call again changes nothing and succeeds.
// Errors:    any; an error concerns only the record of the call (the exchange reports it, passes
//            the record over and goes on), save standing(), holdings() and set_epoch(), which end
//            the session.
// Threads:   called from the thread that drives the exchange, one call at a time.
class Replica {
public:
    virtual ~Replica() = default;

    virtual Result<Standing> standing() = 0;

    // Every record held, hidden ones too, in any order.
    virtual Result<std::vector<Held>> holdings() = 0;
    // Nothing when the record is not held.
    virtual Result<std::optional<Held>> holding(const RecordId& record) = 0;
    // Records of which a window is not yet as far back as it is to be.
    virtual Result<std::vector<RecordId>> unreached() = 0;
    // The prefix's chain digest at a position from base to cursor; nothing elsewhere.
    virtual Result<std::optional<Digest>> chain_at(const RecordId& record,
                                                   std::uint64_t position) = 0;
    // The ids held at an address: none, one, or several where the stream forks.
    virtual Result<std::vector<ChangeId>> ids_at(const RecordId& record,
                                                 const IncarnationId& incarnation,
                                                 std::uint64_t seq) = 0;
    // The newest range receipt of the record's present epoch, if any.
    virtual Result<std::optional<v1::RangeReceipt>> newest_receipt(const RecordId& record) = 0;

    // What is to be pushed next: own, unacknowledged, not quarantined; oldest first. Hidden
    // records too. Empty when there is nothing.
    virtual Result<std::vector<Outgoing>> next_push(const PushQuery& query) = 0;
    // What is to be given back next: a query over the log, so that it outlives a crash; empty at
    // the end. Without a receipt nothing is listed here (own changes go by next_push). At most
    // `changes` come with bytes, and at most k_return_ids are named.
    virtual Result<std::vector<Return>> next_return(const PushQuery& query) = 0;

    // Incarnations whose seals are held and whose certificate is not.
    virtual Result<std::vector<IncarnationId>> missing_certificates() = 0;
    // Checks that it is of the authority and for this incarnation before it keeps it.
    // Errors: malformed, signature_invalid, not_permitted.
    virtual Result<void> keep_certificate(const IncarnationId& incarnation,
                                          const std::string& der) = 0;

    virtual Result<void> apply_push(const Answers& answers) = 0;
    // Stored: the change stands in the present epoch at that position. Quarantined: it is not
    // given back again.
    virtual Result<void> apply_return(const Answers& answers) = 0;
    // Appends what is new, folds, moves the cursor to `end` (in order) or safety_position up (out
    // of order), keeps the receipt, marks own changes up to `secured`.
    virtual Result<void> apply_delta(const Delta& delta) = 0;
    // The server was restored. The cursor becomes `shared`, the record's epoch the new one, the
    // safety position at most `kept`. Nothing is deleted. Own changes, entries and seals whose
    // acknowledged position was above `kept`, or never known, become unacknowledged and
    // unsecured; others' above `kept` become what next_return lists, under the receipts kept from
    // the old epoch. A change that a later delta or answer places is no longer listed.
    virtual Result<void> fall_back(const Fallback& fallback) = 0;

    // In the caseload: held from now on (with cursor 0 when new), and shown again if hidden. Until
    // the cursor is at `server`, how far the server's log goes, not all of it is here.
    virtual Result<void> grant(const RecordId& record, const Point& server) = 0;
    // At once out of sight: nothing of the record is shown any more.
    virtual Result<void> hide(const RecordId& record) = 0;
    // Linked to a record that is held, but not for this unit: the chart is incomplete.
    virtual Result<void> not_here(const RecordId& record) = 0;
    virtual Result<Obligations> obligations(const RecordId& record) = 0;
    // Removes the record and its traces, if inside the transaction nothing is held above `server`,
    // which the server's log has reached, and obligations are none. Errors: in_use when not.
    virtual Result<void> purge(const RecordId& record, const Point& server) = 0;

    // In one transaction with it the stored feed position becomes 0 and complete_at nothing: both
    // belong to the old epoch, and a session that breaks off now must not be believed later.
    virtual Result<void> set_epoch(const EpochId& epoch) = 0;
    // The whole directory of the unit as of `version`.
    virtual Result<void> set_directory(const v1::DirectoryUnit& unit,
                                       const std::vector<v1::DirectoryPerson>& people,
                                       std::uint64_t version) = 0;
    virtual Result<void> note_server_time(const TimeSample& sample) = 0;
    virtual Result<void> finish(const Freshness& freshness) = 0;
};

}  // namespace kari::sync
