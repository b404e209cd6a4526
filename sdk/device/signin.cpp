// SPDX-License-Identifier: Apache-2.0
//
// Enrolment, unlock and lock: how the database key comes into memory and goes again.
#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "sdk/base/id.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/crypto/wipe.hpp"
#include "sdk/device/app_http.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/exchange_run.hpp"
#include "sdk/device/invitation.hpp"
#include "sdk/device/nurse_code.hpp"
#include "sdk/device/pack_words.hpp"
#include "sdk/device/requests.hpp"
#include "sdk/fhir/lift.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::size_t k_key_bytes = 32;
constexpr std::string_view k_escrow_heading("kari escrow 1\0", 14);
// So long after she signed in it is still she who holds the tablet.
constexpr std::uint64_t k_fresh_sign_in_ms = 5 * 60 * 1000;

struct MadeKeys {
    MadeKeys() = default;
    MadeKeys(MadeKeys&&) = default;
    MadeKeys& operator=(MadeKeys&&) = default;
    ~MadeKeys() { crypto::wipe(tls.private_der); }
    IncarnationId incarnation;
    crypto::KeyPair tls;
    v1::EnrolRequest request;
};

// A server that certifies another key than ours, or holds another one than it was pinned to, is
// not the one that gave the code.
Result<void> check_reply(const v1::EnrolReply& reply, const MadeKeys& keys, const Digest& pin,
                         const Platform& platform) {
    const auto untrusted = [](const char* what) {
        return fail(ErrorCode::server_untrusted, what);
    };
    const auto signing_point = platform.key_store->public_key(signing_key_name(keys.incarnation));
    if (!signing_point) return tl::unexpected(signing_point.error());
    const auto certified = crypto::certificate_public_point(reply.signing_certificate());
    if (!certified || *certified != *signing_point) return untrusted("the signing certificate");
    const auto tls = crypto::certificate_public_point(reply.tls_certificate());
    if (!tls || *tls != keys.tls.public_point) return untrusted("the TLS certificate");
    if (!base::from_bytes<DeviceId>(reply.device()) ||
        !base::from_bytes<UnitId>(reply.unit().unit()) ||
        !base::from_bytes<RecordId>(reply.unit().record()) ||
        !base::from_bytes<EpochId>(reply.epoch())) {
        return untrusted("the enrolment reply");
    }
    for (const std::string& other : reply.server_pin()) {
        if (other == base::to_bytes(pin)) return {};
    }
    return untrusted("the pins of the enrolment reply");
}

Settings settings_of(const EnrolOptions& options, const v1::EnrolReply& reply, const MadeKeys& keys,
                     const sync::Moment& asked, const sync::Moment& now) {
    Settings out;
    out.server = options.server;
    out.pin_memory_kib = options.pin_memory_kib;
    out.pin_iterations = options.pin_iterations;
    for (const std::string& pin : reply.server_pin()) {
        if (const auto digest = base::from_bytes<Digest>(pin)) out.pins.push_back(*digest);
    }
    out.tls_key_der = keys.tls.private_der;
    out.tls_certificate_der = reply.tls_certificate();
    out.signing_certificate_der = reply.signing_certificate();
    out.ca_certificate_der = reply.ca_certificate();
    out.unit = reply.unit();
    out.people.assign(reply.person().begin(), reply.person().end());
    out.epoch = *base::from_bytes<EpochId>(reply.epoch());
    if (const auto clock = sync::sample_of(asked, now, Instant{reply.server_ms()})) {
        out.server_minus_wall_ms = clock->server_minus_wall.ms;
        out.server_known_at = clock->at;
        out.server_doubt_ms = clock->doubt.ms;
    }
    out.highest_time_ms = reply.server_ms();
    return out;
}

