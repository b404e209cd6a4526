// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/reply.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "sdk/base/id.hpp"
#include "sdk/sync/answers.hpp"
#include "sdk/sync/chain.hpp"
#include "sdk/sync/delta.hpp"
#include "sdk/sync/epoch.hpp"

namespace kari::sync {
namespace {

constexpr std::size_t k_asked_in_vain = 3;

class Applier {
public:
    Applier(Plan& plan, const Asked& asked, const v1::ExchangeReply& reply, Replica& replica,
            const Moment& now)
        : plan_(plan), asked_(asked), reply_(reply), replica_(replica), now_(now) {
        epoch_ = *base::from_bytes<EpochId>(reply.epoch());
    }

    Result<void> apply() {
        note_time();
        plan_.summary.recovering = reply_.recovering();
        if (auto done = take_epoch(); !done) return done;
        fall_back();
        read_caseload();
        look_for_regress();
        take_answers();
        grant();
        for (const v1::RecordDelta& delta : reply_.delta())
            take_delta(delta);
        if (!reply_.recovering()) remove();
        take_certificates();
        take_directory();
        if (!plan_.refused) settle();
        return {};
    }

private:
    struct Entry {
        v1::CaseloadState state = v1::CASELOAD_STATE_UNSPECIFIED;
        std::optional<Point> server;
        bool not_here = false;
    };

    void note_time() {
        const Instant server{reply_.server_ms()};
        const auto learnt = sample_of(asked_.sent, now_, server);
        if (!learnt) return;
        plan_.clock = better(plan_.clock, *learnt);
        const TimeSample sample{server, *plan_.clock};
        if (auto done = replica_.note_server_time(sample); !done) {
            plan_.problem(std::nullopt, done.error());
        }
    }

    Result<void> take_epoch() {
        if (epoch_ == plan_.standing.epoch) return {};
        const bool first = plan_.standing.epoch.is_zero();
        if (auto done = replica_.set_epoch(epoch_); !done) return done;
        plan_.standing.epoch = epoch_;
        if (first) return {};
        plan_.summary.new_epoch = true;
        plan_.feed = 0;
        plan_.complete_due = true;
        plan_.returns_due = true;
        plan_.wanted.clear();  // positions of another epoch
        return {};
    }

    // Nothing, and reported, when a part of the reply names none.
    std::optional<RecordId> record_of(const std::string& bytes) {
        const auto record = base::from_bytes<RecordId>(bytes);
        if (!record) plan_.problem(std::nullopt, {ErrorCode::malformed, "record of a reply"});
        return record;
    }

    std::optional<Held> held(const RecordId& record) {
        auto found = replica_.holding(record);
        if (found) return *found;
        plan_.pass_over(record, found.error());
        return std::nullopt;
    }

    void fall_back() {
        std::map<RecordId, std::vector<Point>> starts;
        for (const v1::EpochStart& start : reply_.epoch_start()) {
            const auto record = record_of(start.record());
            if (!record) continue;
            const auto point = point_from(start.point());
            if (point) {
                starts[*record].push_back(*point);
            } else {
                plan_.pass_over(*record, point.error());
            }
        }
        for (auto& [record, points] : starts) {
            const auto is = held(record);
            if (!is || is->epoch.is_zero() || is->epoch == epoch_) continue;
            const std::uint64_t thought = lowest(points);
            const auto done = find_fallback(*is, epoch_, std::move(points), replica_)
                                  .and_then([&](const Fallback& each) {
                                      fallen_[record] = each.kept < thought;
                                      return replica_.fall_back(each);
                                  });
            if (!done) plan_.stay_behind(record, done.error());
            plan_.returns_due = plan_.returns_due || done.has_value();
        }
    }

    void read_caseload() {
        for (const v1::CaseloadEntry& wire : reply_.caseload()) {
            const auto record = record_of(wire.record());
            if (!record) {
                list_is_whole_ = false;
                continue;
            }
            // One record may be named twice: as one that left, and as one that is linked.
            Entry entry = entries_.count(*record) > 0 ? entries_.at(*record) : Entry{};
            if (wire.state() != v1::CASELOAD_STATE_UNSPECIFIED) entry.state = wire.state();
            entry.not_here = entry.not_here || wire.not_here();
            if (wire.has_server()) {
                const auto point = point_from(wire.server());
                if (!point) {
                    plan_.pass_over(*record, point.error());
                    list_is_whole_ = false;
                    continue;
                }
                entry.server = *point;
                auto& known = known_[*record];
                known = std::max(known, point->position);
            }
            entries_[*record] = entry;
        }
    }

