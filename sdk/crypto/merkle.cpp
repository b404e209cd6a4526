// SPDX-License-Identifier: Apache-2.0
#include "sdk/crypto/merkle.hpp"

#include <stdexcept>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"

namespace kari::crypto {
namespace {

// The leading byte keeps a node from being passed off as a leaf.
Digest leaf_digest(std::string_view leaf) {
    return base::sha256(std::string(1, '\0') + std::string(leaf));
}

Digest node_digest(const Digest& left, const Digest& right) {
    return base::sha256("\x01" + base::to_bytes(left) + base::to_bytes(right));
}

std::vector<Digest> leaf_level(const std::vector<std::string>& leaves) {
    std::vector<Digest> level;
    level.reserve(leaves.size());
    for (const std::string& leaf : leaves)
        level.push_back(leaf_digest(leaf));
    return level;
}

std::vector<Digest> level_above(const std::vector<Digest>& level) {
    std::vector<Digest> above;
    above.reserve((level.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
        above.push_back(node_digest(level[i], level[i + 1]));
    }
    if (level.size() % 2 == 1) above.push_back(level.back());
    return above;
}

}  // namespace

Digest merkle_root(const std::vector<std::string>& leaves) {
    if (leaves.empty()) return base::sha256("");
    std::vector<Digest> level = leaf_level(leaves);
    while (level.size() > 1)
        level = level_above(level);
    return level.front();
}

std::vector<Digest> merkle_path(const std::vector<std::string>& leaves, std::uint32_t index) {
    if (index >= leaves.size()) throw std::out_of_range("merkle_path: no such leaf");
    std::vector<Digest> path;
    std::size_t at = index;
    for (std::vector<Digest> level = leaf_level(leaves); level.size() > 1;
         level = level_above(level), at /= 2) {
        const std::size_t sibling = at ^ 1U;
        if (sibling < level.size()) path.push_back(level[sibling]);
    }
    return path;
}

bool merkle_verify(std::string_view leaf, std::uint32_t index, std::uint32_t leaves,
                   const std::vector<Digest>& path, const Digest& root) {
    if (index >= leaves) return false;
    Digest digest = leaf_digest(leaf);
    std::size_t used = 0;
    std::uint32_t at = index;
    std::uint32_t last = leaves - 1;
    for (; last > 0; at /= 2, last /= 2) {
        const bool alone = at == last && at % 2 == 0;
        if (alone) continue;
        if (used == path.size()) return false;
        const Digest& sibling = path[used++];
        digest = at % 2 == 1 ? node_digest(sibling, digest) : node_digest(digest, sibling);
    }
    return used == path.size() && digest == root;
}

}  // namespace kari::crypto
