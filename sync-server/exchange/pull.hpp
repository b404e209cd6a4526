// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "kari/v1/exchange.pb.h"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

// The header is split here alone: what is stored is whole.
Result<v1::WireChange> on_the_wire(const storage::StoredChange& change);
// What a change counts for in a reply.
std::size_t bytes_of(const storage::StoredChange& change);
// Of a part of a log beside its changes; of a pair in a receipt.
inline constexpr std::size_t k_delta_bytes = 320;
inline constexpr std::size_t k_pair_bytes = 48;

// Fills a reply with what a device lacks: of each record of its unit's caseload the next part of
// the log, or of a long one a window; in the safety lane all of the safety kinds. Never more than
// the request allows: what does not fit comes when the device asks again, first what has something
// new, in the order in which the request names its holdings.
class Pull {
public:
    Pull(Parts& parts, const identity::DeviceIdentity& who, const v1::ExchangeRequest& request,
         const storage::Epoch& epoch, v1::ExchangeReply& reply, Tally& tally);

    // Errors: storage_*, malformed (a holding).
    Result<void> fill();

private:
    // What a device takes by a window, and how far it has it.
    struct Window {
        std::optional<WindowMark> held;
        std::optional<Instant> back_to;
    };
    // What the device holds of a record, as far as this log bears it out.
    struct Held {
        RecordId record;
        bool listed = false;  // in the request's holdings
        bool on_log = true;   // this log passes through the cursor as it was stated
        bool astray = false;  // of this epoch and not on its log: nothing can be joined to it
        storage::LogPoint base;
        storage::LogPoint cursor;
        std::uint64_t safety = 0;
        std::uint64_t own_seq = 0;  // of its own stream it holds 1 to here
        std::uint64_t seals = 0;    // of the record's seals it has had those up to here
        EpochId epoch;
        std::optional<Window> window;
    };

    Result<void> read_holdings();
    Result<void> fall_back(Held& held, const std::optional<storage::RecordState>& state);
    Result<void> read_caseload();
    Result<void> fill_caseload();
    bool delta_fits() const;
    void cut();
    Result<void> name_absent_members(const RecordId& record);
    Result<void> tell_gone(const Held& held);
    Result<void> fill_safety(const Held& held, const storage::RecordState& state);
    Result<void> add_seals(const Held& held, v1::RecordDelta& delta);
    Result<void> fill_certificates();
    // Each record of the caseload that this reply speaks of, in the order in which it is to come.
    using Fill = std::function<Result<void>(const Held&, const storage::RecordState&)>;
    Result<void> fill_records(const Fill& fill);
    Result<void> fill_prefix(const Held& held, const storage::RecordState& state);
    // pull_window.cpp
    Result<bool> begins_window(const Held& held, const storage::RecordState& state);
    Result<void> fill_window(const Held& held);
    Result<std::vector<storage::StoredChange>> brought_by(const Held& held,
                                                          const storage::StoredChange& change,
                                                          std::set<std::uint64_t>& brought);
    Result<void> add_beside(const Held& held, std::vector<storage::StoredChange> changes);
    Result<bool> holds(const Held& held, const storage::StoredChange& change) const;
    bool fits(std::size_t bytes) const;
    void set_secured(v1::RecordDelta& delta, const storage::RecordState& state,
                     const Digest& chain) const;

    Parts& parts_;
    const identity::DeviceIdentity& who_;
    const v1::ExchangeRequest& request_;
    const storage::Epoch& epoch_;
    v1::ExchangeReply& reply_;
    Tally& tally_;
    std::string own_;            // the request's incarnation
    std::set<ChangeId> pushed_;  // with this request, and answered for
    bool news_;                  // the feed has moved on, or it is another epoch's
    std::map<RecordId, Held> held_;
    std::vector<RecordId> order_;  // of holdings and caseload, each once
    std::map<RecordId, std::optional<storage::RecordState>> states_;
    std::set<RecordId> unlisted_;  // the list was cut before them
    std::set<RecordId> granted_;
    std::set<RecordId> removed_;
    std::set<RecordId> named_absent_;
    std::size_t budget_;
    std::size_t used_ = 0;
    std::size_t changes_ = 0;
};

}  // namespace kari::server::exchange
