// SPDX-License-Identifier: Apache-2.0
//
// A server that is restored, and restored again before the tablets have given all back.
#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "examples/demo/process.hpp"
#include "tests/integration/ward/ward.hpp"

using namespace kari;
using namespace kari::test;
using demo::text_at;

namespace {

void put_back(Ward& ward, const std::string& backup) {
    ward.server().stop();
    ward.server().command({"restore", backup});
    ward.server().start();
    ward.relay().set_server(ward.server().port());
}

// Its seals are checked by certificate, signature and path, and none is left unproven.
void check_sound(demo::Tablet& tablet) {
    const auto verified = tablet.must({{"do", "verify"}});
    INFO(boost::json::serialize(verified));
    CHECK(verified.at("sound").as_bool());
    CHECK(verified.at("seals").to_number<int>() >= 2);
    CHECK(verified.at("unproven_seals").to_number<int>() == 0);
}

bool all_there(const demo::Tablet& tablet, const std::set<std::string>& ids) {
    const auto witness = tablet.witness();
    return std::all_of(witness.begin(), witness.end(),
                       [&](const auto& id) { return ids.contains(id); });
}

}  // namespace

TEST_CASE(
    "two restores with a return between them lose nothing, and every seal still proves itself") {
    Ward ward(one_citizen("m"));
    demo::Tablet& a = ward.enrol("a");
    demo::Tablet& b = ward.enrol("b");
    const std::string record = ward.record();
    const auto write = [&](demo::Tablet& tablet, int value) {
        tablet.must({{"do", "chart"}, {"record", record}});
        tablet.must(pulse(record, value));
    };
    ward.settle(a);
    write(a, 60);
    ward.settle(a);
    const std::string early = (ward.folder() / "early").string();
    ward.server().command({"backup", early});
    write(a, 61);
    ward.settle(a);
    ward.settle(b);
    const std::string late = (ward.folder() / "late").string();
    ward.server().command({"backup", late});
    write(a, 62);
    write(b, 63);
    ward.settle(a);
    ward.settle(b);
    check_sound(b);

    put_back(ward, late);
    // One request of one tablet only: the other still owes its return.
    write(b, 64);
    (void)b.ask({{"do", "sync"}});
    put_back(ward, early);
    ward.settle(b);
    ward.settle(a);
    ward.settle(b);
    const auto server = ids_of(ward.server().dump().at(record));
    CHECK(all_there(a, server));
    CHECK(all_there(b, server));
    CHECK(server == ids_of(a.log(record)));
    CHECK(server == ids_of(b.log(record)));
    check_sound(a);
    check_sound(b);
}
