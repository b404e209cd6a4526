// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/stock_laws.hpp"

#include <algorithm>

namespace kari::sim {
namespace {

// So far apart two tablets may take one moment, when all clocks are right: by how long an exchange
// takes, one learns what the other's clock says.
constexpr Duration k_unsure = Duration::minutes(3);
constexpr Duration k_witness_within = Duration::minutes(30);
constexpr Duration k_surely_late{k_witness_within.ms + k_unsure.ms};
constexpr Duration k_at_once = Duration::minutes(55);

bool below(const Decimal& a, const Decimal& b) {
    return a.compare(b) == std::strong_ordering::less;
}

struct Step {
    Instant at;
    bool out;
    Decimal moved;
};

// Whether the account is ever below nothing, with what came in and what went out moved in time.
bool dips(const StockReads& account, Duration ins, Duration outs) {
    std::vector<Step> steps;
    for (const StockRead& one : account) {
        const Decimal moved = one.moved();
        const bool out = below(moved, {});
        steps.push_back({one.written.wall + (out ? outs : ins), out, moved});
    }
    std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
        return std::pair(a.at, a.out) < std::pair(b.at, b.out);
    });
    Decimal sum;
    for (const Step& step : steps) {
        sum = sum + step.moved;
        if (below(sum, {})) return true;
    }
    return false;
}

Decimal sum_of(const StockReads& account) {
    Decimal sum;
    for (const StockRead& one : account)
        sum = sum + one.moved();
    return sum;
}

Duration between(const Writing& a, const Writing& b) {
    return std::max(a.wall, b.wall) - std::min(a.wall, b.wall);
}

// By a clock that nobody can set.
std::optional<Duration> by_boot(const Writing& a, const Writing& b) {
    if (a.clock != b.clock) return std::nullopt;
    return Duration{std::abs(a.boot_ms - b.boot_ms)};
}

bool says_taken(const DoseStatement& one) {
    return one.said.status() == v1::ADMINISTRATION_STATUS_COMPLETED;
}

bool same_place(const v1::StockPlace& a, const v1::StockPlace& b) {
    return account_of(a.kind(), a.name(), "") == account_of(b.kind(), b.name(), "");
}

bool of_amount(const DoseStatement& one, const StockRead& used) {
    const auto value = Decimal::parse(one.said.dose().value());
    return value && value->same_value(used.amount);
}

}  // namespace

std::optional<bool> was_below_nothing(const StockReads& account, bool by_time) {
    if (below(sum_of(account), {})) return true;
    if (!by_time) return std::nullopt;
    if (dips(account, Duration{-k_unsure.ms}, k_unsure)) return true;
    if (!dips(account, k_unsure, Duration{-k_unsure.ms})) return false;
    return std::nullopt;
}

std::optional<bool> counted_otherwise(const StockReads& account, const StockRead& count,
                                      bool by_time) {
    Decimal least;
    Decimal most;
    bool sure = by_time;
    for (const StockRead& one : account) {
        const Duration before = count.written.wall - one.written.wall;
        if (one.is(v1::STOCK_ACT_COUNT)) continue;
        if (by_time && before < Duration{-k_unsure.ms}) continue;
        const bool surely = by_time && k_unsure < before;
        sure = sure && surely;
        const Decimal moved = one.moved();
        if (surely || below(moved, {})) least = least + moved;
        if (surely || !below(moved, {})) most = most + moved;
    }
    if (below(count.amount, least) || below(most, count.amount)) return true;
    return sure ? std::optional(false) : std::nullopt;
}

std::optional<bool> unwitnessed(const StockBooks& books, const StockRead& event, bool by_time) {
    const bool wants =
        event.is(v1::STOCK_ACT_WASTE) || event.is(v1::STOCK_ACT_RETURN) ||
        event.is(v1::STOCK_ACT_COUNT) ||
        (event.is(v1::STOCK_ACT_ISSUE) && event.said.place().kind() == v1::STOCK_PLACE_KIND_OFFICE);
    if (!wants) return false;
    if (books.doubted.contains(event.resource)) return std::nullopt;
    const auto known = books.witnesses.find(event.resource);
    if (known == books.witnesses.end()) return true;
    bool all_void = true;
    for (const Writing& witness : known->second) {
        if (witness.by == event.written.by) continue;
        const auto apart = by_boot(witness, event.written);
        // Within one boot nobody doubts how long it was.
        if (apart && *apart < k_witness_within) return false;
        const bool late = by_time && k_surely_late < between(witness, event.written);
        all_void = all_void && late;
    }
    return all_void ? std::optional(true) : std::nullopt;
}

bool uneven(const std::vector<const StockRead*>& halves) {
    if (halves.size() != 2) return true;
    const StockRead& a = *halves[0];
    const StockRead& b = *halves[1];
    const bool both = (a.is(v1::STOCK_ACT_TRANSFER_OUT) && b.is(v1::STOCK_ACT_TRANSFER_IN)) ||
                      (a.is(v1::STOCK_ACT_TRANSFER_IN) && b.is(v1::STOCK_ACT_TRANSFER_OUT));
    return !both || !a.amount.same_value(b.amount);
}

std::optional<bool> lacks_event(const DoseRead& dose, const std::vector<const StockRead*>& used) {
    if (!used.empty()) return false;
    if (!dose.clear || dose.all.size() != 1 || !says_taken(dose.all.front())) return std::nullopt;
    const v1::Administration& said = dose.all.front().said;
    const bool asked =
        std::any_of(said.override().begin(), said.override().end(),
                    [](const auto& one) { return one.rule() == "entry/stock-not-named"; });
    return asked || kept_by_us(said.taken_from());
}

std::optional<bool> differs(const DoseRead& dose, const std::vector<const StockRead*>& used) {
    if (used.empty()) return false;
    if (used.size() > 1) return true;
    const StockRead& one = *used.front();
    if (!one.clear || !dose.clear || dose.all.empty()) return std::nullopt;
    const bool any = std::any_of(dose.all.begin(), dose.all.end(), [&](const auto& each) {
        return says_taken(each) && of_amount(each, one);
    });
    if (!any) return true;
    const DoseStatement& first = dose.all.front();
    if (dose.all.size() == 1) {
        return first.said.has_taken_from() &&
               !same_place(first.said.taken_from(), one.said.place());
    }
    // Its giver took it back at once.
    const DoseStatement& last = dose.all.back();
    const auto apart = by_boot(first.written, last.written);
    const bool back = dose.all.size() == 2 && apart && *apart < k_at_once &&
                      first.written.by == last.written.by &&
                      last.said.status() == v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR;
    return back ? std::optional(true) : std::nullopt;
}

}  // namespace kari::sim
