// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/knowledge_pack.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <initializer_list>

#include "sdk/base/quantity.hpp"

namespace kari::clinical {
namespace {

constexpr std::size_t k_text_max = 4 * 1024 * 1024;
constexpr std::int64_t k_interval_days_max = 3650;
constexpr std::int64_t k_within_minutes_max = 7 * 24 * 60;
constexpr std::int64_t k_worn_hours_max = 31 * 24;
constexpr std::int64_t k_counts_times_max = 10;
constexpr std::size_t k_entries_max = 10'000;
constexpr std::string_view k_format = "kari-pack-1";

namespace json = boost::json;

Result<void> only_members(const json::object& object, std::string_view where,
                          std::initializer_list<std::string_view> known,
                          std::initializer_list<std::string_view> optional = {}) {
    for (const auto& member : object) {
        const std::string_view key(member.key().data(), member.key().size());
        if (std::find(known.begin(), known.end(), key) == known.end() &&
            std::find(optional.begin(), optional.end(), key) == optional.end()) {
            return fail(ErrorCode::malformed,
                        std::string(where) + " has a member that this build does not know");
        }
    }
    for (const auto key : known) {
        if (!object.contains(json::string_view(key.data(), key.size()))) {
            return fail(ErrorCode::malformed,
                        std::string(where) + " lacks \"" + std::string(key) + "\"");
        }
    }
    return {};
}

Result<std::string> text_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(json::string_view(key.data(), key.size()));
    if (value == nullptr || !value->is_string() || value->as_string().empty()) {
        return fail(ErrorCode::malformed, "\"" + std::string(key) + "\" is not a text");
    }
    const auto& text = value->as_string();
    return std::string(text.data(), text.size());
}

Result<std::vector<std::string>> prefixes_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(json::string_view(key.data(), key.size()));
    if (value == nullptr || !value->is_array()) {
        return fail(ErrorCode::malformed, "\"" + std::string(key) + "\" is not a list");
    }
    const auto& items = value->as_array();
    if (items.size() > k_entries_max) {
        return fail(ErrorCode::too_large, "\"" + std::string(key) + "\" has too many entries");
    }
    std::vector<std::string> prefixes;
    for (const auto& item : items) {
        if (!item.is_string() || !is_atc({item.as_string().data(), item.as_string().size()})) {
            return fail(ErrorCode::malformed,
                        "\"" + std::string(key) + "\" has an entry that is no ATC code");
        }
        prefixes.emplace_back(item.as_string().data(), item.as_string().size());
    }
    return prefixes;
}

Result<CrossAllergy> read_cross_allergy(const json::value& value) {
    if (!value.is_object()) return fail(ErrorCode::malformed, "a cross allergy is no object");
    const auto& object = value.as_object();
    if (const auto ok =
            only_members(object, "a cross allergy", {"id", "allergy", "same", "possible", "apart"});
        !ok) {
        return tl::unexpected(ok.error());
    }
    CrossAllergy rule;
    const auto id = text_at(object, "id");
    if (!id) return tl::unexpected(id.error());
    rule.id = *id;
    const std::pair<std::string_view, std::vector<std::string>*> lists[] = {
        {"allergy", &rule.allergy},
        {"same", &rule.same},
        {"possible", &rule.possible},
        {"apart", &rule.apart}};
    for (const auto& [key, target] : lists) {
        auto prefixes = prefixes_at(object, key);
        if (!prefixes) return tl::unexpected(prefixes.error());
        *target = std::move(*prefixes);
    }
    return rule;
}

Result<std::vector<CrossAllergy>> read_cross_allergies(const json::object& object) {
    const auto* value = object.if_contains("cross_allergies");
    if (value == nullptr || !value->is_array()) {
        return fail(ErrorCode::malformed, "\"cross_allergies\" is not a list");
    }
    if (value->as_array().size() > k_entries_max) {
        return fail(ErrorCode::too_large, "\"cross_allergies\" has too many entries");
    }
    std::vector<CrossAllergy> rules;
    for (const auto& item : value->as_array()) {
        auto rule = read_cross_allergy(item);
        if (!rule) return tl::unexpected(rule.error());
        rules.push_back(std::move(*rule));
    }
    return rules;
}

Result<std::vector<std::string>> texts_at(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(json::string_view(key.data(), key.size()));
    if (value == nullptr || !value->is_array() || value->as_array().empty()) {
        return fail(ErrorCode::malformed, "\"" + std::string(key) + "\" is not a list");
    }
    if (value->as_array().size() > k_entries_max) {
        return fail(ErrorCode::too_large, "\"" + std::string(key) + "\" has too many entries");
    }
    std::vector<std::string> texts;
    for (const auto& item : value->as_array()) {
        if (!item.is_string() || item.as_string().empty()) {
            return fail(ErrorCode::malformed, "\"" + std::string(key) + "\" has no text");
        }
        texts.emplace_back(item.as_string().data(), item.as_string().size());
    }
    return texts;
}

