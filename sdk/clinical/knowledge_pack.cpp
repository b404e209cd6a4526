// SPDX-License-Identifier: Apache-2.0
#include "sdk/clinical/knowledge_pack.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

#include "kari/v1/pack.pb.h"
#include "sdk/base/digest.hpp"
#include "sdk/base/quantity.hpp"
#include "sdk/base/time.hpp"
#include "sdk/clinical/gs1.hpp"

namespace kari::clinical {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::RepeatedPtrField;

constexpr std::int64_t k_interval_days_max = 3650;
constexpr std::int64_t k_within_minutes_max = 7 * 24 * 60;
constexpr std::int64_t k_worn_hours_max = 31 * 24;
constexpr std::int64_t k_counts_times_max = 10;
constexpr std::int64_t k_days_apart_max = 7;
constexpr std::int64_t k_age_max = 130;
constexpr std::int64_t k_count_days_max = 366;
constexpr std::int64_t k_wait_minutes_max = 24 * 60;
constexpr std::size_t k_pairs_max = 250'000;
constexpr int k_entries_max = 10'000;
constexpr int k_products_max = 40'000;  // some countries sell as many packages
constexpr std::size_t k_text_max = 1'000;
constexpr std::string_view k_format = "kari-pack-1";

tl::unexpected<Error> wrong(const std::string& where, std::string_view what) {
    return fail(ErrorCode::malformed, fmt::format("pack/malformed: {}: {}", where, what));
}

tl::unexpected<Error> too_much(const std::string& where, std::string_view what) {
    return fail(ErrorCode::too_large, fmt::format("pack/too-large: {}: {}", where, what));
}

std::string inside(const std::string& where, std::string_view name) {
    return where.empty() ? std::string(name) : fmt::format("{}.{}", where, name);
}

std::string at(std::string_view list, int index) {
    return fmt::format("{}[{}]", list, index);
}

// What holds of every message of a pack, so that a new list need not say it again: nothing that
// this build does not know, no list and no text beyond what a pack may have.
Result<void> bounded(const Message& said, const std::string& where);

Result<void> bounded(const Message& said, const FieldDescriptor& field, const std::string& where) {
    const auto& look = *said.GetReflection();
    std::string held;
    if (!field.is_repeated()) {
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            return look.HasField(said, &field) ? bounded(look.GetMessage(said, &field), where)
                                               : Result<void>{};
        }
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
            look.GetStringReference(said, &field, &held).size() > k_text_max) {
            return too_much(where, fmt::format("a text of more than {} bytes", k_text_max));
        }
        return {};
    }
    const int size = look.FieldSize(said, &field);
    const bool products = field.number() == v1::Pack::kProductsFieldNumber &&
                          field.containing_type() == v1::Pack::descriptor();
    const int most = products ? k_products_max : k_entries_max;
    if (size > most) return too_much(where, fmt::format("more than {} entries", most));
    for (int i = 0; i < size; ++i) {
        if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            auto ok = bounded(look.GetRepeatedMessage(said, &field, i), at(where, i));
            if (!ok) return ok;
        } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                   look.GetRepeatedStringReference(said, &field, i, &held).size() > k_text_max) {
            return too_much(at(where, i), fmt::format("a text of more than {} bytes", k_text_max));
        }
    }
    return {};
}

Result<void> bounded(const Message& said, const std::string& where) {
    if (!said.GetReflection()->GetUnknownFields(said).empty()) {
        return fail(ErrorCode::schema_too_new,
                    "pack/newer: " + (where.empty() ? std::string("the pack") : where));
    }
    for (int i = 0; i < said.GetDescriptor()->field_count(); ++i) {
        const auto& field = *said.GetDescriptor()->field(i);
        if (auto ok = bounded(said, field, inside(where, field.name())); !ok) return ok;
    }
    return {};
}

// Reads the parts of a pack. What is wrong first is kept; reading goes on with what is empty.
class Reader {
public:
    void wrong_at(const std::string& where, std::string_view what) {
        if (!error_) error_ = wrong(where, what).value();
    }
    const std::optional<Error>& error() const { return error_; }

    std::string text(const std::string& said, const std::string& where) {
        if (said.empty()) wrong_at(where, "no text");
        return said;
    }

    std::vector<std::string> texts(const RepeatedPtrField<std::string>& said,
                                   const std::string& where) {
        if (said.empty()) wrong_at(where, "an empty list");
        for (int i = 0; i < said.size(); ++i)
            text(said[i], at(where, i));
        return {said.begin(), said.end()};
    }

    // A whole code or the beginning of codes.
    std::string atc(const std::string& said, const std::string& where) {
        if (!is_atc(said)) wrong_at(where, "no ATC code");
        return said;
    }

