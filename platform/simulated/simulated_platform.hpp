// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <kari/platform.hpp>

// A machine that a test holds in its hand: its clocks stand still until they are moved, its
// entropy comes from a seed, its key store is memory. Never for keys that protect anything.
namespace kari::platform_simulated {

// Threads: any.
class SimulatedClock : public Clock {
public:
    // Clocks of different machines have different boot ids.
    explicit SimulatedClock(Instant wall, std::uint64_t machine = 0,
                            std::string zone = "Europe/Oslo");

    Instant wall() override;
    std::uint64_t boot_clock_ms() override;
    BootId boot() override;
    std::string zone() override;

    // Time passes: both clocks move on.
    void advance(Duration elapsed);
    // Somebody, or something, sets the wall clock; the boot clock does not notice.
    void set_wall(Instant wall);
    // A new boot id and a boot clock at zero. The wall clock runs on.
    void reboot();
    void set_zone(std::string zone);

private:
    std::mutex mutex_;
    Instant wall_;
    std::uint64_t machine_;
    std::uint64_t boot_ms_ = 0;
    std::uint64_t boots_ = 1;
    std::string zone_;
};

// The same bytes for the same seed and order of calls. Threads: any.
class SeededEntropy : public Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) : engine_(seed) {}
    void fill(std::span<std::uint8_t> out) override;

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

// What a key store holds. Copied, it is a machine restored from an old image.
struct KeyStoreContent {
    std::map<std::string, std::string, std::less<>> keys;    // name -> point || private DER
    std::map<std::string, std::string, std::less<>> values;  // name -> value
    std::string wrap_key;
};

class MemoryKeyStore : public KeyStore {
public:
    explicit MemoryKeyStore(std::shared_ptr<Entropy> entropy);

    Result<void> make_signing_key(std::string_view name) override;
    Result<std::string> public_key(std::string_view name) override;
    Result<std::string> sign(std::string_view name, const Digest& digest) override;
    Result<std::string> wrap(std::string_view plain) override;
    Result<std::string> unwrap(std::string_view wrapped) override;
    Result<void> save(std::string_view name, std::string_view value) override;
    Result<std::string> load(std::string_view name) override;
    Result<void> erase(std::string_view name) override;

    KeyStoreContent content() const { return content_; }
    void restore(KeyStoreContent content) { content_ = std::move(content); }
    // While set, every call fails with key_store_failed.
    void set_failing(bool failing) { failing_ = failing; }

private:
    Result<void> available() const;

    std::shared_ptr<Entropy> entropy_;
    KeyStoreContent content_;
    bool failing_ = false;
};

class SimulatedConnectivity : public Connectivity {
public:
    bool maybe_online() override { return online_; }
    void set_online(bool online) { online_ = online; }

private:
    std::atomic<bool> online_ = true;
};

// Keeps what was logged. Threads: any.
class CollectingLog : public LogSink {
public:
    struct Line {
        LogLevel level;
        std::string event;
        std::string fields;
    };
    void log(LogLevel level, std::string_view event, std::string_view fields) override;
    std::vector<Line> lines();

private:
    std::mutex mutex_;
    std::vector<Line> lines_;
};

// One simulated machine; `platform()` is what a device is given.
struct Machine {
    explicit Machine(std::uint64_t seed, Instant start = {1'780'000'000'000});

    Platform platform() const { return {clock, entropy, key_store, connectivity, log}; }

    std::shared_ptr<SimulatedClock> clock;
    std::shared_ptr<SeededEntropy> entropy;
    std::shared_ptr<MemoryKeyStore> key_store;
    std::shared_ptr<SimulatedConnectivity> connectivity;
    std::shared_ptr<CollectingLog> log;
};

}  // namespace kari::platform_simulated
