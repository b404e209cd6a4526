# SPDX-License-Identifier: Apache-2.0
# cmake -DIN=file -DOUT=source.cpp -P bytes.cmake: a file as the bytes that bytes.hpp declares.
file(READ "${IN}" bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "// Made by kari-pack of the files of pack/demo.
#include \"pack/embedded/bytes.hpp\"

namespace kari::pack {

const unsigned char k_demo_bytes[] = {${bytes}};
const std::size_t k_demo_size = sizeof k_demo_bytes;

}  // namespace kari::pack
")
