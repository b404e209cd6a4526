// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {

class EmbeddedRecordTransaction final : public RecordTransaction {
public:
    EmbeddedRecordTransaction(EmbeddedStorage& storage, EmbeddedStorage::Part part,
                              RecordState state)
        : storage_(storage), part_(std::move(part)), state_(std::move(state)) {}

    const RecordState& state() const override { return state_; }
    Result<StreamEnd> stream_end(const IncarnationId& incarnation) override;
    Result<StreamEnd> access_end(const IncarnationId& incarnation) override;
    Result<Appended> append(const merge::Change& change) override;
    Result<Appended> append_access(const StoredAccess& entry) override;
    Result<bool> add_seal(const StoredSeal& seal) override;
    Result<void> set_reviewed(std::uint64_t position) override;
    Result<void> set_linked(const RecordId& other, bool linked) override;
    Result<bool> set_open_findings(const std::vector<OpenFinding>& open,
                                   const std::optional<std::set<ResourceId>>& among) override;
    Result<void> commit() override;

private:
    Result<StreamEnd> read_end(std::string_view sql, const IncarnationId& incarnation);
    Result<void> look_around(const merge::Change& change, Appended& result);
    Result<void> name_attachments(const merge::Change& change);

    EmbeddedStorage& storage_;
    EmbeddedStorage::Part part_;
    RecordState state_;
    bool told_ = false;  // something was written that a tablet would be sent
};

}  // namespace kari::server::storage
