// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/schedule.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include <kari/decimal.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/frequency.hpp"
#include "sdk/clinical/recurrence.hpp"

namespace kari::clinical {
namespace {

constexpr std::uint32_t k_count_max = 400;
constexpr int k_days_counted_max = 4'000;
constexpr int k_dosages_max = 64;

// A dose of the day before its ordinal is known. `date` is the one that its identity has: of a
// dated event the date as written, so that the reader's zone does not matter.
struct Due {
    std::string nominal;
    ZonedInstant at;
    LocalDate date;
    std::string named = nominal;  // in its identity
};

using Times = tl::expected<std::vector<Due>, CannotTell>;

// One dosage on one date.
class Expander {
public:
    Expander(const LocalDate& date, std::string_view zone, const DayParts& parts)
        : date_(date), zone_(zone), parts_(parts) {}

    Times doses(const v1::Dosage& dosage) const {
        if (!dosage.has_timing()) return tl::unexpected(CannotTell::no_timing);
        const auto& timing = dosage.timing();
        auto found = all(timing);
        if (!found || !timing.has_repeat()) return found;
        found = within(*found, timing.repeat());
        if (!found || !timing.repeat().has_count()) return found;
        return counted(*found, timing);
    }

private:
    Times all(const v1::Timing& timing) const {
        const bool counted = timing.has_repeat() && says_when(timing.repeat());
        if (timing.event_size() > 0) {
            if (counted) return tl::unexpected(CannotTell::unclear_timing);
            return events(timing);
        }
        if (!counted) return by_code(timing);
        const auto& repeat = timing.repeat();
        if (is_beyond_us(repeat)) return tl::unexpected(CannotTell::unsupported_timing);
        if (repeat.time_of_day_size() > 0 && repeat.when_size() > 0) {
            return tl::unexpected(CannotTell::unclear_timing);
        }
        const auto today = is_today(repeat);
        if (!today) return tl::unexpected(today.error());
        auto found = repeat.time_of_day_size() > 0 ? at_times(repeat)
                     : repeat.when_size() > 0      ? at_parts(repeat)
                     : is_hourly(repeat)           ? every_so_many_hours(repeat)
                     : is_spaced(repeat)           ? any_time(1)
                                                   : times_a_day(repeat);
        // What cannot be told is said on every day, also when the weekday is another.
        if (found && !*today) return std::vector<Due>{};
        return found;
    }

    static bool says_when(const v1::TimingRepeat& repeat) {
        return repeat.time_of_day_size() > 0 || repeat.when_size() > 0 ||
               repeat.day_of_week_size() > 0 || repeat.has_frequency() ||
               !repeat.period().empty() || !repeat.period_unit().empty() || repeat.has_count();
    }

    static bool is_beyond_us(const v1::TimingRepeat& repeat) {
        return (repeat.has_count() && (repeat.count() == 0 || repeat.count() > k_count_max)) ||
               repeat.has_count_max() || repeat.has_bounds_duration() ||
               repeat.has_bounds_range() || repeat.has_frequency_max() ||
               !repeat.period_max().empty() || repeat.offset() != 0;
    }

    // The say of the weekday, and of the start that longer periods count from. An unknown weekday
    // is unclear.
    tl::expected<bool, CannotTell> is_today(const v1::TimingRepeat& repeat) const {
        bool today = repeat.day_of_week_size() == 0;
        unsigned named = 0;  // a bit for each weekday
        for (const auto& day : repeat.day_of_week()) {
            const auto number = weekday_of(day);
            const unsigned bit = number ? 1U << *number : 0;
            if (!number || (named & bit) != 0) return tl::unexpected(CannotTell::unclear_timing);
            named |= bit;
            today = today || *number == base::weekday(date_);
        }
        if (!is_spaced(repeat)) return today;
        const auto round = comes_round(repeat, date_, zone_);
        if (!round) return round;
        return today && *round;
    }

    // Whether all times that are stated are meant on each day that the timing comes to.
    static bool fits_times(const v1::TimingRepeat& repeat, int times) {
        if (!is_spaced(repeat)) return adds_nothing_to_times(repeat, times);
        return times == 1 && !repeat.has_frequency_max() && repeat.period_max().empty();
    }

