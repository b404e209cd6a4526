// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "sdk/device/core.hpp"
#include "sdk/device/seal_proof.hpp"
#include "sdk/sync/replica.hpp"

namespace kari::device {

// The exchange's view of this device. Each call takes the device's lock for itself, so that a
// nurse's write comes in between any two. Requires: `core.syncing`, which keeps the store open.
// Lives for one session of the exchange.
class StoreReplica : public sync::Replica {
public:
    explicit StoreReplica(Core& core) : core_(core) {}

    Result<sync::Standing> standing() override;
    Result<std::vector<sync::Held>> holdings() override;
    Result<std::optional<sync::Held>> holding(const RecordId& record) override;
    Result<std::vector<RecordId>> unreached() override;
    Result<std::optional<Digest>> chain_at(const RecordId& record, std::uint64_t position) override;
    Result<std::vector<ChangeId>> ids_at(const RecordId& record, const IncarnationId& incarnation,
                                         std::uint64_t seq) override;
    Result<std::optional<v1::RangeReceipt>> newest_receipt(const RecordId& record) override;
    Result<std::vector<sync::Outgoing>> next_push(const sync::PushQuery& query) override;
    Result<std::vector<sync::Return>> next_return(const sync::PushQuery& query) override;
    Result<std::vector<IncarnationId>> missing_certificates() override;
    Result<void> keep_certificate(const IncarnationId& incarnation,
                                  const std::string& der) override;
    Result<void> apply_push(const sync::Answers& answers) override;
    Result<void> apply_return(const sync::Answers& answers) override;
    Result<void> apply_delta(const sync::Delta& delta) override;
    Result<void> fall_back(const sync::Fallback& fallback) override;
    Result<void> grant(const RecordId& record, const sync::Point& server) override;
    Result<void> hide(const RecordId& record) override;
    Result<void> not_here(const RecordId& record) override;
    Result<sync::Obligations> obligations(const RecordId& record) override;
    Result<void> purge(const RecordId& record, const sync::Point& server) override;
    Result<void> set_epoch(const EpochId& epoch) override;
    Result<void> set_directory(const v1::DirectoryUnit& unit,
                               const std::vector<v1::DirectoryPerson>& people,
                               std::uint64_t version) override;
    Result<void> note_server_time(const sync::TimeSample& sample) override;
    Result<void> finish(const sync::Freshness& freshness) override;

    // What happened since the last call, for observers. Outside the lock.
    std::vector<Event> take_events() { return std::exchange(events_, {}); }

private:
    using SealKey = std::tuple<IncarnationId, std::uint64_t, RecordId>;

    Result<std::optional<sync::Held>> held(const RecordId& record);
    Result<void> add_confirmations(const sync::PushQuery& query,
                                   std::map<RecordId, sync::Outgoing>& out);
    // True: nothing is left that another push must carry.
    Result<bool> add_access(const sync::PushQuery& query, std::size_t room,
                            std::map<RecordId, sync::Outgoing>& out);
    Result<void> add_seals(const sync::PushQuery& query, std::map<RecordId, sync::Outgoing>& out);
    Result<void> note_seals(const sync::Answers& answers);
    Result<void> take_seals(const sync::Delta& delta, v1::RecordDelta& wire);
    Result<bool> proves_itself(const v1::RecordSeal& seal, const RecordId& record);
    void set_aside(const RecordId& record);  // a seal of it
    Result<std::vector<v1::RecordSeal>> seals_to_return(const sync::Return& given);
    // With the mutex held, in the hold of it that made the change.
    void note(EventKind kind, const RecordId& record);
    bool own(const IncarnationId& incarnation) const;
    store::DeviceStore& store() { return core_.open->store; }
    Settings& settings() { return core_.open->settings; }
    Result<crypto::SigningKey> key_of(const std::string& certificate_der) {
        return core_.open->signing_keys.key_of(certificate_der, settings().ca_certificate_der);
    }

    Core& core_;
    std::vector<Event> events_;
    SealProof seal_proof_;
    // Seals in the push under way and those the server has answered for, by (name, number, record).
    std::map<RecordId, std::vector<SealKey>> seals_sent_;
    std::set<SealKey> seals_stored_;
    std::set<std::pair<RecordId, ChangeId>> confirmed_;  // asked once in this session
    std::set<std::pair<RecordId, Digest>> access_confirmed_;
};

}  // namespace kari::device
