// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/schema.hpp"

#include <algorithm>
#include <stdexcept>

#include "kari/v1/allowance.pb.h"
#include "kari/v1/care.pb.h"
#include "kari/v1/stock.pb.h"

namespace kari::merge {
namespace {

namespace pb = google::protobuf;

int enum_number(const pb::EnumDescriptor& type, const std::string& value) {
    const auto* found = type.FindValueByName(value);
    if (found == nullptr) throw std::logic_error("merge option names no value: " + value);
    return found->number();
}

const pb::EnumDescriptor* ranked_enum(const AtomSchema& atom) {
    const auto* field = atom.rank_field != nullptr ? atom.rank_field : atom.field;
    return field->enum_type();
}

void read_ranks(AtomSchema& atom, const v1::Merge& merge) {
    if (!merge.rank_by().empty()) {
        atom.rank_field = atom.field->message_type()->FindFieldByName(merge.rank_by());
        if (atom.rank_field == nullptr) throw std::logic_error("rank_by names no field");
    }
    if (merge.risk_order().empty() && merge.restrictive().empty()) return;
    const auto* type = ranked_enum(atom);
    if (type == nullptr) throw std::logic_error("ranks need an enum: " + atom.name);
    for (const auto& value : merge.risk_order()) {
        atom.risk_order.push_back(enum_number(*type, value));
    }
    for (const auto& value : merge.restrictive()) {
        atom.restrictive.push_back(enum_number(*type, value));
    }
}

void read_key(AtomSchema& atom, const v1::Merge& merge) {
    if (atom.policy != v1::POLICY_UNION) return;
    const auto* set = atom.field->message_type();
    const auto* items = set != nullptr ? set->FindFieldByName("items") : nullptr;
    if (items == nullptr || !items->is_repeated()) {
        throw std::logic_error("a UNION atom has one repeated field `items`: " + atom.name);
    }
    for (const auto& name : merge.key()) {
        const auto* field = items->message_type()->FindFieldByName(name);
        if (field == nullptr) throw std::logic_error("key names no field: " + name);
        atom.key.push_back(field);
    }
}

AtomSchema read_atom(const pb::FieldDescriptor& field) {
    const auto& merge = field.options().GetExtension(v1::merge);
    AtomSchema atom;
    atom.number = static_cast<std::uint32_t>(field.number());
    atom.name = field.name();
    atom.policy = merge.policy();
    atom.field = &field;
    read_ranks(atom, merge);
    read_key(atom, merge);
    return atom;
}

KindSchema read_kind(const pb::Descriptor& type) {
    const auto& options = type.options().GetExtension(v1::kind);
    KindSchema schema;
    schema.kind = static_cast<v1::Kind>(options.kind());
    schema.name = type.name();
    schema.prototype = pb::MessageFactory::generated_factory()->GetPrototype(&type);
    schema.fact = options.fact();
    schema.safety = options.safety();
    for (int f = 0; f < type.field_count(); ++f) {
        schema.atoms.push_back(read_atom(*type.field(f)));
    }
    return schema;
}

std::vector<KindSchema> read_kinds() {
    std::vector<KindSchema> kinds;
    for (const auto* file : schema_files()) {
        for (int i = 0; i < file->message_type_count(); ++i) {
            const auto* type = file->message_type(i);
            if (type->options().HasExtension(v1::kind)) kinds.push_back(read_kind(*type));
        }
    }
    std::sort(kinds.begin(), kinds.end(),
              [](const KindSchema& a, const KindSchema& b) { return a.kind < b.kind; });
    return kinds;
}

}  // namespace

const std::vector<const pb::FileDescriptor*>& schema_files() {
    static const std::vector<const pb::FileDescriptor*> files = {
        v1::Patient::descriptor()->file(), v1::Condition::descriptor()->file(),
        v1::MedicationAllowance::descriptor()->file(), v1::StockEvent::descriptor()->file()};
    return files;
}

const AtomSchema* KindSchema::atom(std::uint32_t number) const {
    for (const auto& atom : atoms) {
        if (atom.number == number) return &atom;
    }
    return nullptr;
}

const std::vector<KindSchema>& all_kinds() {
    static const std::vector<KindSchema> kinds = read_kinds();
    return kinds;
}

const KindSchema* schema_of(std::uint32_t kind) {
    for (const auto& schema : all_kinds()) {
        if (static_cast<std::uint32_t>(schema.kind) == kind) return &schema;
    }
    return nullptr;
}

const KindSchema* schema_of_type(const pb::Descriptor& type) {
    for (const auto& schema : all_kinds()) {
        if (schema.prototype->GetDescriptor() == &type) return &schema;
    }
    return nullptr;
}

}  // namespace kari::merge
