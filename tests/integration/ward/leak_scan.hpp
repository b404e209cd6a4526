// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace kari::test {

// Looks for a mark in what must not hold patient data: as it stands (in any case), in hexadecimal,
// in base64 at each of its three alignments, and in UTF-16. The mark is letters and digits.
class LeakScan {
public:
    explicit LeakScan(std::string mark);

    // Each adds what it found: "where: as text".
    void text(const std::string& where, std::string_view bytes);
    // Names and contents of all files below `folder`.
    void files(const std::filesystem::path& folder);
    // Arguments and environment of a process that runs.
    void process(pid_t pid);

    const std::vector<std::string>& found() const { return found_; }
    std::size_t files_read() const { return files_read_; }

private:
    struct Form {
        std::string name;
        std::string bytes;
    };
    std::vector<Form> forms_;
    std::vector<std::string> found_;
    std::size_t files_read_ = 0;
};

}  // namespace kari::test
