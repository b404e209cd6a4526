// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/answers.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/sync/delta.hpp"
#include "sdk/sync/told.hpp"

namespace kari::sync {
namespace {

std::optional<Fate> fate_of(const v1::ChangeReply& wire) {
    switch (wire.fate()) {
        case v1::CHANGE_FATE_STORED:
            return Fate::stored;
        case v1::CHANGE_FATE_SECURED:
            return Fate::secured;
        case v1::CHANGE_FATE_QUARANTINED:
            return Fate::quarantined;
        default:
            return std::nullopt;
    }
}

class Check {
public:
    Check(const RecordId& record, const EpochId& epoch) {
        out_.answers.record = record;
        out_.answers.epoch = epoch;
    }

    void change(const v1::ChangeReply& wire, const Sent& sent) {
        auto answer = read(wire);
        if (!answer) return;
        const auto was = sent.change.find(answer->id);
        const Sent::Address address{answer->incarnation, answer->seq};
        // What was named by its id alone has no address here, and need have none there.
        if (was == sent.change.end() || (was->second && *was->second != address)) {
            out_.faults.push_back({ErrorCode::malformed, "an answer to what was not sent"});
            return;
        }
        if (answer->fate != Fate::quarantined && answer->position == 0) {
            out_.faults.push_back({ErrorCode::malformed, "an answer without position"});
            return;
        }
        out_.answers.change.push_back(*answer);
    }

    void access(const v1::ChangeReply& wire, const Sent& sent) {
        auto answer = read(wire);
        if (!answer) return;
        const auto was = sent.access.find(answer->id);
        if (was == sent.access.end() ||
            was->second != Sent::Address{answer->incarnation, answer->seq}) {
            out_.faults.push_back({ErrorCode::malformed, "an answer to what was not sent"});
            return;
        }
        out_.answers.access.push_back(*answer);
    }

    CheckedAnswers& out() { return out_; }

private:
    std::optional<Answer> read(const v1::ChangeReply& wire) {
        Answer answer;
        auto incarnation = base::from_bytes<IncarnationId>(wire.incarnation());
        if (wire.incarnation().empty()) incarnation = IncarnationId{};
        const auto id = base::from_bytes<ChangeId>(wire.id());
        if (!incarnation || !id) {
            out_.faults.push_back({ErrorCode::malformed, "an answer without id"});
            return std::nullopt;
        }
        const auto fate = fate_of(wire);
        if (!fate) {
            out_.refused = true;
            out_.faults.push_back({told_by_server(wire.error()), "the server kept nothing"});
            return std::nullopt;
        }
        answer.incarnation = *incarnation;
        answer.id = *id;
        answer.seq = wire.seq();
        answer.fate = *fate;
        answer.position = *fate == Fate::quarantined ? 0 : wire.position();
        if (*fate == Fate::quarantined) answer.error = error_code_from(wire.error());
        return answer;
    }

    CheckedAnswers out_;
};

}  // namespace

Result<CheckedAnswers> check_answers(const v1::PushReply& wire, const RecordId& record,
                                     const EpochId& epoch, const Sent& sent) {
    Check check(record, epoch);
    for (const v1::ChangeReply& each : wire.change())
        check.change(each, sent);
    for (const v1::ChangeReply& each : wire.access())
        check.access(each, sent);
    CheckedAnswers& out = check.out();
    std::vector<PositionAndId> pairs;
    for (const Answer& answer : out.answers.change) {
        if (answer.fate != Fate::quarantined) pairs.emplace_back(answer.position, answer.id);
    }
    if (!pairs.empty()) {
        if (!wire.has_receipt())
            return fail(ErrorCode::receipt_invalid, "an answer without receipt");
        auto good = check_pairs(wire.receipt(), epoch, record, std::move(pairs));
        if (!good) return tl::unexpected(good.error());
        out.answers.receipt = wire.receipt();
    }
    out.answers.seals_stored = std::min(static_cast<std::size_t>(wire.seals_stored()), sent.seals);
    return std::move(out);
}

}  // namespace kari::sync
