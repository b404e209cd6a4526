// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <kari.h>
#include <kari/platform.hpp>

namespace kari::contract {

// An app's key store as C describes one, over any that we have: what AppKeyStore makes of it is
// held to the same promises as the others.
struct InC {
    kari_key_store functions{};
    // How often the app was told that it is let go.
    std::shared_ptr<int> released = std::make_shared<int>(0);
};

InC in_c(std::shared_ptr<KeyStore> store);

}  // namespace kari::contract
