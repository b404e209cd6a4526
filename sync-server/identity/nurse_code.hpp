// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <kari/error.hpp>
#include <kari/platform.hpp>

#include "kari/v1/nurse.pb.h"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::identity {

// "nurse1-0011-2233-4455-6677": for one nurse, by which she signs in once on a tablet of her unit
// that has no PIN of hers. It makes no tablet, and is nobody else's: who she is stands in what is
// stored of it.
OneTimeCode make_nurse_code(const PersonId& person, Entropy& entropy);
// The stored digest of what a tablet sent. Nothing when it has no such form.
std::optional<Digest> digest_of_nurse_code(std::string_view text, const PersonId& person);

// Uses the code up. Errors: device_revoked, device_expired, protocol_unsupported, malformed,
// not_permitted (the tablet's unit does not list her; the code is as good as before),
// code_refused.
Result<v1::NurseReply> admit(storage::Storage& storage, const DeviceIdentity& who,
                             const v1::NurseRequest& request, Instant now);

}  // namespace kari::server::identity
