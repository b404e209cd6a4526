// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/json.hpp>

#include "examples/kari/screen.hpp"

// How the parts of a chart beside medicines and observations read.
namespace kari::app {

// Limits to treatment: what must be seen before anything else. Empty when there are none.
std::string treatment_limits(const boost::json::object& care, const Screen& s);
// Problems, measures, visits, vaccines, tasks, relatives, consents, messages.
std::string care_sections(const boost::json::object& care, const Screen& s);

std::string visit_words(const boost::json::value& value, const Screen& s);
std::string immunization_words(const boost::json::value& value, const Screen& s);
std::string act_words(const boost::json::value& value, const Screen& s);
std::string communication_words(const boost::json::value& value, const Screen& s);

}  // namespace kari::app
