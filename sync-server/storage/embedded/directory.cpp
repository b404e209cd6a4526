// SPDX-License-Identifier: Apache-2.0
#include "sync-server/storage/embedded/embedded_storage.hpp"

namespace kari::server::storage {

using store::sqlcipher::Statement;

namespace {

Unit read_unit(const Statement& row) {
    return {row.column_id<UnitId>(0), row.column_id<RecordId>(1), std::string(row.column_text(2)),
            std::string(row.column_text(3))};
}

Certificate read_certificate(const Statement& row) {
    Certificate found;
    found.spki = row.column_id<Digest>(0);
    found.use = row.column_int(1) == 1 ? CertificateUse::tls : CertificateUse::signing;
    found.device = row.column_id<DeviceId>(2);
    found.incarnation = row.column_id<IncarnationId>(3);
    found.serial = std::string(row.column_text(4));
    found.not_after = Instant{row.column_int(5)};
    found.der = std::string(row.column_blob(6));
    return found;
}

Device read_device(const Statement& row) {
    return {row.column_id<DeviceId>(0), row.column_id<UnitId>(1), std::string(row.column_text(2)),
            Instant{row.column_int(3)}, row.column_int(4) != 0};
}

}  // namespace

Result<void> EmbeddedStorage::touch_unit(const UnitId& unit) {
    KARI_LET(auto feed,
             db_.prepare("UPDATE unit SET feed = feed + 1 WHERE id = ?1 RETURNING id, feed"));
    feed.bind(1, unit);
    return feeds_.note(feed);
}

Result<void> EmbeddedStorage::touch_all_units() {
    KARI_LET(auto feed, db_.prepare("UPDATE unit SET feed = feed + 1 RETURNING id, feed"));
    return feeds_.note(feed);
}

Result<void> EmbeddedStorage::add_unit(const Unit& unit) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto record, db_.prepare("INSERT OR IGNORE INTO record "
                                          "VALUES(?1,0,0,?2,0,?2,0,0,0,0,0,?2)"));
        record.bind(1, unit.record).bind(2, Digest{});
        KARI_TRY(record.run());
        KARI_LET(auto insert, db_.prepare("INSERT INTO unit VALUES(?1,?2,?3,?4,1)"));
        insert.bind(1, unit.id).bind(2, unit.record);
        insert.bind_text(3, unit.display).bind_text(4, unit.zone);
        return insert.run();
    });
}

Result<std::optional<Unit>> EmbeddedStorage::unit(const UnitId& id) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, record, display, zone FROM unit WHERE id = ?1"));
    row.bind(1, id);
    KARI_LET(const bool here, row.step());
    return here ? std::optional<Unit>(read_unit(row)) : std::nullopt;
}

Result<std::vector<Unit>> EmbeddedStorage::units() {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, record, display, zone FROM unit ORDER BY id"));
    std::vector<Unit> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(read_unit(row));
    }
}

Result<void> EmbeddedStorage::add_person(const Person& person) {
    const Lock lock = enter();
    KARI_LET(const auto known, unit(person.unit));
    if (!known) return fail(ErrorCode::not_found, "unit");
    return atomically([&]() -> Result<void> {
        KARI_LET(auto insert, db_.prepare("INSERT INTO person VALUES(?1,?2,?3,?4,?5)"));
        insert.bind(1, person.id).bind(2, person.unit).bind_text(3, person.role);
        insert.bind_text(4, person.display).bind(5, person.active);
        KARI_TRY(insert.run());
        KARI_TRY(db_.execute("UPDATE server SET directory_version = directory_version + 1"));
        return touch_unit(person.unit);
    });
}

Result<void> EmbeddedStorage::set_active(const UnitId& unit, const PersonId& person, bool active) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto update,
                 db_.prepare("UPDATE person SET active = ?3 WHERE id = ?1 AND unit = ?2"));
        update.bind(1, person).bind(2, unit).bind(3, active);
        KARI_TRY(update.run());
        if (update.changed() == 0) return fail(ErrorCode::not_found, "person");
        KARI_TRY(db_.execute("UPDATE server SET directory_version = directory_version + 1"));
        return touch_unit(unit);
    });
}

Result<std::vector<Person>> EmbeddedStorage::persons(const UnitId& unit) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT id, role, display, active FROM person WHERE unit = ?1 "
                                   "ORDER BY id"));
    row.bind(1, unit);
    std::vector<Person> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back({row.column_id<PersonId>(0), unit, std::string(row.column_text(1)),
                         std::string(row.column_text(2)), row.column_int(3) != 0});
    }
}

Result<std::uint64_t> EmbeddedStorage::directory_version() {
    const Lock lock = enter();
    KARI_LET(const auto version, db_.query_int("SELECT directory_version FROM server"));
    return static_cast<std::uint64_t>(version);
}

