// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/doctor_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sdk/base/id.hpp"
#include "sdk/base/time.hpp"
#include "sync-server/admin/account.hpp"
#include "sync-server/admin/arguments.hpp"
#include "sync-server/admin/pack_in_use.hpp"
#include "sync-server/admin/runtime.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;

namespace {

// Every file of the secrets folder, and whether a server can do without it.
struct SecretFile {
    const char* name;
    bool needed;
};
constexpr std::array<SecretFile, 12> k_secret_files = {{{"database.key", true},
                                                        {"receipt.key", true},
                                                        {"ca.key", true},
                                                        {"ca.pem", true},
                                                        {"server.key", true},
                                                        {"server.pem", true},
                                                        {"signing.key", true},
                                                        {"recovery.key", false},
                                                        {"recovery.pub", true},
                                                        {"journal.jsonl", false},
                                                        {"server.pem.before", false},
                                                        {"server.pem.new", false}}};

class Files {
public:
    explicit Files(const std::string& directory) { layout_.root = directory; }

    std::vector<Check> look() {
        if (const auto account = check_account(layout_.root); !account) {
            wrong("account", account.error().what, "Nothing else was looked at.");
            return std::move(found_);
        }
        ok("account", "the directory belongs to whoever runs this");
        owners();
        configuration();
        permissions();
        secrets();
        pairs();
        journal();
        left_over();
        entropy();
        return std::move(found_);
    }

private:
    void ok(std::string about, std::string says) {
        found_.push_back({Level::ok, std::move(about), std::move(says), {}});
    }
    void attention(std::string about, std::string says, std::string todo) {
        found_.push_back({Level::attention, std::move(about), std::move(says), std::move(todo)});
    }
    void wrong(std::string about, std::string says, std::string todo) {
        found_.push_back({Level::broken, std::move(about), std::move(says), std::move(todo)});
    }

    // What another account owns, root too, the server may not read or write.
    void owners() {
        bool good = true;
        const auto look_at = [&](const fs::path& path) {
            struct stat facts{};
            if (::lstat(path.c_str(), &facts) != 0 || facts.st_uid == ::geteuid()) return;
            if (good) {
                const std::string owner = account_of(::geteuid());
                wrong("permissions",
                      fmt::format("{} belongs to {}", path.string(), account_of(facts.st_uid)),
                      fmt::format("As root: chown -R {}: {}", owner, layout_.root.string()));
            }
            good = false;
        };
        look_at(layout_.config());
        for (const fs::path& folder : {layout_.secrets(), layout_.database().parent_path()}) {
            look_at(folder);
            std::error_code gone;
            for (const auto& entry : fs::directory_iterator(folder, gone))
                look_at(entry.path());
        }
        unreadable_ = !good;
    }

    void configuration() {
        std::error_code gone;
        if (!fs::exists(layout_.config(), gone)) {
            wrong("configuration", layout_.config().filename().string() + " is missing",
                  "Put back the copy that was kept with the secrets folder.");
            return;
        }
        auto config = config::load(layout_.config());
        Result<void> sound;
        if (!config) {
            sound = tl::unexpected(config.error());
        } else {
            sound = check_zone(config->zone, "zone");
        }
        if (!sound) {
            wrong("configuration", sound.error().what, "Mend kari-server.toml at that place.");
            return;
        }
        ok("configuration", "kari-server.toml can be read");
        pack(*config);
        if (config->stored_is_secured) {
            attention("configuration", "stored_is_secured is set, which is for a trial",
                      "Make backups every night, and set it to false: else tablets let go of "
                      "work that stands on one disk alone.");
        }
    }

    void pack(const config::Config& config) {
        if (config.pack_file.empty()) {
            ok("pack", "none is configured: the demo pack that is compiled in, for trials");
            return;
        }
        const auto offered = load_pack(layout_, config);
        const auto pack =
            offered ? open_offered(layout_, config, *offered) : tl::unexpected(offered.error());
        if (!pack) {
            wrong(
                "pack", pack.error().what,
                "Put a pack there that `kari-pack sign` made with a key that pack.trusted names.");
            return;
        }
        ok("pack",
           fmt::format("{} of {}, {}", pack->name(), base::to_text(pack->date), pack->label));
    }

    // The mode's bits that anybody but the owner has.
    static unsigned open_to_others(const fs::path& path) {
        struct stat facts{};
        return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 077U : 0U;
    }

    void permissions() {
        bool good = true;
        for (const fs::path& folder : {layout_.secrets(), layout_.database().parent_path()}) {
            if (open_to_others(folder) == 0) continue;
            good = false;
            wrong("permissions", folder.filename().string() + " is open to others",
                  fmt::format("chmod 700 {}", folder.string()));
        }
        std::error_code gone;
        for (const auto& entry : fs::directory_iterator(layout_.secrets(), gone)) {
            if (open_to_others(entry.path()) == 0) continue;
            good = false;
            wrong("permissions", entry.path().filename().string() + " may be read by others",
                  fmt::format("chmod 600 {}", entry.path().string()));
        }
        if (good) ok("permissions", "keys and database are their owner's alone");
    }

