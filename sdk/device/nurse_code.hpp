// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "sdk/device/core.hpp"

namespace kari::device {

// Whether this is a one-time code of a nurse's ("nurse1-...", made by the server) and no PIN, also
// as a phone's keyboard writes it: with a capital, or a blank at either end.
bool is_nurse_code(std::string_view text);

// Asks the server whether the code was made for her, and uses it up. Answers how the unit lists
// her. Without the mutex; blocks on the network. Errors: locked (nobody is signed in: the tablet
// has no key to let her in with), code_refused, not_permitted, offline, timed_out, server_busy,
// device_unknown, device_revoked, device_expired, protocol_unsupported (an older server).
Result<v1::DirectoryPerson> show_code(Core& core, const PersonId& person, std::string_view code);

// With the mutex held. The list says so from now on; the next exchange brings it whole.
Result<void> list_person(OpenStore& open, const v1::DirectoryPerson& person);

}  // namespace kari::device
