// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sync-server/exchange/parts.hpp"

namespace kari::server::admin {

struct LinkWord {
    bool linked = true;
    std::string reason;
    std::string actor;  // who acts on the machine, for the access log
};

// Says in both records that they are one citizen's, or are not; the same again changes nothing.
// Between the two a process may end: then it is to be said again. Errors: not_found, storage_*.
Result<void> link_records(exchange::Parts& parts, const RecordId& one, const RecordId& two,
                          const LinkWord& word);

}  // namespace kari::server::admin
