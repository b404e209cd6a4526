// SPDX-License-Identifier: Apache-2.0
//
// More of a drug than the pack says is given: what is asked before a dose is given or ordered.
#include "sdk/device/dose_limits.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sdk/base/time.hpp"
#include "sdk/chart/dose_limits.hpp"
#include "sdk/chart/statements.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/dose_limit.hpp"
#include "sdk/clinical/drug_group.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/device/given_before.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

using clinical::DoseLimit;
using clinical::LimitDoubt;

constexpr std::size_t k_told_most = 6;

// "more than 4 g in 24 hours".
std::string most_words(const Session& session, const DoseLimit& limit, LimitDoubt doubt) {
    const bool dose = doubt == LimitDoubt::over_dose;
    const bool day = doubt == LimitDoubt::over_day;
    v1::Quantity most;
    most.set_value((dose ? limit.dose_most : day ? limit.day_most : limit.week_most)->text());
    most.set_code(limit.unit);
    most.set_unit(limit.unit == "ug" ? "\u00b5g" : limit.unit);
    const auto language = spoken(session.language);
    const auto* said = clinical::sentences(dose  ? "limit/dose"
                                           : day ? "limit/day"
                                                 : "limit/week",
                                           language);
    return fmt::format(fmt::runtime(said->title), clinical::amount_words(most, language));
}

void join(std::string& out, const std::string& part) {
    if (part.empty() || out.find(part) != std::string::npos) return;
    out += (out.empty() ? "" : "; ") + part;
}

std::string told(const Session& session, const std::vector<chart::LimitedGiven>& taken) {
    std::string out;
    for (std::size_t i = 0; i < std::min(taken.size(), k_told_most); ++i) {
        join(out, dose_told(session, taken[i].said, chart::authorship_of(*taken[i].change)));
    }
    return out;
}

void add_detailed(const Session& session, std::string_view rule, int severity,
                  const std::string& detail, std::vector<DoseWarning>& out) {
    out.push_back(warning(session, rule, severity));
    if (!detail.empty()) out.back().sentence += ": " + detail;
}

// The pack has limits, and no code says which of them the drug has.
bool cannot_be_looked_up(const Session& session, const v1::CodeableConcept& drug) {
    return !session.store.pack().dose_limits.empty() &&
           !clinical::names_substance(clinical::atc_codes(drug));
}

// Read, and no reason asked: it would be written out of habit, for every drug in words.
void add_no_code(const Session& session, std::vector<DoseWarning>& out) {
    out.push_back(warning(session, "entry/limit-no-code", 3));
    out.back().needs_reason = false;
}

// What is here of the time in which doses add up with one.
bool all_here(const chart::Group& group, const DoseLimit& limit, Instant at) {
    const auto reach = clinical::reach_of(limit);
    return !reach ||
           (group.whole() && group.reaches(v1::KIND_MEDICATION_ADMINISTRATION, at - *reach));
}

}  // namespace

std::optional<int> years_at(const Session& session, const chart::Group& group, Instant at) {
    const auto local = base::in_zone(at, zone_of(session));
    return local ? chart::years_on(group, base::local_date(*local)) : std::nullopt;
}

void add_limit_warnings(const Session& session, const chart::Group& group,
                        const v1::Administration& dose, const v1::Quantity* ordered,
                        bool as_ordered, Instant at, std::vector<DoseWarning>& out,
                        const ResourceId* own) {
    auto limits = clinical::limits_for(dose.medication(), dose.route(), session.store.pack());
    const auto years = years_at(session, group, at);
    std::erase_if(limits, [&](const auto& each) { return !counts_at(*each.limit, years); });
    if (clinical::is_thousandfold(dose, ordered, limits)) {
        out.push_back(warning(session, "entry/thousandfold", 1));
    }
    std::string over;
    std::string beside;
    std::vector<ResourceId> about;
    if (cannot_be_looked_up(session, dose.medication())) add_no_code(session, out);
    bool unknown = false;
    for (const auto& each : limits) {
        auto [taken, cannot_tell] = chart::limited_beside(group, *each.limit, {at, at});
        if (own != nullptr)
            std::erase_if(taken, [&](const auto& one) { return one.dose->id == *own; });
        std::vector<clinical::LimitedDose> others;
        for (const auto& one : taken)
            others.push_back({one.when.earliest, one.when.latest, &one.said});
        const auto doubt = clinical::limit_doubt(*each.limit, dose, at, others);
        unknown = unknown || cannot_tell || doubt == LimitDoubt::cannot_tell ||
                  !all_here(group, *each.limit, at);
        if (doubt <= LimitDoubt::cannot_tell) continue;
        join(over, most_words(session, *each.limit, doubt));
        if (doubt == LimitDoubt::over_dose) continue;
        join(beside, told(session, taken));
        for (const auto& one : taken)
            about.push_back(one.dose->id);
    }
    if (!over.empty()) {
        join(over, beside);
        add_detailed(session, "entry/over-limit", 1, over, out);
        about.resize(std::min(about.size(), k_about_most));
        out.back().about = std::move(about);
    } else if (unknown) {
        out.push_back(warning(session, "entry/limit-unknown", 2));
        out.back().needs_reason = !as_ordered;
    }
}

void add_order_limit_warnings(const Session& session, const v1::Prescription& order,
                              std::optional<int> years, bool by_phone,
                              std::vector<DoseWarning>& out) {
    auto limits = clinical::limits_for(order, session.store.pack());
    std::erase_if(limits, [&](const auto& each) { return !counts_at(*each.limit, years); });
    const auto found = clinical::order_limit(order, limits);
    if (found.thousandfold) out.push_back(warning(session, "entry/thousandfold", 1));
    if (found.doubt > LimitDoubt::cannot_tell) {
        add_detailed(session, "entry/over-limit-order", 1,
                     most_words(session, *found.limit, found.doubt), out);
    } else if (by_phone && found.doubt == LimitDoubt::cannot_tell) {
        out.push_back(warning(session, "entry/limit-unclear", 2));
    } else if (by_phone && cannot_be_looked_up(session, order.medication())) {
        add_no_code(session, out);
    }
}

}  // namespace kari::device
