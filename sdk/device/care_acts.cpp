// SPDX-License-Identifier: Apache-2.0
//
// Measures and tasks that were done or not, and visits. What was done is a fact of its own, and
// names what it was done for.
#include "sdk/device/care_parts.hpp"

namespace kari {

namespace {

using namespace device;

// The measure, task or plan that an act is about. The code stays with that one.
Result<SeenResource> about_of(Session& session, const EditToken& token) {
    auto seen = read_token(token);
    if (!seen) return seen;
    const auto changes = session.store.changes(seen->record, seen->resource);
    if (!changes) return tl::unexpected(changes.error());
    if (changes->empty()) return fail(ErrorCode::not_found, "the resource of the token");
    return seen;
}

Result<Written> act(Session& session, const ActEntry& entry, v1::ProcedureStatus status) {
    const bool done = status == v1::PROCEDURE_STATUS_COMPLETED;
    if (!done) {
        if (auto stated = require_reason(entry.reason); !stated) {
            return tl::unexpected(stated.error());
        }
    }
    const auto about = about_of(session, entry.token);
    if (!about) return tl::unexpected(about.error());
    const auto when = done_at(session, entry.performed);
    if (!when) return tl::unexpected(when.error());
    v1::Performance said;
    said.set_status(status);
    if (!entry.reason.empty()) said.mutable_status_reason()->set_text(entry.reason);
    return write_act(session, *about, std::move(said), *when, entry.note);
}

v1::VisitHindrance hindrance_of(VisitHindrance why) {
    switch (why) {
        case VisitHindrance::no_answer:
            return v1::VISIT_HINDRANCE_NO_ANSWER;
        case VisitHindrance::refused:
            return v1::VISIT_HINDRANCE_REFUSED;
        case VisitHindrance::away:
            return v1::VISIT_HINDRANCE_AWAY;
        case VisitHindrance::other:
            return v1::VISIT_HINDRANCE_OTHER;
    }
    return v1::VISIT_HINDRANCE_OTHER;
}

Result<Written> visit(Session& session, const RecordId& record, const VisitEntry& entry,
                      std::optional<VisitHindrance> hindered) {
    const auto when = done_at(session, entry.starts);
    if (!when) return tl::unexpected(when.error());
    v1::Encounter message;
    v1::Visit& said = *message.mutable_visit();
    said.set_status(hindered ? v1::ENCOUNTER_STATUS_CANCELLED : v1::ENCOUNTER_STATUS_IN_PROGRESS);
    if (hindered) said.set_hindrance(hindrance_of(*hindered));
    v1::Coding& at_home = *said.mutable_encounter_class();
    at_home.set_system("http://terminology.hl7.org/CodeSystem/v3-ActCode");
    at_home.set_code("HH");
    said.mutable_period()->set_start(when->text);
    RecordId in = record;
    if (!entry.plan.empty()) {
        const auto plan = about_of(session, entry.plan);
        if (!plan) return tl::unexpected(plan.error());
        // The visit stands where its plan stands, should that be in a linked record.
        in = plan->record;
        said.mutable_plan()->set_resource(base::to_bytes(plan->resource));
    }
    set_performer(session, *said.add_performer());
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, said.add_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    return write_new(session, in, v1::KIND_ENCOUNTER, message, when.value());
}

Result<Written> finish_visit(Session& session, const VisitEnd& entry) {
    const auto when = done_at(session, entry.ends);
    if (!when) return tl::unexpected(when.error());
    return revise<v1::Encounter>(
        session, entry.token, v1::KIND_ENCOUNTER,
        [&](v1::Encounter& message) -> Result<void> {
            v1::Visit& said = *message.mutable_visit();
            said.set_status(v1::ENCOUNTER_STATUS_FINISHED);
            said.mutable_period()->set_end(when->text);
            if (entry.note.empty()) return {};
            return annotate(session, said.add_note(), entry.note);
        },
        *when);
}

Result<Written> propose_time(Session& session, const VisitProposal& proposal) {
    if (auto stated = require_reason(proposal.reason); !stated) {
        return tl::unexpected(stated.error());
    }
    const auto seen = seen_as(session, proposal.token, v1::KIND_PLANNED_ENCOUNTER);
    if (!seen) return tl::unexpected(seen.error());
    const auto starts = happened(session, proposal.starts);
    if (!starts) return tl::unexpected(starts.error());
    v1::PlannedEncounter plan;
    plan.mutable_schedule()->set_start(starts->text);
    if (proposal.ends) {
        const auto ends = happened(session, proposal.ends);
        if (!ends) return tl::unexpected(ends.error());
        if (ends->interval.start < starts->interval.start) {
            return fail(ErrorCode::value_out_of_range, "the end lies before the start");
        }
        plan.mutable_schedule()->set_end(ends->text);
    }
    *plan.mutable_note() = merge::operative_as<v1::PlannedEncounter>(seen->resource).note();
    if (auto noted = annotate(session, *plan.mutable_note(), proposal.reason); !noted) {
        return tl::unexpected(noted.error());
    }
    return write_seen(session, seen->token, v1::KIND_PLANNED_ENCOUNTER, plan);
}

Result<Written> new_task(Session& session, const RecordId& record, const TaskEntry& entry) {
    if (entry.code.empty() && entry.description.empty()) {
        return fail(ErrorCode::invalid_argument, "say what is to be done");
    }
    const auto effect = enum_from<v1::TaskEffect>(entry.effect, "a task's effect");
    if (!effect) return tl::unexpected(effect.error());
    const auto priority = enum_from<v1::TaskPriority>(entry.priority, "a task's priority");
    if (!priority) return tl::unexpected(priority.error());
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    v1::Task task;
    if (!entry.code.empty()) *task.mutable_content()->mutable_code() = concept_of(entry.code);
    task.mutable_content()->set_description(entry.description);
    task.mutable_content()->set_effect(*effect);
    task.set_status(v1::TASK_STATUS_REQUESTED);
    if (*priority != v1::TASK_PRIORITY_UNSPECIFIED) task.set_priority(*priority);
    if (entry.due) {
        const auto due = happened(session, entry.due);
        if (!due) return tl::unexpected(due.error());
        task.mutable_due()->mutable_period()->set_end(due->text);
    }
    task.mutable_authoring()->set_intent("order");
    task.mutable_authoring()->set_authored_on(now->text);
    set_performer(session, *task.mutable_authoring()->mutable_requester());
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, *task.mutable_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    return write_new(session, record, v1::KIND_TASK, task);
}

Result<Written> own_task(Session& session, const EditToken& token) {
    const auto seen = seen_as(session, token, v1::KIND_TASK);
    if (!seen) return tl::unexpected(seen.error());
    v1::Task task;
    task.set_status(v1::TASK_STATUS_ACCEPTED);
    set_performer(session, *task.mutable_owner());
    return write_seen(session, seen->token, v1::KIND_TASK, task);
}

Result<Written> drop_task(Session& session, const EditToken& token, std::string_view reason) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_TASK);
    if (!seen) return tl::unexpected(seen.error());
    v1::Task task;
    task.set_status(v1::TASK_STATUS_CANCELLED);
    task.mutable_status_reason()->set_text(std::string(reason));
    return write_seen(session, seen->token, v1::KIND_TASK, task);
}

}  // namespace

