// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/desk.hpp"

#include <iostream>
#include <utility>

#include "examples/kari/answers.hpp"
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/picks.hpp"
#include "examples/kari/stock_acts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_stdin_bytes_max = 1024 * 1024;

json::object read_object() {
    std::string all;
    char part[4096];
    while (std::cin.read(part, sizeof part) || std::cin.gcount() > 0) {
        all.append(part, static_cast<std::size_t>(std::cin.gcount()));
        if (all.size() > k_stdin_bytes_max) throw BadArgument(Label::wrong_stdin);
    }
    boost::system::error_code error;
    json::value value = json::parse(all, error);
    if (error || !value.is_object()) throw BadArgument(Label::wrong_stdin);
    return std::move(value.get_object());
}

std::string said(const json::object& given, std::string_view key) {
    const json::value* found = given.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

// The first argument of the line when it is a short name: what a next step is about.
std::string subject_of(const TypedLine& line) {
    for (const Parameter& parameter : line.command->parameters) {
        const std::string typed = said(line.given, parameter.name);
        if (parameter.positional && looks_like_reference(typed)) return typed;
    }
    return {};
}

}  // namespace

Desk::Desk(GlobalOptions globals, Language language)
    : globals_(std::move(globals)),
      language_(language),
      progress_(std::make_unique<ProgressLine>()) {
    globals_.tablet.language = language;
    if (errors_to_terminal() && !globals_.as_json) {
        globals_.tablet.progress = [line = progress_.get()](const std::string& words) {
            line->show(words);
        };
    }
    globals_.tablet.line = [line = progress_.get(), as_json = globals_.as_json,
                            language](const json::object& told) {
        line->wipe();
        const Screen s(Reading{language, false, false, nullptr, {}});
        std::cout << (as_json ? json::serialize(told) + "\n" : line_of_follow(told, s))
                  << std::flush;
    };
}

Result<Desk> Desk::make(GlobalOptions globals, Language language) {
    if (globals.tablet.directory.empty()) throw BadArgument(Label::wrong_dir);
    Desk desk(std::move(globals), language);
    auto tablet = Tablet::make(desk.globals_.tablet);
    if (!tablet) return tl::unexpected(tablet.error());
    desk.tablet_ = std::make_unique<Tablet>(std::move(*tablet));
    desk.references_ = std::make_unique<References>(desk.tablet_->options().directory / "shown");
    return desk;
}

Reading Desk::reading() const {
    Reading out;
    out.language = language_;
    out.colour = may_colour();
    out.tokens = globals_.tokens;
    const auto device = tablet_->device();
    const auto nurse = device ? (*device)->signed_in() : std::nullopt;
    if (nurse) {
        out.person = nurse->person;
        out.references = references_.get();
    }
    return out;
}

void Desk::complain(const BadArgument& error) const {
    const Screen s(Reading{language_, false, false, nullptr, {}});
    std::cerr << finished(refusal(refused(error, language_), s), false);
}

void Desk::lock() {
    if (auto device = tablet_->device(); device && !(*device)->locked()) {
        static_cast<void>((*device)->lock());
    }
}

// A secret that is being chosen: at a terminal its rules are told and it is typed twice, for nobody
// sees what they typed. Throws BadArgument.
std::string Desk::chosen_pin(Label prompt) const {
    const bool asked = globals_.pin_fd < 0 && reads_from_terminal();
    if (asked) std::cerr << wrapped(label(Label::pin_rules, language_), 0);
    const auto pin = read_secret(label(prompt, language_), globals_.pin_fd);
    if (!pin) throw BadArgument(Label::wrong_no_pin);
    if (asked && read_secret(label(Label::pin_again_prompt, language_), globals_.pin_fd) != pin) {
        throw BadArgument(Label::wrong_pins_differ);
    }
    return *pin;
}

