// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/renewal.hpp"

#include "sdk/base/id.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/device/exchange_run.hpp"
#include "sdk/device/requests.hpp"
#include "sdk/sync/told.hpp"

namespace kari::device {

Renewal renewal_of(const Platform& platform, const Settings& settings) {
    if (settings.renew) return Renewal::required;
    const auto valid = crypto::certificate_validity(settings.tls_certificate_der);
    if (!valid) return Renewal::due;
    const Duration left = valid->until - best_now(platform, settings);
    const Duration life = valid->until - valid->from;
    return left.ms < life.ms / k_renew_at ? Renewal::due : Renewal::none;
}

bool may_pass(ErrorCode code) {
    // What one of the two could not read was not refused: it may come whole the next time.
    return code == ErrorCode::cancelled || code == ErrorCode::malformed || sync::is_passing(code);
}

namespace {

struct Application {
    v1::RenewRequest request;
    transport::Endpoint endpoint;
    std::string tls_point;
};

// With the mutex held. Errors: not_found (the key store has no key of this name).
Result<Application> application_of(Core& core, const IncarnationId& name) {
    const Settings& settings = core.open->settings;
    auto point = crypto::certificate_public_point(settings.tls_certificate_der);
    if (!point) return tl::unexpected(point.error());
    const auto signing = signing_csr(core.platform, name);
    if (!signing) return tl::unexpected(signing.error());
    const auto tls = tls_csr(core.platform, name, settings.tls_key_der, *point);
    if (!tls) return tl::unexpected(tls.error());
    Application out;
    out.request.set_incarnation(base::to_bytes(name));
    out.request.set_signing_csr(*signing);
    out.request.set_tls_csr(*tls);
    out.endpoint = endpoint_of(settings);
    out.tls_point = std::move(*point);
    return out;
}

Result<v1::EnrolReply> apply(const Application& application, Line& line,
                             transport::CancelToken& token) {
    const auto client = line.to(application.endpoint);
    if (!client) return tl::unexpected(client.error());
    auto reply = transport::renew(**client, application.request, token);
    if (!reply) return reply;
    const auto certified = crypto::certificate_public_point(reply->tls_certificate());
    if (!certified || *certified != application.tls_point) {
        return fail(ErrorCode::server_untrusted, "the renewed TLS certificate");
    }
    return reply;
}

// A refusal that speaks of the name asked for, and that no later request changes: not one of the
// tablet, of the line, of the hour, or of an answer that cannot be read.
bool is_of_the_name(ErrorCode code) {
    return code == ErrorCode::quota_exceeded || code == ErrorCode::already_exists ||
           code == ErrorCode::not_permitted;
}

// What was written under a name that the server never heard of is no device's there, and would
// stand in its quarantine.
Result<void> certify_former(Core& core, Line& line, transport::CancelToken& token) {
    for (;;) {
        Result<Application> application = fail(ErrorCode::internal, "no application");
        {
            const std::lock_guard guard(core.mutex);
            const auto& waiting = core.open->settings.uncertified;
            if (waiting.empty()) return {};
            application = application_of(core, waiting.front());
        }
        if (application) {
            const auto reply = apply(*application, line, token);
            if (!reply && !is_of_the_name(reply.error().code)) {
                return tl::unexpected(reply.error());
            }
            // Asked again at every sync it would keep the present name from being renewed.
            if (!reply) {
                core.platform.log->log(LogLevel::warning, "certificate.name_refused",
                                       name(reply.error().code));
            }
        } else if (application.error().code == ErrorCode::not_found) {
            // Nobody can show any more that it was this tablet: the server keeps it apart.
            core.platform.log->log(LogLevel::warning, "certificate.key_gone", "");
        } else {
            return tl::unexpected(application.error());
        }
        const std::lock_guard guard(core.mutex);
        Settings& settings = core.open->settings;
        settings.uncertified.erase(settings.uncertified.begin());
        if (auto saved = save_settings(core.open->store, settings); !saved) return saved;
    }
}

}  // namespace

Result<void> renew(Core& core, Line& line, transport::CancelToken& token) {
    if (auto done = certify_former(core, line, token); !done) return done;
    Result<Application> application = fail(ErrorCode::internal, "no application");
    {
        const std::lock_guard guard(core.mutex);
        application = application_of(core, core.open->store.identity().incarnation);
    }
    if (!application) return tl::unexpected(application.error());
    const auto reply = apply(*application, line, token);
    if (!reply) return tl::unexpected(reply.error());
    const std::lock_guard guard(core.mutex);
    Settings& settings = core.open->settings;
    settings.tls_certificate_der = reply->tls_certificate();
    settings.signing_certificate_der = reply->signing_certificate();
    settings.renew = false;
    return save_settings(core.open->store, settings);
}

}  // namespace kari::device
