// SPDX-License-Identifier: Apache-2.0
#include "sdk/sync/request.hpp"

#include <array>
#include <utility>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/chain.hpp"

namespace kari::sync {
namespace {

// A push above this goes without holdings, so that a change of any size fits.
constexpr std::size_t k_large_push = 128 * 1024;

class Composer {
public:
    Composer(Plan& plan, Replica& replica, Entropy& entropy, const Moment& now)
        : plan_(plan), replica_(replica) {
        std::array<std::uint8_t, 16> exchange{};
        entropy.fill(exchange);
        request_.set_protocol(k_protocol);
        request_.set_incarnation(base::to_bytes(plan.standing.incarnation));
        request_.set_exchange(std::string(exchange.begin(), exchange.end()));
        if (!plan.standing.epoch.is_zero()) {
            request_.set_epoch(base::to_bytes(plan.standing.epoch));
        }
        request_.set_feed_position(plan.feed);
        request_.set_max_reply_bytes(k_reply_bytes);
        request_.set_boot(base::to_bytes(now.boot));
        request_.set_boot_clock_ms(now.boot_clock_ms);
        request_.set_wall_ms(now.wall.ms);
        if (plan_.clock && holds(*plan_.clock, now)) {
            request_.set_server_minus_wall_ms(plan_.clock->server_minus_wall.ms);
            request_.set_server_doubt_ms(
                static_cast<std::uint64_t>(doubt_at(*plan_.clock, now).ms));
        }
        asked_.sent = now;
        asked_.epoch = plan.standing.epoch;
        asked_.feed_position = plan.feed;
    }

    Result<std::optional<Request>> compose() {
        if (plan_.refused) return push_only();
        if (plan_.need_safety) return safety();
        // In a new epoch the cursors fall back first: only then is it known what the server lacks.
        const bool fall_back_first = plan_.summary.new_epoch && plan_.complete_due;
        if (!fall_back_first && give_back()) return finish();
        if (!fall_back_first) push();
        want_certificates();
        const bool asks = request_.push_size() > 0 || request_.want_certificate_size() > 0;
        if (!asks && !plan_.need_full && !plan_.complete_due && plan_.wanted.empty()) {
            return std::nullopt;
        }
        request_.set_lane(v1::LANE_FULL);
        if (bytes_ <= k_large_push) {
            if (auto done = add_holdings(); !done) return tl::unexpected(done.error());
        }
        return finish();
    }

private:
    Result<std::optional<Request>> push_only() {
        push();
        if (request_.push_size() == 0) return std::nullopt;
        request_.set_lane(v1::LANE_FULL);
        return finish();
    }

    Result<std::optional<Request>> safety() {
        request_.set_lane(v1::LANE_SAFETY);
        asked_.safety = true;
        if (plan_.complete_due) {
            if (auto done = add_all(); !done) return tl::unexpected(done.error());
        } else {
            std::set<RecordId> behind;
            for (const auto& [record, state] : plan_.wanted)
                behind.insert(record);
            add_holdings_of(behind);
        }
        for (const auto& [record, held] : asked_.holding)
            plan_.asked_safety.insert(record);
        return finish();
    }

    Result<std::optional<Request>> finish() {
        Request out;
        out.asked = std::move(asked_);
        out.body = request_.SerializeAsString();
        return std::optional<Request>(std::move(out));
    }

    bool give_back() {
        for (const auto& [record, receipt] : plan_.evidence) {
            v1::RecordReturn* wire = request_.add_give_back();
            wire->set_record(base::to_bytes(record));
            *wire->add_range() = receipt;
            asked_.returned[record];
        }
        plan_.evidence.clear();
        if (plan_.returns_due) add_returns();
        if (request_.give_back_size() == 0) return false;
        request_.set_lane(v1::LANE_FULL);
        return true;
    }

    void add_returns() {
        PushQuery query;
        query.changes = plan_.return_changes;
        query.bytes = k_return_bytes;
        query.skip = plan_.skip_return;
        const auto returns = replica_.next_return(query);
        if (!returns) {
            plan_.problem(std::nullopt, returns.error());
            plan_.returns_due = false;
            return;
        }
        for (const Return& each : *returns)
            add_return(each);
        // Whatever could not be written down is in skip_return by now.
        if (returns->empty()) plan_.returns_due = false;
    }

    void add_return(const Return& given) {
        v1::RecordReturn wire;
        Sent sent;
        wire.set_record(base::to_bytes(given.record));
        for (const StoredChange& change : given.change) {
            if (!add_change(change, *wire.add_change(), sent, true)) {
                plan_.skip_return.insert(given.record);
                plan_.problem(given.record, {ErrorCode::malformed, "a change to be given back"});
                return;
            }
        }
        for (const auto& receipt : given.range)
            *wire.add_range() = receipt;
        for (const auto& receipt : given.pairs)
            *wire.add_pairs() = receipt;
        for (const auto& seal : given.seal)
            *wire.add_seal() = seal;
        *request_.add_give_back() = std::move(wire);
        asked_.returned[given.record] = std::move(sent);
    }

    void push() {
        if (plan_.push_failed) return;
        PushQuery query;
        query.changes = plan_.push_changes;
        query.bytes = k_push_bytes;
        query.skip = plan_.skip_push;
        query.confirm = plan_.confirm;
        const auto batch = replica_.next_push(query);
        if (!batch) {
            plan_.problem(std::nullopt, batch.error());
            plan_.push_failed = true;
            return;
        }
        for (const Outgoing& each : *batch)
            add_push(each);
    }

