// SPDX-License-Identifier: Apache-2.0
//
// A package that was scanned, beside the order that it is given from.
#include "sdk/clinical/scan.hpp"

#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

constexpr LocalDate k_day{2026, 3, 31};

v1::Prescription ordered(const char* atc, const char* strength = "") {
    v1::Prescription out;
    if (*atc != '\0') {
        auto* coding = out.mutable_medication()->add_coding();
        coding->set_system(std::string(k_atc));
        coding->set_code(atc);
    }
    if (*strength != '\0') {
        out.mutable_strength()->mutable_numerator()->set_value(strength);
        out.mutable_strength()->mutable_numerator()->set_code("mg");
        out.mutable_strength()->mutable_denominator()->set_value("1");
        out.mutable_strength()->mutable_denominator()->set_code("{tablet}");
    } else {
        auto& dose = *out.add_dosage()->add_dose_and_rate()->mutable_dose_quantity();
        dose.set_value("500");
        dose.set_code("mg");
    }
    return out;
}

std::vector<ScanDoubt> doubts(const std::string& label, const v1::Prescription& order) {
    return scan_doubts(read_label(label).value(), order, k_day, demo_pack());
}
using Doubts = std::vector<ScanDoubt>;

TEST_CASE("a package of what is ordered asks nothing, another drug or strength does") {
    const std::string paracetamol = "0107038381000015";
    CHECK(doubts(paracetamol, ordered("N02BE01")).empty());
    CHECK(doubts(paracetamol, ordered("N02BE01", "500")).empty());
    CHECK(doubts("7038381000015", ordered("N02BE")).empty());
    CHECK(doubts("000017", ordered("N02BE01", "1000")).empty());
    CHECK(doubts("000017", ordered("N02BE01", "500")) == Doubts{ScanDoubt::other_strength});
    CHECK(doubts(paracetamol, ordered("M01AE01", "500")) == Doubts{ScanDoubt::other_drug});
    CHECK(doubts("000017", ordered("N02BE51")) == Doubts{ScanDoubt::other_drug});
}

TEST_CASE("what cannot be compared is said, and is never taken for what is ordered") {
    CHECK(doubts("0107038381000015", ordered("")) == Doubts{ScanDoubt::order_unclear});
    CHECK(doubts("099999", ordered("N02BE01")) == Doubts{ScanDoubt::unknown_package});
    auto liquid = ordered("N02BE01", "24");
    liquid.mutable_strength()->mutable_denominator()->set_code("mL");
    CHECK(doubts("000017", liquid) == Doubts{ScanDoubt::order_unclear});
    // So many tablets, of a strength that nobody said.
    auto tablets = ordered("N02BE01");
    tablets.mutable_dosage(0)->mutable_dose_and_rate(0)->mutable_dose_quantity()->set_code(
        "{tablet}");
    CHECK(doubts("000017", tablets) == Doubts{ScanDoubt::order_unclear});
}

TEST_CASE("what is so much in a millilitre is compared with what is so much in one") {
    KnowledgePack pack = demo_pack();
    pack.products.push_back({"000041", "A10AE04", "Glargine 300", "300 U/mL", "pen"});
    pack.products_by_code["000041"] = pack.products.size() - 1;
    const auto asked = [&](const char* strength) {
        auto insulin = ordered("A10AE04", strength);
        insulin.mutable_strength()->mutable_numerator()->set_code("U");
        insulin.mutable_strength()->mutable_denominator()->set_code("mL");
        return scan_doubts(read_label("000041").value(), insulin, k_day, pack);
    };
    CHECK(asked("300").empty());
    CHECK(asked("100") == Doubts{ScanDoubt::other_strength});
    pack.products.back().strength = "50 mg/20 mg";
    CHECK(asked("300") == Doubts{ScanDoubt::order_unclear});
}

TEST_CASE("a package is good on the day on it, and not on the next") {
    CHECK(doubts("010703838100001517260331", ordered("N02BE01")).empty());
    CHECK(doubts("010703838100001517260300", ordered("N02BE01")).empty());
    CHECK(doubts("010703838100001517260330", ordered("N02BE01")) == Doubts{ScanDoubt::expired});
    CHECK(doubts("010703838100002217260228", ordered("N02BE01")) ==
          Doubts{ScanDoubt::other_drug, ScanDoubt::expired});
}

TEST_CASE(
    "two codes that the pack takes for one drug are one, and a label is kept as it was read") {
    KnowledgePack pack = demo_pack();
    pack.products.push_back({"000033", "L01BA01", "Methotrexate", "", ""});
    pack.products_by_code["000033"] = pack.products.size() - 1;
    CHECK(scan_doubts(read_label("000033").value(), ordered("L04AX03"), k_day, pack).empty());
    const auto kept = scanned(read_label("010703838100001517270300"
                                         "10AB\x1d"
                                         "21X")
                                  .value());
    CHECK(kept.gtin() == "07038381000015");
    CHECK(kept.expires() == "2027-03-31");
    CHECK(kept.lot() == "AB");
    CHECK(kept.serial() == "X");
    CHECK(kept.vnr().empty());
}

}  // namespace
}  // namespace kari::clinical
