// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <kari/actions.hpp>
#include <kari/device.hpp>

namespace kari::app {

// A command that does not say what it must: caught where commands are run.
class BadArgument : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The arguments of one command: a JSON object whose members are named as in kari/actions.hpp.
// What is missing or of another type throws BadArgument; its text names the member, never a value.
class Arguments {
public:
    explicit Arguments(const boost::json::object& object) : object_(object) {}

    bool has(std::string_view key) const;
    std::string text(std::string_view key) const;
    std::string text_or(std::string_view key, std::string otherwise = {}) const;
    bool flag(std::string_view key) const;
    RecordId record() const;
    PersonId person() const;
    EditToken token() const;
    Access access() const;
    LocalDate date() const;  // today when left out
    std::optional<ZonedInstant> time(std::string_view key) const;
    std::optional<Quantity> quantity(std::string_view key) const;
    std::optional<Coded> coded(std::string_view key) const;

    ObservationEntry observation() const;
    NoteEntry note() const;
    DoseEntry dose() const;
    NotGivenEntry not_given() const;
    DoseCorrection dose_correction() const;
    AllergyEntry allergy() const;
    PrescriptionProposal prescription() const;
    NewPatient patient() const;

private:
    const boost::json::value* find(std::string_view key) const;
    const boost::json::object& object_;
};

// "refused", "asleep", ... in the order of NotGiven.
std::optional<NotGiven> not_given_from(std::string_view word);

// "2026-03-01T08:05:00+01:00". Nothing when it cannot be read.
std::optional<ZonedInstant> parse_time(std::string_view text);
std::optional<LocalDate> parse_date(std::string_view text);

// What a person types on a command line: "5 mg", "http://loinc.org|8867-4|Heart rate" or a plain
// text. Throws BadArgument.
boost::json::value quantity_from_words(const std::string& words);
boost::json::value coded_from_words(const std::string& words);

}  // namespace kari::app
