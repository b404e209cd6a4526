// SPDX-License-Identifier: Apache-2.0
//
// Who may use this tablet, and who does.
#include <algorithm>

#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer unlock(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return told(d.unlock(args.person(), args.text("pin"))); });
}

Answer lock(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return done(d.lock()); });
}

Answer nurses(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) -> Answer {
        std::vector<Nurse> nurses = d.nurses();
        std::sort(nurses.begin(), nurses.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
        return json::object{{"nurses", answers(nurses)}};
    });
}

Answer people(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) {
        auto people = d.directory_people();
        if (people) {
            std::sort(people->begin(), people->end(),
                      [](const auto& a, const auto& b) { return a.name < b.name; });
        }
        return listed("people", people);
    });
}

Answer add_nurse(Tablet& tablet, const Arguments& args) {
    // On a command line "pin" is the signed-in nurse's own.
    const std::string pin = args.has("new_pin") ? args.text("new_pin") : args.text("pin");
    const PersonId person = args.has("nurse") ? args.person("nurse") : args.person();
    return with(tablet, [&](Device& d) -> Answer {
        // By her code it is she who is signed in from here on.
        if (args.has("code")) {
            // Before it is used up: a PIN that is not taken would leave her outside.
            const auto fits = d.add_nurse(person, pin);
            if (fits || fits.error().code == ErrorCode::value_out_of_range) return done(fits);
            const auto shown = d.unlock(person, args.text("code"));
            if (!shown) return tl::unexpected(shown.error());
        }
        return done(d.add_nurse(person, pin));
    });
}

std::string show_signed_in(const json::object& answer, const Screen& s) {
    std::string out =
        wrapped(s(Label::signed_in, text(part(answer, "nurse"), "name")), 2) + s.age(answer);
    if (flag(answer, "was_restored")) out += wrapped(s(Label::was_restored), 2);
    return out + rows({{s(Label::unsent), std::to_string(number(answer, "unsent"))}});
}

std::string show_people(const json::array& all, const Screen& s) {
    std::string out;
    for (const json::value& one : all) {
        const json::object& person = one.as_object();
        out += beside({{2, s.name("person", text(person, "person"))},
                       {k_item_column, text(person, "name")},
                       {38, text(person, "role")},
                       {47, text(person, "person")}});
    }
    return out.empty() ? s.none() : out;
}

std::string show_nurses(const json::object& answer, const Screen& s) {
    return show_people(list(answer, "nurses"), s);
}

std::string show_directory(const json::object& answer, const Screen& s) {
    return show_people(list(answer, "people"), s);
}

}  // namespace

std::vector<Command> sign_in_commands() {
    return {
        {.name = "unlock",
         .group = Group::tablet,
         .help = Label::help_unlock,
         .example = "unlock --person Ingrid",
         .needs = Needs::tablet,
         .parameters = {{"person", Label::arg_person, Typed::person, true}},
         .run = unlock,
         .show = show_signed_in},
        {.name = "lock",
         .group = Group::tablet,
         .help = Label::help_lock,
         .needs = Needs::tablet,
         .run = lock,
         .show = nothing_more},
        {.name = "nurses",
         .group = Group::tablet,
         .help = Label::help_nurses,
         .needs = Needs::tablet,
         .run = nurses,
         .show = show_nurses},
        {.name = "people",
         .group = Group::tablet,
         .help = Label::help_people,
         .run = people,
         .show = show_directory},
        {.name = "add_nurse",
         .alias = "nurse_add",
         .group = Group::tablet,
         .help = Label::help_add_nurse,
         .example = "add-nurse Bjørn --code nurse1-1c3f-09ab-77d2-e410",
         .parameters = {{"nurse", Label::arg_new_nurse, Typed::person, true, true},
                        {"code", Label::arg_nurse_code, Typed::text}},
         .run = add_nurse,
         .show = nothing_more},
    };
}

}  // namespace kari::app
