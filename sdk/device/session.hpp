// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <kari/device.hpp>
#include <kari/platform.hpp>

#include "kari/v1/change.pb.h"
#include "sdk/device/settings.hpp"
#include "sdk/store/device_store.hpp"
#include "sdk/sync/replica.hpp"

namespace kari::device {

// What of the access log stands already in this sign-in: record, purpose, reason.
using Opened = std::set<std::tuple<RecordId, v1::Purpose, std::string>>;

// One call by a nurse who is signed in, under the device's lock. Lives as long as the call.
struct Session {
    const Platform& platform;
    store::DeviceStore& store;
    Settings& settings;
    const Nurse& nurse;
    SignInId sign_in;
    Opened& opened;
    Language language;
    std::vector<Event>& events;  // told to observers when the lock is gone
};

// Random bytes and ids.
std::string random_bytes(Entropy& entropy, std::size_t count);
template <typename T>
T random_id(Entropy& entropy) {
    T id;
    entropy.fill(id.bytes);
    return id;
}

// The wall clock corrected by the last known difference to server time, or the boot clock where the
// wall clock was set since that was learnt: the best idea of now.
Instant best_now(const Platform& platform, const Settings& settings);
// The IANA zone in which days, slots and times without an offset are read: the unit's, for every
// tablet of it names the same slots, whatever a machine was set to. Until the server has told of a
// unit, the clock's. One that this machine does not know is an error where it is used, never UTC.
std::string zone_of(const Platform& platform, const Settings& settings);
inline std::string zone_of(const Session& session) {
    return zone_of(session.platform, session.settings);
}
// What a chart shows of what becomes history: 30 days, and of each kind at least 50.
store::Window recent_window(const Platform& platform, const Settings& settings);
inline store::Window recent_window(const Session& session) {
    return recent_window(session.platform, session.settings);
}
// Errors: not_found (tzdata does not know the zone).
Result<ZonedInstant> best_local_now(const Session& session);
// What a change or an entry states about the machine's clocks.
v1::RecordedTime recorded_now(const Platform& platform, const Settings& settings);
v1::Author author_of(const Session& session);

// How old the data is, by the clock that makes it oldest. Raises the highest time known.
DataAge data_age(const Platform& platform, Settings& settings);
// The same, with what is to be said of the drug facts that rules lean on.
DataAge data_age(const Session& session);
// Of what is shown of these records: as old as the oldest of them.
DataAge data_age(const Session& session, const std::vector<RecordId>& records);
// How long until only the passing of time puts it in the next tier; nothing for the last one.
std::optional<Duration> next_tier_in(const DataAge& age);

// The name of a person of the directory; empty when it is not known here.
std::string person_name(const Settings& settings, const PersonId& person);

}  // namespace kari::device
