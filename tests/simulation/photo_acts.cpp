// SPDX-License-Identifier: Apache-2.0
//
// Photos: taken, put to a note, looked at on whatever tablet.
#include <algorithm>

#include <kari/attachments.hpp>

#include "tests/simulation/chart_acts.hpp"

namespace kari::sim {
namespace {

// Most are of one chunk, some of two or three.
std::string photo(Dice& dice) {
    constexpr std::uint64_t k_small = 3'000;
    constexpr std::uint64_t k_large = 140'000;
    const std::uint64_t size = 1 + dice.below(dice.chance(200) ? k_large : k_small);
    std::string out;
    while (out.size() < size)
        out += std::to_string(dice.below(1'000'000'007));
    out.resize(size);
    return out;
}

AttachmentSource source_of(const std::string& content) {
    return [&content, at = std::size_t{0}](std::span<std::uint8_t> room) mutable {
        const std::size_t count = std::min(room.size(), content.size() - at);
        std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(at), count, room.begin());
        at += count;
        return Result<std::size_t>(count);
    };
}

AttachmentEntry entry_of(Dice& dice) {
    AttachmentEntry entry;
    entry.content_type = "image/jpeg";
    entry.title = "Wound";
    if (dice.coin()) {
        entry.thumbnail = "small " + std::to_string(dice.below(1'000'000'007));
        entry.thumbnail_type = "image/jpeg";
    }
    return entry;
}

// What names the new photo, and its thumbnail, is found by its document.
void keep(Seen& seen, const Written& written, const std::string& content,
          const AttachmentEntry& entry) {
    const auto items = Attachments(*seen.tablet.device).list(written.record);
    if (!items) return seen.world.check_error(seen.tablet, "photos", items.error());
    for (const AttachmentItem& item : *items) {
        if (item.document != written.resource || item.size != content.size()) continue;
        seen.world.ledger.took(item.id, {written.record, written.change, content});
        if (item.thumbnail && !entry.thumbnail.empty()) {
            seen.world.ledger.took(*item.thumbnail,
                                   {written.record, written.change, entry.thumbnail, true});
        }
    }
}

Answer take_photo(Seen& seen) {
    const std::string content = photo(seen.dice);
    const AttachmentEntry entry = entry_of(seen.dice);
    auto written =
        Attachments(*seen.tablet.device).attach(seen.chart.record, entry, source_of(content));
    if (written) keep(seen, *written, content, entry);
    return written;
}

Answer put_to_note(Seen& seen) {
    const auto* note = pick(seen, seen.chart.notes);
    if (note == nullptr) return std::nullopt;
    const std::string content = photo(seen.dice);
    const AttachmentEntry entry = entry_of(seen.dice);
    auto written =
        Attachments(*seen.tablet.device).attach_to_note(note->token, entry, source_of(content));
    if (written) keep(seen, *written, content, entry);
    return written;
}

Answer look_at(Seen& seen) {
    Attachments attachments(*seen.tablet.device);
    const auto items = attachments.list(seen.chart.record);
    if (!items) return tl::unexpected(items.error());
    if (items->empty()) return std::nullopt;
    const AttachmentItem& item = (*items)[seen.dice.below(items->size())];
    std::string content;
    const auto read = attachments.read(item.record, item.id, [&](std::string_view bytes) {
        content += bytes;
        return Result<void>();
    });
    if (!read && item.place != AttachmentPlace::here && item.readable) {
        const auto wanted = attachments.want(item.record, item.id);
        if (!wanted) return tl::unexpected(wanted.error());
        ++seen.world.tally["photos asked for"];
        return std::nullopt;
    }
    if (!read) return tl::unexpected(read.error());
    ++seen.world.tally["photos looked at"];
    const auto known = seen.world.ledger.photos().find(item.id);
    if (known != seen.world.ledger.photos().end() && known->second.content != content)
        seen.world.violation(seen.tablet.name() + " shows another photo: " + item.id.text());
    return std::nullopt;
}

constexpr Act k_acts[] = {
    {"photo", 3, take_photo}, {"photo to a note", 1, put_to_note}, {"look at photo", 6, look_at}};

}  // namespace

std::span<const Act> photo_acts() {
    return k_acts;
}

}  // namespace kari::sim
