// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kari/decimal.hpp>
#include <kari/ids.hpp>
#include <kari/time.hpp>

// What: what the items of every view are made of.
// Requires: nothing.
// Returns and errors: no function here fails.
// Durability: none; plain values.
// Threads: values; any thread may read its own copy.
// Ownership: the caller's.
// Units and limits: texts in UTF-8.
// Source of clinical rules: none.
namespace kari {

// Names one resource as it stood in one view. Every edit hands it back: the change then says that
// it was made with that state before the author's eyes, however old it is. Opaque; `text` may be
// stored and sent, and holds ids only.
struct EditToken {
    std::string text;
    bool empty() const { return text.empty(); }  // names nothing
    bool operator==(const EditToken&) const = default;
};

struct Coded {  // a code, and the words that it was shown with
    std::string system;
    std::string code;
    std::string text;                                            // as shown
    bool empty() const { return code.empty() && text.empty(); }  // says nothing
    bool operator==(const Coded&) const = default;
};

// Who said something, and when.
struct Said {
    ChangeId change;
    PersonId person;          // zero when a system wrote
    std::string person_name;  // empty when the directory here does not know the person
    ZonedInstant recorded;
    bool by_server = false;  // an import, an acceptance
};

// One atom of a resource. `value` is what to act on; `live` is everything that stands, which is
// more than one statement when two people wrote without seeing each other.
template <typename T>
struct Field {
    struct Live {  // one statement that stands
        T value;
        Said said;
    };
    std::optional<T> value;
    std::vector<Live> live;
    std::vector<Live> proposed;  // written here or elsewhere, waiting for the server's answer
    bool contested = false;
};

// What every item of a chart has.
struct ItemHead {
    RecordId record;
    ResourceId resource;
    EditToken token;
    bool incomplete = false;  // something it builds on is not here: it takes no edit
    bool unreadable = false;  // written by a newer version in a way this one cannot read: call
    bool kept_whole = false;  // taken in before it could be changed here: it takes no edit
    std::vector<ChangeId> heads;
};

struct OverrideItem {  // a warning that the author saw, and the reason
    std::string rule;
    std::string reason;
};

// A dose that counts as taken and that nobody said which slot it was for: a source system's, or one
// given outside the schedule. It closes no slot, however near and alike it is.
struct DoseElsewhere {
    ResourceId administration;
    std::string medication;
    std::string effective;  // FHIR dateTime of the unit's zone, or a date as it was written
    std::string amount;     // in words, in the device's language; empty when it is not stated
    Said said;
};

// What a finding is about, as a nurse calls it.
struct FindingAbout {
    ResourceId resource;
    std::string kind;       // FHIR type
    std::string what;       // the medicine, the substance, what was measured
    std::string effective;  // of a dose or a measurement: when it was, as in DoseElsewhere
    std::string amount;     // of a dose, in words
};

}  // namespace kari
