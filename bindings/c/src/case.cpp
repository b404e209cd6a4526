// SPDX-License-Identifier: Apache-2.0
// A finding in full, and the older part of a chart.
#include <optional>

#include <kari/finding_case.hpp>
#include <kari/history.hpp>

#include "bindings/c/src/access.hpp"
#include "bindings/c/src/chart_items.hpp"
#include "bindings/c/src/tablet.hpp"
#include "bindings/c/src/views.hpp"

namespace kari::c {

namespace {

void fill_statement(kari_case_statement& c, const CaseStatement& statement, Shelf& shelf) {
    c.said = said_in(shelf, statement.said);
    c.role = shown(statement.role);
    c.here = statement.here;
    c.machine = id_as<kari_device_id>(statement.machine);
    c.record = id_as<kari_record_id>(statement.record);
    c.resource = id_as<kari_resource_id>(statement.resource);
    c.kind = shown(statement.kind);
    c.parts = shelf.list<kari_case_part>(statement.parts, c.part_count,
                                         [](kari_case_part& row, const CasePart& part) {
                                             row.atom = shown(part.atom);
                                             row.value = shown(part.value);
                                             row.acted_on = part.acted_on;
                                         });
    c.data_age_ms = statement.data_age ? statement.data_age->ms : KARI_NO_TIME;
    c.not_seen = shelf.ids<kari_change_id>(statement.not_seen, c.not_seen_count);
    c.withheld = statement.withheld;
}

void fill_case(kari_case& c, const FindingCase& whole, Shelf& shelf) {
    const auto statement = [&](kari_case_statement& row, const CaseStatement& one) {
        fill_statement(row, one, shelf);
    };
    auto* const finding = shelf.make<kari_finding>();
    fill_finding(*finding, whole.finding, shelf);
    c.finding = finding;
    c.base = shelf.list<kari_case_statement>(whole.base, c.base_count, statement);
    c.sides = shelf.list<kari_case_statement>(whole.sides, c.side_count, statement);
    c.not_here = shelf.ids<kari_change_id>(whole.not_here, c.not_here_count);
    c.resolutions = shelf.list<kari_case_resolution>(
        whole.resolutions, c.resolution_count,
        [&](kari_case_resolution& row, const CaseResolution& one) {
            row.said = said_in(shelf, one.said);
            row.outcome = shown(one.outcome);
            row.reason = shown(one.reason);
            row.severity = one.severity;
            row.inputs = shelf.ids<kari_change_id>(one.inputs, row.input_count);
        });
}

void fill_history(kari_history& c, const HistoryPage& page, Shelf& shelf) {
    auto* const items = shelf.make<kari_chart>();
    fill_chart(*items, page.items, shelf);
    c.items = items;
    if (page.next) {
        auto* const next = shelf.make<kari_history_mark>();
        next->moment_ms = page.next->moment.ms;
        next->resource = id_as<kari_resource_id>(page.next->resource);
        c.next = next;
    }
    c.on_tablet_since_ms = ms_of(page.on_tablet_since);
}

std::optional<HistoryMark> mark_of(Arguments& read, const kari_history_mark* mark) {
    if (mark == nullptr) return std::nullopt;
    return HistoryMark{{mark->moment_ms}, read.id<ResourceId>(&mark->resource, "before")};
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_case_read(kari_device* device, kari_text finding, const kari_access* access,
                           const kari_case** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const kari::EditToken token = read.token(finding);
        const kari::Access how = access_of(access, read);
        if (auto fit = read.done(); !fit) return fit;
        auto whole = tablet.finding_case(token, how);
        if (!whole) return passed_on(whole);
        answer(out, std::move(*whole), fill_case);
        return {};
    });
}

kari_status kari_history_read(kari_device* device, const kari_record_id* record, kari_text kind,
                              const kari_history_mark* before, size_t limit,
                              const kari_history** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const auto which = read.id<kari::RecordId>(record, "record");
        const std::string of = read.text(kind, "kind");
        const auto mark = mark_of(read, before);
        if (auto fit = read.done(); !fit) return fit;
        auto page = tablet.history(which, of, mark, limit);
        if (!page) return passed_on(page);
        answer(out, std::move(*page), fill_history);
        return {};
    });
}

kari_status kari_history_want(kari_device* device, const kari_record_id* record, int64_t back_to_ms,
                              bool* coming, kari_error* error) {
    clear(coming);
    return on_tablet(device, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const auto which = read.id<kari::RecordId>(record, "record");
        if (auto fit = read.done(); !fit) return fit;
        const auto wanted = tablet.want_history(which, kari::Instant{back_to_ms});
        if (!wanted) return tl::unexpected(wanted.error());
        if (coming != nullptr) *coming = *wanted;
        return {};
    });
}

}  // extern "C"