    Times every_so_many_hours(const v1::TimingRepeat& repeat) const {
        const auto moments = hourly(repeat, date_, zone_);
        if (!moments) return tl::unexpected(moments.error());
        std::vector<Due> doses;
        for (const auto& at : *moments) {
            // Whoever reads it in another zone, or by other rules for summer time, names the same.
            const ZonedInstant utc{at.instant, 0, {}};
            doses.push_back(Due{hour_of(at), at, base::local_date(utc), hour_of(utc) + 'Z'});
        }
        return doses;
    }

    static std::string hour_of(const ZonedInstant& at) {
        return base::to_text(base::local_time(at)).substr(0, 5);
    }

    Times at_times(const v1::TimingRepeat& repeat) const {
        if (!fits_times(repeat, repeat.time_of_day_size())) {
            return tl::unexpected(CannotTell::unclear_timing);
        }
        std::vector<Due> doses;
        std::set<std::string> seen;
        for (const auto& text : repeat.time_of_day()) {
            const auto time = base::parse_time(text);
            if (!time || time->second != 0) return tl::unexpected(CannotTell::unclear_timing);
            const std::string nominal = base::to_text(*time).substr(0, 5);
            // The same time twice in one dosage: two doses or a slip? Not ours to say.
            if (!seen.insert(nominal).second) return tl::unexpected(CannotTell::unclear_timing);
            const auto at = base::resolve(date_, *time, zone_);
            if (!at) return tl::unexpected(CannotTell::unknown_zone);
            doses.push_back(Due{nominal, *at, date_});
        }
        return doses;
    }

    Times at_parts(const v1::TimingRepeat& repeat) const {
        if (!fits_times(repeat, repeat.when_size())) {
            return tl::unexpected(CannotTell::unclear_timing);
        }
        std::vector<Due> doses;
        std::set<std::string> seen;
        for (const auto& part : repeat.when()) {
            if (!seen.insert(part).second) return tl::unexpected(CannotTell::unclear_timing);
            const auto dose = at_part(part);
            if (!dose) return tl::unexpected(dose.error());
            doses.push_back(*dose);
        }
        return doses;
    }

    tl::expected<Due, CannotTell> at_part(const std::string& part) const {
        const auto time = parts_.when.find(part);
        if (time == parts_.when.end()) return tl::unexpected(CannotTell::unknown_day_part);
        const auto at = base::resolve(date_, time->second, zone_);
        if (!at) return tl::unexpected(CannotTell::unknown_zone);
        return Due{part, *at, date_};
    }

    Times times_a_day(const v1::TimingRepeat& repeat) const {
        const auto period = Decimal::parse(repeat.period());
        if (!period) return tl::unexpected(CannotTell::unclear_timing);
        const std::uint32_t frequency = repeat.has_frequency() ? repeat.frequency() : 1;
        const bool one = period->same_value(Decimal::of(1));
        const auto days = static_cast<std::uint32_t>(repeat.day_of_week_size());
        if (repeat.period_unit() == "d" && one) return any_time(frequency);
        if (repeat.period_unit() == "h" && period->same_value(Decimal::of(24)) && frequency == 1 &&
            days == 0) {
            return any_time(1);
        }
        if (repeat.period_unit() == "wk" && one && days > 0 && frequency == days) {
            return any_time(1);
        }
        return tl::unexpected(CannotTell::unsupported_timing);
    }

    Times any_time(std::uint32_t times) const {
        const auto when = parts_.times_a_day.find(times);
        if (when == parts_.times_a_day.end() || when->second.size() != times) {
            return tl::unexpected(CannotTell::unknown_day_part);
        }
        std::vector<Due> doses;
        for (const auto& time : when->second) {
            const auto at = base::resolve(date_, time, zone_);
            if (!at) return tl::unexpected(CannotTell::unknown_zone);
            doses.push_back(Due{std::string(k_any_time), *at, date_});
        }
        return doses;
    }

