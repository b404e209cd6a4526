// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: the ports that a platform fills: clocks, entropy, key store, connectivity, log. Those for
//   Linux stand in platform/linux; an app on another system brings its own.
// Requires: implementations keep the promises beside each function. They hold no patient data.
// Returns and errors: only the key store fails; its errors stand beside its functions.
// Durability: what KeyStore::save, make_signing_key and erase did is on the disk, or in the secure
//   hardware, when they return.
// Threads: every port is called from any thread that calls the SDK, one call at a time for each
//   object, save Clock and LogSink, which must be safe to call at once.
// Ownership: shared with the device (Platform); a port outlives every device that was given it.
// Units and limits: beside each function. Names are ASCII.
// Source of clinical rules: none.
namespace kari {

class Clock {  // the machine's clocks
public:
    virtual ~Clock() = default;
    // The machine's own idea of UTC; may jump.
    virtual Instant wall() = 0;
    // Milliseconds since this boot, never going back, counting sleep.
    virtual std::uint64_t boot_clock_ms() = 0;
    // New at every boot.
    virtual BootId boot() = 0;
    // The machine's IANA zone. A device reads by its unit's (Device::zone) and by this one until
    // it knows of a unit.
    virtual std::string zone() = 0;
};

class Entropy {  // where keys and ids come from
public:
    virtual ~Entropy() = default;
    // Fills `out` with bytes fit for keys.
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

// Holds what must not stand beside the database. On Android this is the Keystore, on Apple the
// Secure Enclave and keychain; platform/linux keeps files that only their owner may read. A name is
// 1 to 64 of a-z, 0-9, '.', '_' and '-'.
class KeyStore {
public:
    virtual ~KeyStore() = default;

    // Makes the P-256 signing key of this name, replacing none.
    // Errors: already_exists, key_store_failed, storage_full.
    virtual Result<void> make_signing_key(std::string_view name) = 0;
    // The uncompressed point (65 bytes). Errors: not_found, key_store_failed.
    virtual Result<std::string> public_key(std::string_view name) = 0;
    // ECDSA over a SHA-256 digest: r||s, 64 bytes. Errors: not_found, key_store_failed.
    virtual Result<std::string> sign(std::string_view name, const Digest& digest) = 0;

    // Wraps and unwraps up to 4 KiB under a key that never leaves the key store.
    // Errors: key_store_failed; unwrap: malformed when the bytes are not from this key store.
    virtual Result<std::string> wrap(std::string_view plain) = 0;
    virtual Result<std::string> unwrap(std::string_view wrapped) = 0;  // likewise

    // A small durable value, up to 4 KiB: the token that tells a restored database, failed PIN
    // counts. Errors: key_store_failed; save: storage_full, too_large; load: not_found. Where the
    // platform knows that the whole store is gone, any function may answer key_store_missing; it
    // must not make a new one in its place.
    virtual Result<void> save(std::string_view name, std::string_view value) = 0;
    virtual Result<std::string> load(std::string_view name) = 0;  // the value
    // The value and the signing key of this name. No error when there is none.
    virtual Result<void> erase(std::string_view name) = 0;
};

class Connectivity {  // whether there may be a network
public:
    virtual ~Connectivity() = default;
    // False only when the platform knows that there is no network.
    virtual bool maybe_online() = 0;
};

enum class LogLevel { debug, info, warning, error };  // how much a line of the log matters

// `event` is a fixed name ("sync.finished"); `fields` are numbers, error names and ids of devices
// and exchanges: never patient data.
class LogSink {
public:
    virtual ~LogSink() = default;
    virtual void log(LogLevel level, std::string_view event, std::string_view fields) = 0;
};

// What a device is given at construction. Ownership: shared with the device.
struct Platform {
    std::shared_ptr<Clock> clock;
    std::shared_ptr<Entropy> entropy;
    std::shared_ptr<KeyStore> key_store;
    std::shared_ptr<Connectivity> connectivity;
    std::shared_ptr<LogSink> log;
};

}  // namespace kari
