// SPDX-License-Identifier: Apache-2.0
//
// What two drugs are to each other: what they do, whether they are of one kind, how long one waits.
#include "sdk/clinical/interactions.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/drug_group.hpp"

namespace kari::clinical {
namespace {

using Codes = std::vector<std::string>;

v1::CodeableConcept coded(const Codes& codes) {
    v1::CodeableConcept out;
    out.set_text("a drug");
    for (const auto& code : codes) {
        auto* coding = out.add_coding();
        coding->set_system(std::string(k_atc));
        coding->set_code(code);
    }
    return out;
}

Meeting meeting(const Codes& a, const Codes& b, const KnowledgePack& pack = demo_pack()) {
    const MeetingDrug one(coded(a), pack);
    const MeetingDrug other(coded(b), pack);
    const auto forth = meet(one, other, pack);
    const auto back = meet(other, one, pack);
    CHECK(forth.how == back.how);
    CHECK(forth.entry == back.entry);
    return forth.how;
}

TEST_CASE("what two drugs do to each other is of the class that the pack says") {
    CHECK(meeting({"B01AA03"}, {"M01AE01"}) == Meeting::avoid);
    CHECK(meeting({"B01AA03"}, {"B01AC06"}) == Meeting::precautions);
    CHECK(meeting({"N05CF01"}, {"N02AA05"}) == Meeting::precautions);
    CHECK(meeting({"C07AB02"}, {"N02BE01"}) == Meeting::nothing);
    const MeetingDrug warfarin(coded({"B01AA03"}), demo_pack());
    const MeetingDrug ibuprofen(coded({"M01AE01"}), demo_pack());
    CHECK(meet(warfarin, ibuprofen, demo_pack()).entry->id == "warfarin-nsaids");
    // A combination is as bad as the worst that is in it.
    CHECK(meeting({"N02BE01", "M01AE01"}, {"B01AC06", "B01AA03"}) == Meeting::avoid);
}

TEST_CASE("what was not assessed or cannot be looked up is never that nothing is said of it") {
    CHECK(meeting({"V03AX01"}, {"N02BE01"}) == Meeting::not_assessed);
    CHECK(meeting({"N02BE01"}, {"L04AJ01"}) == Meeting::not_assessed);
    CHECK(meeting({}, {"N02BE01"}) == Meeting::cannot_tell);
    CHECK(meeting({}, {"V03AX01"}) == Meeting::cannot_tell);
    // A group holds substances of which more may be said.
    CHECK(meeting({"B01A"}, {"J01FA09"}) == Meeting::cannot_tell);
    CHECK(meeting({"M01A"}, {"B01AA03"}) == Meeting::avoid);
    CHECK(meeting({"N02BE01"}, {"C07AB02"}, KnowledgePack{}) == Meeting::not_assessed);
}

TEST_CASE(
    "an entry that nothing need be done outweighs that a drug was not assessed, and no worse") {
    KnowledgePack pack;
    pack.not_assessed = {"V03"};
    pack.interactions = Interactions({{"mild", {"V03AX01"}, {"N02"}, Advice::none},
                                      {"worse", {"V03AX01"}, {"N02BE01"}, Advice::precautions}});
    CHECK(meeting({"V03AX01"}, {"N02AA01"}, pack) == Meeting::no_measures);
    CHECK(meeting({"V03AX01"}, {"N02BE01"}, pack) == Meeting::precautions);
    CHECK(meeting({"V03AX01"}, {"C07AB02"}, pack) == Meeting::not_assessed);
}

rc::Gen<std::string> any_code() {
    return rc::gen::map(rc::gen::tuple(rc::gen::element<std::string>("A", "B"),
                                       rc::gen::element<std::string>("01", "02"),
                                       rc::gen::element<std::string>("A", "B"),
                                       rc::gen::element<std::string>("A", "B"),
                                       rc::gen::element<std::string>("01", "02"),
                                       rc::gen::element<std::size_t>(1, 3, 4, 5, 7)),
                        [](const auto& parts) {
                            const auto& [a, b, c, d, e, size] = parts;
                            return (a + b + c + d + e).substr(0, size);
                        });
}
rc::Gen<Codes> some_codes() {
    return rc::gen::resize(3, rc::gen::container<Codes>(any_code()));
}

bool begins(const Codes& codes, const Codes& prefixes) {
    return std::any_of(codes.begin(), codes.end(), [&](const auto& code) {
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const auto& prefix) { return code.starts_with(prefix); });
    });
}

