// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace kari::crypto {

// Overwrites the whole buffer, the part beyond the size too, and empties it. No copy of the bytes
// is reached: a string that grew while it held a key has left one behind.
void wipe(std::string& bytes);

}  // namespace kari::crypto
