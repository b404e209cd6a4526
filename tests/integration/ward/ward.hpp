// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "examples/demo/programs.hpp"
#include "examples/demo/relay.hpp"

namespace kari::test {

// A real server, a relay and as many tablets as a test wants, all processes of their own, over
// real TLS. One unit with one nurse; every imported citizen is on its list.
class Ward {
public:
    // Imports `bundle` (FHIR JSON text) before it serves.
    // `init`: further words of `kari-sync-server init`.
    explicit Ward(const std::string& bundle, const std::vector<std::string>& init = {});
    Ward(const Ward&) = delete;
    Ward& operator=(const Ward&) = delete;
    ~Ward();

    // Starts and enrols; throws when it is refused.
    demo::Tablet& enrol(const std::string& name);
    // A tablet whose whole directory lies on a tmpfs of 4 MiB that only it can see.
    demo::Tablet& enrol_on_small_disk(const std::string& name);
    void unlock(demo::Tablet& tablet) const;
    // Syncs until the server has no more and nothing is unsent.
    void settle(demo::Tablet& tablet) const;

    const std::filesystem::path& folder() const { return folder_; }
    demo::Server& server() { return server_; }
    demo::Relay& relay() { return relay_; }
    const std::string& nurse() const { return nurse_; }
    const std::string& unit() const { return unit_; }
    const demo::Programs& programs() const { return programs_; }
    // The record of the first imported citizen.
    std::string record();

private:
    demo::Tablet& admit(const std::string& name, demo::Tablet tablet);

    std::filesystem::path folder_;
    demo::Programs programs_;
    demo::Server server_;
    demo::Relay relay_;
    std::string unit_;
    std::string nurse_;
    std::string record_;
    std::map<std::string, demo::Tablet> tablets_;
};

// A bundle of one citizen with an order for 08:00 and 20:00. `mark` stands in every text.
std::string one_citizen(const std::string& mark);

boost::json::object pulse(const std::string& record, int value);

std::set<std::string> ids_of(const std::vector<demo::LogEntry>& log);

}  // namespace kari::test