Result<Written> Care::measure_done(const ActEntry& entry) {
    return core_->run(
        [&](Session& session) { return act(session, entry, v1::PROCEDURE_STATUS_COMPLETED); });
}

Result<Written> Care::measure_not_done(const ActEntry& entry) {
    return core_->run(
        [&](Session& session) { return act(session, entry, v1::PROCEDURE_STATUS_NOT_DONE); });
}

Result<Written> Care::task_done(const ActEntry& entry) {
    return core_->run(
        [&](Session& session) { return act(session, entry, v1::PROCEDURE_STATUS_COMPLETED); });
}

Result<Written> Care::act_entered_in_error(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) -> Result<Written> {
        if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
        return revise<v1::Procedure>(session, token, v1::KIND_PROCEDURE,
                                     [&](v1::Procedure& message) {
                                         v1::Performance& said = *message.mutable_procedure();
                                         said.set_status(v1::PROCEDURE_STATUS_ENTERED_IN_ERROR);
                                         return annotate(session, said.add_note(), reason);
                                     });
    });
}

Result<Written> Care::start_visit(const RecordId& record, const VisitEntry& entry) {
    return core_->run(
        [&](Session& session) { return visit(session, record, entry, std::nullopt); });
}

Result<Written> Care::end_visit(const VisitEnd& entry) {
    return core_->run([&](Session& session) { return finish_visit(session, entry); });
}

Result<Written> Care::hindered_visit(const RecordId& record, const VisitEntry& entry,
                                     VisitHindrance why) {
    return core_->run([&](Session& session) { return visit(session, record, entry, why); });
}

Result<Written> Care::visit_entered_in_error(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) -> Result<Written> {
        if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
        return revise<v1::Encounter>(session, token, v1::KIND_ENCOUNTER,
                                     [&](v1::Encounter& message) {
                                         v1::Visit& said = *message.mutable_visit();
                                         said.set_status(v1::ENCOUNTER_STATUS_ENTERED_IN_ERROR);
                                         return annotate(session, said.add_note(), reason);
                                     });
    });
}

Result<Written> Care::propose_visit_time(const VisitProposal& proposal) {
    return core_->run([&](Session& session) { return propose_time(session, proposal); });
}

Result<Written> Care::add_task(const RecordId& record, const TaskEntry& entry) {
    return core_->run([&](Session& session) { return new_task(session, record, entry); });
}

Result<Written> Care::take_task(const EditToken& token) {
    return core_->run([&](Session& session) { return own_task(session, token); });
}

Result<Written> Care::cancel_task(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) { return drop_task(session, token, reason); });
}

}  // namespace kari
