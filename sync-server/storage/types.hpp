// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

namespace kari::server::storage {

// Where a record's log stands: the position of its newest change and the running digest there.
// chain(0) is 32 zero bytes; chain(p) = SHA-256(chain(p-1) || id(p)).
struct LogPoint {
    std::uint64_t position = 0;
    Digest chain;
    bool operator==(const LogPoint&) const = default;
};

struct RecordState {
    RecordId id;
    bool made_on_tablet = false;
    LogPoint head;
    LogPoint access_head;
    std::uint64_t secured = 0;         // positions up to here are in a verified backup
    std::uint64_t access_secured = 0;  // the same of the access log
    std::uint64_t reviewed = 0;        // the rules have seen the log up to here
    std::uint64_t tick = 0;            // highest in the log
    LogPoint epoch_start;              // where the log stood when the present epoch began
};

// A change as it stands in the log: exact bytes.
struct StoredChange {
    ChangeId id;
    std::uint64_t position = 0;
    Digest chain;
    std::uint32_t kind = 0;
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    std::string header_bytes;
    std::optional<std::string> body_bytes;
};

// What came of an append.
struct Appended {
    std::uint64_t position = 0;
    bool already = false;  // the same id stood there before: nothing was written
    bool fork = false;     // another id stands at the same (stream, seq)
    bool gap = false;      // the predecessor it names is not here
};

// A link of a stream that is missing, named by its successor.
struct Gap {
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    ChangeId missing;
};

// The newest of a stream: its number and id.
struct StreamEnd {
    std::uint64_t seq = 0;
    std::uint64_t position = 0;
    Digest id;
};

struct StoredAccess {
    Digest id;
    std::uint64_t position = 0;
    Digest chain;
    IncarnationId incarnation;
    std::uint64_t seq = 0;
    Digest prev;  // zero when seq is 1
    std::string bytes;
};

struct StoredSeal {
    IncarnationId incarnation;
    std::uint64_t number = 0;
    Digest statement;          // digest of its bytes
    Digest previous;           // zero for the first
    std::uint64_t covers = 0;  // position of the sealed change; of the access entry likewise
    bool access = false;
    std::string bytes;          // of a RecordSeal
    std::uint64_t arrival = 0;  // dense from 1 within the record; given by add_seal
};

struct Unit {
    UnitId id;
    RecordId record;  // the unit's own: access entries for lists stand there
    std::string display;
    std::string zone;
};

struct Person {
    PersonId id;
    UnitId unit;
    std::string role;
    std::string display;
    bool active = true;
};

struct Device {
    DeviceId id;
    UnitId unit;
    std::string name;
    Instant enrolled;
    bool revoked = false;
};

enum class CertificateUse { tls = 1, signing = 2 };

struct Certificate {
    Digest spki;  // SHA-256 of SubjectPublicKeyInfo
    CertificateUse use = CertificateUse::tls;
    DeviceId device;
    IncarnationId incarnation;
    std::string serial;  // hexadecimal
    Instant not_after;
    std::string der;
};

struct Invitation {
    Digest code;  // of the secret: the secret itself is nowhere
    UnitId unit;
    Instant expires;
};

// Positions of a record's two logs, and how many of its attachments have come in whole.
struct Reach {
    std::uint64_t changes = 0;
    std::uint64_t access = 0;
    std::uint64_t attachments = 0;
};

// The sealed bytes of an attachment, as far as they are here. The server has no key to them.
struct Attachment {
    RecordId record;
    Digest id;  // SHA-256 of all of them
    std::uint64_t sealed_size = 0;
    std::string digests;        // of each chunk, 32 bytes each, as last offered
    std::string held;           // one bit for each chunk that is here; chunk 0: lowest of byte 0
    DeviceId device;            // that offered it first
    Instant offered;            // when
    std::uint64_t arrival = 0;  // dense from 1 within the record; 0: not whole yet
    bool secured = false;       // in a verified copy

