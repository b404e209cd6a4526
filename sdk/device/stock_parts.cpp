// SPDX-License-Identifier: Apache-2.0
//
// What the acts of the ledger have in common: places, what is asked, how it is written.
#include <algorithm>
#include <map>

#include "sdk/base/id.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/second_person.hpp"
#include "sdk/clinical/stock.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/device/stock.hpp"
#include "sdk/device/warnings.hpp"

namespace kari::device {

namespace {

v1::StockPlaceKind kind_of(StockPlaceKind kind) {
    switch (kind) {
        case StockPlaceKind::patient_home:
            return v1::STOCK_PLACE_KIND_PATIENT_HOME;
        case StockPlaceKind::car:
            return v1::STOCK_PLACE_KIND_CAR;
        case StockPlaceKind::person:
            return v1::STOCK_PLACE_KIND_PERSON;
        case StockPlaceKind::office:
            break;
    }
    return v1::STOCK_PLACE_KIND_OFFICE;
}

// An account while events are added to it that are not written yet.
struct Running {
    chart::StockSum sum;
    std::optional<Decimal> left;
};

void ask_about_count(const Session& session, const Running& account, const v1::StockMovement& said,
                     std::vector<DoseWarning>& out) {
    const auto found = clinical::amount_in(said.quantity(), account.sum.unit, said.strength());
    if (!found || !account.left) {
        out.push_back(warning(session, "entry/stock-unit-unknown", 2));
    } else if (!found->same_value(*account.left)) {
        out.push_back(warning(session, "entry/stock-count-differs", 1));
        out.back().sentence += ": " + balance_words(session, account.left, account.sum.unit);
    }
}

void ask_about_amount(const Session& session, Running& account, const v1::StockMovement& said,
                      std::vector<DoseWarning>& out) {
    const auto before = account.left;
    const auto sign = clinical::stock_sign(said.act());
    const auto amount = clinical::amount_in(said.quantity(), account.sum.unit, said.strength());
    if (!amount || !before || !sign) {
        account.left.reset();
        out.push_back(warning(session, "entry/stock-unit-unknown", 2));
        return;
    }
    account.left = *sign < 0 ? *before - *amount : *before + *amount;
    if (!account.left->negative() || account.left->zero()) return;
    out.push_back(warning(session, "entry/stock-below-zero", 1));
    out.back().sentence += ": " + balance_words(session, before, account.sum.unit);
}

}  // namespace

v1::StockPlace stock_place(const Session& session, const StockPlace& place) {
    v1::StockPlace out;
    out.set_kind(kind_of(place.kind));
    out.set_name(place.name);
    if (place.kind == StockPlaceKind::person && place.name.empty()) {
        out.set_name(session.nurse.name);
    }
    return out;
}

StockPlace place_of(const v1::StockPlace& place) {
    StockPlace out;
    out.name = place.name();
    switch (place.kind()) {
        case v1::STOCK_PLACE_KIND_PATIENT_HOME:
            out.kind = StockPlaceKind::patient_home;
            break;
        case v1::STOCK_PLACE_KIND_CAR:
            out.kind = StockPlaceKind::car;
            break;
        case v1::STOCK_PLACE_KIND_PERSON:
            out.kind = StockPlaceKind::person;
            break;
        default:
            out.kind = StockPlaceKind::office;
            break;
    }
    return out;
}

Movement movement_of(const Session& session, v1::StockAct act, const v1::StockPlace& place,
                     const Happened& when) {
    Movement out{random_id<ResourceId>(*session.platform.entropy), {}};
    out.said.set_act(act);
    *out.said.mutable_place() = place;
    out.said.set_effective(when.text);
    set_performer(session, *out.said.mutable_performer());
    return out;
}

chart::StockSum account_of(const chart::Group& ledger, const v1::StockMovement& said) {
    const std::string key = clinical::account_key(said);
    const chart::ClockNotes clocks(ledger);
    std::vector<chart::StockRow> rows;
    for (const auto& resource : ledger.resources) {
        auto row = chart::stock_row(resource, clocks);
        if (row && row->account == key) rows.push_back(std::move(*row));
    }
    auto out = chart::sum_of(std::move(rows));
    if (out.rows.empty()) out.unit = clinical::meant_unit(said.quantity());
    return out;
}

std::string balance_words(const Session& session, const std::optional<Decimal>& balance,
                          const std::string& unit) {
    if (!balance) return {};
    v1::Quantity said;
    said.set_value(balance->text());
    said.set_code(unit);
    return clinical::amount_words(said, spoken(session.language));
}

void add_movement_warnings(const Session& session, const chart::Group& ledger,
                           const std::vector<Movement>& movements, std::vector<DoseWarning>& out) {
    std::map<std::string, Running> accounts;
    bool witness = false;
    const bool whole = chart::all_is_here(ledger);
    if (!whole && !movements.empty()) {
        out.push_back(warning(session, "entry/stock-not-whole", 2));
    }
    for (const Movement& movement : movements) {
        const v1::StockMovement& said = movement.said;
        const auto known = accounts.find(clinical::account_key(said));
        if (known == accounts.end()) {
            auto sum = account_of(ledger, said);
            auto left = sum.total();
            accounts[clinical::account_key(said)] = {std::move(sum), std::move(left)};
        }
        Running& account = accounts[clinical::account_key(said)];
        if (!whole) {
            // That is asked: no sum of a part is compared with anything.
        } else if (said.act() == v1::STOCK_ACT_COUNT) {
            ask_about_count(session, account, said, out);
        } else {
            ask_about_amount(session, account, said, out);
        }
        if (said.act() == v1::STOCK_ACT_ADJUST && clinical::folded(said.incident()).empty()) {
            out.push_back(warning(session, "entry/stock-incident-missing", 2));
        }
        witness = witness || clinical::needs_witness(said);
    }
    if (witness) out.push_back(warning(session, clinical::k_witness_missing, 2));
}

void add_stock_overrides(const std::vector<Override>& overrides, Movement& movement) {
    for (const Override& one : overrides) {
        if (one.rule.rfind("entry/stock-", 0) != 0) continue;
        v1::Override* stated = movement.said.add_override();
        stated->set_rule(one.rule);
        stated->set_reason(one.rule == clinical::k_witness_missing
                               ? clinical::waiver(one.reason).value_or(one.reason)
                               : one.reason);
    }
}

std::vector<Act> acts_of(const RecordId& record, const std::vector<Movement>& movements,
                         const Happened& when, std::optional<std::uint64_t> age_ms,
                         std::vector<v1::StockEvent>& messages) {
    messages.clear();
    messages.reserve(movements.size());
    std::vector<Act> out;
    for (const Movement& movement : movements) {
        *messages.emplace_back().mutable_event() = movement.said;
        Act act;
        act.record = record;
        act.resource = movement.id;
        act.kind = v1::KIND_STOCK_EVENT;
        act.message = &messages.back();
        act.effective = when.interval;
        act.age_ms = age_ms;
        out.push_back(std::move(act));
    }
    return out;
}

}  // namespace kari::device
