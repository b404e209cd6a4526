// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <kari/time.hpp>

#include "platform/simulated/dice.hpp"

namespace kari::sim {

// Who is in pain has an opioid as needed: one tablet at a time, so many in so many hours at most.
inline constexpr unsigned k_pain_most = 2;
inline constexpr unsigned k_pain_hours = 4;
// A controlled drug of the demo pack.
inline constexpr const char* k_opioid_atc = "N02AA05";

// The journal of one made-up citizen in the system that orders come from. It goes on: doses and
// their times are changed there, orders are stopped and begun.
class Upstream {
public:
    Upstream(unsigned number, bool in_pain, LocalDate today, platform_simulated::Dice& dice);

    // Something changes over there.
    void revise(platform_simulated::Dice& dice);
    // As a FHIR bundle of everything.
    std::string bundle() const;

private:
    struct Order {
        unsigned drug = 0;
        unsigned tablets = 1;
        std::size_t times = 0;  // of the day
        bool active = true;
        bool as_needed = false;
    };
    std::string order(std::size_t index) const;
    std::string order_as_needed(std::size_t index) const;

    unsigned number_;
    std::string since_;
    unsigned allergy_;
    std::vector<Order> orders_;
};

}  // namespace kari::sim
