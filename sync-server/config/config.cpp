// SPDX-License-Identifier: Apache-2.0
#include "sync-server/config/config.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

namespace kari::server::config {
namespace {

constexpr std::size_t k_config_bytes_max = 256 * 1024;
constexpr std::size_t k_word_bytes_max = 64;
constexpr std::size_t k_path_bytes_max = 1024;
constexpr std::size_t k_point_digits = 130;              // uncompressed, of P-256
constexpr std::int64_t k_reserve_mib_max = 1024 * 1024;  // 1 TiB

// A value of another kind than is meant must not count as left out: the default would hold.
template <typename T>
Result<void> read_exact(const toml::table& table, std::string_view key, std::string_view what,
                        T& into) {
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    auto value = node->value_exact<T>();
    if (!value) {
        return fail(ErrorCode::malformed,
                    fmt::format("line {}: {} must be {}", node->source().begin.line, key, what));
    }
    into = std::move(*value);
    return {};
}
constexpr std::string_view k_a_text = "a text in quotes";
constexpr std::string_view k_a_switch = "true or false";

template <typename T>
Result<void> read_number(const toml::table& table, std::string_view key, T& into, std::int64_t low,
                         std::int64_t high) {
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    const auto value = node->value<std::int64_t>();
    if (!value || *value < low || *value > high) {
        return fail(ErrorCode::value_out_of_range,
                    fmt::format("{} must be a whole number from {} to {}", key, low, high));
    }
    into = static_cast<T>(*value);
    return {};
}

// Names and codes: no sentence, and nothing that a quote would end.
bool is_word(std::string_view text, std::string_view marks) {
    return text.size() <= k_word_bytes_max && std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      marks.find(c) != std::string_view::npos;
           });
}
constexpr std::string_view k_of_codes = "*_-.";

Result<void> read_word(const toml::table& table, std::string_view key, std::string_view marks,
                       std::string& into) {
    if (auto read = read_exact(table, key, k_a_text, into); !read) return read;
    if (is_word(into, marks)) return {};
    return fail(ErrorCode::malformed, fmt::format("{} holds what is no {}", key, key));
}

Result<std::vector<std::string>> read_words(const toml::table& table, std::string_view key) {
    const auto* array = table.get_as<toml::array>(key);
    if (array == nullptr)
        return fail(ErrorCode::malformed, fmt::format("accept.{} is missing", key));
    std::vector<std::string> words;
    for (const auto& node : *array) {
        const auto word = node.value<std::string>();
        if (!word || word->empty() || !is_word(*word, k_of_codes)) {
            return fail(ErrorCode::malformed,
                        fmt::format("line {}: accept.{} holds what is no name or code",
                                    node.source().begin.line, key));
        }
        words.push_back(*word);
    }
    return words;
}

Result<void> only_known(const toml::table& table, const std::set<std::string_view>& known,
                        std::string_view where) {
    for (const auto& [key, node] : table) {
        if (!known.contains(key.str())) {
            return fail(ErrorCode::malformed,
                        fmt::format("line {}: '{}' is no key of {}", node.source().begin.line,
                                    key.str(), where));
        }
    }
    return {};
}

Result<AcceptRule> read_rule(const toml::table& table) {
    AcceptRule rule;
    if (auto known =
            only_known(table, {"roles", "kind", "atoms", "only_tablet_made"}, "[[accept]]");
        !known) {
        return tl::unexpected(known.error());
    }
    auto roles = read_words(table, "roles");
    if (!roles) return tl::unexpected(roles.error());
    rule.roles = std::move(*roles);
    auto atoms = read_words(table, "atoms");
    if (!atoms) return tl::unexpected(atoms.error());
    rule.atoms = std::move(*atoms);
    for (const auto& done :
         {read_exact(table, "kind", k_a_text, rule.kind),
          read_exact(table, "only_tablet_made", k_a_switch, rule.only_tablet_made)}) {
        if (!done) return tl::unexpected(done.error());
    }
    if (rule.kind.empty()) return fail(ErrorCode::malformed, "accept.kind is missing");
    if (!is_word(rule.kind, k_of_codes)) {
        return fail(ErrorCode::malformed, "accept.kind is no name of a kind");
    }
    return rule;
}

