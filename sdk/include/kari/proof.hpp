// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: what a device can show for itself: its access log, its logs' exact bytes, the result of
//   checking them, and what could be saved of a damaged database.
// Requires: Device.
// Returns and errors: plain values; see the functions of Device that return them.
// Durability: none; a report is memory only.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: hexadecimal is lower case. Lists are whole, save SalvageReport::unsent (the
//   first 1,000).
// Source of clinical rules: none.
namespace kari {

struct AccessLine {  // one entry of the access log
    RecordId record;
    std::uint64_t seq = 0;
    PersonId person;
    std::string person_name;
    std::string purpose;
    std::string reason;
    ZonedInstant recorded;
    std::vector<RecordId> listed;
    bool acknowledged = false;
};

struct VerifyReport {  // what was recomputed, and what did not fit
    std::uint64_t records = 0;
    std::uint64_t changes = 0;
    std::uint64_t streams = 0;
    std::uint64_t seals = 0;
    std::uint64_t unproven_seals = 0;  // whose certificate has not come yet
    std::uint64_t access_entries = 0;
    std::vector<std::string> problems;               // ids and error names
    bool sound() const { return problems.empty(); }  // all of it fits
};

// A change as its exact bytes, in lower-case hexadecimal.
struct LogLine {
    ChangeId id;
    std::uint64_t position = 0;  // 0: the server has not placed it, or it is held out of order
    std::string header_hex;
    std::optional<std::string> body_hex;
};

// A change that the server may not have. Its bytes stand in the database that was set aside.
struct SalvagedChange {
    ChangeId change;
    RecordId record;
    std::string kind;  // FHIR's name of the resource: "Observation"
    ZonedInstant recorded;
    PersonId person;
};

struct SalvageReport {  // what was set aside, and what of it could be read
    // What the files are called now, in the order in which they were renamed.
    std::vector<std::filesystem::path> set_aside;
    // Why: an error name, as opening or checking the database told it.
    std::string trouble;
    // The PIN opened the key, and the key some of the database. When false the counts are zero and
    // say nothing.
    bool readable = false;
    std::uint64_t changes_read = 0;  // own, sent or not
    std::uint64_t unsent_read = 0;   // of these the server had not answered for
    // Own changes that the streams count as unsent and that no page gave. Nothing when the list of
    // streams itself cannot be read.
    std::optional<std::uint64_t> unsent_lost;
    std::vector<SalvagedChange> unsent;
};

}  // namespace kari
