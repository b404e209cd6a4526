// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sync-server/admin/output.hpp"
#include "sync-server/admin/runtime.hpp"

// Units, people, tablets and caseloads. Each prints what it did. Errors: as named in Storage.
namespace kari::server::admin {

struct InitOptions {
    std::uint16_t port = 8443;
    std::uint16_t metrics_port = 0;
    std::string address = "127.0.0.1";
    std::vector<std::string> names;
    bool stored_is_secured = false;
};
Result<void> init(const Options& options, const InitOptions& init);

Result<void> add_unit(const Options& options, const std::string& name, const std::string& zone);
Result<void> add_nurse(const Options& options, const std::string& unit, const std::string& name,
                       const std::string& role, bool namesake);
// Off the unit's list, or on it again: her tablets refuse her PIN once they were told.
Result<void> remove_nurse(const Options& options, const std::string& unit, const std::string& nurse,
                          bool undo);
Result<void> assign(const Options& options, const std::string& unit,
                    const std::vector<std::string>& records, bool all, bool granted);
// A code for a tablet; with `nurse` one for her alone, on a tablet that is there.
Result<void> invite(const Options& options, const std::string& unit, const std::string& nurse,
                    unsigned minutes);
Result<void> revoke(const Options& options, const std::string& device);

}  // namespace kari::server::admin
