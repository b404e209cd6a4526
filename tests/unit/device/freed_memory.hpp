// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace kari::test {

// While one of these lives, every block that C++ gives back is searched for the bytes that it was
// told of. What C libraries give back (free) is not seen. One at a time.
class FreedMemory {
public:
    explicit FreedMemory(std::vector<std::string> secrets);
    FreedMemory(const FreedMemory&) = delete;
    FreedMemory& operator=(const FreedMemory&) = delete;
    ~FreedMemory();
    // How many blocks held one of them when they were given back.
    std::size_t found() const;

private:
    std::vector<std::string> secrets_;
};

}  // namespace kari::test
