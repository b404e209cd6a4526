// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kari::sync {

// How an answer of the server ends: with the digest of all that stands before. Much in it proves
// itself (changes, chains, receipts), and much does not: which records there are, what is stored,
// what is secured. TLS vouches for that on the way, and for nothing behind it: in a stack that an
// app brings along a bit may still turn over, or half a body go missing.
// Pure; any thread.
std::string ended(std::string reply);
// False when it ends with a digest of something else. One that ends with none is of a server that
// gives none, and passes.
bool ends_well(std::string_view reply);

}  // namespace kari::sync
