// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>

namespace kari::server::config {

// A proposal that the server accepts by itself: it then takes effect. What no rule names stays a
// proposal until a person accepts it. Restrictive values (a stop) take effect without this.
struct AcceptRule {
    std::vector<std::string> roles;  // codes of Volven 9060
    std::string kind;                // "MedicationRequest"
    std::vector<std::string> atoms;  // names; "*" is every atom of the kind, but no death
    bool only_tablet_made = false;   // only in records that a tablet began
};

struct Config {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8443;
    std::string zone = "Europe/Oslo";
    unsigned workers = 16;       // most of the time they wait for the disk, together (ADR 0050)
    unsigned connections = 512;  // at once; three of four may wait for news
    unsigned connections_per_address = 64;
    unsigned handshake_seconds = 10;  // also to idle without a client certificate
    unsigned idle_seconds = 60;       // between two requests of a connection
    unsigned read_seconds = 15;       // for one request to arrive whole
    unsigned write_seconds = 60;      // for one reply to be read by the device
    unsigned drain_seconds = 10;      // for requests under way when asked to stop
    unsigned certificate_days = 365;  // of a device
    // While less is free on the disk, what tablets push is not taken.
    unsigned disk_reserve_mib = 512;
    // Health and metrics, to this machine alone (127.0.0.1); 0: nowhere.
    std::uint16_t metrics_port = 0;
    // A trial set-up without backups: what is stored counts as secured.
    bool stored_is_secured = false;
    std::vector<AcceptRule> accept;
    // The knowledge pack that rules lean on and tablets fetch; relative to the server's directory.
    // Empty: the demo pack that is compiled in.
    std::string pack_file;
    std::vector<std::string> pack_keys;  // points, in hexadecimal, whose packs are trusted
};

// Errors: not_found, malformed (names line and key), value_out_of_range.
Result<Config> load(const std::filesystem::path& file);
Result<Config> parse(std::string_view toml);
// The commented file that `init` writes.
std::string text_of(const Config& config);
// What `init` begins with.
Config first_config();

// Where everything lies below the server's directory.
struct Layout {
    std::filesystem::path root;
    std::filesystem::path config() const { return root / "kari-server.toml"; }
    std::filesystem::path database() const { return root / "data" / "kari.db"; }
    std::filesystem::path secrets() const { return root / "secrets"; }
};

}  // namespace kari::server::config