Result<OpenStore> create_store(const EnrolOptions& options, const Platform& platform,
                               const v1::EnrolReply& reply, const MadeKeys& keys,
                               const sync::Moment& asked) {
    crypto::Secret key(random_bytes(*platform.entropy, k_key_bytes));
    const store::Identity identity{*base::from_bytes<DeviceId>(reply.device()),
                                   *base::from_bytes<UnitId>(reply.unit().unit()),
                                   keys.incarnation};
    auto store = store::DeviceStore::create((options.directory / k_database_file).string(), key,
                                            identity, fhir::lift);
    if (!store) return tl::unexpected(store.error());
    OpenStore open{std::move(*store), std::move(key),
                   settings_of(options, reply, keys, asked, transport::moment(*platform.clock))};
    if (auto saved = save_settings(open.store, open.settings); !saved) {
        return tl::unexpected(saved.error());
    }
    // Lists of patients are logged in the unit's own record, from the first sign-in on.
    v1::CaseloadEntry unit;
    unit.set_record(reply.unit().record());
    unit.set_state(v1::CASELOAD_STATE_GRANTED);
    if (auto granted = open.store.set_caseload(unit); !granted) {
        return tl::unexpected(granted.error());
    }
    // So that a later epoch is known to be another one: the log is sent anew then.
    if (auto begun = open.store.begin_epoch(open.settings.unit_record(), {}, open.settings.epoch);
        !begun) {
        return tl::unexpected(begun.error());
    }
    std::string bytes;
    bytes.reserve(k_escrow_heading.size() + reply.device().size() + open.key.view().size());
    bytes.append(k_escrow_heading).append(reply.device()).append(open.key.view());
    const crypto::Secret escrow(std::move(bytes));
    const auto sealed =
        crypto::seal_to(reply.recovery_public_key(), escrow.view(), *platform.entropy);
    if (!sealed) return tl::unexpected(sealed.error());
    if (auto written = replace_file(options.directory / k_recovery_file, *sealed); !written) {
        return tl::unexpected(written.error());
    }
    if (auto saved = save_token(platform, open); !saved) return tl::unexpected(saved.error());
    return open;
}

// Takes away what an enrolment that failed has made, in the directory and in the key store, so that
// the next attempt begins as this one did.
class Undo {
public:
    Undo(const std::filesystem::path& directory, const Platform& platform)
        : directory_(directory), platform_(platform), token_(load_token_text(platform)) {}
    Undo(const Undo&) = delete;
    Undo& operator=(const Undo&) = delete;
    ~Undo() {
        if (done_) return;
        std::error_code ignored;
        for (const char* name : {k_database_file, k_keys_file, k_recovery_file}) {
            for (const char* ending : {"", "-wal", "-shm", ".new"}) {
                std::filesystem::remove(directory_ / (std::string(name) + ending), ignored);
            }
        }
        if (signing_key_) static_cast<void>(platform_.key_store->erase(*signing_key_));
        restore_token_text(platform_, token_);
    }
    void signing_key(std::string name) { signing_key_ = std::move(name); }
    void keep_all() { done_ = true; }

private:
    const std::filesystem::path& directory_;
    const Platform& platform_;
    std::optional<std::string> token_;
    std::optional<std::string> signing_key_;
    bool done_ = false;
};

// Nothing can be charted before there is a tablet: what the errors of a sync advise does not hold.
Error of_enrolment(Error error) {
    if (error.code == ErrorCode::offline) {
        error.what = "enrol/offline: " + error.what;
    } else if (error.code == ErrorCode::timed_out || error.code == ErrorCode::server_busy) {
        error.what = "enrol/unanswered: " + error.what;
    } else if (error.code == ErrorCode::not_permitted) {
        error.what = "enrol/not-listed";
    }
    return error;
}

Result<MadeKeys> make_keys(const EnrolOptions& options, const Platform& platform,
                           const std::string& secret, Undo& undo) {
    MadeKeys out;
    out.incarnation = random_id<IncarnationId>(*platform.entropy);
    const auto& drawn = out.incarnation.bytes;
    if (std::equal(drawn.begin() + 1, drawn.end(), drawn.begin())) {
        return fail(ErrorCode::internal, "the platform's entropy is one byte over and over");
    }
    const std::string name = signing_key_name(out.incarnation);
    if (auto made = platform.key_store->make_signing_key(name); !made) {
        return tl::unexpected(made.error());
    }
    undo.signing_key(name);
    auto signing_csr = device::signing_csr(platform, out.incarnation);
    if (!signing_csr) return tl::unexpected(signing_csr.error());
    auto tls = crypto::generate_key(*platform.entropy);
    if (!tls) return tl::unexpected(tls.error());
    out.tls = std::move(*tls);
    auto tls_csr =
        device::tls_csr(platform, out.incarnation, out.tls.private_der, out.tls.public_point);
    if (!tls_csr) return tl::unexpected(tls_csr.error());

    out.request.set_code(secret);
    out.request.set_incarnation(base::to_bytes(out.incarnation));
    out.request.set_signing_csr(*signing_csr);
    out.request.set_tls_csr(*tls_csr);
    out.request.set_device_name(options.device_name);
    out.request.set_person(base::to_bytes(options.person));
    return out;
}

Nurse nurse_of(const v1::DirectoryPerson& person, const PersonId& id) {
    return {id, person.display(), person.role()};
}

Result<v1::EnrolReply> ask_server(const EnrolOptions& options, const Invitation& invitation,
                                  const MadeKeys& keys, std::shared_ptr<HttpClient> http) {
    transport::Endpoint endpoint;
    endpoint.url = options.server;
    endpoint.pins = {invitation.pin};
    Line line(std::move(http));
    const auto client = line.to(endpoint);
    if (!client) return tl::unexpected(client.error());
    transport::CancelToken cancel;
    return transport::enrol(**client, keys.request, cancel);
}

}  // namespace

