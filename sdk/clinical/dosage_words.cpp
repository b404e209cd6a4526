// SPDX-License-Identifier: Apache-2.0
//
// A dosage in words, from its parts, for orders that came without the prescriber's text.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <kari/plain_digits.hpp>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_fit.hpp"
#include "sdk/clinical/frequency.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

struct Word {
    std::string_view code;
    std::string_view nb, en;
};

constexpr std::array k_day_parts{
    Word{"MORN", "om morgenen", "in the morning"},
    Word{"NOON", "midt på dagen", "at noon"},
    Word{"AFT", "om ettermiddagen", "in the afternoon"},
    Word{"EVE", "om kvelden", "in the evening"},
    Word{"NIGHT", "om natten", "at night"},
    Word{"HS", "ved sengetid", "at bedtime"},
    Word{"WAKE", "ved oppvåkning", "on waking"},
    Word{"C", "til måltid", "with meals"},
    Word{"CM", "til frokost", "with breakfast"},
    Word{"CD", "til lunsj", "with lunch"},
    Word{"CV", "til middag", "with dinner"},
    Word{"AC", "før måltid", "before meals"},
    Word{"ACM", "før frokost", "before breakfast"},
    Word{"PC", "etter måltid", "after meals"},
    Word{"PCM", "etter frokost", "after breakfast"},
};

constexpr std::array k_days{
    Word{"mon", "mandag", "Monday"},    Word{"tue", "tirsdag", "Tuesday"},
    Word{"wed", "onsdag", "Wednesday"}, Word{"thu", "torsdag", "Thursday"},
    Word{"fri", "fredag", "Friday"},    Word{"sat", "lørdag", "Saturday"},
    Word{"sun", "søndag", "Sunday"},
};

struct Unit {
    std::string_view code;
    std::string_view nb_one, nb_many, en_one, en_many;
};
constexpr std::array k_periods{
    Unit{"s", "sekund", "sekunder", "second", "seconds"},
    Unit{"min", "minutt", "minutter", "minute", "minutes"},
    Unit{"h", "time", "timer", "hour", "hours"},
    Unit{"d", "døgn", "døgn", "day", "days"},
    Unit{"wk", "uke", "uker", "week", "weeks"},
    Unit{"mo", "måned", "måneder", "month", "months"},
    Unit{"a", "år", "år", "year", "years"},
};

class DosageWords {
public:
    DosageWords(const v1::Dosage& dosage, Language language)
        : dosage_(dosage), nb_(language == Language::bokmaal), language_(language) {}

    std::string all() const {
        const std::string dose = joined({amount(), timing()}, " ");
        return joined({dose, shown(dosage_.route()), site(), as_needed(), course(),
                       most_in_a_period(), most_at_once(), most_in_all()},
                      ", ");
    }

private:
    static std::string joined(const std::vector<std::string>& parts, std::string_view between) {
        std::string out;
        for (const std::string& part : parts) {
            if (!part.empty()) out += std::string(out.empty() ? "" : between) + part;
        }
        return out;
    }

    static std::string up_to(const std::string& least, const std::string& most) {
        return most.empty() ? least : least + "-" + plain_digits(most);
    }

    std::string range_words(const v1::Range& range) const {
        if (!range.has_low()) return at_most(amount_words(range.high(), language_));
        if (!range.has_high()) {
            return std::string(pick("minst ", "at least ")) + amount_words(range.low(), language_);
        }
        return up_to(plain_digits(range.low().value()), amount_words(range.high(), language_));
    }

    std::string_view pick(std::string_view nb, std::string_view en) const { return nb_ ? nb : en; }

    std::string amount() const {
        for (const v1::DoseAndRate& dose : dosage_.dose_and_rate()) {
            if (dose.has_dose_quantity()) return amount_words(dose.dose_quantity(), language_);
            if (dose.has_dose_range()) return range_words(dose.dose_range());
            if (dose.has_rate_quantity()) return amount_words(dose.rate_quantity(), language_);
            if (dose.has_rate_range()) return range_words(dose.rate_range());
            if (dose.has_rate_ratio()) return ratio_words(dose.rate_ratio());
        }
        return {};
    }

    template <typename Words, typename List>
    std::string listed(const Words& words, const List& codes) const {
        std::string out;
        for (int i = 0; i < codes.size(); ++i) {
            std::string_view word = codes.Get(i);
            for (const Word& one : words) {
                if (one.code == codes.Get(i)) word = pick(one.nb, one.en);
            }
            if (i > 0) out += i + 1 == codes.size() ? pick(" og ", " and ") : ", ";
            out += word;
        }
        return out;
    }

    std::string times() const {
        const auto& repeat = dosage_.timing().repeat();
        std::string out;
        for (int i = 0; i < repeat.time_of_day_size(); ++i) {
            if (i == 0) out = pick("kl. ", "at ");
            if (i > 0) out += i + 1 == repeat.time_of_day_size() ? pick(" og ", " and ") : ", ";
            out += repeat.time_of_day(i).substr(0, 5);
        }
        return out;
    }

    static const Unit* period_unit(const std::string& code) {
        const auto* found = std::find_if(k_periods.begin(), k_periods.end(),
                                         [&](const Unit& unit) { return unit.code == code; });
        return found == k_periods.end() ? nullptr : found;
    }

