// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/ward/leak_scan.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

#include "examples/demo/sha256.hpp"
#include "examples/demo/whole_file.hpp"

namespace kari::test {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

// The base64 of `mark` when `before` bytes stand before it in its group of three: only the part
// that does not depend on its neighbours.
std::string base64_inside(const std::string& mark, std::size_t before) {
    static constexpr char k_digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::string padded = std::string(before, '\0') + mark;
    std::string out;
    for (std::size_t at = 0; at + 3 <= padded.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = group << 8U | static_cast<unsigned char>(padded[at + i]);
        }
        for (const unsigned shift : {18U, 12U, 6U, 0U})
            out += k_digits[group >> shift & 63U];
    }
    const std::size_t unsure = before == 0 ? 0 : before + 1;
    return out.substr(unsure);
}

// Of a file under /proc, which has no size.
std::string read_stream(const fs::path& file) {
    std::ifstream input(file, std::ios::binary);
    std::string all;
    char bytes[4096];
    while (input.read(bytes, sizeof bytes), input.gcount() > 0) {
        all.append(bytes, static_cast<std::size_t>(input.gcount()));
    }
    return all;
}

}  // namespace

LeakScan::LeakScan(std::string mark) {
    const std::string folded = lower(mark);
    std::string wide;
    for (const char c : folded) {
        wide += c;
        wide += '\0';
    }
    forms_ = {{"text", folded}, {"hexadecimal", demo::hex(mark)}, {"UTF-16", wide}};
    for (const std::size_t before : {0U, 1U, 2U}) {
        forms_.push_back({"base64", lower(base64_inside(mark, before))});
    }
}

void LeakScan::text(const std::string& where, std::string_view bytes) {
    const std::string folded = lower(bytes);
    for (const Form& form : forms_) {
        if (folded.find(form.bytes) != std::string::npos) {
            found_.push_back(where + ": as " + form.name);
        }
    }
}

void LeakScan::files(const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        text("a file's name", entry.path().lexically_relative(folder).string());
        if (!entry.is_regular_file()) continue;
        ++files_read_;
        text(entry.path().filename().string(), demo::read_whole(entry.path()));
    }
}

void LeakScan::process(pid_t pid) {
    const fs::path here = fs::path("/proc") / std::to_string(pid);
    text("a process's arguments", read_stream(here / "cmdline"));
    text("a process's environment", read_stream(here / "environ"));
}

}  // namespace kari::test
