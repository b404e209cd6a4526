// SPDX-License-Identifier: Apache-2.0
//
// Problems and measures of the care plan.
#include "sdk/chart/care_state.hpp"
#include "sdk/clinical/frequency.hpp"
#include "sdk/device/care_parts.hpp"
#include "sdk/fhir/care.hpp"

namespace kari {

namespace {

using namespace device;

Result<Written> new_problem(Session& session, const RecordId& record, const ProblemEntry& entry) {
    if (entry.code.empty()) return fail(ErrorCode::invalid_argument, "say what the problem is");
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    v1::Condition condition;
    *condition.mutable_code() = concept_of(entry.code);
    condition.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_ACTIVE);
    condition.set_verification_status(entry.confirmed
                                          ? v1::CONDITION_VERIFICATION_STATUS_CONFIRMED
                                          : v1::CONDITION_VERIFICATION_STATUS_UNCONFIRMED);
    if (!entry.severity.empty()) *condition.mutable_severity() = concept_of(entry.severity);
    if (!entry.onset.empty()) condition.mutable_onset()->set_at(entry.onset);
    condition.mutable_assertion()->set_recorded_date(now->text);
    set_performer(session, *condition.mutable_assertion()->mutable_recorder());
    if (!entry.note.empty()) {
        if (auto noted = annotate(session, *condition.mutable_note(), entry.note); !noted) {
            return tl::unexpected(noted.error());
        }
    }
    return write_new(session, record, v1::KIND_CONDITION, condition);
}

// Both ends are writes of a status; what somebody else says at the same time stands beside them.
Result<Written> end_problem(Session& session, const EditToken& token, std::string_view reason,
                            bool never_was) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, v1::KIND_CONDITION);
    if (!seen) return tl::unexpected(seen.error());
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    v1::Condition condition;
    if (never_was) {
        condition.set_verification_status(v1::CONDITION_VERIFICATION_STATUS_ENTERED_IN_ERROR);
    } else {
        condition.set_clinical_status(v1::CONDITION_CLINICAL_STATUS_RESOLVED);
        condition.mutable_abatement()->set_at(now->text);
    }
    *condition.mutable_note() = merge::operative_as<v1::Condition>(seen->resource).note();
    if (auto noted = annotate(session, *condition.mutable_note(), reason); !noted) {
        return tl::unexpected(noted.error());
    }
    return write_seen(session, seen->token, v1::KIND_CONDITION, condition);
}

v1::HelperCount count_of(int people) {
    if (people >= 4) return v1::HELPER_COUNT_FOUR_OR_MORE;
    if (people == 3) return v1::HELPER_COUNT_THREE;
    if (people == 2) return v1::HELPER_COUNT_TWO;
    return people == 1 ? v1::HELPER_COUNT_ONE : v1::HELPER_COUNT_UNSPECIFIED;
}

void set_timing(v1::MeasureTiming& timing, const std::string& text, int per_day) {
    timing.set_text(text);
    if (per_day <= 0) return;
    v1::TimingRepeat& repeat = *timing.mutable_timing()->mutable_repeat();
    repeat.set_frequency(static_cast<std::uint32_t>(per_day));
    repeat.set_period("1");
    repeat.set_period_unit("d");
    timing.set_frequency(clinical::frequency_of(timing.timing()));
}

template <typename Measure>
Measure measure_from(const Session& session, const MeasureEntry& entry, const Happened& now) {
    Measure measure;
    v1::MeasureContent& content = *measure.mutable_content();
    *content.mutable_code() = concept_of(entry.what);
    content.set_title(entry.title.empty() ? entry.what.text : entry.title);
    v1::Coding& kind = *content.add_category()->add_coding();
    kind.set_system(std::string(fhir::k_measure_system));
    kind.set_code(entry.protective ? "protective" : "service");
    if (!entry.timing.empty() || entry.per_day > 0) {
        set_timing(*measure.mutable_timing(), entry.timing, entry.per_day);
    }
    if (!entry.instruction.empty()) measure.set_instruction(entry.instruction);
    if (entry.people > 0) measure.mutable_staffing()->set_count(count_of(entry.people));
    if (!entry.goal.empty()) measure.mutable_goal()->set_text(entry.goal);
    measure.set_status(v1::MEASURE_STATUS_ACTIVE);
    measure.mutable_authoring()->set_intent("plan");
    measure.mutable_authoring()->set_created(now.text);
    set_performer(session, *measure.mutable_authoring()->mutable_author());
    return measure;
}

Result<Written> new_measure(Session& session, const RecordId& record, const MeasureEntry& entry) {
    if (entry.what.empty() && entry.title.empty()) {
        return fail(ErrorCode::invalid_argument, "say what is to be done");
    }
    const auto now = happened(session, std::nullopt);
    if (!now) return tl::unexpected(now.error());
    if (entry.protective) {
        return write_new(session, record, v1::KIND_PROTECTIVE_MEASURE,
                         measure_from<v1::ProtectiveMeasure>(session, entry, *now));
    }
    return write_new(session, record, v1::KIND_SERVICE_MEASURE,
                     measure_from<v1::ServiceMeasure>(session, entry, *now));
}

