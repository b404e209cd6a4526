// SPDX-License-Identifier: Apache-2.0
//
// The ledger as a nurse reads it.
#include <algorithm>
#include <map>

#include "sdk/base/id.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/same_drug.hpp"
#include "sdk/clinical/stock.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/stock.hpp"
#include "sdk/device/views.hpp"

namespace kari {

namespace device {
namespace {

std::string_view standing_word(chart::CheckStanding standing) {
    switch (standing) {
        case chart::CheckStanding::holds:
            return "holds";
        case chart::CheckStanding::same_person:
            return "same-person";
        case chart::CheckStanding::out_of_time:
            return "out-of-time";
        case chart::CheckStanding::stale:
            break;
    }
    return "stale";
}

using Acts = std::map<ResourceId, std::vector<const chart::GroupResource*>>;

Acts witnesses_in(const chart::Group& ledger) {
    Acts out;
    for (const auto& resource : ledger.resources) {
        for (const ResourceId& event : chart::witnessed_by(resource))
            out[event].push_back(&resource);
    }
    return out;
}

std::string local_time(const Session& session, Instant at) {
    const auto local = base::in_zone(at, zone_of(session));
    return local ? base::fhir_date_time(*local) : std::string();
}

void add_said(const Session& session, const v1::StockMovement& said, StockEventItem& item) {
    item.act = clinical::stock_code(said.act());
    item.quantity = quantity(said.quantity());
    item.amount = clinical::amount_words(said.quantity(), spoken(session.language));
    item.lot = said.lot();
    item.incident = said.incident();
    item.other_party = said.other_party();
    item.administration =
        base::from_bytes<ResourceId>(said.administration()).value_or(ResourceId{});
    item.transfer = base::from_bytes<ResourceId>(said.transfer()).value_or(ResourceId{});
    for (const auto& note : said.note())
        item.notes.push_back(note.text());
    for (const auto& one : said.override())
        item.overrides.push_back({one.rule(), one.reason()});
}

// One account on its way to a screen.
class AccountMaker {
public:
    AccountMaker(const Session& session, const chart::ClockNotes& clocks, const Acts& acts,
                 const DataAge& age)
        : session_(session), clocks_(clocks), acts_(acts), age_(age) {}

    StockAccount make(const chart::StockSum& sum) const {
        StockAccount out;
        const chart::StockRow& last = sum.rows.back();
        const auto drug =
            clinical::drug_of(last.said.medication(), last.said.medication_reference());
        out.place = place_of(last.said.place());
        out.token = token_of(chart::item_of(*last.resource).version, age_);
        out.medication = coded(drug);
        out.strength = strength_words(last.said.strength());
        out.form = clinical::shown(last.said.form());
        if (const auto total = sum.total()) out.balance = Quantity{*total, sum.unit, {}};
        out.amount = balance_words(session_, sum.total(), sum.unit);
        for (std::size_t at = sum.rows.size(); at-- > 0;)
            out.events.push_back(event(sum, at));
        add_count(sum, clinical::controlled_as(drug, session_.store.pack()), out);
        return out;
    }

private:
    std::string strength_words(const v1::Ratio& said) const {
        if (!said.has_numerator()) return {};
        std::string out = clinical::amount_words(said.numerator(), spoken(session_.language));
        if (!said.has_denominator()) return out;
        v1::Quantity per = said.denominator();
        std::string words = clinical::amount_words(per, spoken(session_.language));
        if (words.rfind("1 ", 0) == 0) words.erase(0, 2);
        if (words.empty() || words == "1") return out;
        return out + "/" + words;
    }

    StockEventItem event(const chart::StockSum& sum, std::size_t at) const {
        const chart::StockRow& row = sum.rows[at];
        StockEventItem item;
        const auto version = chart::item_of(*row.resource).version;
        item.record = version.record;
        item.resource = version.resource;
        item.token = token_of(version, age_);
        item.at = local_time(session_, row.when.earliest);
        item.balance = balance_words(session_, sum.balance[at], sum.unit);
        item.said = said_of(session_, chart::authorship_of(*row.change));
        add_said(session_, row.said, item);
        item.wants_witness = clinical::needs_witness(row.said) && !row.change->from_server();
        const auto acts = acts_.find(row.resource->id);
        if (acts == acts_.end()) return item;
        for (const auto* act : acts->second) {
            const auto witness = chart::witness_of(row, *act, clocks_);
            if (!witness) continue;
            if (witness->standing == chart::CheckStanding::holds) item.wants_witness = false;
            item.witnesses.push_back({said_of(session_, chart::authorship_of(*witness->change)),
                                      std::string(standing_word(witness->standing))});
        }
        return item;
    }

    void add_count(const chart::StockSum& sum, const clinical::ControlledDrug* as,
                   StockAccount& out) const {
        Instant since = sum.rows.front().when.earliest;
        for (const chart::StockRow& row : sum.rows) {
            if (row.said.act() != v1::STOCK_ACT_COUNT) continue;
            since = std::max(since, row.when.earliest);
            out.last_count = local_time(session_, since);
        }
        if (as == nullptr) return;
        out.group = as->group;
        const Instant due = since + Duration::hours(24L * as->count_days);
        out.count_due = local_time(session_, due).substr(0, 10);
        out.count_overdue = due < best_now(session_.platform, session_.settings);
    }

    const Session& session_;
    const chart::ClockNotes& clocks_;
    const Acts& acts_;
    const DataAge& age_;
};

Result<StockLedger> read(Session& session, const RecordId& record) {
    if (auto opened = require_opened(session, record); !opened) {
        return tl::unexpected(opened.error());
    }
    if (auto reviewed = review_owed(session); !reviewed) return tl::unexpected(reviewed.error());
    const auto group = session.store.ledger(record);
    if (!group) return tl::unexpected(group.error());
    StockLedger out;
    out.record = record;
    out.age = data_age(session, group->records);
    out.whole = chart::all_is_here(*group);
    const chart::ClockNotes clocks(*group);
    const Acts acts = witnesses_in(*group);
    const AccountMaker maker(session, clocks, acts, out.age);
    for (const auto& sum : chart::sums_of(*group, clocks))
        out.accounts.push_back(maker.make(sum));
    std::stable_sort(out.accounts.begin(), out.accounts.end(),
                     [](const StockAccount& a, const StockAccount& b) {
                         return a.medication.text < b.medication.text;
                     });
    return out;
}

}  // namespace
}  // namespace device

Result<StockLedger> Care::stock_ledger(const RecordId& record) {
    return core_->run([&](device::Session& session) { return device::read(session, record); });
}

}  // namespace kari
