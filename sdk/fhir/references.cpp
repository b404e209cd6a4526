// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/references.hpp"

#include "sdk/fhir/resource_types.hpp"

namespace kari::fhir {

namespace {

constexpr std::string_view k_uuid = "urn:uuid:";
constexpr std::string_view k_oid = "urn:oid:";
constexpr std::size_t k_entry_cost = 160;  // of a hash table's node with two short texts
constexpr char k_between = '\n';
constexpr std::size_t k_line_max = 10'000;

bool is_id(std::string_view id) {
    return !id.empty() && id.find('/') == id.npos;
}

Target to_target(std::string_view value) {
    const std::size_t at = value.find(k_between);
    return {std::string(value.substr(0, at)), std::string(value.substr(at + 1))};
}

// "Type/X" or "Type/X/_history/3".
std::optional<Target> relative(std::string_view reference) {
    const std::size_t slash = reference.find('/');
    if (slash == reference.npos || !is_resource_type(reference.substr(0, slash))) {
        return std::nullopt;
    }
    std::string_view id = reference.substr(slash + 1);
    if (const std::size_t version = id.find("/_history/"); version != id.npos) {
        id = id.substr(0, version);
    }
    if (!is_id(id)) return std::nullopt;
    return Target{std::string(reference.substr(0, slash)), std::string(id)};
}

}  // namespace

FullUrl read_full_url(std::string_view url) {
    if (url.starts_with(k_uuid)) return {{}, {}, url.substr(k_uuid.size())};
    if (url.starts_with(k_oid)) return {{}, {}, url.substr(k_oid.size())};
    const std::size_t id = url.rfind('/');
    if (id == url.npos || id == 0 || id + 1 == url.size()) return {};
    const std::size_t type = url.rfind('/', id - 1);
    if (type == url.npos) return {};
    FullUrl out{url.substr(0, type), url.substr(type + 1, id - type - 1), url.substr(id + 1)};
    return is_resource_type(out.type) ? out : FullUrl{};
}

bool References::accept_base(std::string_view base) {
    if (base.empty()) return true;
    if (base_.empty()) base_ = base;
    return base_ == base;
}

void References::add(std::string key, std::string value) {
    const std::size_t cost = k_entry_cost + key.size() + value.size();
    if (memory_ + cost > k_memory_max) {
        full_ = true;
        return;
    }
    const auto [at, fresh] = known_.try_emplace(std::move(key), value);
    if (fresh) {
        memory_ += cost;
    } else if (at->second != value) {
        at->second.clear();  // two claim it: it names neither
    }
}

void References::add_entry(std::string_view full_url, const Target& target) {
    const FullUrl url = read_full_url(full_url);
    if (full_url.empty() ||
        (url.id == target.logical_id && (url.type.empty() || url.type == target.type))) {
        return;
    }
    add('u' + std::string(full_url), target.type + k_between + target.logical_id);
}

void References::add_identifier(std::string_view system, std::string_view value,
                                std::string_view patient_id) {
    add('i' + std::string(system) + k_between + std::string(value),
        std::string("Patient") + k_between + std::string(patient_id));
}

void References::add_medication(std::string_view logical_id, const v1::Prescription& facts) {
    add('m' + std::string(logical_id), facts.SerializeAsString());
}

void References::add_prior(const ResourceId& order, const ResourceId& prior) {
    if (memory_ + k_entry_cost > k_memory_max) {
        full_ = true;
        return;
    }
    if (prior_.try_emplace(order, prior).second) memory_ += k_entry_cost;
}

std::optional<Target> References::resolve(std::string_view reference,
                                          std::string_view expected) const {
    if (reference.empty() || reference.starts_with('#')) return std::nullopt;
    if (const auto found = known_.find('u' + std::string(reference)); found != known_.end()) {
        if (found->second.empty()) return std::nullopt;
        return to_target(found->second);
    }
    if (auto target = relative(reference)) return target;
    const FullUrl url = read_full_url(reference);
    if (url.id.empty()) return std::nullopt;
    if (!url.base.empty()) {
        if (url.base != base_) return std::nullopt;
        return Target{std::string(url.type), std::string(url.id)};
    }
    if (expected.empty()) return std::nullopt;
    return Target{std::string(expected), std::string(url.id)};
}

std::optional<Target> References::patient_by_identifier(std::string_view system,
                                                        std::string_view value) const {
    const auto found = known_.find('i' + std::string(system) + k_between + std::string(value));
    if (found == known_.end() || found->second.empty()) return std::nullopt;
    return to_target(found->second);
}

std::optional<v1::Prescription> References::medication(std::string_view reference) const {
    const auto target = resolve(reference, "Medication");
    if (!target || target->type != "Medication") return std::nullopt;
    const auto found = known_.find('m' + target->logical_id);
    v1::Prescription facts;
    if (found == known_.end() || found->second.empty() || !facts.ParseFromString(found->second)) {
        return std::nullopt;
    }
    return facts;
}

ResourceId References::first_order(const ResourceId& order) const {
    ResourceId at = order;
    // Bounded: a line of orders that bites its own tail ends somewhere.
    for (std::size_t i = 0; i < k_line_max; ++i) {
        const auto found = prior_.find(at);
        if (found == prior_.end() || found->second == order) break;
        at = found->second;
    }
    return at;
}

bool is_national(std::string_view identifier_system) {
    constexpr std::string_view arc = "urn:oid:2.16.578.1.12.4.1.4.";
    if (!identifier_system.starts_with(arc)) return false;
    const std::string_view last = identifier_system.substr(arc.size());
    return last == "1" || last == "2" || last == "3";
}

}  // namespace kari::fhir
