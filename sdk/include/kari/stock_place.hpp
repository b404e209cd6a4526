// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <kari/decimal.hpp>

// What: a place where medicine is kept, and what a dose was taken from.
// Requires: nothing.
// Returns and errors: no function here fails.
// Durability: none; plain values.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: as kari/stock.hpp.
// Source of clinical rules: docs/adr/0221.
namespace kari {

// Whose place it is.
enum class StockPlaceKind { patient_home, office, car, person };

// One place.
struct StockPlace {
    StockPlaceKind kind = StockPlaceKind::office;
    std::string name;  // which office or car; of a person left out, whoever is signed in
    bool operator==(const StockPlace&) const = default;
};

// What a dose was taken from, beside who gave it.
struct DoseStock {
    StockPlace from;
    std::string lot;
    // In the unit in which the account is kept, when it does not follow from the dose and the
    // strength; it is compared with the dose.
    std::optional<Quantity> taken;
    std::optional<Quantity> wasted;  // of what was opened: takes a witness, as StockAct::waste
};

}  // namespace kari
