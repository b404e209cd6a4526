// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/device.hpp>

#include "sdk/device/session.hpp"

namespace kari::device {

// Facts older than so many days are said to be old with every answer that leans on them.
inline constexpr int k_pack_days = 30;

// Of the pack in use, today, by the latest that it may be.
int pack_days_old(const Platform& platform, const store::DeviceStore& store,
                  const Settings& settings);

// DataAge::drug_facts.
std::string drug_facts(const Platform& platform, const store::DeviceStore& store,
                       const Settings& settings, Language language);

// To be read before a dose is given, when the pack from outside is old or cannot be read. No
// reason is asked for: it says nothing against this dose. A demo says of itself that it is one.
void add_pack_warning(const Session& session, std::vector<DoseWarning>& out);

PackStatus pack_status(const Session& session);

}  // namespace kari::device
