// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/given_before.hpp"

#include <fmt/format.h>

#include "sdk/chart/statements.hpp"
#include "sdk/chart/weekly.hpp"
#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/given_words.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/weekly.hpp"
#include "sdk/device/intake.hpp"
#include "sdk/device/views.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

constexpr Duration k_day = Duration::hours(24);
constexpr std::size_t k_told_most = 3;

std::string_view stated_time(const v1::Administration& said) {
    return said.effective().empty() ? said.effective_period().start() : said.effective();
}

bool is_a_date(std::string_view text) {
    return !text.empty() && text.find('T') == std::string_view::npos;
}

void join(std::string& out, const std::string& part) {
    if (!part.empty()) out += (out.empty() ? "" : ", ") + part;
}

// "last Ingrid Berg, 2026-03-04 08:10, 2 tablets; in the last 24 hours: 2 tablets".
std::string lately(const Session& session, const std::vector<chart::TakenDose>& taken,
                   Instant before) {
    if (taken.empty()) return {};
    const auto language = spoken(session.language);
    const auto say = [&](std::string_view rule, const std::string& what) {
        return fmt::format(fmt::runtime(clinical::sentences(rule, language)->title), what);
    };
    std::string out = say("taken/last", dose_told(session, taken.front().said, taken.front().by));
    if (const std::string sum = last_day_words(session, taken, before); !sum.empty()) {
        out += "; " + say("taken/last-day", sum);
    }
    return out;
}

DoseWarning detailed(const Session& session, std::string_view rule, int severity,
                     const std::string& detail) {
    DoseWarning out = warning(session, rule, severity);
    if (!detail.empty()) out.sentence += ": " + detail;
    return out;
}

}  // namespace

std::string effective_shown(const Session& session, const v1::Administration& said,
                            const chart::Authorship& by) {
    const std::string_view stated = stated_time(said);
    if (is_a_date(stated)) return std::string(stated);
    const std::string zone = zone_of(session);
    const auto at =
        base::in_zone(chart::happened(said.effective(), said.effective_period(), by, zone), zone);
    return at ? base::fhir_date_time(*at) : std::string(stated);
}

std::string dose_told(const Session& session, const v1::Administration& said,
                      const chart::Authorship& by) {
    std::string out = by.person                   ? person_name(session.settings, *by.person)
                      : said.performer_size() > 0 ? said.performer(0).display()
                                                  : std::string();
    std::string when = effective_shown(session, said, by).substr(0, 16);
    if (when.size() == 16) when[10] = ' ';
    join(out, when);
    if (said.has_dose()) join(out, clinical::amount_words(said.dose(), spoken(session.language)));
    join(out, intake_words(session, said));
    return out;
}

DoseElsewhere dose_elsewhere(const Session& session, const chart::TakenDose& dose) {
    DoseElsewhere out;
    out.administration = dose.administration.resource;
    out.medication = clinical::shown(dose.said.medication());
    if (out.medication.empty()) out.medication = dose.said.medication_reference().display();
    out.effective = effective_shown(session, dose.said, dose.by);
    if (dose.said.has_dose()) {
        out.amount = clinical::amount_words(dose.said.dose(), spoken(session.language));
    }
    out.said = said_of(session, dose.by);
    // A system wrote: whom it names as the giver is who can be asked.
    if (out.said.person_name.empty() && dose.said.performer_size() > 0) {
        out.said.person_name = dose.said.performer(0).display();
    }
    return out;
}

std::string last_day_words(const Session& session, const std::vector<chart::TakenDose>& taken,
                           Instant before) {
    std::vector<std::optional<v1::Quantity>> amounts;
    std::vector<std::optional<v1::Quantity>> assumed;
    for (const chart::TakenDose& dose : taken) {
        if (dose.when.latest <= before - k_day || dose.when.earliest > before) continue;
        amounts.push_back(dose.said.has_dose() ? std::optional(dose.said.dose()) : std::nullopt);
        if (clinical::is_assumed(dose.said)) assumed.push_back(amounts.back());
    }
    const auto language = spoken(session.language);
    std::string out = clinical::total_words(amounts, language);
    const std::string unseen = clinical::total_words(assumed, language);
    if (unseen.empty()) return out;
    return out + " (" +
           fmt::format(fmt::runtime(clinical::sentences("taken/assumed", language)->title),
                       unseen) +
           ")";
}

