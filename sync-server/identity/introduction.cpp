// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/introduction.hpp"

#include "sync-server/identity/certificates.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {

Result<void> introduce_server(storage::Storage& storage, const Secrets& secrets, Journal* journal,
                              const IncarnationId& incarnation, Instant now, int days) {
    KARI_LET(const auto issued,
             certify_server_seals(secrets.ca_key.view(), secrets.ca_certificate,
                                  secrets.signing_key.view(), incarnation, now, days));
    storage::Certificate row;
    row.spki = issued.spki;
    row.use = storage::CertificateUse::signing;
    row.incarnation = incarnation;
    row.serial = issued.serial;
    row.not_after = issued.not_after;
    row.der = issued.der;
    if (journal != nullptr) KARI_TRY(journal->served(row));
    return storage.add_server_certificate(row);
}

}  // namespace kari::server::identity