// Which of the three kinds a token is of.
Result<v1::Kind> measure_kind(Session& session, const EditToken& token) {
    const auto seen = read_token(token);
    if (!seen) return tl::unexpected(seen.error());
    const auto changes = session.store.changes(seen->record, seen->resource);
    if (!changes) return tl::unexpected(changes.error());
    if (changes->empty()) return fail(ErrorCode::not_found, "the resource of the token");
    const std::uint32_t kind = changes->front().header.kind();
    // Of another kind: seen_as() says so, in its words.
    if (!chart::is_measure(kind)) return v1::KIND_SERVICE_MEASURE;
    return static_cast<v1::Kind>(kind);
}

template <typename Measure>
Result<Written> alter(Session& session, const MeasureChange& change, v1::Kind kind) {
    if (auto stated = require_reason(change.reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, change.token, kind);
    if (!seen) return tl::unexpected(seen.error());
    if (!change.timing && !change.per_day && !change.instruction && !change.people) {
        return fail(ErrorCode::invalid_argument, "say what is to be changed");
    }
    Measure measure;
    if (change.timing || change.per_day) {
        set_timing(*measure.mutable_timing(), change.timing.value_or(""),
                   change.per_day.value_or(0));
    }
    if (change.instruction) measure.set_instruction(*change.instruction);
    if (change.people) {
        auto before = seen_value<Measure>(seen->resource, Measure::kStaffingFieldNumber);
        *measure.mutable_staffing() = before.staffing();
        measure.mutable_staffing()->set_count(count_of(*change.people));
    }
    if (kind == v1::KIND_PROTECTIVE_MEASURE) measure.set_status(v1::MEASURE_STATUS_ACTIVE);
    *measure.mutable_note() = merge::operative_as<Measure>(seen->resource).note();
    if (auto noted = annotate(session, *measure.mutable_note(), change.reason); !noted) {
        return tl::unexpected(noted.error());
    }
    return write_seen(session, seen->token, kind, measure);
}

template <typename Measure>
Result<Written> end(Session& session, const EditToken& token, std::string_view reason,
                    v1::Kind kind) {
    if (auto stated = require_reason(reason); !stated) return tl::unexpected(stated.error());
    const auto seen = seen_as(session, token, kind);
    if (!seen) return tl::unexpected(seen.error());
    Measure measure;
    measure.set_status(v1::MEASURE_STATUS_REVOKED);
    measure.mutable_status_reason()->set_text(std::string(reason));
    return write_seen(session, seen->token, kind, measure);
}

Result<Written> change_any(Session& session, const MeasureChange& change) {
    const auto kind = measure_kind(session, change.token);
    if (!kind) return tl::unexpected(kind.error());
    if (*kind == v1::KIND_PROTECTIVE_MEASURE) {
        return alter<v1::ProtectiveMeasure>(session, change, *kind);
    }
    if (*kind == v1::KIND_SERVICE_MEASURE) return alter<v1::ServiceMeasure>(session, change, *kind);
    return fail(ErrorCode::not_permitted,
                "a restraint is changed by a new decision; here it can only be ended");
}

Result<Written> end_any(Session& session, const EditToken& token, std::string_view reason) {
    const auto kind = measure_kind(session, token);
    if (!kind) return tl::unexpected(kind.error());
    switch (*kind) {
        case v1::KIND_PROTECTIVE_MEASURE:
            return end<v1::ProtectiveMeasure>(session, token, reason, *kind);
        case v1::KIND_RESTRAINT_MEASURE:
            return end<v1::RestraintMeasure>(session, token, reason, *kind);
        default:
            return end<v1::ServiceMeasure>(session, token, reason, *kind);
    }
}

}  // namespace

Care Device::care() {
    return Care(*impl_);
}

Result<Written> Care::add_problem(const RecordId& record, const ProblemEntry& entry) {
    return core_->run([&](Session& session) { return new_problem(session, record, entry); });
}

Result<Written> Care::resolve_problem(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) { return end_problem(session, token, reason, false); });
}

Result<Written> Care::retract_problem(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) { return end_problem(session, token, reason, true); });
}

Result<Written> Care::add_measure(const RecordId& record, const MeasureEntry& entry) {
    return core_->run([&](Session& session) { return new_measure(session, record, entry); });
}

Result<Written> Care::change_measure(const MeasureChange& change) {
    return core_->run([&](Session& session) { return change_any(session, change); });
}

Result<Written> Care::end_measure(const EditToken& token, std::string_view reason) {
    return core_->run([&](Session& session) { return end_any(session, token, reason); });
}

}  // namespace kari
