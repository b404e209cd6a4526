// SPDX-License-Identifier: Apache-2.0
//
// All that is known of a citizen, by time.
#include <algorithm>

#include "examples/kari/care_screens.hpp"
#include "examples/kari/commands/parts.hpp"
#include "examples/kari/statements.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_page = 20;

// Where a chart's answer holds items of a kind, and where each has its value and its time. An
// empty `time`: when it was recorded.
struct Source {
    std::string_view kind;
    const char* list;
    const char* field;
    const char* time;
};
constexpr Source k_sources[] = {
    {"dose", "administrations", "statement", "effective"},
    {"observation", "observations", "statement", "effective"},
    {"note", "notes", "document", "date"},
    {"allergy", "allergies", "code", ""},
    {"order", "orders", "prescription", ""},
    {"problem", "problems", "code", ""},
    {"measure", "measures", "what", ""},
    {"act", "acts", "statement", "performed"},
    {"visit", "visits", "statement", "starts"},
    {"immunization", "immunizations", "statement", "occurrence"},
    {"communication", "communications", "statement", "sent"},
};
constexpr std::string_view k_kinds =
    "dose observation note allergy order problem measure act visit immunization communication";

const Source* source_of(std::string_view kind) {
    const auto* found = std::find_if(std::begin(k_sources), std::end(k_sources),
                                     [&](const Source& one) { return one.kind == kind; });
    return found == std::end(k_sources) ? nullptr : found;
}

// The time of an item: of what it is about, else of who wrote last.
std::string time_of(const Source& source, const json::object& item) {
    const json::object& field = part(item, source.field);
    std::string out;
    if (*source.time != '\0') out = text(part(field, "value"), source.time);
    for (const char* key : {"live", "proposed"}) {
        if (!out.empty()) break;
        for (const json::value& live : list(field, key))
            out = std::max(out, text(live.as_object(), "recorded"));
    }
    return out;
}

Answer timeline(Tablet& tablet, const Arguments& args) {
    const std::string wanted = args.text_or("kind");
    const std::size_t page = args.count("page", 1);
    return with_chart(tablet, args, [&](Device&, const ChartView& view) -> Answer {
        const json::object chart = answer(view);
        std::vector<std::pair<std::int64_t, json::object>> all;
        for (const Source& source : k_sources) {
            if (!wanted.empty() && wanted != source.kind) continue;
            const json::object& holder = chart.contains(source.list) ? chart : part(chart, "care");
            for (const json::value& one : list(holder, source.list)) {
                const std::string time = time_of(source, one.as_object());
                all.emplace_back(
                    moment_ms(time),
                    json::object{{"kind", source.kind}, {"time", time}, {"item", one}});
            }
        }
        std::stable_sort(all.begin(), all.end(),
                         [](const auto& a, const auto& b) { return a.first > b.first; });
        json::array items;
        for (std::size_t at = (page - 1) * k_page; at < std::min(all.size(), page * k_page); ++at)
            items.push_back(std::move(all[at].second));
        json::object out{{"items", std::move(items)},
                         {"all", all.size()},
                         {"page", page},
                         {"pages", std::max<std::size_t>(1, (all.size() + k_page - 1) / k_page)}};
        add_reach(out, view);
        add_citizen(out, view);
        return out;
    });
}

Say say_of(std::string_view kind, const Screen& s) {
    if (kind == "dose") {
        return [&s](const json::value& value) {
            return dose_words(value, s);
        };
    }
    if (kind == "observation") {
        return [&s](const json::value& value) {
            return measurement_words(value, s);
        };
    }
    if (kind == "visit")
        return [&s](const json::value& value) {
            return visit_words(value, s);
        };
    if (kind == "immunization") {
        return [&s](const json::value& value) {
            return immunization_words(value, s);
        };
    }
    if (kind == "act")
        return [&s](const json::value& value) {
            return act_words(value, s);
        };
    if (kind == "communication") {
        return [&s](const json::value& value) {
            return communication_words(value, s);
        };
    }
    if (kind == "order") {
        return [&s](const json::value& value) {
            return prescription_words(value, s);
        };
    }
    return [](const json::value& value) {
        if (!value.is_object()) return std::string("-");
        const json::object& said = value.get_object();
        const std::string title = text(said, "title");
        return title + (title.empty() ? "" : ": ") + text(said, "text");
    };
}

std::string entry(const json::object& one, const Screen& s) {
    const std::string kind = text(one, "kind");
    const Source* source = source_of(kind);
    const json::object& item = part(one, "item");
    const json::object& field = part(item, source == nullptr ? "" : source->field);
    const json::value* value = value_at(field, "value");
    const Say say = say_of(kind, s);
    std::string said =
        value != nullptr ? say(*value) : s.toned(Tone::warn, s(Label::not_cleared_up));
    const json::array& live = list(field, "live");
    if (live.size() == 1) said += " (" + author(live.front().as_object(), s) + ")";
    return beside({{2, s.name(kind == "dose" ? "dose_given" : kind, text(item, "token"))},
                   {k_item_column, s.when(text(one, "time"))},
                   {26, s.term(kind)},
                   {38, said}}) +
           s.token(item) + contested(field, s, say) + proposed(field, s, say) +
           reservations(item, s);
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = banner(answer, s) + missing(answer, s);
    out += "\n";
    if (list(answer, "items").empty()) out += s.none();
    for (const json::value& one : list(answer, "items"))
        out += entry(one.as_object(), s);
    return out + "\n" +
           wrapped(s(Label::page_of, number(answer, "page"), number(answer, "pages"),
                     number(answer, "all")),
                   2) +
           left_out(answer, s);
}

}  // namespace

std::vector<Command> timeline_commands() {
    return {{.name = "timeline",
             .group = Group::reading,
             .help = Label::help_timeline,
             .example = "timeline 12p --kind observation --page 2",
             .parameters = {k_record,
                            {"kind", Label::arg_kind, Typed::choice, false, false, k_kinds},
                            {"page", Label::arg_page, Typed::number},
                            k_purpose,
                            k_why_read},
             .run = timeline,
             .show = show}};
}

}  // namespace kari::app