    std::vector<std::string> atcs(const RepeatedPtrField<std::string>& said,
                                  const std::string& where) {
        for (int i = 0; i < said.size(); ++i)
            atc(said[i], at(where, i));
        return {said.begin(), said.end()};
    }

    // Without one the rule would say nothing.
    std::vector<std::string> some_atcs(const RepeatedPtrField<std::string>& said,
                                       const std::string& where) {
        if (said.empty()) wrong_at(where, "an empty list");
        return atcs(said, where);
    }

    std::int64_t number(std::int64_t said, std::int64_t least, std::int64_t most,
                        const std::string& where) {
        if (said < least || said > most) {
            wrong_at(where, fmt::format("no number from {} to {}", least, most));
            return least;
        }
        return said;
    }

    // One of some words, by its place among them.
    int word(const std::string& said, std::initializer_list<std::string_view> words,
             const std::string& where) {
        const auto* const found = std::find(words.begin(), words.end(), said);
        if (found == words.end()) wrong_at(where, "none of the words that may stand here");
        return found == words.end() ? 0 : static_cast<int>(found - words.begin());
    }

    Quantity quantity(const std::string& said, const std::string& unit, const std::string& where) {
        const auto number = Decimal::parse(said);
        if (!number) wrong_at(where, "no number");
        return {number.value_or(Decimal{}), unit, {}};
    }

    LocalDate date(const std::string& said, const std::string& where) {
        const auto date = base::parse_date(said);
        if (!date) wrong_at(where, "no day as YYYY-MM-DD");
        return date.value_or(LocalDate{});
    }

private:
    std::optional<Error> error_;
};

CrossAllergy cross_allergy_of(Reader& read, const v1::Pack::CrossAllergy& said,
                              const std::string& where) {
    return {read.text(said.id(), inside(where, "id")),
            read.some_atcs(said.allergy(), inside(where, "allergy")),
            read.atcs(said.same(), inside(where, "same")),
            read.atcs(said.possible(), inside(where, "possible")),
            read.atcs(said.apart(), inside(where, "apart"))};
}

DoseHold hold_of(Reader& read, const v1::Pack::Hold& said, const std::string& where) {
    DoseHold hold;
    hold.id = read.text(said.id(), inside(where, "id"));
    hold.drugs = read.some_atcs(said.drugs(), inside(where, "drugs"));
    hold.codes = read.texts(said.codes(), inside(where, "codes"));
    if (!base::known_unit(said.unit())) read.wrong_at(inside(where, "unit"), "no unit known here");
    if (said.has_below()) {
        hold.below = read.quantity(said.below(), said.unit(), inside(where, "below"));
    }
    if (said.has_above()) {
        hold.above = read.quantity(said.above(), said.unit(), inside(where, "above"));
    }
    if (!hold.below && !hold.above) read.wrong_at(where, "neither below nor above");
    hold.within = Duration::minutes(read.number(said.within_minutes(), 1, k_within_minutes_max,
                                                inside(where, "within_minutes")));
    return hold;
}

PatchDrug patch_drug_of(Reader& read, const v1::Pack::PatchDrug& said, const std::string& where) {
    return {
        read.atc(said.atc(), inside(where, "atc")),
        Duration::hours(read.number(said.hours(), 1, k_worn_hours_max, inside(where, "hours")))};
}

WeeklyDrug weekly_of(Reader& read, const v1::Pack::WeeklyDrug& said, const std::string& where) {
    WeeklyDrug drug;
    drug.id = read.text(said.id(), inside(where, "id"));
    drug.drugs = read.atcs(said.drugs(), inside(where, "drugs"));
    drug.days_apart = static_cast<int>(
        read.number(said.days_apart(), 2, k_days_apart_max, inside(where, "days_apart")));
    if (!said.has_daily_most()) return drug;
    if (!base::known_unit(said.unit())) read.wrong_at(inside(where, "unit"), "no unit known here");
    drug.daily_most = read.quantity(said.daily_most(), said.unit(), inside(where, "daily_most"));
    return drug;
}

CheckedDrug checked_of(Reader& read, const v1::Pack::CheckedDrug& said, const std::string& where) {
    CheckedDrug drug;
    drug.id = read.text(said.id(), inside(where, "id"));
    drug.drugs = read.atcs(said.drugs(), inside(where, "drugs"));
    if (!said.routes().empty()) drug.routes = read.texts(said.routes(), inside(where, "routes"));
    return drug;
}

AllowedDrug allowed_of(Reader& read, const v1::Pack::AllowedDrug& said, const std::string& where) {
    return {read.text(said.id(), inside(where, "id")),
            read.some_atcs(said.drugs(), inside(where, "drugs"))};
}

