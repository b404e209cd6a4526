// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <kari.h>
#include <kari/chart_view.hpp>
#include <kari/device.hpp>

#include "bindings/c/src/shelf.hpp"

// The parts that several views are made of.
namespace kari::c {

kari_coded coded_of(const Coded& coded);
kari_date date_of(const LocalDate& date);
kari_time time_of(const ZonedInstant& time);
kari_override override_of(const OverrideItem& one);
std::int64_t ms_of(const std::optional<Instant>& instant);

// Null where there is none.
const kari_quantity* quantity_in(Shelf& shelf, const std::optional<Quantity>& quantity);
const kari_suspension* suspension_in(Shelf& shelf, const std::optional<Suspension>& suspended);

const kari_age* age_in(Shelf& shelf, const DataAge& age);
const kari_said* said_in(Shelf& shelf, const Said& said);
const kari_nurse* nurse_in(Shelf& shelf, const Nurse& nurse);
const kari_item* item_in(Shelf& shelf, const ItemHead& head);
const kari_text* text_in(Shelf& shelf, const std::string& text);
const kari_coded* coded_in(Shelf& shelf, const Coded& coded);

void fill_patch(kari_patch& c, const PatchItem& patch, Shelf& shelf);
void fill_warning(kari_warning& c, const DoseWarning& warning, Shelf& shelf);
void fill_finding(kari_finding& c, const FindingItem& finding, Shelf& shelf);

// The statements of an atom, each as `make(shelf, value)` shows it.
template <typename Statement, typename Live, typename Make>
const Statement* statements_in(Shelf& shelf, const std::vector<Live>& all, std::size_t& count,
                               Make make) {
    return shelf.array<Statement>(all, count, [&](const Live& one) {
        return Statement{make(shelf, one.value), said_in(shelf, one.said)};
    });
}

template <typename FieldC, typename Statement, typename T, typename Make>
FieldC field_of(Shelf& shelf, const Field<T>& field, Make make) {
    FieldC c{};
    if (field.value) c.value = make(shelf, *field.value);
    c.contested = field.contested;
    c.live = statements_in<Statement>(shelf, field.live, c.live_count, make);
    c.proposed = statements_in<Statement>(shelf, field.proposed, c.proposed_count, make);
    return c;
}

inline kari_text_field text_field(Shelf& shelf, const Field<std::string>& field) {
    return field_of<kari_text_field, kari_text_statement>(shelf, field, text_in);
}

}  // namespace kari::c