Result<void> read_server(const toml::table& table, Config& config) {
    const std::set<std::string_view> keys = {"address",
                                             "port",
                                             "zone",
                                             "workers",
                                             "connections",
                                             "connections_per_address",
                                             "handshake_seconds",
                                             "idle_seconds",
                                             "read_seconds",
                                             "write_seconds",
                                             "drain_seconds",
                                             "certificate_days",
                                             "stored_is_secured",
                                             "disk_reserve_mib",
                                             "metrics_port"};
    if (auto known = only_known(table, keys, "[server]"); !known) return known;
    for (const auto& done :
         {read_exact(table, "stored_is_secured", k_a_switch, config.stored_is_secured),
          read_word(table, "address", ".:%-", config.address),
          read_word(table, "zone", "/_+-", config.zone),
          read_number(table, "port", config.port, 0, 65535),
          read_number(table, "workers", config.workers, 1, 64),
          read_number(table, "connections", config.connections, 1, 65536),
          read_number(table, "connections_per_address", config.connections_per_address, 1, 65536),
          read_number(table, "handshake_seconds", config.handshake_seconds, 1, 600),
          read_number(table, "idle_seconds", config.idle_seconds, 1, 600),
          read_number(table, "read_seconds", config.read_seconds, 1, 600),
          read_number(table, "write_seconds", config.write_seconds, 1, 600),
          read_number(table, "drain_seconds", config.drain_seconds, 1, 600),
          read_number(table, "certificate_days", config.certificate_days, 1, 3650),
          read_number(table, "disk_reserve_mib", config.disk_reserve_mib, 0, k_reserve_mib_max),
          read_number(table, "metrics_port", config.metrics_port, 0, 65535)}) {
        if (!done) return done;
    }
    return {};
}

// Nothing that a quote would end, or that a line would.
bool is_path(std::string_view text) {
    return text.size() <= k_path_bytes_max && std::none_of(text.begin(), text.end(), [](char c) {
               return c == '"' || c == '\\' || (c >= 0 && c < ' ') || c == '\x7f';
           });
}

bool is_point(std::string_view text) {
    return text.size() == k_point_digits && text.starts_with("04") &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<void> read_pack(const toml::table& table, Config& config) {
    if (auto known = only_known(table, {"file", "trusted"}, "[pack]"); !known) return known;
    if (auto read = read_exact(table, "file", k_a_text, config.pack_file); !read) return read;
    if (config.pack_file.empty() || !is_path(config.pack_file)) {
        return fail(ErrorCode::malformed, "pack.file is no path of a file");
    }
    const auto* keys = table.get_as<toml::array>("trusted");
    if (keys == nullptr || keys->empty()) {
        return fail(ErrorCode::malformed,
                    "pack.trusted is missing: the line of the FILE.pub that `kari-pack key` made");
    }
    for (const auto& node : *keys) {
        const auto key = node.value<std::string>();
        if (!key || !is_point(*key)) {
            return fail(ErrorCode::malformed,
                        fmt::format("line {}: pack.trusted holds what is no line of a FILE.pub",
                                    node.source().begin.line));
        }
        config.pack_keys.push_back(*key);
    }
    return {};
}

}  // namespace

Result<Config> parse(std::string_view text) {
    Config config;
    try {
        const toml::table root = toml::parse(text);
        if (auto known = only_known(root, {"server", "pack", "accept"}, "the file"); !known) {
            return tl::unexpected(known.error());
        }
        if (const auto* server = root.get_as<toml::table>("server")) {
            if (auto read = read_server(*server, config); !read) {
                return tl::unexpected(read.error());
            }
        }
        for (const std::string_view name : {"server", "pack"}) {
            if (root.contains(name) && !root.get_as<toml::table>(name)) {
                return fail(ErrorCode::malformed, fmt::format("{0} is no table: [{0}]", name));
            }
        }
        if (root.contains("accept") && !root.get_as<toml::array>("accept")) {
            return fail(ErrorCode::malformed, "accept is no list of tables: [[accept]]");
        }
        if (const auto* pack = root.get_as<toml::table>("pack")) {
            if (auto read = read_pack(*pack, config); !read) return tl::unexpected(read.error());
        }
        if (const auto* rules = root.get_as<toml::array>("accept")) {
            for (const auto& node : *rules) {
                const auto* table = node.as_table();
                if (table == nullptr) return fail(ErrorCode::malformed, "[[accept]] is no table");
                auto rule = read_rule(*table);
                if (!rule) return tl::unexpected(rule.error());
                config.accept.push_back(std::move(*rule));
            }
        }
    } catch (const toml::parse_error& error) {
        return fail(ErrorCode::malformed,
                    fmt::format("line {}: {}", error.source().begin.line, error.description()));
    }
    return config;
}

