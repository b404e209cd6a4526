// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "kari/v1/merge.pb.h"
#include "kari/v1/resources.pb.h"

namespace kari::merge {

// How one atom merges, read once from the schema's options.
struct AtomSchema {
    std::uint32_t number = 0;
    std::string name;
    v1::Policy policy = v1::POLICY_UNSPECIFIED;
    const google::protobuf::FieldDescriptor* field = nullptr;
    const google::protobuf::FieldDescriptor* rank_field = nullptr;  // null: the atom is the enum
    std::vector<int> risk_order;   // enum numbers, the one to obey first
    std::vector<int> restrictive;  // enum numbers
    std::vector<const google::protobuf::FieldDescriptor*> key;  // of an element of `items`
};

struct KindSchema {
    v1::Kind kind = v1::KIND_UNSPECIFIED;
    std::string name;  // FHIR's where it has one: "MedicationRequest"
    const google::protobuf::Message* prototype = nullptr;
    bool fact = false;
    bool safety = false;
    std::vector<AtomSchema> atoms;

    const AtomSchema* atom(std::uint32_t number) const;
};

// The schema of a kind; null when this build does not know it. Valid for the whole process.
const KindSchema* schema_of(std::uint32_t kind);
const KindSchema* schema_of_type(const google::protobuf::Descriptor& type);
const std::vector<KindSchema>& all_kinds();  // ascending by number
// The files in which the messages of kinds stand: what the fold depends on.
const std::vector<const google::protobuf::FileDescriptor*>& schema_files();

}  // namespace kari::merge