// Whoever acts, and the PIN; {} when all is well.
json::object Desk::signed_in(TypedLine& line) {
    const Command& command = *line.command;
    if (command.needs == Needs::nothing) return {};
    const bool salvage = command.name == "salvage";
    const bool signs_in = command.needs == Needs::sign_in || command.name == "unlock";
    const bool names_person =
        signs_in || command.name == "enrol" ||
        (salvage && (!globals_.person.empty() || line.given.contains("person")));
    if (!names_person) return {};
    if (signs_in) {  // before a PIN is asked for: there may be no tablet here to sign in to
        if (auto device = tablet_->device(); !device) return refused(device.error(), language_);
    }
    std::string person = said(line.given, "person");
    if (person.empty()) person = globals_.person;
    if (signs_in || salvage) person = pick_nurse(*tablet_, person);
    if (!person.empty()) line.given["person"] = person;
    require_all(command, line.given);
    if (!line.given.contains("pin") && command.name == "enrol") {
        line.given["pin"] = chosen_pin(Label::pin_prompt);
    }
    if (!line.given.contains("pin")) {
        const auto pin = read_secret(label(Label::pin_prompt, language_), globals_.pin_fd);
        if (!pin) throw BadArgument(Label::wrong_no_pin);
        line.given["pin"] = *pin;
    }
    if (command.name == "add_nurse" && !line.given.contains("new_pin")) {
        line.given["new_pin"] = chosen_pin(Label::new_pin_prompt);
    }
    if (command.needs != Needs::sign_in) return {};
    json::object unlock{{"do", "unlock"}, {"pin", line.given["pin"]}};
    if (!person.empty()) unlock["person"] = person;
    json::object reply = run_command(*tablet_, unlock);
    return exit_code(reply) == 0 ? json::object{} : reply;
}

// What is long is typed on lines of its own, and so stands in no list of processes.
void Desk::compose(TypedLine& line) const {
    for (const Parameter& parameter : line.command->parameters) {
        if (parameter.typed != Typed::long_text || line.given.contains(parameter.name) ||
            !reads_from_terminal()) {
            continue;
        }
        std::cerr << wrapped(label(Label::compose, language_), 0);
        std::string text;
        while (const auto typed = read_terminal_line("")) {
            if (*typed == ".") break;
            text += *typed + "\n";
        }
        if (!text.empty()) text.pop_back();
        if (!text.empty()) line.given[parameter.name] = text;
    }
}

json::object Desk::performed(TypedLine& line) {
    const Command& command = *line.command;
    choices_.clear();
    subject_ = subject_of(line);
    try {
        const auto device = tablet_->device();
        if (command.needs == Needs::sign_in && device && (*device)->locked()) {
            return refused({ErrorCode::locked, "nobody is signed in"}, language_);
        }
        // Before a long text is typed: what is refused then would be lost.
        if (auto found = look_up(*tablet_, command, reading(), by_name_, line.given); !found) {
            return refused(found.error(), language_);
        }
        compose(line);
        require_all(command, line.given);
    } catch (const NotOnePick& pick) {
        choices_ = pick.choices();
        return refused(BadArgument(pick.wrong()), language_);
    }
    line.given["do"] = command.name;
    json::object reply = run_command(*tablet_, line.given);
    if (command.writes && !globals_.as_json && exit_code(reply) == 0) add_whom(line, reply);
    if (said(reply, "error") == "reason_required") add_warnings(line, reply);
    return reply;
}

// What an error may not say, for it holds no patient data: who gave it, when and how much, or what
// else is ordered.
void Desk::add_warnings(const TypedLine& line, json::object& reply) {
    auto device = tablet_->device();
    if (!device) return;
    const Arguments given(line.given);
    Result<std::vector<DoseWarning>> warnings;
    if (line.command->name == "give") {
        warnings = (*device)->check_dose(given.dose());
    } else if (line.command->name == "verbal_order") {
        warnings = (*device)->care().check_verbal_order(given.record(), given.verbal_order());
    } else if (const auto act = stock_act_of(line.command->name)) {
        warnings = (*device)->care().check_stock(given.stock(*act));
    } else {
        return;
    }
    if (!warnings) return;
    const std::string asked = said(reply, "what");
    json::array unanswered;
    for (const DoseWarning& warning : *warnings) {
        if (asked.find(warning.rule) != std::string::npos) unanswered.push_back(answer(warning));
    }
    reply["warnings"] = std::move(unanswered);
}

