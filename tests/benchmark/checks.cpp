// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <fmt/format.h>

#include "kari/v1/pack.pb.h"
#include "sdk/clinical/drug_group.hpp"
#include "sdk/clinical/interactions.hpp"
#include "tests/benchmark/operation.hpp"

namespace kari::bench {
namespace {

constexpr unsigned k_orders = 12;
constexpr unsigned k_times = 2'000;
constexpr unsigned k_sizes[] = {500, 5'000, 10'000};

// One of 2,600 substances, whatever the size of the pack: a larger one says more of each.
std::string substance(std::mt19937& dice) {
    const auto at = static_cast<unsigned>(dice() % 2'600);
    return fmt::format("{}{:02}{}A01", static_cast<char>('A' + at % 26), at / 26 % 10,
                       static_cast<char>('A' + at / 260));
}

// A pack of so many interactions, and as many waits: of single substances, and every fourth of a
// group of them.
clinical::KnowledgePack pack_of(unsigned entries) {
    v1::Pack said;
    said.set_format("kari-pack-1");
    said.set_id("bench");
    said.set_version("1");
    said.set_label("made up");
    said.set_date("2026-01-01");
    said.set_vaccine_interval_days(0);
    auto& patches = *said.mutable_patches();
    patches.set_else_hours(24);
    patches.set_change_minutes(60);
    patches.set_counts_times(3);
    std::mt19937 dice(entries);
    const auto side = [&] {
        const auto code = substance(dice);
        return dice() % 4 == 0 ? code.substr(0, 4) : code;
    };
    for (unsigned i = 0; i < entries; ++i) {
        auto& one = *said.add_interactions();
        one.set_id(std::to_string(i));
        one.set_advice(i % 3 == 0 ? "avoid" : "precautions");
        auto& wait = *said.add_separations();
        wait.set_id(std::to_string(i));
        wait.set_minutes(1 + i % 240);
        wait.set_first("either");
        for (int k = 0; k < 4; ++k) {
            one.add_one(side());
            one.add_other(side());
        }
        wait.add_one(side());
        wait.add_other(side());
    }
    return must(clinical::read_pack(said), "pack");
}

struct Checking {
    explicit Checking(unsigned entries) : pack(pack_of(entries)) {
        std::mt19937 dice(7);
        for (unsigned i = 0; i <= k_orders; ++i)
            drugs.push_back({substance(dice)});
    }
    // What a nurse is told of the first beside the others.
    unsigned check() const {
        const clinical::MeetingDrug drug(drugs.front(), pack);
        const auto waits = pack.separations.named(drugs.front());
        unsigned said = 0;
        for (unsigned i = 1; i <= k_orders; ++i) {
            const clinical::MeetingDrug other(drugs[i], pack);
            said += clinical::meet(drug, other, pack).entry != nullptr ? 1U : 0U;
            said += clinical::likeness(drugs.front(), drugs[i]) != clinical::Likeness::none &&
                            !clinical::may_stand_together(drugs.front(), drugs[i], false, pack)
                        ? 1U
                        : 0U;
            const auto named = pack.separations.named(drugs[i]);
            said += pack.separations.between(waits, named) != nullptr ? 1U : 0U;
            said += pack.separations.between(named, waits) != nullptr ? 1U : 0U;
        }
        return said;
    }
    clinical::KnowledgePack pack;
    std::vector<std::vector<std::string>> drugs;
};

}  // namespace

std::vector<Operation> check_operations(const Scale& scale) {
    std::vector<Operation> operations;
    for (const unsigned entries : k_sizes) {
        const auto made = std::make_shared<std::unique_ptr<Checking>>();
        Operation one;
        one.name = "check/drug/" + std::to_string(entries);
        one.what = "one drug held beside " + std::to_string(k_orders) +
                   " others: interactions, one kind, waits; a pack of " + std::to_string(entries) +
                   " interactions and as many waits";
        one.against = entries == k_sizes[0] ? "" : "check/drug/" + std::to_string(k_sizes[0]);
        one.limits.cpu = 1.3;
        one.turns = scale.turns;
        one.times = k_times;
        one.prepare = [made, entries] {
            if (!*made) *made = std::make_unique<Checking>(entries);
            (*made)->check();
        };
        one.run = [made] {
            unsigned said = 0;
            for (unsigned i = 0; i < k_times; ++i)
                said += (*made)->check();
            // Nothing goes over a wire; what was said is used, so that it is computed.
            return said == 0xffffffff ? 1.0 : 0.0;
        };
        operations.push_back(std::move(one));
    }
    return operations;
}

}  // namespace kari::bench
