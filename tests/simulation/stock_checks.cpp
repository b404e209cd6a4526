// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/stock_checks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "tests/simulation/stock_laws.hpp"

namespace kari::sim {
namespace {

const Access k_checking{Purpose::treatment, "checking"};

// Nobody's clock was ever set wrong: then wall clocks tell what was before what.
bool clocks_were_right(const World& world) {
    return !world.tally.contains("fault: clock jump");
}

bool lacks_a_linked_one(const ChartView& chart) {
    return std::any_of(chart.missing.begin(), chart.missing.end(),
                       [](const auto& part) { return part.what.starts_with("linked record"); });
}

class Checker {
public:
    // `whole`: no linked record is elsewhere. Else nothing can be told of sums.
    Checker(World& world, Tablet& tablet, StockBooks books,
            const std::vector<FindingItem>& findings, bool whole, Arrived arrived)
        : world_(world),
          where_(tablet.name()),
          books_(std::move(books)),
          by_time_(clocks_were_right(world)),
          whole_(whole),
          arrived_(arrived) {
        for (const FindingItem& one : findings)
            found_[one.rule].insert(one.resources.begin(), one.resources.end());
    }

    void check(const StockLedger& shown) {
        for (const auto& [account, events] : books_.accounts) {
            check_shown(account, events, shown);
            for (const StockRead& one : events)
                check_alone(one);
            const bool clear = std::all_of(events.begin(), events.end(),
                                           [](const auto& one) { return one.clear; });
            if (clear && whole_) check_sum(events);
        }
        if (whole_) check_transfers();
        check_doses();
    }

private:
    bool has(const char* rule, const ResourceId& resource) const {
        const auto known = found_.find(rule);
        return known != found_.end() && known->second.contains(resource);
    }

    void expect(std::optional<bool> wanted, bool found, const char* rule, const ResourceId& about) {
        if (!wanted || (!*wanted && arrived_ != Arrived::all)) return;
        ++world_.tally[std::string(rule) + (*wanted ? ": asked for" : ": not to be")];
        if (*wanted == found) return;
        world_.violation(fmt::format("{} has {} finding {} of {}", where_, found ? "a" : "no", rule,
                                     about.text()));
    }
    void expect(std::optional<bool> wanted, const char* rule, const ResourceId& about) {
        expect(wanted, has(rule, about), rule, about);
    }

    // Every event is shown, no other, and what it comes to.
    void check_shown(const std::string& key, const StockReads& events, const StockLedger& shown) {
        std::set<ResourceId> here;
        const StockAccount* account = nullptr;
        for (const StockAccount& one : shown.accounts) {
            if (account_of(kind_of(one.place.kind), one.place.name, one.medication.code) != key)
                continue;
            account = &one;
            for (const StockEventItem& item : one.events)
                here.insert(item.resource);
        }
        Decimal sum;
        bool clear = true;
        for (const StockRead& one : events) {
            clear = clear && one.clear;
            sum = sum + one.moved();
            if (!one.clear || here.contains(one.resource)) continue;
            world_.violation(where_ + " leaves an event out of the ledger: " + one.resource.text());
        }
        if (!clear || account == nullptr) return;
        ++world_.tally["stock: accounts added up"];
        if (here.size() != events.size()) {
            world_.violation(where_ + " shows an event of the ledger that nobody wrote: " + key);
        }
        if (account->balance && account->balance->value.same_value(sum)) return;
        world_.violation(fmt::format("{} says that {} of {} are there: {} are", where_,
                                     account->balance ? account->balance->value.text() : "?", key,
                                     sum.text()));
    }

    void check_alone(const StockRead& one) {
        if (!one.clear) return;
        expect(unwitnessed(books_, one, by_time_), "stock/witness-missing", one.resource);
        expect(one.is(v1::STOCK_ACT_ADJUST) && one.said.incident().empty(),
               "stock/adjust-without-incident", one.resource);
    }

    void check_sum(const StockReads& events) {
        const bool found = std::any_of(events.begin(), events.end(), [&](const auto& one) {
            return has("stock/negative-balance", one.resource);
        });
        expect(was_below_nothing(events, by_time_), found, "stock/negative-balance",
               events.front().resource);
        for (const StockRead& one : events) {
            expect(false, "stock/cannot-add-up", one.resource);
            if (!one.is(v1::STOCK_ACT_COUNT)) continue;
            // No other count is an input of its finding.
            expect(counted_otherwise(events, one, by_time_), "stock/count-differs", one.resource);
        }
    }