TEST_CASE("what is looked up is what reading every entry would find") {
    CHECK(rc::check([] {
        std::vector<Interaction> all;
        std::vector<Separation> waits;
        const auto count = *rc::gen::inRange(0, 12);
        for (int i = 0; i < count; ++i) {
            all.push_back({std::to_string(i), *some_codes(), *some_codes(),
                           *rc::gen::element(Advice::none, Advice::precautions, Advice::avoid)});
            waits.push_back(
                {std::to_string(i), *some_codes(), *some_codes(),
                 Duration::minutes(*rc::gen::inRange(1, 5)),
                 *rc::gen::element(GivenFirst::one, GivenFirst::other, GivenFirst::either)});
        }
        const Codes a = *some_codes();
        const Codes b = *some_codes();
        const Interaction* worst = nullptr;
        for (const auto& entry : all) {
            const bool speaks = (begins(a, entry.one) && begins(b, entry.other)) ||
                                (begins(b, entry.one) && begins(a, entry.other));
            if (speaks && (worst == nullptr || entry.advice > worst->advice)) worst = &entry;
        }
        const Interactions interactions(all);
        const auto* found = interactions.between(interactions.named(a), interactions.named(b));
        RC_ASSERT((found == nullptr) == (worst == nullptr));
        if (worst != nullptr) RC_ASSERT(*found == *worst);

        const Separation* longest = nullptr;
        for (const auto& entry : waits) {
            const bool speaks =
                (entry.first != GivenFirst::other && begins(a, entry.one) &&
                 begins(b, entry.other)) ||
                (entry.first != GivenFirst::one && begins(a, entry.other) && begins(b, entry.one));
            if (speaks && (longest == nullptr || entry.wait > longest->wait)) longest = &entry;
        }
        const Separations separations(waits);
        const auto* wait = separations.between(separations.named(a), separations.named(b));
        RC_ASSERT((wait == nullptr) == (longest == nullptr));
        if (longest != nullptr) RC_ASSERT(*wait == *longest);
        RC_CLASSIFY(worst != nullptr);
    }));
}

TEST_CASE("a wait is of the direction that the pack says") {
    const auto& all = demo_pack().separations;
    const auto wait = [&](const Codes& earlier, const Codes& later) {
        const auto* entry = all.between(all.named(earlier), all.named(later));
        return entry == nullptr ? Duration{} : entry->wait;
    };
    CHECK(wait({"H03AA01"}, {"B03AA07"}) == Duration::hours(4));
    CHECK(wait({"B03AA07"}, {"H03AA01"}) == Duration::hours(4));
    CHECK(wait({"J01AA02"}, {"B03AA07"}) == Duration::hours(2));
    CHECK(wait({"B03AA07"}, {"J01AA02"}) == Duration::hours(3));
    CHECK(wait({"H03AA01"}, {"N02BE01"}) == Duration{});
    CHECK(all.longest() == Duration::hours(4));
    CHECK(all.named({"N02BE01"}).empty());
    CHECK(all.named({}).empty());
}

TEST_CASE("drugs of one subgroup are of one kind, and of one substance more than that") {
    CHECK(likeness({"C10AA01"}, {"C10AA05"}) == Likeness::same_group);
    CHECK(likeness({"C10AA05"}, {"C10AA05"}) == Likeness::same_substance);
    CHECK(likeness({"C10AA"}, {"C10AA05"}) == Likeness::same_group);
    CHECK(likeness({"C10AA"}, {"C10AA"}) == Likeness::same_group);
    CHECK(likeness({"C10A"}, {"C10AA05"}) == Likeness::none);
    CHECK(likeness({}, {}) == Likeness::none);
    CHECK(likeness({"N02BE01", "N02AJ06"}, {"N02BE01"}) == Likeness::same_substance);
    CHECK(drug_groups({"C10AA05", "C10AA01", "B01", "N02BE01"}) == Codes{"C10AA", "N02BE"});
}

TEST_CASE("what is often ordered together may be, and some only fixed beside when needed") {
    const auto& pack = demo_pack();
    CHECK(may_stand_together({"N03AX09"}, {"N03AX12"}, false, pack));
    CHECK(may_stand_together({"R03AC12"}, {"R03AC02"}, false, pack));
    CHECK_FALSE(may_stand_together({"C10AA01"}, {"C10AA05"}, true, pack));
    CHECK(may_stand_together({"N02AA01"}, {"N02AA05"}, true, pack));
    CHECK_FALSE(may_stand_together({"N02AA01"}, {"N02AA05"}, false, pack));
}

}  // namespace
}  // namespace kari::clinical
