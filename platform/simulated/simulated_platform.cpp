// SPDX-License-Identifier: Apache-2.0
#include "platform/simulated/simulated_platform.hpp"

#include <array>
#include <cstddef>

#include "sdk/base/digest.hpp"
#include "sdk/crypto/secret.hpp"
#include "sdk/crypto/signature.hpp"

namespace kari::platform_simulated {
namespace {

constexpr std::size_t k_point_bytes = 65;
constexpr std::string_view k_wrap_label = "simulated";

}  // namespace

SimulatedClock::SimulatedClock(Instant wall, std::uint64_t machine, std::string zone)
    : wall_(wall), machine_(machine), zone_(std::move(zone)) {}

Instant SimulatedClock::wall() {
    const std::lock_guard lock(mutex_);
    return wall_;
}

std::uint64_t SimulatedClock::boot_clock_ms() {
    const std::lock_guard lock(mutex_);
    return boot_ms_;
}

BootId SimulatedClock::boot() {
    const std::lock_guard lock(mutex_);
    return base::shorten<BootId>(
        base::sha256_of("simulated boot", {base::u64(machine_), base::u64(boots_)}));
}

std::string SimulatedClock::zone() {
    const std::lock_guard lock(mutex_);
    return zone_;
}

void SimulatedClock::advance(Duration elapsed) {
    const std::lock_guard lock(mutex_);
    wall_ = wall_ + elapsed;
    boot_ms_ += static_cast<std::uint64_t>(elapsed.ms);
}

void SimulatedClock::set_wall(Instant wall) {
    const std::lock_guard lock(mutex_);
    wall_ = wall;
}

void SimulatedClock::reboot() {
    const std::lock_guard lock(mutex_);
    ++boots_;
    boot_ms_ = 0;
}

void SimulatedClock::set_zone(std::string zone) {
    const std::lock_guard lock(mutex_);
    zone_ = std::move(zone);
}

void SeededEntropy::fill(std::span<std::uint8_t> out) {
    const std::lock_guard lock(mutex_);
    for (auto& byte : out)
        byte = static_cast<std::uint8_t>(engine_());
}

MemoryKeyStore::MemoryKeyStore(std::shared_ptr<Entropy> entropy) : entropy_(std::move(entropy)) {
    std::array<std::uint8_t, 32> key{};
    entropy_->fill(key);
    content_.wrap_key.assign(key.begin(), key.end());
}

Result<void> MemoryKeyStore::available() const {
    if (failing_) return fail(ErrorCode::key_store_failed, "key store: told to fail");
    return {};
}

Result<void> MemoryKeyStore::make_signing_key(std::string_view name) {
    if (auto ready = available(); !ready) return ready;
    if (content_.keys.contains(name)) {
        return fail(ErrorCode::already_exists, "key store: entry exists");
    }
    const auto key = crypto::generate_key(*entropy_);
    if (!key) return tl::unexpected<Error>(key.error());
    content_.keys.emplace(name, key->public_point + key->private_der);
    return {};
}

Result<std::string> MemoryKeyStore::public_key(std::string_view name) {
    if (auto ready = available(); !ready) return tl::unexpected<Error>(ready.error());
    const auto found = content_.keys.find(name);
    if (found == content_.keys.end()) return fail(ErrorCode::not_found, "key store: no such entry");
    return found->second.substr(0, k_point_bytes);
}

Result<std::string> MemoryKeyStore::sign(std::string_view name, const Digest& digest) {
    if (auto ready = available(); !ready) return tl::unexpected<Error>(ready.error());
    const auto found = content_.keys.find(name);
    if (found == content_.keys.end()) return fail(ErrorCode::not_found, "key store: no such entry");
    return crypto::sign(found->second.substr(k_point_bytes), digest, *entropy_);
}

Result<std::string> MemoryKeyStore::wrap(std::string_view plain) {
    if (auto ready = available(); !ready) return tl::unexpected<Error>(ready.error());
    if (plain.size() > 4096)
        return fail(ErrorCode::too_large, "key store: more than 4 KiB to wrap");
    return crypto::seal(crypto::Secret(content_.wrap_key), plain, k_wrap_label, *entropy_);
}

Result<std::string> MemoryKeyStore::unwrap(std::string_view wrapped) {
    if (auto ready = available(); !ready) return tl::unexpected<Error>(ready.error());
    const auto plain = crypto::open(crypto::Secret(content_.wrap_key), wrapped, k_wrap_label);
    if (!plain) return fail(ErrorCode::malformed, "key store: not wrapped by this key store");
    return std::string(plain->view());
}

Result<void> MemoryKeyStore::save(std::string_view name, std::string_view value) {
    if (auto ready = available(); !ready) return ready;
    if (value.size() > 4096)
        return fail(ErrorCode::too_large, "key store: more than 4 KiB to save");
    content_.values.insert_or_assign(std::string(name), std::string(value));
    return {};
}

Result<std::string> MemoryKeyStore::load(std::string_view name) {
    if (auto ready = available(); !ready) return tl::unexpected<Error>(ready.error());
    const auto found = content_.values.find(name);
    if (found == content_.values.end()) {
        return fail(ErrorCode::not_found, "key store: no such entry");
    }
    return found->second;
}

Result<void> MemoryKeyStore::erase(std::string_view name) {
    if (auto ready = available(); !ready) return ready;
    if (const auto value = content_.values.find(name); value != content_.values.end()) {
        content_.values.erase(value);
    }
    if (const auto key = content_.keys.find(name); key != content_.keys.end()) {
        content_.keys.erase(key);
    }
    return {};
}

void CollectingLog::log(LogLevel level, std::string_view event, std::string_view fields) {
    const std::lock_guard lock(mutex_);
    lines_.push_back({level, std::string(event), std::string(fields)});
}

std::vector<CollectingLog::Line> CollectingLog::lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
}

Machine::Machine(std::uint64_t seed, Instant start)
    : clock(std::make_shared<SimulatedClock>(start, seed)),
      entropy(std::make_shared<SeededEntropy>(seed)),
      key_store(std::make_shared<MemoryKeyStore>(entropy)),
      connectivity(std::make_shared<SimulatedConnectivity>()),
      log(std::make_shared<CollectingLog>()) {}

}  // namespace kari::platform_simulated
