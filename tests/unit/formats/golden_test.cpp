// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include "kari/v1/change.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/crypto/merkle.hpp"
#include "sdk/crypto/secret.hpp"
#include "sdk/crypto/signature.hpp"
#include "sdk/merge/change.hpp"
#include "sdk/sync/chain.hpp"
#include "tests/unit/formats/golden_journal.hpp"

namespace json = boost::json;
using namespace kari;
using kari::base::from_hex;
using kari::base::to_hex;

namespace {

const std::string k_path = std::string(KARI_SOURCE_DIR) + "/tests/compat/golden/journal.json";

std::string bytes_of(const json::value& hex) {
    return from_hex(hex.as_string()).value();
}

json::value golden() {
    std::ifstream file(k_path);
    REQUIRE(file.good());
    return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

// One value a line, so that a difference can be read.
void write(std::ostream& out, const json::value& value, const std::string& indent) {
    const std::string inner = indent + "  ";
    const char* separator = "";
    if (value.is_object()) {
        out << "{";
        for (const auto& [key, element] : value.get_object()) {
            out << separator << "\n" << inner << json::serialize(key) << ": ";
            write(out, element, inner);
            separator = ",";
        }
        out << "\n" << indent << "}";
    } else if (value.is_array() && !value.get_array().empty()) {
        out << "[";
        for (const auto& element : value.get_array()) {
            out << separator << "\n" << inner;
            write(out, element, inner);
            separator = ",";
        }
        out << "\n" << indent << "]";
    } else {
        out << json::serialize(value);
    }
}

json::array changes_of(const json::value& journal) {
    json::array all = journal.at("log").as_array();
    for (const auto& change : journal.at("elsewhere").as_array())
        all.push_back(change);
    return all;
}

}  // namespace

TEST_CASE("the current code writes the bytes that were written when the formats were fixed") {
    const json::value made = golden_journal();
    if (const char* asked = std::getenv("KARI_WRITE_GOLDEN"); asked != nullptr) {
        std::ofstream file(k_path);
        write(file, made, "");
        file << "\n";
    }
    const json::value kept = golden();
    // One by one first: the parts say more than the whole.
    for (const char* part : {"log", "elsewhere", "chain", "access", "seals", "receipts",
                             "sealed_to", "derived_ids", "device"}) {
        INFO(part);
        CHECK(json::serialize(made.at(part)) == json::serialize(kept.at(part)));
    }
    CHECK(json::serialize(made) == json::serialize(kept));
}

TEST_CASE("changes of the golden journal are decoded and have their ids") {
    for (const auto& kept : changes_of(golden())) {
        const std::string header = bytes_of(kept.at("header"));
        std::optional<std::string> body;
        if (!kept.at("body").is_null()) body = bytes_of(kept.at("body"));
        const auto change = merge::decode_change(header, body);
        REQUIRE(change.has_value());
        CHECK(change->id.text() == kept.at("id").as_string());
        CHECK(change->record.text() == kept.at("record").as_string());
        CHECK(change->header.seq() == kept.at("seq").to_number<std::uint64_t>());
        CHECK(to_hex(change->header.prev()) == kept.at("prev").as_string());
        const auto split = merge::split_header(header).value();
        CHECK(merge::join_header(split.core, split.prev) == header);
    }
}

TEST_CASE("a golden change with one altered byte in its body is refused") {
    const json::value journal = golden();
    const json::value& kept = journal.at("log").at(0);
    std::string body = bytes_of(kept.at("body"));
    body.back() = static_cast<char>(body.back() ^ 1);
    CHECK_FALSE(merge::decode_change(bytes_of(kept.at("header")), body).has_value());
}

TEST_CASE("the golden seals verify, and with an altered leaf they do not") {
    const json::value journal = golden();
    const std::string point = bytes_of(journal.at("device").at("public_point"));
    int verified = 0;
    for (const auto& record_seals : journal.at("seals").as_array()) {
        for (const auto& kept : record_seals.as_array()) {
            v1::RecordSeal seal;
            REQUIRE(seal.ParseFromString(bytes_of(kept)));
            v1::SealStatement statement;
            REQUIRE(statement.ParseFromString(seal.statement()));
            const Digest digest = base::sha256(seal.statement());
            CHECK(crypto::verify(point, digest, seal.signature()).has_value());
            std::vector<Digest> path;
            for (const auto& sibling : seal.path()) {
                path.push_back(base::from_bytes<Digest>(sibling).value());
            }
            const Digest root = base::from_bytes<Digest>(statement.root()).value();
            CHECK(crypto::merkle_verify(seal.leaf(), seal.index(), statement.leaves(), path, root));
            CHECK_FALSE(crypto::merkle_verify(seal.leaf() + "x", seal.index(), statement.leaves(),
                                              path, root));
            ++verified;
        }
    }
    CHECK(verified == 4);
}

TEST_CASE("what was once sealed to a key still opens with it") {
    const json::value journal = golden();
    const json::value& kept = journal.at("sealed_to");
    const auto plain =
        crypto::open_with(bytes_of(kept.at("private_der")), bytes_of(kept.at("sealed")));
    REQUIRE(plain.has_value());
    CHECK(to_hex(plain->view()) == kept.at("plain").as_string());
}
