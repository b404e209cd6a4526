// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/invitation.hpp"

#include "sdk/sync/limits.hpp"

namespace kari::device {

Result<Invitation> read_invitation(std::string_view code) {
    constexpr std::string_view k_prefix = "kari1-";
    if (code.size() <= sync::k_code_bytes && code.starts_with(k_prefix)) {
        code.remove_prefix(k_prefix.size());
        const auto dash = code.rfind('-');
        if (dash != std::string_view::npos && dash > 0) {
            if (const auto pin = Digest::parse(code.substr(dash + 1))) {
                return Invitation{std::string(code.substr(0, dash)), *pin};
            }
        }
    }
    return fail(ErrorCode::code_refused, "the code is not whole: copy it again");
}

}  // namespace kari::device
