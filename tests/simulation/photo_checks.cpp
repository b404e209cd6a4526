// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/photo_checks.hpp"

#include <kari/attachments.hpp>

#include "tests/simulation/acts.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

const Access k_checking{Purpose::treatment, "checking"};

// Whole at the server, by id.
std::set<Digest> at_server(World& world) {
    std::set<Digest> out;
    for (const auto& [id, photo] : world.ledger.photos()) {
        if (must(world.server.has_attachment(photo.record, id))) out.insert(id);
    }
    return out;
}

std::vector<AttachmentItem> listed(Tablet& tablet, const RecordId& record) {
    must(tablet->open_chart(record, k_checking));
    return must(Attachments(*tablet.device).list(record));
}

void want_all_photos(World& world, Tablet& tablet, const std::set<Digest>& there) {
    for (const RecordId& record : world.granted) {
        for (const AttachmentItem& item : listed(tablet, record)) {
            if (item.place == AttachmentPlace::here || !there.contains(item.id)) continue;
            must(Attachments(*tablet.device).want(record, item.id));
        }
    }
    constexpr unsigned k_rounds = 4;  // a transfer stops for news
    for (unsigned round = 0; round < k_rounds; ++round) {
        if (must(sync(world, tablet)).progress.chunks_down == 0) return;
    }
}

void check_bytes(World& world, Tablet& tablet, const std::set<Digest>& there) {
    for (const RecordId& record : world.granted) {
        for (const AttachmentItem& item : listed(tablet, record)) {
            const auto known = world.ledger.photos().find(item.id);
            if (known == world.ledger.photos().end() || !there.contains(item.id)) continue;
            std::string content;
            const auto read =
                Attachments(*tablet.device).read(record, item.id, [&](std::string_view bytes) {
                    content += bytes;
                    return Result<void>();
                });
            ++world.tally["photos compared"];
            if (!read) {
                world.violation(tablet.name() + " does not get a photo that it wants: " +
                                std::string(name(read.error().code)) + " " + item.id.text());
            } else if (content != known->second.content) {
                world.violation(tablet.name() + " got another photo: " + item.id.text());
            }
            if (item.thumbnail && there.contains(*item.thumbnail) && !item.thumbnail_here)
                world.violation(tablet.name() + " lacks a thumbnail: " + item.thumbnail->text());
        }
    }
}

void check_room(World& world, Tablet& tablet) {
    bool any = false;
    for (const RecordId& record : must(tablet->held_records())) {
        for (const AttachmentItem& item : listed(tablet, record))
            any |= item.bytes_here > 0 || item.thumbnail_here;
    }
    const auto quota = must(Attachments(*tablet.device).quota());
    if (quota.waiting > 0)
        world.violation(tablet.name() + " still has photos that the server lacks");
    if (!any && quota.used > 0)
        world.violation(tablet.name() + " keeps chunks of photos of which it holds no record");
}

}  // namespace

bool made_by(const World& world, const Photo& photo, const Tablet& tablet) {
    const LedgerEntry& entry = world.ledger.entries().at(photo.change);
    return entry.tablet == tablet.number && !entry.gone && !entry.out_of_hand;
}

void check_safe_photos(World& world, Tablet& tablet, const RecordId& record) {
    if (!world.server.up() || !world.server.drive().powered()) return;
    if (const auto chart = tablet->open_chart(record, k_checking); !chart)
        return world.check_error(tablet, "chart", chart.error());
    const auto items = Attachments(*tablet.device).list(record);
    if (!items) return world.check_error(tablet, "photos", items.error());
    for (const AttachmentItem& item : *items) {
        if (item.safety != AttachmentSafety::secured) continue;
        const auto there = world.server.has_attachment(record, item.id);
        if (there && !*there)
            world.violation("the server lacks a photo that it secured: " + item.id.text());
    }
}

void check_photos(World& world, const Logs& server) {
    if (world.ledger.photos().empty()) return;
    const auto there = at_server(world);
    for (const auto& [id, photo] : world.ledger.photos()) {
        ++world.tally["photos"];
        const LedgerEntry& entry = world.ledger.entries().at(photo.change);
        const auto log = server.find(photo.record);
        const bool named = log != server.end() && log->second.contains(photo.change);
        const Tablet& author = *world.tablets[entry.tablet];
        if (there.contains(id) || !named || author.shut_out || !made_by(world, photo, author)) {
            continue;
        }
        world.violation("the server lacks a photo of " + author.name() + ": " + id.text());
    }
    for (const auto& tablet : world.tablets) {
        if (tablet->shut_out) continue;
        want_all_photos(world, *tablet, there);
        check_bytes(world, *tablet, there);
        check_room(world, *tablet);
    }
}

}  // namespace kari::sim
