// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <kari/ids.hpp>

#include "kari/v1/resources.pb.h"

namespace kari::fhir {

// Type and logical id of a resource of the source system.
struct Target {
    std::string type;
    std::string logical_id;
    bool operator==(const Target&) const = default;
};

// What a fullUrl says: "urn:uuid:X", "BASE/Type/X", or neither.
struct FullUrl {
    std::string_view base;  // of "BASE/Type/X"
    std::string_view type;
    std::string_view id;  // empty when the address does not hold one
};
FullUrl read_full_url(std::string_view url);

// What must be known of a whole input to read each of its resources alone. An entry whose address
// follows from its type and id takes no room here; what does take room is bounded.
class References {
public:
    static constexpr std::size_t k_memory_max = 12 * 1024 * 1024;

    // The server that the input's addresses speak of: the first one named. False when `base` is
    // another one: ids of two servers must never be taken for each other.
    bool accept_base(std::string_view base);

    void add_entry(std::string_view full_url, const Target& target);
    void add_identifier(std::string_view system, std::string_view value,
                        std::string_view patient_id);
    void add_medication(std::string_view logical_id, const v1::Prescription& facts);
    void add_prior(const ResourceId& order, const ResourceId& prior);

    // `expected` is the type that an address without a type is taken to have; nothing is resolved
    // when it is needed and empty.
    std::optional<Target> resolve(std::string_view reference, std::string_view expected) const;
    std::optional<Target> patient_by_identifier(std::string_view system,
                                                std::string_view value) const;
    std::optional<v1::Prescription> medication(std::string_view reference) const;
    // The oldest order of the line that ends in this one.
    ResourceId first_order(const ResourceId& order) const;

    // Something did not fit: what it would have told is not known.
    bool full() const { return full_; }

private:
    void add(std::string key, std::string value);

    std::string base_;
    std::unordered_map<std::string, std::string> known_;
    std::unordered_map<ResourceId, ResourceId> prior_;
    std::size_t memory_ = 0;
    bool full_ = false;
};

// Identifier systems that name one person in all of Norway.
bool is_national(std::string_view identifier_system);

}  // namespace kari::fhir
