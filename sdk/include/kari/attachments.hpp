// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kari/actions.hpp>
#include <kari/device.hpp>
#include <kari/error.hpp>
#include <kari/ids.hpp>

// What: photos and files that belong to a note or stand as a document of their own. They are sealed
//   chunk by chunk, kept in the tablet's database, and moved by Device::sync after everything else.
// Requires: the Device outlives an Attachments object; make one whenever it is needed.
// Returns and errors: each function names its own. Any may answer `locked` and the storage errors.
// Durability: when attach() has returned a change, the whole attachment is on disk and its change
//   is part of the log. One that was cut off leaves nothing behind after the next unlock.
// Threads: as Device: any thread, at any time. Sources and sinks are called on the calling thread
//   with no lock held, so a nurse's write comes in between any two chunks.
// Ownership: the caller's. Neither attach nor read has more than one chunk in memory.
// Units and limits: sizes in bytes. An attachment has 1 byte to 33,546,240 (32 MiB less the seals),
//   a thumbnail at most 65,520, a title at most 2,000, a content type at most 255. Together they
//   may take the quota: 512 MiB unless it is set.
// Source of clinical rules: none.
namespace kari {

using AttachmentId = Digest;  // SHA-256 of the sealed bytes

// Gives the next bytes: fills `room` from its beginning and says how many; 0: there are no more.
// An error of it ends the attaching and is what attach() answers.
using AttachmentSource = std::function<Result<std::size_t>(std::span<std::uint8_t> room)>;
// Takes the next bytes. An error of it ends the reading and is what read() answers.
using AttachmentSink = std::function<Result<void>(std::string_view bytes)>;

struct AttachmentEntry {       // what is attached, and to what
    std::string content_type;  // "image/jpeg"
    std::string title;
    std::string text;            // what it shows; of a document of its own
    std::string type;            // what kind of document it is; the same
    std::string thumbnail;       // a small picture; empty: none
    std::string thumbnail_type;  // with `thumbnail`: its content type
    std::optional<ZonedInstant> date;
    // A note that the new document is to stand beside, whoever wrote it and signed or not.
    std::optional<EditToken> about;
};

// Of the bytes that make it up. Thumbnails come by themselves, the rest when it is wanted.
enum class AttachmentPlace { not_here, partly_here, here };
// How far the server has it. What is not secured stays on this tablet.
enum class AttachmentSafety { waiting, stored, secured };

struct AttachmentItem {  // an attachment, and how much of it is here
    RecordId record;
    ResourceId document;
    AttachmentId id;
    std::string title;
    std::string content_type;
    std::uint64_t size = 0;
    AttachmentPlace place = AttachmentPlace::not_here;
    std::uint64_t bytes_here = 0;
    AttachmentSafety safety = AttachmentSafety::waiting;
    bool made_here = false;
    bool wanted = false;
    std::optional<AttachmentId> thumbnail;
    bool thumbnail_here = false;
    // Why the last attempt to move it came to nothing; explain() says what to do.
    std::optional<Error> trouble;
    bool readable = true;  // false: this version cannot read what names it
};

struct AttachmentQuota {  // how much room they take, and may take
    std::uint64_t quota = 0;
    std::uint64_t used = 0;
    std::uint64_t kept = 0;     // of `used`: not secured yet, or wanted
    std::uint64_t waiting = 0;  // attachments that the server lacks
};

class Attachments {  // the attachments of a device
public:
    explicit Attachments(Device& device);  // of this device

    // A new document that holds it. Errors: not_found (the record), invalid_argument (no bytes, no
    // content type), too_large, quota_exceeded (the room is taken by what is not secured: sync,
    // then try again), storage_full (the last 64 MiB of the disk are for charting), and those of
    // `source`.
    Result<Written> attach(const RecordId& record, const AttachmentEntry& entry,
                           const AttachmentSource& source);
    // Adds it to a note that its author has not signed; `text`, `type`, `date` and `about` are the
    // note's own. Errors: those above; signed_text_is_final, not_the_author.
    Result<Written> attach_to_note(const EditToken& note, const AttachmentEntry& entry,
                                   const AttachmentSource& source);

    // All of a record, in the order of their documents. Needs open_chart in this sign-in. Errors:
    // not_permitted (chart not opened), not_found.
    Result<std::vector<AttachmentItem>> list(const RecordId& record);
    // Gives the content to `sink`, each chunk only when it has been verified. Needs open_chart in
    // this sign-in. Errors: not_found (no such attachment, or not whole here: want it and sync),
    // not_permitted, signature_invalid (it is not what its author attached), and those of `sink`.
    Result<void> read(const RecordId& record, const AttachmentId& id, const AttachmentSink& sink);
    // Has the next sync fetch it before any other, and keeps room for it. Errors: not_found.
    Result<void> want(const RecordId& record, const AttachmentId& id);

    Result<AttachmentQuota> quota();  // what is taken, and what may be
    // Stays until it is set again. What is above it goes as room is needed.
    Result<void> set_quota(std::uint64_t bytes);

private:
    Device::Impl* impl_;
};

}  // namespace kari
