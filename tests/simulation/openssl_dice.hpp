// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace kari::sim {

// While it lives, OpenSSL's random numbers come from the seed: keys, signatures and serial numbers
// of the server, and the nonces of SQLCipher's pages. One at a time in a process.
class OpenSslDice {
public:
    explicit OpenSslDice(std::uint64_t seed);
    ~OpenSslDice();
    OpenSslDice(const OpenSslDice&) = delete;
    OpenSslDice& operator=(const OpenSslDice&) = delete;
};

}  // namespace kari::sim
