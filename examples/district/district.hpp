// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "examples/district/journal.hpp"

namespace kari::district {

struct Options {
    unsigned citizens = 40;
    std::uint64_t seed = 1;
    Day day = day_of({2025, 3, 10});  // the last day of which the journals tell, to its end
    int days = 30;                    // of which they tell everything that was done
    // Not 0: as many whole days as give a journal of no more than so many resources, instead of
    // `days`. What holds now is told in any case.
    unsigned resources = 0;
};
inline constexpr int k_days_max = 3'700;

// A home-care district that nobody lives in. The same options give the same bytes on every machine,
// and a citizen is the same whatever the number of others. What holds now and what was done in the
// last days is the same however long the history is: a longer one only adds what was before.
// National identifiers have 80 added to the month; family names say that they are made up; every
// resource carries HTEST. One citizen is in memory at a time, without the journal.
class District {
public:
    explicit District(const Options& options) : options_(options) {}

    const Options& options() const { return options_; }
    unsigned units() const { return (options_.citizens + k_unit_size - 1) / k_unit_size; }

    // Organizations and practitioners, who belong to no patient.
    void tell_directory(const Sink& sink) const;
    // Requires: number < options().citizens.
    void tell_citizen(unsigned number, const Sink& sink) const;

private:
    Staff staff_of(unsigned unit) const;
    // The first day of which a journal tells everything.
    Day first_day(const Life& life, const Staff& staff) const;

    Options options_;
};

}  // namespace kari::district
