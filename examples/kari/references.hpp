// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <kari/error.hpp>
#include <kari/ids.hpp>

namespace kari::app {

// What a screen showed under a short name.
struct Reference {
    std::uint32_t number = 0;
    PersonId person;           // who it was shown to: nobody else's word means it
    std::int64_t shown_s = 0;  // Unix time
    std::string kind;          // "record", "dose", "order", "allergy", ...
    std::string target;        // a record's id or an edit token; both hold ids only
};

// Short names for what was shown: "112x" instead of an id of 32 digits or a token. A name is a
// number that goes up and is not used again while anybody may remember it, and a letter that
// checks it: with one digit wrong, or two swapped, it names nothing instead of the neighbour. So a
// list that has changed meanwhile cannot make a name mean another citizen or another dose.
// Requires: one process at a time (the device's own lock sees to it).
class References {
public:
    // Reads what earlier commands showed. A file that is not there or cannot be read is empty.
    explicit References(std::filesystem::path file);

    // The name of what is shown now to this person.
    std::string name(const PersonId& person, std::string_view kind, std::string_view target);
    // Errors: not_found (never shown, or too long ago), invalid_argument (no such name can be: a
    // slip of a key), not_permitted (shown to somebody else).
    Result<Reference> find(const PersonId& person, std::string_view name) const;
    // Before what was shown is printed. Errors: storage_failed.
    Result<void> save();

private:
    std::filesystem::path file_;
    std::vector<Reference> shown_;  // by age
    bool grown_ = false;
};

// Does the word look like such a name?
bool looks_like_reference(std::string_view word);
// "112x"
std::string reference_name(std::uint32_t number);

}  // namespace kari::app
