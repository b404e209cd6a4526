// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/enrolment.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/identity/certificates.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {
namespace {

constexpr std::string_view k_code_prefix = "kari1-";
constexpr std::size_t k_secret_hex = 32;

Digest stored_form(std::string_view secret_hex) {
    return base::sha256_of("kari one-time code", {secret_hex});
}

}  // namespace

struct Registrar::Issue {
    Issued signing;
    Issued tls;
    std::vector<storage::Certificate> rows;
};

bool DeviceIdentity::owns(const IncarnationId& incarnation) const {
    return std::find(incarnations.begin(), incarnations.end(), incarnation) != incarnations.end();
}

Result<DeviceIdentity> identify(storage::Storage& storage, const Digest& spki, Instant now) {
    KARI_LET(const auto certificate, storage.certificate(spki));
    if (!certificate || certificate->use != storage::CertificateUse::tls) {
        return fail(ErrorCode::device_unknown, "no device has this certificate");
    }
    KARI_LET(const auto device, storage.device(certificate->device));
    if (!device) return fail(ErrorCode::device_unknown, "no device has this certificate");
    DeviceIdentity who;
    who.device = device->id;
    who.unit = device->unit;
    who.revoked = device->revoked;
    who.expired = certificate->not_after < now;
    KARI_LET(who.incarnations, storage.incarnations(device->id));
    return who;
}

OneTimeCode make_code(const Digest& server_pin, Entropy& entropy) {
    const std::string secret = base::to_hex(random_bytes(entropy, k_secret_hex / 2));
    return {std::string(k_code_prefix) + secret + "-" + server_pin.text(), stored_form(secret)};
}

std::optional<Digest> digest_of_code(std::string_view text) {
    if (text.size() > sync::k_code_bytes) return std::nullopt;
    if (text.starts_with(k_code_prefix)) text.remove_prefix(k_code_prefix.size());
    const std::string_view secret = text.substr(0, k_secret_hex);
    if (text.size() > k_secret_hex && text[k_secret_hex] != '-') return std::nullopt;
    const auto bytes = base::from_hex(secret);
    if (!bytes || secret.size() != k_secret_hex) return std::nullopt;
    return stored_form(base::to_hex(*bytes));  // upper case typed by hand is the same code
}

Result<Registrar::Issue> Registrar::issue(const DeviceId& device, std::string_view incarnation,
                                          std::string_view signing_csr, std::string_view tls_csr) {
    const auto id = base::from_bytes<IncarnationId>(incarnation);
    if (!id || id->is_zero()) return fail(ErrorCode::malformed, "incarnation");
    if (signing_csr.size() > sync::k_csr_bytes || tls_csr.size() > sync::k_csr_bytes) {
        return fail(ErrorCode::too_large, "certificate request");
    }
    KARI_LET(const auto taken, storage_.signing_certificate(*id));
    if (taken && taken->device != device) return fail(ErrorCode::already_exists, "incarnation");
    Issue made;
    const Instant now = clock_.wall();
    KARI_LET(made.signing, certify(secrets_.ca_key.view(), secrets_.ca_certificate, signing_csr,
                                   Purpose::signing, device.text(), *id, now, days_));
    KARI_LET(made.tls, certify(secrets_.ca_key.view(), secrets_.ca_certificate, tls_csr,
                               Purpose::tls_client, device.text(), *id, now, days_));
    if (made.signing.spki == made.tls.spki) {
        return fail(ErrorCode::malformed, "the two keys of a device are one");
    }
    const auto row = [&](const Issued& issued, storage::CertificateUse use) {
        return storage::Certificate{issued.spki,      use,       device, *id, issued.serial,
                                    issued.not_after, issued.der};
    };
    made.rows = {row(made.signing, storage::CertificateUse::signing),
                 row(made.tls, storage::CertificateUse::tls)};
    return made;
}

