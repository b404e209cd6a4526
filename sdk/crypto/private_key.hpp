// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sdk/crypto/secret.hpp"

namespace kari::crypto {

// The scalar (32 bytes) of a P-256 private key in SEC1 or PKCS#8 DER. Errors: malformed.
Result<Secret> scalar_of(std::string_view private_der);

// SEC1 DER with the curve's name and the public point, as OpenSSL writes it: 121 bytes.
std::string sec1_der(std::string_view scalar, std::string_view public_point);

// True for 65 bytes that begin with 0x04; whether the point is on the curve, an import tells.
bool point_shaped(std::string_view public_point);

}  // namespace kari::crypto