    Times by_code(const v1::Timing& timing) const {
        static const std::map<std::string_view, std::uint32_t> counted = {
            {"QD", 1}, {"BID", 2}, {"TID", 3}, {"QID", 4}};
        static const std::map<std::string_view, std::string_view> parts = {{"AM", "MORN"},
                                                                           {"PM", "AFT"}};
        std::set<std::string> codes;
        for (const auto& coding : timing.code().coding())
            codes.insert(coding.code());
        if (codes.empty()) return tl::unexpected(CannotTell::no_timing);
        if (codes.size() > 1) return tl::unexpected(CannotTell::unclear_timing);
        // Bounds apply to a coded timing; a count or an offset beside it is beyond us.
        if (timing.has_repeat() && is_beyond_us(timing.repeat())) {
            return tl::unexpected(CannotTell::unsupported_timing);
        }
        if (const auto times = counted.find(*codes.begin()); times != counted.end()) {
            return any_time(times->second);
        }
        if (const auto part = parts.find(*codes.begin()); part != parts.end()) {
            const auto dose = at_part(std::string(part->second));
            if (!dose) return tl::unexpected(dose.error());
            return std::vector<Due>{*dose};
        }
        return tl::unexpected(CannotTell::unsupported_timing);
    }

    Times events(const v1::Timing& timing) const {
        std::vector<Due> doses;
        for (const auto& text : timing.event()) {
            const auto lies = base::parse_fhir_time(text, zone_);
            if (!lies) return tl::unexpected(CannotTell::unclear_timing);
            const auto local = base::in_zone(lies->start, zone_);
            if (!local) return tl::unexpected(CannotTell::unknown_zone);
            const bool has_time = text.find('T') != std::string::npos;
            if (!has_time && text.size() < 10) return tl::unexpected(CannotTell::unclear_timing);
            if (base::local_date(*local) != date_) continue;
            if (!has_time) {
                auto one = any_time(1);
                if (!one) return one;
                doses.insert(doses.end(), one->begin(), one->end());
                continue;
            }
            const auto written = base::parse_date(std::string_view(text).substr(0, 10));
            if (!written) return tl::unexpected(CannotTell::unclear_timing);
            doses.push_back(Due{text.substr(11, 5), *local, *written});
        }
        return doses;
    }

    Times within(const std::vector<Due>& doses, const v1::TimingRepeat& repeat) const {
        if (!repeat.has_bounds_period()) return doses;
        std::optional<base::Interval> start;
        std::optional<base::Interval> end;
        if (const auto& text = repeat.bounds_period().start(); !text.empty()) {
            const auto read = base::parse_fhir_time(text, zone_);
            if (!read) return tl::unexpected(CannotTell::unclear_timing);
            start = *read;
        }
        if (const auto& text = repeat.bounds_period().end(); !text.empty()) {
            const auto read = base::parse_fhir_time(text, zone_);
            if (!read) return tl::unexpected(CannotTell::unclear_timing);
            end = *read;
        }
        std::vector<Due> kept;
        for (auto dose : doses) {
            if (start && is_spaced(repeat) && dose.at.instant < start->start) {
                // The first of a timing that does not come again soon is not dropped for the hour.
                if (repeat.time_of_day_size() > 0)
                    return tl::unexpected(CannotTell::unclear_timing);
                const auto at = base::in_zone(start->start, zone_);
                if (!at) return tl::unexpected(CannotTell::unknown_zone);
                dose.at = *at;
            }
            const Instant at = dose.at.instant;
            // Both ends are inclusive: a dose due at the very end is due.
            const bool begun = !start || at >= start->start;
            const bool over = end && at >= end->end && at > end->start;
            if (begun && !over) kept.push_back(dose);
        }
        return kept;
    }

    // Of so many doses in all those that are left for this date.
    Times counted(std::vector<Due> doses, const v1::Timing& timing) const {
        const auto first = start_date(timing.repeat(), zone_);
        if (!first) return tl::unexpected(first.error());
        // Nobody's course: a count over so long a time is a slip, or an attack.
        if (base::days_between(*first, date_) > k_days_counted_max) {
            return tl::unexpected(CannotTell::unsupported_timing);
        }
        if (doses.empty()) return doses;
        v1::Dosage without;
        *without.mutable_timing() = timing;
        without.mutable_timing()->mutable_repeat()->clear_count();
        std::size_t left = timing.repeat().count();
        for (LocalDate day = *first; day < date_ && left > 0; day = base::add_days(day, 1)) {
            const Expander before(day, zone_, parts_);
            const auto comes = before.is_today(timing.repeat());
            if (comes && !*comes) continue;
            const auto there = before.doses(without);
            if (!there) return there;
            left -= std::min(left, there->size());
        }
        std::sort(doses.begin(), doses.end(), [](const Due& a, const Due& b) {
            return std::tie(a.at.instant, a.nominal) < std::tie(b.at.instant, b.nominal);
        });
        doses.erase(doses.begin() + static_cast<std::ptrdiff_t>(std::min(left, doses.size())),
                    doses.end());
        return doses;
    }

