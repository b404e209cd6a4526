// SPDX-License-Identifier: Apache-2.0
#include "sdk/store/device_store.hpp"

#include "sdk/store/schema.hpp"
#include "sdk/store/state.hpp"

namespace kari::store {
namespace {

Result<void> write_identity(sqlcipher::Database& db, const Identity& identity) {
    auto transaction = db.begin();
    if (!transaction) return passed(transaction.error());
    auto ok = run(db,
                  "INSERT INTO identity(one, device, unit, opens, fold_schema, pack)"
                  " VALUES(1, ?1, ?2, 1, ?3, ?4)",
                  identity.device, identity.unit, fold_schema_digest(), Text{""});
    if (!ok) return ok;
    ok = run(db, "INSERT INTO incarnation(incarnation) VALUES(?1)", identity.incarnation);
    if (!ok) return ok;
    return transaction->commit();
}

struct Opened {
    Identity identity;
    std::uint64_t opens = 0;
    std::string fold_schema;
    std::set<IncarnationId> own;
};

Result<Opened> read_identity(sqlcipher::Database& db) {
    Opened opened;
    bool found = false;
    auto ok = each_row(db, "SELECT device, unit, opens, fold_schema FROM identity",
                       [&](sqlcipher::Statement& row) -> Result<void> {
                           opened.identity.device = row.column_id<DeviceId>(0);
                           opened.identity.unit = row.column_id<UnitId>(1);
                           opened.opens = row.column_u64(2);
                           opened.fold_schema = row.column_blob(3);
                           found = true;
                           return {};
                       });
    if (!ok) return passed(ok.error());
    ok = each_row(db, "SELECT incarnation FROM incarnation ORDER BY number",
                  [&](sqlcipher::Statement& row) -> Result<void> {
                      opened.identity.incarnation = row.column_id<IncarnationId>(0);
                      opened.own.insert(opened.identity.incarnation);
                      return {};
                  });
    if (!ok) return passed(ok.error());
    // Enrolment writes the schema and the identity one after the other; a kill between them leaves
    // a database in which nothing was ever written.
    if (!found || opened.own.empty()) {
        return fail(ErrorCode::not_enrolled, "store: made, but never given an identity");
    }
    return opened;
}

}  // namespace

DeviceStore::DeviceStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
DeviceStore::DeviceStore(DeviceStore&&) noexcept = default;
DeviceStore& DeviceStore::operator=(DeviceStore&&) noexcept = default;
DeviceStore::~DeviceStore() = default;

Result<DeviceStore> DeviceStore::create(const std::string& path, const crypto::Secret& key,
                                        const Identity& identity, chart::Lift lift) {
    auto db = sqlcipher::Database::create(path, key.view());
    if (!db) return passed(db.error());
    if (auto ok = sqlcipher::migrate(*db, migrations()); !ok) return passed(ok.error());
    if (auto ok = write_identity(*db, identity); !ok) return passed(ok.error());
    // From here on the file alone, without its log, is a database that can be told from another.
    if (auto ok = db->checkpoint(); !ok) return passed(ok.error());
    auto state = std::make_unique<State>(std::move(*db), identity);
    state->opens = 1;
    state->lift = lift;
    state->own.insert(identity.incarnation);
    if (auto ok = state->load_pack(); !ok) return passed(ok.error());
    return DeviceStore(std::move(state));
}

Result<DeviceStore> DeviceStore::open(const std::string& path, const crypto::Secret& key,
                                      chart::Lift lift) {
    auto db = sqlcipher::Database::open(path, key.view());
    if (!db) return passed(db.error());
    if (auto ok = sqlcipher::migrate(*db, migrations()); !ok) return passed(ok.error());
    auto opened = read_identity(*db);
    if (!opened) return passed(opened.error());
    auto state = std::make_unique<State>(std::move(*db), opened->identity);
    state->own = std::move(opened->own);
    state->opens = opened->opens;
    state->lift = lift;
    // A full disk must not keep anybody from reading.
    const auto counted = run(state->db, "UPDATE identity SET opens = opens + 1");
    if (counted) ++state->opens;
    if (!counted && counted.error().code != ErrorCode::storage_full) {
        return passed(counted.error());
    }
    const auto swept = state->sweep_attachments();
    if (!swept && swept.error().code != ErrorCode::storage_full) return passed(swept.error());
    DeviceStore store(std::move(state));
    if (auto ok = store.state_->load_pack(); !ok) return passed(ok.error());
    if (opened->fold_schema != fold_schema_digest()) {
        if (auto ok = store.rebuild(); !ok) return passed(ok.error());
    }
    return store;
}

Result<std::string> DeviceStore::set_aside(const std::string& path) {
    return sqlcipher::set_aside(path);
}

const Identity& DeviceStore::identity() const {
    return state_->identity;
}
std::uint64_t DeviceStore::opens() const {
    return state_->opens;
}

Result<void> DeviceStore::adopt_incarnation(const IncarnationId& incarnation) {
    if (state_->is_own(incarnation)) {
        return fail(ErrorCode::already_exists, "store: the incarnation was used before");
    }
    auto ok = run(state_->db, "INSERT INTO incarnation(incarnation) VALUES(?1)", incarnation);
    if (!ok) return ok;
    state_->own.insert(incarnation);
    state_->identity.incarnation = incarnation;
    return {};
}

namespace {
constexpr std::string_view k_save_setting =
    "INSERT INTO setting(name, value) VALUES(?1, ?2)"
    " ON CONFLICT DO UPDATE SET value = excluded.value";
}

Result<void> DeviceStore::save_setting(std::string_view name, std::string_view value) {
    return run(state_->db, k_save_setting, Text{name}, value);
}

Result<void> DeviceStore::save_settings(const std::map<std::string, std::string>& values) {
    auto work = Work::begin(*state_);
    if (!work) return passed(work.error());
    for (const auto& [name, value] : values) {
        if (auto ok = run(state_->db, k_save_setting, Text{name}, value); !ok) return ok;
    }
    return work->commit();
}

Result<std::optional<std::string>> DeviceStore::setting(std::string_view name) {
    std::optional<std::string> value;
    const auto ok = each_row(
        state_->db, "SELECT value FROM setting WHERE name = ?1",
        [&](sqlcipher::Statement& row) -> Result<void> {
            value = std::string(row.column_blob(0));
            return {};
        },
        Text{name});
    if (!ok) return passed(ok.error());
    return value;
}

Result<void> DeviceStore::check() {
    if (auto ok = state_->db.check(); !ok) return ok;
    return state_->check_own_streams();
}

Result<void> DeviceStore::checkpoint() {
    return state_->db.checkpoint();
}

}  // namespace kari::store
