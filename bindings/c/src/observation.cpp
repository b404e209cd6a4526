// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "bindings/c/src/views.hpp"
#include "bindings/c/src/writing.hpp"

namespace kari::c {

void answer_written(const kari_written** out, Written written) {
    answer(out, std::move(written), [](kari_written& c, const Written& value, Shelf& shelf) {
        c.change = id_as<kari_change_id>(value.change);
        c.record = id_as<kari_record_id>(value.record);
        c.resource = id_as<kari_resource_id>(value.resource);
        c.token = shown(value.token.text);
        c.also = shelf.ids<kari_change_id>(value.also, c.also_count);
        c.raised = shelf.list<kari_finding>(
            value.raised, c.raised_count,
            [&](kari_finding& row, const FindingItem& item) { fill_finding(row, item, shelf); });
        c.told = shelf.list<kari_warning>(
            value.told, c.told_count,
            [&](kari_warning& row, const DoseWarning& one) { fill_warning(row, one, shelf); });
    });
}

namespace {

ObservationEntry observation_of(Arguments& read, const kari_observation_entry* entry) {
    const auto given = read.sized(entry, "entry");
    ObservationEntry out;
    out.code = read.coded(given.code, "code");
    out.value = read.quantity(given.value, "value");
    out.text = read.text(given.text, "text");
    if (read.few(given.component_count, given.components, "components")) {
        for (std::size_t at = 0; at < given.component_count; ++at) {
            const kari_observation_part& part = given.components[at];
            out.components.push_back({read.coded(part.code, "component.code"),
                                      read.quantity(part.value, "component.value"),
                                      read.text(part.text, "component.text")});
        }
    }
    out.effective = read.time(given.effective, "effective");
    out.note = read.text(given.note, "note");
    out.confirmed = given.confirmed;
    return out;
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_observation_record(kari_device* device, const kari_record_id* record,
                                    const kari_observation_entry* entry, const kari_written** out,
                                    kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            return std::pair(read.id<kari::RecordId>(record, "record"),
                             observation_of(read, entry));
        },
        [](kari::Device& tablet, const std::pair<kari::RecordId, kari::ObservationEntry>& said) {
            return tablet.record_observation(said.first, said.second);
        });
}

kari_status kari_observation_correct(kari_device* device, kari_text token,
                                     const kari_observation_entry* entry, const kari_written** out,
                                     kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) { return std::pair(read.token(token), observation_of(read, entry)); },
        [](kari::Device& tablet, const std::pair<kari::EditToken, kari::ObservationEntry>& said) {
            return tablet.correct_observation(said.first, said.second);
        });
}

kari_status kari_observation_retract(kari_device* device, kari_text token, kari_text reason,
                                     const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return reasoned(read, token, reason); },
        [](kari::Device& tablet, const Reasoned& said) {
            return tablet.observation_entered_in_error(said.token, said.reason);
        });
}

}  // extern "C"
