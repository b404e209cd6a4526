// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/account.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kari::server::admin {

std::string account_of(uid_t id) {
    passwd entry{};
    passwd* found = nullptr;
    char room[4096];
    const bool known = ::getpwuid_r(id, &entry, room, sizeof room, &found) == 0;
    return known && found != nullptr ? found->pw_name : "uid " + std::to_string(id);
}

Result<void> check_account(const std::filesystem::path& root) {
    struct stat facts{};
    if (::stat(root.c_str(), &facts) != 0) {
        return fail(ErrorCode::not_found, root.string() +
                                              ": no server is there; name its directory with "
                                              "--dir, or run `kari-sync-server init` first");
    }
    if (facts.st_uid == ::geteuid()) return {};
    const std::string owner = account_of(facts.st_uid);
    // Root owns what was copied to its place, and a server has no business to be root.
    const std::string remedy =
        facts.st_uid == 0
            ? "give it back, as root (chown -R " + account_of(::geteuid()) + ": " + root.string() +
                  ")"
            : "say it as " + owner + " (runuser -u " + owner + " -- kari-sync-server ...)";
    return fail(ErrorCode::not_permitted, root.string() + " belongs to " + owner +
                                              ", and this is run by " + account_of(::geteuid()) +
                                              ": what one writes the other cannot; " + remedy);
}

}  // namespace kari::server::admin
