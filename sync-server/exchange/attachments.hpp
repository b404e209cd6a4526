// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kari/v1/transfer.pb.h"
#include "sync-server/exchange/parts.hpp"
#include "sync-server/identity/enrolment.hpp"

namespace kari::server::exchange {

// Takes one chunk of an attachment in, gives one out, or says what is here. No key and no content
// is ever seen; no more than one chunk is in memory. A chunk is taken only as it was offered, and
// the whole only when its digest is its name.
// Errors: protocol_unsupported; malformed; not_permitted; device_revoked and device_expired; and of
// the attachment: not_found, too_large, too_many, quota_exceeded; storage_*.
Result<v1::AttachmentReply> handle(Parts& parts, const identity::DeviceIdentity& who,
                                   const v1::AttachmentRequest& request, Tally& tally);

// Of all its chunks, read one at a time. Errors: storage_corrupt (one is not here), storage_*.
Result<Digest> digest_of_chunks(storage::Storage& storage, const storage::Attachment& attachment);

}  // namespace kari::server::exchange
