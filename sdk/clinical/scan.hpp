// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include <kari/time.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/clinical/gs1.hpp"
#include "sdk/clinical/knowledge_pack.hpp"

// A package that was scanned, beside the order that it is given from.
namespace kari::clinical {

// Worst first.
enum class ScanDoubt {
    other_drug,
    other_strength,
    expired,
    unknown_package,  // the pack does not have it
    order_unclear,    // the drug has no code, or a strength is not said, to compare it with
};
// The rule under which the catalogue speaks of it.
std::string_view rule_of(ScanDoubt doubt);

// `day`: that of the dose. Codes that a list of the pack takes for one drug are one here. Strengths
// are compared where both are stated of one piece.
std::vector<ScanDoubt> scan_doubts(const PackageLabel& label, const v1::Prescription& order,
                                   const LocalDate& day, const KnowledgePack& pack);

// Null: the pack does not know the package.
const Product* product_of(const PackageLabel& label, const KnowledgePack& pack);

v1::ScannedPackage scanned(const PackageLabel& label);

}  // namespace kari::clinical
