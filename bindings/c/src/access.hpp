// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari.h>
#include <kari/device.hpp>

#include "bindings/c/src/arguments.hpp"

namespace kari::c {

// Null is treatment, without a reason.
Access access_of(const kari_access* access, Arguments& read);

}  // namespace kari::c