    void want_certificates() {
        const auto missing = replica_.missing_certificates();
        if (!missing) {
            plan_.problem(std::nullopt, missing.error());
            return;
        }
        for (const IncarnationId& incarnation : *missing) {
            if (asked_.certificates.size() == k_certificates) return;
            if (!plan_.certificates_asked.insert(incarnation).second) continue;
            request_.add_want_certificate(base::to_bytes(incarnation));
            asked_.certificates.insert(incarnation);
        }
    }

    void add_push(const Outgoing& outgoing) {
        v1::RecordPush wire;
        Sent sent;
        wire.set_record(base::to_bytes(outgoing.record));
        for (const StoredChange& change : outgoing.change) {
            if (!add_change(change, *wire.add_change(), sent, false)) {
                plan_.skip_push.insert(outgoing.record);
                plan_.problem(outgoing.record, {ErrorCode::malformed, "a change to be pushed"});
                return;
            }
        }
        for (const AccessItem& item : outgoing.access) {
            wire.add_access()->set_entry(item.entry_bytes);
            bytes_ += item.entry_bytes.size();
            ChangeId id;
            id.bytes = base::sha256(item.entry_bytes).bytes;
            sent.access[id] = {item.incarnation, item.seq};
        }
        for (const auto& seal : outgoing.seal)
            *wire.add_seal() = seal;
        sent.seals = outgoing.seal.size();
        if (sent.items() == 0) return;
        *request_.add_push() = std::move(wire);
        asked_.pushed[outgoing.record] = std::move(sent);
        if (plan_.confirm.erase(outgoing.record) > 0) plan_.confirmed.insert(outgoing.record);
    }

    bool add_change(const StoredChange& change, v1::WireChange& wire, Sent& sent,
                    bool with_position) {
        auto made = to_wire(change);
        if (!made) return false;
        if (!with_position) made->set_position(0);
        bytes_ += made->header().size() + made->body().size();
        std::optional<Sent::Address> address;
        if (change.header_bytes) {
            v1::ChangeHeader header;
            if (!header.ParseFromString(made->header())) return false;
            const auto incarnation = base::from_bytes<IncarnationId>(header.incarnation());
            if (!incarnation) return false;
            address = Sent::Address{*incarnation, header.seq()};
        } else if (!with_position) {
            return false;
        }
        sent.change[change.id] = address;
        wire = std::move(*made);
        return true;
    }

    static void ask_window(const Held& held, v1::WindowAsk& ask) {
        if (!held.window) return;
        ask.set_back_to_ms(held.window->back_to.ms);
        // After a restore that lost where it began, a window is given anew.
        if (!held.window->held || held.cursor.position == 0) return;
        const WindowMark& mark = *held.window->held;
        ask.mutable_held()->set_moment_ms(mark.moment.ms);
        if (!mark.resource.is_zero())
            ask.mutable_held()->set_resource(base::to_bytes(mark.resource));
    }

    void add_holding(const Held& held) {
        v1::Holding* wire = request_.add_holding();
        wire->set_record(base::to_bytes(held.record));
        *wire->mutable_base() = to_wire(held.base);
        *wire->mutable_cursor() = to_wire(held.cursor);
        if (!held.epoch.is_zero()) wire->set_epoch(base::to_bytes(held.epoch));
        wire->set_safety_position(held.safety_position);
        wire->set_own_seq(held.own_seq);
        wire->set_seal_position(held.seal_position);
        if (held.window || held.takes_window) ask_window(held, *wire->mutable_window());
        asked_.holding[held.record] = held;
    }

    Result<void> add_all() {
        const auto holdings = replica_.holdings();
        if (!holdings) return tl::unexpected(holdings.error());
        const bool all = holdings->size() <= k_holdings;
        for (const Held& held : *holdings) {
            if (asked_.holding.size() < k_holdings) {
                add_holding(held);
            } else {
                plan_.wanted[held.record];
            }
        }
        request_.set_holdings_complete(all);
        asked_.complete = true;
        return {};
    }

    Result<void> add_holdings() {
        if (plan_.complete_due) return add_all();
        std::set<RecordId> records;
        for (const auto& [record, sent] : asked_.pushed)
            records.insert(record);
        for (const auto& [record, behind] : plan_.wanted)
            records.insert(record);
        add_holdings_of(records);
        return {};
    }

    void add_holdings_of(const std::set<RecordId>& records) {
        for (const RecordId& record : records) {
            if (asked_.holding.size() >= k_holdings) break;
            const auto held = replica_.holding(record);
            if (!held) {
                plan_.pass_over(record, held.error());
            } else if (*held) {
                add_holding(**held);
            } else {
                plan_.wanted.erase(record);
            }
        }
    }

    Plan& plan_;
    Replica& replica_;
    v1::ExchangeRequest request_;
    Asked asked_;
    std::size_t bytes_ = 0;
};

}  // namespace

Result<std::optional<Request>> next_request(Plan& plan, Replica& replica, Entropy& entropy,
                                            const Moment& now) {
    return Composer(plan, replica, entropy, now).compose();
}

}  // namespace kari::sync
