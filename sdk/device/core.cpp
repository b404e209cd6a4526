// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/core.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/mutant.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/crypto/wipe.hpp"

namespace kari::device {

namespace {

constexpr std::string_view k_token_name = "device";
// A sync that goes on after lock() is told to stop so long after, and then needs about a second.
constexpr auto k_close_after = std::chrono::seconds(55);

struct Token {
    DeviceId device;
    IncarnationId incarnation;
    std::uint64_t opens = 0;
    std::uint64_t seals = 0;
};

Result<std::optional<Token>> load_token(KeyStore& key_store) {
    const auto value = key_store.load(k_token_name);
    if (!value) {
        if (value.error().code == ErrorCode::not_found) return std::optional<Token>();
        return tl::unexpected(value.error());
    }
    std::istringstream in(*value);
    std::string version, device, incarnation;
    Token token;
    in >> version >> device >> incarnation >> token.opens >> token.seals;
    const auto device_id = DeviceId::parse(device);
    const auto incarnation_id = IncarnationId::parse(incarnation);
    if (!in || version != "1" || !device_id || !incarnation_id) {
        return fail(ErrorCode::key_store_failed, "the key store's token cannot be read");
    }
    token.device = *device_id;
    token.incarnation = *incarnation_id;
    return std::optional<Token>(token);
}

Result<std::uint64_t> seals_made(store::DeviceStore& store) {
    const auto input = store.seal_input();
    if (!input) return tl::unexpected(input.error());
    return input->number - 1;
}

}  // namespace

std::string signing_key_name(const IncarnationId& incarnation) {
    return "signing." + incarnation.text();
}

std::optional<std::string> load_token_text(const Platform& platform) {
    const auto value = platform.key_store->load(k_token_name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

void restore_token_text(const Platform& platform, const std::optional<std::string>& text) {
    if (text) {
        static_cast<void>(platform.key_store->save(k_token_name, *text));
    } else {
        static_cast<void>(platform.key_store->erase(k_token_name));
    }
}

Result<void> require_token(const Platform& platform) {
    const auto value = platform.key_store->load(k_token_name);
    if (value) return {};
    if (value.error().code != ErrorCode::not_found) return tl::unexpected(value.error());
    return fail(ErrorCode::key_store_missing, "the key store knows nothing of this tablet");
}

Result<void> save_token(const Platform& platform, OpenStore& open) {
    const auto seals = seals_made(open.store);
    if (!seals) return tl::unexpected(seals.error());
    const store::Identity& identity = open.store.identity();
    return platform.key_store->save(
        k_token_name, fmt::format("1 {} {} {} {}", identity.device.text(),
                                  identity.incarnation.text(), open.store.opens(), *seals));
}

Result<void> seal_grown(const Platform& platform, OpenStore& open) {
    const auto input = open.store.seal_input();
    if (!input) return tl::unexpected(input.error());
    if (input->leaves.empty()) return {};
    v1::SealStatement statement;
    statement.set_incarnation(base::to_bytes(input->incarnation));
    statement.set_number(input->number);
    if (input->prev) statement.set_prev(base::to_bytes(*input->prev));
    statement.set_root(base::to_bytes(crypto::merkle_root(input->leaves)));
    statement.set_leaves(static_cast<std::uint32_t>(input->leaves.size()));
    *statement.mutable_made() = recorded_now(platform, open.settings);

    store::StoredSeal seal;
    seal.incarnation = input->incarnation;
    seal.number = input->number;
    seal.statement = statement.SerializeAsString();
    seal.leaves = input->leaves;
    auto signature = platform.key_store->sign(signing_key_name(input->incarnation),
                                              base::sha256(seal.statement));
    if (!signature) return tl::unexpected(signature.error());
    seal.signature = std::move(*signature);
    if (auto stored = open.store.store_seal(seal); !stored) return stored;
    return save_token(platform, open);
}

// The database raises its count at every open, and what leaves the device is sealed before: a
// copy that is put back knows fewer opens or fewer seals than the key store remembers.
Result<bool> check_restored(const Platform& platform, OpenStore& open) {
    const auto token = load_token(*platform.key_store);
    if (!token) return tl::unexpected(token.error());
    const auto seals = seals_made(open.store);
    if (!seals) return tl::unexpected(seals.error());
    const store::Identity identity = open.store.identity();
    const bool restored = !*token || (*token)->incarnation != identity.incarnation ||
                          open.store.opens() <= (*token)->opens || *seals < (*token)->seals;
    if (restored && !KARI_MUTATED(put_back_unnoticed)) {
        const auto fresh = random_id<IncarnationId>(*platform.entropy);
        if (auto made = platform.key_store->make_signing_key(signing_key_name(fresh)); !made) {
            return tl::unexpected(made.error());
        }
        open.settings.former_incarnations.push_back(identity.incarnation);
        if (open.settings.renew) open.settings.uncertified.push_back(identity.incarnation);
        open.settings.renew = true;
        if (auto saved = save_settings(open.store, open.settings); !saved) {
            return tl::unexpected(saved.error());
        }
        if (auto adopted = open.store.adopt_incarnation(fresh); !adopted) {
            return tl::unexpected(adopted.error());
        }
    }
    if (auto saved = save_token(platform, open); !saved) return tl::unexpected(saved.error());
    return restored;
}

Core::Core(std::filesystem::path where, Platform ports, std::shared_ptr<HttpClient> client,
           DirectoryLock lock, Keyring ring)
    : directory(std::move(where)),
      platform(std::move(ports)),
      http(std::move(client)),
      in_use(std::move(lock)),
      keyring(std::move(ring)) {}

Core::~Core() {
    std::shared_ptr<Cancel> cancel;
    {
        const std::lock_guard guard(mutex);
        if (following) following->end();
        cancel = sync_cancel;
    }
    if (cancel) cancel->ask();
    {
        std::unique_lock guard(mutex);
        sync_ended.wait(guard, [&] { return !syncing && !following; });
    }
    lock_device();
    if (watchdog.joinable()) watchdog.join();
}

Result<std::vector<RecordId>> Core::members_of(const RecordId& record) {
    const auto group = open->store.recent(record, recent_window(platform, open->settings));
    if (!group) return tl::unexpected(group.error());
    return (*group)->records;
}

void Core::tell(const std::vector<Event>& events) {
    observers.tell(events);
    std::vector<std::shared_ptr<LiveEntry>> changed;
    {
        const std::lock_guard guard(mutex);
        if (!nurse || !open) return;
        changed = lives.take_changed([this](const RecordId& record) { return members_of(record); });
    }
    Lives::call(changed);
}

void Core::signs_in(const Nurse& who) {
    nurse = who;
    sign_in = random_id<SignInId>(*platform.entropy);
    signed_in_at_ms = platform.clock->boot_clock_ms();
    opened.clear();
}

void Core::close_store() {
    if (open) crypto::wipe(open->settings.tls_key_der);
    open.reset();
    synced_since_unlock = false;
}

void Core::lock_device() {
    std::thread previous;
    std::vector<std::shared_ptr<LiveEntry>> watched;
    {
        const std::lock_guard guard(mutex);
        if (!open || !nurse) return;
        if (auto sealed = seal_grown(platform, *open); !sealed) {
            // The streams stay unsealed until the next seal: no reason to keep the key.
            platform.log->log(LogLevel::warning, "lock.unsealed", name(sealed.error().code));
        }
        if (auto saved = save_settings(open->store, open->settings); !saved) {
            platform.log->log(LogLevel::warning, "lock.unsaved", name(saved.error().code));
        }
        if (following) following->end();
        nurse.reset();
        sign_in = SignInId{};
        opened.clear();
        watched = lives.take_all();
        if (!syncing) {
            close_store();
        } else {
            previous = std::move(watchdog);
            watchdog = std::thread([this, cancel = sync_cancel] {
                std::unique_lock waiting(mutex);
                const bool ended = sync_ended.wait_for(waiting, k_close_after, [&] {
                    return !syncing || sync_cancel != cancel || nurse;
                });
                waiting.unlock();
                if (!ended) cancel->ask();
            });
        }
    }
    if (previous.joinable()) previous.join();
    observers.tell({Event{EventKind::locked, RecordId{}}});
    Lives::call(watched);
}

}  // namespace kari::device
