// SPDX-License-Identifier: Apache-2.0
//
// Photos between tablets and a server, through every layer but the sockets.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include "sdk/base/attachment.hpp"
#include "sdk/sync/limits.hpp"
#include "tests/integration/attachments/house.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// The same bytes for the same seed, made as they are asked for.
class Scene {
public:
    explicit Scene(std::uint64_t size, std::uint32_t seed = 1) : size_(size), state_(seed) {}
    std::uint8_t next() {
        state_ = state_ * 1664525 + 1013904223;
        return static_cast<std::uint8_t>(state_ >> 24);
    }
    AttachmentSource source() {
        return [this](std::span<std::uint8_t> room) {
            // In pieces that do not fit chunks.
            const auto count =
                std::min<std::uint64_t>({room.size(), size_ - given_, std::uint64_t{10'007}});
            for (std::size_t i = 0; i < count; ++i)
                room[i] = next();
            given_ += count;
            return Result<std::size_t>(static_cast<std::size_t>(count));
        };
    }

private:
    std::uint64_t size_;
    std::uint32_t state_;
    std::uint64_t given_ = 0;
};

AttachmentEntry photo_entry(const std::string& thumbnail = {}) {
    AttachmentEntry entry;
    entry.content_type = "image/jpeg";
    entry.title = "Left heel";
    entry.text = "Wound, day 3";
    entry.thumbnail = thumbnail;
    if (!thumbnail.empty()) entry.thumbnail_type = "image/jpeg";
    return entry;
}

RecordId someone(HouseTablet& tablet) {
    NewPatient patient;
    patient.family = "Testesen";
    patient.given = "Kari";
    return take(tablet->create_record(patient)).record;
}

AttachmentItem only(HouseTablet& tablet, const RecordId& record) {
    REQUIRE(tablet->open_chart(record, {}));
    auto items = take(tablet.attachments().list(record));
    REQUIRE(items.size() == 1);
    return items.front();
}

// Whether what is read is what the scene shows.
bool reads_as(HouseTablet& tablet, const AttachmentItem& item, std::uint64_t size,
              std::uint32_t seed = 1) {
    Scene scene(size, seed);
    std::uint64_t read = 0;
    bool same = true;
    const auto done = tablet.attachments().read(item.record, item.id, [&](std::string_view bytes) {
        for (const char byte : bytes)
            same = same && static_cast<std::uint8_t>(byte) == scene.next();
        read += bytes.size();
        return Result<void>{};
    });
    if (!done) FAIL(done.error().what);
    return same && read == size;
}

// The most memory that this process has had since, in bytes.
long long peak() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
    }
    return 0;
}
long long peak_anew() {
    std::ofstream("/proc/self/clear_refs") << "5";
    const auto now = peak();
    REQUIRE(now > 0);
    return now;
}

std::size_t count(const std::vector<std::string>& log, const std::string& word) {
    return static_cast<std::size_t>(std::count(log.begin(), log.end(), word));
}

// One that is on its way from `from` to `to`, both in sync.
struct Pair {
    explicit Pair(std::uint64_t size_in = 300'000)
        : size(size_in), house(std::make_shared<House>()), from(1, house), to(2, house) {
        record = someone(from);
        from.sync();
        to.sync();
    }
    void attach() {
        Scene scene(size);
        const auto written =
            from.attachments().attach(record, photo_entry("small picture"), scene.source());
        if (!written) FAIL(written.error().what);
    }

    std::uint64_t size;
    std::shared_ptr<House> house;
    HouseTablet from;
    HouseTablet to;
    RecordId record;
};

}  // namespace

TEST_CASE("a photo reaches another tablet: its thumbnail by itself, the whole when it is wanted") {
    Pair pair;
    pair.attach();
    CHECK(reads_as(pair.from, only(pair.from, pair.record), pair.size));
    CHECK(only(pair.from, pair.record).safety == AttachmentSafety::waiting);
    const auto report = pair.from.sync();
    CHECK(report.complete);
    CHECK(report.attachments_sent == 2);
    CHECK(report.attachments_waiting == 0);
    CHECK(report.progress.chunks_up == base::chunks_of(pair.size) + 1);
    CHECK(only(pair.from, pair.record).safety == AttachmentSafety::stored);

    CHECK(pair.to.sync().attachments_fetched == 1);
    auto item = only(pair.to, pair.record);
    CHECK(item.thumbnail_here);
    CHECK(item.place == AttachmentPlace::not_here);
    CHECK(item.size == pair.size);
    CHECK(item.title == "Left heel");
    std::string small;
    REQUIRE(pair.to.attachments().read(pair.record, *item.thumbnail, [&](std::string_view bytes) {
        small += bytes;
        return Result<void>{};
    }));
    CHECK(small == "small picture");
    const auto sink = [](std::string_view) {
        return Result<void>{};
    };
    CHECK(pair.to.attachments().read(pair.record, item.id, sink).error().code ==
          ErrorCode::not_found);
    REQUIRE(pair.to.attachments().want(pair.record, item.id));
    CHECK(only(pair.to, pair.record).wanted);
    CHECK(pair.to.sync().attachments_fetched == 1);
    item = only(pair.to, pair.record);
    CHECK(item.place == AttachmentPlace::here);
    CHECK_FALSE(item.made_here);
    CHECK(reads_as(pair.to, item, pair.size));
}

TEST_CASE("an upload cut after any chunk goes on where it stood, over restarts of both sides") {
    Pair pair;
    pair.attach();
    const std::size_t chunks = base::chunks_of(pair.size) + 1;
    std::size_t syncs = 0;
    while (pair.from.attachments().quota()->waiting > 0) {
        REQUIRE(++syncs < 3 * chunks);
        Cancel cancel;
        SyncOptions options;
        options.cancel = &cancel;
        std::size_t seen = 0;
        // Every second time the reply is lost, else the request is.
        const auto cut = [&](const House::Asked& asked) {
            if (!asked.attachment.has_chunk() || ++seen < 2) return true;
            cancel.ask();
            return false;
        };
        (syncs % 2 == 0 ? pair.house->before : pair.house->after) = cut;
        const auto ended = pair.from->sync(options);
        pair.house->before = nullptr;
        pair.house->after = nullptr;
        if (!ended) CHECK(ended.error().code == ErrorCode::cancelled);
        pair.from.reopen();
        pair.house->restart();
    }
    CHECK(syncs > 2);
    // A chunk whose reply was lost was kept all the same: none is sent again.
    CHECK(count(pair.house->log, "chunk") == chunks);
    pair.to.sync();
    REQUIRE(pair.to.attachments().want(pair.record, only(pair.to, pair.record).id));
    pair.to.sync();
    CHECK(reads_as(pair.to, only(pair.to, pair.record), pair.size));
}

TEST_CASE("a download cut after any chunk goes on where it stood, over restarts of both sides") {
    Pair pair;
    pair.attach();
    pair.from.sync();
    pair.to.sync();
    REQUIRE(pair.to.attachments().want(pair.record, only(pair.to, pair.record).id));
    pair.house->log.clear();
    std::size_t syncs = 0;
    while (only(pair.to, pair.record).place != AttachmentPlace::here) {
        REQUIRE(++syncs < 20);
        Cancel cancel;
        SyncOptions options;
        options.cancel = &cancel;
        std::size_t seen = 0;
        pair.house->before = [&](const House::Asked& asked) {
            if (!asked.attachment.has_want() || ++seen < 3) return true;
            cancel.ask();
            return false;
        };
        static_cast<void>(pair.to->sync(options));
        pair.house->before = nullptr;
        pair.to.reopen();
        pair.house->restart();
    }
    CHECK(syncs > 1);
    CHECK(count(pair.house->log, "want") == base::chunks_of(pair.size));
    CHECK(reads_as(pair.to, only(pair.to, pair.record), pair.size));
}

TEST_CASE("what a nurse writes during an upload of 20 MB passes it, safety lane first") {
    Pair pair(20'000'000);
    pair.attach();
    std::size_t chunks = 0;
    ChangeId written;
    pair.house->after = [&](const House::Asked& asked) {
        if (asked.attachment.has_chunk() && ++chunks == 10) {
            ObservationEntry entry;
            entry.code = {"http://loinc.org", "8867-4", "Heart rate"};
            entry.value = Quantity{*Decimal::parse("72"), "/min", "/min"};
            written = take(pair.from->record_observation(pair.record, entry)).change;
        }
        // Another tablet's news come the same way: its unit's feed moves on.
        if (asked.attachment.has_chunk() && chunks == 20) {
            ++chunks;
            const auto quiet = std::exchange(pair.house->after, nullptr);
            SyncOptions options;
            options.attachments = false;
            ObservationEntry entry;
            entry.code = {"http://loinc.org", "8867-4", "Heart rate"};
            entry.value = Quantity{*Decimal::parse("88"), "/min", "/min"};
            take(pair.to->record_observation(pair.record, entry));
            take(pair.to->sync(options));
            pair.house->log.emplace_back("news");
            pair.house->after = quiet;
        }
        return true;
    };
    pair.house->log.clear();
    const auto report = pair.from.sync();
    CHECK(report.attachments_waiting == 0);
    const auto& log = pair.house->log;
    // Nothing of a photo goes before the safety lane and the changes.
    CHECK(log[0] == "safety");
    const auto first = std::find(log.begin(), log.end(), "offer");
    REQUIRE(first > log.begin() + 1);
    CHECK(*(first - 1) == "/v1/exchange");
    // Right after the tenth chunk: the safety lane and a push, then the rest.
    std::size_t seen = 0;
    auto at = log.begin();
    for (; seen < 10; ++at)
        seen += *at == "chunk" ? 1U : 0U;
    CHECK(*at == "safety");
    CHECK(*(at + 1) == "/v1/exchange");
    const auto news = std::find(log.begin(), log.end(), "news");
    REQUIRE(news != log.end());
    // The chunk that was on its way brings the word of it.
    CHECK(*(news + 1) == "chunk");
    CHECK(*(news + 2) == "safety");
    CHECK(count(log, "chunk") == base::chunks_of(pair.size) + 1);
    const auto stored = pair.house->storage->change(pair.record, written);
    REQUIRE(stored);
    CHECK(stored->has_value());
}

TEST_CASE("a restored server gets the photos back that its backup lacked") {
    Pair pair;
    pair.house->copy_to("early.db");
    pair.attach();
    pair.from.sync();
    pair.to.sync();
    const auto id = only(pair.to, pair.record).id;
    REQUIRE(pair.to.attachments().want(pair.record, id));
    pair.to.sync();
    pair.house->restore("early.db");
    CHECK_FALSE(take(pair.house->storage->attachment(pair.record, id)));
    // From whichever tablet syncs first, be it not the author's.
    const auto report = pair.to.sync();
    CHECK(report.new_epoch);
    CHECK(take(pair.house->storage->attachment(pair.record, id))->whole());
    pair.from.sync();
    CHECK(only(pair.from, pair.record).safety == AttachmentSafety::stored);
}

TEST_CASE("a photo is secured when a verified copy has it, and the tablet learns so") {
    Pair pair;
    pair.attach();
    pair.from.sync();
    REQUIRE(pair.house->storage->mark_secured({{pair.record, {0, 0, 2}}}));
    CHECK(only(pair.from, pair.record).safety == AttachmentSafety::stored);
    pair.from.sync();
    CHECK(only(pair.from, pair.record).safety == AttachmentSafety::secured);
}

TEST_CASE(
    "a record that leaves with a photo that waits is hidden, and purged when that is secured") {
    Pair pair;
    pair.house->config.stored_is_secured = true;
    pair.house->restart();
    pair.from.sync();
    pair.attach();
    SyncOptions no_photos;
    no_photos.attachments = false;
    REQUIRE(pair.from->sync(no_photos));
    REQUIRE(pair.house->storage->remove(pair.house->unit, pair.record));
    const auto hidden = take(pair.from->sync(no_photos));
    CHECK(hidden.records_hidden == 1);
    CHECK(hidden.records_purged == 0);
    const auto held = take(pair.from->held_records());
    CHECK(std::find(held.begin(), held.end(), pair.record) != held.end());
    CHECK(pair.from.sync().attachments_waiting == 0);
    pair.from.reopen();  // after an unlock every holding is compared
    CHECK(pair.from.sync().records_purged == 1);
    CHECK(pair.from.attachments().quota()->used == 0);
}

TEST_CASE("an attachment may be added to one's own unsigned note, and to no other") {
    Pair pair(1'000);
    NoteEntry entry;
    entry.text = "Wound dressed";
    const auto note = take(pair.from->write_note(pair.record, entry));
    Scene first(1'000);
    auto attached =
        pair.from.attachments().attach_to_note(note.token, photo_entry(), first.source());
    if (!attached) FAIL(attached.error().what);
    CHECK(attached->resource == note.resource);
    CHECK(only(pair.from, pair.record).document == note.resource);
    const auto written_again = take(pair.from->edit_note(attached->token, entry));
    CHECK(take(pair.from.attachments().list(pair.record)).size() == 1);
    const auto written = take(pair.from->sign_note(written_again.token));
    Scene second(1'000, 2);
    CHECK(pair.from.attachments()
              .attach_to_note(written.token, photo_entry(), second.source())
              .error()
              .code == ErrorCode::signed_text_is_final);
    AttachmentEntry beside = photo_entry();
    beside.about = written.token;
    REQUIRE(pair.from.attachments().attach(pair.record, beside, second.source()));
    CHECK(take(pair.from.attachments().list(pair.record)).size() == 2);
}

TEST_CASE("an attaching that is cut off, refused or too large leaves nothing, and says why") {
    Pair pair(1'000);
    auto attachments = pair.from.attachments();
    const auto used = [&] {
        return attachments.quota()->used;
    };
    std::size_t calls = 0;
    const AttachmentSource breaks = [&](std::span<std::uint8_t> room) -> Result<std::size_t> {
        if (++calls > 3) return fail(ErrorCode::cancelled, "the camera was closed");
        std::fill(room.begin(), room.end(), std::uint8_t{7});
        return room.size();
    };
    CHECK(attachments.attach(pair.record, photo_entry(), breaks).error().code ==
          ErrorCode::cancelled);
    CHECK(used() == 0);

    Scene nothing(0);
    CHECK(attachments.attach(pair.record, photo_entry(), nothing.source()).error().code ==
          ErrorCode::invalid_argument);
    Scene one_more(base::k_attachment_bytes_max + 1);
    CHECK(attachments.attach(pair.record, photo_entry(), one_more.source()).error().code ==
          ErrorCode::too_large);
    CHECK(used() == 0);
    Scene small(10);
    AttachmentEntry untyped;
    CHECK(attachments.attach(pair.record, untyped, small.source()).error().code ==
          ErrorCode::invalid_argument);
    CHECK(attachments
              .attach(pair.record, photo_entry(std::string(sync::k_thumbnail_bytes + 1, 't')),
                      small.source())
              .error()
              .code == ErrorCode::too_large);

    REQUIRE(attachments.set_quota(100'000));
    Scene above(150'000);
    const auto refused = attachments.attach(pair.record, photo_entry(), above.source());
    CHECK(refused.error().code == ErrorCode::quota_exceeded);
    CHECK_FALSE(explain(refused.error(), Language::en).what_to_do.empty());
    CHECK(used() == 0);
    Scene fits(90'000);
    CHECK(attachments.attach(pair.record, photo_entry(), fits.source()));
}

TEST_CASE(
    "the largest attachment is carried, and then 20 MB cost no more memory than a few chunks") {
    Pair pair(base::k_attachment_bytes_max);
    pair.attach();
    CHECK(pair.from.sync().attachments_waiting == 0);
    CHECK(reads_as(pair.from, only(pair.from, pair.record), pair.size));
    // By now the page caches of both databases are as large as they get.
    const auto before = peak_anew();
    pair.size = 20'000'000;
    Scene scene(pair.size, 2);
    REQUIRE(pair.from.attachments().attach(pair.record, photo_entry(), scene.source()));
    const auto taken_in = peak();
    CHECK(pair.from.sync().attachments_waiting == 0);
    const auto carried = peak();
    const auto items = take(pair.from.attachments().list(pair.record));
    const auto small = std::find_if(items.begin(), items.end(),
                                    [&](const auto& item) { return item.size == pair.size; });
    REQUIRE(small != items.end());
    CHECK(reads_as(pair.from, *small, pair.size, 2));
    // Tablet and server together, in this one process.
    INFO("taken in: " << taken_in - before << " bytes more, carried: " << carried - before);
    std::printf("20 MB: taken in %+lld KiB, carried %+lld KiB, read %+lld KiB at the peak\n",
                (taken_in - before) / 1024, (carried - before) / 1024, (peak() - before) / 1024);
    CHECK(peak() - before < 4 * 1024 * 1024);
    // The measure itself sees what is taken.
    const std::string all_at_once(std::size_t{48} << 20, 'x');
    CHECK(peak() - before > 40 * 1024 * 1024);
}
