// SPDX-License-Identifier: Apache-2.0
#include "examples/district/people.hpp"

#include <array>
#include <optional>

namespace kari::district {

namespace {

constexpr std::array<std::string_view, 10> k_made_up = {"Test",   "Prøve",  "Eksempel", "Syntese",
                                                        "Demo",   "Liksom", "Attrapp",  "Fantasi",
                                                        "Øvings", "Oppdikt"};
constexpr std::array<std::string_view, 12> k_endings = {
    "dal", "vik", "haug", "stad", "mo", "lien", "berg", "bø", "voll", "nes", "sund", "eide"};
constexpr std::array<std::string_view, 16> k_women = {
    "Kari",     "Synnøve", "Åse",  "Ingrid", "Astrid", "Solveig", "Berit",   "Gunhild",
    "Ragnhild", "Aud",     "Ruth", "Bjørg",  "Gerd",   "Turid",   "Kirsten", "Máret"};
constexpr std::array<std::string_view, 16> k_men = {
    "Ola", "Bjørn", "Knut", "Harald", "Sverre", "Øystein", "Arne",   "Torleif",
    "Odd", "Einar", "Leif", "Kåre",   "Per",    "Magne",   "Halvor", "Niillas"};

// Serials and days so that no two citizens get the same identifier: see person().
constexpr unsigned k_serials = 150;
constexpr unsigned k_days = 336;  // twelve months of 28
static_assert(k_serials * k_days >= k_citizens_max);

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

std::optional<std::string> with_control_digits(const Date& born, unsigned individual) {
    const auto u = [](int number) {
        return static_cast<unsigned>(number);
    };
    const std::array<unsigned, 9> d = {
        u(born.day) / 10,        u(born.day) % 10,       u(born.month + 80) / 10,
        u(born.month + 80) % 10, u(born.year) / 10 % 10, u(born.year) % 10,
        individual / 100,        individual / 10 % 10,   individual % 10};
    const auto control = control_digits(d);
    if (control[0] > 9 || control[1] > 9) return std::nullopt;
    std::string out;
    for (const unsigned digit : d)
        out += static_cast<char>('0' + digit);
    for (const unsigned digit : control)
        out += static_cast<char>('0' + digit);
    return out;
}

// Most who have home care are between 75 and 92 years old.
int birth_year(Dice& dice) {
    const unsigned group = dice.below(100);
    if (group < 6) return dice.between(1956, 1964);
    if (group < 22) return dice.between(1946, 1955);
    if (group < 88) return dice.between(1932, 1945);
    return dice.between(1924, 1931);
}

}  // namespace

std::string synthetic_national_id(const Date& born, bool woman, unsigned serial) {
    const auto written = parse_day(text_of(day_of(born)));
    const Date real = date_of(day_of(born));
    if (!written || real.month != born.month || real.day != born.day) return {};
    // Individual numbers of those born in 1900 to 1999 reach to 499, later ones from 500; a
    // woman's is even.
    const unsigned base = born.year < 2000 ? 0 : 500;
    for (unsigned individual = base + (woman ? 0 : 1); individual < base + 500; individual += 2) {
        auto number = with_control_digits(born, individual);
        if (number && serial-- == 0) return *number;
    }
    return {};
}

std::string made_up_family(Dice& dice) {
    const std::string_view first = dice.pick(k_made_up);
    return std::string(first) + std::string(dice.pick(k_endings));
}

std::string_view given_name(Dice& dice, bool woman) {
    return woman ? dice.pick(k_women) : dice.pick(k_men);
}

Person person(std::uint64_t seed, unsigned number) {
    Dice dice{seed, key(Throw::person), number};
    Person out;
    out.number = number;
    out.id = dice.uuid();
    out.woman = dice.percent(62);
    out.family = made_up_family(dice);
    out.given = given_name(dice, out.woman);
    // Those of one serial number are born on different days of the year, whatever the year.
    Dice of_serial{seed, key(Throw::person), k_citizens_max, number % k_serials};
    const unsigned place = (of_serial.below(k_days) + number / k_serials * 149) % k_days;
    const Date born{birth_year(dice), static_cast<int>(place / 28 + 1),
                    static_cast<int>(place % 28 + 1)};
    out.born = day_of(born);
    out.national_id = synthetic_national_id(born, out.woman, number % k_serials);
    return out;
}

}  // namespace kari::district
