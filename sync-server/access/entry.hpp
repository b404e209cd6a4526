// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <kari/error.hpp>
#include <kari/ids.hpp>

#include "kari/v1/change.pb.h"
#include "sync-server/storage/storage.hpp"

namespace kari::server::access {

// Who looks through the server, and why. No person of the directory stands behind it that the
// server could name: a tablet asks by its certificate, an operator is who the machine says.
struct Look {
    UnitId unit;        // that asks; zero for an operator
    DeviceId device;    // that asks; zero for an operator
    std::string role;   // "device" or "operator"
    std::string actor;  // the operator's account on the machine
    v1::Purpose purpose = v1::PURPOSE_UNSPECIFIED;
    std::string reason;
    v1::RecordedTime recorded;
};

Look look_of_device(const DeviceId& device, const UnitId& unit, v1::Purpose purpose,
                    v1::RecordedTime recorded);
// `command` is what was run.
Look look_of_operator(std::string actor, std::string command, v1::Purpose purpose,
                      v1::RecordedTime recorded);

// Adds an entry to the record's access log, in the server's own stream of this incarnation. Durable
// and sealed with the transaction's commit (by ServerStream): only then may anything be shown.
// Errors: storage_*.
Result<void> add_entry(storage::RecordTransaction& record, const IncarnationId& incarnation,
                       const Look& look);

}  // namespace kari::server::access