    // The server's log is behind ours, or another, in one epoch: it lost commits unknowingly.
    void look_for_regress() {
        for (const auto& [record, entry] : entries_) {
            if (!entry.server || fallen_.count(record) > 0) continue;
            const auto is = held(record);
            if (!is || is->epoch != epoch_ || entry.server->position > is->cursor.position)
                continue;
            if (*entry.server == is->cursor) continue;
            const auto own = replica_.chain_at(record, entry.server->position);
            if (!own) {
                plan_.pass_over(record, own.error());
                continue;
            }
            const Error error{ErrorCode::chain_broken, "the server's log is not the one held"};
            if (*own && **own == entry.server->chain) {
                plan_.problem(record, error);  // the same log, but shorter
            } else {
                plan_.pass_over(record, error);
            }
            show_receipt(record);
        }
    }

    void show_receipt(const RecordId& record) {
        if (!plan_.evidenced.insert(record).second) return;
        const auto receipt = replica_.newest_receipt(record);
        if (!receipt) return plan_.problem(record, receipt.error());
        if (*receipt) plan_.evidence[record] = **receipt;
    }

    void take_answers() {
        for (const v1::PushReply& wire : reply_.push()) {
            const auto record = record_of(wire.record());
            if (record) take_answer(*record, wire, asked_.pushed, false);
        }
        for (const v1::PushReply& wire : reply_.returned()) {
            const auto record = record_of(wire.record());
            if (record) take_answer(*record, wire, asked_.returned, true);
        }
        count_unanswered(asked_.pushed, plan_.skip_push, false);
        count_unanswered(asked_.returned, plan_.skip_return, true);
    }

    void take_answer(const RecordId& record, const v1::PushReply& wire,
                     const std::map<RecordId, Sent>& sent, bool returned) {
        auto& skip = returned ? plan_.skip_return : plan_.skip_push;
        const auto was = sent.find(record);
        if (was == sent.end()) {
            plan_.problem(record, {ErrorCode::malformed, "an answer to what was not sent"});
            return;
        }
        auto checked = check_answers(wire, record, epoch_, was->second);
        if (!checked) {
            plan_.problem(record, checked.error());
            skip.insert(record);
            return;
        }
        for (const Error& error : checked->faults)
            plan_.problem(record, error);
        if (checked->refused) skip.insert(record);
        const Answers& answers = checked->answers;
        const auto done = returned ? replica_.apply_return(answers) : replica_.apply_push(answers);
        if (!done) {
            plan_.problem(record, done.error());
            skip.insert(record);
            return;
        }
        count(answers, returned);
    }

    void count(const Answers& answers, bool returned) {
        Summary& summary = plan_.summary;
        for (const Answer& answer : answers.change) {
            ++(returned ? summary.progress.changes_returned : summary.progress.changes_sent);
            auto& known = known_[answers.record];
            known = std::max(known, answer.position);
        }
        for (const auto* list : {&answers.change, &answers.access}) {
            for (const Answer& answer : *list) {
                if (answer.fate != Fate::quarantined) continue;
                ++summary.quarantined;
                plan_.problem(answers.record, {answer.error, "a change was quarantined"});
            }
        }
        (returned ? answered_returns_ : answered_)[answers.record] +=
            answers.change.size() + answers.access.size() + answers.seals_stored;
    }

    // What is sent twice without any answer is not sent a third time in this session.
    void count_unanswered(const std::map<RecordId, Sent>& sent, std::set<RecordId>& skip,
                          bool returned) {
        auto& answered = returned ? answered_returns_ : answered_;
        for (const auto& [record, items] : sent) {
            if (items.items() == 0) continue;
            if (answered[record] > 0) {
                plan_.unanswered.erase(record);
            } else if (++plan_.unanswered[record] >= 2) {
                skip.insert(record);
                plan_.problem(record, {ErrorCode::malformed, "the server does not answer a push"});
            }
        }
    }

    void grant() {
        for (const auto& [record, entry] : entries_) {
            Result<void> done;
            const auto is = held(record);
            if (entry.state == v1::CASELOAD_STATE_GRANTED) {
                if (is && !is->hidden && !is->not_here) continue;
                done = replica_.grant(record, entry.server.value_or(Point{}));
            } else if (entry.not_here && (!is || !is->holds_anything)) {
                // What is held of a record leaves as any other does: see remove().
                done = replica_.not_here(record);
            }
            if (!done) plan_.pass_over(record, done.error());
        }
    }

