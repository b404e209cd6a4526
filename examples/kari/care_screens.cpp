// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/care_screens.hpp"

#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_shown = 8;

std::string coded_words(const json::value& value, const Screen&) {
    return value.is_object() ? text(value.get_object(), "text") : "-";
}

// ", <words>" when there are any.
std::string and_also(const std::string& words) {
    return words.empty() ? "" : ", " + words;
}

std::string notes_of(const json::object& said) {
    std::string out;
    for (const json::value& one : list(said, "notes")) {
        if (one.is_string()) out += " (" + safe(one.get_string()) + ")";
    }
    return out;
}

std::string in_error(const json::object& said, const Screen& s) {
    return text(said, "status") == "entered-in-error" ? " [" + s.term("entered-in-error") + "]"
                                                      : "";
}

// The operative value of a field in words; a sign where a person must choose.
std::string settled(const json::object& field, const Screen& s, const Say& say) {
    const json::value* value = value_at(field, "value");
    if (value != nullptr) return say(*value);
    return list(field, "live").empty() ? "" : s.toned(Tone::warn, s(Label::not_cleared_up));
}

std::string plain(const json::value& value) {
    if (value.is_string()) return safe(value.get_string());
    return value.is_number() ? std::to_string(value.to_number<std::int64_t>()) : "";
}

std::string section(Label title, const json::array& items, const Screen& s,
                    const std::function<std::string(const json::object&)>& show) {
    if (items.empty()) return "";
    std::string out = s.heading(s(title));
    std::size_t shown = 0;
    for (const json::value& one : items) {
        if (shown++ == k_shown) return out + s.below(s(Label::more_items, items.size() - k_shown));
        out += show(one.as_object()) + reservations(one.as_object(), s);
    }
    return out;
}

std::string problem(const json::object& item, const Screen& s) {
    const Say coded = [&](const json::value& value) {
        return coded_words(value, s);
    };
    const Say code = [&](const json::value& value) {
        return s.term(plain(value));
    };
    std::string said = settled(part(item, "code"), s, coded);
    said += and_also(settled(part(item, "severity"), s, coded));
    said += and_also(settled(part(item, "verification_status"), s, code));
    if (const std::string since = text(item, "onset"); !since.empty()) {
        said += ", " + s(Label::since, s.when(since));
    }
    if (!flag(item, "active")) said += " [" + s(Label::over) + "]";
    std::string out = s.item("problem", item, said + notes_of(item));
    out += contested(part(item, "code"), s, coded) + contested(part(item, "severity"), s, coded);
    return out + contested(part(item, "clinical_status"), s, code);
}

std::string measure(const json::object& item, const Screen& s) {
    const Say coded = [&](const json::value& value) {
        return coded_words(value, s);
    };
    const Say words = [](const json::value& value) {
        return plain(value);
    };
    std::string said = settled(part(item, "what"), s, coded);
    if (said.empty()) said = text(item, "title");
    said += and_also(settled(part(item, "timing"), s, words));
    said += and_also(settled(part(item, "instruction"), s, words));
    if (const std::string people = settled(part(item, "people"), s, words);
        !people.empty() && people != "0") {
        said += ", " + s(Label::people_at_once, people);
    }
    said += " [" + s.term(text(item, "kind")) + ", " +
            s(flag(item, "in_force") ? Label::in_force : Label::over) + "]";
    std::string out = s.item("measure", item, said + notes_of(item));
    if (flag(item, "past_its_end")) {
        out += s.below(s.toned(Tone::stop, s(Label::past_its_end)));
    }
    if (flag(item, "end_proposed")) out += s.below(s.toned(Tone::warn, s(Label::end_proposed)));
    for (const char* atom : {"what", "timing", "instruction", "people", "status"}) {
        const bool is_code = std::string_view(atom) == "what";
        out += contested(part(item, atom), s, is_code ? coded : words);
        out += proposed(part(item, atom), s, is_code ? coded : words);
    }
    return out;
}