Result<Device> Device::enrol(const EnrolOptions& options, const Platform& platform,
                             std::shared_ptr<HttpClient> http) {
    if (auto fit = check_new_pin(options.pin); !fit) return tl::unexpected(fit.error());
    const auto invitation = read_invitation(options.code);
    if (!invitation) return tl::unexpected(invitation.error());
    std::error_code error;
    std::filesystem::create_directories(options.directory, error);
    if (!error) {
        std::filesystem::permissions(options.directory, std::filesystem::perms::owner_all, error);
    }
    if (error) return fail(ErrorCode::storage_failed, "cannot make the device's directory");
    auto lock = DirectoryLock::take(options.directory);
    if (!lock) return tl::unexpected(lock.error());
    if (std::filesystem::exists(options.directory / k_keys_file) ||
        std::filesystem::exists(options.directory / k_database_file)) {
        return fail(ErrorCode::already_exists, "the directory holds a device already");
    }
    Undo undo(options.directory, platform);
    const auto keys = make_keys(options, platform, invitation->secret, undo);
    if (!keys) return tl::unexpected(keys.error());
    const sync::Moment asked = transport::moment(*platform.clock);
    const auto reply = ask_server(options, *invitation, *keys, http);
    if (!reply) return tl::unexpected(of_enrolment(reply.error()));
    if (auto sound = check_reply(*reply, *keys, invitation->pin, platform); !sound) {
        return tl::unexpected(sound.error());
    }

    Settings directory;
    directory.people.assign(reply->person().begin(), reply->person().end());
    const v1::DirectoryPerson* person = directory.person(options.person);
    if (person == nullptr || !person->active()) {
        return fail(ErrorCode::not_permitted, "enrol/not-listed");
    }
    Keyring keyring(options.directory / k_keys_file, platform);
    auto open = create_store(options, platform, *reply, *keys, asked);
    if (!open) return tl::unexpected(open.error());
    const Nurse nurse = nurse_of(*person, options.person);
    // The file that says "there is a device here" comes last.
    if (auto added = keyring.add(nurse, options.pin, open->key,
                                 {options.pin_memory_kib, options.pin_iterations});
        !added) {
        return tl::unexpected(added.error());
    }
    undo.keep_all();

    auto impl = std::make_unique<Impl>(options.directory, platform, std::move(http),
                                       std::move(*lock), std::move(keyring));
    impl->open = std::move(*open);
    impl->signs_in(nurse);
    return Device(std::move(impl));
}

Result<Device> Device::open(const std::filesystem::path& directory, const Platform& platform,
                            std::shared_ptr<HttpClient> http) {
    const bool keys = std::filesystem::exists(directory / k_keys_file);
    const bool database = std::filesystem::exists(directory / k_database_file);
    if (!keys && !database) {
        return fail(ErrorCode::not_enrolled, "there is no device in this directory");
    }
    auto lock = DirectoryLock::take(directory);
    if (!lock) return tl::unexpected(lock.error());
    if (!keys) return fail(ErrorCode::key_store_missing, "the file keys beside the database");
    if (!database) return fail(ErrorCode::storage_missing, "the file kari.db");
    if (auto there = require_token(platform); !there) return tl::unexpected(there.error());
    auto keyring = Keyring::load(directory / k_keys_file, platform);
    if (!keyring) return tl::unexpected(keyring.error());
    if (keyring->empty()) {
        return fail(ErrorCode::wiped, "every key of this tablet was destroyed");
    }
    return Device(std::make_unique<Impl>(directory, platform, std::move(http), std::move(*lock),
                                         std::move(*keyring)));
}

