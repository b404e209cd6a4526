// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "bindings/c/src/views.hpp"
#include "bindings/c/src/writing.hpp"

using namespace kari::c;

extern "C" {

kari_status kari_finding_resolve(kari_device* device, const kari_finding_answer* answer,
                                 const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(answer, "answer");
            return kari::FindingAnswer{read.token(given.token), read.text(given.outcome, "outcome"),
                                       read.text(given.reason, "reason")};
        },
        [](kari::Device& tablet, const kari::FindingAnswer& said) {
            return tablet.resolve_finding(said);
        });
}

kari_status kari_finding_defer(kari_device* device, kari_text token, const kari_time* until,
                               kari_text reason, const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            read.given(until, "until");
            return std::pair(reasoned(read, token, reason),
                             read.time(until, "until").value_or(kari::ZonedInstant{}));
        },
        [](kari::Device& tablet, const std::pair<Reasoned, kari::ZonedInstant>& said) {
            return tablet.defer_finding(said.first.token, said.second, said.first.reason);
        });
}

kari_status kari_finding_assign(kari_device* device, kari_text token, const kari_person_id* person,
                                const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            return std::pair(read.token(token), read.id<kari::PersonId>(person, "person"));
        },
        [](kari::Device& tablet, const std::pair<kari::EditToken, kari::PersonId>& said) {
            return tablet.assign_finding(said.first, said.second);
        });
}

}  // extern "C"