    // FHIR: a frequency that is not said is 1.
    std::string how_often() const {
        const auto& repeat = dosage_.timing().repeat();
        const Unit* unit = period_unit(repeat.period_unit());
        if (unit == nullptr || repeat.period().empty()) return {};
        const std::string period = up_to(plain_digits(repeat.period()), repeat.period_max());
        const bool one = period == "1";
        const std::string frequency = up_to(
            std::to_string(repeat.has_frequency() ? repeat.frequency() : 1),
            repeat.has_frequency_max() ? std::to_string(repeat.frequency_max()) : std::string());
        if (frequency == "1" && !one) {
            return std::string(pick("hver ", "every ")) + period +
                   std::string(nb_ ? (unit->code == "h"   ? ". time"
                                      : unit->code == "d" ? ". dag"
                                                          : ". " + std::string(unit->nb_one))
                                   : " " + std::string(unit->en_many));
        }
        std::string out = frequency + std::string(frequency == "1" ? pick(" gang ", " time ")
                                                                   : pick(" ganger ", " times "));
        if (one) {
            if (unit->code == "d") return out + std::string(pick("daglig", "a day"));
            return out + std::string(pick("per ", "a ")) +
                   std::string(pick(unit->nb_one, unit->en_one));
        }
        return out + std::string(pick("per ", "in ")) + period + " " +
               std::string(pick(unit->nb_many, unit->en_many));
    }

    std::string parts_of_day() const {
        const auto& repeat = dosage_.timing().repeat();
        const std::string parts = listed(k_day_parts, repeat.when());
        return repeat.has_offset() ? parts + " (" + std::to_string(repeat.offset()) + " min)"
                                   : parts;
    }

    std::string dates() const {
        std::vector<std::string> out;
        for (const std::string& event : dosage_.timing().event())
            out.push_back(event.size() < 16 ? event
                                            : event.substr(0, 10) + " " + event.substr(11, 5));
        return joined(out, ", ");
    }

    std::string timing() const {
        const auto& repeat = dosage_.timing().repeat();
        std::vector<std::string> parts{dates()};
        if (repeat.time_of_day_size() > 0) parts.push_back(times());
        if (repeat.when_size() > 0) parts.push_back(parts_of_day());
        // "At 08:00" alone would make a daily dose of a weekly one.
        const int stated = repeat.time_of_day_size() + repeat.when_size();
        const bool says_when = stated > 0 || repeat.day_of_week_size() > 0;
        if (!says_when || !adds_nothing_to_times(repeat, std::max(stated, 1))) {
            parts.push_back(how_often());
        }
        if (joined(parts, "").empty()) parts.push_back(shown(dosage_.timing().code()));
        if (repeat.day_of_week_size() > 0) {
            parts.push_back(std::string(pick("hver ", "every ")) +
                            listed(k_days, repeat.day_of_week()));
        }
        return joined(parts, " ");
    }

    std::string site() const { return shown(dosage_.site()); }

    std::string as_needed() const {
        const std::string why = shown(dosage_.as_needed_for());
        if (!dosage_.as_needed() && why.empty()) return {};
        std::string out(pick("ved behov", "as needed"));
        return why.empty() ? out : out + " (" + why + ")";
    }

    // How long it goes on, where the order says so.
    std::string course() const {
        const auto& repeat = dosage_.timing().repeat();
        std::vector<std::string> parts;
        if (repeat.has_count()) {
            const std::string most =
                repeat.has_count_max() ? std::to_string(repeat.count_max()) : std::string();
            parts.push_back(up_to(std::to_string(repeat.count()), most) +
                            std::string(pick(" ganger i alt", " times in all")));
        }
        const std::string_view lasting = pick("i ", "for ");
        if (repeat.has_bounds_duration()) {
            parts.push_back(std::string(lasting) +
                            amount_words(repeat.bounds_duration(), language_));
        }
        if (repeat.has_bounds_range()) {
            parts.push_back(std::string(lasting) + range_words(repeat.bounds_range()));
        }
        const auto& bounds = repeat.bounds_period();
        if (!bounds.start().empty()) {
            parts.push_back(std::string(pick("fra ", "from ")) + bounds.start().substr(0, 10));
        }
        if (!bounds.end().empty()) {
            parts.push_back(std::string(pick("til og med ", "up to and including ")) +
                            bounds.end().substr(0, 10));
        }
        return joined(parts, " ");
    }

    std::string ratio_words(const v1::Ratio& ratio) const {
        return amount_words(ratio.numerator(), language_) + std::string(pick(" per ", " in ")) +
               amount_words(ratio.denominator(), language_);
    }

    std::string at_most(const std::string& amount) const {
        return std::string(pick("høyst ", "at most ")) + amount;
    }

    std::string most_in_a_period() const {
        if (!dosage_.has_max_dose_per_period()) return {};
        return at_most(ratio_words(dosage_.max_dose_per_period()));
    }

    std::string most_at_once() const {
        if (!dosage_.has_max_dose_per_administration()) return {};
        return at_most(amount_words(dosage_.max_dose_per_administration(), language_)) +
               std::string(pick(" om gangen", " at a time"));
    }

    std::string most_in_all() const {
        if (!dosage_.has_max_dose_per_lifetime()) return {};
        return at_most(amount_words(dosage_.max_dose_per_lifetime(), language_)) +
               std::string(pick(" i alt", " in all"));
    }

    const v1::Dosage& dosage_;
    bool nb_;
    Language language_;
};

}  // namespace

std::string dosage_words(const v1::Dosage& dosage, Language language) {
    return DosageWords(dosage, language).all();
}

std::string shown_dosage(const v1::Dosage& dosage, Language language) {
    return dosage.text().empty() ? dosage_words(dosage, language) : dosage.text();
}

}  // namespace kari::clinical