void add_slot_warnings(const Session& session, const chart::Group& group, const ResourceId& lineage,
                       const v1::Prescription& prescription, const SlotId& slot, Instant at,
                       std::vector<DoseWarning>& out) {
    const std::string zone = zone_of(session);
    const auto local = base::in_zone(at, zone);
    const auto found =
        local ? chart::slot_around(slot, base::local_date(*local), lineage, prescription, zone)
              : std::nullopt;
    if (!found) {  // a month off, and more
        out.push_back(warning(session, "entry/off-time", 1));
        return;
    }
    const chart::Span own = chart::nearest_to(*found, lineage, prescription, zone);
    if (at < own.earliest || at > own.latest) {
        std::string planned = base::fhir_date_time(found->due).substr(0, 16);
        planned[10] = ' ';
        out.push_back(detailed(session, "entry/off-time", 1, planned));
    }
    const auto near = chart::Taken::in(group).beside(*found, lineage, prescription, zone);
    std::string told;
    for (std::size_t i = 0; i < std::min(near.size(), k_told_most); ++i) {
        told += (told.empty() ? "" : "; ") + dose_told(session, near[i].said, near[i].by);
    }
    if (!near.empty()) out.push_back(detailed(session, "entry/given-elsewhere", 1, told));
}

void add_weekly_warnings(const Session& session, const chart::Group& group,
                         const v1::Administration& dose, Instant at,
                         std::vector<DoseWarning>& out) {
    const auto& pack = session.store.pack();
    const auto* drug = clinical::weekly_dose(dose, pack);
    if (drug == nullptr) return;
    std::string told;
    for (const auto& other : chart::weekly_beside(group, *drug, {at, at}, pack)) {
        told += (told.empty() ? "" : "; ") +
                dose_told(session, other.said, chart::authorship_of(*other.change));
    }
    if (!told.empty()) {
        out.push_back(detailed(session, "entry/weekly-twice", 1, told));
        return;
    }
    const Instant since = at - clinical::weekly_reach(pack);
    if (group.whole() && group.reaches(v1::KIND_MEDICATION_ADMINISTRATION, since)) return;
    out.push_back(warning(session, "entry/weekly-unknown", 2));
}

void add_as_needed_warnings(const Session& session, const chart::Group& group,
                            const ResourceId& lineage, const v1::Prescription& prescription,
                            const v1::Quantity* amount, Instant at, std::vector<DoseWarning>& out) {
    const auto taken = chart::Taken::in(group).of(lineage, prescription);
    std::vector<clinical::EarlierDose> doses;
    for (const chart::TakenDose& dose : taken) {
        doses.push_back({dose.when.earliest, dose.when.latest,
                         dose.said.has_dose() ? std::optional(dose.said.dose()) : std::nullopt});
    }
    auto doubts = clinical::as_needed_doubts(prescription, at, amount, doses);
    // What is not here may have been given: nobody can add it up.
    const bool all_here =
        group.whole() && group.reaches(v1::KIND_MEDICATION_ADMINISTRATION, at - k_day);
    const auto unknown = clinical::AsNeededDoubt::total_unknown;
    if (!all_here && std::find(doubts.begin(), doubts.end(), unknown) == doubts.end()) {
        doubts.push_back(unknown);
    }
    const std::string told = lately(session, taken, at);
    for (const auto doubt : doubts) {
        const bool severe = doubt == clinical::AsNeededDoubt::too_soon ||
                            doubt == clinical::AsNeededDoubt::over_maximum;
        out.push_back(detailed(session, clinical::rule_of(doubt), severe ? 1 : 2, told));
        for (std::size_t i = 0; severe && i < std::min(taken.size(), k_about_most); ++i)
            out.back().about.push_back(taken[i].administration.resource);
    }
}

}  // namespace kari::device
