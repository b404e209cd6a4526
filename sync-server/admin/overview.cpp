// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/overview.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "sdk/base/time.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/storage/attempt.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::admin {
namespace {

constexpr std::int64_t k_forecast_days = 30;

Result<std::vector<UnitOverview>> look_at_units(storage::Storage& storage) {
    std::vector<UnitOverview> found;
    KARI_LET(const auto units, storage.units());
    for (const auto& unit : units) {
        UnitOverview one;
        one.unit = unit;
        KARI_LET(one.people, storage.persons(unit.id));
        KARI_LET(const auto rows, storage.caseload(unit.id));
        for (const auto& row : rows) {
            if (row.state == storage::CaseloadState::granted) one.caseload.push_back(row.record);
        }
        KARI_LET(one.feed, storage.feed_position(unit.id));
        found.push_back(std::move(one));
    }
    return found;
}

Result<std::vector<TabletOverview>> look_at_tablets(storage::Storage& storage) {
    std::map<DeviceId, storage::Sighting> seen;
    KARI_LET(const auto sightings, storage.sightings());
    for (const auto& one : sightings)
        seen[one.device] = one;
    std::vector<TabletOverview> found;
    KARI_LET(const auto devices, storage.devices());
    for (const auto& device : devices) {
        TabletOverview one;
        one.device = device;
        if (const auto last = seen.find(device.id); last != seen.end()) one.seen = last->second;
        KARI_LET(one.certificate_end, storage.certificate_end(device.id));
        found.push_back(std::move(one));
    }
    return found;
}

class Concerns {
public:
    explicit Concerns(const Overview& seen) : seen_(seen) {}

    std::vector<Concern> all() {
        disk();
        backups();
        certificates();
        pack();
        for (const TabletOverview& tablet : seen_.tablets)
            look_at(tablet);
        if (!seen_.serving) {
            attention("server", "not running, so no tablet is answered: start it");
        }
        if (seen_.epoch.recovering) {
            attention(
                "recovery",
                fmt::format("open since a restore, {} of {} tablets not heard since: when all "
                            "have synced, run recover --close",
                            seen_.silent_since_restore(), seen_.tablets.size()));
        }
        if (seen_.quarantined() > 0) {
            attention("quarantine",
                      fmt::format("{} refused and kept: tell the supplier which program sent them",
                                  seen_.quarantined()));
        }
        std::stable_sort(found_.begin(), found_.end(),
                         [](const Concern& a, const Concern& b) { return a.level > b.level; });
        return std::move(found_);
    }

private:
    void attention(std::string about, std::string text) {
        found_.push_back({Level::attention, std::move(about), std::move(text), std::nullopt});
    }
    void broken(std::string about, std::string text) {
        found_.push_back({Level::broken, std::move(about), std::move(text), std::nullopt});
    }

    void disk() {
        if (!seen_.takes_pushes()) {
            broken("disk", fmt::format("{} free, the reserve is {}: tablets keep what they would "
                                       "push until there is room; make room",
                                       in_words_of_bytes(seen_.disk.free),
                                       in_words_of_bytes(seen_.reserve_bytes)));
        } else if (seen_.disk.free < 2 * seen_.reserve_bytes) {
            attention("disk", fmt::format("{} free, less than twice the reserve: make room",
                                          in_words_of_bytes(seen_.disk.free)));
        } else if (seen_.disk_days_left && *seen_.disk_days_left < k_disk_days_few) {
            attention("disk", fmt::format("full in about {} days as it grows now: make room",
                                          *seen_.disk_days_left));
        }
    }

    void backups() {
        if (!seen_.backups_wanted) return;
        if (!seen_.backup) {
            attention("backup", "none has been made: run backup FOLDER, and every night");
        } else if (seen_.backup->taken > seen_.now + k_clock_slack) {
            attention("backup",
                      "the last that was verified is dated ahead of the clock, so that its age is "
                      "not known: set the clock (timedatectl), and run backup FOLDER");
        } else if (seen_.now - seen_.backup->taken > k_backup_old) {
            attention("backup", fmt::format("the last that was verified is {} old: look at its "
                                            "timer, and run backup FOLDER",
                                            in_words(seen_.now - seen_.backup->taken)));
        }
    }

    void certificates() {
        ends("server certificate", seen_.server_certificate_end, "run renew-certificate");
        ends("authority", seen_.ca_end, "plan a new one with the supplier: tablets enrol anew");
    }

    void pack() {
        if (!seen_.pack_trouble.empty()) broken("pack", seen_.pack_trouble);
        if (!seen_.pack_compiled_in && seen_.pack_days > k_pack_days) {
            attention("pack", fmt::format("{} days old, which tablets tell nurses at every dose: "
                                          "get a newer one from whoever makes it",
                                          seen_.pack_days));
        }
    }

    void ends(const char* about, Instant end, const char* todo) {
        if (end <= seen_.now) {
            broken(about, fmt::format("ended {} ago: {}", in_words(seen_.now - end), todo));
        } else if (end - seen_.now < k_certificate_ends_soon) {
            attention(about, fmt::format("ends in {}: {}", in_words(end - seen_.now), todo));
        }
    }

