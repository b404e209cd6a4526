// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "kari/v1/exchange.pb.h"
#include "sdk/chart/finding.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/merge/fold.hpp"

namespace kari::store {

// Who this device is. Written once, at enrolment; the incarnation may be succeeded.
struct Identity {
    DeviceId device;
    UnitId unit;
    IncarnationId incarnation;
};

// A point of a record's log.
struct LogPoint {
    std::uint64_t position = 0;
    Digest chain{};
    bool operator==(const LogPoint&) const = default;
};

// What is known of how far the server has a change.
enum class Fate : std::uint8_t { unsent = 0, stored = 1, secured = 2, quarantined = 3 };

struct RecordMeta {
    RecordId record;
    std::uint64_t tick = 0;  // highest seen
    LogPoint base;
    LogPoint cursor;
    EpochId epoch{};  // zero: no delta yet
    std::uint64_t safety_position = 0;
    std::uint64_t seal_position = 0;  // of the server's seals, those up to here have come
    LogPoint secured;
    std::optional<v1::RangeReceipt> receipt;  // base to cursor
    v1::CaseloadState caseload = v1::CASELOAD_STATE_UNSPECIFIED;
    bool not_here = false;  // linked, but not for this unit
    LogPoint server;        // as the caseload last stated
    bool hidden = false;
    bool made_here = false;
};

// One nurse's act on its way into the log. Ownership: `message` outlives the call.
struct WriteRequest {
    RecordId record;
    bool new_record = false;  // makes the record when it is not here
    ResourceId resource;
    std::uint32_t kind = 0;
    std::vector<ChangeId> parents;  // heads of the resource in the view acted on
    const google::protobuf::Message* message = nullptr;  // the written atoms only
    std::vector<std::uint32_t> cleared;
    std::vector<std::uint32_t> must_understand;
    v1::Basis basis;
    v1::RecordedTime recorded;
    std::optional<v1::EffectiveTime> effective;
    v1::Author author;
    std::string salt;  // 16 random bytes
};

// How much of what becomes history is read: all since an instant, and of each kind at least so
// many. What stands is always read.
struct Window {
    Instant since{INT64_MIN};
    std::size_t at_least = 0;
    bool operator==(const Window&) const = default;
};

// A place in a record's history: what is older than it is next.
struct HistoryMark {
    Instant moment;
    ResourceId resource;
    auto operator<=>(const HistoryMark&) const = default;
};

// A page of it.
struct OlderPart {
    chart::Group group;
    std::vector<chart::Finding> findings;  // of what it holds; of issues those they are about
    std::optional<HistoryMark> next;       // nothing: there is nothing older here
    std::optional<Instant> elsewhere;      // what is older than this is not here
};

struct Written {
    ChangeId change;
    RecordId record;
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    std::uint64_t tick = 0;
    merge::Resource resource;  // after the write
    // Findings of the record that appeared, altered or went by this write.
    std::vector<FindingId> findings;
};

struct StoredChange {
    merge::Change change;
    Fate fate = Fate::unsent;
    std::uint64_t position = 0;  // 0: unknown
};

struct Head {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    ChangeId id;
};

struct StoredDraft {
    RecordId record;
    ResourceId id;
    PersonId person;
    std::uint32_t kind = 0;
    std::string content;  // the owner's bytes, at most 1 MiB
    std::int64_t saved_ms = 0;
};

struct StoredAccess {
    RecordId record;
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    Digest id;          // SHA-256 of the bytes
    std::string bytes;  // of the AccessEntry
    Fate fate = Fate::unsent;
};

struct OutboxLimits {
    std::size_t changes = 200;
    std::size_t bytes = 64 * 1024;
};

struct OutboxState {
    std::uint64_t unsent = 0;       // own changes that the server has not stored
    std::uint64_t unsecured = 0;    // stored, not yet secured
    std::uint64_t quarantined = 0;  // refused into the server's quarantine
    std::uint64_t access_unsent = 0;
};

struct SealInput {
    IncarnationId incarnation;
    std::uint64_t number = 1;
    std::optional<Digest> prev;       // of the previous statement; none for the first
    std::vector<std::string> leaves;  // bytes of StreamHead, ascending by (log, record)
};

struct StoredSeal {
    IncarnationId incarnation;
    std::uint64_t number = 0;
    std::string statement;  // exact bytes of a SealStatement
    std::string signature;
    std::vector<std::string> leaves;
};

struct Applied {
    std::uint32_t added = 0;
    std::uint32_t known = 0;
    std::uint32_t quarantined = 0;
    std::uint32_t forks = 0;
    std::vector<ResourceId> touched;  // ascending
    LogPoint cursor;
};

struct Refused {
    RecordId record;
    ChangeId id;
    ErrorCode reason = ErrorCode::internal;
};

struct Quarantined {
    ChangeId id;
    std::uint64_t position = 0;
    ErrorCode reason = ErrorCode::malformed;
    std::string what;
    std::string header;  // empty when the quota was used up
    std::string body;
};

// The server's answer to one of them.
struct GivenBack {
    ChangeId id;
    std::uint64_t position = 0;  // where it stands in the present epoch; 0: nowhere
};

// What a restored server may lack, with the receipts that prove it once had it. Of one epoch: the
// oldest that is still owed.
struct GiveBack {
    EpochId epoch;                        // whose positions and receipts these are
    std::vector<StoredChange> changes;    // ascending by the old epoch's position
    std::vector<Quarantined> unreadable;  // the same, for what this build cannot decode
    // All that stood there, ascending, with what the server has again: a range's receipt is proven
    // only by every id up to its end.
    std::vector<std::pair<std::uint64_t, ChangeId>> named;
    std::vector<v1::RangeReceipt> ranges;
    std::vector<v1::PairsReceipt> pairs;  // of earlier epochs too
};

// From the reply that took the record out of the caseload.
struct PurgeProof {
    EpochId epoch;
    LogPoint server;
    bool recovering = false;
};

enum class PurgeObstacle {
    recovering,     // an operator has not closed the recovery
    other_epoch,    // the proof is of another epoch than the cursor
    not_covered,    // something is held above the server's position
    chain_differs,  // the digests at the server's position disagree
    own_unsecured,  // an own change, access entry or seal is not secured
    draft_waits,
    attachment_waits,  // one that was made here is not secured, or one is to be offered again
    return_owed,       // something must be given back first
    still_in_caseload,
};

struct Mismatch {
    RecordId record;
    ResourceId resource;
};

}  // namespace kari::store
