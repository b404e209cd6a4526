// SPDX-License-Identifier: Apache-2.0
//
// What `verify` finds in a real database that somebody with its key has altered.
#include "sync-server/admin/verify.hpp"

#include <catch2/generators/catch_generators.hpp>

#include "sdk/store/sqlcipher/database.hpp"
#include "sync-server/access/entry.hpp"
#include "tests/unit/server_exchange/sealing_tablet.hpp"

using namespace kari;
using namespace kari::test;
namespace admin = kari::server::admin;
namespace entries = kari::server::access;
using store::sqlcipher::Database;

namespace {

// Two tablets and the server itself have written, looked and sealed in one record.
struct Written : Ward {
    SealingTablet tablet{*this, 1};
    SealingTablet other{*this, 2};

    Written() {
        const auto change = [&](std::uint32_t resource) {
            return tablet.writer.write({.record = record, .resource = id_of<ResourceId>(resource)},
                                       pulse("70"));
        };
        std::vector<ChangePtr> first{change(1), change(2), change(3), change(4)};
        const std::vector<std::string> looks{tablet.look(record), tablet.look(record),
                                             tablet.look(record)};
        tablet.push(*this, record, first, looks, tablet.seal(record, first.back()));
        const auto last = change(5);
        const std::string one_more = tablet.look(record);
        tablet.push(*this, record, {last}, {one_more}, tablet.seal(record, last));
        look("import");
        look("accept");
    }
    void look(const std::string& command) {
        auto open = storage->begin(record);
        REQUIRE(open);
        REQUIRE(entries::add_entry(
            **open, parts->stream.incarnation(),
            entries::look_of_operator("somebody", command, v1::PURPOSE_ADMINISTRATION,
                                      parts->stream.now())));
        REQUIRE(parts->stream.commit(**open));
    }
    // As somebody would who has the file and its key.
    Database database() {
        store::sqlcipher::Options options;
        options.exclusive = false;
        options.busy_timeout_ms = 5'000;
        auto opened = Database::open(file("kari.db"), secrets.database_key.view(), options);
        REQUIRE(opened);
        return std::move(*opened);
    }
    void alter(const std::string& sql) {
        auto db = database();
        const auto done = db.execute(sql);
        INFO(sql);
        if (!done) FAIL(done.error().what);
    }
    admin::Verified check() {
        auto verified = admin::verify(*storage, secrets.ca_certificate);
        REQUIRE(verified);
        return *verified;
    }
    // Chains what is left anew, as somebody would who covers their traces.
    void renumber() {
        auto db = database();
        std::vector<ChangeId> ids;
        {
            auto row = db.prepare("SELECT id FROM change WHERE record = ?1 ORDER BY position");
            REQUIRE(row);
            row->bind(1, record);
            while (*row->step())
                ids.push_back(row->column_id<ChangeId>(0));
        }
        std::uint64_t position = 0;
        Digest chain;
        for (const ChangeId& id : ids) {
            ++position;
            chain = base::sha256(base::to_bytes(chain) + base::to_bytes(id));
            auto put = db.prepare(
                "UPDATE change SET position = ?3, chain = ?4 WHERE record = ?1 AND id = ?2");
            REQUIRE(put);
            put->bind(1, record).bind(2, id).bind(3, position).bind(4, chain);
            REQUIRE(put->run());
        }
        auto put = db.prepare("UPDATE record SET head = ?2, head_chain = ?3 WHERE id = ?1");
        REQUIRE(put);
        put->bind(1, record).bind(2, position).bind(3, chain);
        REQUIRE(put->run());
    }
};

bool named(const std::vector<admin::Fault>& faults, const std::string& rule,
           const std::string& where) {
    for (const auto& fault : faults) {
        if (fault.rule == rule && fault.where.find(where) != std::string::npos) return true;
    }
    return false;
}

std::string all(const admin::Verified& verified) {
    std::string text;
    for (const auto& fault : verified.broken)
        text += "broken " + fault.text() + "\n";
    for (const auto& fault : verified.gaps)
        text += "gap " + fault.text() + "\n";
    return text;
}

}  // namespace

TEST_CASE("what nobody altered holds, and all of it is sealed, the server's own entries too") {
    Written ward;
    const auto verified = ward.check();
    INFO(all(verified));
    CHECK(verified.broken.empty());
    CHECK(verified.gaps.empty());
    CHECK(verified.changes >= 5);
    CHECK(verified.access_entries == 6);
    CHECK(verified.seals >= 6);
    CHECK(verified.unsealed == 0);
    CHECK(verified.unsealed_access == 0);
}

