// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <kari/time.hpp>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::test {

// An id of type T that stands for a number, the same in every run.
template <typename T>
T id_of(std::uint32_t number) {
    const auto digest = base::sha256_of("kari test id", {base::u32(number)});
    T id;
    std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
    return id;
}

using ChangePtr = std::shared_ptr<const merge::Change>;

// All that one change says, stated in full. Only `record` and `resource` have no default.
struct Act {
    RecordId record;
    ResourceId resource;
    std::vector<ChangeId> parents = {};
    std::vector<std::uint32_t> cleared = {};
    std::vector<std::uint32_t> must_understand = {};
    std::vector<ChangeId> accepts = {};
    std::optional<Instant> recorded = {};  // else the writer's `now`
    std::optional<std::pair<Instant, Instant>> effective = {};
    std::optional<PersonId> person = {};     // else the writer's own
    std::optional<std::uint64_t> seq = {};   // else the next of the stream
    std::optional<std::uint64_t> tick = {};  // else 1 + the highest that the writer has seen
};

// Writes changes as one device incarnation, or as the server, would: it numbers and chains its
// streams. Two writers with one incarnation id make a fork.
class Writer {
public:
    // A tablet with one nurse; `number` names both.
    static Writer tablet(std::uint32_t number) {
        return Writer(v1::ORIGIN_DEVICE, number, id_of<PersonId>(number));
    }
    static Writer server(std::uint32_t number = 900) {
        return Writer(v1::ORIGIN_SERVER, number, std::nullopt);
    }

    IncarnationId incarnation;
    v1::Origin origin;
    std::optional<PersonId> person;
    Instant now{1'767'600'000'000};  // 2026-01-05T08:00:00Z
    std::string zone = "Europe/Oslo";
    std::int32_t offset_s = 3600;
    BootId boot;
    std::uint64_t boot_clock_ms = 0;                   // counted along with `now`
    std::optional<std::int64_t> server_minus_wall_ms;  // as last learnt

    // Writes the atoms that are set in `resource`, the kind's message.
    ChangePtr write(const Act& act, const google::protobuf::Message& resource) {
        merge::Draft draft;
        auto& header = draft.header;
        header.set_incarnation(base::to_bytes(incarnation));
        header.set_record(base::to_bytes(act.record));
        auto& stream = streams_[act.record];
        header.set_seq(act.seq.value_or(stream.seq + 1));
        header.set_resource(base::to_bytes(act.resource));
        const auto* schema = merge::schema_of_type(*resource.GetDescriptor());
        if (schema == nullptr) throw std::logic_error("no kind has this message");
        header.set_kind(schema->kind);
        auto parents = act.parents;
        std::sort(parents.begin(), parents.end());
        for (const auto& parent : parents)
            header.add_parent(base::to_bytes(parent));
        tick_ = act.tick.value_or(tick_ + 1);
        header.set_tick(tick_);
        fill_times(act, header);
        fill_author(act, header);
        for (const auto atom : act.must_understand)
            header.add_must_understand(atom);
        header.set_origin(origin);
        if (header.seq() > 1) header.set_prev(base::to_bytes(stream.head));
        draft.resource = &resource;
        draft.cleared = act.cleared;
        draft.accepts = act.accepts;
        draft.salt = salt(act);
        auto change = merge::author_change(draft);
        if (!change) throw std::runtime_error(change.error().what);
        stream = {header.seq(), change->id};
        return std::make_shared<const merge::Change>(std::move(*change));
    }

    // What the writer has read: its next change's tick is above it.
    void reads(const merge::Change& change) { tick_ = std::max(tick_, change.header.tick()); }

    void waits(Duration time) {
        now = now + time;
        boot_clock_ms += static_cast<std::uint64_t>(time.ms);
    }

private:
    struct Stream {
        std::uint64_t seq = 0;
        ChangeId head;
    };

    Writer(v1::Origin of, std::uint32_t number, std::optional<PersonId> who)
        : incarnation(id_of<IncarnationId>(number)),
          origin(of),
          person(who),
          boot(id_of<BootId>(number)) {}

    void fill_times(const Act& act, v1::ChangeHeader& header) const {
        auto* recorded = header.mutable_recorded();
        recorded->set_wall_ms(act.recorded.value_or(now).ms);
        recorded->set_offset_s(offset_s);
        recorded->set_zone(zone);
        recorded->set_boot(base::to_bytes(boot));
        recorded->set_boot_clock_ms(boot_clock_ms);
        if (server_minus_wall_ms) recorded->set_server_minus_wall_ms(*server_minus_wall_ms);
        if (!act.effective) return;
        auto* effective = header.mutable_effective();
        effective->set_start_ms(act.effective->first.ms);
        effective->set_end_ms(act.effective->second.ms);
        effective->set_offset_s(offset_s);
        effective->set_zone(zone);
    }

    void fill_author(const Act& act, v1::ChangeHeader& header) const {
        auto* author = header.mutable_author();
        const auto who = act.person ? act.person : person;
        if (who) author->set_practitioner(base::to_bytes(*who));
        author->set_role(who ? "SP" : "");
        author->set_organisation(base::to_bytes(id_of<OrganisationId>(1)));
        author->set_assurance(who ? v1::ASSURANCE_OFFLINE_UNLOCK : v1::ASSURANCE_SYSTEM);
    }

    std::string salt(const Act& act) {
        const auto digest = base::sha256_of(
            "kari test salt",
            {base::to_bytes(incarnation), base::to_bytes(act.record), base::u64(++salts_)});
        return base::to_bytes(digest).substr(0, 16);
    }

    std::map<RecordId, Stream> streams_;
    std::uint64_t tick_ = 0;
    std::uint64_t salts_ = 0;
};

}  // namespace kari::test
