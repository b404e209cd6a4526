// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <kari/device.hpp>
#include <kari/http.hpp>

#include "sdk/crypto/secret.hpp"
#include "sdk/device/files.hpp"
#include "sdk/device/keyring.hpp"
#include "sdk/device/live.hpp"
#include "sdk/device/observers.hpp"
#include "sdk/device/pack_run.hpp"
#include "sdk/device/session.hpp"
#include "sdk/device/signing_keys.hpp"
#include "sdk/store/device_store.hpp"
#include "sdk/transport/follow.hpp"

namespace kari::device {

// There while the database key is in memory.
struct OpenStore {
    store::DeviceStore store;
    crypto::Secret key;
    Settings settings;
    SigningKeys signing_keys{};
};

inline constexpr const char* k_database_file = "kari.db";
inline constexpr const char* k_keys_file = "keys";
inline constexpr const char* k_recovery_file = "recovery.sealed";
std::string signing_key_name(const IncarnationId& incarnation);

// Signs one Merkle root over the streams that grew since the last seal, and notes in the key
// store how far the log has come. Nothing when nothing grew.
// Errors: key_store_failed, storage errors.
Result<void> seal_grown(const Platform& platform, OpenStore& open);
// What the key store remembers of the database, to know a restored one: see seal_grown.
Result<void> save_token(const Platform& platform, OpenStore& open);
// As its text; nothing when there is none, or it cannot be read.
std::optional<std::string> load_token_text(const Platform& platform);
void restore_token_text(const Platform& platform, const std::optional<std::string>& text);
// A key store that knows nothing of a tablet whose files are here is not the one it was made with.
// Errors: key_store_missing, key_store_failed.
Result<void> require_token(const Platform& platform);
// Compares with what the key store remembers; a database that was put back goes on as a new
// incarnation. Returns whether it was. Errors: key_store_failed, storage errors.
Result<bool> check_restored(const Platform& platform, OpenStore& open);

// The state behind a Device. Everything below `mutex` is guarded by it.
struct Core {
    Core(std::filesystem::path where, Platform ports, std::shared_ptr<HttpClient> client,
         DirectoryLock lock, Keyring ring);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;

    const std::filesystem::path directory;
    const Platform platform;
    const std::shared_ptr<HttpClient> http;
    Observers observers;

    mutable std::mutex mutex;
    std::condition_variable sync_ended;  // or a follow
    DirectoryLock in_use;
    Keyring keyring;
    std::optional<OpenStore> open;
    std::optional<Nurse> nurse;
    SignInId sign_in{};
    std::uint64_t signed_in_at_ms = 0;  // of the clock since boot
    Opened opened;
    Lives lives;
    Language language = Language::nb;
    bool synced_since_unlock = false;
    PackAsked pack_asked;
    bool syncing = false;
    std::shared_ptr<Cancel> sync_cancel;              // of the sync that runs
    std::shared_ptr<transport::Interrupt> following;  // of the follow that runs
    std::thread watchdog;                             // bounds a sync that goes on after lock()

    // Runs `call` with a Session for whoever is signed in, and tells observers afterwards.
    // Errors: locked.
    template <typename Call>
    auto run(Call call) -> decltype(call(std::declval<Session&>())) {
        std::vector<Event> events;
        std::shared_ptr<transport::Interrupt> to_send;
        auto result = [&]() -> decltype(call(std::declval<Session&>())) {
            const std::lock_guard guard(mutex);
            if (!nurse || !open) return fail(ErrorCode::locked, "nobody is signed in");
            Session session{platform, open->store, open->settings, *nurse,
                            sign_in,  opened,      language,       events};
            auto done = call(session);
            if (!events.empty()) to_send = following;
            for (const Event& event : events)
                lives.note(event);
            return done;
        }();
        if (to_send) to_send->written();
        tell(events);
        return result;
    }

    // With the mutex held and the store open: the records that views of this one are made of, as
    // the store keeps them for whoever reads next.
    Result<std::vector<RecordId>> members_of(const RecordId& record);
    // Without the mutex: whoever observes or watches.
    void tell(const std::vector<Event>& events);
    // With the mutex held: whoever was signed in is not any more.
    void signs_in(const Nurse& who);
    // With the mutex held: forgets the key.
    void close_store();
    void lock_device();
};

}  // namespace kari::device

namespace kari {

class Device::Impl : public device::Core {
public:
    using Core::Core;
};

}  // namespace kari