ControlledDrug controlled_of(Reader& read, const v1::Pack::ControlledDrug& said,
                             const std::string& where) {
    constexpr std::string_view k_groups[] = {"A", "B"};
    return {read.text(said.id(), inside(where, "id")),
            read.some_atcs(said.drugs(), inside(where, "drugs")),
            std::string(k_groups[read.word(said.group(), {"A", "B"}, inside(where, "group"))]),
            static_cast<int>(
                read.number(said.count_days(), 1, k_count_days_max, inside(where, "count_days")))};
}

DoseLimit dose_limit_of(Reader& read, const v1::Pack::DoseLimit& said, const std::string& where) {
    DoseLimit limit;
    limit.id = read.text(said.id(), inside(where, "id"));
    limit.drugs = read.some_atcs(said.drugs(), inside(where, "drugs"));
    limit.combined = read.atcs(said.combined(), inside(where, "combined"));
    if (!said.routes().empty()) limit.routes = read.texts(said.routes(), inside(where, "routes"));
    limit.unit = said.unit();
    if (!base::known_unit(said.unit())) read.wrong_at(inside(where, "unit"), "no unit known here");
    const auto most = [&](const std::string& text, std::string_view name) {
        const auto value = read.quantity(text, said.unit(), inside(where, name)).value;
        if (value.negative() || value.zero()) {
            read.wrong_at(inside(where, name), "no number above zero");
        }
        return value;
    };
    if (said.has_dose_most()) limit.dose_most = most(said.dose_most(), "dose_most");
    if (said.has_day_most()) limit.day_most = most(said.day_most(), "day_most");
    if (said.has_week_most()) limit.week_most = most(said.week_most(), "week_most");
    if (!limit.dose_most && !limit.day_most && !limit.week_most) {
        read.wrong_at(where, "none of dose_most, day_most and week_most");
    }
    const auto age = [&](std::int64_t years, std::string_view name) {
        return static_cast<int>(read.number(years, 1, k_age_max, inside(where, name)));
    };
    if (said.has_age_from()) limit.age_from = age(said.age_from(), "age_from");
    if (said.has_age_below()) limit.age_below = age(said.age_below(), "age_below");
    return limit;
}

