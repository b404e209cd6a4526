// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <kari/error.hpp>

#include "sync-server/config/config.hpp"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"
#include "sync-server/identity/journal.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::admin {

// A server's directory, opened. Several processes may have it open at once: each writes under an
// incarnation of its own. Ownership: of all parts; does not move.
struct Runtime {
    using Opening = storage::EmbeddedStorage::Opening;
    // Errors: not_found (no server there), malformed (configuration),
    // wrong_key, storage_*; not_permitted (of another account, or of an older schema: says what to
    // do).
    static Result<std::unique_ptr<Runtime>> open(const std::filesystem::path& root,
                                                 const Opening& opening = Opening());

    config::Layout layout;
    config::Config config;
    identity::Secrets secrets;
    std::unique_ptr<identity::MachineClock> clock;
    identity::MachineEntropy entropy;
    std::unique_ptr<storage::EmbeddedStorage> storage;
    std::unique_ptr<exchange::Parts> parts;
    Result<void> rules;  // an error: the pack that is configured cannot be used

    // Asked by every command that reviews what it writes. Errors: `rules`; as check_no_step_down;
    // in_use (`serve` runs with another pack).
    Result<void> may_review() const;

    // Who runs this process, as the machine knows them: for the access log.
    static std::string actor();

    identity::Journal journal() const {
        return identity::Journal(layout.secrets() / "journal.jsonl");
    }
};

// Held by `serve` while it runs and by `restore` while it swaps the database: never both.
class ServeLock {
public:
    ~ServeLock();
    ServeLock(const ServeLock&) = delete;
    ServeLock& operator=(const ServeLock&) = delete;
    // Errors: in_use, storage_failed.
    static Result<std::unique_ptr<ServeLock>> take(const config::Layout& layout);
    // Whether a server runs on this directory.
    static bool held(const config::Layout& layout);

private:
    explicit ServeLock(int file) : file_(file) {}
    int file_;
};

}  // namespace kari::server::admin
