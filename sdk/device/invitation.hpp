// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/ids.hpp>

namespace kari::device {

// What a one-time code says: a secret for the server and the digest of the server's key.
struct Invitation {
    std::string secret;  // sent to the server
    Digest pin;
};

// "kari1-<secret>-<pin in hexadecimal>". Errors: code_refused.
Result<Invitation> read_invitation(std::string_view code);

}  // namespace kari::device