namespace {

// With the mutex held. Opens the database, if it is not open already: whether it had been put back.
Result<bool> open_store(Core& core, crypto::Secret key) {
    if (core.open) return false;
    auto store =
        store::DeviceStore::open((core.directory / k_database_file).string(), key, fhir::lift);
    if (!store) return tl::unexpected(store.error());
    auto settings = load_settings(*store);
    if (!settings) return tl::unexpected(settings.error());
    OpenStore open{std::move(*store), std::move(key), std::move(*settings)};
    const auto restored = check_restored(core.platform, open);
    if (!restored) return tl::unexpected(restored.error());
    core.open = std::move(open);
    return *restored;
}

// Opens the database by a PIN, and sees whether the unit still lists her. A list that says no is
// asked for anew, by a sync of nobody's, which also brings in what she left here: her own PIN may
// be the last that opens this tablet.
Result<Nurse> open_for(Core& core, std::unique_lock<std::mutex>& guard, const PersonId& person,
                       std::string_view pin, bool& restored) {
    for (bool asked = false;; asked = true) {
        auto key = core.keyring.unlock(person, pin);
        if (!key) return tl::unexpected(key.error());
        const auto opened = open_store(core, std::move(*key));
        if (!opened) return tl::unexpected(opened.error());
        restored = restored || *opened;
        const v1::DirectoryPerson* row = core.open->settings.person(person);
        // By the list and not by the file of keys, which anybody may write to who has the disk.
        if (row != nullptr && row->active()) return nurse_of(*row, person);
        // The server never forgets a person: a list without her is older than she is, as after a
        // restore, and must shut her out at no bedside.
        if (row == nullptr) return core.keyring.nurse(person);
        if (core.nurse || asked) {
            if (!core.nurse && !core.syncing) core.close_store();
            return fail(ErrorCode::not_permitted, "nurse/left");
        }
        guard.unlock();
        sync_for_nobody(core);
        guard.lock();
    }
}

// With the mutex held and the store open.
Result<SignedIn> greet(Core& core) {
    SignedIn out;
    out.sign_in = core.sign_in;
    out.nurse = *core.nurse;
    out.age = data_age(core.platform, core.open->settings);
    out.age.drug_facts =
        drug_facts(core.platform, core.open->store, core.open->settings, core.language);
    const auto outbox = core.open->store.outbox_state();
    if (!outbox) return tl::unexpected(outbox.error());
    out.unsent = outbox->unsent;
    return out;
}

}  // namespace

Result<SignedIn> Device::unlock(const PersonId& person, std::string_view pin) {
    Core& core = *impl_;
    std::optional<v1::DirectoryPerson> shown;
    if (is_nurse_code(pin)) {
        auto listed = show_code(core, person, pin);
        if (!listed) return tl::unexpected(listed.error());
        shown = std::move(*listed);
    }
    std::unique_lock guard(core.mutex);
    bool restored = false;
    std::optional<Nurse> nurse;
    if (shown) {
        if (!core.nurse || !core.open) return fail(ErrorCode::locked, "nurse/code-locked");
        if (auto kept = list_person(*core.open, *shown); !kept) {
            return tl::unexpected(kept.error());
        }
        nurse = nurse_of(*shown, person);
    } else {
        auto listed = open_for(core, guard, person, pin, restored);
        if (!listed) return tl::unexpected(listed.error());
        nurse = std::move(*listed);
    }
    core.signs_in(*nurse);
    auto out = greet(core);
    if (!out) return out;
    out->was_restored = restored;
    // Of whoever was signed in until now.
    const auto watched = core.lives.take_all();
    guard.unlock();
    device::Lives::call(watched);
    return out;
}

// A PIN is hers who sets it: nobody chooses one for somebody else and signs as her.
Result<void> Device::add_nurse(const PersonId& person, std::string_view pin) {
    Core& core = *impl_;
    const std::lock_guard guard(core.mutex);
    if (!core.nurse || !core.open) return fail(ErrorCode::locked, "nobody is signed in");
    // First, so that an app can ask before a code is used up.
    if (is_nurse_code(pin)) return fail(ErrorCode::value_out_of_range, "pin/easy");
    if (auto fit = check_new_pin(pin); !fit) return fit;
    const v1::DirectoryPerson* known = core.open->settings.person(person);
    if (known == nullptr || !known->active()) {
        return fail(ErrorCode::not_permitted, "nurse/not-listed");
    }
    if (core.nurse->person != person) {
        return fail(ErrorCode::not_permitted, "nurse/own-pin-only");
    }
    const std::uint64_t now = core.platform.clock->boot_clock_ms();
    if (now - core.signed_in_at_ms > k_fresh_sign_in_ms) {
        return fail(ErrorCode::not_permitted, "nurse/sign-in-again");
    }
    const Settings& settings = core.open->settings;
    return core.keyring.add(nurse_of(*known, person), pin, core.open->key,
                            {settings.pin_memory_kib, settings.pin_iterations});
}

Result<void> Device::lock() {
    impl_->lock_device();
    return {};
}

bool Device::locked() const {
    const std::lock_guard guard(impl_->mutex);
    return !impl_->nurse;
}

std::vector<Nurse> Device::nurses() const {
    const std::lock_guard guard(impl_->mutex);
    return impl_->keyring.nurses();
}

std::optional<Nurse> Device::signed_in() const {
    const std::lock_guard guard(impl_->mutex);
    return impl_->nurse;
}

Device::Device(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Device::Device(Device&&) noexcept = default;
Device& Device::operator=(Device&&) noexcept = default;
Device::~Device() = default;

}  // namespace kari
