// SPDX-License-Identifier: Apache-2.0
#include "sync-server/admin/directory_commands.hpp"

#include <set>

#include "sync-server/storage/attempt.hpp"

namespace kari::server::admin {

namespace fs = std::filesystem;
namespace json = boost::json;

Result<void> init(const Options& options, const InitOptions& wanted) {
    config::Layout layout{fs::absolute(options.directory)};
    if (fs::exists(layout.config()) || fs::exists(layout.secrets())) {
        return fail(ErrorCode::already_exists, layout.root.string() + " holds a server already");
    }
    std::error_code failed;
    fs::create_directories(layout.database().parent_path(), failed);
    if (failed) return fail(ErrorCode::storage_failed, layout.root.string());
    fs::permissions(layout.database().parent_path(), fs::perms::owner_all, failed);
    config::Config config = config::first_config();
    config.port = wanted.port;
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
                                              identity::random_id<EpochId>(entropy)));
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
    KARI_LET(const auto runtime, Runtime::open(options.directory));
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
                       const std::string& role) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    storage::Person person;
    KARI_LET(person.unit, parse_id<UnitId>(unit, "--unit"));
    person.id = identity::random_id<PersonId>(runtime->entropy);
    person.display = name;
    person.role = role;
    KARI_TRY(runtime->storage->add_person(person));
    print(options, {{"person", person.id.text()}, {"unit", unit}, {"role", role}});
    return {};
}

Result<void> assign(const Options& options, const std::string& unit,
                    const std::vector<std::string>& records, bool all, bool granted) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto unit_id, parse_id<UnitId>(unit, "--unit"));
    std::vector<RecordId> wanted;
    for (const std::string& text : records) {
        KARI_LET(const auto record, parse_id<RecordId>(text, "--record"));
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
    if (wanted.empty()) return fail(ErrorCode::invalid_argument, "name a --record, or --all");
    for (const RecordId& record : wanted) {
        KARI_LET(const auto known, runtime->storage->state(record));
        if (!known) return fail(ErrorCode::not_found, "record " + record.text());
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

Result<void> invite(const Options& options, const std::string& unit, unsigned minutes) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    KARI_LET(const auto unit_id, parse_id<UnitId>(unit, "--unit"));
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
    if (!known) return fail(ErrorCode::not_found, "no such device; `status` lists them");
    KARI_TRY(runtime->journal().revoked(id));
    KARI_TRY(runtime->storage->revoke(id));
    print(options, {{"device", device}, {"revoked", true}});
    return {};
}

Result<void> status(const Options& options) {
    KARI_LET(const auto runtime, Runtime::open(options.directory));
    auto& storage = *runtime->storage;
    KARI_LET(const auto epoch, storage.epoch());
    json::array units;
    KARI_LET(const auto all_units, storage.units());
    for (const auto& unit : all_units) {
        KARI_LET(const auto people, storage.persons(unit.id));
        KARI_LET(const auto caseload, storage.caseload(unit.id));
        json::array persons;
        for (const auto& person : people) {
            persons.push_back(json::object{{"person", person.id.text()}, {"role", person.role}});
        }
        json::array granted;
        for (const auto& row : caseload) {
            if (row.state == storage::CaseloadState::granted) {
                granted.push_back(json::value(row.record.text()));
            }
        }
        units.push_back(json::object{{"unit", unit.id.text()},
                                     {"record", unit.record.text()},
                                     {"people", std::move(persons)},
                                     {"caseload", std::move(granted)}});
    }
    json::array devices;
    KARI_LET(const auto all_devices, storage.devices());
    for (const auto& device : all_devices) {
        devices.push_back(json::object{{"device", device.id.text()},
                                       {"unit", device.unit.text()},
                                       {"revoked", device.revoked}});
    }
    KARI_LET(const auto records, storage.records());
    KARI_LET(const auto owed, storage.unreviewed());
    KARI_LET(const auto quarantined, storage.quarantined());
    KARI_LET(const auto directory, storage.directory_resources());
    std::uint64_t changes = 0;
    std::uint64_t secured = 0;
    for (const RecordId& record : records) {
        KARI_LET(const auto state, storage.state(record));
        if (!state) continue;
        changes += state->head.position;
        secured += runtime->parts->secured(*state);
    }
    print(options, {{"epoch", epoch.id.text()},
                    {"recovering", epoch.recovering},
                    {"records", records.size()},
                    {"changes", changes},
                    {"secured", secured},
                    {"review_owed", owed.size()},
                    {"quarantined", quarantined.size()},
                    {"directory_resources", directory},
                    {"units", std::move(units)},
                    {"devices", std::move(devices)}});
    return {};
}

}  // namespace kari::server::admin