Product product_of(Reader& read, const v1::Pack::Product& said, const std::string& where) {
    Product product;
    const std::string& code = said.code();
    const bool vnr = code.size() == 6 && std::all_of(code.begin(), code.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
    const auto gtin = whole_gtin(code);
    if (!vnr && !gtin) read.wrong_at(inside(where, "code"), "no GTIN and no Vnr of six digits");
    product.code = gtin.value_or(code);
    product.atc = read.atc(said.atc(), inside(where, "atc"));
    if (product.atc.size() != 7) read.wrong_at(inside(where, "atc"), "no whole ATC code");
    product.name = read.text(said.name(), inside(where, "name"));
    product.strength = said.strength();
    product.form = said.form();
    return product;
}

Interaction interaction_of(Reader& read, const v1::Pack::Interaction& said,
                           const std::string& where) {
    constexpr Advice k_advice[] = {Advice::none, Advice::precautions, Advice::avoid};
    return {read.text(said.id(), inside(where, "id")),
            read.some_atcs(said.one(), inside(where, "one")),
            read.some_atcs(said.other(), inside(where, "other")),
            k_advice[read.word(said.advice(), {"none", "precautions", "avoid"},
                               inside(where, "advice"))]};
}

TogetherDrugs together_of(Reader& read, const v1::Pack::Together& said, const std::string& where) {
    return {read.text(said.id(), inside(where, "id")),
            read.some_atcs(said.one(), inside(where, "one")),
            read.some_atcs(said.other(), inside(where, "other")),
            read.word(said.given(), {"any", "one-as-needed"}, inside(where, "given")) == 1};
}

Separation separation_of(Reader& read, const v1::Pack::Separation& said, const std::string& where) {
    constexpr GivenFirst k_first[] = {GivenFirst::one, GivenFirst::other, GivenFirst::either};
    return {read.text(said.id(), inside(where, "id")),
            read.some_atcs(said.one(), inside(where, "one")),
            read.some_atcs(said.other(), inside(where, "other")),
            Duration::minutes(
                read.number(said.minutes(), 1, k_wait_minutes_max, inside(where, "minutes"))),
            k_first[read.word(said.first(), {"one", "other", "either"}, inside(where, "first"))]};
}

// Each pair of codes that a list names is found by itself: few entries may be many of them.
template <typename Said>
Result<void> few_pairs(const RepeatedPtrField<Said>& said, const std::string& list) {
    std::size_t pairs = 0;
    for (const Said& entry : said) {
        pairs += static_cast<std::size_t>(entry.one_size()) *
                 static_cast<std::size_t>(entry.other_size());
    }
    if (pairs <= k_pairs_max) return {};
    return too_much(list, fmt::format("more than {} pairs of codes", k_pairs_max));
}

// Each message of a list, named by its place.
template <typename Said, typename Of>
auto list_of(Reader& read, const RepeatedPtrField<Said>& said, std::string_view list, Of of) {
    std::vector<decltype(of(read, said[0], std::string()))> out;
    for (int i = 0; i < said.size(); ++i)
        out.push_back(of(read, said[i], at(list, i)));
    return out;
}

PatchRules patches_of(Reader& read, const v1::Pack::Patches& said) {
    PatchRules out;
    out.drugs = list_of(read, said.drugs(), "patches.drugs", patch_drug_of);
    out.worn_else =
        Duration::hours(read.number(said.else_hours(), 1, k_worn_hours_max, "patches.else_hours"));
    out.change = Duration::minutes(
        read.number(said.change_minutes(), 1, k_within_minutes_max, "patches.change_minutes"));
    out.counts_times = static_cast<int>(
        read.number(said.counts_times(), 1, k_counts_times_max, "patches.counts_times"));
    return out;
}

Result<KnowledgePack> understood(const v1::Pack& said) {
    if (said.format().starts_with("kari-pack-") && said.format() != k_format) {
        return fail(ErrorCode::schema_too_new, "pack/newer: format");
    }
    if (said.format() != k_format) return wrong("format", "not " + std::string(k_format));
    if (auto ok = bounded(said, ""); !ok) return tl::unexpected(std::move(ok.error()));
    if (auto ok = few_pairs(said.interactions(), "interactions"); !ok) {
        return tl::unexpected(std::move(ok.error()));
    }
    if (auto ok = few_pairs(said.separations(), "separations"); !ok) {
        return tl::unexpected(std::move(ok.error()));
    }
    Reader read;
    KnowledgePack pack;
    pack.id = read.text(said.id(), "id");
    pack.version = read.text(said.version(), "version");
    pack.label = read.text(said.label(), "label");
    pack.date = read.date(said.date(), "date");
    pack.cross_allergies =
        list_of(read, said.cross_allergies(), "cross_allergies", cross_allergy_of);
    pack.critical = read.atcs(said.critical(), "critical");
    if (!said.has_vaccine_interval_days()) read.wrong_at("vaccine_interval_days", "not said");
    pack.vaccine_interval_days = static_cast<int>(
        read.number(said.vaccine_interval_days(), 0, k_interval_days_max, "vaccine_interval_days"));
    pack.holds = list_of(read, said.holds(), "holds", hold_of);
    if (!said.has_patches()) read.wrong_at("patches", "not said");
    pack.patches = patches_of(read, said.patches());
    pack.weekly = list_of(read, said.weekly(), "weekly", weekly_of);
    pack.checked = list_of(read, said.checked(), "checked", checked_of);
    pack.allowed = list_of(read, said.allowed(), "allowed", allowed_of);
    pack.controlled = list_of(read, said.controlled(), "controlled", controlled_of);
    pack.dose_limits = list_of(read, said.dose_limits(), "dose_limits", dose_limit_of);
    pack.products = list_of(read, said.products(), "products", product_of);
    for (std::size_t i = 0; i < pack.products.size(); ++i) {
        if (!pack.products_by_code.emplace(pack.products[i].code, i).second) {
            read.wrong_at(at("products", static_cast<int>(i)) + ".code", "here twice");
        }
    }
    pack.interactions =
        Interactions(list_of(read, said.interactions(), "interactions", interaction_of));
    pack.not_assessed = read.atcs(said.not_assessed(), "not_assessed");
    pack.together = list_of(read, said.together(), "together", together_of);
    pack.separations = Separations(list_of(read, said.separations(), "separations", separation_of));
    if (read.error()) return tl::unexpected(*read.error());
    return pack;
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
    const auto letter = [&](std::size_t place) {
        return code[place] >= 'A' && code[place] <= 'Z';
    };
    const auto digit = [&](std::size_t place) {
        return code[place] >= '0' && code[place] <= '9';
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

const Product* KnowledgePack::product(const std::string& code) const {
    const auto found = products_by_code.find(code);
    return found == products_by_code.end() ? nullptr : &products[found->second];
}

Result<KnowledgePack> read_pack(std::string_view bytes) {
    if (bytes.size() > k_pack_bytes_max) return too_much("the pack", "more than 4 MiB");
    v1::Pack said;
    if (!said.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return wrong("the pack", "not the bytes of a pack");
    }
    auto pack = understood(said);
    if (pack) pack->content = base::sha256(bytes);
    return pack;
}

Result<KnowledgePack> read_pack(const v1::Pack& said) {
    if (said.ByteSizeLong() > k_pack_bytes_max) return too_much("the pack", "more than 4 MiB");
    auto pack = understood(said);
    if (pack) pack->content = base::sha256(said.SerializeAsString());
    return pack;
}

}  // namespace kari::clinical
