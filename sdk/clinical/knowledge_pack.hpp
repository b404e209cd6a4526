// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <kari/decimal.hpp>
#include <kari/error.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

#include "sdk/clinical/interaction_table.hpp"
#include "sdk/clinical/separation_table.hpp"

namespace kari::v1 {
class Pack;
}

namespace kari::clinical {

// What to expect of a drug for somebody who reacts to another: ATC prefixes.
struct CrossAllergy {
    std::string id;
    std::vector<std::string> allergy;   // the allergy's code begins with one of these
    std::vector<std::string> same;      // the drug is of the class that the person reacts to
    std::vector<std::string> possible;  // the drug may cross-react
    std::vector<std::string> apart;     // known not to cross-react: no alert by class
    bool operator==(const CrossAllergy&) const = default;
};

// A drug is not given while a measurement taken within some time before lies beyond a limit.
struct DoseHold {
    std::string id;
    std::vector<std::string> drugs;  // ATC prefixes
    std::vector<std::string> codes;  // LOINC
    std::optional<Quantity> below;   // one of the two, or both
    std::optional<Quantity> above;
    Duration within;
};

// How long a patch of a drug is meant to stay on.
struct PatchDrug {
    std::string atc;  // prefix
    Duration worn;
};
struct PatchRules {
    std::vector<PatchDrug> drugs;  // given by the transdermal way they come as patches alone
    Duration worn_else;            // of a patch of any other drug
    Duration change;               // so long the old one and the new one may both be on
    int counts_times = 0;  // so many times as long it counts as on when nobody says that it is off

    Duration worn(std::string_view atc) const;
    Duration longest() const;  // that any patch counts as on
};

// A drug that is taken on one day in so many, and harms when it is taken on each.
struct WeeklyDrug {
    std::string id;
    std::vector<std::string> drugs;  // ATC prefixes of what is one and the same drug
    int days_apart = 0;
    // A dose that is stated in this unit's dimension and no larger is of a form for every day.
    std::optional<Quantity> daily_most;
};

// A drug of which a second person checks each dose.
struct CheckedDrug {
    std::string id;
    std::vector<std::string> drugs;   // ATC prefixes
    std::vector<std::string> routes;  // SNOMED CT; given by one of these, or by any when empty
};

// A class of drugs that are given as needed only under an allowance of the server (ADR 0210).
struct AllowedDrug {
    std::string id;
    std::vector<std::string> drugs;  // ATC prefixes
};

// Drugs of a prescription group of which a ledger is kept (ADR 0221).
struct ControlledDrug {
    std::string id;
    std::vector<std::string> drugs;  // ATC prefixes
    std::string group;               // "A" or "B"
    int count_days = 0;              // counted at least once in so many days
};

// The most of drugs whose amounts add up. Of the three at least one is stated.
struct DoseLimit {
    std::string id;
    std::vector<std::string> drugs;     // ATC prefixes
    std::vector<std::string> combined;  // of drugs that hold it beside others, in unknown amounts
    std::vector<std::string> routes;    // SNOMED CT; given by one of these, or by any when empty
    std::string unit;                   // UCUM
    std::optional<Decimal> dose_most;
    std::optional<Decimal> day_most;
    std::optional<Decimal> week_most;
    std::optional<int> age_from;  // years: for people of that age and older
    std::optional<int> age_below;
};

// A package that is sold.
struct Product {
    std::string code;  // GTIN of 14 digits, or Vnr of 6
    std::string atc;   // a whole code
    std::string name;
    std::string strength;  // of a piece: "500 mg"; empty: not stated
    std::string form;
};

// Drugs of one group that are often ordered beside each other.
struct TogetherDrugs {
    std::string id;
    std::vector<std::string> one;  // ATC prefixes
    std::vector<std::string> other;
    bool only_one_as_needed = false;  // one at set times and one when needed, and not else
};

// Clinical content that changes without the program: versioned, and shown with its label.
// Immutable after it is read. Threads: any may read.
struct KnowledgePack {
    std::string id;
    std::string version;
    std::string label;  // "DEMO - not for clinical use"
    LocalDate date;     // what it says was so on that day
    Digest content;     // SHA-256 of its bytes: two of one name may still differ
    std::vector<CrossAllergy> cross_allergies;
    // ATC prefixes of drugs whose omission harms: a stop is not the safe side there.
    std::vector<std::string> critical;
    // Two doses of one vaccine nearer than this are looked at; 0: none are.
    int vaccine_interval_days = 0;
    std::vector<DoseHold> holds;
    PatchRules patches;
    std::vector<WeeklyDrug> weekly;
    std::vector<CheckedDrug> checked;
    std::vector<AllowedDrug> allowed;
    std::vector<ControlledDrug> controlled;
    std::vector<DoseLimit> dose_limits;
    std::vector<Product> products;
    std::unordered_map<std::string, std::size_t> products_by_code;  // its place in the list
    Interactions interactions;
    std::vector<std::string> not_assessed;  // ATC prefixes: nobody knows what these drugs meet
    std::vector<TogetherDrugs> together;
    Separations separations;

    bool is_critical(std::string_view atc) const;
    // Of a GTIN of 14 digits or a Vnr of 6. Null: the pack does not know it.
    const Product* product(const std::string& code) const;
    // "id@version", as a change's basis names it.
    std::string name() const { return id + "@" + version; }
};

// Reads a pack from the bytes of a v1::Pack. What this build does not know is refused: a pack that
// is not understood whole, or does not say a part, is not used. Who made it is the envelope's
// business (signed_pack.hpp).
// Limits: 4 MiB, 10,000 entries a list (40,000 products), 1,000 bytes a text, 250,000 pairs of
// codes that interact or are given apart. Errors: malformed, too_large, schema_too_new (made for a
// newer program); `what` is a rule of the catalogue, then ": " and where in the pack it is, as in
// "holds[2].unit".
Result<KnowledgePack> read_pack(std::string_view bytes);
// The same of a message that was made here; its `content` is that of its bytes.
Result<KnowledgePack> read_pack(const v1::Pack& said);

inline constexpr std::size_t k_pack_bytes_max = 4 * 1024 * 1024;

// The pack that is compiled in, from the readable files of pack/demo. Not for clinical use. It is
// trusted because it is in the program; any other needs a signature.
const KnowledgePack& demo_pack();

// True for a code of the ATC's form: 1, 3, 4, 5 or 7 characters such as "N02BE01".
bool is_atc(std::string_view code);

}  // namespace kari::clinical
