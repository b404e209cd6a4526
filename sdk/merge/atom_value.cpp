// SPDX-License-Identifier: Apache-2.0
#include "sdk/merge/atom_value.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sdk/base/digest.hpp"
#include "sdk/base/mutant.hpp"

namespace kari::merge {
namespace {

namespace pb = google::protobuf;

// The rank of a value: smaller is obeyed first; what the order does not name ranks last.
std::size_t rank_in(const std::vector<int>& order, int value) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), value) - order.begin());
}

std::optional<int> enum_of(const AtomSchema& atom, const pb::Message& resource) {
    const auto* reflection = resource.GetReflection();
    if (!reflection->HasField(resource, atom.field)) return std::nullopt;
    if (atom.rank_field == nullptr) return reflection->GetEnumValue(resource, atom.field);
    const auto& message = reflection->GetMessage(resource, atom.field);
    return message.GetReflection()->GetEnumValue(message, atom.rank_field);
}

bool same_value(const AtomWrite& a, const AtomWrite& b) {
    return a.value == b.value && a.cleared == b.cleared;
}

bool all_agree(const std::vector<AtomWrite>& live) {
    return std::all_of(live.begin(), live.end(),
                       [&](const AtomWrite& write) { return same_value(write, live.front()); });
}

const AtomWrite* newest(const std::vector<const AtomWrite*>& writes) {
    return *std::max_element(
        writes.begin(), writes.end(), [](const AtomWrite* a, const AtomWrite* b) {
            return std::pair(a->tick, a->change) < std::pair(b->tick, b->change);
        });
}

// The writes of best rank. Without an order all are equal; "no value" ranks behind every value.
std::vector<const AtomWrite*> best_ranked(const KindSchema& kind, const AtomSchema& atom,
                                          const AtomState& state) {
    std::vector<const AtomWrite*> best;
    std::size_t best_rank = 0;
    for (const auto& write : state.live) {
        std::size_t rank = atom.risk_order.size() + 1;
        if (!write.cleared) {
            const auto message = parse_value(kind, write.value);
            const auto value = atom.risk_order.empty() ? std::nullopt : enum_of(atom, *message);
            rank = value ? rank_in(atom.risk_order, *value) : atom.risk_order.size();
        }
        if (best.empty() || rank < best_rank) {
            best.assign(1, &write);
            best_rank = rank;
        } else if (rank == best_rank) {
            best.push_back(&write);
        }
    }
    return best;
}

std::string element_key(const AtomSchema& atom, const pb::Message& element) {
    const std::unique_ptr<pb::Message> key(element.New());
    const auto* from = element.GetReflection();
    for (const auto* field : atom.key) {
        if (field->is_repeated()) {
            for (int i = 0; i < from->FieldSize(element, field); ++i) {
                key->GetReflection()
                    ->AddMessage(key.get(), field)
                    ->CopyFrom(from->GetRepeatedMessage(element, field, i));
            }
        } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
            if (!from->HasField(element, field)) continue;
            key->GetReflection()
                ->MutableMessage(key.get(), field)
                ->CopyFrom(from->GetMessage(element, field));
        } else {
            key->GetReflection()->SetString(key.get(), field, from->GetString(element, field));
        }
    }
    return key->SerializeAsString();
}

template <typename Visit>
void each_element(const AtomSchema& atom, const pb::Message& resource, Visit visit) {
    if (!resource.GetReflection()->HasField(resource, atom.field)) return;
    const auto& set = resource.GetReflection()->GetMessage(resource, atom.field);
    const auto* items = atom.field->message_type()->FindFieldByName("items");
    for (int i = 0; i < set.GetReflection()->FieldSize(set, items); ++i) {
        visit(set.GetReflection()->GetRepeatedMessage(set, items, i));
    }
}

