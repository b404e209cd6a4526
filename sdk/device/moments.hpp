// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kari/error.hpp>
#include <kari/time.hpp>

namespace kari::device {

// As it is to be written down: with a zone, at that zone's offset, which the given one agrees with
// or leaves out (0). Errors: malformed (it does not, a zone that is not known, an offset beyond a
// day, a year before 1 or after 9999).
Result<ZonedInstant> moment_of(const ZonedInstant& at);

}  // namespace kari::device
