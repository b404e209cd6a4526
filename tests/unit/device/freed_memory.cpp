// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/device/freed_memory.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<const std::vector<std::string>*> sought = nullptr;
std::atomic<std::size_t> blocks_found = 0;

void give_back(void* block) noexcept {
    if (block == nullptr) return;
    if (const auto* secrets = sought.load()) {
        const std::size_t size = malloc_usable_size(block);
        for (const std::string& secret : *secrets) {
            if (memmem(block, size, secret.data(), secret.size()) != nullptr) {
                ++blocks_found;
                break;
            }
        }
    }
    std::free(block);
}

}  // namespace

// Those of the whole program.
void* operator new(std::size_t size) {
    if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
    throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
    give_back(block);
}
void operator delete(void* block, std::size_t) noexcept {
    give_back(block);
}

namespace kari::test {

FreedMemory::FreedMemory(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
    blocks_found = 0;
    sought = &secrets_;
}

FreedMemory::~FreedMemory() {
    sought = nullptr;
}

std::size_t FreedMemory::found() const {
    return blocks_found;
}

}  // namespace kari::test
