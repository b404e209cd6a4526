// SPDX-License-Identifier: Apache-2.0
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string_view>

#include "sdk/clinical/allergy_check.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::clinical {
namespace {

v1::CodeableConcept coded(const char* atc) {
    v1::CodeableConcept concept_;
    auto* coding = concept_.add_coding();
    coding->set_system(std::string(k_atc));
    coding->set_code(atc);
    return concept_;
}

v1::CodeableConcept said(const char* text) {
    v1::CodeableConcept concept_;
    concept_.set_text(text);
    return concept_;
}

AllergyEntry allergy(v1::CodeableConcept code) {
    AllergyEntry entry;
    entry.code = std::move(code);
    return entry;
}

AllergyMatch match(const char* allergy_atc, const char* drug_atc) {
    return check_allergy(allergy(coded(allergy_atc)), coded(drug_atc), demo_pack()).match;
}

TEST_CASE("the strongest kinship of allergy and drug decides") {
    CHECK(match("J01CE02", "J01CE02") == AllergyMatch::same_substance);
    CHECK(match("J01C", "J01CE02") == AllergyMatch::code_prefix);
    CHECK(match("J01CE02", "J01CA04") == AllergyMatch::same_class);
    CHECK(match("J01CE02", "J01DB01") == AllergyMatch::possible_cross);
    CHECK(match("J01CE02", "J01FA01") == AllergyMatch::none);
    CHECK(match("C03CA01", "C03CA02") == AllergyMatch::same_group);
    CHECK(match("C03CA01", "A10BA02") == AllergyMatch::none);
}

TEST_CASE("one code under the names of two registers is one substance") {
    const auto under = [](const char* code) {
        auto out = coded(code);
        out.mutable_coding(0)->set_system(std::string(k_atc_volven));
        return out;
    };
    const auto substance = under("J01CE02");
    CHECK(check_allergy(allergy(coded("J01CE02")), substance, demo_pack()).match ==
          AllergyMatch::same_substance);
    // A group is no substance, also when both say the same one.
    CHECK(check_allergy(allergy(coded("J01CE")), under("J01CE"), demo_pack()).match ==
          AllergyMatch::code_prefix);
}

TEST_CASE("of two rules that speak of a pair the more careful one is named") {
    KnowledgePack pack;
    pack.cross_allergies = {{"apart", {"J01"}, {}, {}, {"J01D"}},
                            {"possible", {"J01C"}, {}, {"J01D"}, {}},
                            {"apart again", {"J01CE"}, {}, {}, {"J01D"}}};
    const auto hit = check_allergy(allergy(coded("J01CE02")), coded("J01DB01"), pack);
    CHECK(hit.match == AllergyMatch::possible_cross);
    CHECK(hit.pack_rule == "possible");
}

TEST_CASE("each kinship has a name of its own, and anaphylaxis is heard in two languages") {
    std::set<std::string_view> names;
    for (const auto each :
         {AllergyMatch::none, AllergyMatch::uncomputable, AllergyMatch::possible_cross,
          AllergyMatch::same_class, AllergyMatch::same_group, AllergyMatch::code_prefix,
          AllergyMatch::same_text, AllergyMatch::same_substance}) {
        names.insert(name(each));
    }
    CHECK(names.size() == 8);
    CHECK(names.count("") == 0);
    for (const char* words : {"Anafylaktisk sjokk", "anaphylaxis"}) {
        v1::Reaction reaction;
        reaction.add_manifestation()->set_text("rash");
        CHECK_FALSE(names_anaphylaxis(reaction));
        reaction.add_manifestation()->set_text(words);
        CHECK(names_anaphylaxis(reaction));
    }
}

TEST_CASE("the demo pack keeps apart what does not cross-react") {
    CHECK(match("J01EE01", "J01EA01") == AllergyMatch::none);
    CHECK(match("J01EE01", "C03AA03") == AllergyMatch::none);
    CHECK(match("M01AE01", "N02BE01") == AllergyMatch::none);
    CHECK(match("B01AB01", "B01AF02") == AllergyMatch::none);
}

TEST_CASE("the most specific line of the pack decides") {
    CHECK(match("M01AE01", "M01AB05") == AllergyMatch::same_class);
    CHECK(match("M01AE01", "M01AH01") == AllergyMatch::possible_cross);
    CHECK(match("C09AA02", "C09DX04") == AllergyMatch::same_class);
    CHECK(match("C09AA02", "C09DA01") == AllergyMatch::possible_cross);
    CHECK(match("N02AA01", "N02AA05") == AllergyMatch::same_class);
    CHECK(match("N02AA01", "N02AX02") == AllergyMatch::possible_cross);
    CHECK(match("N03AF01", "N03AB02") == AllergyMatch::possible_cross);
}

TEST_CASE("a drug of a group that is all that is known of it is taken for the allergen") {
    CHECK(match("J01CE02", "J01C") == AllergyMatch::code_prefix);
}

TEST_CASE("free text is compared word for word and is otherwise no answer") {
    const auto penicillin = allergy(said("Penicillin"));
    CHECK(check_allergy(penicillin, said("  penicillin "), demo_pack()).match ==
          AllergyMatch::same_text);
    const auto other = check_allergy(penicillin, coded("N02BE01"), demo_pack());
    CHECK(other.match == AllergyMatch::uncomputable);
    CHECK(other.level == WarningLevel::passive);
    CHECK(check_allergy(allergy(coded("J01C")), said("Apocillin"), demo_pack()).match ==
          AllergyMatch::uncomputable);
    CHECK(check_allergy(allergy(said("ÆØÅ-salve")), said("æøå-salve"), demo_pack()).match ==
          AllergyMatch::same_text);
}

TEST_CASE("the same code of another system is the same substance") {
    v1::CodeableConcept snomed;
    auto* coding = snomed.add_coding();
    coding->set_system(std::string(k_snomed));
    coding->set_code("372687004");
    CHECK(check_allergy(allergy(snomed), snomed, demo_pack()).match ==
          AllergyMatch::same_substance);
    CHECK(check_allergy(allergy(snomed), coded("J01CA04"), demo_pack()).match ==
          AllergyMatch::uncomputable);
}

TEST_CASE("\"no known allergy\" warns of nothing") {
    v1::CodeableConcept none;
    auto* coding = none.add_coding();
    coding->set_system(std::string(k_snomed));
    coding->set_code("716186003");
    CHECK(is_none_known(none));
    CHECK(check_allergy(allergy(none), coded("J01CA04"), demo_pack()).match == AllergyMatch::none);
    CHECK_FALSE(is_none_known(coded("J01CA04")));
}

TEST_CASE("how loud a warning is follows from criticality, reaction and certainty") {
    auto entry = allergy(coded("J01C"));
    const auto level = [&] {
        return check_allergy(entry, coded("J01CE02"), demo_pack()).level;
    };
    CHECK(level() == WarningLevel::interruptive);
    entry.criticality = v1::ALLERGY_CRITICALITY_HIGH;
    CHECK(level() == WarningLevel::hard_stop);
    entry.unconfirmed = true;
    CHECK(level() == WarningLevel::interruptive);
    entry = allergy(coded("J01C"));
    entry.worst_reaction = v1::REACTION_SEVERITY_SEVERE;
    CHECK(level() == WarningLevel::hard_stop);
    entry.worst_reaction = v1::REACTION_SEVERITY_MODERATE;
    CHECK(level() == WarningLevel::interruptive);
    entry.worst_reaction = v1::REACTION_SEVERITY_MILD;
    CHECK(level() == WarningLevel::passive);
    entry.unconfirmed = true;
    CHECK(level() == WarningLevel::passive);
    entry.anaphylaxis = true;
    CHECK(level() == WarningLevel::interruptive);
    entry = allergy(coded("J01C"));
    entry.type = v1::ALLERGY_TYPE_INTOLERANCE;
    CHECK(level() == WarningLevel::passive);
}

TEST_CASE("a possible cross-reaction never stops hard") {
    auto entry = allergy(coded("J01CE02"));
    entry.criticality = v1::ALLERGY_CRITICALITY_HIGH;
    CHECK(check_allergy(entry, coded("J01DB01"), demo_pack()).level == WarningLevel::interruptive);
}

TEST_CASE("anaphylaxis is known by its code and by its name") {
    v1::Reaction reaction;
    CHECK_FALSE(names_anaphylaxis(reaction));
    reaction.add_manifestation()->set_text("Anafylaksi");
    CHECK(names_anaphylaxis(reaction));
    reaction.mutable_manifestation(0)->set_text("Utslett");
    CHECK_FALSE(names_anaphylaxis(reaction));
    auto* coding = reaction.mutable_manifestation(0)->add_coding();
    coding->set_system(std::string(k_snomed));
    coding->set_code("39579001");
    CHECK(names_anaphylaxis(reaction));
}

TEST_CASE("no match that can be computed is ever without a warning") {
    CHECK(rc::check([] {
        const char* codes[] = {"J01C",    "J01CE02", "J01CA04", "J01DB01", "M01AE01", "M01AH01",
                               "N02AA01", "N02AX02", "C09AA02", "C10AA01", "C10AA05", "B01AB01"};
        const auto pick = [&] {
            return codes[*rc::gen::inRange<std::size_t>(0, 12)];
        };
        auto entry = allergy(coded(pick()));
        entry.criticality = static_cast<v1::AllergyCriticality>(*rc::gen::inRange(0, 4));
        entry.type = static_cast<v1::AllergyType>(*rc::gen::inRange(0, 3));
        entry.worst_reaction = static_cast<v1::ReactionSeverity>(*rc::gen::inRange(0, 4));
        entry.unconfirmed = *rc::gen::arbitrary<bool>();
        const auto hit = check_allergy(entry, coded(pick()), demo_pack());
        RC_ASSERT((hit.match == AllergyMatch::none) == (hit.level == WarningLevel::none));
    }));
}

TEST_CASE("no known drug allergy is as good a word as no known allergy") {
    v1::CodeableConcept code;
    code.add_coding()->set_system(std::string(k_snomed));
    for (const char* none : {"716186003", "409137002"}) {
        code.mutable_coding(0)->set_code(none);
        CHECK(is_none_known(code));
    }
    code.mutable_coding(0)->set_code("91936005");
    CHECK_FALSE(is_none_known(code));
}

}  // namespace
}  // namespace kari::clinical
