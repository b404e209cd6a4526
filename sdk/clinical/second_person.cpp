// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/second_person.hpp"

#include <algorithm>
#include <array>

#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/intake.hpp"

namespace kari::clinical {
namespace {

struct Word {
    std::string_view word;
    std::string_view code;
};
constexpr std::array k_words{Word{"alone-in-home", "alone-in-home"},
                             Word{"alone", "alone-in-home"},
                             Word{"alene", "alone-in-home"},
                             Word{"emergency", "emergency"},
                             Word{"akutt", "emergency"},
                             Word{"palliative-plan", "palliative-plan"},
                             Word{"palliative plan", "palliative-plan"},
                             Word{"palliativ plan", "palliative-plan"}};

bool is_of(const CheckedDrug& drug, const std::vector<std::string>& codes) {
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
        return std::any_of(drug.drugs.begin(), drug.drugs.end(),
                           [&](const std::string& prefix) { return code.starts_with(prefix); });
    });
}

bool goes_by(const CheckedDrug& drug, const v1::CodeableConcept& route) {
    return drug.routes.empty() ||
           std::any_of(route.coding().begin(), route.coding().end(), [&](const v1::Coding& one) {
               return one.system() == k_snomed && std::find(drug.routes.begin(), drug.routes.end(),
                                                            one.code()) != drug.routes.end();
           });
}

}  // namespace

bool needs_second_person(const v1::Administration& said, const KnowledgePack& pack) {
    if (!is_prepared_here(said)) return false;
    const auto codes = atc_codes(said.medication());
    return std::any_of(pack.checked.begin(), pack.checked.end(), [&](const CheckedDrug& drug) {
        return is_of(drug, codes) && goes_by(drug, said.route());
    });
}

std::optional<std::string> waiver(std::string_view reason) {
    const auto colon = reason.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string word = folded(reason.substr(0, colon));
    const auto begins = reason.find_first_not_of(' ', colon + 1);
    const auto known = std::find_if(k_words.begin(), k_words.end(),
                                    [&](const Word& one) { return one.word == word; });
    if (known == k_words.end() || begins == std::string_view::npos) return std::nullopt;
    return std::string(known->code) + ": " + std::string(reason.substr(begins));
}

bool waives_second_person(const v1::Administration& said) {
    return std::any_of(said.override().begin(), said.override().end(), [](const auto& one) {
        return one.rule() == k_check_missing && waiver(one.reason());
    });
}

}  // namespace kari::clinical
