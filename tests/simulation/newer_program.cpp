// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/newer_program.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <google/protobuf/empty.pb.h>

#include "sdk/base/id.hpp"
#include "sdk/device/core.hpp"
#include "sdk/fhir/lift.hpp"
#include "sdk/merge/schema.hpp"
#include "sdk/store/device_store.hpp"
#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/storage/attempt.hpp"
#include "tests/simulation/must.hpp"

namespace kari::sim {
namespace {

namespace pb = google::protobuf;

// Beyond everything that the schema here has.
constexpr int k_atom = 4711;
constexpr int k_value = 77;
constexpr std::uint32_t k_kind = 4712;

// What is said of one resource.
struct Saying {
    std::unique_ptr<pb::Message> message;
    std::vector<std::uint32_t> must_understand;
    const char* of = "";
};

void add_atom(pb::Message& message, Dice& dice) {
    message.GetReflection()->MutableUnknownFields(&message)->AddVarint(k_atom, 1 + dice.below(9));
}

// Sets an enum that some atom is, or is ranked by, to a value that has no name here. False: the
// kind has none.
bool set_value(const merge::KindSchema& kind, pb::Message& message, Dice& dice) {
    std::vector<const merge::AtomSchema*> fit;
    for (const merge::AtomSchema& atom : kind.atoms) {
        if (atom.rank_field != nullptr || atom.field->enum_type() != nullptr) fit.push_back(&atom);
    }
    if (fit.empty()) return false;
    const merge::AtomSchema& atom = *fit[dice.below(fit.size())];
    pb::Message* holder = &message;
    const pb::FieldDescriptor* field = atom.field;
    if (atom.rank_field != nullptr) {
        holder = message.GetReflection()->MutableMessage(&message, atom.field);
        field = atom.rank_field;
    }
    holder->GetReflection()->SetEnumValue(holder, field, k_value);
    return true;
}

// Of a resource that the schema here knows: something new, and maybe one of its values again.
Saying said_of(const merge::Resource& resource, Dice& dice) {
    const merge::KindSchema& kind = *merge::schema_of(resource.kind);
    Saying out;
    out.message.reset(kind.prototype->New());
    const merge::AtomState& again = resource.atoms[dice.below(resource.atoms.size())];
    if (dice.coin() && !again.live.empty() && kind.atom(again.number) != nullptr)
        out.message->MergeFrom(*resource.value_of(again.live.front()));
    out.of = "a value";
    if (dice.chance(300) && set_value(kind, *out.message, dice)) return out;
    out.of = "an atom";
    add_atom(*out.message, dice);
    if (dice.coin()) return out;
    out.of = "an atom that must be understood";
    out.must_understand = {static_cast<std::uint32_t>(k_atom)};
    return out;
}

// Links and clocks are the server's alone.
bool may_be_said(const merge::Resource& resource) {
    return merge::schema_of(resource.kind) != nullptr && !resource.incomplete() &&
           !resource.unreadable && resource.kind != v1::KIND_RECORD_LINK &&
           resource.kind != v1::KIND_TIME_NOTE && !resource.atoms.empty();
}

const merge::Resource* choose(const std::vector<merge::Resource>& all, Dice& dice) {
    std::vector<const merge::Resource*> fit;
    for (const merge::Resource& one : all) {
        if (may_be_said(one)) fit.push_back(&one);
    }
    return fit.empty() ? nullptr : fit[dice.below(fit.size())];
}

// A tablet's database, while its device is closed.
struct Closed {
    std::string path;
    crypto::Secret key;
};
Result<Closed> closed(Tablet& tablet) {
    KARI_LET(auto ring,
             device::Keyring::load(tablet.home() / device::k_keys_file, tablet.machine.platform()));
    KARI_LET(auto key, ring.unlock(tablet.in_hand(), k_pin));
    return Closed{(tablet.home() / device::k_database_file).string(), std::move(key)};
}

store::WriteRequest request_of(World& world, Tablet& tablet, const merge::Resource& resource,
                               const Saying& saying, Dice& dice) {
    store::WriteRequest out;
    out.record = resource.record;
    out.resource = resource.id;
    out.kind = resource.kind;
    out.parents = resource.heads;
    out.message = saying.message.get();
    out.must_understand = saying.must_understand;
    platform_simulated::SimulatedClock& clock = *tablet.machine.clock;
    out.recorded.set_wall_ms(clock.wall().ms);
    out.recorded.set_zone(clock.zone());
    out.recorded.set_boot(base::to_bytes(clock.boot()));
    out.recorded.set_boot_clock_ms(clock.boot_clock_ms());
    out.author.set_practitioner(base::to_bytes(tablet.in_hand()));
    out.author.set_role(world.roles.at(tablet.in_hand()));
    out.author.set_organisation(base::to_bytes(world.unit));
    out.author.set_assurance(v1::ASSURANCE_OFFLINE_UNLOCK);
    for (int i = 0; i < 16; ++i)
        out.salt.push_back(static_cast<char>(dice.below(256)));
    return out;
}

void keep(World& world, const ChangeId& change, const Saying& saying) {
    world.newer.insert(change);
    if (!saying.must_understand.empty()) world.beyond_reading.insert(change);
    ++world.tally[std::string("of a later schema: ") + saying.of];
}

Result<void> say(World& world, Tablet& tablet, Dice& dice) {
    KARI_LET(const Closed at, closed(tablet));
    KARI_LET(auto store, store::DeviceStore::open(at.path, at.key, fhir::lift));
    KARI_LET(const auto records, store.records());
    if (records.empty()) return {};
    KARI_LET(const auto resources, store.resources(records[dice.below(records.size())]));
    const merge::Resource* resource = choose(resources, dice);
    if (resource == nullptr) return {};
    const Saying saying = said_of(*resource, dice);
    KARI_LET(const auto written, store.write(request_of(world, tablet, *resource, saying, dice)));
    LedgerEntry entry{written.record, resource->id, tablet.number, world.op,
                      world.clock_right(tablet)};
    entry.shut_out = tablet.shut_out;
    world.ledger.wrote(written.change, entry);
    // What it says anew of a dose that was taken back, she says too.
    v1::MedicationAdministration dose;
    const bool taken_back =
        resource->kind == v1::KIND_MEDICATION_ADMINISTRATION &&
        dose.ParseFromString(saying.message->SerializeAsString()) &&
        dose.administration().status() == v1::ADMINISTRATION_STATUS_ENTERED_IN_ERROR;
    if (taken_back) world.ledger.entered_in_error(resource->id, tablet.in_hand());
    keep(world, written.change, saying);
    world.note(fmt::format("{} says {} of a later schema: {}", tablet.name(), saying.of,
                           written.change.text()));
    return {};
}

// Between two runs of its program.
template <typename Between>
void while_closed(World& world, Tablet& tablet, Between between) {
    if (tablet.busy || !tablet.device || !tablet.drive.powered()) return;
    tablet.device.reset();
    if (const auto done = between(); !done) world.check_error(tablet, "later schema", done.error());
    if (!tablet.drive.powered()) return;
    if (auto opened = tablet.reopen(); !opened) world.check_error(tablet, "reopen", opened.error());
}

Result<void> say_on_server(World& world, Dice& dice) {
    KARI_LET(const auto records, world.server.records());
    const RecordId record = records[dice.below(records.size())];
    KARI_LET(const auto resources, world.server.resources(record));
    server::exchange::ServerStatement statement;
    Saying saying;
    if (dice.chance(300)) {
        saying.of = "a kind";
        saying.message = std::make_unique<pb::Empty>();
        add_atom(*saying.message, dice);
        for (std::uint8_t& byte : statement.resource.bytes)
            byte = static_cast<std::uint8_t>(dice.below(256));
        statement.kind = k_kind;
    } else {
        const merge::Resource* resource = choose(resources, dice);
        if (resource == nullptr) return {};
        saying = said_of(*resource, dice);
        statement.resource = resource->id;
        statement.kind = resource->kind;
        statement.parents = resource->heads;
        statement.must_understand = saying.must_understand;
    }
    statement.message = saying.message.get();
    KARI_LET(const ChangeId change, world.server.say(record, statement));
    keep(world, change, saying);
    world.note(fmt::format("the server says {} of a later schema: {}", saying.of, change.text()));
    return {};
}

}  // namespace

void newer_tablet(World& world, Tablet& tablet, Dice& dice) {
    while_closed(world, tablet, [&] { return say(world, tablet, dice); });
}

void newer_server(World& world, Tablet&, Dice& dice) {
    if (!world.server.up() || !world.server.drive().powered()) return;
    const auto done = say_on_server(world, dice);
    const bool troubled = world.server.drive().counts().failures != world.server_failures_before;
    if (!done && !troubled) {
        world.violation(fmt::format("a later server cannot write: {} ({})", name(done.error().code),
                                    done.error().what));
    }
}

void upgrade(World& world, Tablet& tablet, Dice&) {
    std::map<RecordId, Digest> before;
    if (!tablet.busy && tablet.device && !tablet->locked()) {
        for (const RecordId& record : tablet->held_records().value_or(std::vector<RecordId>{})) {
            if (const auto state = tablet->state_digest(record)) before[record] = *state;
        }
    }
    while_closed(world, tablet, [&]() -> Result<void> {
        KARI_LET(const Closed at, closed(tablet));
        KARI_LET(auto database, store::sqlcipher::Database::open(at.path, at.key.view()));
        KARI_TRY(database.execute("UPDATE identity SET fold_schema = x'00'"));
        ++world.tally["tablet: upgraded"];
        world.note(tablet.name() + " is upgraded");
        return {};
    });
    if (!tablet.device || !tablet.drive.powered() || tablet.busy || tablet->locked()) return;
    for (const auto& [record, state] : before) {
        const auto after = tablet->state_digest(record);
        if (!after) return world.check_error(tablet, "state digest", after.error());
        if (*after == state) continue;
        world.violation(tablet.name() +
                        " folds to another state after an upgrade: " + record.text());
    }
}

}  // namespace kari::sim
