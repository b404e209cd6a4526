// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/directory_commands.hpp"

#include <algorithm>
#include <set>

#include "sdk/sync/limits.hpp"
#include "sync-server/admin/arguments.hpp"
#include "sync-server/identity/nurse_code.hpp"
#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

// What a failed init made goes again, so that the next one can begin: nobody has used it yet.
class Unmade {
public:
    explicit Unmade(const config::Layout& layout) : layout_(layout) {}
    Unmade(const Unmade&) = delete;
    Unmade& operator=(const Unmade&) = delete;
    ~Unmade() {
        if (kept_) return;
        std::error_code ignored;
        fs::remove_all(layout_.secrets(), ignored);
        fs::remove(layout_.config(), ignored);
        for (const char* suffix : {"", "-wal", "-shm"})
            fs::remove(layout_.database().string() + suffix, ignored);
        fs::remove(layout_.database().parent_path(), ignored);  // when it is empty
    }
    void keep() { kept_ = true; }

private:
    const config::Layout& layout_;
    bool kept_ = false;
};

}  // namespace

Result<void> init(const Options& options, const InitOptions& wanted) {
    KARI_TRY(check_address(wanted.address, "--address"));
    for (const std::string& name : wanted.names)
        KARI_TRY(check_host(name, "--server-name"));
    config::Layout layout{fs::absolute(options.directory)};
    for (const fs::path& file : {layout.config(), layout.secrets(), layout.database()}) {
        if (!fs::exists(file)) continue;
        return fail(ErrorCode::already_exists,
                    layout.root.string() + " holds a server already; name another --dir");
    }
    Unmade unmade(layout);
    std::error_code failed;
    fs::create_directories(layout.database().parent_path(), failed);
    if (failed) {
        return fail(ErrorCode::storage_failed,
                    "--dir: cannot make " + layout.root.string() + ": " + failed.message());
    }
    fs::permissions(layout.database().parent_path(), fs::perms::owner_all, failed);
    config::Config config = config::first_config();
    config.port = wanted.port;
    config.metrics_port = wanted.metrics_port;
    config.address = wanted.address;
    config.stored_is_secured = wanted.stored_is_secured;
    identity::MachineEntropy entropy;
    identity::MachineClock clock(config.zone);
    std::vector<std::string> names = wanted.names;
    if (names.empty()) names = {"localhost", "127.0.0.1", "::1"};
    KARI_TRY(identity::make_secrets(layout.secrets(), names, clock.wall(), entropy));
    KARI_TRY(identity::write_private_file(layout.config(), config::text_of(config)));
    KARI_LET(const auto secrets, identity::load_secrets(layout.secrets()));
    KARI_TRY(storage::EmbeddedStorage::create(layout.database().string(),
                                              secrets.database_key.view(),
                                              identity::random_id<EpochId>(entropy), clock.wall()));
    unmade.keep();
    print(options, {{"directory", layout.root.string()},
                    {"configuration", layout.config().string()},
                    {"database", layout.database().string()},
                    {"secrets", layout.secrets().string()},
                    {"ca", (layout.secrets() / "ca.pem").string()},
                    {"certificate", (layout.secrets() / "server.pem").string()},
                    {"pin", secrets.server_pin.text()},
                    {"port", config.port},
                    {"next",
                     "add-unit, add-nurse, import, assign, invite; then serve. Keep a copy "
                     "of the secrets folder apart from the backups: a backup without it "
                     "cannot be opened."}});
    return {};
}

Result<void> add_unit(const Options& options, const std::string& name, const std::string& zone) {
    KARI_TRY(check_name(name, "--name"));
    if (!zone.empty()) KARI_TRY(check_zone(zone, "--zone"));
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto units, runtime->storage->units());
    for (const storage::Unit& known : units) {
        if (known.display != name) continue;
        return fail(ErrorCode::already_exists,
                    "--name: a unit of this name is here already: " + known.id.text());
    }
    storage::Unit unit;
    unit.id = identity::random_id<UnitId>(runtime->entropy);
    unit.record = identity::random_id<RecordId>(runtime->entropy);
    unit.display = name;
    unit.zone = zone.empty() ? runtime->config.zone : zone;
    KARI_TRY(runtime->storage->add_unit(unit));
    print(options, {{"unit", unit.id.text()},
                    {"record", unit.record.text()},
                    {"name", name},
                    {"zone", unit.zone}});
    return {};
}

Result<void> add_nurse(const Options& options, const std::string& unit, const std::string& name,
                       const std::string& role, bool namesake) {
    KARI_TRY(check_name(name, "--name"));
    KARI_TRY(check_role(role, "--role"));
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    storage::Person person;
    KARI_LET(const auto known, find_unit(*runtime->storage, unit));
    person.unit = known.id;
    KARI_LET(const auto people, runtime->storage->persons(known.id));
    if (people.size() >= sync::k_reply_people) {
        return fail(ErrorCode::too_many, "--unit: it has as many people as a unit can have");
    }
    for (const storage::Person& here : people) {
        if (namesake || here.display != name || here.role != role) continue;
        return fail(ErrorCode::already_exists,
                    "--name: the unit has a person of this name and role already: " +
                        here.id.text() + "; say --namesake if this is somebody else");
    }
    person.id = identity::random_id<PersonId>(runtime->entropy);
    person.display = name;
    person.role = role;
    KARI_TRY(runtime->storage->add_person(person));
    print(options, {{"person", person.id.text()}, {"unit", unit}, {"role", role}});
    return {};
}

