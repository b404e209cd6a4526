// SPDX-License-Identifier: Apache-2.0
//
// What does not come out even in the ledger of controlled drugs. Nothing here is put right: a
// person looks at it.
#include <algorithm>
#include <map>
#include <set>

#include "sdk/base/mutant.hpp"
#include "sdk/chart/rules.hpp"
#include "sdk/chart/stock.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/intake.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/stock.hpp"

namespace kari::chart {
namespace {

using Rows = std::vector<const StockRow*>;

void find_in(Case& the_case, std::string_view rule, v1::Severity severity, const Subject& subject,
             const StockRow& row) {
    the_case.find(rule, severity, subject, {row.change->id}, {row.resource});
}

// Every dip below nothing, also one that what came later filled.
void review_balance(Case& the_case, const StockSum& sum) {
    const auto subject = Subject::account(sum.rows.front().account);
    const auto total = sum.total();
    const bool filled = KARI_MUTATED(stock_filled_is_forgotten) && total && !total->negative();
    bool told = true;
    for (std::size_t at = 0; at < sum.rows.size(); ++at) {
        if (sum.goes_below(at) && !filled) {
            find_in(the_case, "stock/negative-balance", v1::SEVERITY_S1, subject, sum.rows[at]);
        }
        if (told && !sum.balance[at]) {
            find_in(the_case, "stock/cannot-add-up", v1::SEVERITY_S2, subject, sum.rows[at]);
        }
        told = sum.balance[at].has_value();
    }
}

// What was counted, with what was recorded since the count before it: more of that opens it again.
Rows held_against(const StockSum& sum, std::size_t count) {
    const StockRow& counted = sum.rows[count];
    std::size_t from = count;
    while (from > 0 && !(sum.rows[from - 1].said.act() == v1::STOCK_ACT_COUNT &&
                         was_before(sum.rows[from - 1], counted) == true)) {
        --from;
    }
    Rows out;
    for (std::size_t at = from; at < sum.rows.size(); ++at) {
        const StockRow& row = sum.rows[at];
        const bool other_count = at != count && row.said.act() == v1::STOCK_ACT_COUNT;
        if (!other_count && was_before(counted, row) != true) out.push_back(&row);
    }
    return out;
}

// All that a finding names, or nothing of it, is examined: one whose rows are asked about in part
// is found again.
void review_count(Case& the_case, const StockSum& sum, std::size_t count) {
    const Rows rows = held_against(sum, count);
    const bool asked = std::any_of(rows.begin(), rows.end(), [&](const StockRow* row) {
        return the_case.asks(row->resource->id);
    });
    if (!asked || counts_otherwise(sum, count) != true) return;
    const auto subject = Subject::resource(sum.rows[count].resource->id);
    for (const StockRow* row : rows)
        find_in(the_case, "stock/count-differs", v1::SEVERITY_S1, subject, *row);
}

// A sum of a part is none: what a record that is not here has may be what came in.
void review_account(Case& the_case, const StockSum& sum) {
    if (!the_case.group.whole()) return;
    review_balance(the_case, sum);
    for (std::size_t at = 0; at < sum.rows.size(); ++at) {
        if (sum.rows[at].said.act() == v1::STOCK_ACT_COUNT) review_count(the_case, sum, at);
    }
}

std::string drug_alone(const StockRow& row) {
    v1::StockMovement said = row.said;
    said.clear_place();
    return clinical::account_key(said);
}

bool even(const Rows& halves) {
    if (halves.size() != 2) return false;
    const StockRow* out = halves[0];
    const StockRow* in = halves[1];
    if (out->said.act() != v1::STOCK_ACT_TRANSFER_OUT) std::swap(out, in);
    if (out->said.act() != v1::STOCK_ACT_TRANSFER_OUT ||
        in->said.act() != v1::STOCK_ACT_TRANSFER_IN || out->unclear || in->unclear ||
        drug_alone(*out) != drug_alone(*in)) {
        return false;
    }
    const std::string unit = clinical::meant_unit(out->said.quantity());
    const auto went = clinical::amount_in(out->said.quantity(), unit, out->said.strength());
    const auto came = clinical::amount_in(in->said.quantity(), unit, in->said.strength());
    return went && came && went->same_value(*came);
}

void review_transfers(Case& the_case, const std::vector<StockRow>& rows) {
    std::map<ResourceId, Rows> transfers;
    for (const StockRow& row : rows) {
        if (row.said.act() != v1::STOCK_ACT_TRANSFER_OUT &&
            row.said.act() != v1::STOCK_ACT_TRANSFER_IN) {
            continue;
        }
        const auto named = base::from_bytes<ResourceId>(row.said.transfer());
        transfers[named.value_or(row.resource->id)].push_back(&row);
    }
    for (const auto& [transfer, halves] : transfers) {
        const bool other_elsewhere = halves.size() < 2 && !the_case.group.whole();
        if (even(halves) || other_elsewhere) continue;
        for (const StockRow* row : halves) {
            find_in(the_case, "stock/transfer-uneven", v1::SEVERITY_S2, Subject::resource(transfer),
                    *row);
        }
    }
}

bool was_asked_where_from(const v1::Administration& said) {
    return std::any_of(said.override().begin(), said.override().end(),
                       [](const auto& one) { return one.rule() == clinical::k_stock_not_named; });
}

bool same_place(const v1::StockPlace& a, const v1::StockPlace& b) {
    v1::StockMovement one;
    v1::StockMovement other;
    *one.mutable_place() = a;
    *other.mutable_place() = b;
    return clinical::account_key(one) == clinical::account_key(other);
}

// Nothing: it cannot be told.
std::optional<bool> same_amount(const v1::Administration& given, const StockRow& used) {
    const std::string unit = clinical::meant_unit(given.dose());
    const auto dose = clinical::amount_in(given.dose(), unit, given.strength());
    const v1::Ratio& strength = used.said.has_strength() ? used.said.strength() : given.strength();
    const auto taken = clinical::amount_in(used.said.quantity(), unit, strength);
    if (!dose || !taken || used.unclear) return std::nullopt;
    return dose->same_value(*taken);
}

// A dose beside the events that were written for it.
void review_dose(Case& the_case, const GroupResource& dose, const Rows& used) {
    const Claims claims = claims_of(dose, the_case.clocks);
    const Claim* counts = claims.exposure();
    const auto subject = Subject::resource(dose.id);
    const auto differs = [&](v1::Severity severity) {
        std::vector<ChangeId> said;
        for (const Claim& claim : claims.all) {
            if (claim.live || &claim == counts) said.push_back(claim.change->id);
        }
        the_case.find("stock/dose-differs", severity, subject, said, {&dose});
        for (const StockRow* row : used)
            find_in(the_case, "stock/dose-differs", severity, subject, *row);
    };
    if (counts == nullptr) {
        if (!used.empty() && !KARI_MUTATED(taken_back_keeps_its_event)) differs(v1::SEVERITY_S2);
        return;
    }
    const bool ours = clinical::is_kept_by_us(counts->said.taken_from());
    if (used.empty()) {
        if (counts->change->from_server() || (!ours && !was_asked_where_from(counts->said))) return;
        the_case.find("stock/dose-without-event", ours ? v1::SEVERITY_S2 : v1::SEVERITY_S3, subject,
                      {counts->change->id}, {&dose});
        return;
    }
    const auto same = same_amount(counts->said, *used.front());
    const bool elsewhere = counts->said.has_taken_from() &&
                           !same_place(counts->said.taken_from(), used.front()->said.place());
    if (used.size() > 1 || elsewhere || same == false) {
        differs(v1::SEVERITY_S2);
    } else if (!same) {
        differs(v1::SEVERITY_S3);
    }
}

void review_doses_of(Case& the_case, const std::vector<StockRow>& rows) {
    std::map<ResourceId, Rows> used;
    std::set<ResourceId> concerned;
    for (const StockRow& row : rows) {
        const auto dose = base::from_bytes<ResourceId>(row.said.administration());
        if (!dose || row.said.act() != v1::STOCK_ACT_ADMINISTER) continue;
        used[*dose].push_back(&row);
        if (the_case.asks(row.resource->id)) concerned.insert(*dose);
    }
    for (const auto* resource : the_case.asked()) {
        if (resource->kind == v1::KIND_MEDICATION_ADMINISTRATION) concerned.insert(resource->id);
    }
    for (const ResourceId& id : concerned) {
        const auto* dose = the_case.group.find(id);
        if (dose == nullptr || dose->kind != v1::KIND_MEDICATION_ADMINISTRATION) continue;
        review_dose(the_case, *dose, used[id]);
    }
}

void review_alone(Case& the_case, const StockRow& row,
                  const std::vector<const GroupResource*>& acts) {
    const auto subject = Subject::resource(row.resource->id);
    if (row.said.act() == v1::STOCK_ACT_ADJUST && clinical::folded(row.said.incident()).empty()) {
        find_in(the_case, "stock/adjust-without-incident", v1::SEVERITY_S2, subject, row);
    }
    if (!clinical::needs_witness(row.said) || row.change->from_server()) return;
    const bool seen = std::any_of(acts.begin(), acts.end(), [&](const GroupResource* act) {
        const auto witness = witness_of(row, *act, the_case.clocks);
        return witness && witness->standing == CheckStanding::holds;
    });
    if (seen) return;
    const bool waived = clinical::waives_witness(row.said);
    find_in(the_case, "stock/witness-missing", waived ? v1::SEVERITY_S4 : v1::SEVERITY_S2, subject,
            row);
}

bool mentions(const GroupResource& resource, const std::vector<std::string>& needles) {
    return std::any_of(needles.begin(), needles.end(), [&](const std::string& needle) {
        return std::any_of(resource.history.begin(), resource.history.end(), [&](const auto& one) {
            return one->body.resource().find(needle) != std::string::npos;
        });
    });
}

// All, when an event is asked about; else those that are written for a dose that is.
std::vector<StockRow> rows_for(const Case& the_case) {
    bool all = false;
    std::vector<std::string> doses;
    for (const auto* resource : the_case.asked()) {
        all = all || resource->kind == v1::KIND_STOCK_EVENT;
        if (resource->kind == v1::KIND_MEDICATION_ADMINISTRATION) {
            doses.push_back(base::to_bytes(resource->id));
        }
    }
    std::vector<StockRow> out;
    if (!all && doses.empty()) return out;
    for (const auto* resource : the_case.of(v1::KIND_STOCK_EVENT)) {
        if (!all && !mentions(*resource, doses)) continue;
        if (auto row = stock_row(*resource, the_case.clocks)) out.push_back(std::move(*row));
    }
    return out;
}

}  // namespace

void review_stock(Case& the_case) {
    const std::vector<StockRow> rows = rows_for(the_case);
    review_doses_of(the_case, rows);
    std::map<std::string, std::vector<StockRow>> accounts;
    std::set<std::string> concerned;
    std::map<ResourceId, std::vector<const GroupResource*>> acts;
    for (const StockRow& row : rows) {
        if (the_case.asks(row.resource->id)) concerned.insert(row.account);
    }
    if (concerned.empty()) return;
    for (const auto* act : the_case.of(v1::KIND_PROCEDURE)) {
        for (const ResourceId& event : witnessed_by(*act))
            acts[event].push_back(act);
    }
    for (const StockRow& row : rows) {
        if (concerned.contains(row.account)) accounts[row.account].push_back(row);
        if (the_case.asks(row.resource->id)) {
            review_alone(the_case, row, acts[row.resource->id]);
        }
    }
    for (auto& [key, of_one] : accounts)
        review_account(the_case, sum_of(std::move(of_one)));
    review_transfers(the_case, rows);
}

}  // namespace kari::chart