TEST_CASE("verify names each thing that was altered, and where") {
    struct Case {
        const char* what;
        std::string sql;
        const char* rule;
        const char* where;
        bool broken = true;
    };
    const std::string tablet = base::to_hex(base::to_bytes(Writer::tablet(1).incarnation));
    const auto one = GENERATE_COPY(values<Case>({
        {"a byte of a body",
         "UPDATE change SET body = CAST(substr(body, 1, length(body) - 1) || x'00' AS BLOB) WHERE "
         "position = 2",
         "change_bytes", "change at 2"},
        {"the end of a header, where prev stands",
         "UPDATE change SET header = CAST(substr(header, 1, length(header) - 1) || x'00' AS BLOB) "
         "WHERE position = 3",
         "change_id", "change at 3"},
        {"the same, seen as a link",
         "UPDATE change SET header = CAST(substr(header, 1, length(header) - 1) || x'00' AS BLOB) "
         "WHERE position = 3",
         "link_contradicts", "change 3 of"},
        {"a change in the middle", "DELETE FROM change WHERE position = 2", "log_position",
         "change 2"},
        {"the last change", "DELETE FROM change WHERE seq = 5", "log_end", "the log ends at"},
        {"the last change, by its seal", "DELETE FROM change WHERE seq = 5", "seal_head",
         "change 5"},
        {"the order of two",
         "UPDATE change SET position = 103 - position WHERE position IN (2, 3); "
         "UPDATE change SET position = position - 98 WHERE position > 90",
         "log_digest", "change 2"},
        {"the stream of a row", "UPDATE change SET seq = 9 WHERE position = 4", "change_row",
         "change at 4"},
        {"an access entry",
         "UPDATE access SET entry = CAST(entry || x'6a0161' AS BLOB) WHERE position = 2",
         "access_bytes", "access entry 2"},
        {"an access entry in the middle", "DELETE FROM access WHERE position = 2",
         "access_position", "access entry 2"},
        {"the last access entry", "DELETE FROM access WHERE position = 6", "access_end",
         "the access log ends at 5"},
        {"a certificate for another one",
         "UPDATE certificate SET der = (SELECT der FROM server_certificate)", "certificate_invalid",
         "another incarnation"},
        {"a certificate", "DELETE FROM certificate", "certificate_missing", "no certificate"},
        {"the server's certificate", "DELETE FROM server_certificate", "certificate_missing",
         "no certificate"},
        {"the number of a seal",
         "UPDATE seal SET number = 7 WHERE number = 2 AND access = 0 AND hex(incarnation) = "
         "upper('" +
             tablet + "')",
         "seal_row", "seal 7"},
        {"a whole seal",
         "DELETE FROM seal WHERE number = 1 AND hex(incarnation) = upper('" + tablet + "')",
         "seal_missing", "seal 1 of", false},
        {"one leaf of a seal",
         "DELETE FROM seal WHERE number = 1 AND access = 1 AND hex(incarnation) = upper('" +
             tablet + "')",
         "seal_missing", "1 of its 2 leaves", false},
    }));
    Written ward;
    ward.alter(one.sql);
    const auto verified = ward.check();
    INFO(one.what << "\n" << all(verified));
    CHECK(named(one.broken ? verified.broken : verified.gaps, one.rule, one.where));
    if (one.broken) CHECK_FALSE(verified.broken.empty());
}

TEST_CASE(
    "a change taken out with its traces covered is missed by its successor and by the seals") {
    Written ward;
    ward.alter("DELETE FROM change WHERE position = 2");
    ward.renumber();
    const auto verified = ward.check();
    INFO(all(verified));
    CHECK(verified.broken.empty());
    CHECK(named(verified.gaps, "change_missing", "change 2 of"));
}

TEST_CASE("a predecessor that is another breaks the stream, one that is not here is a gap") {
    Written ward;
    Writer stray = Writer::tablet(7);
    const auto write = [&](std::uint32_t resource) {
        return stray.write({.record = ward.record, .resource = id_of<ResourceId>(resource)},
                           pulse("80"));
    };
    const auto first = write(21);
    const auto second = write(22);
    const auto split = merge::split_header(second->header_bytes);
    REQUIRE(split);
    auto forged = merge::decode_change(
        merge::join_header(std::string(split->core), base::to_bytes(base::sha256("another"))),
        second->body_bytes);
    REQUIRE(forged);
    const bool with_first = GENERATE(true, false);
    {
        auto open = ward.storage->begin(ward.record);
        REQUIRE(open);
        if (with_first) REQUIRE((*open)->append(*first));
        REQUIRE((*open)->append(*forged));
        REQUIRE((*open)->commit());
    }
    const auto verified = ward.check();
    INFO(all(verified));
    CHECK(named(verified.broken, "link_contradicts", "change 2 of") == with_first);
    CHECK(named(verified.gaps, "change_missing", "change 1 of") == !with_first);
}

