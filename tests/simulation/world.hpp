// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "platform/simulated/dice.hpp"
#include "platform/simulated/disk.hpp"
#include "platform/simulated/network.hpp"
#include "sdk/base/running_digest.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/openssl_dice.hpp"
#include "tests/simulation/server.hpp"
#include "tests/simulation/stock_notes.hpp"
#include "tests/simulation/tablet.hpp"

namespace kari::sim {

using platform_simulated::Dice;

struct Options {
    std::uint64_t seed = 1;
    unsigned devices = 4;
    unsigned ops = 200;  // of the whole run, all tablets, the server and the faults together
    bool faults = true;
    // Ops that are left out. An op draws its chance from its own number, so the others stay.
    std::set<unsigned> without;
    bool tell = false;      // every op on standard output
    unsigned fails_at = 0;  // an op that is called a violation: to try out what follows one
};

// A folder in memory, where the machine has one, that goes with its owner.
class Folder {
public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

struct Citizen {
    RecordId record;
    Upstream upstream;
};

// Tablets, a server, a disk, a network and the time, all from one seed, in one thread.
class World {
public:
    explicit World(const Options& options);
    ~World();

    // Runs ops 1 to `ops`, then comes to rest and checks everything.
    void run();

    // ---- for acts and faults
    const Options& options;
    Folder folder;
    OpenSslDice openssl;
    Instant now;
    platform_simulated::SimulatedDisk disk;
    platform_simulated::SimulatedNetwork network;
    Server server;
    UnitId unit;
    std::vector<PersonId> nurses;
    std::map<PersonId, std::string> roles;  // as the directory has them
    std::vector<Citizen> citizens;
    std::set<RecordId> granted;
    // Of two records, the lesser first: whether they are one citizen's, as the operator last said.
    std::map<std::pair<RecordId, RecordId>, bool> links;
    std::vector<std::unique_ptr<Tablet>> tablets;
    Ledger ledger;
    std::map<ChangeId, StockNote> stock;  // what nurses recorded in the ledger of controlled drugs
    // Names of tablets that were put back where nothing in them could tell: what they write may
    // stand where something stands.
    std::set<IncarnationId> may_fork;
    // What a program of a later schema wrote, and of it what no program of this one can read.
    std::set<ChangeId> newer;
    std::set<ChangeId> beyond_reading;
    std::map<std::string, unsigned> tally;     // what happened, by name
    unsigned op = 0;                           // the one under way; 0: none
    std::uint64_t server_failures_before = 0;  // of its disk, before that op

    // Time passes for everybody; others may act meanwhile.
    void elapse(Duration duration);
    bool clock_right(const Tablet& tablet) const;  // within a minute
    // A line of the run: part of its digest.
    void note(const std::string& line);
    void violation(const std::string& what);
    // What is no answer to anything that a nurse, a network or a disk can do.
    void check_error(Tablet& tablet, const std::string& act, const Error& error);
    // After anything that may have met a fault: whoever lost its power gets it back.
    void recover(Tablet& tablet);
    void recover_server();
    // A backup, and what the ledger says of it.
    Result<void> back_up();

    const std::vector<std::string>& violations() const { return violations_; }
    const std::vector<std::string>& history() const { return history_; }
    Digest digest() const { return trace_; }

private:
    void found();
    void harvest(Tablet& tablet);

    std::vector<std::string> violations_;
    std::vector<std::string> history_;
    Digest trace_;
    unsigned depth_ = 0;  // of acts within acts
};

// The dice of one op, or of another thing that the seed decides.
Dice dice_of(std::uint64_t seed, std::uint64_t what);

}  // namespace kari::sim