    void look_at(const TabletOverview& tablet) {
        if (tablet.device.revoked) return;
        const auto add = [&](std::string text) {
            found_.push_back({Level::attention, "tablet", std::move(text), tablet.device.id});
        };
        if (seen_.epoch.recovering && tablet.silent_since_restore()) {
            add("not heard since the restore: let it sync, it may hold what the backup lacks");
            return;
        }
        const Duration silent = seen_.now - tablet.last_heard();
        if (silent > k_silent) {
            add(fmt::format("silent for {}: find it and let it sync, or revoke it",
                            in_words(silent)));
        }
        if (tablet.certificate_end && *tablet.certificate_end <= seen_.now) {
            add("its certificate has ended: let it sync, which renews it");
        }
    }

    const Overview& seen_;
    std::vector<Concern> found_;
};

}  // namespace

std::string_view name(Level level) {
    switch (level) {
        case Level::ok:
            return "ok";
        case Level::attention:
            return "attention";
        case Level::broken:
            break;
    }
    return "broken";
}

int exit_code_of(Level level) {
    constexpr std::array<int, 3> k_codes = {0, 4, 3};
    return k_codes[static_cast<std::size_t>(level)];
}

std::uint64_t Overview::quarantined() const {
    std::uint64_t entries = 0;
    for (const auto& one : quarantine)
        entries += one.entries;
    return entries;
}

std::size_t Overview::silent_since_restore() const {
    return static_cast<std::size_t>(
        std::count_if(tablets.begin(), tablets.end(),
                      [](const TabletOverview& one) { return one.silent_since_restore(); }));
}

std::vector<Concern> Overview::concerns() const {
    return Concerns(*this).all();
}

Result<Overview> look(exchange::Parts& parts, const identity::Secrets& secrets, bool serving) {
    auto& storage = parts.storage;
    Overview seen;
    seen.now = parts.clock.wall();
    seen.program = storage::EmbeddedStorage::program();
    seen.schema = storage::EmbeddedStorage::schema();
    seen.serving = serving;
    seen.pack = fmt::format("{}, {}", parts.pack.name(), parts.pack.label);
    seen.pack_date = parts.pack.date;
    KARI_LET(const auto today, base::in_zone(seen.now, parts.config.zone));
    seen.pack_days = base::days_between(seen.pack_date, base::local_date(today));
    seen.pack_compiled_in = parts.offered_pack.envelope.empty();
    KARI_LET(seen.epoch, storage.epoch());
    KARI_LET(seen.totals, storage.totals());
    seen.backups_wanted = !parts.config.stored_is_secured;
    if (!seen.backups_wanted) seen.totals.secured = seen.totals.changes;
    KARI_LET(seen.directory_resources, storage.directory_resources());
    KARI_LET(seen.units, look_at_units(storage));
    KARI_LET(seen.tablets, look_at_tablets(storage));
    KARI_LET(seen.findings, storage.open_findings());
    KARI_LET(seen.quarantine, storage.quarantine_counts());
    KARI_LET(seen.disk, storage.disk_space());
    seen.reserve_bytes = std::uint64_t{parts.config.disk_reserve_mib} * 1024 * 1024;
    KARI_LET(const auto days, storage.disk_days());
    seen.disk_days_left = disk_days_left(days, seen.disk, seen.reserve_bytes);
    KARI_LET(seen.backup, storage.last_backup());
    KARI_LET(seen.server_certificate_end, identity::end_of_certificate(secrets.server_certificate));
    KARI_LET(seen.ca_end, identity::end_of_certificate(secrets.ca_certificate));
    return seen;
}

std::optional<std::int64_t> disk_days_left(const std::vector<storage::DiskDay>& days,
                                           const storage::DiskSpace& space,
                                           std::uint64_t reserve_bytes) {
    if (days.empty()) return std::nullopt;
    const storage::DiskDay& last = days.back();
    const auto first = std::find_if(days.begin(), days.end(), [&](const auto& one) {
        return last.day - one.day <= k_forecast_days;
    });
    if (first->day == last.day || first->bytes >= last.bytes) return std::nullopt;
    const std::uint64_t grown = last.bytes - first->bytes;
    const std::uint64_t room = space.free > reserve_bytes ? space.free - reserve_bytes : 0;
    const double a_day = static_cast<double>(grown) / static_cast<double>(last.day - first->day);
    return static_cast<std::int64_t>(static_cast<double>(room) / a_day);
}

std::string in_words(Duration duration) {
    const std::int64_t minutes = std::max<std::int64_t>(duration.ms, 0) / 60'000;
    if (minutes < 120) return fmt::format("{} min", minutes);
    if (minutes < 2 * 24 * 60) return fmt::format("{} h", minutes / 60);
    return fmt::format("{} days", minutes / (24 * 60));
}

std::string in_words_of_bytes(std::uint64_t bytes) {
    constexpr std::array<const char*, 4> k_units = {"KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < k_units.size()) {
        value /= 1024;
        ++unit;
    }
    return fmt::format("{:.{}f} {}", value, value < 100 ? 1 : 0, k_units[unit]);
}

}  // namespace kari::server::admin
