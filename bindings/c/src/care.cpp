// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <kari/care_actions.hpp>

#include "bindings/c/src/writing.hpp"

namespace kari::c {

namespace {

using Visit = std::pair<RecordId, VisitEntry>;

Visit visit_of(Arguments& read, const kari_record_id* record, const kari_visit_entry* entry) {
    const auto given = read.sized(entry, "entry");
    return {
        read.id<RecordId>(record, "record"),
        {read.token(given.plan), read.time(given.starts, "starts"), read.text(given.note, "note")}};
}

Result<Written> act(Care care, kari_act_kind kind, const ActEntry& entry) {
    switch (kind) {
        case KARI_ACT_MEASURE_DONE:
            return care.measure_done(entry);
        case KARI_ACT_MEASURE_NOT_DONE:
            return care.measure_not_done(entry);
        case KARI_ACT_TASK_DONE:
            return care.task_done(entry);
        case KARI_ACT_TASK_TAKEN:
            return care.take_task(entry.token);
        case KARI_ACT_MESSAGE_READ:
            return care.read_message(entry.token);
        default:
            return refuse("kind: no such value");
    }
}

// What is no more than a token says nothing else.
bool is_bare(kari_act_kind kind) {
    return kind == KARI_ACT_TASK_TAKEN || kind == KARI_ACT_MESSAGE_READ;
}

Result<Written> end(Care care, kari_ending what, const Reasoned& said) {
    switch (what) {
        case KARI_ENDING_PROBLEM_RESOLVED:
            return care.resolve_problem(said.token, said.reason);
        case KARI_ENDING_PROBLEM_RETRACTED:
            return care.retract_problem(said.token, said.reason);
        case KARI_ENDING_MEASURE:
            return care.end_measure(said.token, said.reason);
        case KARI_ENDING_ACT_RETRACTED:
            return care.act_entered_in_error(said.token, said.reason);
        case KARI_ENDING_VISIT_RETRACTED:
            return care.visit_entered_in_error(said.token, said.reason);
        case KARI_ENDING_IMMUNIZATION_RETRACTED:
            return care.immunization_entered_in_error(said.token, said.reason);
        case KARI_ENDING_COMMUNICATION_RETRACTED:
            return care.communication_entered_in_error(said.token, said.reason);
        case KARI_ENDING_TASK_CANCELLED:
            return care.cancel_task(said.token, said.reason);
        case KARI_ENDING_CONTACT:
            return care.do_not_contact(said.token, said.reason);
        case KARI_ENDING_CONSENT_WITHDRAWN:
            return care.withdraw_consent(said.token, said.reason);
        case KARI_ENDING_WORD_OF_DEATH:
            return care.report_alive(said.token, said.reason);
        default:
            return refuse("what: no such value");
    }
}

}  // namespace

}  // namespace kari::c

using namespace kari::c;

extern "C" {

kari_status kari_visit_start(kari_device* device, const kari_record_id* record,
                             const kari_visit_entry* entry, const kari_written** out,
                             kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return visit_of(read, record, entry); },
        [](kari::Device& tablet, const Visit& visit) {
            return tablet.care().start_visit(visit.first, visit.second);
        });
}

kari_status kari_visit_hindered(kari_device* device, const kari_record_id* record,
                                const kari_visit_entry* entry, kari_hindrance hindrance,
                                const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            read.one_of(hindrance, KARI_HINDRANCE_AWAY, "hindrance");
            return visit_of(read, record, entry);
        },
        [&](kari::Device& tablet, const Visit& visit) {
            static constexpr kari::VisitHindrance by_number[] = {
                kari::VisitHindrance::other, kari::VisitHindrance::no_answer,
                kari::VisitHindrance::refused, kari::VisitHindrance::away};
            return tablet.care().hindered_visit(visit.first, visit.second, by_number[hindrance]);
        });
}

kari_status kari_visit_end(kari_device* device, kari_text token, const kari_time* ends,
                           kari_text note, const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            return kari::VisitEnd{read.token(token), read.time(ends, "ends"),
                                  read.text(note, "note")};
        },
        [](kari::Device& tablet, const kari::VisitEnd& visit) {
            return tablet.care().end_visit(visit);
        });
}

kari_status kari_act_record(kari_device* device, kari_act_kind kind, const kari_act_entry* entry,
                            const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            read.one_of(kind, KARI_ACT_MESSAGE_READ, "kind");
            if (is_bare(kind)) read.nothing_more(given.performed, given.reason, given.note);
            return kari::ActEntry{read.token(given.token), read.time(given.performed, "performed"),
                                  read.text(given.reason, "reason"), read.text(given.note, "note")};
        },
        [&](kari::Device& tablet, const kari::ActEntry& said) {
            return act(tablet.care(), kind, said);
        });
}

kari_status kari_care_end(kari_device* device, kari_ending what, kari_text token, kari_text reason,
                          const kari_written** out, kari_error* error) {
    return write_on(
        device, out, error, [&](Arguments& read) { return reasoned(read, token, reason); },
        [&](kari::Device& tablet, const Reasoned& said) { return end(tablet.care(), what, said); });
}

kari_status kari_task_add(kari_device* device, const kari_record_id* record,
                          const kari_task_entry* entry, const kari_written** out,
                          kari_error* error) {
    return write_on(
        device, out, error,
        [&](Arguments& read) {
            const auto given = read.sized(entry, "entry");
            return std::pair(
                read.id<kari::RecordId>(record, "record"),
                kari::TaskEntry{
                    read.coded(given.code, "code"), read.text(given.description, "description"),
                    read.text(given.effect, "effect"), read.text(given.priority, "priority"),
                    read.time(given.due, "due"), read.text(given.note, "note")});
        },
        [](kari::Device& tablet, const std::pair<kari::RecordId, kari::TaskEntry>& task) {
            return tablet.care().add_task(task.first, task.second);
        });
}

}  // extern "C"
