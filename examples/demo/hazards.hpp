// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace kari::demo {

struct PlantedOrder {
    std::string key;
    std::string text;
    std::string atc;
    std::string dose;
    std::string unit;
    std::vector<std::string> times;
};

enum class When { morning, shift };

struct Act {
    When when = When::shift;
    std::string by;             // "A", "B", "C" or "server"
    std::string role;           // of who does it; empty: the tablet's nurse
    std::string what;           // "give", "refute" ...
    std::string label;          // what the change is called afterwards
    std::string of;             // label of an earlier act that it is about
    std::string order;          // key of an order
    boost::json::object words;  // everything as written
    std::string word(std::string_view key) const;
};

// A finding that must stand when all have met. Changes by label; "accept:LABEL" is the server's
// acceptance of a proposal, "import:KEY" its newest import of an order.
struct PlantedFinding {
    std::string rule;
    int severity = 0;
    std::vector<std::string> changes;
};

// One hazard of hazards.json: what is done, and what must be found afterwards.
struct Hazard {
    std::string name;
    std::string told;
    std::string patient;
    bool linked = false;  // the finding lies across two records that are one citizen's
    std::vector<PlantedFinding> findings;
    std::vector<PlantedOrder> orders;
    std::vector<Act> acts;
    std::set<std::string> tablets() const;
};

// Trouble, naming the member, when the file is not what it must be.
std::vector<Hazard> load_hazards(const std::filesystem::path& file);

// A bundle that gives `patient` (as imported) the orders of a hazard. With `stopped` the order of
// that key is stopped: what a hospital would send. Demo content, not for clinical use.
boost::json::object orders_bundle(const Hazard& hazard, const boost::json::object& patient,
                                  const std::string& stopped);

// The id that the bundle gives an order.
std::string order_logical_id(const Hazard& hazard, const std::string& key);

}  // namespace kari::demo
