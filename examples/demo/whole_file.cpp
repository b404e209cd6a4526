// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/whole_file.hpp"

#include <fstream>

#include "examples/demo/process.hpp"

namespace kari::demo {

std::string read_whole(const std::filesystem::path& file, std::uintmax_t from) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error || size <= from) return "";
    std::ifstream input(file, std::ios::binary);
    input.seekg(static_cast<std::streamoff>(from));
    std::string text(size - from, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
    return text;
}

void write_whole(const std::filesystem::path& file, std::string_view text) {
    std::ofstream output(file, std::ios::binary | std::ios::trunc);
    output << text << std::flush;
    if (!output) throw Trouble("cannot write " + file.string());
}

}  // namespace kari::demo
