// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/chart_view.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: one finding in full: what its authors had in common, what each side says, who said it, when
//   and where, what they had before them, what is acted on now and what people did about it.
// Requires: Device::finding_case, which writes the access entry first.
// Returns and errors: plain values; see Device::finding_case.
// Durability: none; a case is memory only.
// Threads: a case is a value; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: as many statements as the finding has inputs, and what they had in common.
// Source of clinical rules: docs/formats/findings.md and merge-rules.md.
namespace kari {

// One atom that a statement wrote.
struct CasePart {
    std::string atom;       // the schema's name: "prescription", "status"
    std::string value;      // whole, in words; empty when it was cleared
    bool acted_on = false;  // this is what holds now
};

struct CaseStatement {  // one of the statements that it is about
    Said said;
    std::string role;       // of the author, as the directory codes it
    bool here = false;      // written on this tablet
    IncarnationId machine;  // where it was written: a tablet's or a server's incarnation
    RecordId record;
    ResourceId resource;
    std::string kind;  // FHIR's name: "MedicationRequest"
    std::vector<CasePart> parts;
    std::optional<Duration> data_age;  // how old the data before its author were; nothing: unknown
    std::vector<ChangeId> not_seen;    // sides that its author had not seen
    bool withheld = false;             // what it says is not on this tablet
};

struct CaseResolution {  // how somebody answered it
    Said said;
    std::string outcome;
    std::string reason;
    int severity = 3;              // as the resolver saw it
    std::vector<ChangeId> inputs;  // those that the resolver saw
};

struct FindingCase {  // a finding in full
    FindingItem finding;
    std::vector<CaseStatement> base;   // what all sides had seen; empty when they had nothing
    std::vector<CaseStatement> sides;  // oldest first within a resource
    std::vector<ChangeId> not_here;    // inputs that this tablet does not hold
    std::vector<CaseResolution> resolutions;
};

}  // namespace kari