// Nothing when the hold has no such limit.
Result<std::optional<Quantity>> limit_at(const json::object& object, std::string_view key,
                                         const std::string& unit) {
    if (!object.contains(json::string_view(key.data(), key.size()))) {
        return std::optional<Quantity>();
    }
    const auto text = text_at(object, key);
    if (!text) return tl::unexpected(text.error());
    const auto number = Decimal::parse(*text);
    if (!number) return fail(ErrorCode::malformed, "\"" + std::string(key) + "\" is no number");
    return std::optional(Quantity{*number, unit, {}});
}

Result<DoseHold> read_hold(const json::value& value) {
    if (!value.is_object()) return fail(ErrorCode::malformed, "a hold is no object");
    const auto& object = value.as_object();
    if (const auto ok =
            only_members(object, "a hold", {"id", "drugs", "codes", "unit", "within_minutes"},
                         {"below", "above"});
        !ok) {
        return tl::unexpected(ok.error());
    }
    DoseHold hold;
    const auto id = text_at(object, "id");
    if (!id) return tl::unexpected(id.error());
    hold.id = *id;
    auto drugs = prefixes_at(object, "drugs");
    if (!drugs) return tl::unexpected(drugs.error());
    hold.drugs = std::move(*drugs);
    auto codes = texts_at(object, "codes");
    if (!codes) return tl::unexpected(codes.error());
    hold.codes = std::move(*codes);
    const auto unit = text_at(object, "unit");
    if (!unit) return tl::unexpected(unit.error());
    if (!base::known_unit(*unit)) return fail(ErrorCode::malformed, "a hold's unit");
    auto below = limit_at(object, "below", *unit);
    if (!below) return tl::unexpected(below.error());
    auto above = limit_at(object, "above", *unit);
    if (!above) return tl::unexpected(above.error());
    if (!*below && !*above) return fail(ErrorCode::malformed, "a hold without a limit");
    hold.below = std::move(*below);
    hold.above = std::move(*above);
    const auto& within = object.at("within_minutes");
    if (!within.is_int64() || within.as_int64() <= 0 || within.as_int64() > k_within_minutes_max) {
        return fail(ErrorCode::malformed, "\"within_minutes\" is no number of minutes");
    }
    hold.within = Duration::minutes(within.as_int64());
    return hold;
}

Result<std::vector<DoseHold>> read_holds(const json::object& object) {
    std::vector<DoseHold> holds;
    const auto* value = object.if_contains("holds");
    if (value == nullptr) return holds;
    if (!value->is_array()) return fail(ErrorCode::malformed, "\"holds\" is not a list");
    if (value->as_array().size() > k_entries_max) {
        return fail(ErrorCode::too_large, "\"holds\" has too many entries");
    }
    for (const auto& item : value->as_array()) {
        auto hold = read_hold(item);
        if (!hold) return tl::unexpected(hold.error());
        holds.push_back(std::move(*hold));
    }
    return holds;
}

Result<std::int64_t> whole_at(const json::object& object, const char* key, std::int64_t most) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_int64() || value->as_int64() <= 0 ||
        value->as_int64() > most) {
        return fail(ErrorCode::malformed, "\"" + std::string(key) + "\" is no number");
    }
    return value->as_int64();
}

Result<PatchDrug> read_patch_drug(const json::value& value) {
    if (!value.is_object()) return fail(ErrorCode::malformed, "a patch is no object");
    const auto& object = value.as_object();
    if (const auto ok = only_members(object, "a patch", {"atc", "hours"}); !ok) {
        return tl::unexpected(ok.error());
    }
    const auto atc = text_at(object, "atc");
    if (!atc) return tl::unexpected(atc.error());
    if (!is_atc(*atc)) return fail(ErrorCode::malformed, "a patch's \"atc\" is no ATC code");
    const auto hours = whole_at(object, "hours", k_worn_hours_max);
    if (!hours) return tl::unexpected(hours.error());
    return PatchDrug{*atc, Duration::hours(*hours)};
}

