// SPDX-License-Identifier: Apache-2.0
#include "sdk/device/warnings.hpp"

#include <algorithm>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/base/quantity.hpp"
#include "sdk/clinical/catalogue.hpp"
#include "sdk/clinical/coding.hpp"
#include "sdk/clinical/pieces.hpp"
#include "sdk/clinical/validation.hpp"
#include "sdk/device/views.hpp"

namespace kari::device {

DoseWarning warning(const Session& session, std::string_view rule, int severity) {
    DoseWarning out;
    out.rule = rule;
    out.severity = severity;
    if (const auto* said = clinical::sentences_before(rule, spoken(session.language))) {
        out.sentence = said->title;
        out.action = said->next;
    }
    return out;
}

v1::Quantity stated_dose(const Quantity& typed, const v1::Quantity* ordered) {
    v1::Quantity out = quantity_of(typed);
    if (base::known_unit(out.code())) return out;
    const std::string meant = clinical::meant_unit(out);
    const std::string word = clinical::folded(out.code().empty() ? out.unit() : out.code());
    if (base::known_unit(meant)) {
        out.set_code(meant);
    } else if (ordered != nullptr && base::known_unit(ordered->code()) && !word.empty() &&
               (word == clinical::folded(ordered->unit()) ||
                clinical::names_the_units(word, ordered->code()))) {
        out.set_code(ordered->code());
    }
    return out;
}

void add_allergy_warnings(const Session& session, const chart::Group& group,
                          const v1::CodeableConcept& drug, std::vector<DoseWarning>& out) {
    const chart::AllergyAnswer answer = chart::check_drug(group, drug, session.store.pack());
    for (const chart::AllergyWarning& hit : answer.warnings) {
        if (hit.hit.level == clinical::WarningLevel::none) continue;
        const bool hard = hit.hit.level == clinical::WarningLevel::hard_stop;
        DoseWarning one = warning(session, "dose/given-against-allergy", hard ? 1 : 2);
        one.needs_reason = hit.hit.level >= clinical::WarningLevel::interruptive;
        one.sentence += ": " + hit.allergy.name;
        out.push_back(std::move(one));
    }
}

namespace {

std::string shown_of(const DoseWarning& warning) {
    std::string about;
    for (const ResourceId& dose : warning.about)
        about += base::to_bytes(dose);
    const Digest digest =
        base::sha256_of("kari warning shown",
                        {warning.rule, std::to_string(warning.severity), warning.sentence, about});
    return digest.text();
}

}  // namespace

Result<std::vector<DoseWarning>> as_shown(Result<std::vector<DoseWarning>> warnings) {
    if (!warnings) return warnings;
    for (DoseWarning& one : *warnings)
        one.shown = shown_of(one);
    return warnings;
}

bool is_for(const Override& reason, const DoseWarning& warning) {
    return reason.rule == warning.rule && !clinical::folded(reason.reason).empty() &&
           (reason.shown.empty() || reason.shown == shown_of(warning));
}

Result<void> require_overrides(const std::vector<DoseWarning>& warnings,
                               const std::vector<Override>& overrides) {
    for (const Override& one : overrides) {
        if (clinical::folded(one.reason).empty()) continue;  // none
        if (auto valid = clinical::validate_reason(one.reason); !valid) return valid;
    }
    std::string without;
    for (const DoseWarning& warning : warnings) {
        const bool given = std::any_of(overrides.begin(), overrides.end(),
                                       [&](const Override& o) { return is_for(o, warning); });
        if (warning.needs_reason && !given && without.find(warning.rule) == std::string::npos) {
            without += (without.empty() ? "" : ", ") + warning.rule;
        }
    }
    if (without.empty()) return {};
    return fail(ErrorCode::reason_required, without);
}

}  // namespace kari::device
