// SPDX-License-Identifier: Apache-2.0
//
// What a scanner reads of a package.
#include "sdk/clinical/gs1.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace kari::clinical {
namespace {

const std::string k_gtin = "07038381000015";
const std::string k_gs = "\x1d";

std::string refused(const std::string& text) {
    const auto label = read_label(text);
    REQUIRE_FALSE(label);
    CHECK(label.error().what.starts_with("entry/scan-unreadable: "));
    return label.error().what.substr(std::string("entry/scan-unreadable: ").size());
}

TEST_CASE("a GTIN of any length is one of fourteen digits, by its check digit") {
    CHECK(whole_gtin(k_gtin) == k_gtin);
    CHECK(whole_gtin("7038381000015") == k_gtin);
    CHECK(whole_gtin("96385074") == "00000096385074");
    CHECK(whole_gtin("036000291452") == "00036000291452");
    for (const auto* wrong : {"", "7038381000016", "703838100001", "70383810000155",
                              "703838100001x", "070383810000150", "1234567"}) {
        CHECK_FALSE(whole_gtin(wrong));
    }
    CHECK(read_label("7038381000015")->gtin == k_gtin);
    CHECK(read_label("]E07038381000015\r\n")->gtin == k_gtin);
    CHECK(refused("7038381000016") == "no GTIN and no article number of six digits");
}

TEST_CASE("an article number keeps its zeros") {
    const auto label = read_label("012345");
    REQUIRE(label);
    CHECK(label->vnr == "012345");
    CHECK(label->gtin.empty());
    CHECK_FALSE(label->expires);
    CHECK(refused("12345") == "no GTIN and no article number of six digits");
}

TEST_CASE("the elements of a label are read in any order, each once") {
    const auto label = read_label("]d201" + k_gtin + "17270300" + "10AB-12" + k_gs + "21S/N.77");
    REQUIRE(label);
    CHECK(label->gtin == k_gtin);
    CHECK(label->expires == LocalDate{2027, 3, 31});  // day 00: the last one
    CHECK(label->lot == "AB-12");
    CHECK(label->serial == "S/N.77");
    const auto other =
        read_label(k_gs + "10AB-12" + k_gs + "21S/N.77" + k_gs + "17280229" + "01" + k_gtin);
    REQUIRE(other);
    CHECK(other->expires == LocalDate{2028, 2, 29});
    CHECK(other->lot == "AB-12");
    const auto typed = read_label("(01)" + k_gtin + "(17)261231(10)X1(21)9");
    REQUIRE(typed);
    CHECK(typed->expires == LocalDate{2026, 12, 31});
    CHECK(typed->lot == "X1");
    CHECK(read_label("01" + k_gtin + "17240200")->expires == LocalDate{2024, 2, 29});
    CHECK(read_label("01" + k_gtin + "17231200")->expires == LocalDate{2023, 12, 31});
}

TEST_CASE("what is not understood whole is refused, and what was read is not repeated") {
    const std::string whole = "01" + k_gtin;
    CHECK(refused("") == "nothing was read");
    CHECK(refused("]d2") == "nothing was read");
    CHECK(refused("17270300") == "no GTIN and no article number of six digits");
    CHECK(refused("10AB" + k_gs + "17270300") == "no element 01");
    CHECK(refused(whole + "11260101") == "element 11: not known here");
    CHECK(refused("0107038381000016") == "element 01: no GTIN");
    CHECK(refused(whole + "01" + k_gtin) == "element 01: twice");
    CHECK(refused(whole + "17271301") == "element 17: no day");
    CHECK(refused(whole + "17270230") == "element 17: no day");
    CHECK(refused(whole + "1727") == "element 17: no day");
    CHECK(refused(whole + "17270101" + k_gs + "17270101") == "element 17: twice");
    CHECK(refused(whole + "10") == "element 10: no text of 1 to 20 signs");
    CHECK(refused(whole + "10" + std::string(21, 'x')) == "element 10: no text of 1 to 20 signs");
    CHECK(read_label(whole + "10" + std::string(20, 'x')));
    CHECK(refused(whole + "21a b") == "element 21: no text of 1 to 20 signs");
    CHECK(refused(whole + "21\xc3\xb8") == "element 21: no text of 1 to 20 signs");
    CHECK(refused(whole + "2") == "it ends inside an element");
    CHECK(refused("(01" + k_gtin) == "no number of an element in parentheses");
    CHECK(refused("https://example.org/01") == "no number of an element");
    CHECK(read_label(std::string(257, '0')).error().code == ErrorCode::too_large);
}

TEST_CASE("elements in any order say the same") {
    CHECK(rc::check([] {
        const auto text = [](int most) {
            const auto size = *rc::gen::inRange(1, most);
            return *rc::gen::container<std::string>(static_cast<std::size_t>(size),
                                                    rc::gen::inRange<char>('0', '['));
        };
        const std::string lot = text(21);
        const std::string serial = text(21);
        std::vector<std::string> parts{"01" + k_gtin, "17270415", "10" + lot, "21" + serial};
        const auto order = *rc::gen::arbitrary<std::vector<int>>();
        for (const int swap : order) {
            std::swap(parts[0], parts[static_cast<std::size_t>(std::abs(swap % 4))]);
        }
        std::string read;
        for (std::size_t i = 0; i < parts.size(); ++i)
            read += parts[i] + (i + 1 < parts.size() ? k_gs : "");
        const auto label = read_label("]d2" + read);
        RC_ASSERT(label.has_value());
        RC_ASSERT(label->gtin == k_gtin);
        RC_ASSERT(label->lot == lot);
        RC_ASSERT(label->serial == serial);
        RC_ASSERT(label->expires == std::optional(LocalDate{2027, 4, 15}));
    }));
}

}  // namespace
}  // namespace kari::clinical
