// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kari/error.hpp>

#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/storage.hpp"

// The server's own state, for whoever runs it: `status`, `doctor`, health and metrics say the same
// because they all read this. Counts, ids and times; no name of a person, nothing of a record.
namespace kari::server::admin {

// Beyond these an operator should look.
inline constexpr Duration k_silent = Duration::hours(24);
inline constexpr Duration k_backup_old = Duration::hours(26);  // a daily one, and two hours
inline constexpr Duration k_certificate_ends_soon = Duration::hours(30 * 24);
inline constexpr std::int64_t k_disk_days_few = 14;
inline constexpr int k_pack_days = 30;  // beyond, tablets say with every answer that it is old
// Clocks agree within this.
inline constexpr Duration k_clock_slack = Duration::minutes(2);

struct UnitOverview {
    storage::Unit unit;
    std::vector<storage::Person> people;
    std::vector<RecordId> caseload;
    std::uint64_t feed = 0;
};

struct TabletOverview {
    storage::Device device;
    std::optional<storage::Sighting> seen;  // nothing: never since it was enrolled
    std::optional<Instant> certificate_end;

    // A restore forgets who was heard before it.
    bool silent_since_restore() const { return !device.revoked && !seen; }
    Instant last_heard() const { return seen ? seen->seen : device.enrolled; }
};

enum class Level { ok, attention, broken };
std::string_view name(Level level);
// 0, 4 and 3: what a command that looks ends with.
int exit_code_of(Level level);

// One thing that is not as it should be, and what to do.
struct Concern {
    Level level = Level::attention;
    std::string about;  // "disk"; "tablet" with `device`
    std::string text;
    std::optional<DeviceId> device;
};

struct Overview {
    Instant now;
    std::string program;
    std::int64_t schema = 0;
    bool serving = false;
    storage::Epoch epoch;
    storage::Totals totals;
    std::uint64_t directory_resources = 0;
    std::vector<UnitOverview> units;
    std::vector<TabletOverview> tablets;
    std::vector<storage::FindingCount> findings;
    std::vector<storage::QuarantineCount> quarantine;
    storage::DiskSpace disk;
    std::uint64_t reserve_bytes = 0;
    std::optional<std::int64_t> disk_days_left;  // nothing: it cannot be told, or nothing grows
    std::optional<storage::Backup> backup;
    bool backups_wanted = true;  // false: what is stored is declared to be secured
    Instant server_certificate_end;
    Instant ca_end;
    std::string pack;  // "kari-demo@2026-02", and its label
    LocalDate pack_date;
    int pack_days = 0;  // how old it is
    bool pack_compiled_in = true;
    std::string pack_trouble;  // why the one that is configured is not in use

    bool takes_pushes() const { return disk.free >= reserve_bytes; }
    std::uint64_t quarantined() const;
    std::size_t silent_since_restore() const;  // tablets
    std::vector<Concern> concerns() const;     // the worst first
};

// Errors: storage_*, malformed (a certificate).
Result<Overview> look(exchange::Parts& parts, const identity::Secrets& secrets, bool serving);

// Days until only the reserve is left, if the data goes on growing as it has since the oldest day
// of the last 30. Nothing when it has not grown, or no day has passed.
std::optional<std::int64_t> disk_days_left(const std::vector<storage::DiskDay>& days,
                                           const storage::DiskSpace& space,
                                           std::uint64_t reserve_bytes);

// "12 min", "3 h", "5 days".
std::string in_words(Duration duration);
// "512 MiB".
std::string in_words_of_bytes(std::uint64_t bytes);

}  // namespace kari::server::admin
