// SPDX-License-Identifier: Apache-2.0
//
// The ledger of controlled drugs, and what is typed of it.
#include <array>
#include <utility>

#include "examples/kari/answer_parts.hpp"
#include "examples/kari/arguments.hpp"
#include "examples/kari/stock_acts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

constexpr std::array<std::pair<std::string_view, StockPlaceKind>, 4> k_places{{
    {"home", StockPlaceKind::patient_home},
    {"office", StockPlaceKind::office},
    {"car", StockPlaceKind::car},
    {"person", StockPlaceKind::person},
}};

json::object place_value(const StockPlace& place) {
    for (const auto& [word, kind] : k_places) {
        if (kind == place.kind) return {{"kind", std::string(word)}, {"name", place.name}};
    }
    return {};
}

json::object event_of(const StockEventItem& event) {
    json::array witnesses;
    for (const CheckItem& one : event.witnesses) {
        json::object said = value_of(one.said);
        said["standing"] = one.standing;
        witnesses.push_back(std::move(said));
    }
    json::array overrides;
    for (const OverrideItem& one : event.overrides)
        overrides.push_back(json::object{{"rule", one.rule}, {"reason", one.reason}});
    json::object out = value_of(event.said);
    out["record"] = event.record.text();
    out["resource"] = event.resource.text();
    out["token"] = event.token.text;
    out["act"] = event.act;
    out["quantity"] = value_of(event.quantity);
    out["amount"] = event.amount;
    out["balance"] = event.balance;
    out["at"] = event.at;
    out["lot"] = event.lot;
    out["incident"] = event.incident;
    out["other_party"] = event.other_party;
    out["administration"] = id_text(event.administration);
    out["transfer"] = id_text(event.transfer);
    out["notes"] = texts(event.notes);
    out["overrides"] = std::move(overrides);
    out["wants_witness"] = event.wants_witness;
    out["witnesses"] = std::move(witnesses);
    return out;
}

}  // namespace

json::object answer(const StockLedger& ledger) {
    json::array accounts;
    for (const StockAccount& account : ledger.accounts) {
        json::array events;
        for (const StockEventItem& event : account.events)
            events.push_back(event_of(event));
        accounts.push_back(json::object{{"place", place_value(account.place)},
                                        {"token", account.token.text},
                                        {"medication", value_of(account.medication)},
                                        {"strength", account.strength},
                                        {"form", account.form},
                                        {"group", account.group},
                                        {"balance", value_of(account.balance)},
                                        {"amount", account.amount},
                                        {"last_count", account.last_count},
                                        {"count_due", account.count_due},
                                        {"count_overdue", account.count_overdue},
                                        {"events", std::move(events)}});
    }
    return {{"record", ledger.record.text()},
            {"whole", ledger.whole},
            {"accounts", std::move(accounts)}};
}

std::optional<StockAct> stock_act_of(std::string_view command) {
    constexpr std::array<std::pair<std::string_view, StockAct>, 9> k_acts{{
        {"stock_receive", StockAct::receive},
        {"stock_issue", StockAct::issue},
        {"stock_waste", StockAct::waste},
        {"stock_return", StockAct::return_},
        {"stock_move", StockAct::transfer_out},
        {"stock_take", StockAct::transfer_in},
        {"stock_count", StockAct::count},
        {"stock_adjust", StockAct::adjust},
        {"stock_dose", StockAct::administer},
    }};
    for (const auto& [name, act] : k_acts) {
        if (name == command) return act;
    }
    return std::nullopt;
}

std::optional<StockPlace> Arguments::place(std::string_view key) const {
    const std::string said = text_or(key);
    if (said.empty()) return std::nullopt;
    const auto colon = said.find(':');
    const std::string_view word = std::string_view(said).substr(0, colon);
    for (const auto& [known, kind] : k_places) {
        if (known == word) {
            return StockPlace{kind, colon == std::string::npos ? "" : said.substr(colon + 1)};
        }
    }
    throw BadArgument(Label::wrong_choice, key, k_place_words);
}

std::optional<DoseStock> Arguments::dose_stock() const {
    const auto from = place("from");
    if (!from) {
        // What is said of a stock that is not named would be written nowhere.
        if (!text_or("lot").empty() || quantity("taken") || quantity("wasted")) {
            throw BadArgument(Label::wrong_choice_missing, "from", k_place_words);
        }
        return std::nullopt;
    }
    return DoseStock{*from, text_or("lot"), quantity("taken"), quantity("wasted")};
}

StockEntry Arguments::stock(StockAct act) const {
    StockEntry out;
    out.act = act;
    out.token = token();
    out.place = place("place");
    out.to = place("to");
    out.quantity = quantity("amount");
    out.lot = text_or("lot");
    out.incident = text_or("incident");
    out.other_party = text_or("other_party");
    out.at = time("effective");
    out.note = text_or("note");
    out.overrides = overrides();
    return out;
}

}  // namespace kari::app
