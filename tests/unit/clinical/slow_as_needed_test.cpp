// SPDX-License-Identifier: Apache-2.0
//
// Doses as needed beside a slow oracle: it tries every quarter of an hour at which a dose can have
// been and every span of a period, and shares nothing with the product.
// A campaign: RC_PARAMS="max_success=10000" runs a million cases.
#include <rapidcheck.h>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "sdk/clinical/as_needed.hpp"

namespace kari::clinical {
namespace {

using Doubts = std::vector<AsNeededDoubt>;

constexpr unsigned k_cases = 100;  // of one seed
constexpr std::int64_t k_now_ms = 1'767'600'000'000;

// Times are quarters of an hour from now; amounts are of mg or of tablets, which nobody can add.
struct Amount {
    bool stated = true;
    bool tablets = false;
    int value = 0;
};
struct Taken {
    int earliest = 0;
    int latest = 0;
    Amount amount;
};
struct Line {
    int times = 0;   // 0: says nothing of how often
    int period = 0;  // quarters
};
struct Most {
    Amount amount;
    int period = 0;
};
struct Case {
    std::vector<Line> lines;
    std::vector<Most> most;  // of the line of the same number
    Amount amount;
    std::vector<Taken> taken;
};

bool can_be_within(const Taken& dose, int after, int through) {
    for (int at = dose.earliest; at <= dose.latest; ++at)
        if (at > after && at <= through) return true;
    return false;
}

bool can_be_nearer(const Case& from, int than) {
    for (const Taken& dose : from.taken) {
        for (int at = dose.earliest; at <= dose.latest; ++at)
            if (std::abs(at) < than) return true;
    }
    return false;
}

bool too_often(const Case& from, const Line& line) {
    for (int end = 0; end < line.period; ++end) {
        int count = 1;
        for (const Taken& dose : from.taken)
            count += can_be_within(dose, end - line.period, end) ? 1 : 0;
        if (count > line.times) return true;
    }
    return false;
}

struct Sum {
    bool over = false;
    bool unknown = false;
};

Sum sum_of(const Case& from, const Most& most) {
    Sum out;
    for (int end = 0; end < most.period; ++end) {
        int total = 0;
        const auto add = [&](const Amount& one) {
            if (!one.stated || one.tablets != most.amount.tablets) {
                out.unknown = true;
            } else {
                total += one.value;
            }
        };
        add(from.amount);
        for (const Taken& dose : from.taken)
            if (can_be_within(dose, end - most.period, end)) add(dose.amount);
        out.over = out.over || total > most.amount.value;
    }
    out.unknown = out.unknown && !out.over;
    return out;
}

Doubts expected(const Case& from) {
    int interval = 0;
    bool all_spaced = true;
    bool over = false;
    for (const Line& line : from.lines) {
        if (line.times == 1) interval = std::max(interval, line.period);
        if (line.times != 1) all_spaced = false;
        if (line.times > 1) over = over || too_often(from, line);
    }
    if (!all_spaced) interval = 0;
    bool unknown = false;
    for (const Most& most : from.most) {
        if (most.period == 0) continue;
        const Sum sum = sum_of(from, most);
        over = over || sum.over;
        unknown = unknown || sum.unknown;
    }
    Doubts out;
    if (interval > 0 && can_be_nearer(from, interval)) out.push_back(AsNeededDoubt::too_soon);
    if (over) out.push_back(AsNeededDoubt::over_maximum);
    if (unknown) out.push_back(AsNeededDoubt::total_unknown);
    if (interval == 0 && !over && can_be_nearer(from, 24 * 4)) {
        out.push_back(AsNeededDoubt::given_lately);
    }
    return out;
}

Instant moment(int quarters) {
    return Instant{k_now_ms + std::int64_t{quarters} * 15 * 60'000};
}

v1::Quantity quantity(const Amount& from) {
    v1::Quantity out;
    // The same amount in another unit, now and then.
    const bool in_grams = !from.tablets && from.value % 1000 == 0;
    out.set_value(std::to_string(in_grams ? from.value / 1000 : from.value));
    out.set_code(from.tablets ? "{tablet}" : in_grams ? "g" : "mg");
    return out;
}

v1::Prescription order_of(const Case& from) {
    v1::Prescription out;
    for (std::size_t n = 0; n < from.lines.size(); ++n) {
        auto& line = *out.add_dosage();
        line.set_as_needed(true);
        if (from.lines[n].times > 0) {
            auto& repeat = *line.mutable_timing()->mutable_repeat();
            if (from.lines[n].times > 1)
                repeat.set_frequency(static_cast<unsigned>(from.lines[n].times));
            repeat.set_period(std::to_string(from.lines[n].period * 15));
            repeat.set_period_unit("min");
        }
        if (from.most[n].period == 0) continue;
        auto& ratio = *line.mutable_max_dose_per_period();
        *ratio.mutable_numerator() = quantity(from.most[n].amount);
        ratio.mutable_denominator()->set_value(std::to_string(from.most[n].period / 4));
        ratio.mutable_denominator()->set_code("h");
    }
    return out;
}

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    int below(int end) { return static_cast<int>(engine_() % static_cast<unsigned>(end)); }

private:
    std::mt19937_64 engine_;
};

Amount some_amount(Dice& dice, bool tablets, int most) {
    Amount out{dice.below(12) != 0, dice.below(12) == 0 ? !tablets : tablets, 0};
    out.value = (1 + dice.below(most)) * (out.tablets ? 1 : 500);
    return out;
}

Case some_case(Dice& dice) {
    Case out;
    const bool tablets = dice.below(2) == 0;
    for (int n = 0; n <= dice.below(2); ++n) {
        const int how = dice.below(5);
        Line line;
        if (how < 3) line = {1, 4 * (1 + dice.below(12))};
        if (how == 3) line = {2 + dice.below(4), 4 * (6 + dice.below(30))};
        out.lines.push_back(line);
        Most most;
        if (dice.below(2) == 0) {
            most.period = 4 * (4 + dice.below(28));
            most.amount = {true, tablets, (1 + dice.below(9)) * (tablets ? 1 : 500)};
        }
        out.most.push_back(most);
    }
    out.amount = some_amount(dice, tablets, 3);
    out.amount.stated = true;
    for (int n = 0; n < dice.below(9); ++n) {
        Taken dose;
        dose.earliest = dice.below(260) - 200;
        dose.latest = dose.earliest + (dice.below(3) == 0 ? dice.below(20) : 0);
        dose.amount = some_amount(dice, tablets, 3);
        out.taken.push_back(dose);
    }
    return out;
}

TEST_CASE("what is asked before a dose as needed is what a slow walk through every span finds") {
    CHECK(rc::check([](std::uint64_t seed) {
        Dice dice(seed);
        for (unsigned n = 0; n < k_cases; ++n) {
            const Case from = some_case(dice);
            std::vector<EarlierDose> taken;
            for (const Taken& dose : from.taken) {
                taken.push_back({moment(dose.earliest), moment(dose.latest), std::nullopt});
                if (dose.amount.stated) taken.back().amount = quantity(dose.amount);
            }
            const auto amount = quantity(from.amount);
            const auto order = order_of(from);
            INFO(order.ShortDebugString());
            RC_ASSERT(as_needed_doubts(order, moment(0), &amount, taken) == expected(from));
        }
    }));
}

}  // namespace
}  // namespace kari::clinical