    void take_delta(const v1::RecordDelta& wire) {
        const auto record = record_of(wire.record());
        if (!record || plan_.broken.count(*record) > 0) return;
        touched_.insert(*record);
        const auto is = held(*record);
        if (!is) {
            plan_.problem(record, {ErrorCode::malformed, "a part of a record that is not granted"});
            return;
        }
        const bool beyond = wire.out_of_order() && fallen_.contains(*record) && fallen_[*record];
        if (beyond || (!is->epoch.is_zero() && is->epoch != epoch_)) {
            // Its fallback comes first; what goes beside the log was made for one who has more.
            plan_.wanted[*record];
            return;
        }
        const auto pieces = check_delta(wire, epoch_, *is, replica_);
        if (!pieces) {
            const bool broken = pieces.error().code == ErrorCode::chain_broken;
            if (broken && fallen_.count(*record) > 0) {
                // It was made for the cursor before the fallback.
                plan_.wanted[*record];
                return;
            }
            plan_.pass_over(*record, pieces.error());
            if (broken && !wire.out_of_order()) show_receipt(*record);
            return;
        }
        for (const Delta& piece : *pieces) {
            if (auto done = replica_.apply_delta(piece); !done) {
                plan_.pass_over(*record, done.error());
                return;
            }
            plan_.summary.progress.changes_received += piece.change.size();
        }
        if (wire.more() && !wire.out_of_order()) more_.insert(*record);
    }

    void remove() {
        for (const auto& [record, entry] : entries_) {
            if (entry.state == v1::CASELOAD_STATE_GRANTED) continue;
            if (entry.state != v1::CASELOAD_STATE_REMOVED && !entry.not_here) continue;
            const auto is = held(record);
            if (entry.not_here && (!is || !is->holds_anything)) continue;
            hide(record);
            if (entry.state == v1::CASELOAD_STATE_REMOVED) purge(record, entry);
        }
        if (!reply_.caseload_complete() || !list_is_whole_) return;
        const auto all = replica_.holdings();
        if (!all) {
            plan_.problem(std::nullopt, all.error());
            return;
        }
        for (const Held& each : *all) {
            if (each.known_to_server && entries_.count(each.record) == 0) hide(each.record);
        }
    }

    void hide(const RecordId& record) {
        plan_.wanted.erase(record);
        const auto is = held(record);
        if (!is || is->hidden) return;
        const auto done = replica_.hide(record);
        if (!done) return plan_.pass_over(record, done.error());
        ++plan_.summary.hidden;
    }

    void purge(const RecordId& record, const Entry& entry) {
        const auto is = held(record);
        if (!is || plan_.broken.count(record) > 0) return;
        Removal removal;
        removal.recovering = reply_.recovering();
        removal.epoch = epoch_;
        removal.server = entry.server;
        const auto asked = asked_.holding.find(record);
        if (asked != asked_.holding.end()) removal.asked = asked->second;
        if (!covers(removal, *is)) return;
        const auto owed = replica_.obligations(record);
        if (!owed) {
            plan_.pass_over(record, owed.error());
            return;
        }
        if (!owed->none()) {
            if (plan_.confirmed.count(record) == 0) plan_.confirm.insert(record);
            return;
        }
        auto done = replica_.purge(record, *entry.server);
        if (done) {
            ++plan_.summary.purged;
        } else if (done.error().code != ErrorCode::in_use) {
            plan_.pass_over(record, done.error());
        }
    }

    void take_certificates() {
        for (const v1::IncarnationCertificate& wire : reply_.certificate()) {
            const auto incarnation = base::from_bytes<IncarnationId>(wire.incarnation());
            Result<void> done = fail(ErrorCode::malformed, "an unasked certificate");
            if (incarnation && asked_.certificates.contains(*incarnation))
                done = replica_.keep_certificate(*incarnation, wire.certificate());
            if (!done) plan_.problem(std::nullopt, done.error());
        }
    }

    void take_directory() {
        if (!reply_.has_unit()) return;
        const bool known = reply_.directory_version() == plan_.standing.directory_version;
        if (known && reply_.directory_version() > 0 && !plan_.summary.new_epoch) return;
        std::vector<v1::DirectoryPerson> people(reply_.person().begin(), reply_.person().end());
        auto done = replica_.set_directory(reply_.unit(), people, reply_.directory_version());
        if (done) {
            plan_.standing.directory_version = reply_.directory_version();
        } else {
            plan_.problem(std::nullopt, done.error());
        }
    }

    bool removed(const RecordId& record) const {
        const auto entry = entries_.find(record);
        return entry != entries_.end() && entry->second.state == v1::CASELOAD_STATE_REMOVED;
    }

