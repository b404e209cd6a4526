// SPDX-License-Identifier: Apache-2.0
//
// The ledger of controlled drugs: reading it, and what came in, went out or was counted.
#include "examples/kari/commands/parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::size_t k_events_shown = 10;

Answer stock(Tablet& tablet, const Arguments& args) {
    return with_chart(tablet, args, [&](Device& d, const ChartView& view) -> Answer {
        Answer out = told(d.care().stock_ledger(args.record()));
        if (out) add_citizen(*out, view);
        return out;
    });
}

template <StockAct act>
Answer record(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.care().record_stock(args.stock(act))); });
}

Answer witness(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.care().witness_stock(args.token(), args.text_or("note")));
    });
}

std::string place_words(const json::object& place, const Screen& s) {
    const std::string name = text(place, "name");
    return s.term("stock at " + text(place, "kind")) + (name.empty() ? "" : " " + name);
}

std::string account_words(const json::object& account, const Screen& s) {
    std::string out = text(part(account, "medication"), "text");
    for (const char* key : {"strength", "form"}) {
        if (const std::string said = text(account, key); !said.empty()) out += ", " + said;
    }
    if (const std::string group = text(account, "group"); !group.empty()) out += " (" + group + ")";
    const std::string amount = text(account, "amount");
    return out + ", " + place_words(part(account, "place"), s) + ": " +
           (amount.empty() ? s.toned(Tone::stop, s(Label::stock_unknown)) : amount);
}

std::string count_words(const json::object& account, const Screen& s) {
    const std::string last = text(account, "last_count");
    std::string out = last.empty() ? s(Label::never_counted) : s(Label::last_counted, s.when(last));
    const std::string due = text(account, "count_due");
    if (due.empty()) return s.below(out);
    if (!flag(account, "count_overdue")) return s.below(out + s(Label::count_due, s.date(due)));
    return s.below(out) + s.below(s.toned(Tone::warn, "! " + s(Label::count_was_due, s.date(due))));
}

std::string event_words(const json::object& event, const Screen& s) {
    std::string out = s.when(text(event, "at")) + "  " + s.term("stock " + text(event, "act")) +
                      " " + text(event, "amount");
    if (const std::string left = text(event, "balance"); !left.empty()) {
        out += s(Label::stock_after, left);
    }
    if (const std::string who = text(event, "person_name"); !who.empty()) out += "; " + who;
    for (const json::value& one : list(event, "witnesses")) {
        if (text(one.as_object(), "standing") != "holds") continue;
        out += s(Label::seen_by, text(one.as_object(), "person_name"));
    }
    const std::pair<const char*, Label> more[] = {{"lot", Label::of_lot},
                                                  {"other_party", Label::other_party},
                                                  {"incident", Label::of_incident}};
    for (const auto& [key, words] : more) {
        if (const std::string said = text(event, key); !said.empty()) out += "; " + s(words, said);
    }
    for (const json::value& one : list(event, "notes")) {
        if (one.is_string()) out += " (" + safe(one.get_string()) + ")";
    }
    for (const json::value& one : list(event, "overrides"))
        out += " (" + text(one.as_object(), "reason") + ")";
    return out;
}

std::string show(const json::object& answer, const Screen& s) {
    std::string out = banner(answer, s) + s.heading(s(Label::stock_heading));
    if (!flag(answer, "whole")) out += wrapped(s.toned(Tone::warn, s(Label::stock_not_whole)), 2);
    if (list(answer, "accounts").empty()) out += wrapped(s(Label::no_stock), 2);
    for (const json::value& one : list(answer, "accounts")) {
        const json::object& account = one.as_object();
        out += s.item("stock", account, account_words(account, s)) + count_words(account, s);
        std::size_t shown = 0;
        for (const json::value& each : list(account, "events")) {
            if (shown++ == k_events_shown) break;
            const json::object& event = each.as_object();
            out += s.item("stock_event", event, event_words(event, s));
            if (flag(event, "wants_witness")) {
                out += s.below(s.toned(Tone::warn, "! " + s(Label::wants_witness)));
            }
        }
        const std::size_t all = list(account, "events").size();
        if (all > k_events_shown) out += s.below(s(Label::more_items, all - k_events_shown));
    }
    return out + wrapped("-> " + s(Label::stock_next), 3);
}

std::string show_event(const json::object& answer, const Screen& s) {
    return written(answer, s, "stock_event");
}

constexpr std::string_view k_drugs = "stock stock_event order";

Command recording(std::string_view name, Label help, std::string_view example,
                  Answer (*run)(Tablet&, const Arguments&), std::string_view kinds,
                  std::vector<Parameter> own) {
    Command out{.name = name,
                .group = Group::charting,
                .help = help,
                .example = example,
                .writes = true,
                .parameters = {item_of(kinds)},
                .run = run,
                .show = show_event};
    for (const Parameter& one : own)
        out.parameters.push_back(one);
    for (const Parameter& one :
         {Parameter{"place", Label::arg_place}, Parameter{"lot", Label::arg_lot}, k_effective,
          k_note, Parameter{"overrides", Label::arg_overrides, Typed::override_}}) {
        out.parameters.push_back(one);
    }
    return out;
}

}  // namespace

std::vector<Command> stock_commands() {
    const Parameter amount{"amount", Label::arg_amount, Typed::quantity, true};
    const Parameter part{"amount", Label::arg_amount, Typed::quantity};
    const Parameter party{"other_party", Label::arg_other_party};
    return {
        {.name = "stock",
         .group = Group::reading,
         .help = Label::help_stock,
         .example = "stock 112x",
         .parameters = {k_record, k_purpose, k_why_read},
         .run = stock,
         .show = show},
        recording("stock_receive", Label::help_stock_receive,
                  "stock receive 18v --amount \"10 ampoule\" --other-party pharmacy",
                  record<StockAct::receive>, k_drugs, {amount, party}),
        recording("stock_issue", Label::help_stock_issue, "stock issue 21s --amount \"2 ampoule\"",
                  record<StockAct::issue>, k_drugs, {amount, party}),
        recording("stock_waste", Label::help_stock_waste,
                  "stock waste 21s --amount \"1 ampoule\" --note \"it broke\"",
                  record<StockAct::waste>, "stock stock_event order dose_given", {amount}),
        recording("stock_return", Label::help_stock_return,
                  "stock return 21s --amount \"3 ampoule\"", record<StockAct::return_>, k_drugs,
                  {amount, party}),
        recording("stock_move", Label::help_stock_move,
                  "stock move 21s --amount \"2 ampoule\" --to car:2",
                  record<StockAct::transfer_out>, k_drugs,
                  {amount, Parameter{"to", Label::arg_to_place}}),
        recording("stock_take", Label::help_stock_take, "stock take 22s --place person",
                  record<StockAct::transfer_in>, "stock_event", {part}),
        recording("stock_count", Label::help_stock_count, "stock count 21s --amount 9",
                  record<StockAct::count>, k_drugs, {amount}),
        recording("stock_adjust", Label::help_stock_adjust,
                  "stock adjust 21s --amount -1 --incident A-2026-17", record<StockAct::adjust>,
                  k_drugs, {amount, Parameter{"incident", Label::arg_incident}}),
        recording("stock_dose", Label::help_stock_dose, "stock dose 19w --place office",
                  record<StockAct::administer>, "dose_given", {part}),
        {.name = "stock_witness",
         .group = Group::charting,
         .help = Label::help_stock_witness,
         .example = "stock witness 22s",
         .writes = true,
         .parameters = {item_of("stock_event"), k_note},
         .run = witness,
         .show = named<"act">}};
}

}  // namespace kari::app
