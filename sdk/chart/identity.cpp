// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/identity.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "sdk/base/national_id.hpp"
#include "sdk/base/time.hpp"

namespace kari::chart {
namespace {

constexpr std::uint32_t k_identifier = v1::Patient::kIdentifierFieldNumber;
constexpr std::uint32_t k_birth_date = v1::Patient::kBirthDateFieldNumber;

std::string without_spaces(std::string_view text) {
    std::string out(text);
    std::erase(out, ' ');
    return out;
}

std::optional<LocalDate> date_in(const std::string& said) {
    std::string iso = said;
    if (said.size() == 10 && said[2] == '.' && said[5] == '.') {
        iso = said.substr(6) + "-" + said.substr(3, 2) + "-" + said.substr(0, 2);
    }
    const auto date = base::parse_date(iso);
    return date ? std::optional(*date) : std::nullopt;
}

struct Known {
    std::set<std::string> numbers;
    std::set<std::string> births;  // whole dates, or as much of one as is known
};

Known known_of(const Group& group) {
    Known out;
    for (const auto& resource : group.resources) {
        if (resource.kind != v1::KIND_PATIENT) continue;
        const auto take = [&](const v1::Patient& patient) {
            for (const auto& one : patient.identifier().items())
                out.numbers.insert(without_spaces(one.value()));
            if (!patient.birth_date().empty()) out.births.insert(patient.birth_date());
        };
        take(merge::operative_as<v1::Patient>(resource));
        for (const std::uint32_t number : {k_identifier, k_birth_date}) {
            const auto* atom = resource.atom(number);
            if (atom == nullptr) continue;
            for (const auto* writes : {&atom->live, &atom->pending}) {
                for (const auto& write : *writes)
                    take(merge::value_as<v1::Patient>(resource, write));
            }
        }
    }
    return out;
}

AtHand by_birth(const std::set<std::string>& births, const LocalDate& date) {
    const std::string said = base::to_text(date);
    if (births.contains(said)) return AtHand::same;
    const bool may_be = std::any_of(births.begin(), births.end(), [&](const std::string& birth) {
        return birth.size() < said.size() && said.starts_with(birth);
    });
    return births.empty() || may_be ? AtHand::cannot_tell : AtHand::another;
}

// A number that is not the record's is somebody else's, where the record has one.
AtHand by_number(const std::set<std::string>& numbers) {
    const bool any = std::any_of(numbers.begin(), numbers.end(), [](const std::string& one) {
        return base::parse_national_id(one).has_value();
    });
    return any ? AtHand::another : AtHand::cannot_tell;
}

}  // namespace

Result<AtHand> at_hand(const Group& group, std::string_view said) {
    const std::string meant = without_spaces(said);
    const Known known = known_of(group);
    if (known.numbers.contains(meant)) return AtHand::same;
    if (const auto date = date_in(meant)) return by_birth(known.births, *date);
    if (base::parse_national_id(meant)) return by_number(known.numbers);
    return fail(ErrorCode::malformed, "entry/identity-unread");
}

}  // namespace kari::chart
