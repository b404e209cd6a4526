// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace kari::test {

// The smallest X.509 certificate that holds a P-256 point. Its signature is nobody's: the device
// looks at the key alone, since the pinned channel vouches for the rest.
inline std::string der(unsigned char tag, const std::string& content) {
    std::string out(1, static_cast<char>(tag));
    const std::size_t n = content.size();
    if (n >= 256) {
        out += {static_cast<char>(0x82), static_cast<char>(n >> 8), static_cast<char>(n & 255)};
    } else if (n >= 128) {
        out += {static_cast<char>(0x81), static_cast<char>(n)};
    } else {
        out += static_cast<char>(n);
    }
    return out + content;
}

inline std::string certificate_of(const std::string& point) {
    const std::string ecdsa_sha256 =
        der(0x30, der(0x06, std::string("\x2a\x86\x48\xce\x3d\x04\x03\x02", 8)));
    const std::string common_name = der(0x06, std::string("\x55\x04\x03", 3)) + der(0x0c, "test");
    const std::string name = der(0x30, der(0x31, der(0x30, common_name)));
    const std::string validity = der(0x30, der(0x17, "200101000000Z") + der(0x17, "400101000000Z"));
    const std::string key =
        der(0x30, der(0x30, der(0x06, std::string("\x2a\x86\x48\xce\x3d\x02\x01", 7)) +
                                der(0x06, std::string("\x2a\x86\x48\xce\x3d\x03\x01\x07", 8))) +
                      der(0x03, std::string(1, '\0') + point));
    const std::string tbs =
        der(0x30, der(0xa0, der(0x02, std::string(1, '\2'))) + der(0x02, std::string(1, '\1')) +
                      ecdsa_sha256 + name + validity + name + key);
    const std::string one = der(0x02, std::string(1, '\1'));
    return der(0x30, tbs + ecdsa_sha256 + der(0x03, std::string(1, '\0') + der(0x30, one + one)));
}

// The uncompressed point in a certificate request.
inline std::string point_in_request(std::string_view request) {
    const std::string before("\x03\x42\x00\x04", 4);
    const auto at = request.find(before);
    return at == std::string_view::npos ? std::string() : std::string(request.substr(at + 3, 65));
}

}  // namespace kari::test
