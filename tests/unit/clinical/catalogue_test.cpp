// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "sdk/clinical/catalogue.hpp"

namespace kari::clinical {
namespace {

TEST_CASE("every rule has its sentences in both languages, and they differ") {
    REQUIRE(catalogued_rules().size() > 25);
    for (const auto rule : catalogued_rules()) {
        INFO(rule);
        const auto* nb = sentences(rule, Language::bokmaal);
        const auto* en = sentences(rule, Language::english);
        REQUIRE(nb != nullptr);
        REQUIRE(en != nullptr);
        for (const auto& [ours, theirs] :
             {std::pair(nb->title, en->title), std::pair(nb->meaning, en->meaning),
              std::pair(nb->next, en->next)}) {
            CHECK(ours.size() > 3);
            CHECK(theirs.size() > 3);
            CHECK(ours != theirs);
        }
        CHECK(nb->next.back() == '.');
        CHECK(en->next.back() == '.');
    }
}

TEST_CASE("no rule stands twice in the catalogue") {
    const auto rules = catalogued_rules();
    CHECK(std::set<std::string_view>(rules.begin(), rules.end()).size() == rules.size());
}

TEST_CASE("every error says what happened and what to do in both languages") {
    const ErrorCode codes[] = {
#define KARI_ERROR(number, name, advice) ErrorCode::name,
#include <kari/errors.def>
#undef KARI_ERROR
    };
    std::set<std::string_view> happened;
    for (const auto code : codes) {
        INFO(name(code));
        const auto nb = what_to_do(code, Language::bokmaal);
        const auto en = what_to_do(code, Language::english);
        CHECK(nb.back() == '.');
        CHECK(en.back() == '.');
        CHECK(nb != en);
        const auto& ours = sentences(code, Language::bokmaal);
        const auto& theirs = sentences(code, Language::english);
        CHECK(ours.next == nb);
        // What is told first is not told again as advice.
        for (const auto& [what, next] : {std::pair(ours.what, nb), std::pair(theirs.what, en)}) {
            CHECK(next.find(what.substr(0, what.size() - 1)) == std::string_view::npos);
        }
        CHECK(ours.what.size() > 5);
        CHECK(ours.what != theirs.what);
        // None borrows the sentence of `internal`: each has its own.
        CHECK(happened.insert(theirs.what).second);
    }
}

TEST_CASE("a contested atom without sentences of its own has the common ones") {
    CHECK(sentences("merge/patient-name", Language::english) ==
          sentences("merge/*", Language::english));
    CHECK(sentences("merge/observation", Language::english) !=
          sentences("merge/*", Language::english));
    CHECK(sentences("no/such-rule", Language::english) == nullptr);
}

TEST_CASE("a language that is not English is answered in bokmaal") {
    CHECK(language_from("en-GB") == Language::english);
    CHECK(language_from("nb-NO") == Language::bokmaal);
    CHECK(language_from("") == Language::bokmaal);
}

TEST_CASE("English is English without a country too") {
    CHECK(language_from("en") == Language::english);
    CHECK(language_from("enm") == Language::bokmaal);
}

}  // namespace
}  // namespace kari::clinical