Result<Config> load(const std::filesystem::path& file) {
    std::ifstream input(file, std::ios::binary);
    if (!input) return fail(ErrorCode::not_found, "configuration " + file.string());
    std::string text(k_config_bytes_max + 1, '\0');
    input.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(input.gcount()));
    if (text.size() > k_config_bytes_max) return fail(ErrorCode::too_large, file.string());
    auto config = parse(text);
    if (!config) {
        return fail(config.error().code, file.string() + ": " + config.error().what);
    }
    return config;
}

Config first_config() {
    Config config;
    config.accept = {
        {{"LE"}, "MedicationRequest", {"*"}, false},
        {{"FA1"}, "MedicationRequest", {"prescription"}, false},
        {{"LE"}, "AllergyIntolerance", {"verification_status"}, false},
        {{"LE"}, "Patient", {"deceased"}, false},
        {{"LE", "SP", "VP", "HF"}, "Patient", {"*"}, true},
    };
    return config;
}

std::string text_of(const Config& config) {
    std::string out = fmt::format(
        "# Kari sync server. `kari-sync-server serve` reads this file when it starts.\n"
        "[server]\n"
        "address = \"{}\"          # where to listen\n"
        "port = {}                   # 0: any free one, printed at the start\n"
        "zone = \"{}\"\n"
        "workers = {}                 # requests handled at once\n"
        "connections = {}           # open at once; three of four may wait for news\n"
        "connections_per_address = {}\n"
        "handshake_seconds = {}      # also to idle without a tablet's certificate\n"
        "idle_seconds = {}           # between two requests of a connection\n"
        "read_seconds = {}           # for one request to arrive whole\n"
        "write_seconds = {}          # for one reply to be read\n"
        "drain_seconds = {}          # for requests under way when asked to stop\n"
        "certificate_days = {}      # how long a tablet's certificate is valid\n"
        "stored_is_secured = {}   # true only for a trial without backups\n"
        "disk_reserve_mib = {}      # while less is free, tablets keep what they would push\n"
        "metrics_port = {}            # health and metrics on 127.0.0.1; 0: nowhere\n",
        config.address, config.port, config.zone, config.workers, config.connections,
        config.connections_per_address, config.handshake_seconds, config.idle_seconds,
        config.read_seconds, config.write_seconds, config.drain_seconds, config.certificate_days,
        config.stored_is_secured, config.disk_reserve_mib, config.metrics_port);
    out += config.pack_file.empty()
               ? "\n# The drug facts that rules lean on; without this part, a demo.\n"
                 "# [pack]\n"
                 "# file = \"...\"        # what `kari-pack sign` made\n"
                 "# trusted = [\"...\"]   # the lines of the FILE.pub of those who may sign it\n"
               : fmt::format("\n[pack]\nfile = \"{}\"\ntrusted = [\"{}\"]\n", config.pack_file,
                             fmt::join(config.pack_keys, "\", \""));
    out +=
        "\n# Proposals that take effect without a person accepting them.\n"
        "# Roles are codes of Volven 9060: LE physician, FA1 pharmacist, SP nurse.\n";
    for (const AcceptRule& rule : config.accept) {
        out += fmt::format("[[accept]]\nroles = [\"{}\"]\nkind = \"{}\"\natoms = [\"{}\"]\n",
                           fmt::join(rule.roles, "\", \""), rule.kind,
                           fmt::join(rule.atoms, "\", \""));
        if (rule.only_tablet_made) out += "only_tablet_made = true\n";
        out += "\n";
    }
    return out;
}

}  // namespace kari::server::config
