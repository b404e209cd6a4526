// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/picks.hpp"

#include <algorithm>

#include "examples/kari/answers.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

// Enough to find a name that was typed in small letters: A to Z and the Norwegian three.
std::string small(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; at < out.size(); ++at) {
        if (out[at] >= 'A' && out[at] <= 'Z') out[at] = static_cast<char>(out[at] | 0x20);
        // Æ, Ø and Å are C3 86, C3 98 and C3 85 in UTF-8; the small ones 0x20 above.
        const auto after = at + 1 < out.size() ? static_cast<unsigned char>(out[at + 1]) : 0U;
        if (static_cast<unsigned char>(out[at]) == 0xC3 && after >= 0x80 && after <= 0x9E) {
            out[++at] = static_cast<char>(after + 0x20);
        }
    }
    return out;
}

bool fits(std::string_view name, std::string_view words) {
    return !words.empty() && small(name).find(small(words)) != std::string::npos;
}

bool is_id(std::string_view word) {
    return PersonId::parse(word).has_value();
}

std::string choice_of(const Nurse& nurse) {
    return beside({{2, safe(nurse.name)}, {38, safe(nurse.role)}, {47, nurse.person.text()}});
}

std::string pick_person(const std::vector<Nurse>& among, const std::string& words) {
    if (is_id(words)) return words;
    std::vector<const Nurse*> found;
    for (const Nurse& nurse : among) {
        if (words.empty() || fits(nurse.name, words)) found.push_back(&nurse);
    }
    if (found.size() == 1) return found.front()->person.text();
    std::string choices;
    for (const Nurse& nurse : among)
        choices += choice_of(nurse);
    if (words.empty()) throw NotOnePick(Label::who_are_you, choices);
    throw NotOnePick(found.empty() ? Label::no_such_person : Label::which_person, choices);
}

// What a short name stands for; of one of the kinds wanted.
Result<std::string> referred(const Reading& reading, const std::string& word,
                             std::string_view kinds, std::string_view argument) {
    if (reading.references == nullptr) return fail(ErrorCode::not_found, "no references");
    const auto found = reading.references->find(reading.person, word);
    if (!found) {
        throw BadArgument(found.error().code == ErrorCode::invalid_argument ? Label::wrong_reference
                                                                            : Label::old_reference,
                          argument);
    }
    const std::string among = " " + std::string(kinds) + " ";
    // No kinds: anything that has a token.
    const bool any = kinds.empty() && found->kind != "record" && found->kind != "person";
    if (!any && among.find(" " + found->kind + " ") == std::string::npos) {
        throw BadArgument(Label::wrong_kind, argument, app::term(found->kind, reading.language));
    }
    return found->target;
}

Result<std::string> pick_record(Tablet& tablet, const Reading& reading, const std::string& words,
                                bool by_name) {
    if (is_id(words)) return words;
    if (looks_like_reference(words)) return referred(reading, words, "record", "record");
    if (!by_name) throw BadArgument(Label::wrong_record, "record");
    auto device = tablet.device();
    if (!device) return tl::unexpected(device.error());
    const auto patients = (*device)->my_patients(Access{});
    if (!patients) return tl::unexpected(patients.error());
    std::vector<const PatientRow*> found;
    for (const PatientRow& row : patients->rows) {
        if (fits(row.name, words)) found.push_back(&row);
    }
    if (found.size() == 1) return found.front()->record.text();
    const Screen s(reading);
    std::string choices;
    for (const PatientRow* row : found) {
        choices += beside({{2, s.name("record", row->record.text())},
                           {k_item_column, safe(row->name)},
                           {48, s.date(safe(row->birth_date))}});
    }
    throw NotOnePick(found.empty() ? Label::no_such_patient : Label::which_patient, choices);
}

Result<std::string> looked_up(Tablet& tablet, const Parameter& parameter, const Reading& reading,
                              bool by_name, const std::string& words) {
    switch (parameter.typed) {
        case Typed::record:
            return pick_record(tablet, reading, words, by_name);
        case Typed::item:
            if (!looks_like_reference(words)) return words;
            return referred(reading, words, parameter.choices, "item");
        case Typed::person: {
            if (looks_like_reference(words)) return referred(reading, words, "person", "person");
            auto device = tablet.device();
            if (!device)
                return is_id(words) ? Result<std::string>(words) : tl::unexpected(device.error());
            const auto people = (*device)->directory_people();
            if (!people)
                return is_id(words) ? Result<std::string>(words) : tl::unexpected(people.error());
            return pick_person(*people, words);
        }
        case Typed::time:
        case Typed::time_ahead:
            return time_text(time_from_words(words, parameter.typed == Typed::time_ahead));
        default:
            return words;
    }
}

}  // namespace

std::string pick_nurse(Tablet& tablet, const std::string& words) {
    if (is_id(words)) return words;
    auto device = tablet.device();
    if (!device) return words;  // the command itself tells why it cannot be opened
    return pick_person((*device)->nurses(), words);
}

Result<void> look_up(Tablet& tablet, const Command& command, const Reading& reading, bool by_name,
                     json::object& given) {
    for (const Parameter& parameter : command.parameters) {
        json::value* typed = given.if_contains(parameter.name);
        if (typed == nullptr || !typed->is_string() || parameter.name == "person") continue;
        const auto found = looked_up(tablet, parameter, reading, by_name && !command.writes,
                                     std::string(typed->get_string()));
        if (!found) return tl::unexpected(found.error());
        *typed = json::string(*found);
    }
    return {};
}

}  // namespace kari::app