// Two authors who did not see each other speak of the same thing and say different things of it.
bool elements_collide(const KindSchema& kind, const AtomSchema& atom, const AtomState& state) {
    if (atom.key.empty()) return false;
    std::map<std::string, std::set<std::string>> said;  // key -> what each write says of it
    for (const auto& write : state.live) {
        std::map<std::string, std::string> of_write;
        each_element(atom, *parse_value(kind, write.value), [&](const pb::Message& element) {
            of_write[element_key(atom, element)] += element.SerializeAsString();
        });
        for (auto& [key, bytes] : of_write)
            said[key].insert(std::move(bytes));
    }
    return std::any_of(said.begin(), said.end(),
                       [](const auto& entry) { return entry.second.size() > 1; });
}

}  // namespace

bool parses(const KindSchema& kind, const std::string& value) {
    const std::unique_ptr<pb::Message> message(kind.prototype->New());
    return message->ParseFromString(value);
}

std::unique_ptr<pb::Message> parse_value(const KindSchema& kind, const std::string& value) {
    std::unique_ptr<pb::Message> message(kind.prototype->New());
    if (!message->ParseFromString(value)) message->Clear();
    return message;
}

bool takes_effect(const KindSchema* kind, const AtomSchema* schema, const Change& change,
                  const AtomWrite& write) {
    if (kind == nullptr || schema == nullptr || schema->policy != v1::POLICY_AUTHORITY) return true;
    if (change.from_server() || KARI_MUTATED(proposals_take_effect)) return true;
    if (schema->restrictive.empty() || write.value.empty()) return false;
    const auto value = enum_of(*schema, *parse_value(*kind, write.value));
    return value && rank_in(schema->restrictive, *value) < schema->restrictive.size();
}

bool values_collide(const KindSchema& kind, const AtomSchema& atom, const AtomState& state) {
    if (state.live.size() < 2) return false;
    switch (atom.policy) {
        case v1::POLICY_UNION:
            return elements_collide(kind, atom, state);
        case v1::POLICY_AUTHORITY:
        case v1::POLICY_REVIEW:
        case v1::POLICY_FORK:
            return !all_agree(state.live);
        default:
            return false;
    }
}

const AtomWrite* choose(const KindSchema& kind, const AtomSchema& atom, const AtomState& state) {
    if (state.live.empty()) return nullptr;
    std::vector<const AtomWrite*> all;
    for (const auto& write : state.live)
        all.push_back(&write);
    if (all_agree(state.live) || atom.policy == v1::POLICY_LATEST) return newest(all);
    if (atom.policy == v1::POLICY_FORK) return nullptr;  // both documents stand
    const auto best = best_ranked(kind, atom, state);
    if (atom.policy == v1::POLICY_AUTHORITY) return newest(best);
    const bool decided = !atom.risk_order.empty() &&
                         std::all_of(best.begin(), best.end(), [&](const AtomWrite* write) {
                             return same_value(*write, *best.front());
                         });
    return decided ? newest(best) : nullptr;
}

void unite(const AtomSchema& atom, const AtomState& state, pb::Message& out) {
    const auto* kind = schema_of_type(*out.GetDescriptor());
    const auto* items = atom.field->message_type()->FindFieldByName("items");
    if (all_agree(state.live)) {
        out.MergeFrom(*parse_value(*kind, state.live.front().value));
        return;
    }
    std::set<std::string> elements;  // each as the bytes of a resource with one element
    for (const auto& write : state.live) {
        const auto message = parse_value(*kind, write.value);
        if (!message->GetReflection()->HasField(*message, atom.field)) continue;
        const auto& set = message->GetReflection()->GetMessage(*message, atom.field);
        for (int i = 0; i < set.GetReflection()->FieldSize(set, items); ++i) {
            const std::unique_ptr<pb::Message> one(message->New());
            auto* target = one->GetReflection()->MutableMessage(one.get(), atom.field);
            if (items->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
                target->GetReflection()
                    ->AddMessage(target, items)
                    ->CopyFrom(set.GetReflection()->GetRepeatedMessage(set, items, i));
            } else {
                target->GetReflection()->AddString(
                    target, items, set.GetReflection()->GetRepeatedString(set, items, i));
            }
            elements.insert(one->SerializeAsString());
        }
    }
    for (const auto& bytes : elements)
        out.MergeFrom(*parse_value(*kind, bytes));
}

}  // namespace kari::merge