    bool whole() const { return arrival > 0; }
};

// Where a unit's feed stands after a commit.
struct FeedMove {
    UnitId unit;
    std::uint64_t position = 0;
    bool operator==(const FeedMove&) const = default;
};

enum class CaseloadState { granted = 1, removed = 2 };

struct CaseloadRow {
    RecordId record;
    CaseloadState state = CaseloadState::granted;
};

struct Epoch {
    EpochId id;
    bool recovering = false;
    std::optional<Instant> began = {};  // by this server's clock; nothing: it is the first
};

// What was refused, kept for an operator.
struct Quarantined {
    DeviceId device;
    IncarnationId incarnation;
    Instant received;
    std::uint32_t error = 0;  // of errors.def
    std::string what;         // no patient data
    std::string bytes;        // as received
};

// Limits of what one device may leave in quarantine.
inline constexpr std::uint64_t k_quarantine_entries_max = 2'000;
inline constexpr std::uint64_t k_quarantine_bytes_max = 16 * 1024 * 1024;

// Limits of attachments: of one record, and of one device those that no change names yet.
inline constexpr std::uint64_t k_record_attachments_bytes_max = std::uint64_t{2} << 30;
inline constexpr std::uint64_t k_unnamed_attachments_bytes_max = std::uint64_t{512} << 20;
// What no change names is swept so long after it was first offered.
inline constexpr std::int64_t k_unnamed_attachment_ms = std::int64_t{30} * 24 * 3'600'000;

// Of one unit, as many as a device can name in one request (sync::k_holdings).
inline constexpr std::size_t k_caseload_max = 4'000;
// Of a name that an operator gives: with as many people as a reply holds, the directory fits in it.
inline constexpr std::size_t k_name_bytes_max = 128;

// A device as it was last heard of: at every exchange, also one that was refused.
struct Sighting {
    DeviceId device;
    Instant seen;  // by this server's clock
    // Its own changes that are not here, as it told; nothing when it does not tell.
    std::optional<std::uint64_t> unsent;
    std::optional<Instant> oldest_unsent;  // when the oldest of them was written, about
    bool operator==(const Sighting&) const = default;
};

// A finding that stands open in a record, for those who count them.
struct OpenFinding {
    ResourceId issue;       // that carries it; the same in every record where it stands
    unsigned severity = 0;  // 1 to 4, as S1 to S4
    bool deferred = false;  // somebody has put it off
    Instant since;          // when it was first stated
    std::string rule = {};
    // By when somebody should have answered it, or until when it was put off; nothing: for the log.
    std::optional<Instant> due = std::nullopt;
    auto operator<=>(const OpenFinding&) const = default;
};

// The same with where it stands: once for each record and each unit that has it in its caseload.
struct StandingFinding {
    OpenFinding finding;
    RecordId record;
    std::optional<UnitId> unit;
};

struct FindingCount {
    unsigned severity = 0;
    std::uint64_t open = 0;
    std::uint64_t deferred = 0;  // of these
    Instant oldest;
};

// How much is stored.
struct Totals {
    std::uint64_t records = 0;
    std::uint64_t changes = 0;
    std::uint64_t secured = 0;  // of the changes
    std::uint64_t access_entries = 0;
    std::uint64_t owed = 0;  // records that the rules owe a look
};

struct QuarantineCount {
    DeviceId device;
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
    Instant oldest;
};

// Where the data lies, in bytes.
struct DiskSpace {
    std::uint64_t database = 0;
    std::uint64_t log = 0;  // not yet brought over into the database
    std::uint64_t free = 0;
    std::uint64_t disk = 0;
};

// What the data took on one day (days since 1970, UTC), for a forecast.
struct DiskDay {
    std::int64_t day = 0;
    std::uint64_t bytes = 0;
    bool operator==(const DiskDay&) const = default;
};
inline constexpr std::int64_t k_disk_days_kept = 400;

// A backup that was read back whole.
struct Backup {
    Instant taken;
    std::uint64_t records = 0;
    std::uint64_t changes = 0;
    std::uint64_t bytes = 0;
};

// Which program brought the database to which schema.
struct Upgrade {
    std::int64_t schema = 0;
    std::string program;
    Instant at;
};

// Up to this size a start checks every page (some seconds).
inline constexpr std::uint64_t k_check_whole_bytes = std::uint64_t{1} << 30;

// How late a commit of another process is noticed.
inline constexpr std::uint64_t k_elsewhere_ms = 1'000;

// Where an imported patient's record is.
struct ImportKey {
    std::string system;
    std::string logical_id;
};

// Where an imported resource stands, and what was last said of it.
struct ImportedResource {
    std::optional<RecordId> record;   // nothing: in the directory
    Digest body;                      // of the newest import
    std::optional<RecordId> leaving;  // still stands there: the withdrawal is owed
    bool operator==(const ImportedResource&) const = default;
};

// One run of an import.
struct ImportRunTag;
using ImportRun = Opaque<ImportRunTag, 16>;

// The resources of one record that cannot be told to be of no interest by their number of changes.
struct Census {
    // Ascending: all but those of a lone kind that have a single change.
    std::vector<ResourceId> resources;
    // Ascending: those with a change at an address where another one stands too.
    std::vector<ResourceId> forked;
};

}  // namespace kari::server::storage