    // Where the server's log of a record stands, as far as it was said in this session.
    std::uint64_t known(const RecordId& record) const {
        const auto now = known_.find(record);
        const auto before = plan_.wanted.find(record);
        return std::max(now == known_.end() ? 0 : now->second,
                        before == plan_.wanted.end() ? 0 : before->second.server);
    }

    bool behind(const RecordId& record, const Held& is) const {
        return more_.count(record) > 0 || known(record) > is.cursor.position ||
               (is.window && !is.window->reached()) || (!is.epoch.is_zero() && is.epoch != epoch_);
    }

    // What is still to be asked for.
    void settle() {
        for (const auto& [record, position] : known_) {
            if (asked_.holding.count(record) == 0) settle(record, false);
        }
        for (const RecordId& record : more_) {
            if (asked_.holding.count(record) == 0) settle(record, false);
        }
        for (const auto& [record, was] : asked_.holding)
            settle(record, true);
        Progress& progress = plan_.summary.progress;
        progress.records_wanted = progress.records_done + plan_.wanted.size();
        if (asked_.safety) {
            plan_.need_safety = reply_.more() || (!plan_.complete_due && safety_is_owed());
            if (!plan_.need_safety) finish_safety();
            return;
        }
        plan_.need_full = reply_.more();
        if (asked_.complete) {
            plan_.complete_due = false;
            plan_.summary.holdings_compared = true;
        }
        take_feed();
        plan_.server = Instant{reply_.server_ms()};
        plan_.asked_at = asked_.sent;
    }

    bool safety_is_owed() const {
        return std::any_of(plan_.wanted.begin(), plan_.wanted.end(), [this](const auto& each) {
            return plan_.asked_safety.count(each.first) == 0;
        });
    }

    void settle(const RecordId& record, bool asked) {
        if (plan_.broken.count(record) > 0) return;
        const auto is = held(record);
        // Nothing is sent of what was removed. A recovery hides nothing, and still must not ask on.
        if (!is || removed(record)) {
            plan_.wanted.erase(record);
            return;
        }
        const bool cut = reply_.more() && asked && touched_.count(record) == 0;
        if (!behind(record, *is) && !cut) {
            const bool was_wanted = plan_.wanted.erase(record) > 0;
            if (!asked_.safety && (was_wanted || touched_.count(record) > 0)) {
                ++plan_.summary.progress.records_done;
            }
            return;
        }
        if (asked_.safety && asked) return;  // the full lane asks for it anyway
        const std::uint64_t server = known(record);
        Behind& state = plan_.wanted[record];
        state.server = server;
        if (!asked || cut || state.gets_on(*is)) state.asked = 0;
        if (asked && !cut && ++state.asked > k_asked_in_vain) {
            plan_.pass_over(record,
                            {ErrorCode::malformed, "the server does not bring a record forward"});
        }
    }

    void take_feed() {
        if (asked_.epoch != epoch_) return;  // compared next anyway
        if (reply_.feed_position() < asked_.feed_position && !plan_.fell_behind) {
            plan_.fell_behind = true;
            plan_.complete_due = true;
        }
        plan_.feed = reply_.feed_position();
    }

    void finish_safety() {
        plan_.summary.safety_done = true;
        Freshness fresh;
        fresh.safety_only = true;
        fresh.server = Instant{reply_.server_ms()};
        fresh.asked = asked_.sent;
        fresh.behind.assign(plan_.broken.begin(), plan_.broken.end());
        if (auto done = replica_.finish(fresh); !done) plan_.problem(std::nullopt, done.error());
    }

    Plan& plan_;
    const Asked& asked_;
    const v1::ExchangeReply& reply_;
    Replica& replica_;
    const Moment& now_;
    EpochId epoch_;
    std::map<RecordId, Entry> entries_;
    bool list_is_whole_ = true;
    std::map<RecordId, std::uint64_t> known_;  // where the server's log is known to reach
    std::map<RecordId, bool> fallen_;  // true: further than to any point that the server named
    std::set<RecordId> touched_;       // got a delta
    std::set<RecordId> more_;
    std::map<RecordId, std::size_t> answered_;
    std::map<RecordId, std::size_t> answered_returns_;
};

}  // namespace

Result<void> apply_reply(Plan& plan, const Asked& asked, const v1::ExchangeReply& reply,
                         Replica& replica, const Moment& now) {
    return Applier(plan, asked, reply, replica, now).apply();
}

}  // namespace kari::sync