Result<void> remove_nurse(const Options& options, const std::string& unit, const std::string& nurse,
                          bool undo) {
    KARI_LET(const auto person, parse_id<PersonId>(nurse, "--nurse"));
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto known, find_unit(*runtime->storage, unit));
    const auto done = runtime->storage->set_active(known.id, person, undo);
    if (!done && done.error().code == ErrorCode::not_found) {
        return fail(ErrorCode::not_found, "--nurse: nobody of this unit has this id");
    }
    KARI_TRY(done);
    print(options, {{"nurse", nurse}, {"unit", unit}, {"listed", undo}});
    return {};
}

namespace {

Result<void> check_room(storage::Storage& storage, const UnitId& unit,
                        const std::vector<RecordId>& wanted) {
    KARI_LET(const auto rows, storage.caseload(unit));
    std::set<RecordId> after(wanted.begin(), wanted.end());
    for (const storage::CaseloadRow& row : rows) {
        if (row.state == storage::CaseloadState::granted) after.insert(row.record);
    }
    if (after.size() <= storage::k_caseload_max) return {};
    return fail(ErrorCode::too_many,
                "--unit: its caseload would be " + std::to_string(after.size()) + " records, and " +
                    std::to_string(storage::k_caseload_max) + " are the limit; make two units");
}

}  // namespace

Result<void> assign(const Options& options, const std::string& unit,
                    const std::vector<std::string>& records, bool all, bool granted) {
    if (records.empty() && !all) {
        return fail(ErrorCode::invalid_argument, "name a --record, or say --all");
    }
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto known_unit, find_unit(*runtime->storage, unit));
    const UnitId unit_id = known_unit.id;
    // All of them are looked at before the first is done.
    std::vector<RecordId> wanted;
    for (const std::string& text : records) {
        KARI_LET(const auto record, find_record(*runtime->storage, text, "--record"));
        wanted.push_back(record);
    }
    if (all) {
        std::set<RecordId> of_units;
        KARI_LET(const auto units, runtime->storage->units());
        for (const auto& one : units)
            of_units.insert(one.record);
        KARI_LET(const auto everything, runtime->storage->records());
        for (const RecordId& record : everything) {
            if (!of_units.contains(record)) wanted.push_back(record);
        }
    }
    if (wanted.empty()) return fail(ErrorCode::not_found, "--all: no citizen's record is here");
    if (granted) KARI_TRY(check_room(*runtime->storage, unit_id, wanted));
    for (const RecordId& record : wanted) {
        KARI_LET(const bool filling, runtime->storage->being_filled(record));
        if (granted && filling) {
            // Half a chart looks whole: an allergy that is still to come would be missing.
            return fail(ErrorCode::in_use,
                        "record " + record.text() + ": its import has not ended; run it again");
        }
    }
    for (const RecordId& record : wanted) {
        // The journal first: what it says survives a restore that forgets the rest.
        if (granted) {
            KARI_TRY(runtime->journal().granted(unit_id, record));
            KARI_TRY(runtime->storage->grant(unit_id, record));
        } else {
            KARI_TRY(runtime->journal().removed(unit_id, record));
            KARI_TRY(runtime->storage->remove(unit_id, record));
        }
    }
    print(options, {{"unit", unit}, {granted ? "assigned" : "unassigned", wanted.size()}});
    return {};
}

namespace {

Result<void> invite_nurse(const Options& options, Runtime& runtime, const storage::Unit& unit,
                          const std::string& nurse, unsigned minutes) {
    KARI_LET(const auto person, parse_id<PersonId>(nurse, "--nurse"));
    KARI_LET(const auto people, runtime.storage->persons(unit.id));
    const bool listed = std::any_of(people.begin(), people.end(), [&](const auto& one) {
        return one.id == person && one.active;
    });
    if (!listed) {
        return fail(ErrorCode::not_found,
                    "--nurse: the unit lists nobody of this id; `add-nurse` prints it");
    }
    const auto code = identity::make_nurse_code(person, runtime.entropy);
    const Instant expires = runtime.clock->wall() + Duration::minutes(minutes);
    KARI_TRY(runtime.storage->add_invitation({code.secret, unit.id, expires}));
    print(options, {{"code", code.text}, {"nurse", nurse}, {"minutes", minutes}});
    return {};
}

}  // namespace

Result<void> invite(const Options& options, const std::string& unit, const std::string& nurse,
                    unsigned minutes) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto known, find_unit(*runtime->storage, unit));
    if (!nurse.empty()) return invite_nurse(options, *runtime, known, nurse, minutes);
    const UnitId unit_id = known.id;
    const auto code = identity::make_code(runtime->secrets.server_pin, runtime->entropy);
    const Instant expires = runtime->clock->wall() + Duration::minutes(minutes);
    KARI_TRY(runtime->storage->add_invitation({code.secret, unit_id, expires}));
    print(options, {{"code", code.text}, {"unit", unit}, {"minutes", minutes}});
    return {};
}

Result<void> revoke(const Options& options, const std::string& device) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto id, parse_id<DeviceId>(device, "--device"));
    KARI_LET(const auto known, runtime->storage->device(id));
    if (!known) {
        return fail(ErrorCode::not_found, "--device: no such tablet; `status` lists them");
    }
    KARI_TRY(runtime->journal().revoked(id));
    KARI_TRY(runtime->storage->revoke(id));
    print(options, {{"device", device}, {"revoked", true}});
    return {};
}

}  // namespace kari::server::admin
