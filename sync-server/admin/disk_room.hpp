// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include <kari/error.hpp>

namespace kari::server::admin {

// Whether beside `database` in `folder` there is room for a copy of it and a transaction that may
// rewrite as much again. `what` wants it, for the sentence. Errors: storage_full, storage_failed.
Result<void> check_room(const std::filesystem::path& database, const std::filesystem::path& folder,
                        std::string_view what);

}  // namespace kari::server::admin
