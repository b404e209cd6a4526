// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "pack/source.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

namespace kari::clinical {

// The pack that a pack.json says, as a tablet reads it.
inline Result<KnowledgePack> read_text(std::string_view text) {
    pack::Places places;
    const auto said = pack::read_json_source(text, {}, places);
    if (!said) return tl::unexpected(said.error());
    return read_pack(said->SerializeAsString());
}

}  // namespace kari::clinical
