// SPDX-License-Identifier: Apache-2.0
#include "examples/district/life.hpp"

#include <algorithm>

namespace kari::district {

namespace {

constexpr int k_b12_days = 90;
constexpr int k_waits_days = 90;
constexpr std::array<std::string_view, 6> k_reasons = {
    "Fall i hjemmet", "Lungebetennelse",  "Forverret hjertesvikt",
    "Dehydrering",    "Planlagt inngrep", "Nedsatt allmenntilstand"};

void fall_ill(Life& life) {
    Dice dice = life.dice(Throw::conditions);
    const Day first = day_of({2006, 1, 1});
    for (unsigned i = 0; i < k_illnesses; ++i) {
        const bool ill = dice.percent(diagnosis(static_cast<Illness>(i)).percent);
        const Day since = first + dice.between(0, 16 * 365);
        if (ill) life.since[i] = since;
    }
    // Whoever has home care has something.
    if (std::count(life.since.begin(), life.since.end(), 0) > static_cast<int>(k_illnesses) - 2) {
        life.since[static_cast<std::size_t>(Illness::hypertension)] = first;
        life.since[static_cast<std::size_t>(Illness::pain)] = first + 900;
    }
    life.visits = 1 + dice.below(3);
    Dice allergic = life.dice(Throw::allergies);
    for (const Allergen& allergen : allergens()) {
        if (allergic.percent(allergen.percent)) life.allergies.push_back(&allergen);
    }
}

void go_to_hospital(Life& life, Day horizon) {
    Dice dice = life.dice(Throw::stays);
    // Further than asked, as a change of dose waits for the next homecoming.
    for (Day at = k_era + dice.between(20, 500); at <= horizon + k_waits_days;) {
        Stay stay{dice.uuid(), dice.pick(k_reasons), at, at + dice.between(2, 12)};
        at = stay.until + dice.between(120, 900);
        life.stays.push_back(std::move(stay));
    }
}

bool allowed(const Life& life, const Drug& drug) {
    return std::none_of(life.allergies.begin(), life.allergies.end(),
                        [&](const Allergen* each) { return avoided(drug.atc, each->avoid); });
}

// The day of a change: often the day of coming home from hospital.
Day day_of_change(const Life& life, Day drawn, bool& after_stay, Dice& dice) {
    const bool wanted = dice.percent(60);
    after_stay = false;
    for (const Stay& stay : life.stays) {
        if (wanted && stay.until >= drawn && stay.until <= drawn + k_waits_days) {
            after_stay = true;
            return stay.until;
        }
    }
    return drawn;
}

Lineage lineage_from(const Life& life, const Drug& drug, Day from, Dice& dice) {
    Lineage lineage;
    const int steps = static_cast<int>(words(drug.doses).size());
    int step = dice.between(0, steps - 1);
    const Day end = from + dice.between(200, 900);
    bool after_stay = false;
    for (Day at = from; at < end;) {
        Order order;
        order.id = dice.uuid();
        order.drug = &drug;
        order.step = static_cast<unsigned>(step);
        order.from = at;
        order.after_stay = after_stay;
        at = day_of_change(life, at + dice.between(60, 400), after_stay, dice);
        order.until = steps == 1 || at > end ? end : at;
        at = order.until;
        const int other = step + (dice.percent(50) ? 1 : -1);
        step = other < 0 || other >= steps ? (step > 0 ? step - 1 : std::min(1, steps - 1)) : other;
        lineage.orders.push_back(std::move(order));
    }
    return lineage;
}

// One of a group's drugs after another, as long as the citizen needs the group.
void take_group(Life& life, std::string_view group, unsigned number, Day horizon) {
    std::vector<const Drug*> choices;
    const Drug* first = nullptr;
    for (const Drug& drug : drugs()) {
        if (drug.group != group) continue;
        if (first == nullptr) first = &drug;
        if (allowed(life, drug)) choices.push_back(&drug);
    }
    Dice dice = life.dice(Throw::lineage, 0, number);
    const bool needed = dice.percent(first->percent);
    const bool ill = first->illness == Illness::none || life.has(first->illness);
    // Paracetamol by the clock leaves none to take as needed.
    const bool twice = first->illness == Illness::none && life.has(Illness::pain);
    if (!needed || !ill || twice || choices.empty()) return;
    Day at = k_era - dice.between(0, 900);
    if (first->illness != Illness::none) {
        at = std::max(at, life.since[static_cast<std::size_t>(first->illness)] + 14);
    }
    while (at <= horizon) {
        Dice own = life.dice(Throw::order, at, number);
        life.lineages.push_back(lineage_from(life, *own.pick(choices), at, own));
        at = life.lineages.back().until();
    }
}

void catch_infections(Life& life, Day horizon) {
    std::vector<const Course*> choices;
    for (const Course& course : courses()) {
        if (allowed(life, course.drug)) choices.push_back(&course);
    }
    Dice dice = life.dice(Throw::infections);
    for (Day at = k_era + dice.between(0, 600); at <= horizon; at += dice.between(120, 900)) {
        const Course& course = *dice.pick(choices);
        Lineage lineage;
        lineage.course = &course;
        lineage.orders.push_back({dice.uuid(), &course.drug, 0, at, at + course.days, false});
        if (!life.away(at)) life.lineages.push_back(std::move(lineage));
    }
}

}  // namespace

bool Life::away(Day day) const {
    return std::any_of(stays.begin(), stays.end(),
                       [day](const Stay& stay) { return stay.from <= day && day < stay.until; });
}

const Course* Life::infection(Day day) const {
    for (const Lineage& lineage : lineages) {
        if (lineage.course != nullptr && lineage.from() <= day && day < lineage.until()) {
            return lineage.course;
        }
    }
    return nullptr;
}

Life life_of(std::uint64_t seed, unsigned number, Day horizon) {
    Life life;
    life.seed = seed;
    life.person = person(seed, number);
    fall_ill(life);
    go_to_hospital(life, horizon);
    std::vector<std::string_view> groups;
    for (const Drug& drug : drugs()) {
        if (std::find(groups.begin(), groups.end(), drug.group) == groups.end()) {
            take_group(life, drug.group, static_cast<unsigned>(groups.size()), horizon);
            groups.push_back(drug.group);
        }
    }
    catch_infections(life, horizon);
    return life;
}

std::vector<std::string_view> words(std::string_view list) {
    std::vector<std::string_view> out;
    for (std::size_t from = 0; from < list.size();) {
        const std::size_t end = std::min(list.find(' ', from), list.size());
        out.push_back(list.substr(from, end - from));
        from = end + 1;
    }
    return out;
}

std::string dose_on(const Order& order, int weekday) {
    const auto steps = words(order.drug->doses);
    // Warfarin: a step more on Monday and Thursday.
    const bool more = order.drug->atc == k_warfarin && (weekday == 0 || weekday == 3);
    return std::string(steps[std::min<std::size_t>(order.step + (more ? 1 : 0), steps.size() - 1)]);
}

std::vector<Taken> taken_on(const Order& order, Day day) {
    if (day < order.from || day >= order.until) return {};
    if (order.drug->atc == k_b12) {
        if ((day - order.from) % k_b12_days != 0) return {};
        return {{minutes("08:00"), dose_on(order, 0)}};
    }
    const auto name = k_weekdays[static_cast<std::size_t>(weekday(day))];
    if (!order.drug->days.empty() && order.drug->days.find(name) == std::string_view::npos)
        return {};
    std::vector<Taken> out;
    for (const std::string_view time : words(order.drug->times))
        out.push_back({minutes(time), dose_on(order, weekday(day))});
    return out;
}

bool avoided(std::string_view atc, std::string_view prefixes) {
    const auto all = words(prefixes);
    return std::any_of(all.begin(), all.end(),
                       [atc](std::string_view prefix) { return atc.starts_with(prefix); });
}

}  // namespace kari::district
