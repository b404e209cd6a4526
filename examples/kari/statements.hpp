// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <boost/json.hpp>

#include "examples/kari/screen.hpp"

// How the items of a chart read: the value to act on, and every value that stands beside it.
namespace kari::app {

// One value in words.
using Say = std::function<std::string(const boost::json::value&)>;

std::string prescription_words(const boost::json::value& value, const Screen& s);
std::string measurement_words(const boost::json::value& value, const Screen& s);
std::string dose_words(const boost::json::value& value, const Screen& s);
// What an atom of the schema is called: "administration" is a dose there, and elsewhere a purpose.
std::string atom_word(const std::string& atom, const Screen& s);
// The text of a note below its head, its own line breaks kept.
// Patches that may be on, each with its name; empty: none is known of.
// Of which somebody is to see whether they helped.
std::string follow_ups(const boost::json::object& answer, const Screen& s);
// What came of a dose.
std::string after_dose(const boost::json::object& item, const Screen& s);
std::string patches(const boost::json::object& answer, const Screen& s);
std::string note_body(const boost::json::object& note, const Screen& s);

// "Ingrid Berg, 01.03.2026 08:05"
std::string author(const boost::json::object& live, const Screen& s);
// Every value that stands, with its author: a disagreement that is named but not shown helps
// nobody. Empty unless the field is contested.
std::string contested(const boost::json::object& field, const Screen& s, const Say& say);
// What a tablet proposed and the server has not answered yet.
std::string proposed(const boost::json::object& field, const Screen& s, const Say& say);
// One statement about a resource in full: who, when, where, each part with how it stands, what its
// author had before them and had not seen. `place` is its number, from 1.
std::string statement_words(std::size_t place, const boost::json::object& statement,
                            const Screen& s);
// "incomplete here: sync", "written by a newer version: phone". Empty when the item is whole.
std::string reservations(const boost::json::object& item, const Screen& s);

}  // namespace kari::app
