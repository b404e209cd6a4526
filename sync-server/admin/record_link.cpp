// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/record_link.hpp"

#include "sdk/base/id.hpp"
#include "sdk/chart/group.hpp"
#include "sdk/merge/fold.hpp"
#include "sync-server/access/entry.hpp"
#include "sync-server/exchange/links.hpp"
#include "sync-server/exchange/reviewer.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {
namespace {

Result<void> write_link(exchange::Parts& parts, const RecordId& record, const RecordId& other,
                        const LinkWord& word) {
    KARI_LET(const auto open, parts.storage.begin(record));
    KARI_LET(const auto log, parts.logs.read(parts.storage, record));
    v1::RecordLink value;
    value.mutable_link()->set_other_record(base::to_bytes(other));
    value.mutable_link()->set_state(word.linked ? v1::LINK_STATE_LINKED : v1::LINK_STATE_UNLINKED);
    value.mutable_link()->set_reason(word.reason);
    exchange::ServerStatement statement;
    statement.resource = chart::link_resource(record, other);
    statement.kind = v1::KIND_RECORD_LINK;
    statement.message = &value;
    if (const auto known = log->of(statement.resource); !known.empty()) {
        const auto folded = merge::fold(known);
        const auto said = merge::operative_as<v1::RecordLink>(folded);
        if (said.link().state() == value.link().state()) return {};
        statement.parents = folded.heads;
    }
    KARI_TRY(parts.stream.write(*open, statement));
    KARI_TRY(exchange::index_link(parts, *open, statement.resource));
    KARI_TRY(access::add_entry(
        *open, parts.stream.incarnation(),
        access::look_of_operator(word.actor, word.linked ? "link" : "unlink",
                                 v1::PURPOSE_ADMINISTRATION, parts.stream.now())));
    return parts.stream.commit(*open);
}

}  // namespace

Result<void> link_records(exchange::Parts& parts, const RecordId& one, const RecordId& two,
                          const LinkWord& word) {
    KARI_TRY(write_link(parts, one, two, word));
    KARI_TRY(write_link(parts, two, one, word));
    KARI_TRY(exchange::review(parts, one));
    return exchange::review(parts, two);
}

}  // namespace kari::server::admin
