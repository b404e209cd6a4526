// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "examples/demo/bundle_scan.hpp"
#include "examples/demo/checker.hpp"
#include "examples/demo/hazards.hpp"
#include "examples/demo/programs.hpp"
#include "examples/demo/relay.hpp"
#include "examples/demo/tell.hpp"

namespace kari::demo {

// A nurse, pharmacist or physician who uses a tablet.
struct Person {
    std::string name;
    std::string role;  // code of Volven 9060
    std::string id;    // given by the server
    std::string pin;
};

struct Citizen {
    std::string logical_id;
    std::string name;
    std::string record;
};

// A unit with its tablet and the people who use it.
struct Team {
    std::string tablet;  // "A"
    std::string unit_name;
    std::string unit;            // given by the server
    std::vector<Person> people;  // the first is the nurse who carries the tablet
    std::size_t signed_in = 0;
    std::set<std::string> caseload;  // records
    std::vector<std::string> round;  // records whose doses this nurse gives today
};

// What a labelled act of a hazard left behind.
struct Done {
    std::string change;
    std::string record;
    std::string resource;
};

struct Options {
    std::filesystem::path fhir;  // empty: the district that the project generates
    std::filesystem::path json;
    std::filesystem::path keep;
};

// Everything that the chapters share.
struct Stage {
    Options options;
    Programs programs;
    std::filesystem::path folder;
    Teller tell;
    std::string system;  // of the import
    std::string today;   // the date in Oslo when the story began
    std::string yesterday;
    Scan scan;
    boost::json::object imported;  // the server's own report, added up
    std::vector<Hazard> hazards;
    std::map<std::string, Citizen> cast;  // by a hazard's patient label
    std::vector<Citizen> citizens;
    std::map<std::string, Team> teams;  // by tablet
    std::map<std::string, std::unique_ptr<Tablet>> tablets;
    std::unique_ptr<Server> server;
    Relay relay;
    std::map<std::string, Done> done;    // by label
    std::set<std::string> acknowledged;  // ids that the server had before it was restored
    std::map<std::string, std::set<std::string>> groups;
    std::set<pid_t> pids;
    std::uint64_t offline_attempts = 0;
    std::uint64_t offline_failed = 0;

    Team& team(const std::string& tablet) { return teams.at(tablet); }
    Tablet& tablet(const std::string& name) { return *tablets.at(name); }
};

}  // namespace kari::demo
