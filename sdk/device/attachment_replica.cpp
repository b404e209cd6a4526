// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/attachment_replica.hpp"

#include "sdk/base/attachment.hpp"
#include "sdk/store/attachments.hpp"

namespace kari::device {

bool StoreAttachments::has_news() {
    const std::lock_guard guard(core_.mutex);
    // A locked tablet takes up nothing new.
    if (!core_.nurse) return true;
    const auto outbox = core_.open->store.outbox_state();
    return outbox && outbox->unsent > unsent_;
}

Result<std::uint64_t> StoreAttachments::number_of(const sync::AttachmentName& name) {
    const auto row = store::AttachmentStore(core_.open->store).find(name.record, name.id);
    if (!row) return tl::unexpected(row.error());
    if (!*row) return fail(ErrorCode::not_found, "attachment: it is not here any more");
    return (*row)->number;
}

Result<std::optional<sync::AttachmentTask>> StoreAttachments::next_task(
    const std::set<sync::AttachmentName>& skip) {
    const std::lock_guard guard(core_.mutex);
    const auto row =
        store::AttachmentStore(core_.open->store).next_to_move([&](const auto& candidate) {
            return skip.contains({candidate.record, candidate.id});
        });
    if (!row) return tl::unexpected(row.error());
    if (!*row) return std::optional<sync::AttachmentTask>();
    return std::optional<sync::AttachmentTask>(sync::AttachmentTask{
        {(*row)->record, (*row)->id}, (*row)->whole(), base::sealed_size((*row)->size)});
}

Result<std::string> StoreAttachments::digests(const sync::AttachmentName& name) {
    const std::lock_guard guard(core_.mutex);
    const auto number = number_of(name);
    if (!number) return tl::unexpected(number.error());
    return store::AttachmentStore(core_.open->store).digests(*number);
}

Result<std::string> StoreAttachments::chunk(const sync::AttachmentName& name, std::uint32_t chunk) {
    const std::lock_guard guard(core_.mutex);
    const auto number = number_of(name);
    if (!number) return tl::unexpected(number.error());
    return store::AttachmentStore(core_.open->store).chunk(*number, chunk);
}

Result<std::optional<std::uint32_t>> StoreAttachments::first_missing(
    const sync::AttachmentName& name) {
    const std::lock_guard guard(core_.mutex);
    const auto number = number_of(name);
    if (!number) return tl::unexpected(number.error());
    return store::AttachmentStore(core_.open->store).first_missing(*number);
}

Result<void> StoreAttachments::keep_chunk(const sync::AttachmentName& name, std::uint32_t chunk,
                                          std::string_view sealed) {
    const std::lock_guard guard(core_.mutex);
    const auto number = number_of(name);
    if (!number) return tl::unexpected(number.error());
    return store::AttachmentStore(core_.open->store).put_chunk(*number, chunk, sealed);
}

Result<void> StoreAttachments::note_fate(const sync::AttachmentName& name,
                                         sync::AttachmentFate fate) {
    const std::lock_guard guard(core_.mutex);
    const auto number = number_of(name);
    if (!number) return tl::unexpected(number.error());
    const auto kept = fate == sync::AttachmentFate::secured  ? store::Fate::secured
                      : fate == sync::AttachmentFate::stored ? store::Fate::stored
                                                             : store::Fate::unsent;
    return store::AttachmentStore(core_.open->store).set_fate(*number, kept);
}

Result<void> StoreAttachments::note_trouble(const sync::AttachmentName& name, ErrorCode why) {
    const std::lock_guard guard(core_.mutex);
    const auto number = number_of(name);
    if (!number) return tl::unexpected(number.error());
    return store::AttachmentStore(core_.open->store).set_trouble(*number, why);
}

Result<std::vector<sync::AttachmentName>> StoreAttachments::unsecured(std::size_t limit) {
    const std::lock_guard guard(core_.mutex);
    const auto rows = store::AttachmentStore(core_.open->store).unsecured(limit);
    if (!rows) return tl::unexpected(rows.error());
    std::vector<sync::AttachmentName> out;
    for (const auto& row : *rows)
        out.push_back({row.record, row.id});
    return out;
}

}  // namespace kari::device