Result<void> EmbeddedStorage::add_invitation(const Invitation& invitation) {
    const Lock lock = enter();
    KARI_LET(const auto known, unit(invitation.unit));
    if (!known) return fail(ErrorCode::not_found, "unit");
    KARI_LET(auto insert, db_.prepare("INSERT INTO invitation VALUES(?1,?2,?3,NULL)"));
    insert.bind(1, invitation.code).bind(2, invitation.unit).bind(3, invitation.expires.ms);
    return insert.run();
}

Result<void> EmbeddedStorage::insert_certificates(const std::vector<Certificate>& certificates) {
    KARI_LET(auto insert, db_.prepare("INSERT INTO certificate VALUES(?1,?2,?3,?4,?5,?6,?7) "
                                      "ON CONFLICT(spki) DO UPDATE SET serial = excluded.serial, "
                                      "not_after = excluded.not_after, der = excluded.der, "
                                      "incarnation = excluded.incarnation "
                                      "WHERE device = excluded.device AND use = excluded.use"));
    for (const Certificate& added : certificates) {
        insert.bind(1, added.spki).bind(2, added.use == CertificateUse::tls ? 1 : 2);
        insert.bind(3, added.device).bind(4, added.incarnation).bind_text(5, added.serial);
        insert.bind(6, added.not_after.ms).bind_blob(7, added.der);
        KARI_TRY(insert.run());
        if (insert.changed() == 0) {
            return fail(ErrorCode::already_exists, "key of another device");
        }
    }
    return {};
}

Result<void> EmbeddedStorage::insert_device(const Device& device,
                                            const std::vector<Certificate>& certificates) {
    KARI_LET(auto insert, db_.prepare("INSERT INTO device VALUES(?1,?2,?3,?4,?5)"));
    insert.bind(1, device.id).bind(2, device.unit).bind_text(3, device.name);
    insert.bind(4, device.enrolled.ms).bind(5, device.revoked);
    KARI_TRY(insert.run());
    return insert_certificates(certificates);
}

Result<UnitId> EmbeddedStorage::invited_to(const Digest& code, Instant now) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT unit FROM invitation WHERE code = ?1 AND used IS NULL "
                                   "AND expires > ?2"));
    row.bind(1, code).bind(2, now.ms);
    KARI_LET(const bool valid, row.step());
    if (!valid) return fail(ErrorCode::code_refused, "one-time code");
    return row.column_id<UnitId>(0);
}

Result<void> EmbeddedStorage::spend(const Digest& code, Instant now) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto use, db_.prepare("UPDATE invitation SET used = ?2 WHERE code = ?1 AND used "
                                       "IS NULL AND expires > ?2"));
        use.bind(1, code).bind(2, now.ms);
        KARI_TRY(use.run());
        if (use.changed() == 0) return fail(ErrorCode::code_refused, "one-time code");
        return {};
    });
}

Result<Unit> EmbeddedStorage::redeem(const Digest& code, Instant now, Device device,
                                     const std::vector<Certificate>& certificates) {
    const Lock lock = enter();
    std::optional<Unit> owner;
    KARI_TRY(atomically([&]() -> Result<void> {
        KARI_LET(auto use, db_.prepare("UPDATE invitation SET used = ?2 WHERE code = ?1 AND used "
                                       "IS NULL AND expires > ?2 RETURNING unit"));
        use.bind(1, code).bind(2, now.ms);
        KARI_LET(const bool valid, use.step());
        if (!valid) return fail(ErrorCode::code_refused, "one-time code");
        device.unit = use.column_id<UnitId>(0);
        KARI_LET(const bool second, use.step());
        if (second) return fail(ErrorCode::internal, "a code that stands twice");
        KARI_LET(owner, unit(device.unit));
        return insert_device(device, certificates);
    }));
    if (!owner) return fail(ErrorCode::internal, "unit of an invitation");
    return *owner;
}

Result<void> EmbeddedStorage::readmit(const Device& device,
                                      const std::vector<Certificate>& certificates) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> { return insert_device(device, certificates); });
}

Result<void> EmbeddedStorage::add_certificates(const std::vector<Certificate>& certificates) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> { return insert_certificates(certificates); });
}

Result<void> EmbeddedStorage::add_server_certificate(const Certificate& certificate) {
    const Lock lock = enter();
    KARI_LET(auto insert,
             db_.prepare("INSERT OR IGNORE INTO server_certificate VALUES(?1,?2,?3,?4,?5)"));
    insert.bind(1, certificate.incarnation).bind(2, certificate.spki);
    insert.bind_text(3, certificate.serial).bind(4, certificate.not_after.ms);
    insert.bind_blob(5, certificate.der);
    return insert.run();
}

Result<std::optional<Certificate>> EmbeddedStorage::certificate(const Digest& spki) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT spki, use, device, incarnation, serial, not_after, der "
                                   "FROM certificate WHERE spki = ?1"));
    row.bind(1, spki);
    KARI_LET(const bool here, row.step());
    return here ? std::optional<Certificate>(read_certificate(row)) : std::nullopt;
}

