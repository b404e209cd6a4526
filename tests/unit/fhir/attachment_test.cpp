// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "kari/v1/resources.pb.h"
#include "sdk/fhir/base64.hpp"
#include "sdk/fhir/json.hpp"
#include "sdk/fhir/resource.hpp"

using namespace kari;
using namespace kari::fhir;

namespace {

v1::DocumentReference photo_document() {
    v1::DocumentReference out;
    out.mutable_document()->set_status(v1::DOCUMENT_STATUS_CURRENT);
    auto& attachment = *out.mutable_document()->add_attachment();
    attachment.set_title("Left heel");
    attachment.set_creation("2026-03-01T08:05:00+01:00");
    auto& content = *attachment.mutable_content();
    content.set_id(std::string(32, '\xab'));
    content.set_size(20'000'000);
    content.set_key("a key that nobody is told........");
    content.set_content_type("image/jpeg");
    content.set_sha1(std::string(20, '\x01'));
    return out;
}

}  // namespace

TEST_CASE("a document tells FHIR what its attachments are, and neither their key nor their bytes") {
    auto document = photo_document();
    auto json = write_resource(document, "doc-1");
    REQUIRE(json.find("content") != nullptr);
    REQUIRE(json.find("content")->all_items().size() == 1);
    const Json& photo = *json.find("content")->all_items()[0].find("attachment");
    CHECK(photo.text("contentType") == "image/jpeg");
    CHECK(photo.text("title") == "Left heel");
    CHECK(photo.text("creation") == "2026-03-01T08:05:00+01:00");
    std::string named = "kari-attachment:";
    for (int i = 0; i < 32; ++i)
        named += "ab";
    CHECK(photo.text("url") == named);
    CHECK(photo.text("hash") == to_base64(std::string(20, '\x01')));
    REQUIRE(photo.find("size") != nullptr);
    CHECK(photo.find("size")->number_text()->text == "20000000");
    CHECK(photo.find("data") == nullptr);
    CHECK(to_text(json).find("a key that nobody") == std::string::npos);

    // A text stands first, as it stands alone without one.
    document.mutable_document()->set_text("Wound, day 3");
    json = write_resource(document, "doc-1");
    REQUIRE(json.find("content")->all_items().size() == 2);
    const Json& text = *json.find("content")->all_items()[0].find("attachment");
    CHECK(from_base64(text.text("data")) == "Wound, day 3");
}

TEST_CASE("content that came in with an import is given back as it came") {
    const auto resource =
        parse_json(R"({"resourceType":"DocumentReference","id":"d","status":)"
                   R"("current","content":[{"attachment":{"contentType":)"
                   R"("image/png","url":"Binary/7","size":12,"hash":"AAAA"}},)"
                   R"({"attachment":{"contentType":"text/plain","data":"eA=="}}]})");
    REQUIRE(resource);
    v1::ImportSource source;
    source.set_system("urn:kari:test");
    source.set_type("DocumentReference");
    source.set_logical_id("d");
    Reading reading;
    reading.zone = "Europe/Oslo";
    const auto mapped = map_resource(*resource, source, ResourceId{}, {}, reading);
    REQUIRE(mapped);
    CHECK(write_resource(*mapped->message, {}) == *resource);
}
