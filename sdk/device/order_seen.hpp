// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sdk/clinical/dose_fit.hpp"
#include "sdk/device/authoring.hpp"

namespace kari::device {

// An order as whoever gives from it saw it, and what it says is to be given; of one taken down by
// phone, what was taken down.
struct OrderSeen {
    Seen seen;
    v1::Prescription prescription;  // of the row's side; else the one that would be obeyed
    // What its giver may mean: the line of the row; of an order shown whole, each of its lines, of
    // every side where it is contested. No two alike.
    std::vector<v1::Dosage> lines;
    std::vector<v1::CodeableConcept> drugs;  // of the same sides, no two alike
};

// Errors: as seen_as; view_outdated too where the row's side is not here any more.
Result<OrderSeen> order_seen(Session& session, const EditToken& token);

// One amount that its giver was shown; null: none, a range, or one of several lines.
const v1::Quantity* ordered_amount(const OrderSeen& order);
// An amount whose unit a typed word may mean, of a line whatever it is; null: they differ.
const v1::Quantity* ordered_unit(const OrderSeen& order);
// What all its lines say alike of the words, the way and the place: of several nobody knows which
// is meant, and no dose is written down with parts of two.
v1::Dosage said_alike(const OrderSeen& order);
// Each way by which it may be given; never none.
std::vector<v1::CodeableConcept> ways_of(const OrderSeen& order);

// Of several lines the one that fits best is meant, and without an amount none is.
clinical::DoseFit fit_of(const OrderSeen& order, const v1::Quantity* given);

}  // namespace kari::device
