// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace kari::pack {

// The envelope that the build made of pack/demo.
extern const unsigned char k_demo_bytes[];
extern const std::size_t k_demo_size;

}  // namespace kari::pack
