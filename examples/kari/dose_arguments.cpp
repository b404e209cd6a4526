// SPDX-License-Identifier: Apache-2.0
//
// What is typed of a dose: that it was given or not, how it was taken and what came of it.
#include <array>
#include <utility>

#include "examples/kari/arguments.hpp"

namespace kari::app {

namespace {

constexpr std::array<std::pair<std::string_view, NotGiven>, 12> k_not_given{{
    {"refused", NotGiven::refused},
    {"withheld_clinical", NotGiven::withheld_clinical},
    {"unavailable", NotGiven::unavailable},
    {"away", NotGiven::away},
    {"asleep", NotGiven::asleep},
    {"missed_visit", NotGiven::missed_visit},
    {"missed_forgotten", NotGiven::missed_forgotten},
    {"contraindicated", NotGiven::contraindicated},
    {"self_managed", NotGiven::self_managed},
    {"duplicate_avoided", NotGiven::duplicate_avoided},
    {"unsafe_identity", NotGiven::unsafe_identity},
    {"other", NotGiven::other},
}};

}  // namespace

std::optional<NotGiven> not_given_from(std::string_view word) {
    for (const auto& [name, why] : k_not_given) {
        if (name == word) return why;
    }
    return std::nullopt;
}

DoseEntry Arguments::dose() const {
    DoseEntry out;
    out.token = token();
    out.dose = quantity("dose");
    out.effective = time("effective");
    out.site = coded("site").value_or(Coded{});
    out.note = text_or("note");
    out.scanned = text_or("scan");
    out.overrides = overrides();
    out.identity = text_or("identity");
    out.intake = intake().value_or(DoseIntake::given);
    out.given_by = text_or("given_by");
    if (has("effect_after")) {
        out.effect_after = Duration::minutes(static_cast<std::int64_t>(count("effect_after", 0)));
    }
    if (flag("no_follow_up")) out.effect_after = Duration{};
    out.stock = dose_stock();
    return out;
}

std::optional<DoseIntake> Arguments::intake() const {
    const std::string word = text_or("intake");
    if (word.empty()) return std::nullopt;
    if (word == "given") return DoseIntake::given;
    if (word == "self-observed") return DoseIntake::self_observed;
    if (word == "self-reported") return DoseIntake::self_reported;
    if (word == "handed-over") return DoseIntake::handed_over;
    if (word == "by-other") return DoseIntake::by_other;
    throw BadArgument(Label::wrong_choice, "intake", k_intake_words);
}

VomitedEntry Arguments::vomited() const {
    VomitedEntry out;
    out.token = token();
    out.at = time("effective");
    if (const std::string seen = text_or("seen"); !seen.empty()) {
        if (seen != "yes" && seen != "no") throw BadArgument(Label::wrong_choice, "seen", "yes no");
        out.seen = seen == "yes";
    }
    out.note = text_or("note");
    out.overrides = overrides();
    return out;
}

EffectEntry Arguments::effect() const {
    const std::string word = text("outcome");
    EffectEntry out;
    out.token = token();
    if (word == "good") {
        out.effect = DoseEffect::good;
    } else if (word == "some") {
        out.effect = DoseEffect::some;
    } else if (word == "unwanted") {
        out.effect = DoseEffect::unwanted;
    } else if (word != "none") {
        throw BadArgument(Label::wrong_choice, "outcome", k_effect_words);
    }
    out.at = time("effective");
    out.note = text_or("note");
    out.overrides = overrides();
    return out;
}

NotGivenEntry Arguments::not_given() const {
    const auto why = not_given_from(text("why"));
    if (!why) throw BadArgument(Label::wrong_choice, "why", k_not_given_words);
    return {token(), *why, text_or("reason"), time("effective")};
}

DoseCorrection Arguments::dose_correction() const {
    DoseCorrection out;
    out.token = token();
    out.dose = quantity("dose");
    out.effective = time("effective");
    out.site = coded("site");
    out.entered_in_error = flag("entered_in_error");
    out.reason = text_or("reason");
    out.intake = intake();
    out.given_by = text_or("given_by");
    return out;
}

}  // namespace kari::app
