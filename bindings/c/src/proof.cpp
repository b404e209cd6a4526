// SPDX-License-Identifier: Apache-2.0
#include "bindings/c/src/tablet.hpp"
#include "bindings/c/src/views.hpp"

namespace kari::c {

namespace {

void fill_proof(kari_proof& c, const VerifyReport& report, Shelf& shelf) {
    c.sound = report.sound();
    c.records = report.records;
    c.changes = report.changes;
    c.streams = report.streams;
    c.seals = report.seals;
    c.unproven_seals = report.unproven_seals;
    c.access_entries = report.access_entries;
    c.problems = shelf.texts(report.problems, c.problem_count);
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_proof_read(kari_device* device, const kari_proof** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        auto report = tablet.verify();
        if (!report) return passed_on(report);
        answer(out, std::move(*report), fill_proof);
        return {};
    });
}

kari_status kari_state_digest(kari_device* device, const kari_record_id* record, kari_digest* out,
                              kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const auto which = read.id<kari::RecordId>(record, "record");
        if (auto fit = read.done(); !fit) return fit;
        const auto digest = tablet.state_digest(which);
        if (!digest) return tl::unexpected(digest.error());
        *out = id_as<kari_digest>(*digest);
        return {};
    });
}

kari_status kari_records_read(kari_device* device, const kari_records** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        auto records = tablet.held_records();
        if (!records) return passed_on(records);
        answer(out, std::move(*records),
               [](kari_records& c, const std::vector<kari::RecordId>& all, Shelf& shelf) {
                   c.rows = shelf.ids<kari_record_id>(all, c.count);
               });
        return {};
    });
}

}  // extern "C"