    void check_transfers() {
        std::map<std::string, std::vector<const StockRead*>> transfers;
        std::set<std::string> doubted;
        for (const auto& [account, events] : books_.accounts) {
            for (const StockRead& one : events) {
                if (one.said.transfer().empty()) continue;
                transfers[one.said.transfer()].push_back(&one);
                if (!one.clear) doubted.insert(one.said.transfer());
            }
        }
        for (const auto& [transfer, halves] : transfers) {
            if (doubted.contains(transfer)) continue;
            for (const StockRead* one : halves)
                expect(uneven(halves), "stock/transfer-uneven", one->resource);
        }
    }

    void check_doses() {
        std::map<ResourceId, std::vector<const StockRead*>> used;
        for (const auto& [account, events] : books_.accounts) {
            for (const StockRead& one : events) {
                if (one.is(v1::STOCK_ACT_ADMINISTER)) used[one.dose()].push_back(&one);
            }
        }
        for (const auto& [id, dose] : books_.doses) {
            const auto& events = used[id];
            expect(lacks_event(dose, events), "stock/dose-without-event", id);
            expect(differs(dose, events), "stock/dose-differs", id);
        }
    }

    World& world_;
    std::string where_;
    StockBooks books_;
    bool by_time_;
    bool whole_;
    Arrived arrived_;
    std::map<std::string, std::set<ResourceId>> found_;
};

}  // namespace

void check_stock(World& world, Tablet& tablet, const RecordId& record, const Logs& held,
                 Arrived arrived) {
    const auto chart = tablet->open_chart(record, k_checking);
    if (!chart) return world.check_error(tablet, "chart", chart.error());
    StockBooks books = read_books(world, held, chart->group);
    if (books.accounts.empty()) return;
    const auto findings = tablet->findings(record);
    if (!findings) return world.check_error(tablet, "findings", findings.error());
    const auto shown = tablet->care().stock_ledger(record);
    if (!shown) return world.check_error(tablet, "ledger", shown.error());
    if (shown->whole && lacks_a_linked_one(*chart))
        world.violation(tablet.name() + " takes a part of a ledger for all of it");
    // One that left the caseload is shown to whoever asks for it, and to none of the others.
    bool whole = true;
    for (const RecordId& member : chart->group) {
        const auto of_member = tablet->open_chart(member, k_checking);
        if (!of_member) return world.check_error(tablet, "chart", of_member.error());
        whole = whole && !lacks_a_linked_one(*of_member);
    }
    Checker(world, tablet, std::move(books), *findings, whole, arrived).check(*shown);
}

void check_stock_as_said(World& world, const std::string& where, const Logs& logs) {
    for (const auto& [record, log] : logs) {
        for (const auto& [account, events] : read_books(world, logs, {record}).accounts) {
            for (const StockRead& one : events) {
                const ChangeId& id = one.written.change;
                const auto note = world.stock.find(id);
                const auto entry = world.ledger.entries().find(id);
                if (note == world.stock.end()) {
                    // Of a call that came to no end nobody was told.
                    const bool told = entry != world.ledger.entries().end() && entry->second.told;
                    if (one.clear && told)
                        world.violation(where + " has an event of the ledger that nobody said: " +
                                        words_of(one.said));
                    continue;
                }
                ++world.tally["stock: events as they were said"];
                if (note->second.said == words_of(one.said) && note->second.record == record &&
                    (note->second.dose.is_zero() || note->second.dose == one.dose())) {
                    continue;
                }
                world.violation(fmt::format("{} has an event of the ledger as {}; {} was said",
                                            where, words_of(one.said), note->second.said));
            }
        }
    }
}

void check_stock_with_doses(World& world, Tablet& tablet, const RecordId& record,
                            const ReadLog& log) {
    if (world.may_fork.contains(tablet->incarnation())) return;
    const std::string own = base::to_bytes(tablet->incarnation());
    const StockBooks books = read_books(world, {{record, log}}, {record});
    std::set<ResourceId> used;
    for (const auto& [account, events] : books.accounts) {
        for (const StockRead& one : events)
            used.insert(one.dose());
    }
    for (const auto& [id, dose] : books.doses) {
        if (dose.all.empty() || !dose.all.front().written.clock.starts_with(own)) continue;
        if (!dose.clear || !kept_by_us(dose.all.front().said.taken_from())) continue;
        ++world.tally["stock: doses with their events"];
        if (used.contains(id)) continue;
        world.violation(tablet.name() +
                        " has a dose without what it took out of the ledger: " + id.text());
    }
}

}  // namespace kari::sim
