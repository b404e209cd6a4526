// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/session.hpp"

#include <algorithm>

#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sdk/device/pack_words.hpp"
#include "sdk/sync/clock_sample.hpp"

namespace kari::device {

namespace {

// Starting values for configuration, not for clinical use.
constexpr Duration k_fresh = Duration::minutes(30);
constexpr Duration k_aging = Duration::hours(4);
constexpr Duration k_stale = Duration::hours(12);
constexpr Duration k_lease = Duration::hours(72);

// Time since a moment of the past: in the same boot its own clock and the wall clock both speak,
// and the longer counts.
Duration since(const sync::Moment& then, Clock& clock) {
    const Duration by_wall = clock.wall() - then.wall;
    std::int64_t ms = std::max<std::int64_t>(0, by_wall.ms);
    const auto boot_clock = static_cast<std::int64_t>(clock.boot_clock_ms());
    if (clock.boot() == then.boot) {
        ms = std::max(ms, boot_clock - static_cast<std::int64_t>(then.boot_clock_ms));
    } else {
        ms = std::max(ms, boot_clock);
    }
    return {ms};
}

// Server time minus what the wall clock says now. Where somebody set that clock since the
// difference was learnt, the boot clock tells what it was.
Duration server_minus_wall(const Platform& platform, const Settings& settings) {
    const Duration learnt{settings.server_minus_wall_ms.value_or(0)};
    if (!settings.server_minus_wall_ms || !settings.server_known_at) return learnt;
    const sync::Moment& then = *settings.server_known_at;
    Clock& clock = *platform.clock;
    const sync::Moment now{clock.wall(), clock.boot(), clock.boot_clock_ms()};
    const bool one_boot = then.boot == now.boot && then.boot_clock_ms <= now.boot_clock_ms;
    if (!one_boot || sync::holds({then, learnt, {}}, now)) return learnt;
    const Duration since{static_cast<std::int64_t>(now.boot_clock_ms - then.boot_clock_ms)};
    return then.wall + learnt + since - now.wall;
}

}  // namespace

std::string random_bytes(Entropy& entropy, std::size_t count) {
    std::string bytes(count, '\0');
    entropy.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), count});
    return bytes;
}

Instant best_now(const Platform& platform, const Settings& settings) {
    return platform.clock->wall() + server_minus_wall(platform, settings);
}

std::string zone_of(const Platform& platform, const Settings& settings) {
    return settings.unit.zone().empty() ? platform.clock->zone() : settings.unit.zone();
}

store::Window recent_window(const Platform& platform, const Settings& settings) {
    constexpr std::int64_t k_day_ms = 86'400'000;
    constexpr std::int64_t k_days = 30;
    constexpr std::size_t k_at_least = 50;
    // From a day's beginning on, so that what is read stays good for a day.
    const std::int64_t today = best_now(platform, settings).ms / k_day_ms;
    return {Instant{(today - k_days) * k_day_ms}, k_at_least};
}

Result<ZonedInstant> best_local_now(const Session& session) {
    return base::in_zone(best_now(session.platform, session.settings), zone_of(session));
}

v1::RecordedTime recorded_now(const Platform& platform, const Settings& settings) {
    v1::RecordedTime out;
    const Instant wall = platform.clock->wall();
    out.set_wall_ms(wall.ms);
    out.set_zone(zone_of(platform, settings));
    if (const auto local = base::in_zone(wall, out.zone())) out.set_offset_s(local->offset_s);
    out.set_boot(base::to_bytes(platform.clock->boot()));
    out.set_boot_clock_ms(platform.clock->boot_clock_ms());
    if (settings.server_minus_wall_ms && settings.server_known_at) {
        out.set_server_minus_wall_ms(server_minus_wall(platform, settings).ms);
        out.set_server_known_age_ms(
            static_cast<std::uint64_t>(since(*settings.server_known_at, *platform.clock).ms));
    }
    return out;
}

v1::Author author_of(const Session& session) {
    v1::Author out;
    out.set_practitioner(base::to_bytes(session.nurse.person));
    out.set_role(session.nurse.role);
    out.set_organisation(base::to_bytes(session.settings.unit_id()));
    out.set_assurance(v1::ASSURANCE_OFFLINE_UNLOCK);
    return out;
}

namespace {

DataAge age_since(const Platform& platform, Settings& settings, const LastFresh& last) {
    settings.highest_time_ms = std::max(settings.highest_time_ms, best_now(platform, settings).ms);
    DataAge out;
    if (!last.server || !last.asked) return out;
    out.as_of = last.server;
    out.age = since(*last.asked, *platform.clock);
    out.age.ms = std::max(out.age.ms, settings.highest_time_ms - last.server->ms);
    out.tier = out.age < k_fresh   ? Freshness::fresh
               : out.age < k_aging ? Freshness::aging
               : out.age < k_stale ? Freshness::stale
                                   : Freshness::old;
    out.lease_ended = out.age > k_lease;
    return out;
}

}  // namespace

DataAge data_age(const Platform& platform, Settings& settings) {
    return age_since(platform, settings, {settings.fresh_server, settings.fresh_asked});
}

DataAge data_age(const Session& session) {
    return data_age(session, {});
}

DataAge data_age(const Session& session, const std::vector<RecordId>& records) {
    Settings& settings = session.settings;
    DataAge out = data_age(session.platform, settings);
    for (const RecordId& record : records) {
        const auto behind = settings.behind.find(record);
        if (behind == settings.behind.end()) continue;
        const DataAge older = age_since(session.platform, settings, behind->second);
        if (!older.as_of || (out.as_of && older.age > out.age)) out = older;
    }
    out.drug_facts = drug_facts(session.platform, session.store, settings, session.language);
    return out;
}

std::optional<Duration> next_tier_in(const DataAge& age) {
    if (!age.as_of) return std::nullopt;
    for (const Duration tier : {k_fresh, k_aging, k_stale}) {
        if (age.age < tier) return Duration{tier.ms - age.age.ms};
    }
    // At the lease's own length it has not ended yet.
    if (!age.lease_ended) return Duration{k_lease.ms - age.age.ms + 1};
    return std::nullopt;
}

std::string person_name(const Settings& settings, const PersonId& person) {
    const v1::DirectoryPerson* known = settings.person(person);
    return known == nullptr ? std::string() : known->display();
}

}  // namespace kari::device
