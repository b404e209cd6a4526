// SPDX-License-Identifier: Apache-2.0
#include "sdk/chart/traces.hpp"

#include <algorithm>
#include <optional>

#include "sdk/base/digest.hpp"
#include "sdk/base/id.hpp"
#include "sdk/chart/as_needed.hpp"
#include "sdk/chart/care_state.hpp"
#include "sdk/chart/exposure.hpp"
#include "sdk/chart/patches.hpp"
#include "sdk/chart/stock.hpp"
#include "sdk/clinical/coding.hpp"

namespace kari::chart {
namespace {

constexpr char k_slot = 'S';
constexpr char k_dose = 'D';
constexpr char k_clock = 'C';
constexpr char k_act = 'A';
constexpr char k_vaccination = 'V';
constexpr char k_stay = 'H';
constexpr char k_needed = 'N';
constexpr char k_patch = 'P';
constexpr char k_ledger = 'L';
constexpr std::size_t k_short = 16;

std::string shortened(const Digest& digest) {
    return base::to_bytes(digest).substr(0, k_short);
}

// What the giver went by: the order's version, and the drug where the giver names one.
std::string class_of(const v1::Administration& said) {
    std::vector<std::string> versions(said.request_version().begin(), said.request_version().end());
    std::sort(versions.begin(), versions.end());
    versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
    std::string joined;
    for (const auto& version : versions)
        joined += base::to_bytes(base::sha256(version));
    const bool named = !clinical::shown(said.medication()).empty();
    return shortened(base::sha256_of("kari dose class",
                                     {joined, named ? said.medication().SerializeAsString() : ""}));
}

void add_dose(const GroupResource& resource, const ClockNotes& clocks, std::vector<Trace>& out) {
    const Claims claims = claims_of(resource, clocks);
    for (const auto& claim : claims.all) {
        if (!claim.said.slot().empty()) out.push_back({slot_key(claim.said.slot()), {}});
    }
    const auto* exposure = claims.exposure();
    if (exposure == nullptr) return;
    const Instant at = claims.taken(clocks).latest;
    if (may_be_patch(resource)) out.push_back({patch_key(), at});
    const auto order =
        base::from_bytes<ResourceId>(exposure->said.request().resource()).value_or(ResourceId{});
    out.push_back({dose_class_prefix(order) + class_of(exposure->said), at});
    // Should that order not be here, a rule takes another that a statement names.
    for (const auto& claim : claims.all) {
        const auto other = base::from_bytes<ResourceId>(claim.said.request().resource());
        if (!other || *other == order) continue;
        out.push_back({dose_class_prefix(*other) + std::string(k_short, '\0'), at});
    }
}

}  // namespace

std::string slot_key(std::string_view slot) {
    return k_slot + base::to_bytes(base::sha256(slot));
}

std::string clock_key(std::string_view incarnation, std::string_view boot) {
    return k_clock + base::to_bytes(base::sha256_of("kari clock", {incarnation, boot}));
}

std::string act_key(const ResourceId& named) {
    return k_act + base::to_bytes(named);
}

std::string vaccination_key() {
    return std::string(1, k_vaccination);
}

std::string stay_key() {
    return std::string(1, k_stay);
}

std::string needed_key() {
    return std::string(1, k_needed);
}

std::string patch_key() {
    return std::string(1, k_patch);
}

std::string ledger_key(std::string_view account) {
    return k_ledger + base::to_bytes(base::sha256(account));
}

std::string dose_class_prefix(const ResourceId& order) {
    return k_dose + base::to_bytes(order);
}

std::string dose_class_prefix() {
    return std::string(1, k_dose);
}

bool is_mixed(std::string_view dose_class) {
    return dose_class.ends_with(std::string(k_short, '\0'));
}

std::vector<Trace> traces_of(const GroupResource& resource, const ClockNotes& clocks) {
    std::vector<Trace> out;
    if (resource.kind == v1::KIND_MEDICATION_ADMINISTRATION) add_dose(resource, clocks, out);
    if (resource.kind == v1::KIND_TIME_NOTE) {
        const auto note = merge::operative_as<v1::TimeNote>(resource).note();
        if (!note.boot().empty()) out.push_back({clock_key(note.incarnation(), note.boot()), {}});
    }
    if (resource.kind == v1::KIND_ENCOUNTER || resource.kind == v1::KIND_PROCEDURE) {
        for (const auto& named : named_by(resource))
            out.push_back({act_key(named), {}});
    }
    if (resource.kind == v1::KIND_ENCOUNTER && is_stay(act_of(resource).as_visit)) {
        out.push_back({stay_key(), {}});
    }
    if (resource.kind == v1::KIND_MEDICATION_REQUEST && as_needed_reach(resource)) {
        out.push_back({needed_key(), {}});
    }
    if (resource.kind == v1::KIND_STOCK_EVENT) {
        for (const auto& account : accounts_named(resource))
            out.push_back({ledger_key(account), {}});
        for (const auto& named : named_by_stock(resource))
            out.push_back({act_key(named), {}});
    }
    if (resource.kind == v1::KIND_IMMUNIZATION) out.push_back({vaccination_key(), {}});
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace kari::chart
