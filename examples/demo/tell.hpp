// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kari::demo {

// Tells the story on standard output, 80 columns wide, each line at once.
class Teller {
public:
    Teller();
    // A new chapter, with the seconds since the start.
    void chapter(std::string_view title);
    // Prose, wrapped.
    void say(std::string_view text) const;
    // Something that happened at one place: "Tablet A  gave ...".
    void event(std::string_view who, std::string_view what) const;
    void table(const std::vector<std::pair<std::string, std::string>>& rows) const;
    double seconds() const;

private:
    std::chrono::steady_clock::time_point start_;
    int chapter_ = 0;
};

// Lines of at most `width` columns; a longer word stands alone. Counts characters, not bytes.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace kari::demo
