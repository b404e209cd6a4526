// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "examples/kari/command.hpp"
#include "examples/kari/labels.hpp"
#include "sdk/merge/schema.hpp"

namespace kari::app {
namespace {

// The places that are filled in, in order: "{}{1}".
std::string places(std::string_view text) {
    std::string out;
    for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        const auto end = text.find('}', at);
        const std::string_view inside = text.substr(at + 1, end - at - 1);
        if (inside.empty() || (inside.size() == 1 && inside[0] >= '0' && inside[0] <= '9')) {
            out += text.substr(at, end - at + 1);
        }
    }
    return out;
}

struct Term {
    std::string_view code, nb, en;
};
constexpr Term k_terms[] = {
#define KARI_LABEL(id, nb, en)
#define KARI_TERM(code, nb, en) {code, nb, en},
#include "examples/kari/labels.def"
#undef KARI_LABEL
#undef KARI_TERM
};

TEST_CASE("every label says something in both languages, with the same places to fill") {
    for (std::size_t i = 0; i < k_labels; ++i) {
        const auto one = static_cast<Label>(i);
        INFO(name(one));
        const auto nb = label(one, Language::nb);
        const auto en = label(one, Language::en);
        CHECK_FALSE(nb.empty());
        CHECK_FALSE(en.empty());
        CHECK(places(nb) == places(en));
        CHECK(nb.find("TODO") == std::string_view::npos);
    }
}

TEST_CASE("a sentence is not the same in both languages") {
    for (std::size_t i = 0; i < k_labels; ++i) {
        const auto one = static_cast<Label>(i);
        const auto nb = label(one, Language::nb);
        // A single word, or an example of what to type, may be.
        if (nb.find(' ') == std::string_view::npos || nb.front() == '"' || nb.ends_with(": ")) {
            continue;
        }
        INFO(name(one));
        CHECK(nb != label(one, Language::en));
    }
}

TEST_CASE("no code has two terms, and each has one in both languages") {
    std::set<std::string_view> codes;
    for (const Term& one : k_terms) {
        INFO(one.code);
        CHECK(codes.insert(one.code).second);
        CHECK_FALSE(one.nb.empty());
        CHECK_FALSE(one.en.empty());
    }
    CHECK(term("overdue", Language::nb) == "forsinket");
    CHECK(term("no-such-code", Language::nb) == "no-such-code");
}

// What `kari explain` and `kari finding` call the parts of a statement.
bool has_term(std::string_view code) {
    return std::any_of(std::begin(k_terms), std::end(k_terms),
                       [&](const Term& one) { return one.code == code; });
}

TEST_CASE("every kind of the schema and every part of it has a name in both languages") {
    REQUIRE(merge::all_kinds().size() > 20);
    for (const merge::KindSchema& kind : merge::all_kinds()) {
        INFO(kind.name);
        CHECK(has_term(kind.name));
        for (const merge::AtomSchema& atom : kind.atoms) {
            INFO(atom.name);
            const bool named = has_term(atom.name) || has_term("atom " + atom.name);
            CHECK(named);
        }
    }
}

TEST_CASE("every word that a command takes or answers with has a name in both languages") {
    for (const Command& command : all_commands()) {
        INFO(command.name);
        CHECK(command.help != Label::none);
        CHECK((command.run == nullptr) == (command.show == nullptr));
        for (const Parameter& parameter : command.parameters) {
            INFO(parameter.name);
            CHECK(parameter.help != Label::none);
            CHECK((parameter.typed == Typed::choice) <= !parameter.choices.empty());
        }
    }
}

TEST_CASE("no command takes a PIN as an argument") {
    for (const Command& command : all_commands()) {
        for (const Parameter& parameter : command.parameters) {
            INFO(command.name << " " << parameter.name);
            CHECK(parameter.name != "pin");
            CHECK(parameter.name != "new_pin");
        }
    }
}

TEST_CASE("the language is what was asked for, else the environment's, else bokmaal") {
    for (const char* one : {"KARI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"})
        ::unsetenv(one);
    CHECK(language_from("") == Language::nb);
    ::setenv("LANG", "en_GB.UTF-8", 1);
    CHECK(language_from("") == Language::en);
    ::setenv("KARI_LANGUAGE", "nb", 1);
    CHECK(language_from("") == Language::nb);
    CHECK(language_from("en") == Language::en);
    ::unsetenv("KARI_LANGUAGE");
    ::unsetenv("LANG");
}

}  // namespace
}  // namespace kari::app