std::string planned(const json::object& item, const Screen& s) {
    const Say time = [&](const json::value& value) {
        return value.is_object() ? s.when(text(value.get_object(), "starts")) : "-";
    };
    std::string said = settled(part(item, "time"), s, time);
    for (const char* key : {"description", "instruction"})
        said += and_also(text(item, key));
    said += and_also(text(part(item, "type"), "text"));
    said += " [" + s.term(text(item, "state")) + "]";
    const bool visit = item.if_contains("performers") != nullptr;
    return s.item(visit ? "planned_visit" : "appointment", item, said + notes_of(item)) +
           contested(part(item, "time"), s, time) + proposed(part(item, "time"), s, time);
}

std::string task(const json::object& item, const Screen& s) {
    const Say code = [&](const json::value& value) {
        return s.term(plain(value));
    };
    std::string said = text(part(item, "code"), "text");
    const std::string more = text(item, "description");
    said += said.empty() ? more : and_also(more);
    if (const std::string due = text(item, "due"); !due.empty()) {
        said += ", " + s(Label::due_by, s.when(due));
    }
    said += and_also(settled(part(item, "priority"), s, code));
    said += " [" + s.term(text(item, "state")) + "]";
    return s.item("task", item, said + notes_of(item)) + contested(part(item, "status"), s, code);
}

std::string relative(const json::object& item, const Screen& s) {
    const Say words = [](const json::value& value) {
        return plain(value);
    };
    const Say code = [&](const json::value& value) {
        return s.term(plain(value));
    };
    std::string said = settled(part(item, "name"), s, words);
    for (const json::value& one : list(item, "relationship"))
        said += and_also(coded_words(one, s));
    for (const json::value& one : list(item, "telecom"))
        said += and_also(plain(one));
    std::string out = s.item("related_person", item, said + notes_of(item));
    const std::string contact = settled(part(item, "contact"), s, code);
    if (flag(item, "nearest")) out += s.below(s(Label::is_nearest));
    if (!contact.empty()) out += s.below("! " + contact);
    return out + contested(part(item, "name"), s, words) +
           contested(part(item, "contact"), s, code);
}

std::string decision_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& decision = value.get_object();
    std::string out = s.term(text(decision, "effect"));
    out += and_also(text(part(decision, "scope"), "text")) + and_also(text(decision, "text"));
    if (const std::string ends = text(decision, "ends"); !ends.empty()) {
        out += " " + s(Label::until, s.when(ends));
    }
    return flag(decision, "has_exceptions") ? out + " " + s(Label::has_exceptions) : out;
}

std::string decision(std::string_view kind, const json::object& item, const Screen& s) {
    const Say say = [&](const json::value& value) {
        return decision_words(value, s);
    };
    std::string said = settled(part(item, "decision"), s, say) + notes_of(item);
    if (said.empty()) said = "-";  // nothing holds yet: what is proposed stands below
    std::string out = s.item(kind, item, said);
    if (flag(item, "unclear")) out += s.below(s.toned(Tone::stop, s(Label::limit_unclear)));
    if (flag(item, "review_overdue")) out += s.below(s.toned(Tone::warn, s(Label::limit_overdue)));
    if (list(item, "denials").size() > 1) {
        for (const json::value& denial : list(item, "denials"))
            out += s.below("! " + s(Label::holds_too, say(denial)));
    }
    return out + contested(part(item, "decision"), s, say) +
           proposed(part(item, "decision"), s, say);
}

// A fact with its time.
std::string fact(std::string_view kind, const json::object& item, const char* time, const Screen& s,
                 const Say& say) {
    const json::object& statement = part(item, "statement");
    const json::value* value = value_at(statement, "value");
    const bool there = value != nullptr && value->is_object();
    return s.item(kind, item,
                  there ? s.when(text(value->get_object(), time)) + "  " + say(*value)
                        : s.toned(Tone::warn, s(Label::not_cleared_up))) +
           contested(statement, s, say);
}

}  // namespace

