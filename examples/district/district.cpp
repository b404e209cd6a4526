// SPDX-License-Identifier: Apache-2.0
#include "examples/district/district.hpp"

#include <algorithm>

#include "examples/district/elements.hpp"

namespace kari::district {

namespace {

constexpr unsigned k_nurses = 6;  // of a unit

std::string unit_id(std::uint64_t seed, unsigned unit) {
    return Dice{seed, key(Throw::unit), unit}.uuid();
}

// The doctor is 0.
std::string person_id(std::uint64_t seed, unsigned unit, unsigned who) {
    return Dice{seed, key(Throw::unit), unit, who + 1}.uuid();
}

Resource resource(std::string_view type, const std::string& id, Members members) {
    Members all = {{"resourceType", quote(type)}, {"id", quote(id)}, {"meta", meta()}};
    std::move(members.begin(), members.end(), std::back_inserter(all));
    return {type, id, object(all)};
}

}  // namespace

Staff District::staff_of(unsigned unit) const {
    Staff staff{unit_id(options_.seed, unit), person_id(options_.seed, unit, 0), {}};
    for (unsigned who = 1; who <= k_nurses; ++who)
        staff.nurse_ids.push_back(person_id(options_.seed, unit, who));
    return staff;
}

void District::tell_directory(const Sink& sink) const {
    for (unsigned unit = 0; unit < units(); ++unit) {
        const std::string name = "Eksempelby hjemmetjeneste, sone " + std::to_string(unit + 1);
        sink(resource("Organization", unit_id(options_.seed, unit),
                      {{"active", "true"}, {"name", quote(name)}}));
        for (unsigned who = 0; who <= k_nurses; ++who) {
            Dice dice{options_.seed, key(Throw::unit), unit, who, 1};
            const std::string_view role = who == 0 ? "LE" : who <= 4 ? "SP" : "HF";
            const std::string_view family = who == 0   ? " Demolege"
                                            : who <= 4 ? " Demosykepleier"
                                                       : " Demofagarbeider";
            const std::string called =
                std::string(given_name(dice, dice.percent(70))) + std::string(family);
            sink(resource(
                "Practitioner", person_id(options_.seed, unit, who),
                {{"name", array({object({{"text", quote(called)}})})},
                 {"qualification", array({object({{"code", coded(k_role, role, role)}})})}}));
        }
    }
}

Day District::first_day(const Life& life, const Staff& staff) const {
    const Day day = options_.day;
    if (options_.resources == 0) return std::max(k_era, day - options_.days + 1);
    unsigned count = 0;
    const Sink counting = [&count](const Resource&) {
        ++count;
    };
    Journal journal(life, staff, day, counting);
    journal.tell_present();
    // How much there is when all of a day and those after it is told; the spans come on top.
    std::vector<unsigned> since = {count};
    while (since.back() <= options_.resources && day - static_cast<Day>(since.size()) >= k_era) {
        journal.tell_day(day + 1 - static_cast<Day>(since.size()));
        since.push_back(count);
    }
    for (; since.size() > 1; since.pop_back()) {
        count = since.back();
        journal.tell_past_spans(day + 2 - static_cast<Day>(since.size()));
        if (count <= options_.resources) break;
    }
    return day + 2 - static_cast<Day>(since.size());
}

void District::tell_citizen(unsigned number, const Sink& sink) const {
    const Life life = life_of(options_.seed, number, options_.day + 1);
    const Staff staff = staff_of(number / k_unit_size);
    Journal journal(life, staff, options_.day, sink);
    const Day first = first_day(life, staff);
    journal.tell_present();
    journal.tell_past_spans(first);
    for (Day day = first; day <= options_.day; ++day)
        journal.tell_day(day);
}

}  // namespace kari::district
