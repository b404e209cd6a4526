// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch_test_macros.hpp>

#include "sdk/sync/limits.hpp"
#include "sync-server/admin/arguments.hpp"

using namespace kari;
using namespace kari::server::admin;

namespace {

// Refused as a wrong argument, with the option's name in what is said.
bool refuses(const Result<void>& checked) {
    return !checked && checked.error().code == ErrorCode::invalid_argument &&
           checked.error().what.starts_with("--it ");
}

}  // namespace

TEST_CASE("A name is text that a person can read, neither empty nor too long") {
    const std::size_t most = server::storage::k_name_bytes_max;
    CHECK(check_name("Åse Ødegård", "--it"));
    CHECK(check_name(std::string(most, 'n'), "--it"));
    for (const std::string& name :
         {std::string(), std::string("  "), std::string(most + 1, 'n'), std::string("a\tb"),
          std::string("a\0b", 3), std::string("\xc3"), std::string("\xff\xfe")}) {
        CHECK(refuses(check_name(name, "--it")));
    }
    CHECK(check_text("", "--it"));
    CHECK(check_text(std::string(sync::k_text_bytes, 't'), "--it"));
    CHECK(refuses(check_text(std::string(sync::k_text_bytes + 1, 't'), "--it")));
}

TEST_CASE("A zone is one of the machine's, and no path") {
    CHECK(check_zone("Europe/Oslo", "--it"));
    CHECK(check_zone("UTC", "--it"));
    for (const char* zone : {"", "Mars/Foo", "Europe", "../../etc/passwd", "europe/oslo "}) {
        CHECK(refuses(check_zone(zone, "--it")));
    }
}

TEST_CASE("A role is a code of Volven 9060, in capitals") {
    for (const char* role : {"SP", "LE", "FA1", "HF", "VP"})
        CHECK(check_role(role, "--it"));
    for (const char* role : {"", "sp", "SP ", "nurse", "FA"})
        CHECK(refuses(check_role(role, "--it")));
}

TEST_CASE("A system is an absolute URI") {
    for (const char* uri : {"urn:one", "https://host/fhir", "urn:oid:2.16.578", "a+b-c.d:e"})
        CHECK(check_uri(uri, "--it"));
    for (const char* uri : {"", "one", ":one", "urn:", "1a:b", "urn:a b", "urn:a\nb", "u rn:a"})
        CHECK(refuses(check_uri(uri, "--it")));
}

TEST_CASE("An address is one of IP, a host may also be a name") {
    for (const char* address : {"127.0.0.1", "0.0.0.0", "::1", "fe80::1"}) {
        CHECK(check_address(address, "--it"));
        CHECK(check_host(address, "--it"));
    }
    for (const char* address : {"", "localhost", "1.2.3", "256.0.0.1", "127.0.0.1 "}) {
        CHECK(refuses(check_address(address, "--it")));
    }
    CHECK(check_host("kari.example.no", "--it"));
    for (const char* host : {"", "a b", "a/b", "ø.no"})
        CHECK(refuses(check_host(host, "--it")));
}