TEST_CASE("an access entry that follows another than the one here breaks the log") {
    Written ward;
    v1::AccessEntry entry;
    entry.ParseFromString(ward.other.look(ward.record));
    ward.other.access[ward.record].second = base::sha256("another");
    const std::string first = entry.SerializeAsString();
    const std::string second = ward.other.look(ward.record);
    for (const std::string& bytes : {first, second}) {
        v1::AccessEntry read;
        REQUIRE(read.ParseFromString(bytes));
        server::storage::StoredAccess row;
        row.id = base::sha256(bytes);
        row.incarnation = ward.other.writer.incarnation;
        row.seq = read.seq();
        row.prev = base::from_bytes<Digest>(read.prev()).value_or(Digest{});
        row.bytes = bytes;
        auto open = ward.storage->begin(ward.record);
        REQUIRE(open);
        REQUIRE((*open)->append_access(row));
        REQUIRE((*open)->commit());
    }
    const auto verified = ward.check();
    INFO(all(verified));
    CHECK(named(verified.broken, "access_link_contradicts", "access entry 2 of"));
    CHECK(verified.unsealed_access == 2);
}

TEST_CASE(
    "a seal with another's signature, another path or another authority's certificate breaks") {
    Written ward;
    auto seals = ward.storage->all_seals(ward.record).value();
    const auto replace = [&](const server::storage::StoredSeal& row, const v1::RecordSeal& seal) {
        auto db = ward.database();
        auto put = db.prepare(
            "UPDATE seal SET seal = ?4 WHERE incarnation = ?1 AND number = ?2 AND "
            "access = ?3");
        REQUIRE(put);
        put->bind(1, row.incarnation).bind(2, row.number).bind(3, row.access);
        put->bind_blob(4, seal.SerializeAsString());
        REQUIRE(put->run());
    };
    std::vector<server::storage::StoredSeal> mine;
    for (const auto& row : seals) {
        if (row.incarnation == ward.tablet.writer.incarnation && !row.access) mine.push_back(row);
    }
    REQUIRE(mine.size() == 2);
    v1::RecordSeal one;
    v1::RecordSeal two;
    REQUIRE(one.ParseFromString(mine[0].bytes));
    REQUIRE(two.ParseFromString(mine[1].bytes));
    SECTION("the signature") {
        one.set_signature(two.signature());
        replace(mine[0], one);
        CHECK(named(ward.check().broken, "seal_signature", "seal 1 of"));
    }
    SECTION("the path") {
        one.set_path(0, std::string(32, 'x'));
        replace(mine[0], one);
        CHECK(named(ward.check().broken, "seal_path", "seal 1 of"));
    }
    SECTION("the certificate, of an authority that somebody made") {
        const auto fake = server::identity::make_key().value();
        const auto ca = server::identity::make_ca(fake.private_pem, ward.clock.now, 10).value();
        const auto issued = server::identity::certify_server_seals(
            fake.private_pem, ca.pem, ward.tablet.key.private_pem, ward.tablet.writer.incarnation,
            ward.clock.now, 10);
        REQUIRE(issued);
        auto db = ward.database();
        auto put = db.prepare("UPDATE certificate SET der = ?2 WHERE incarnation = ?1");
        REQUIRE(put);
        put->bind(1, ward.tablet.writer.incarnation).bind_blob(2, issued->der);
        REQUIRE(put->run());
        CHECK(named(ward.check().broken, "certificate_invalid", "not of this authority"));
    }
    SECTION("but the seal before it, of which another statement is here, is only missing") {
        v1::SealStatement statement;
        REQUIRE(statement.ParseFromString(one.statement()));
        statement.mutable_made()->set_wall_ms(1);
        one.set_statement(statement.SerializeAsString());
        one.set_signature(
            server::identity::sign(ward.tablet.key.private_pem, base::sha256(one.statement()))
                .value());
        ward.alter("DELETE FROM seal WHERE number = 1 AND access = 1 AND covers = 3");
        auto db = ward.database();
        auto put = db.prepare(
            "UPDATE seal SET seal = ?3, statement = ?4 WHERE incarnation = ?1 AND "
            "number = ?2 AND access = 0");
        REQUIRE(put);
        put->bind(1, mine[0].incarnation).bind(2, mine[0].number);
        put->bind_blob(3, one.SerializeAsString()).bind(4, base::sha256(one.statement()));
        REQUIRE(put->run());
        CHECK(named(ward.check().gaps, "seal_missing", "which seal 2 follows"));
    }
}
