// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <kari/chart_view.hpp>

// What: why a resource says what it says: every statement about it, who made it, when and where,
//   what its author had before their eyes, and by which rule one value is acted on.
// Requires: Device::explain_resource, which writes the access entry first.
// Returns and errors: plain values; see Device::explain_resource.
// Durability: none; an account is memory only.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: at most the 100 youngest statements, and `left_out` how many older ones there
//   are. Values in words are whole, never cut.
// Source of clinical rules: the policy of each atom in the schema (docs/formats/merge-rules.md);
//   sentences of the ids "why/..." stand in sdk/clinical's catalogue.
namespace kari {

// One atom of one statement: a part of the resource that it wrote.
struct AccountPart {
    std::string atom;   // the schema's name: "prescription", "status"
    std::string value;  // in words; empty when it was cleared
    // "operative": acted on; "beside": stands, and is not the one acted on; "proposed": waits for
    // the server; "replaced": a later statement had seen it.
    std::string standing;
};

struct AccountStatement {  // one statement about it
    Said said;
    std::string role;                   // of the author, as the directory codes it
    bool here = false;                  // written on this tablet, as it is called in the log now
    std::vector<AccountPart> parts;     // ascending by atom
    std::optional<Duration> data_age;   // how old the data before its author was; nothing: unknown
    std::vector<std::size_t> not_seen;  // positions of statements that neither had seen the other
    bool withheld = false;              // what it says is not on this tablet
};

// What counts of one atom now, and why.
struct AccountAtom {
    std::string atom;
    std::string rule;      // "why/..."
    std::string title;     // in a few words
    std::string sentence;  // what it means
    std::string next;      // what to do
    bool contested = false;
};

struct Account {  // all that was said of a resource, and what counts
    RecordId record;
    ResourceId resource;
    std::string kind;                          // FHIR's name: "MedicationRequest"
    std::vector<AccountStatement> statements;  // oldest first
    std::uint64_t left_out = 0;
    std::vector<AccountAtom> atoms;
    bool incomplete = false;
    // A resource is on a tablet with all that was ever said of it, or not at all. Others of its
    // kind that are older than this, which may be about the same matter, are at the server alone:
    // Device::want_history. Nothing: all of the kind is here.
    std::optional<Instant> on_tablet_since;
    bool on_its_way = false;  // the record has not come as far back as it will: sync
};

}  // namespace kari
