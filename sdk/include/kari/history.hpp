// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <kari/chart_view.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: the older part of a chart, which ChartView::complete_since says was left out, page by page.
// Requires: Device::history, and before it Device::open_chart in the same sign-in.
// Of a long record a tablet holds what stands and what is recent. Device::want_history asks for
// what is older, of it and of the records linked to it, as far back as an instant (all there is:
// Instant{INT64_MIN}). The next sync brings it, after all that is new, and goes on where it was cut
// off. It returns whether there is something to bring, is covered by the chart's access entry, and
// gives not_permitted where the chart was not opened in this sign-in.
// Returns and errors: no function here fails.
// Durability: a page is memory only; what was asked for is durable when want_history returns.
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
    // What is older than this is at the server: Device::want_history. Nothing: there is no more.
    std::optional<Instant> on_tablet_since;
};

}  // namespace kari