// When a dose was planned, where it was given within some days of that.
void add_planned(Device& device, const AdministrationItem& dose, json::object& reply) {
    const auto& value = dose.statement.value;
    if (!value || value->slot.is_zero()) return;
    const std::int64_t given = moment_ms(value->effective);
    for (const int days : {0, -1, 1, -2, -3}) {
        const auto date = parse_date(
            time_text({Instant{given} + Duration::hours(24 * days), 0, "UTC"}).substr(0, 10));
        const auto round = date ? device.doses_due(dose.record, *date)
                                : Result<DoseRound>(fail(ErrorCode::malformed, "date"));
        if (!round) return;
        for (const DoseSlot& slot : round->slots) {
            if (slot.slot != value->slot) continue;
            reply["planned"] = time_text(slot.planned);
            reply["given_minus_planned_ms"] = given - slot.planned.instant.ms;
            return;
        }
    }
}

// To whom it was done: a slip is seen at once. What cannot be read now (an ended lease) is no
// reason to say that nothing was saved.
void Desk::add_whom(const TypedLine&, json::object& reply) {
    const auto record = RecordId::parse(said(reply, "record"));
    auto device = tablet_->device();
    if (!record || !device) return;
    const auto view = (*device)->open_chart(*record, Access{});
    if (!view) return;
    add_citizen(reply, *view);
    reply.erase("age");
    for (const AdministrationItem& dose : view->administrations) {
        if (dose.resource.text() == said(reply, "resource")) add_planned(**device, dose, reply);
    }
    const json::object all = answer(*view);
    for (const char* kind : {"administrations", "observations"}) {
        for (const json::value& one : list(all, kind)) {
            if (said(one.as_object(), "resource") != said(reply, "resource")) continue;
            reply["said"] = part(one.as_object(), "statement").at("value");
        }
    }
}

int Desk::shown(const TypedLine& line, const json::object& reply) {
    progress_->wipe();
    const int code = exit_code(reply);
    if (globals_.as_json || line.globals.as_json) {
        std::cout << json::serialize(reply) << '\n' << std::flush;
        return code;
    }
    set_columns(columns_of_terminal());  // a window may have been drawn wider meanwhile
    const Reading how = reading();
    const Screen s(how);
    std::string out;
    if (code == 0) {
        out = line.command->show(reply, s);
    } else {
        const std::string kari = by_name_ ? "" : "kari ";
        std::string start = kari + typed_name(line.command->name);
        if (!subject_.empty()) start += " " + subject_;
        out = list(reply, "warnings").empty()
                  ? refusal(reply, s) + choices_
                  : wrapped(s.toned(Tone::stop, "! ") + s(Label::not_recorded), 2) +
                        warning_words(list(reply, "warnings"), s,
                                      line.command->name == "give" ? Label::give_all_the_same
                                                                   : Label::record_all_the_same);
        const std::string next = next_step(*line.command, reply, start, kari + line.again, s);
        if (!next.empty() && choices_.empty()) out += "   " + next + "\n";
    }
    if (auto saved = references_->save(); !saved) {
        out += refusal(refused(saved.error(), language_), s);
    }
    (code == 0 ? std::cout : std::cerr) << finished(out, how.colour) << std::flush;
    return code;
}

int Desk::once(TypedLine line) {
    json::object reply;
    try {
        if (globals_.from_stdin) {
            for (const auto& member : read_object())
                line.given[member.key()] = member.value();
        }
        reply = signed_in(line);
        if (reply.empty()) reply = performed(line);
    } catch (const NotOnePick& pick) {
        choices_ = pick.choices();
        reply = refused(BadArgument(pick.wrong()), language_);
    } catch (const BadArgument& error) {
        reply = refused(error, language_);
    }
    return shown(line, reply);
}

int Desk::in_session(TypedLine line) {
    by_name_ = true;
    json::object reply;
    try {
        if (line.command->name == "unlock") {
            if (!line.globals.person.empty()) globals_.person = line.globals.person;
            reply = signed_in(line);
        }
        if (reply.empty()) reply = performed(line);
    } catch (const NotOnePick& pick) {
        choices_ = pick.choices();
        reply = refused(BadArgument(pick.wrong()), language_);
    } catch (const BadArgument& error) {
        reply = refused(error, language_);
    }
    return shown(line, reply);
}

}  // namespace kari::app
