// SPDX-License-Identifier: Apache-2.0
// OpenSSL 3 has no other way to give a whole process random numbers of one's own.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tests/simulation/openssl_dice.hpp"

#include <optional>
#include <stdexcept>

#include <openssl/rand.h>

#include "platform/simulated/dice.hpp"

namespace kari::sim {
namespace {

std::optional<platform_simulated::Dice> the_dice;

int fill(unsigned char* out, int size) {
    for (int i = 0; i < size; ++i)
        out[i] = static_cast<unsigned char>(the_dice->draw());
    return 1;
}

int ready() {
    return 1;
}

const RAND_METHOD k_seeded{nullptr, fill, nullptr, nullptr, fill, ready};

}  // namespace

OpenSslDice::OpenSslDice(std::uint64_t seed) {
    if (the_dice) throw std::logic_error("OpenSSL is seeded already");
    the_dice.emplace(seed);
    if (RAND_set_rand_method(&k_seeded) != 1) throw std::runtime_error("OpenSSL takes no dice");
}

OpenSslDice::~OpenSslDice() {
    RAND_set_rand_method(RAND_OpenSSL());
    the_dice.reset();
}

}  // namespace kari::sim