std::string visit_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& visit = value.get_object();
    std::string out = s.term("visit");
    out += and_also(text(part(visit, "type"), "text"));
    if (const std::string ends = text(visit, "ends"); !ends.empty()) {
        out += " " + s(Label::until, s.when(ends));
    }
    if (const std::string why = text(visit, "hindrance"); !why.empty()) {
        out += ": " + s.toned(Tone::warn, s(Label::in_vain, s.term(why)));
    }
    return out + notes_of(visit) + in_error(visit, s);
}

std::string immunization_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& given = value.get_object();
    std::string out = text(part(given, "vaccine"), "text");
    if (const std::string dose = s.amount(part(given, "dose")); !dose.empty()) out += " " + dose;
    if (const std::string lot = text(given, "lot"); !lot.empty()) {
        out += ", " + s(Label::lot, lot);
    }
    if (flag(given, "told")) out += ", " + s(Label::told_only);
    out += and_also(text(given, "reason"));
    return out + notes_of(given) + in_error(given, s);
}

std::string act_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& act = value.get_object();
    std::string out = text(part(act, "code"), "text");
    const std::string status = text(act, "status");
    out += out.empty() ? s.term(status) : ": " + s.term(status);
    out += and_also(text(act, "reason"));
    return out + notes_of(act);
}

std::string communication_words(const json::value& value, const Screen& s) {
    if (!value.is_object()) return "-";
    const json::object& said = value.get_object();
    std::string out = text(part(said, "topic"), "text");
    const std::string words = text(said, "text");
    out += out.empty() ? words : ": " + words;
    for (const json::value& one : list(said, "recipients"))
        out += and_also(plain(one));
    return out + notes_of(said) + in_error(said, s);
}

std::string readers(const json::object& item, const Screen& s) {
    std::string all;
    for (const json::value& one : list(item, "readers")) {
        const json::object& reader = one.as_object();
        std::string who = text(reader, "person_name") + " " + s.when(text(reader, "recorded"));
        if (!reader.at("as_it_stands").as_bool()) who = s(Label::read_before, who);
        all += (all.empty() ? "" : ", ") + who;
    }
    return all.empty() ? "" : s.below(s(Label::read_by, all));
}

std::string treatment_limits(const json::object& care, const Screen& s) {
    return section(Label::treatment_limits, list(care, "treatment_limits"), s,
                   [&](const json::object& item) { return decision("treatment_limit", item, s); });
}

std::string care_sections(const json::object& care, const Screen& s) {
    const auto facts = [&](Label title, const char* key, std::string_view kind, const char* time,
                           std::string (*words)(const json::value&, const Screen&)) {
        return section(title, list(care, key), s, [&](const json::object& item) {
            return fact(kind, item, time, s,
                        [&](const json::value& value) { return words(value, s); });
        });
    };
    const auto items = [&](Label title, const char* key,
                           std::string (*show)(const json::object&, const Screen&)) {
        return section(title, list(care, key), s,
                       [&](const json::object& item) { return show(item, s); });
    };
    std::string out = items(Label::problems, "problems", problem);
    out += items(Label::measures, "measures", measure);
    out += facts(Label::acts, "acts", "act", "performed", act_words);
    out += items(Label::planned_visits, "planned_visits", planned);
    out += items(Label::appointments, "appointments", planned);
    out += facts(Label::visits, "visits", "visit", "starts", visit_words);
    out += facts(Label::immunizations, "immunizations", "immunization", "occurrence",
                 immunization_words);
    out += items(Label::tasks, "tasks", task);
    out += items(Label::relatives, "related_persons", relative);
    out += section(Label::consents, list(care, "consents"), s,
                   [&](const json::object& item) { return decision("consent", item, s); });
    return out + section(Label::communications, list(care, "communications"), s,
                         [&](const json::object& item) {
                             return fact("communication", item, "sent", s,
                                         [&](const json::value& value) {
                                             return communication_words(value, s);
                                         }) +
                                    readers(item, s);
                         });
}

}  // namespace kari::app
