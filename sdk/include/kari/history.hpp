// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <kari/chart_view.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: the older part of a chart, which ChartView::complete_since says was left out, page by page.
// Requires: Device::history, and before it Device::open_chart in the same sign-in.
// Returns and errors: no function here fails.
// Durability: none; a page is memory only.
// Threads: a page is a value; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: at most 200 items a page (one more where two linked records hold the last).
// Source of clinical rules: as of kari/chart_view.hpp.
namespace kari {

// A place in a record's history: what is older comes next. A chart's part of a kind ends at
// {complete_since, zero}.
struct HistoryMark {
    Instant moment;
    ResourceId resource;
};

// Items of one kind, in the list that a chart has for it, with the findings that name them.
struct HistoryPage {
    ChartView items;
    std::optional<HistoryMark> next;  // nothing: this tablet has nothing older
};

}  // namespace kari
