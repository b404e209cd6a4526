// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/window_checks.hpp"

#include <map>
#include <set>

#include <fmt/format.h>

#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

const Access k_reading{Purpose::treatment, "reading back"};

// What docs/formats/exchange.md says that a window cuts, and what a chart calls it. Whatever else
// there is always stands.
const std::map<std::uint32_t, const char*> k_cut = {
    {v1::KIND_MEDICATION_ADMINISTRATION, "MedicationAdministration"},
    {v1::KIND_OBSERVATION, "Observation"},
    {v1::KIND_DOCUMENT_REFERENCE, "DocumentReference"},
    {v1::KIND_ENCOUNTER, "Encounter"},
    {v1::KIND_PLANNED_ENCOUNTER, "Encounter"},
    {v1::KIND_APPOINTMENT, "Appointment"},
    {v1::KIND_COMMUNICATION, "Communication"},
    {v1::KIND_PROCEDURE, "Procedure"},
    {v1::KIND_MEDICATION_ALLOWANCE, ""}};  // no chart shows those of long ago

struct Held {
    std::uint32_t kind = 0;
    std::size_t here = 0;
    std::size_t all = 0;
};

std::map<std::string, Held> by_resource(const ReadLog& all, const ReadLog& here) {
    std::map<std::string, Held> out;
    for (const auto& [id, change] : all) {
        Held& one = out[change.header.resource()];
        one.kind = change.header.kind();
        ++one.all;
        if (here.contains(id)) ++one.here;
    }
    return out;
}

}  // namespace

bool check_windows(World& world, Tablet& tablet, const Logs& server, const Logs& held) {
    bool any = false;
    for (const auto& [record, here] : held) {
        const auto there = server.find(record);
        if (!world.granted.contains(record) || there == server.end()) continue;
        if (here.size() == there->second.size()) continue;
        ++world.tally["tablet: at rest with a window"];
        any = true;
        const auto chart = must(tablet->open_chart(record, k_reading));
        std::set<std::string> more;
        for (const CompleteSince& kind : chart.complete_since) {
            if (kind.on_tablet_since) more.insert(kind.kind);
        }
        for (const auto& [resource, one] : by_resource(there->second, here)) {
            if (one.here == one.all) continue;
            const std::string what = fmt::format("{} of a resource of kind {} of {}", tablet.name(),
                                                 one.kind, record.text());
            const auto cut = k_cut.find(one.kind);
            if (one.here > 0) {
                world.violation(fmt::format("{} of {} changes are on {}", one.here, one.all, what));
            } else if (cut == k_cut.end()) {
                world.violation("nothing is on " + what + ", which always stands");
            } else if (*cut->second != 0 && !more.contains(cut->second)) {
                world.violation("nothing is on " + what + ", and its chart says that all is here");
            }
        }
    }
    return any;
}

void want_all(World& world) {
    for (const auto& tablet : world.tablets) {
        if (tablet->shut_out) continue;  // it gets nothing any more
        for (const RecordId& record : must((*tablet)->held_records())) {
            if (!world.granted.contains(record)) continue;
            must((*tablet)->open_chart(record, k_reading));
            must((*tablet)->want_history(record, Instant{INT64_MIN}));
        }
    }
}

}  // namespace kari::sim