    LocalDate date_;
    std::string_view zone_;
    const DayParts& parts_;
};

// Dosages of different sequence numbers follow one another; without bounds of their own nobody
// can say which of them is today's.
bool follows_unclearly(const v1::Prescription& prescription, const v1::Dosage& dosage) {
    std::set<std::int32_t> sequences;
    for (const auto& each : prescription.dosage())
        sequences.insert(each.sequence());
    return sequences.size() > 1 && !dosage.timing().repeat().has_bounds_period();
}

}  // namespace

SlotId slot_id(const ResourceId& lineage, const LocalDate& date, std::string_view nominal,
               std::uint32_t ordinal) {
    const auto digest = base::sha256_of(
        "kari slot", {base::to_bytes(lineage), base::to_text(date), nominal, base::u32(ordinal)});
    SlotId id;
    id.bytes = digest.bytes;
    return id;
}

const DayParts& default_day_parts() {
    static const DayParts parts = [] {
        const LocalTime morning{8, 0, 0};
        const LocalTime evening{20, 0, 0};
        const LocalTime night{22, 0, 0};
        DayParts made;
        made.when = {{"MORN", morning}, {"NOON", {12, 0, 0}}, {"AFT", {16, 0, 0}},
                     {"EVE", evening},  {"NIGHT", night},     {"HS", night}};
        made.times_a_day = {{1, {morning}},
                            {2, {morning, evening}},
                            {3, {morning, {14, 0, 0}, evening}},
                            {4, {morning, {12, 0, 0}, {17, 0, 0}, night}}};
        return made;
    }();
    return parts;
}

std::string_view name(CannotTell reason) {
    switch (reason) {
        case CannotTell::no_dosage:
            return "no_dosage";
        case CannotTell::no_timing:
            return "no_timing";
        case CannotTell::no_start:
            return "no_start";
        case CannotTell::unsupported_timing:
            return "unsupported_timing";
        case CannotTell::unclear_timing:
            return "unclear_timing";
        case CannotTell::unknown_day_part:
            return "unknown_day_part";
        case CannotTell::unknown_zone:
            return "unknown_zone";
    }
    return "unsupported_timing";
}

Expansion expand(const ResourceId& lineage, const v1::Prescription& prescription,
                 const LocalDate& date, std::string_view zone, const DayParts& day_parts) {
    Expansion out;
    if (prescription.do_not_perform()) {
        out.do_not_give = true;
        return out;
    }
    if (prescription.dosage_size() == 0) {
        out.unclear.push_back(UnclearDosage{0, CannotTell::no_dosage, {}});
        return out;
    }
    if (prescription.dosage_size() > k_dosages_max) {
        out.unclear.push_back(
            UnclearDosage{0, CannotTell::unsupported_timing, prescription.dosage(0).text()});
        return out;
    }
    const Expander expander(date, zone, day_parts);
    std::map<std::pair<LocalDate, std::string>, std::uint32_t> ordinals;
    for (int i = 0; i < prescription.dosage_size(); ++i) {
        const auto& dosage = prescription.dosage(i);
        const auto index = static_cast<std::size_t>(i);
        if (dosage.as_needed() || dosage.has_as_needed_for()) {
            out.as_needed.push_back(index);
            continue;
        }
        Times doses = follows_unclearly(prescription, dosage)
                          ? Times(tl::unexpected(CannotTell::unsupported_timing))
                          : expander.doses(dosage);
        if (!doses) {
            out.unclear.push_back(UnclearDosage{index, doses.error(), dosage.text()});
            continue;
        }
        for (auto& dose : *doses) {
            const std::string_view named =
                KARI_MUTATED(slot_by_ordinal) ? "" : std::string_view(dose.named);
            const std::uint32_t ordinal = ordinals[{dose.date, std::string(named)}]++;
            out.slots.push_back(DoseSlot{slot_id(lineage, dose.date, named, ordinal), date,
                                         dose.nominal, ordinal, dose.at, index});
        }
    }
    std::sort(out.slots.begin(), out.slots.end(), [](const DoseSlot& a, const DoseSlot& b) {
        return std::tie(a.due.instant, a.nominal, a.ordinal) <
               std::tie(b.due.instant, b.nominal, b.ordinal);
    });
    return out;
}

}  // namespace kari::clinical
