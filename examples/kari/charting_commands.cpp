// SPDX-License-Identifier: Apache-2.0
//
// The commands that chart: doses, observations and notes.
#include "examples/kari/command_parts.hpp"

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
                if (warning.rule.starts_with("entry/dose-") &&
                    warning.rule != "entry/dose-far-off") {
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

Answer observe(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.record_observation(args.record(), args.observation()));
    });
}

Answer correct(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.correct_observation(args.token(), args.observation()));
    });
}

Answer observation_in_error(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet,
                       d.observation_entered_in_error(args.token(), args.text_or("reason")));
    });
}

Answer note(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, args.has("token") ? d.edit_note(args.token(), args.note())
                                                 : d.write_note(args.record(), args.note()));
    });
}

Answer sign(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return changed(tablet, d.sign_note(args.token())); });
}

Answer addend(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.addend(args.token(), args.note())); });
}

Answer save_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return done(d.save_draft(args.record(), args.text_or("key", "note"), args.note()));
    });
}

Answer load_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto draft = d.load_draft(args.record(), args.text_or("key", "note"));
        if (!draft) return tl::unexpected(draft.error());
        if (!*draft) return json::object{{"draft", nullptr}};
        return json::object{{"draft", answer(**draft)}};
    });
}

const std::vector<Parameter>& observation_parameters(bool correcting) {
    static const std::vector<Parameter> rest{
        {"code", "\"system|code|text\"", false, Typed::coded},
        {"value", "amount and unit: \"72 /min\"", false, Typed::quantity},
        {"text", "a value that is no amount"},
        {"confirm", "an unusual value was looked at again", false, Typed::flag},
        k_effective,
        k_note};
    static const auto with_first = [](const Parameter& first) {
        std::vector<Parameter> out{first};
        out.insert(out.end(), rest.begin(), rest.end());
        return out;
    };
    static const std::vector<Parameter> recording = with_first(k_record);
    static const std::vector<Parameter> revising = with_first(k_token);
    return correcting ? revising : recording;
}

std::vector<Command> dose_commands() {
    const Parameter dose{"dose", "amount and unit, when it is not as ordered", false,
                         Typed::quantity};
    const Parameter overrides{"overrides", "\"rule=reason\" for a warning; may be repeated", false,
                              Typed::override_};
    const Parameter site{"site", "where on the body", false, Typed::coded};
    return {
        {"check_dose",
         "",
         "the warnings that giving would want a reason for",
         true,
         {k_token, dose},
         check_dose},
        {"give",
         "",
         "record a dose as given",
         true,
         {k_token,
          dose,
          {"dose_reason", "why the amount or the unit is not as ordered"},
          k_effective,
          site,
          k_note,
          overrides},
         give},
        {"not_given",
         "withhold",
         "record that a dose was not given",
         true,
         {k_token,
          {"why", "refused, asleep, away, withheld_clinical, unavailable, ...", true},
          k_reason,
          k_effective},
         not_given},
        {"correct_dose",
         "",
         "say anew what was given",
         true,
         {k_token,
          dose,
          k_effective,
          site,
          k_reason,
          {"entered_in_error", "it was not given at all", false, Typed::flag}},
         correct_dose},
    };
}

std::vector<Command> note_commands() {
    return {
        {"observe", "", "record an observation", true, observation_parameters(false), observe},
        {"correct", "", "correct an observation", true, observation_parameters(true), correct},
        {"observation_in_error",
         "",
         "an observation was written by mistake",
         true,
         {k_token, k_reason},
         observation_in_error},
        {"note",
         "",
         "write a note; with --token edit an unsigned one",
         true,
         {{"record", "the record's id"},
          {"token", "of an unsigned note"},
          {"type", "kind of note"},
          {"title", "title"},
          {"text", "the note itself", true}},
         note},
        {"sign", "", "sign a note; its text is final then", true, {k_token}, sign},
        {"addend",
         "",
         "add to a note",
         true,
         {k_token, {"title", "title"}, {"text", "the addendum", true}},
         addend},
        {"save_draft",
         "",
         "keep a note on this tablet",
         true,
         {k_record, {"key", "name of the draft"}, {"title", "title"}, {"text", "text", true}},
         save_draft},
        {"load_draft",
         "",
         "the draft kept on this tablet",
         true,
         {k_record, {"key", "name of the draft"}},
         load_draft},
    };
}

}  // namespace

std::vector<Command> charting_commands() {
    std::vector<Command> out = dose_commands();
    for (Command& command : note_commands())
        out.push_back(std::move(command));
    return out;
}

}  // namespace kari::app
