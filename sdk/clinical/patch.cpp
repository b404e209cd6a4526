// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/patch.hpp"

#include <algorithm>
#include <array>

#include "sdk/clinical/as_needed.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"

namespace kari::clinical {
namespace {

struct Code {
    std::string_view system;
    std::string_view code;
};
constexpr std::string_view k_edqm = "http://standardterms.edqm.eu";
constexpr std::array k_forms{
    Code{k_edqm, "10519000"},
    Code{"http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm", "TPATCH"}};
constexpr std::array k_transdermal{
    Code{k_snomed, "45890007"}, Code{k_edqm, "20070000"},
    Code{"http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration", "TRNSDERM"}};

template <std::size_t N>
bool is_among(const v1::CodeableConcept& concept_, const std::array<Code, N>& codes) {
    return std::any_of(concept_.coding().begin(), concept_.coding().end(), [&](const auto& one) {
        return std::any_of(codes.begin(), codes.end(), [&](const Code& code) {
            return one.system() == code.system && one.code() == code.code;
        });
    });
}

bool counts_in_patches(const v1::Quantity& amount) {
    return meant_unit(amount) == "{patch}";
}

bool is_a_patch_form(const v1::CodeableConcept& form) {
    if (is_among(form, k_forms)) return true;
    v1::Quantity word;
    word.set_unit(shown(form));
    return counts_in_patches(word) || folded(word.unit()) == "transdermal patch";
}

bool says_patch(const v1::Administration& said) {
    return code_in(said.method(), k_method_system) == k_patch_on || counts_in_patches(said.dose());
}

bool comes_as_patch(const v1::CodeableConcept& drug, const KnowledgePack& pack) {
    const auto codes = atc_codes(drug);
    return std::any_of(codes.begin(), codes.end(), [&](const std::string& atc) {
        return std::any_of(pack.patches.drugs.begin(), pack.patches.drugs.end(),
                           [&](const PatchDrug& one) { return atc.starts_with(one.atc); });
    });
}

// The shortest of what the pack says of its codes: to be taken off sooner harms nobody.
Duration worn_by_pack(const v1::CodeableConcept& drug, const KnowledgePack& pack) {
    std::optional<Duration> out;
    for (const std::string& atc : atc_codes(drug)) {
        const Duration one = pack.patches.worn(atc);
        out = out ? std::min(*out, one) : one;
    }
    return out.value_or(pack.patches.worn_else);
}

}  // namespace

bool may_be_patch(const v1::Administration& said) {
    return says_patch(said) || is_among(said.route(), k_transdermal);
}

bool is_patch(const v1::Administration& said, const KnowledgePack& pack) {
    return says_patch(said) ||
           (is_among(said.route(), k_transdermal) && comes_as_patch(said.medication(), pack));
}

bool is_patch(const v1::Prescription& said, const KnowledgePack& pack) {
    if (is_a_patch_form(said.form())) return true;
    return std::any_of(said.dosage().begin(), said.dosage().end(), [&](const v1::Dosage& line) {
        if (is_among(line.route(), k_transdermal) && comes_as_patch(said.medication(), pack)) {
            return true;
        }
        const auto& doses = line.dose_and_rate();
        return std::any_of(doses.begin(), doses.end(), [](const v1::DoseAndRate& dose) {
            return counts_in_patches(dose.dose_quantity());
        });
    });
}

Duration patch_worn(const v1::CodeableConcept& drug, const v1::Prescription* order,
                    const KnowledgePack& pack) {
    if (order != nullptr && order->dosage_size() == 1) {
        const auto& repeat = order->dosage(0).timing().repeat();
        if (const auto stated = lasting(repeat.duration(), repeat.duration_unit())) return *stated;
        const bool one = std::max(repeat.frequency(), repeat.frequency_max()) <= 1 &&
                         repeat.time_of_day_size() <= 1 &&
                         (repeat.day_of_week_size() == 0 ||
                          (repeat.day_of_week_size() == 1 && repeat.period_unit() == "wk"));
        const auto period = lasting(repeat.period(), repeat.period_unit());
        if (one && period) return *period;
    }
    return worn_by_pack(drug, pack);
}

Duration patch_counts(const v1::CodeableConcept& drug, const KnowledgePack& pack) {
    return Duration{worn_by_pack(drug, pack).ms * pack.patches.counts_times};
}

}  // namespace kari::clinical
