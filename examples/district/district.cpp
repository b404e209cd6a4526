// SPDX-License-Identifier: Apache-2.0
#include "examples/district/district.hpp"

#include <array>

#include "examples/district/elements.hpp"
#include "examples/district/journal.hpp"
#include "examples/district/json_text.hpp"
#include "examples/district/random.hpp"

namespace kari::district {

namespace {

constexpr unsigned k_tablets = 3;

std::string entry(std::string_view type, std::string_view id, Members members) {
    Members all = {{"resourceType", quoted(type)}, {"id", quoted(id)}, {"meta", meta()}};
    all.insert(all.end(), members.begin(), members.end());
    return object(
        {{"fullUrl", quoted("urn:uuid:" + std::string(id))},
         {"resource", object(all)},
         {"request", object({{"method", quoted("PUT")},
                             {"url", quoted(std::string(type) + '/' + std::string(id))}})}});
}

void add_staff(District& district, Dice& dice) {
    district.units = {{dice.uuid(), "Eksempelby hjemmetjeneste, sone nord"},
                      {dice.uuid(), "Eksempelby hjemmetjeneste, sone sør"}};
    struct Person {
        std::string_view name;
        std::string_view role;
        unsigned unit;
    };
    constexpr std::array<Person, 5> people = {{{"Nora Demosykepleier", "SP", 0},
                                               {"Emil Demosykepleier", "SP", 0},
                                               {"Aisha Demosykepleier", "SP", 1},
                                               {"Lars Demofagarbeider", "HF", 1},
                                               {"Ida Demolege", "LE", 0}}};
    for (const Person& person : people) {
        district.nurses.push_back(
            {dice.uuid(), std::string(person.name), std::string(person.role), person.unit});
    }
}

std::string directory_of(const District& district) {
    std::vector<std::string> entries;
    for (const Unit& unit : district.units) {
        entries.push_back(
            entry("Organization", unit.id, {{"active", "true"}, {"name", quoted(unit.name)}}));
    }
    for (const Nurse& nurse : district.nurses) {
        const std::string qualification = object({{"code", coded(k_role, nurse.role, nurse.role)}});
        entries.push_back(entry("Practitioner", nurse.id,
                                {{"name", array({object({{"text", quoted(nurse.name)}})})},
                                 {"qualification", array({qualification})}}));
    }
    return object({{"resourceType", quoted("Bundle")},
                   {"type", quoted("transaction")},
                   {"entry", array(entries)}});
}

// Each citizen is on two of three tablets; every fifth on all.
bool visits(unsigned tablet, unsigned citizen) {
    return citizen % k_tablets != tablet || citizen % 5 == 0;
}

unsigned days_in(int year, int month) {
    constexpr std::array<unsigned, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

// The control digits of nine digits; ten for one that does not exist.
std::array<unsigned, 2> control_digits(const std::array<unsigned, 9>& d) {
    constexpr std::array<unsigned, 9> first = {3, 7, 6, 1, 8, 9, 4, 5, 2};
    constexpr std::array<unsigned, 9> second = {5, 4, 3, 2, 7, 6, 5, 4, 3};
    unsigned sum1 = 0;
    unsigned sum2 = 0;
    for (std::size_t i = 0; i < d.size(); ++i) {
        sum1 += first[i] * d[i];
        sum2 += second[i] * d[i];
    }
    const unsigned k1 = (11 - sum1 % 11) % 11;
    const unsigned k2 = (11 - (sum2 + 2 * k1) % 11) % 11;
    return {k1, k2};
}

}  // namespace

std::string synthetic_national_id(int year, int month, int day, unsigned serial) {
    if (month < 1 || month > 12 || day < 1 || static_cast<unsigned>(day) > days_in(year, month)) {
        return {};
    }
    const auto u = [](int number) {
        return static_cast<unsigned>(number);
    };
    // Individual numbers of those born in 1940 to 1999 reach to 499, later ones from 500.
    const unsigned base = year < 2000 ? 0 : 500;
    for (unsigned tries = 0; tries < 500; ++tries) {
        const unsigned individual = base + (serial + tries) % 500;
        const std::array<unsigned, 9> d = {
            u(day) / 10,          u(day) % 10,          (u(month) + 80) / 10,
            (u(month) + 80) % 10, u(year) / 10 % 10,    u(year) % 10,
            individual / 100,     individual / 10 % 10, individual % 10};
        const auto control = control_digits(d);
        if (control[0] > 9 || control[1] > 9) continue;
        std::string out;
        for (const unsigned digit : d)
            out += static_cast<char>('0' + digit);
        for (const unsigned digit : control)
            out += static_cast<char>('0' + digit);
        return out;
    }
    return {};
}

District make_district(const Options& options) {
    District district;
    district.options = options;
    Dice dice(options.seed);
    add_staff(district, dice);
    district.directory = directory_of(district);
    for (unsigned i = 0; i < options.citizens; ++i) {
        const unsigned unit = i % static_cast<unsigned>(district.units.size());
        const Staff staff{district.nurses[unit == 0 ? 0 : 2].id, district.nurses.back().id,
                          district.units[unit].id};
        // Each citizen's own dice: the same person whatever the number of others.
        Dice own(options.seed * 0x100000001b3u + i);
        district.citizens.push_back(make_citizen(i, staff, options.day, own));
        district.citizens.back().unit = unit;
    }
    for (unsigned t = 0; t < k_tablets; ++t) {
        Tablet tablet{"nettbrett-" + std::to_string(t + 1), t == 2 ? 1u : 0u, t, {}};
        for (unsigned i = 0; i < options.citizens; ++i) {
            if (visits(t, i)) tablet.citizens.push_back(i);
        }
        district.tablets.push_back(std::move(tablet));
    }
    return district;
}

std::string roster(const District& district) {
    std::vector<std::string> units;
    for (const Unit& unit : district.units) {
        units.push_back(object({{"id", quoted(unit.id)}, {"name", quoted(unit.name)}}));
    }
    std::vector<std::string> nurses;
    for (const Nurse& nurse : district.nurses) {
        nurses.push_back(object({{"id", quoted(nurse.id)},
                                 {"name", quoted(nurse.name)},
                                 {"role", quoted(nurse.role)},
                                 {"unit", quoted(district.units[nurse.unit].id)}}));
    }
    std::vector<std::string> citizens;
    for (const Citizen& citizen : district.citizens) {
        citizens.push_back(object({{"patient", quoted(citizen.logical_id)},
                                   {"unit", quoted(district.units[citizen.unit].id)},
                                   {"resources", std::to_string(citizen.resources)}}));
    }
    std::vector<std::string> tablets;
    for (const Tablet& tablet : district.tablets) {
        std::vector<std::string> caseload;
        for (const unsigned i : tablet.citizens) {
            caseload.push_back(quoted(district.citizens[i].logical_id));
        }
        tablets.push_back(object({{"name", quoted(tablet.name)},
                                  {"unit", quoted(district.units[tablet.unit].id)},
                                  {"nurse", quoted(district.nurses[tablet.nurse].id)},
                                  {"caseload", array(caseload)}}));
    }
    return object({{"label", quoted(k_label)},
                   {"seed", std::to_string(district.options.seed)},
                   {"day", quoted(district.options.day)},
                   {"units", array(units)},
                   {"nurses", array(nurses)},
                   {"citizens", array(citizens)},
                   {"tablets", array(tablets)}});
}

}  // namespace kari::district
