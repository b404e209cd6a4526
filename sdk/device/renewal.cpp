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
    return code == ErrorCode::cancelled || sync::is_passing(code);
}

Result<void> renew(Core& core, Line& line, transport::CancelToken& token) {
    v1::RenewRequest request;
    transport::Endpoint endpoint;
    std::string tls_point;
    {
        const std::lock_guard guard(core.mutex);
        const Settings& settings = core.open->settings;
        const IncarnationId incarnation = core.open->store.identity().incarnation;
        const auto point = crypto::certificate_public_point(settings.tls_certificate_der);
        if (!point) return tl::unexpected(point.error());
        tls_point = *point;
        auto signing = signing_csr(core.platform, incarnation);
        if (!signing) return tl::unexpected(signing.error());
        auto tls = tls_csr(core.platform, incarnation, settings.tls_key_der, tls_point);
        if (!tls) return tl::unexpected(tls.error());
        request.set_incarnation(base::to_bytes(incarnation));
        request.set_signing_csr(*signing);
        request.set_tls_csr(*tls);
        endpoint = endpoint_of(settings);
    }
    const auto client = line.to(endpoint);
    if (!client) return tl::unexpected(client.error());
    const auto reply = transport::renew(**client, request, token);
    if (!reply) return tl::unexpected(reply.error());
    const auto certified = crypto::certificate_public_point(reply->tls_certificate());
    if (!certified || *certified != tls_point) {
        return fail(ErrorCode::server_untrusted, "the renewed TLS certificate");
    }
    const std::lock_guard guard(core.mutex);
    Settings& settings = core.open->settings;
    settings.tls_certificate_der = reply->tls_certificate();
    settings.signing_certificate_der = reply->signing_certificate();
    settings.renew = false;
    return save_settings(core.open->store, settings);
}

}  // namespace kari::device
