// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kari/decimal.hpp>

#include "kari/v1/stock.pb.h"
#include "sdk/clinical/knowledge_pack.hpp"

// What an event of the ledger of controlled drugs says by itself.
namespace kari::clinical {

// The rules under which whoever records is asked, and whose override says why.
inline constexpr std::string_view k_witness_missing = "entry/stock-witness-missing";
inline constexpr std::string_view k_stock_not_named = "entry/stock-not-named";

// "receive", "transfer-out"; empty for what this build does not know.
std::string_view stock_code(v1::StockAct act);

// By how much it changes what is there, in the sign of the act: 1, -1, or 0 for a count. An
// adjustment has its own sign. Nothing: of an act that this build does not know nobody can tell.
std::optional<int> stock_sign(v1::StockAct act);

// A waste, a return, a count, and what an office issues.
bool needs_witness(const v1::StockMovement& said);
// Whoever recorded it says so why nobody witnesses it.
bool waives_witness(const v1::StockMovement& said);

// Of one drug, strength and form in one place, by codes where there are any: the same bytes
// whoever wrote them. Lots are counted together.
std::string account_key(const v1::StockMovement& said);
// The same drug, and the same strength and form where both say one.
bool may_be_one_preparation(const v1::StockMovement& a, const v1::StockMovement& b);

// An amount in a unit: as it is stated, converted, or in pieces of the strength. Nothing: it
// cannot be told exactly.
std::optional<Decimal> amount_in(const v1::Quantity& said, const std::string& unit,
                                 const v1::Ratio& strength);
// So many whole pieces, or what is not counted in pieces at all.
bool is_whole(const Decimal& amount);

// The first that the pack names of the drug; null: none, or the drug has no ATC code.
const ControlledDrug* controlled_as(const v1::CodeableConcept& drug, const KnowledgePack& pack);

// Not the citizen's own: somebody answers for it.
bool is_kept_by_us(const v1::StockPlace& place);

}  // namespace kari::clinical
