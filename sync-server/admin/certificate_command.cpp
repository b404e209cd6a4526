// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/certificate_command.hpp"

#include "sync-server/admin/account.hpp"
#include "sync-server/admin/arguments.hpp"
#include "sync-server/config/config.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/identity/renewal.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

Result<void> renew_certificate(const Options& options, const std::vector<std::string>& names) {
    for (const std::string& name : names)
        KARI_TRY(check_host(name, "--server-name"));
    const config::Layout layout{options.directory};
    KARI_TRY(check_account(layout.root));
    KARI_LET(const auto secrets, identity::load_secrets(layout.secrets()));
    std::vector<std::string> wanted = names;
    if (wanted.empty()) {
        KARI_LET(wanted, identity::names_of_certificate(secrets.server_certificate));
    }
    identity::MachineClock clock("UTC");
    KARI_TRY(identity::renew_server_certificate(layout.secrets(), secrets, wanted, clock.wall()));
    KARI_LET(const auto renewed, identity::load_secrets(layout.secrets()));
    boost::json::array listed;
    for (const std::string& name : wanted)
        listed.push_back(boost::json::value(name));
    print(options, {{"certificate", (layout.secrets() / "server.pem").string()},
                    {"names", std::move(listed)},
                    {"days", identity::k_server_certificate_days},
                    {"pin", renewed.server_pin.text()},
                    {"next",
                     "Start the server again: it reads the certificate when it starts. "
                     "The key is the same, so no tablet notices."}});
    return {};
}

}  // namespace kari::server::admin
