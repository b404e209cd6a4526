// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <kari/actions.hpp>
#include <kari/administration_view.hpp>

#include "sdk/base/time.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/device/session.hpp"

namespace kari::device {

// The method of a dose that puts a patch on.
v1::CodeableConcept patch_method();

// Those that may be on now, the last that was put on first.
std::vector<PatchItem> patch_items(const Session& session, const chart::Group& group,
                                   const DataAge& age);

// What may be on of its substance when this dose puts a patch on.
void add_patch_warnings(const Session& session, const chart::Group& group,
                        const v1::Administration& dose, Instant at, std::vector<DoseWarning>& out);

}  // namespace kari::device