Result<std::optional<Certificate>> EmbeddedStorage::signing_certificate(
    const IncarnationId& incarnation) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT spki, use, device, incarnation, serial, not_after, der "
                                   "FROM certificate WHERE incarnation = ?1 AND use = 2 UNION ALL "
                                   "SELECT spki, 2, zeroblob(16), incarnation, serial, not_after, "
                                   "der FROM server_certificate WHERE incarnation = ?1"));
    row.bind(1, incarnation);
    KARI_LET(const bool here, row.step());
    return here ? std::optional<Certificate>(read_certificate(row)) : std::nullopt;
}

Result<std::optional<Device>> EmbeddedStorage::device(const DeviceId& id) {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT id, unit, name, enrolled, revoked FROM device WHERE id = ?1"));
    row.bind(1, id);
    KARI_LET(const bool here, row.step());
    return here ? std::optional<Device>(read_device(row)) : std::nullopt;
}

Result<std::vector<Device>> EmbeddedStorage::devices() {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT id, unit, name, enrolled, revoked FROM device ORDER BY id"));
    std::vector<Device> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(read_device(row));
    }
}

Result<std::vector<IncarnationId>> EmbeddedStorage::incarnations(const DeviceId& device) {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT DISTINCT incarnation FROM certificate WHERE device = ?1"));
    row.bind(1, device);
    std::vector<IncarnationId> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back(row.column_id<IncarnationId>(0));
    }
}

Result<void> EmbeddedStorage::revoke(const DeviceId& device) {
    const Lock lock = enter();
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put,
                 db_.prepare("UPDATE device SET revoked = 1 WHERE id = ?1 RETURNING unit"));
        put.bind(1, device);
        KARI_LET(const bool here, put.step());
        if (!here) return fail(ErrorCode::not_found, "device");
        return touch_unit(put.column_id<UnitId>(0));
    });
}

Result<void> EmbeddedStorage::set_caseload(const UnitId& unit_id, const RecordId& record,
                                           CaseloadState state_wanted) {
    const Lock lock = enter();
    KARI_LET(const auto known_unit, unit(unit_id));
    if (!known_unit) return fail(ErrorCode::not_found, "unit");
    KARI_LET(const auto known_record, state(record));
    if (!known_record) return fail(ErrorCode::not_found, "record");
    return atomically([&]() -> Result<void> {
        KARI_LET(auto put, db_.prepare("INSERT INTO caseload VALUES(?1,?2,?3) ON CONFLICT DO "
                                       "UPDATE SET state = excluded.state"));
        put.bind(1, unit_id).bind(2, record);
        put.bind(3, state_wanted == CaseloadState::granted ? 1 : 2);
        KARI_TRY(put.run());
        return touch_unit(unit_id);
    });
}

Result<void> EmbeddedStorage::grant(const UnitId& unit, const RecordId& record) {
    return set_caseload(unit, record, CaseloadState::granted);
}

Result<void> EmbeddedStorage::remove(const UnitId& unit, const RecordId& record) {
    return set_caseload(unit, record, CaseloadState::removed);
}

Result<std::vector<CaseloadRow>> EmbeddedStorage::caseload(const UnitId& unit) {
    const Lock lock = enter();
    KARI_LET(auto row,
             db_.prepare("SELECT record, state FROM caseload WHERE unit = ?1 ORDER BY record"));
    row.bind(1, unit);
    std::vector<CaseloadRow> found;
    for (;;) {
        KARI_LET(const bool more, row.step());
        if (!more) return found;
        found.push_back({row.column_id<RecordId>(0),
                         row.column_int(1) == 1 ? CaseloadState::granted : CaseloadState::removed});
    }
}

Result<std::optional<CaseloadState>> EmbeddedStorage::caseload_state(const UnitId& unit,
                                                                     const RecordId& record) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT state FROM caseload WHERE unit = ?1 AND record = ?2"));
    row.bind(1, unit).bind(2, record);
    KARI_LET(const bool here, row.step());
    if (!here) return std::optional<CaseloadState>{};
    return std::optional<CaseloadState>(row.column_int(0) == 1 ? CaseloadState::granted
                                                               : CaseloadState::removed);
}

Result<std::uint64_t> EmbeddedStorage::feed_position(const UnitId& unit) {
    const Lock lock = enter();
    KARI_LET(auto row, db_.prepare("SELECT feed FROM unit WHERE id = ?1"));
    row.bind(1, unit);
    KARI_LET(const bool here, row.step());
    if (!here) return fail(ErrorCode::not_found, "unit");
    return row.column_u64(0);
}

void EmbeddedStorage::watch_feeds(FeedWatch moved) {
    feeds_.watch(std::move(moved));
}

}  // namespace kari::server::storage
