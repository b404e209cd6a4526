// SPDX-License-Identifier: Apache-2.0
#include "sdk/fhir/remainder.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sdk/base/digest.hpp"

namespace kari::fhir {

namespace {

// Elements of which FHIR allows one: value[x] and the like.
constexpr std::array<std::string_view, 9> k_choices = {"value",      "effective", "onset",
                                                       "medication", "deceased",  "abatement",
                                                       "occurrence", "performed", "scheduled"};

Json bound(const Json& mapped, std::string_view name, Json value) {
    Json out = Json::object();
    out.set("$is", fingerprint(mapped));
    out.set(name, std::move(value));
    return out;
}

// True when `mapped` may be what was read of `original`.
bool came_from(const Json& original, const Json& mapped) {
    const Json::Object* members = mapped.members();
    if (members == nullptr) return original == mapped;
    return std::all_of(members->begin(), members->end(), [&](const Json::Member& member) {
        const Json* part = original.find(member.first);
        if (part == nullptr) return false;
        const Json::Array* items = member.second.items();
        if (items == nullptr) return came_from(*part, member.second);
        return part->items() != nullptr && part->all_items().size() >= items->size();
    });
}

Json item_remainder(const Json& original, const Json& mapped) {
    if (original == mapped) {
        Json out = Json::object();
        out.set("$is", fingerprint(mapped));
        return out;
    }
    if (original.members() != nullptr && mapped.members() != nullptr) {
        return bound(mapped, "$rest", remainder_of(original, mapped, {}));
    }
    return bound(mapped, "$whole", original);
}

Json items_remainder(const Json::Array& original, const Json::Array& mapped) {
    Json list = Json::array();
    std::size_t next = 0;
    for (const Json& item : original) {
        const bool same_length = original.size() == mapped.size();
        if (next < mapped.size() && (same_length || came_from(item, mapped[next]))) {
            list.push(item_remainder(item, mapped[next]));
            ++next;
        } else {
            list.push(Json(Json::Object{{"$whole", item}}));
        }
    }
    return Json(Json::Object{{"$items", std::move(list)}});
}

Json restored(const Json& mapped, const Json& binding) {
    if (const Json* rest = binding.find("$rest")) return with_remainder(mapped, *rest);
    if (const Json* whole = binding.find("$whole")) return *whole;
    return mapped;
}

Json restored_items(const Json::Array& mapped, const Json::Array& list) {
    std::vector<std::string> prints;
    for (const Json& item : mapped)
        prints.push_back(fingerprint(item));
    std::vector<bool> used(mapped.size(), false);
    Json out = Json::array();
    for (const Json& binding : list) {
        const std::string_view print = binding.text("$is");
        if (print.empty()) {
            if (const Json* whole = binding.find("$whole")) out.push(*whole);
            continue;
        }
        // An unused one first; a set holds two equal items only once.
        std::optional<std::size_t> found;
        for (std::size_t i = 0; i < prints.size(); ++i) {
            if (prints[i] == print && (!found || (used[*found] && !used[i]))) found = i;
        }
        if (!found) continue;
        used[*found] = true;
        out.push(restored(mapped[*found], binding));
    }
    for (std::size_t i = 0; i < mapped.size(); ++i) {
        if (!used[i]) out.push(mapped[i]);
    }
    return out;
}

std::string_view choice_of(std::string_view name) {
    if (name.starts_with('_')) name.remove_prefix(1);
    for (const std::string_view choice : k_choices) {
        if (name.size() > choice.size() && name.starts_with(choice) && name[choice.size()] >= 'A' &&
            name[choice.size()] <= 'Z') {
            return choice;
        }
    }
    return {};
}

// An element that only the remainder held, and an atom now says.
bool superseded(const std::string& name, const Json& mapped) {
    if (mapped.find(name) != nullptr) return true;
    const std::string_view choice = choice_of(name);
    if (choice.empty()) return false;
    const std::string_view own = std::string_view(name).substr(name.starts_with('_') ? 1 : 0);
    const Json::Object& members = mapped.all_members();
    return std::any_of(members.begin(), members.end(), [&](const Json::Member& member) {
        return choice_of(member.first) == choice && member.first != own;
    });
}

void restore_member(Json& out, const Json& mapped, const std::string& name, const Json& rest) {
    const bool of_primitive = name.starts_with('_');
    const Json* part = mapped.find(name);
    if (const Json* list = rest.find("$items"); list != nullptr && list->items() != nullptr) {
        static const Json::Array none;
        Json items = restored_items(part != nullptr && part->items() ? part->all_items() : none,
                                    list->all_items());
        if (!items.all_items().empty()) out.set(name, std::move(items));
    } else if (const std::string_view print = rest.text("$is"); !print.empty()) {
        if (of_primitive) part = mapped.find(name.substr(1));
        if (part == nullptr || fingerprint(*part) != print) return;
        const Json* whole = rest.find("$whole");
        if (!of_primitive)
            out.set(name, restored(*part, rest));
        else if (whole != nullptr)
            out.set(name, *whole);
    } else if (!superseded(name, mapped)) {
        out.set(name, rest);
    }
}

}  // namespace

std::string fingerprint(const Json& value) {
    return base::sha256(canonical_text(value)).text().substr(0, 16);
}

Json remainder_of(const Json& original, const Json& mapped, const std::set<std::string>& sets) {
    Json out = Json::object();
    for (const auto& [name, value] : original.all_members()) {
        const Json* part = mapped.find(name);
        if (part == nullptr) {
            const Json* primitive =
                name.starts_with('_') ? mapped.find(std::string_view(name).substr(1)) : nullptr;
            out.set(name, primitive != nullptr ? bound(*primitive, "$whole", value) : value);
        } else if (value.items() != nullptr && part->items() != nullptr) {
            const bool unordered = sets.contains(name) && value.all_items().size() > 1;
            if (unordered || !(value == *part)) {
                out.set(name, items_remainder(value.all_items(), part->all_items()));
            }
        } else if (value == *part) {
            continue;
        } else if (value.members() != nullptr && part->members() != nullptr) {
            out.set(name, bound(*part, "$rest", remainder_of(value, *part, {})));
        } else {
            out.set(name, bound(*part, "$whole", value));
        }
    }
    // A logical id that stood in the fullUrl only. Nothing else may be added by the mapping.
    if (mapped.find("id") != nullptr && original.find("id") == nullptr) {
        out.set("$absent", Json(Json::Array{Json("id")}));
    }
    return out;
}

Json with_remainder(Json mapped, const Json& remainder) {
    if (remainder.members() == nullptr || mapped.members() == nullptr) return mapped;
    Json out = mapped;
    for (const auto& [name, rest] : remainder.all_members()) {
        if (name == "$absent" && rest.items() != nullptr) {
            for (const Json& absent : rest.all_items()) {
                if (absent.string() != nullptr) out.erase(*absent.string());
            }
        } else if (!name.starts_with('$')) {
            restore_member(out, mapped, name, rest);
        }
    }
    return out;
}

}  // namespace kari::fhir
