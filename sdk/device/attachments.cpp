// SPDX-License-Identifier: Apache-2.0
//
// Attaching and reading: a chunk at a time, and never under the lock while the app's own source or
// sink runs.
#include <kari/attachments.hpp>

#include "sdk/base/attachment.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/running_digest.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/crypto/sealed_chunk.hpp"
#include "sdk/device/access.hpp"
#include "sdk/device/core.hpp"
#include "sdk/device/note_parts.hpp"
#include "sdk/store/attachments.hpp"

namespace kari {

namespace {

using namespace device;

constexpr std::size_t k_type_bytes_max = 255;
constexpr std::size_t k_key_bytes = 32;

using Row = store::StoredAttachment;

Result<void> check(const AttachmentEntry& entry) {
    const bool typed =
        !entry.content_type.empty() && (entry.thumbnail.empty() || !entry.thumbnail_type.empty());
    if (!typed) return fail(ErrorCode::invalid_argument, "content type: say what the bytes are");
    if (entry.content_type.size() > k_type_bytes_max ||
        entry.thumbnail_type.size() > k_type_bytes_max) {
        return fail(ErrorCode::too_large, "content type: at most 255 bytes");
    }
    if (entry.thumbnail.size() > base::k_chunk_content_bytes) {
        return fail(ErrorCode::too_large, "thumbnail: at most 65,520 bytes");
    }
    // Of the length of a reason, and empty at will.
    return entry.title.empty() ? Result<void>{} : clinical::validate_reason(entry.title);
}

// Reads a source to its end or until the buffer is full.
Result<std::size_t> fill_up(const AttachmentSource& source, std::span<std::uint8_t> room) {
    std::size_t filled = 0;
    while (filled < room.size()) {
        const auto more = source(room.subspan(filled));
        if (!more) return more;
        if (*more == 0) break;
        if (*more > room.size() - filled) {
            return fail(ErrorCode::invalid_argument, "attachment: its source gave more than asked");
        }
        filled += *more;
    }
    return filled;
}

// Takes one in; what it has written goes again unless it was named.
class Intake {
public:
    explicit Intake(Core& core) : core_(core) {}
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;
    ~Intake() {
        for (const std::uint64_t number : begun_) {
            // Where even this fails, the next unlock sweeps it.
            static_cast<void>(core_.run([&](Session& session) {
                return store::AttachmentStore(session.store).abandon(number);
            }));
        }
    }

    Result<v1::SealedContent> take(const RecordId& record, bool thumbnail,
                                   const std::string& content_type,
                                   const AttachmentSource& source) {
        const crypto::Secret key(random_bytes(*core_.platform.entropy, k_key_bytes));
        const auto number = core_.run([&](Session& session) {
            return store::AttachmentStore(session.store).begin(record, thumbnail, key);
        });
        if (!number) return tl::unexpected(number.error());
        begun_.push_back(*number);
        auto whole = base::RunningDigest::sha256();
        auto content = base::RunningDigest::sha1();
        std::uint64_t size = 0;
        // One byte more than a chunk: it tells whether the chunk is the last.
        std::vector<std::uint8_t> buffer(base::k_chunk_content_bytes + 1);
        std::size_t kept = 0;
        for (std::uint32_t chunk = 0;; ++chunk) {
            const auto more = fill_up(source, std::span(buffer).subspan(kept));
            if (!more) return tl::unexpected(more.error());
            const std::size_t filled = kept + *more;
            if (filled == 0) return fail(ErrorCode::invalid_argument, "attachment: no bytes");
            const bool last = filled < buffer.size();
            const std::string_view plain(reinterpret_cast<const char*>(buffer.data()),
                                         last ? filled : filled - 1);
            const auto sealed = crypto::seal_chunk(key, chunk, last, plain);
            if (!sealed) return tl::unexpected(sealed.error());
            whole.add(*sealed);
            content.add(plain);
            size += plain.size();
            const auto stored = core_.run([&](Session& session) {
                return store::AttachmentStore(session.store).append(*number, *sealed);
            });
            if (!stored) return tl::unexpected(stored.error());
            if (last) break;
            buffer.front() = buffer.back();
            kept = 1;
        }
        v1::SealedContent out;
        out.set_id(whole.finish());
        out.set_size(size);
        out.set_key(std::string(key.view()));
        out.set_content_type(content_type);
        out.set_sha1(content.finish());
        const auto finished = core_.run([&](Session& session) {
            return store::AttachmentStore(session.store)
                .finish(*number, *base::from_bytes<Digest>(out.id()), size);
        });
        if (!finished) return tl::unexpected(finished.error());
        return out;
    }

