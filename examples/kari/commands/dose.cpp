// SPDX-License-Identifier: Apache-2.0
//
// Giving, not giving and correcting a dose.
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer check_dose(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return listed("warnings", d.check_dose(args.dose())); });
}

Answer give(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        DoseEntry dose = args.dose();
        // One reason for an amount that is not as ordered. Ten times off takes an override of its
        // own: a word said by habit must not carry it.
        if (const std::string why = args.text_or("dose_reason"); !why.empty()) {
            const auto warnings = d.check_dose(dose);
            if (!warnings) return tl::unexpected(warnings.error());
            for (const DoseWarning& warning : *warnings) {
                const bool amount = warning.rule.starts_with("entry/dose-") ||
                                    warning.rule == "entry/limit-unknown";
                if (amount && warning.needs_reason && warning.rule != "entry/dose-far-off") {
                    dose.overrides.push_back({warning.rule, why});
                }
            }
        }
        return changed(tablet, d.give(dose));
    });
}

Answer not_given(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return changed(tablet, d.not_given(args.not_given())); });
}

Answer correct_dose(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.correct_dose(args.dose_correction())); });
}

std::string show_warnings(const json::object& answer, const Screen& s) {
    const std::string out = warning_words(list(answer, "warnings"), s, Label::give_all_the_same);
    return out.empty() ? s(Label::no_warnings) + "\n" : out;
}

// Planned and given stand beside each other, so that the dose of another hour is seen.
std::string times(const json::object& answer, std::string_view given, const Screen& s) {
    if (value_at(answer, "planned") == nullptr) return rows({{s(Label::done_at), s.when(given)}});
    const std::int64_t late = number(answer, "given_minus_planned_ms");
    std::string at = s.when(given);
    if (late <= -60'000) at = s(Label::before_planned, at, s.lasting(late));
    if (late >= 60'000) at = s(Label::after_planned, at, s.lasting(late));
    return rows(
        {{s(Label::planned_for), s.when(text(answer, "planned"))}, {s(Label::done_at), at}});
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = s(Label::saved) + "\n" + banner(answer, s);
    if (const json::object& dose = part(answer, "said"); !dose.empty()) {
        out += wrapped("  " + dose_words(dose, s), 4) + times(answer, text(dose, "effective"), s);
    }
    out += warning_words(list(answer, "told"), s, Label::give_all_the_same);
    for (const json::value& one : list(answer, "raised"))
        out += finding_words(one.as_object(), s);
    const std::string name = s.name("dose_given", text(answer, "token"));
    return name.empty() ? out : out + wrapped("-> " + s(Label::dose_next, name), 3);
}

constexpr Parameter k_dose{"dose", Label::arg_dose, Typed::quantity};
constexpr Parameter k_site{"site", Label::arg_site, Typed::coded};
constexpr Parameter k_identity{"identity", Label::arg_identity};
constexpr Parameter k_scan{"scan", Label::arg_scan};
constexpr Parameter k_intake{"intake", Label::arg_intake, Typed::choice, false,
                             false,    k_intake_words};
constexpr Parameter k_given_by{"given_by", Label::arg_given_by};
constexpr Parameter k_from{"from", Label::arg_from_place};
constexpr Parameter k_taken{"taken", Label::arg_taken, Typed::quantity};
constexpr Parameter k_wasted{"wasted", Label::arg_wasted, Typed::quantity};

Command giving() {
    return {.name = "give",
            .group = Group::charting,
            .help = Label::help_give,
            .example = "give 18v --effective 08:05",
            .writes = true,
            .parameters = {item_of("dose order"),
                           k_dose,
                           {"dose_reason", Label::arg_dose_reason},
                           k_effective,
                           k_site,
                           k_scan,
                           k_note,
                           k_identity,
                           k_intake,
                           k_given_by,
                           {"effect_after", Label::arg_effect_after, Typed::number},
                           {"no_follow_up", Label::arg_no_follow_up, Typed::flag},
                           k_from,
                           Parameter{"lot", Label::arg_lot},
                           k_taken,
                           k_wasted,
                           {"overrides", Label::arg_overrides, Typed::override_}},
            .run = give,
            .show = show};
}

}  // namespace

std::vector<Command> dose_commands() {
    return {
        {.name = "check_dose",
         .group = Group::charting,
         .help = Label::help_check_dose,
         .example = "check-dose 18v",
         .parameters = {item_of("dose order"), k_dose, k_effective, k_identity, k_scan, k_intake,
                        k_given_by, k_from, k_taken, k_wasted},
         .run = check_dose,
         .show = show_warnings},
        giving(),
        {.name = "not_given",
         .alias = "withhold",
         .group = Group::charting,
         .help = Label::help_not_given,
         .example = "withhold 18v --why refused --reason \"did not want it today\"",
         .writes = true,
         .parameters = {item_of("dose order"),
                        {"why", Label::arg_why, Typed::choice, true, false, k_not_given_words},
                        k_reason,
                        k_effective},
         .run = not_given,
         .show = show},
        {.name = "correct_dose",
         .group = Group::charting,
         .help = Label::help_correct_dose,
         .example = "correct-dose 19w --entered-in-error --reason \"another citizen's\"",
         .writes = true,
         .parameters = {item_of("dose_given"),
                        k_dose,
                        k_effective,
                        k_site,
                        k_reason,
                        {"entered_in_error", Label::arg_entered_in_error, Typed::flag},
                        k_intake,
                        k_given_by},
         .run = correct_dose,
         .show = show},
    };
}

}  // namespace kari::app