Result<PatchRules> read_patches(const json::object& pack) {
    PatchRules out;
    const auto* value = pack.if_contains("patches");
    if (value == nullptr) return out;
    if (!value->is_object()) return fail(ErrorCode::malformed, "\"patches\" is no object");
    const auto& object = value->as_object();
    if (const auto ok = only_members(object, "\"patches\"",
                                     {"drugs", "else_hours", "change_minutes", "counts_times"});
        !ok) {
        return tl::unexpected(ok.error());
    }
    const auto& drugs = object.at("drugs");
    if (!drugs.is_array()) return fail(ErrorCode::malformed, "\"drugs\" is not a list");
    if (drugs.as_array().size() > k_entries_max) {
        return fail(ErrorCode::too_large, "\"drugs\" has too many entries");
    }
    for (const auto& item : drugs.as_array()) {
        auto drug = read_patch_drug(item);
        if (!drug) return tl::unexpected(drug.error());
        out.drugs.push_back(std::move(*drug));
    }
    const auto other = whole_at(object, "else_hours", k_worn_hours_max);
    if (!other) return tl::unexpected(other.error());
    out.worn_else = Duration::hours(*other);
    const auto change = whole_at(object, "change_minutes", k_within_minutes_max);
    if (!change) return tl::unexpected(change.error());
    out.change = Duration::minutes(*change);
    const auto times = whole_at(object, "counts_times", k_counts_times_max);
    if (!times) return tl::unexpected(times.error());
    out.counts_times = static_cast<int>(*times);
    return out;
}

}  // namespace

Duration PatchRules::worn(std::string_view atc) const {
    for (const PatchDrug& drug : drugs) {
        if (atc.starts_with(drug.atc)) return drug.worn;
    }
    return worn_else;
}

Duration PatchRules::longest() const {
    Duration out = worn_else;
    for (const PatchDrug& drug : drugs)
        out = std::max(out, drug.worn);
    return Duration{out.ms * counts_times};
}

bool is_atc(std::string_view code) {
    const auto letter = [&](std::size_t at) {
        return code[at] >= 'A' && code[at] <= 'Z';
    };
    const auto digit = [&](std::size_t at) {
        return code[at] >= '0' && code[at] <= '9';
    };
    switch (code.size()) {
        case 7:
            if (!digit(5) || !digit(6)) return false;
            [[fallthrough]];
        case 5:
            if (!letter(4)) return false;
            [[fallthrough]];
        case 4:
            if (!letter(3)) return false;
            [[fallthrough]];
        case 3:
            if (!digit(1) || !digit(2)) return false;
            [[fallthrough]];
        case 1:
            return letter(0);
        default:
            return false;
    }
}

bool KnowledgePack::is_critical(std::string_view atc) const {
    return std::any_of(critical.begin(), critical.end(),
                       [&](const std::string& prefix) { return atc.starts_with(prefix); });
}

Result<KnowledgePack> read_pack(std::string_view text) {
    if (text.size() > k_text_max) return fail(ErrorCode::too_large, "knowledge pack");
    boost::system::error_code failed;
    const auto value = json::parse(json::string_view(text.data(), text.size()), failed);
    if (failed) return fail(ErrorCode::malformed, "knowledge pack is not JSON");
    if (!value.is_object()) return fail(ErrorCode::malformed, "knowledge pack is no object");
    const auto& object = value.as_object();
    if (const auto ok =
            only_members(object, "knowledge pack",
                         {"format", "id", "version", "label", "cross_allergies", "critical"},
                         {"vaccine_interval_days", "holds", "patches"});
        !ok) {
        return tl::unexpected(ok.error());
    }
    const auto format = text_at(object, "format");
    if (!format) return tl::unexpected(format.error());
    if (*format != k_format) return fail(ErrorCode::malformed, "knowledge pack of another format");
    KnowledgePack pack;
    const std::pair<std::string_view, std::string*> texts[] = {
        {"id", &pack.id}, {"version", &pack.version}, {"label", &pack.label}};
    for (const auto& [key, target] : texts) {
        auto found = text_at(object, key);
        if (!found) return tl::unexpected(found.error());
        *target = std::move(*found);
    }
    auto rules = read_cross_allergies(object);
    if (!rules) return tl::unexpected(rules.error());
    pack.cross_allergies = std::move(*rules);
    auto critical = prefixes_at(object, "critical");
    if (!critical) return tl::unexpected(critical.error());
    pack.critical = std::move(*critical);
    if (const auto* days = object.if_contains("vaccine_interval_days")) {
        if (!days->is_int64() || days->as_int64() < 0 || days->as_int64() > k_interval_days_max) {
            return fail(ErrorCode::malformed, "\"vaccine_interval_days\" is no number of days");
        }
        pack.vaccine_interval_days = static_cast<int>(days->as_int64());
    }
    auto holds = read_holds(object);
    if (!holds) return tl::unexpected(holds.error());
    pack.holds = std::move(*holds);
    auto patches = read_patches(object);
    if (!patches) return tl::unexpected(patches.error());
    pack.patches = std::move(*patches);
    return pack;
}

}  // namespace kari::clinical
