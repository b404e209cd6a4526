// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/runtime.hpp"

#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "sdk/fhir/lift.hpp"
#include "sync-server/admin/account.hpp"
#include "sync-server/admin/arguments.hpp"
#include "sync-server/admin/pack_in_use.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

Result<std::unique_ptr<Runtime>> Runtime::open(const std::filesystem::path& root,
                                               const Opening& opening) {
    KARI_TRY(check_account(root));
    auto runtime = std::make_unique<Runtime>();
    runtime->layout.root = root;
    KARI_LET(runtime->secrets, identity::load_secrets(runtime->layout.secrets()));
    KARI_LET(runtime->config, config::load(runtime->layout.config()));
    if (auto known = check_zone(runtime->config.zone, "zone"); !known) {
        return fail(ErrorCode::value_out_of_range,
                    runtime->layout.config().string() + ": " + known.error().what);
    }
    runtime->clock = std::make_unique<identity::MachineClock>(runtime->config.zone);
    KARI_LET(runtime->storage,
             storage::EmbeddedStorage::open(runtime->layout.database().string(),
                                            runtime->secrets.database_key.view(), opening));
    runtime->parts =
        std::make_unique<exchange::Parts>(*runtime->storage, runtime->config, runtime->secrets,
                                          *runtime->clock, runtime->entropy, runtime->journal());
    runtime->parts->lift = kari::fhir::lift;
    runtime->rules = use_configured_pack(runtime->layout, *runtime->parts);
    return runtime;
}

Result<void> Runtime::may_review() const {
    if (!rules) return rules;
    KARI_TRY(check_no_step_down(layout, *parts));
    if (!ServeLock::held(layout) || reviewed_by(layout, *parts)) return {};
    return fail(ErrorCode::in_use,
                "the running server leans on another knowledge pack than the configuration names: "
                "restart it first");
}

std::string Runtime::actor() {
    return account_of(::getuid());
}

ServeLock::~ServeLock() {
    ::close(file_);
}

bool ServeLock::held(const config::Layout& layout) {
    const auto path = layout.root / "data" / "serve.lock";
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool free = ::flock(file, LOCK_SH | LOCK_NB) == 0;
    ::close(file);
    return !free;
}

Result<std::unique_ptr<ServeLock>> ServeLock::take(const config::Layout& layout) {
    KARI_TRY(check_account(layout.root));
    const auto path = layout.root / "data" / "serve.lock";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return fail(ErrorCode::storage_failed, path.string());
    // A command that only looks whether it is held holds it for a moment.
    for (int attempt = 0; attempt < 20; ++attempt) {
        if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
            return std::unique_ptr<ServeLock>(new ServeLock(file));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    ::close(file);
    return fail(ErrorCode::in_use, "a server is running on this directory; stop it first");
}

}  // namespace kari::server::admin