    void secrets() {
        std::set<std::string> known;
        bool all = true;
        for (const SecretFile& file : k_secret_files) {
            known.insert(file.name);
            std::error_code gone;
            if (!file.needed || fs::exists(layout_.secrets() / file.name, gone)) continue;
            all = false;
            if (unreadable_) continue;  // it may be there
            wrong("keys", fmt::format("{} is missing", file.name),
                  "Put it back from the copy of the secrets folder; no command can make it anew.");
        }
        if (all) ok("keys", "every key that a server needs is there");
        std::error_code gone;
        for (const auto& entry : fs::directory_iterator(layout_.secrets(), gone)) {
            const std::string file = entry.path().filename().string();
            if (known.contains(file)) continue;
            attention("keys", fmt::format("{} is no file of the server's", file),
                      "Move it out of the secrets folder.");
        }
    }

    // True: both could be read and belong together.
    void pair(const char* key, const char* certificate) {
        const auto private_pem = identity::read_whole_file(layout_.secrets() / key);
        const auto pem = identity::read_whole_file(layout_.secrets() / certificate);
        if (!private_pem || !pem) return;  // told as missing
        const auto same = identity::is_of_key(*pem, *private_pem);
        if (same && *same) {
            ok("keys", fmt::format("{} belongs to {}", certificate, key));
        } else {
            wrong("keys", fmt::format("{} does not belong to {}", certificate, key),
                  "Put both back from one copy of the secrets folder.");
        }
    }

    void pairs() {
        pair("server.key", "server.pem");
        pair("ca.key", "ca.pem");
        const auto key = identity::read_whole_file(layout_.secrets() / "recovery.key");
        const auto point = identity::read_whole_file(layout_.secrets() / "recovery.pub");
        if (!point) return;
        if (!key) {
            ok("keys", "recovery.key is kept elsewhere; be sure that it is");
            return;
        }
        const auto own = identity::public_point_of_key(*key);
        if (own && base::to_hex(*own) == std::string_view(*point).substr(0, 130)) {
            ok("keys", "recovery.key belongs to recovery.pub; better kept apart from this machine");
        } else {
            wrong("keys", "recovery.key does not belong to recovery.pub",
                  "Put both back from one copy of the secrets folder: without it no lost tablet's "
                  "unsent work can be opened.");
        }
    }

    void journal() {
        const auto lines = identity::Journal(layout_.secrets() / "journal.jsonl").check();
        if (lines) {
            ok("journal", fmt::format("{} lines, each can be read", *lines));
        } else {
            wrong("journal", lines.error().what,
                  "Put it back from the newest copy of the secrets folder: it holds what a "
                  "restore must not undo.");
        }
    }

    void left_over() {
        std::error_code gone;
        std::size_t files = 0;
        std::uint64_t bytes = 0;
        for (const auto& entry :
             fs::recursive_directory_iterator(layout_.database().parent_path(), gone)) {
            const std::string file = entry.path().filename().string();
            const bool set_aside = file.find(".aside-") != std::string::npos ||
                                   file.ends_with(".part") ||
                                   file.find(".restoring") != std::string::npos ||
                                   entry.path().parent_path() != layout_.database().parent_path();
            if (!set_aside || !entry.is_regular_file(gone)) continue;
            ++files;
            bytes += entry.file_size(gone);
        }
        if (files == 0) {
            ok("left over", "nothing in the data folder");
        } else {
            attention(
                "left over",
                fmt::format("{} files of {} in {}, from a restore or an upgrade", files,
                            in_words_of_bytes(bytes), layout_.database().parent_path().string()),
                "Keep them until all tablets have synced and a backup has been verified "
                "since; then delete them.");
        }
    }

    void entropy() {
        std::array<unsigned char, 32> bytes{};
        const bool ready = ::getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK) ==
                           static_cast<ssize_t>(bytes.size());
        if (ready) {
            ok("entropy", "the system's random numbers are ready");
        } else {
            wrong("entropy", "the system has no random numbers yet",
                  "Wait until it has, or give the machine a source (rng-tools5, virtio-rng).");
        }
    }

    config::Layout layout_;
    bool unreadable_ = false;
    std::vector<Check> found_;
};

}  // namespace

std::vector<Check> examine_files(const std::string& directory) {
    return Files(directory).look();
}

Result<void> port_is_free(const std::string& address, std::uint16_t port) {
    sockaddr_in6 six{};
    sockaddr_in four{};
    const sockaddr* where = nullptr;
    socklen_t length = 0;
    if (inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
        where = reinterpret_cast<const sockaddr*>(&four);
        length = sizeof four;
    } else if (inet_pton(AF_INET6, address.c_str(), &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        where = reinterpret_cast<const sockaddr*>(&six);
        length = sizeof six;
    } else {
        return fail(ErrorCode::invalid_argument, "address '" + address + "' is no IP address");
    }
    const int probe = ::socket(where->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return fail(ErrorCode::in_use, std::strerror(errno));
    const int yes = 1;
    ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const bool bound = ::bind(probe, where, length) == 0 && ::listen(probe, 1) == 0;
    const std::string why = bound ? "" : std::strerror(errno);
    ::close(probe);
    if (!bound) {
        return fail(ErrorCode::in_use,
                    fmt::format("cannot listen on {} port {}: {}", address, port, why));
    }
    return {};
}

}  // namespace kari::server::admin
