// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "sdk/base/digest.hpp"
#include "sdk/store/device_store.hpp"

// What the store's tests share: ids by number, other people's changes, a log that gives them
// positions as a server would.
namespace kari::test {

// A folder that goes with everything in it.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "kari-store-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        path_ = name;
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::string file(const std::string& name) const { return (path_ / name).string(); }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// The value itself: a loop over a part of a temporary Result would outlive it.
template <typename T>
T take(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().what);
    return std::move(*result);
}

template <typename T>
T id_of(std::uint64_t number) {
    T id;
    const Digest digest =
        base::sha256_of("kari test id", {base::u64(number), base::u32(sizeof(T))});
    std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

inline crypto::Secret key_of(std::uint64_t number) {
    return crypto::Secret(base::to_bytes(id_of<Digest>(number + 1'000'000)));
}

inline std::string salt_of(std::uint64_t number) {
    return base::to_bytes(id_of<SignInId>(number + 2'000'000));
}

inline v1::RecordedTime recorded_at(std::int64_t wall_ms) {
    v1::RecordedTime time;
    time.set_wall_ms(wall_ms);
    time.set_zone("Europe/Oslo");
    return time;
}

inline v1::Author nurse(std::uint64_t number) {
    v1::Author author;
    author.set_practitioner(base::to_bytes(id_of<PersonId>(number)));
    author.set_role("SP");
    author.set_assurance(v1::ASSURANCE_OFFLINE_UNLOCK);
    return author;
}

inline v1::Observation temperature(const std::string& value) {
    v1::Observation message;
    auto* said = message.mutable_observation();
    said->set_status(v1::OBSERVATION_STATUS_FINAL);
    said->mutable_code()->set_text("body temperature");
    said->mutable_value()->mutable_quantity()->set_value(value);
    said->mutable_value()->mutable_quantity()->set_code("Cel");
    return message;
}

inline v1::DocumentReference note(const std::string& text) {
    v1::DocumentReference message;
    message.mutable_document()->set_status(v1::DOCUMENT_STATUS_CURRENT);
    message.mutable_document()->set_text(text);
    return message;
}

inline v1::RecordLink link_to(const RecordId& other, v1::LinkState state = v1::LINK_STATE_LINKED) {
    v1::RecordLink message;
    message.mutable_link()->set_other_record(base::to_bytes(other));
    message.mutable_link()->set_state(state);
    return message;
}

template <typename Message>
std::uint32_t kind_of() {
    return Message::descriptor()->options().GetExtension(v1::kind).kind();
}

// Somebody else's stream: another tablet, or the server.
class Writer {
public:
    Writer(IncarnationId incarnation, RecordId record, v1::Origin origin = v1::ORIGIN_DEVICE)
        : incarnation_(incarnation), record_(record), origin_(origin) {}

    template <typename Message>
    merge::Change write(const ResourceId& resource, const Message& message,
                        std::vector<ChangeId> parents = {}, std::uint64_t tick = 0) {
        merge::Draft draft;
        auto& header = draft.header;
        header.set_incarnation(base::to_bytes(incarnation_));
        header.set_record(base::to_bytes(record_));
        header.set_seq(++seq_);
        header.set_resource(base::to_bytes(resource));
        header.set_kind(kind_of<Message>());
        std::sort(parents.begin(), parents.end());
        for (const auto& parent : parents)
            header.add_parent(base::to_bytes(parent));
        header.set_tick(tick == 0 ? ++tick_ : tick);
        *header.mutable_recorded() = recorded_at(1'700'000'000'000);
        *header.mutable_author() = nurse(9);
        header.set_origin(origin_);
        if (seq_ > 1) header.set_prev(base::to_bytes(prev_));
        draft.resource = &message;
        draft.salt = base::to_bytes(incarnation_);
        draft.salt[0] = static_cast<char>(seq_);
        auto change = merge::author_change(draft);
        if (!change) throw std::runtime_error(change.error().what);
        prev_ = change->id;
        return *change;
    }
    // As a tablet does that was set back to an earlier state.
    Writer set_back(std::uint64_t seq, const ChangeId& prev) const {
        Writer other = *this;
        other.seq_ = seq;
        other.prev_ = prev;
        return other;
    }

private:
    IncarnationId incarnation_;
    RecordId record_;
    v1::Origin origin_;
    std::uint64_t seq_ = 0;
    std::uint64_t tick_ = 0;
    ChangeId prev_;
};

inline v1::WireChange wire_of(const merge::Change& change, std::uint64_t position = 0,
                              bool with_prev = true) {
    v1::WireChange wire;
    const auto split = merge::split_header(change.header_bytes);
    wire.set_header(std::string(split->core));
    if (with_prev) wire.set_prev(std::string(split->prev));
    if (change.body_bytes) wire.set_body(*change.body_bytes);
    wire.set_position(position);
    return wire;
}

// A record's log as a server keeps it.
class ServerLog {
public:
    explicit ServerLog(RecordId record) : record_(record) {}

    std::uint64_t append(const merge::Change& change) {
        changes_.push_back(change);
        chain_.push_back(base::sha256(base::to_bytes(chain_.back()) + base::to_bytes(change.id)));
        return changes_.size();
    }
    store::LogPoint point(std::uint64_t position) const { return {position, chain_.at(position)}; }
    store::LogPoint end() const { return point(changes_.size()); }
    const std::vector<merge::Change>& changes() const { return changes_; }

    static void set(v1::LogPoint* to, const store::LogPoint& from) {
        to->set_position(from.position);
        to->set_chain(base::to_bytes(from.chain));
    }
    // Positions from + 1 .. to.
    v1::RecordDelta delta(std::uint64_t from, std::uint64_t to, bool with_prev = true) const {
        v1::RecordDelta delta;
        delta.set_record(base::to_bytes(record_));
        set(delta.mutable_base(), point(from));
        set(delta.mutable_end(), point(to));
        for (std::uint64_t at = from; at < to; ++at) {
            *delta.add_change() = wire_of(changes_.at(at), at + 1, with_prev);
        }
        return delta;
    }
    v1::RecordDelta out_of_order(const std::vector<std::uint64_t>& positions) const {
        v1::RecordDelta delta;
        delta.set_record(base::to_bytes(record_));
        delta.set_out_of_order(true);
        for (const auto at : positions) {
            *delta.add_change() = wire_of(changes_.at(at - 1), at);
        }
        return delta;
    }
    // With a range receipt as the server would give; its MAC is not looked at by a device.
    v1::RecordDelta with_receipt(std::uint64_t from, std::uint64_t to, std::uint64_t base,
                                 const EpochId& epoch) const {
        auto part = delta(from, to);
        auto* receipt = part.mutable_receipt();
        receipt->set_epoch(base::to_bytes(epoch));
        receipt->set_record(base::to_bytes(record_));
        set(receipt->mutable_base(), point(base));
        set(receipt->mutable_end(), point(to));
        receipt->set_mac(std::string(32, 'm'));
        return part;
    }

private:
    RecordId record_;
    std::vector<merge::Change> changes_;
    std::vector<Digest> chain_{Digest{}};
};

inline store::Identity identity_of(std::uint64_t number) {
    return {id_of<DeviceId>(number), id_of<UnitId>(1), id_of<IncarnationId>(number)};
}

// An open store in a folder of its own.
struct OpenStore {
    explicit OpenStore(std::uint64_t device = 1) : number(device) {
        auto made = store::DeviceStore::create(path(), key_of(device), identity_of(device));
        if (!made) throw std::runtime_error(made.error().what);
        store = std::make_unique<store::DeviceStore>(std::move(*made));
    }
    std::string path() const { return folder.file("kari.db"); }
    Result<void> reopen() {
        store.reset();
        auto opened = store::DeviceStore::open(path(), key_of(number));
        if (!opened) return tl::unexpected(opened.error());
        store = std::make_unique<store::DeviceStore>(std::move(*opened));
        return {};
    }
    store::DeviceStore* operator->() { return store.get(); }

    ScratchFolder folder;
    std::uint64_t number;
    std::unique_ptr<store::DeviceStore> store;
};

// A write of this device. `message` outlives the request.
template <typename Message>
store::WriteRequest request(const RecordId& record, const ResourceId& resource,
                            const Message& message, std::vector<ChangeId> parents = {}) {
    static std::uint64_t counter = 0;
    store::WriteRequest made;
    made.record = record;
    made.new_record = true;
    made.resource = resource;
    made.kind = kind_of<Message>();
    made.parents = std::move(parents);
    made.message = &message;
    made.recorded = recorded_at(1'700'000'000'000);
    made.author = nurse(1);
    made.salt = salt_of(++counter);
    return made;
}

inline v1::PushReply answer_to(const RecordId& record, const std::vector<store::Written>& written,
                               v1::ChangeFate fate, std::uint64_t first_position = 0) {
    v1::PushReply reply;
    reply.set_record(base::to_bytes(record));
    for (const auto& one : written) {
        auto* change = reply.add_change();
        change->set_incarnation(base::to_bytes(one.incarnation));
        change->set_seq(one.seq);
        change->set_id(base::to_bytes(one.change));
        change->set_fate(fate);
        if (first_position > 0) change->set_position(first_position++);
    }
    return reply;
}

// Every resource's canonical bytes, in one order.
inline std::map<std::string, std::string> canonical_state(store::DeviceStore& store,
                                                          const RecordId& record) {
    std::map<std::string, std::string> all;
    const auto resources = store.resources(record);
    if (!resources) throw std::runtime_error(resources.error().what);
    for (const auto& resource : *resources) {
        all.emplace(resource.id.text(), merge::canonical(resource));
    }
    return all;
}

}  // namespace kari::test
