// SPDX-License-Identifier: Apache-2.0
#include "sync-server/exchange/links.hpp"

#include "sdk/base/id.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::exchange {

Result<void> index_link(Parts& parts, storage::RecordTransaction& record,
                        const ResourceId& resource) {
    KARI_LET(const auto log, parts.logs.read(parts.storage, record.state().id));
    const auto known = log->of(resource);
    if (known.empty() || known.front()->header.kind() != v1::KIND_RECORD_LINK) return {};
    const auto said = merge::operative_as<v1::RecordLink>(merge::fold(known));
    const auto other = base::from_bytes<RecordId>(said.link().other_record());
    if (!other || *other == record.state().id) return {};
    return record.set_linked(*other, said.link().state() == v1::LINK_STATE_LINKED);
}

}  // namespace kari::server::exchange
