// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "kari/v1/exchange.pb.h"
#include "sync-server/identity/journal.hpp"
#include "sync-server/identity/secrets.hpp"
#include "sync-server/storage/storage.hpp"

namespace kari::server::identity {

// Of one device. Every renewal may begin one, and a record may hold a stream and a seal of each.
inline constexpr std::size_t k_incarnations_max = 64;

// Who stands behind a client certificate.
struct DeviceIdentity {
    DeviceId device;
    UnitId unit;
    std::vector<IncarnationId> incarnations;  // its own streams are these
    bool revoked = false;
    bool expired = false;

    bool owns(const IncarnationId& incarnation) const;
};

// The device of a certificate that our authority issued. Errors: device_unknown.
Result<DeviceIdentity> identify(storage::Storage& storage, const Digest& spki, Instant now);

// "kari1-<32 hex>-<64 hex>": a random secret, and the digest of the server's key as the pin. It
// names no address, so it holds wherever the server is reached.
struct OneTimeCode {
    std::string text;
    Digest secret;  // what is stored: the digest of the secret
};
OneTimeCode make_code(const Digest& server_pin, Entropy& entropy);
// The stored digest of what a device sent: the whole text, or the secret alone. Nothing when it
// has no such form.
std::optional<Digest> digest_of_code(std::string_view text);

// Issues certificates to devices. Threads: any.
class Registrar {
public:
    Registrar(storage::Storage& storage, const Secrets& secrets, Journal journal, Clock& clock,
              Entropy& entropy, int certificate_days)
        : storage_(storage),
          secrets_(secrets),
          journal_(std::move(journal)),
          clock_(clock),
          entropy_(entropy),
          days_(certificate_days) {}

    // Errors: code_refused, malformed, already_exists (the incarnation or a key is another's),
    // not_permitted (the unit does not list the person who enrols; the code is as good as before).
    Result<v1::EnrolReply> enrol(const v1::EnrolRequest& request);
    // A new incarnation under the same device. Errors: device_revoked, malformed, already_exists,
    // quota_exceeded (incarnations).
    Result<v1::EnrolReply> renew(const DeviceIdentity& who, const v1::RenewRequest& request);

private:
    struct Issue;
    Result<void> check_listed(const Digest& code, std::string_view person);
    Result<Issue> issue(const DeviceId& device, std::string_view incarnation,
                        std::string_view signing_csr, std::string_view tls_csr);
    Result<v1::EnrolReply> reply(const Issue& issued, const DeviceId& device,
                                 const storage::Unit& unit);

    storage::Storage& storage_;
    const Secrets& secrets_;
    Journal journal_;
    Clock& clock_;
    Entropy& entropy_;
    int days_;
};

// The unit and its people as a device is told them.
Result<void> fill_directory(storage::Storage& storage, const storage::Unit& unit,
                            v1::DirectoryUnit& into,
                            google::protobuf::RepeatedPtrField<v1::DirectoryPerson>& people);

}  // namespace kari::server::identity
