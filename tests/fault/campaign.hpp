// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kari::faults {

// What a campaign did, and what may not be and was.
struct Told {
    std::uint64_t faults = 0;  // calls failed, images opened, pages damaged
    std::map<std::string, std::uint64_t> counts;
    std::vector<std::string> violations;
};

// Is told how far a campaign of hours has come, now and then.
using Watch = std::function<void(const std::string& line)>;

// The n-th call to the disk fails, for n from 1 until a use case meets none: calls that change the
// disk and calls that read, the tablet's and, where a server has a part in it, the server's. After
// each the tablet must go on by itself, and in the end tablets and server agree and hold all that
// was durable. `stride`: how far from one n to the next; 1 leaves none out. `only`: the use cases
// whose names begin so; empty: all.
Told fail_calls(std::uint64_t seed, unsigned stride, const std::string& only,
                const Watch& watch = {});

// Power-loss images of real use: nurses chart and sync, the power goes at any write, sync, creation
// or deletion of a tablet or the server, and of what was not synced all, nothing, a part or any
// sectors are on the disk. Each image is opened and checked, and use goes on from it.
Told cut_power(std::uint64_t seed, unsigned images, const Watch& watch = {});

// The same images of a bare database into which rows are committed; `pragma` is run first. A row
// whose commit returned and that an image lacks is a violation.
Told cut_power_on_rows(std::uint64_t seed, unsigned images, const std::string& pragma);

// Each page of a small tablet's database is damaged in turn, while part of its work is unsent: that
// must be noticed, the database set aside, and the unsent changes of every other page read.
Told damage_pages(std::uint64_t seed, unsigned stride);

}  // namespace kari::faults
