// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/message.h>

#include "sync-server/fhir/withdrawal.hpp"

namespace kari::server::fhir {

// True when the source's own marks say that `message` is an earlier version than the newest that
// was imported: meta.lastUpdated, else a meta.versionId that is a number. Without marks on both
// sides the later import is the newer one.
bool is_older(const google::protobuf::Message& message, const Changes& known);

}  // namespace kari::server::fhir
