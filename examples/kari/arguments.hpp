// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include <kari/actions.hpp>
#include <kari/device.hpp>

#include "examples/kari/labels.hpp"

namespace kari::app {

// A command that does not say what it must: caught where commands are run. Its words name the
// argument, never its value.
class BadArgument : public std::exception {
public:
    explicit BadArgument(Label wrong, std::string_view argument = {}, std::string_view other = {})
        : wrong_(wrong), argument_(argument), other_(other) {}
    std::string words(Language language) const;
    const char* what() const noexcept override { return "a bad argument"; }

private:
    Label wrong_;
    std::string argument_;
    std::string other_;
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
    PersonId person(std::string_view key = "person") const;
    EditToken token() const;
    Access access() const;
    // A positive number. Throws BadArgument for anything else.
    std::size_t count(std::string_view key, std::size_t otherwise) const;
    LocalDate date() const;
    std::optional<ZonedInstant> time(std::string_view key) const;
    std::optional<Quantity> quantity(std::string_view key) const;
    std::optional<Coded> coded(std::string_view key) const;

    ObservationEntry observation() const;
    NoteEntry note() const;
    DoseEntry dose() const;
    std::vector<Override> overrides() const;
    NotGivenEntry not_given() const;
    DoseCorrection dose_correction() const;
    AllergyEntry allergy() const;
    PrescriptionProposal prescription() const;
    VerbalOrder verbal_order() const;
    VomitedEntry vomited() const;
    EffectEntry effect() const;
    StockEntry stock(StockAct act) const;
    NewPatient patient() const;

private:
    std::optional<DoseIntake> intake() const;
    // "office", "car:2".
    std::optional<StockPlace> place(std::string_view key) const;
    std::optional<DoseStock> dose_stock() const;
    const boost::json::value* find(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    const boost::json::object& object_;
};

// What may come of a finding, of whatever rule; the reason says the rest.
inline constexpr std::string_view k_outcomes =
    "confirmed-double not-a-double corrected no-harm doctor-informed not-relevant other";
// The words of NotGiven, with blanks between them.
inline constexpr std::string_view k_not_given_words =
    "refused asleep away withheld_clinical unavailable missed_visit missed_forgotten "
    "contraindicated self_managed duplicate_avoided unsafe_identity other";
std::optional<NotGiven> not_given_from(std::string_view word);
inline constexpr std::string_view k_intake_words =
    "given self-observed self-reported handed-over by-other";
inline constexpr std::string_view k_place_words = "home office car person";
inline constexpr std::string_view k_effect_words = "good some none unwanted";

// "2026-03-01T08:05:00+01:00". Nothing when it cannot be read.
std::optional<ZonedInstant> parse_time(std::string_view text);
std::optional<LocalDate> parse_date(std::string_view text);
// Milliseconds since 1970 of a FHIR time of any precision, for putting things in order; the start
// of a day, month or year. 0 when it cannot be read.
std::int64_t moment_ms(std::string_view text);
// What a person types: the above, "2026-03-01 08:05", or "08:05", which is the last time it was so
// (`ahead`: the next time). Local times are of the process's time zone. Throws BadArgument, also
// for an hour that comes twice or never on that day.
ZonedInstant time_from_words(std::string_view words, bool ahead);

// What a person types on a command line: "5 mg", "http://loinc.org|8867-4|Heart rate" or a plain
// text. Throws BadArgument.
boost::json::value quantity_from_words(const std::string& words);
boost::json::value coded_from_words(const std::string& words);

}  // namespace kari::app
