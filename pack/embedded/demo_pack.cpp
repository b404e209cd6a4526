// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>
#include <string_view>

#include "pack/embedded/bytes.hpp"
#include "sdk/clinical/signed_pack.hpp"

namespace kari::clinical {

const KnowledgePack& demo_pack() {
    static const KnowledgePack demo = [] {
        const std::string bytes(pack::k_demo_bytes, pack::k_demo_bytes + pack::k_demo_size);
        const auto envelope = read_envelope(bytes);
        if (!envelope) throw std::logic_error("the compiled-in pack: " + envelope.error().what);
        auto read = read_pack(envelope->pack());
        if (!read) throw std::logic_error("the compiled-in pack: " + read.error().what);
        return std::move(*read);
    }();
    return demo;
}

}  // namespace kari::clinical