    // All of it, with its thumbnail.
    Result<v1::Attachment> take(const RecordId& record, const AttachmentEntry& entry,
                                const AttachmentSource& source) {
        v1::Attachment out;
        out.set_title(entry.title);
        auto content = take(record, false, entry.content_type, source);
        if (!content) return tl::unexpected(content.error());
        *out.mutable_content() = std::move(*content);
        if (entry.thumbnail.empty()) return out;
        std::string_view left = entry.thumbnail;
        const AttachmentSource small = [&left](std::span<std::uint8_t> room) {
            const std::size_t count = std::min(room.size(), left.size());
            std::copy_n(left.begin(), count, room.begin());
            left.remove_prefix(count);
            return Result<std::size_t>(count);
        };
        auto thumbnail = take(record, true, entry.thumbnail_type, small);
        if (!thumbnail) return tl::unexpected(thumbnail.error());
        *out.mutable_thumbnail() = std::move(*thumbnail);
        return out;
    }

    // The change stands: what it names is no longer ours to take back.
    void named() { begun_.clear(); }

private:
    Core& core_;
    std::vector<std::uint64_t> begun_;
};

AttachmentItem item_of(const RecordId& record, const ResourceId& document,
                       const v1::Attachment& attachment) {
    AttachmentItem out;
    out.record = record;
    out.document = document;
    out.title = attachment.title();
    out.content_type = attachment.content().content_type();
    out.size = attachment.content().size();
    const auto id = base::from_bytes<Digest>(attachment.content().id());
    if (id) out.id = *id;
    return out;
}

// With the rule of the catalogue that says what to do.
Error trouble_of(ErrorCode why) {
    if (why == ErrorCode::not_found) return {why, "attachment/not-here: "};
    if (why == ErrorCode::too_large) return {why, "attachment/too-large: "};
    return {why, "attachment"};
}

void add_row(AttachmentItem& item, const Row& row) {
    item.place = row.whole()     ? AttachmentPlace::here
                 : row.here == 0 ? AttachmentPlace::not_here
                                 : AttachmentPlace::partly_here;
    item.bytes_here =
        row.whole() ? row.size : std::uint64_t{row.here} * base::k_chunk_content_bytes;
    if (row.fate == store::Fate::stored) item.safety = AttachmentSafety::stored;
    if (row.fate == store::Fate::secured) item.safety = AttachmentSafety::secured;
    // Where nothing of it was ever here, it is the server that has it.
    if (!row.own && row.fate == store::Fate::unsent) item.safety = AttachmentSafety::stored;
    item.made_here = row.own;
    item.wanted = row.wanted;
    if (row.trouble) item.trouble = trouble_of(*row.trouble);
}

Result<void> add_items(Session& session, const merge::Resource& resource,
                       std::vector<AttachmentItem>& out) {
    const auto* atom = resource.atom(v1::DocumentReference::kDocumentFieldNumber);
    if (atom == nullptr) return {};
    store::AttachmentStore attachments(session.store);
    for (const merge::AtomWrite& write : atom->live) {
        const auto document = merge::value_as<v1::DocumentReference>(resource, write).document();
        for (const v1::Attachment& attachment : document.attachment()) {
            AttachmentItem item = item_of(resource.record, resource.id, attachment);
            const auto row = attachments.find(resource.record, item.id);
            if (!row) return tl::unexpected(row.error());
            item.readable = row->has_value();
            if (*row) add_row(item, **row);
            if (const auto small = base::from_bytes<Digest>(attachment.thumbnail().id())) {
                const auto thumbnail = attachments.find(resource.record, *small);
                if (!thumbnail) return tl::unexpected(thumbnail.error());
                item.thumbnail = *small;
                item.thumbnail_here = *thumbnail && (*thumbnail)->whole();
            }
            out.push_back(std::move(item));
        }
    }
    return {};
}

Result<Row> known(Session& session, const RecordId& record, const AttachmentId& id) {
    auto row = store::AttachmentStore(session.store).find(record, id);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return fail(ErrorCode::not_found, "attachment: no document names it");
    return std::move(**row);
}

NoteEntry note_of(const AttachmentEntry& entry) {
    return {entry.type, entry.title, entry.text, entry.date};
}

}  // namespace

Attachments::Attachments(Device& device) : impl_(device.impl_.get()) {}

Result<Written> Attachments::attach(const RecordId& record, const AttachmentEntry& entry,
                                    const AttachmentSource& source) {
    if (auto sound = check(entry); !sound) return tl::unexpected(sound.error());
    Intake intake(*impl_);
    auto attachment = intake.take(record, entry, source);
    if (!attachment) return tl::unexpected(attachment.error());
    auto written = impl_->run([&](Session& session) -> Result<Written> {
        v1::Document document;
        document.set_doc_status(std::string(k_final));
        *document.add_attachment() = std::move(*attachment);
        if (entry.about) {
            const auto seen = seen_as(session, *entry.about, v1::KIND_DOCUMENT_REFERENCE);
            if (!seen) return tl::unexpected(seen.error());
            if (seen->token.record != record) {
                return fail(ErrorCode::invalid_argument, "the note is of another record");
            }
            append_to(document, seen->token.resource);
        }
        if (auto sound = fill_note(session, document, note_of(entry)); !sound) {
            return tl::unexpected(sound.error());
        }
        document.mutable_attachment(0)->set_creation(document.date());
        return write_document(session, record, random_id<ResourceId>(*session.platform.entropy), {},
                              document);
    });
    if (written) intake.named();
    return written;
}

Result<Written> Attachments::attach_to_note(const EditToken& note, const AttachmentEntry& entry,
                                            const AttachmentSource& source) {
    if (auto sound = check(entry); !sound) return tl::unexpected(sound.error());
    // Asked before a photo is taken in, and again when its change is written.
    const auto record = impl_->run([&](Session& session) -> Result<RecordId> {
        const auto own = own_note(session, note);
        if (!own) return tl::unexpected(own.error());
        return own->seen.token.record;
    });
    if (!record) return tl::unexpected(record.error());
    Intake intake(*impl_);
    auto attachment = intake.take(*record, entry, source);
    if (!attachment) return tl::unexpected(attachment.error());
    auto written = impl_->run([&](Session& session) -> Result<Written> {
        auto own = own_note(session, note);
        if (!own) return tl::unexpected(own.error());
        const auto when = happened(session, entry.date);
        if (!when) return tl::unexpected(when.error());
        attachment->set_creation(when->text);
        *own->document.add_attachment() = std::move(*attachment);
        return write_document(session, *record, own->seen.token.resource, own->seen.token.heads,
                              own->document);
    });
    if (written) intake.named();
    return written;
}

Result<std::vector<AttachmentItem>> Attachments::list(const RecordId& record) {
    return impl_->run([&](Session& session) -> Result<std::vector<AttachmentItem>> {
        if (auto opened = require_opened(session, record); !opened) {
            return tl::unexpected(opened.error());
        }
        const auto documents = session.store.resources(record, v1::KIND_DOCUMENT_REFERENCE);
        if (!documents) return tl::unexpected(documents.error());
        std::vector<AttachmentItem> out;
        for (const merge::Resource& document : *documents) {
            if (auto added = add_items(session, document, out); !added) {
                return tl::unexpected(added.error());
            }
        }
        return out;
    });
}

Result<void> Attachments::read(const RecordId& record, const AttachmentId& id,
                               const AttachmentSink& sink) {
    const auto row = impl_->run([&](Session& session) -> Result<Row> {
        if (auto opened = require_opened(session, record); !opened) {
            return tl::unexpected(opened.error());
        }
        auto found = known(session, record, id);
        if (!found) return found;
        if (!found->whole()) {
            return fail(ErrorCode::not_found, "attachment/not-here: want it, then sync");
        }
        if (auto noted = store::AttachmentStore(session.store).note_use(found->number);
            !noted && noted.error().code != ErrorCode::storage_full) {
            return tl::unexpected(noted.error());
        }
        return found;
    });
    if (!row) return tl::unexpected(row.error());
    const crypto::Secret key(row->key);
    for (std::uint32_t chunk = 0; chunk < row->chunks; ++chunk) {
        const auto sealed = impl_->run([&](Session& session) {
            return store::AttachmentStore(session.store).chunk(row->number, chunk);
        });
        if (!sealed) return tl::unexpected(sealed.error());
        const auto content = crypto::open_chunk(key, chunk, chunk + 1 == row->chunks, *sealed);
        if (!content) return tl::unexpected(content.error());
        if (auto taken = sink(content->view()); !taken) return taken;
    }
    return {};
}

Result<void> Attachments::want(const RecordId& record, const AttachmentId& id) {
    return impl_->run([&](Session& session) -> Result<void> {
        const auto row = known(session, record, id);
        if (!row) return tl::unexpected(row.error());
        return store::AttachmentStore(session.store).want(row->number);
    });
}

Result<AttachmentQuota> Attachments::quota() {
    return impl_->run([](Session& session) -> Result<AttachmentQuota> {
        const auto usage = store::AttachmentStore(session.store).usage();
        if (!usage) return tl::unexpected(usage.error());
        return AttachmentQuota{usage->quota, usage->bytes, usage->kept, usage->waiting};
    });
}

Result<void> Attachments::set_quota(std::uint64_t bytes) {
    return impl_->run(
        [&](Session& session) { return store::AttachmentStore(session.store).set_quota(bytes); });
}

}  // namespace kari
