// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sync-server/config/config.hpp"

using namespace kari;
using namespace kari::server;

TEST_CASE("The file that init writes says what init began with") {
    config::Config config = config::first_config();
    config.port = 4711;
    config.stored_is_secured = true;
    config.connections_per_address = 3;
    config.handshake_seconds = 4;
    config.idle_seconds = 5;
    config.read_seconds = 6;
    config.write_seconds = 7;
    config.drain_seconds = 8;
    config.disk_reserve_mib = 9;
    config.metrics_port = 10;
    const auto read = config::parse(config::text_of(config));
    REQUIRE(read);
    CHECK(read->port == 4711);
    CHECK(read->stored_is_secured);
    CHECK(read->zone == config.zone);
    CHECK(read->connections_per_address == 3);
    CHECK(read->handshake_seconds == 4);
    CHECK(read->idle_seconds == 5);
    CHECK(read->read_seconds == 6);
    CHECK(read->write_seconds == 7);
    CHECK(read->drain_seconds == 8);
    CHECK(read->disk_reserve_mib == 9);
    CHECK(read->metrics_port == 10);
    REQUIRE(read->accept.size() == config.accept.size());
    for (std::size_t i = 0; i < config.accept.size(); ++i) {
        CHECK(read->accept[i].roles == config.accept[i].roles);
        CHECK(read->accept[i].kind == config.accept[i].kind);
        CHECK(read->accept[i].atoms == config.accept[i].atoms);
        CHECK(read->accept[i].only_tablet_made == config.accept[i].only_tablet_made);
    }
}

TEST_CASE("A setting that nobody knows is refused, with its line") {
    const auto read = config::parse("[server]\nport = 1\nprot = 2\n");
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::malformed);
    CHECK(read.error().what.find("line 3") != std::string::npos);
    CHECK_FALSE(config::parse("[sever]\n"));
    CHECK_FALSE(config::parse("[[accept]]\nkind = \"Patient\"\n"));
    CHECK_FALSE(config::parse("[server\n"));
}

TEST_CASE("A number out of its range is refused") {
    CHECK(config::parse("[server]\nport = 65535\n"));
    for (const char* text :
         {"[server]\nport = 65536\n", "[server]\nport = -1\n", "[server]\nport = \"x\"\n",
          "[server]\nworkers = 0\n", "[server]\ndisk_reserve_mib = 1048577\n",
          "[server]\nmetrics_port = 65536\n"}) {
        const auto read = config::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::value_out_of_range);
    }
}

TEST_CASE("A value of another kind than is meant is refused and not passed over") {
    for (const std::string text :
         {"[server]\naddress = 5\n", "[server]\nzone = true\n", "[server]\nstored_is_secured = 1\n",
          "[server]\nstored_is_secured = 'yes'\n", "server = 5\n", "accept = 5\n", "accept = [5]\n",
          "[accept]\nkind = 'Patient'\n", "[[accept]]\nroles = ['SP']\nkind = 5\natoms = ['*']\n",
          "[[accept]]\nroles = ['SP']\nkind = 'Patient'\natoms = ['*']\nonly_tablet_made = 0\n"}) {
        INFO(text);
        const auto read = config::parse(text);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == ErrorCode::malformed);
    }
    CHECK(config::parse("[server]\nport = 1\naddress = 5\n").error().what ==
          "line 3: address must be a text in quotes");
}

TEST_CASE("A name that is a sentence, or holds what a quote would end, is refused") {
    const auto rule = [](const std::string& role, const std::string& kind) {
        return config::parse("[[accept]]\nroles = ['" + role + "']\nkind = '" + kind +
                             "'\natoms = ['*']\n");
    };
    CHECK(rule("FA1", "MedicationRequest"));
    for (const char* word : {"", "FA\\2", "LE, SP", "a\"b", "a\tb"}) {
        CHECK(rule(word, "Patient").error().code == ErrorCode::malformed);
        CHECK(rule("LE", word).error().code == ErrorCode::malformed);
    }
    CHECK_FALSE(rule(std::string(65, 'a'), "Patient"));
    CHECK_FALSE(config::parse("[server]\nzone = 'Europe\\Oslo'\n"));
    CHECK_FALSE(config::parse("[server]\naddress = 'here and there'\n"));
    CHECK(config::parse("[server]\naddress = '::1'\nzone = 'Etc/GMT+1'\n"));
}

namespace {

std::string with_pack(const std::string& file, const std::string& trusted) {
    return "[pack]\nfile = '" + file + "'\ntrusted = " + trusted + "\n";
}

const std::string k_point = "04" + std::string(128, 'a');

}  // namespace

TEST_CASE("A pack is named with whose packs are trusted, and written as it was read") {
    const auto read = config::parse(with_pack("packs/of may.pack", "['" + k_point + "']"));
    REQUIRE(read);
    CHECK(read->pack_file == "packs/of may.pack");
    CHECK(read->pack_keys == std::vector<std::string>{k_point});
    const auto again = config::parse(config::text_of(*read));
    REQUIRE(again);
    CHECK(again->pack_file == read->pack_file);
    CHECK(again->pack_keys == read->pack_keys);
    CHECK(config::parse(config::text_of(config::first_config()))->pack_file.empty());
}

TEST_CASE("A pack without a key that is one is refused") {
    const std::string one = "'" + k_point + "'";
    CHECK(config::parse(with_pack("a", "[" + one + "]")));
    for (const std::string& trusted :
         {std::string("[]"), std::string("['04']"), "['05" + k_point.substr(2) + "']",
          "['" + k_point + "0']", "['" + k_point.substr(1) + "A']", std::string("[7]"),
          std::string("'" + k_point + "'")}) {
        INFO(trusted);
        CHECK(config::parse(with_pack("a", trusted)).error().code == ErrorCode::malformed);
    }
    CHECK(config::parse("pack = 'a'\n").error().code == ErrorCode::malformed);
    CHECK(config::parse("[[pack]]\nfile = 'a'\n").error().code == ErrorCode::malformed);
    CHECK(config::parse("[pack]\nfile = 'a'\n").error().code == ErrorCode::malformed);
    CHECK(config::parse(with_pack("", "[" + one + "]")).error().code == ErrorCode::malformed);
    CHECK(config::parse(with_pack("a\"b", "[" + one + "]")).error().code == ErrorCode::malformed);
    CHECK(config::parse(with_pack("a\\b", "[" + one + "]")).error().code == ErrorCode::malformed);
    CHECK(config::parse(with_pack("a", "[" + one + "]") + "more = 1\n").error().code ==
          ErrorCode::malformed);
}
