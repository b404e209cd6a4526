// SPDX-License-Identifier: Apache-2.0
#include "tests/support/full_disk.hpp"
#include "tests/unit/server_exchange/ward_fixture.hpp"

using namespace kari;
using namespace kari::test;

namespace {

// The server says something in the record, in a transaction of its own.
Result<void> state(Ward& ward, std::uint32_t resource) {
    auto record = ward.storage->begin_or_create(ward.record, false);
    if (!record) return tl::unexpected(record.error());
    const auto value = pulse("70");
    server::exchange::ServerStatement statement;
    statement.resource = id_of<ResourceId>(resource);
    statement.kind = v1::KIND_OBSERVATION;
    statement.message = &value;
    const auto written = ward.parts->stream.write(**record, statement);
    if (!written) return tl::unexpected(written.error());
    return ward.parts->stream.commit(**record);
}

}  // namespace

TEST_CASE("A server that lost a flush goes on under a new name: its seals begin anew") {
    Ward ward;
    REQUIRE(state(ward, 1));
    const auto before = ward.parts->stream.incarnation();
    {
        const auto batch = ward.storage->gather();
        REQUIRE(state(ward, 2));
        const FullDisk full(std::filesystem::file_size(ward.file("kari.db-wal")));
        REQUIRE_FALSE(batch->settle());
    }
    CHECK(ward.log(ward.record).size() == 1);
    const auto after = ward.parts->stream.incarnation();
    CHECK(after != before);
    CHECK_FALSE(ward.storage->signing_certificate(after).value());
    REQUIRE(state(ward, 3));
    CHECK(ward.storage->signing_certificate(after).value());
    const auto seals = ward.storage->all_seals(ward.record);
    REQUIRE(seals);
    REQUIRE(seals->size() == 2);
    for (const auto& seal : *seals) {
        CHECK(seal.number == 1);
        CHECK((seal.incarnation == before || seal.incarnation == after));
    }
}

TEST_CASE("What a review stated in a flush that was lost is stated again") {
    Ward ward;
    Writer one = Writer::tablet(1);
    Writer two = Writer::tablet(2);
    const auto resource = id_of<ResourceId>(7);
    const auto push = [&](Writer& writer, std::uint32_t device, const char* value) {
        auto request = request_of(writer);
        push_of(request, ward.record,
                {writer.write({.record = ward.record, .resource = resource}, pulse(value))});
        return ward.exchange(ward.device(writer, device), request);
    };
    const auto first = push(one, 1, "70");
    REQUIRE(first);
    REQUIRE(ward.storage->grant(ward.unit, ward.record));
    const auto length = ward.log(ward.record).size();
    auto request = request_of(two);
    push_of(request, ward.record,
            {two.write({.record = ward.record, .resource = resource}, pulse("90"))});
    {
        const auto batch = ward.storage->gather();
        REQUIRE(ward.exchange(ward.device(two, 2), request));
        CHECK(ward.log(ward.record).size() > length + 1);  // contested, and stated so
        const FullDisk full(std::filesystem::file_size(ward.file("kari.db-wal")));
        REQUIRE_FALSE(batch->settle());
    }
    CHECK(ward.log(ward.record).size() == length);
    REQUIRE(ward.exchange(ward.device(two, 2), request));
    const auto again = ward.log(ward.record);
    CHECK(std::count_if(again.begin(), again.end(), [](const auto& change) {
              return change.kind == v1::KIND_DETECTED_ISSUE;
          }) == 1);
}
