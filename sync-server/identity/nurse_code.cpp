// SPDX-License-Identifier: Apache-2.0
#include "sync-server/identity/nurse_code.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/sync/limits.hpp"
#include "sync-server/identity/machine.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::identity {
namespace {

constexpr std::string_view k_prefix = "nurse1-";
// Typed by hand: 64 bits, against ten wrong ones in a minute, by a tablet of the unit alone.
constexpr std::size_t k_secret_bytes = 8;
constexpr std::size_t k_group = 4;

Digest stored_form(std::string_view secret_hex, const PersonId& person) {
    return base::sha256_of("kari nurse code", {base::to_bytes(person), secret_hex});
}

}  // namespace

OneTimeCode make_nurse_code(const PersonId& person, Entropy& entropy) {
    const std::string secret = base::to_hex(random_bytes(entropy, k_secret_bytes));
    std::string text(k_prefix);
    for (std::size_t at = 0; at < secret.size(); at += k_group) {
        if (at > 0) text += '-';
        text += secret.substr(at, k_group);
    }
    return {std::move(text), stored_form(secret, person)};
}

std::optional<Digest> digest_of_nurse_code(std::string_view text, const PersonId& person) {
    if (text.size() > sync::k_code_bytes || !text.starts_with(k_prefix)) return std::nullopt;
    std::string secret(text.substr(k_prefix.size()));
    std::erase(secret, '-');
    const auto bytes = base::from_hex(secret);
    if (!bytes || bytes->size() != k_secret_bytes) return std::nullopt;
    return stored_form(base::to_hex(*bytes), person);  // upper case is the same code
}

Result<v1::NurseReply> admit(storage::Storage& storage, const DeviceIdentity& who,
                             const v1::NurseRequest& request, Instant now) {
    if (request.protocol() != sync::k_protocol) {
        return fail(ErrorCode::protocol_unsupported, "protocol");
    }
    if (who.revoked) return fail(ErrorCode::device_revoked, "nobody is let in");
    if (who.expired) return fail(ErrorCode::device_expired, "renew first");
    const auto person = base::from_bytes<PersonId>(request.person());
    if (!person) return fail(ErrorCode::malformed, "person");
    const auto code = digest_of_nurse_code(request.code(), *person);
    if (!code) return fail(ErrorCode::code_refused, "one-time code");
    KARI_LET(const auto people, storage.persons(who.unit));
    const auto listed = std::find_if(people.begin(), people.end(), [&](const auto& one) {
        return one.id == *person && one.active;
    });
    if (listed == people.end()) return fail(ErrorCode::not_permitted, "person");
    KARI_LET(const auto unit, storage.invited_to(*code, now));
    if (unit != who.unit) return fail(ErrorCode::code_refused, "one-time code");
    KARI_TRY(storage.spend(*code, now));
    v1::NurseReply reply;
    v1::DirectoryPerson& told = *reply.mutable_person();
    told.set_person(base::to_bytes(listed->id));
    told.set_role(listed->role);
    told.set_display(listed->display);
    told.set_active(true);
    return reply;
}

}  // namespace kari::server::identity