Result<v1::EnrolReply> Registrar::reply(const Issue& issued, const DeviceId& device,
                                        const storage::Unit& unit) {
    v1::EnrolReply reply;
    reply.set_signing_certificate(issued.signing.der);
    reply.set_tls_certificate(issued.tls.der);
    KARI_LET(*reply.mutable_ca_certificate(), pem_to_der(secrets_.ca_certificate));
    reply.add_server_pin(base::to_bytes(secrets_.server_pin));
    reply.set_recovery_public_key(secrets_.recovery_point);
    reply.set_device(base::to_bytes(device));
    KARI_TRY(fill_directory(storage_, unit, *reply.mutable_unit(), *reply.mutable_person()));
    reply.set_server_ms(clock_.wall().ms);
    KARI_LET(const auto epoch, storage_.epoch());
    reply.set_epoch(base::to_bytes(epoch.id));
    return reply;
}

// Before the code is used up: a slip in the person must not cost a new code.
Result<void> Registrar::check_listed(const Digest& code, std::string_view person) {
    const auto id = base::from_bytes<PersonId>(person);
    if (!id) return fail(ErrorCode::malformed, "person");
    KARI_LET(const auto unit, storage_.invited_to(code, clock_.wall()));
    KARI_LET(const auto known, storage_.persons(unit));
    for (const storage::Person& one : known) {
        if (one.id == *id && one.active) return {};
    }
    return fail(ErrorCode::not_permitted, "person");
}

Result<v1::EnrolReply> Registrar::enrol(const v1::EnrolRequest& request) {
    const auto code = digest_of_code(request.code());
    if (!code) return fail(ErrorCode::code_refused, "one-time code");
    if (request.device_name().size() > sync::k_text_bytes) {
        return fail(ErrorCode::too_large, "device name");
    }
    if (!request.person().empty()) KARI_TRY(check_listed(*code, request.person()));
    storage::Device device;
    device.id = random_id<DeviceId>(entropy_);
    device.name = request.device_name();
    device.enrolled = clock_.wall();
    KARI_LET(const auto issued,
             issue(device.id, request.incarnation(), request.signing_csr(), request.tls_csr()));
    KARI_LET(const auto unit, storage_.redeem(*code, clock_.wall(), device, issued.rows));
    device.unit = unit.id;
    KARI_TRY(journal_.enrolled(device, issued.rows));
    return reply(issued, device.id, unit);
}

Result<v1::EnrolReply> Registrar::renew(const DeviceIdentity& who,
                                        const v1::RenewRequest& request) {
    if (who.revoked) return fail(ErrorCode::device_revoked, "device");
    const auto incarnation = base::from_bytes<IncarnationId>(request.incarnation());
    if (who.incarnations.size() >= k_incarnations_max && incarnation && !who.owns(*incarnation)) {
        return fail(ErrorCode::quota_exceeded,
                    "incarnations of this tablet: have it revoked and enrol it anew");
    }
    KARI_LET(const auto issued,
             issue(who.device, request.incarnation(), request.signing_csr(), request.tls_csr()));
    KARI_LET(const auto device, storage_.device(who.device));
    KARI_LET(const auto unit, storage_.unit(who.unit));
    if (!device || !unit) return fail(ErrorCode::device_unknown, "device");
    KARI_TRY(storage_.add_certificates(issued.rows));
    KARI_TRY(journal_.enrolled(*device, issued.rows));
    return reply(issued, who.device, *unit);
}

Result<void> fill_directory(storage::Storage& storage, const storage::Unit& unit,
                            v1::DirectoryUnit& into,
                            google::protobuf::RepeatedPtrField<v1::DirectoryPerson>& people) {
    into.set_unit(base::to_bytes(unit.id));
    into.set_record(base::to_bytes(unit.record));
    into.set_display(unit.display);
    into.set_zone(unit.zone);
    KARI_LET(const auto known, storage.persons(unit.id));
    for (const storage::Person& person : known) {
        v1::DirectoryPerson& added = *people.Add();
        added.set_person(base::to_bytes(person.id));
        added.set_role(person.role);
        added.set_display(person.display);
        added.set_active(person.active);
    }
    return {};
}

}  // namespace kari::server::identity
