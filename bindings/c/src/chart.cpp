// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "bindings/c/src/access.hpp"
#include "bindings/c/src/care_items.hpp"
#include "bindings/c/src/chart_items.hpp"
#include "bindings/c/src/tablet.hpp"
#include "bindings/c/src/views.hpp"

namespace kari::c {

Access access_of(const kari_access* access, Arguments& read) {
    if (access == nullptr) return {};
    const auto given = read.sized(access, "access");
    read.one_of(given.purpose, KARI_PURPOSE_ADMINISTRATION, "access.purpose");
    return {static_cast<Purpose>(given.purpose), read.text(given.reason, "access.reason")};
}

namespace {

void fill_row(kari_patient_row& c, const PatientRow& row) {
    c.record = id_as<kari_record_id>(row.record);
    c.name = shown(row.name);
    c.birth_date = shown(row.birth_date);
    c.open_findings = row.open_findings;
    c.worst_severity = row.worst_severity;
    c.contested_name = row.contested_name;
    c.made_here = row.made_here;
}

void fill_patients(kari_patients& c, const PatientList& list, Shelf& shelf) {
    c.age = age_in(shelf, list.age);
    c.rows = shelf.list<kari_patient_row>(list.rows, c.count, fill_row);
}

kari_allergy_statement allergies_said_in(std::string_view statement) {
    if (statement == "asserted none") return KARI_ALLERGIES_ASSERTED_NONE;
    if (statement == "not recorded") return KARI_ALLERGIES_NOT_RECORDED;
    return statement == "listed" ? KARI_ALLERGIES_LISTED : KARI_ALLERGIES_CANNOT_TELL;
}

}  // namespace

void fill_chart(kari_chart& c, const ChartView& chart, Shelf& shelf) {
    const auto by = [&](auto fill) {
        return [&shelf, fill](auto& row, const auto& item) {
            fill(row, item, shelf);
        };
    };
    c.record = id_as<kari_record_id>(chart.record);
    c.group = shelf.ids<kari_record_id>(chart.group, c.group_count);
    c.age = age_in(shelf, chart.age);
    c.missing = shelf.list<kari_missing>(chart.missing, c.missing_count,
                                         [](kari_missing& row, const MissingPart& part) {
                                             row.what = shown(part.what);
                                             row.advice = shown(part.advice);
                                         });
    c.patient = patient_in(shelf, chart.patient);
    c.suspended = suspension_in(shelf, chart.suspended);
    c.allergy_statement = allergies_said_in(chart.allergy_statement);
    c.allergies = shelf.list<kari_allergy>(chart.allergies, c.allergy_count, by(fill_allergy));
    c.orders = shelf.list<kari_order>(chart.orders, c.order_count, by(fill_order));
    c.administrations = shelf.list<kari_administration>(
        chart.administrations, c.administration_count, by(fill_administration));
    c.patches = shelf.list<kari_patch>(chart.patches, c.patch_count, by(fill_patch));
    c.scores = shelf.list<kari_score>(chart.scores, c.score_count, by(fill_score));
    c.observations =
        shelf.list<kari_observation>(chart.observations, c.observation_count, by(fill_observation));
    c.notes = shelf.list<kari_note>(chart.notes, c.note_count, by(fill_note));
    c.findings = shelf.list<kari_finding>(chart.findings, c.finding_count, by(fill_finding));
    c.complete_since =
        shelf.list<kari_complete_since>(chart.complete_since, c.complete_since_count,
                                        [](kari_complete_since& row, const CompleteSince& since) {
                                            row.kind = shown(since.kind);
                                            row.since_ms = since.since.ms;
                                            row.on_tablet_since_ms = ms_of(since.on_tablet_since);
                                        });
    c.care = care_in(shelf, chart.care);
    c.other_resources = chart.other_resources;
}

namespace {

// Reads `record` and `access`, asks `from` for a value and hands it out.
template <typename C, typename Ask, typename Fill>
kari_status read_record(kari_device* device, const kari_record_id* record,
                        const kari_access* access, const C** out, kari_error* error, Ask ask,
                        Fill fill) {
    return read_on(device, out, error, [&](Device& tablet) -> Result<void> {
        Arguments read;
        const auto which = read.id<RecordId>(record, "record");
        const Access how = access_of(access, read);
        if (auto fit = read.done(); !fit) return fit;
        auto value = ask(tablet, which, how);
        if (!value) return passed_on(value);
        answer(out, std::move(*value), fill);
        return {};
    });
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_patients_read(kari_device* device, const kari_access* access,
                               const kari_patients** out, kari_error* error) {
    return read_on(device, out, error, [&](kari::Device& tablet) -> kari::Result<void> {
        Arguments read;
        const kari::Access how = access_of(access, read);
        if (auto fit = read.done(); !fit) return fit;
        auto list = tablet.my_patients(how);
        if (!list) return passed_on(list);
        answer(out, std::move(*list), fill_patients);
        return {};
    });
}

kari_status kari_chart_read(kari_device* device, const kari_record_id* record,
                            const kari_access* access, const kari_chart** out, kari_error* error) {
    return read_record(
        device, record, access, out, error,
        [](kari::Device& tablet, const kari::RecordId& which, const kari::Access& how) {
            return tablet.open_chart(which, how);
        },
        fill_chart);
}

kari_status kari_findings_read(kari_device* device, const kari_record_id* record,
                               const kari_findings** out, kari_error* error) {
    return read_record(
        device, record, nullptr, out, error,
        [](kari::Device& tablet, const kari::RecordId& which, const kari::Access&) {
            return tablet.findings(which);
        },
        [](kari_findings& c, const std::vector<kari::FindingItem>& all, Shelf& shelf) {
            c.rows = shelf.list<kari_finding>(
                all, c.count, [&](kari_finding& row, const kari::FindingItem& item) {
                    fill_finding(row, item, shelf);
                });
        });
}

kari_status kari_fhir_read(kari_device* device, const kari_record_id* record,
                           const kari_access* access, const kari_document** out,
                           kari_error* error) {
    return read_record(
        device, record, access, out, error,
        [](kari::Device& tablet, const kari::RecordId& which, const kari::Access& how) {
            return tablet.export_fhir(which, how);
        },
        [](kari_document& c, const std::string& text, Shelf&) { c.text = shown(text); });
}

}  // extern "C"
