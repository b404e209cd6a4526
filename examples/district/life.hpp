// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "examples/district/people.hpp"
#include "examples/district/regimens.hpp"

namespace kari::district {

// Nothing is told of before this day.
inline const Day k_era = day_of({2014, 1, 1});

// One prescription: from a day until, and without, another.
struct Order {
    std::string id;
    const Drug* drug = nullptr;
    unsigned step = 0;  // of the drug's doses
    Day from = 0;
    Day until = 0;
    bool after_stay = false;  // written because of a stay in hospital
};

// Orders of one drug that follow one another, each a change of the dose before.
struct Lineage {
    std::vector<Order> orders;
    const Course* course = nullptr;  // whose end is known when it begins
    Day from() const { return orders.front().from; }
    Day until() const { return orders.back().until; }
};

// Days that the citizen is not at home: from, until and without the day of coming home.
struct Stay {
    std::string id;
    std::string_view reason;
    Day from = 0;
    Day until = 0;
};

// What happens to one citizen, day by day, whoever asks and for whatever part of it: a later
// horizon adds to it and changes nothing.
struct Life {
    std::uint64_t seed = 0;
    Person person;
    std::array<Day, k_illnesses> since{};  // 0: never
    std::vector<const Allergen*> allergies;
    std::vector<Lineage> lineages;
    std::vector<Stay> stays;
    unsigned visits =
        0;  // how often somebody comes whether there is medicine to give or not, 1 to 3

    bool has(Illness illness) const { return since[static_cast<std::size_t>(illness)] != 0; }
    bool away(Day day) const;
    // The infection that the citizen has on a day; null when none.
    const Course* infection(Day day) const;
    // Dice of this citizen's.
    Dice dice(Throw what, int a = 0, unsigned b = 0) const {
        return Dice{seed, key(what), person.number, static_cast<std::uint64_t>(a), b};
    }
};

Life life_of(std::uint64_t seed, unsigned number, Day horizon);

// What is taken by the clock on a day: minute of the day and the dose as written.
struct Taken {
    int minute = 0;
    std::string dose;
};
std::vector<Taken> taken_on(const Order& order, Day day);

// The words of a list: "08:00 20:00".
std::vector<std::string_view> words(std::string_view list);
// The dose of a weekday, 0 Monday. The same every day but for warfarin.
std::string dose_on(const Order& order, int weekday);
// Whether an ATC code begins with one of the prefixes.
bool avoided(std::string_view atc, std::string_view prefixes);

inline constexpr std::array<std::string_view, 7> k_weekdays = {"mon", "tue", "wed", "thu",
                                                               "fri", "sat", "sun"};

}  // namespace kari::district
