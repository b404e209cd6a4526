// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari.h>
#include <kari/care_view.hpp>

#include "bindings/c/src/shelf.hpp"

namespace kari::c {

// What a chart has beside medicine and measurements.
const kari_care* care_in(Shelf& shelf, const CareView& care);

}  // namespace kari::c
