// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include <kari/device.hpp>

#include "examples/kari/answers.hpp"

// What the answers of items are made of.
namespace kari::app {

inline boost::json::array texts(const std::vector<std::string>& list) {
    boost::json::array out;
    for (const std::string& text : list)
        out.emplace_back(text);
    return out;
}

template <typename T>
std::string id_text(const T& id) {
    return id.is_zero() ? std::string() : id.text();
}

inline boost::json::value value_of(const Coded& coded) {
    return boost::json::object{
        {"system", coded.system}, {"code", coded.code}, {"text", coded.text}};
}

inline boost::json::value value_of(const std::optional<Quantity>& quantity) {
    if (!quantity) return nullptr;
    return boost::json::object{{"value", quantity->value.text()},
                               {"code", quantity->code},
                               {"unit", quantity->unit.empty() ? quantity->code : quantity->unit}};
}

inline boost::json::value value_of(const std::optional<PackageText>& label) {
    if (!label) return nullptr;
    return boost::json::object{{"gtin", label->gtin},
                               {"vnr", label->vnr},
                               {"expires", label->expires},
                               {"lot", label->lot},
                               {"serial", label->serial}};
}

inline boost::json::object value_of(const Said& said) {
    return {{"change", said.change.text()},
            {"person", id_text(said.person)},
            {"person_name", said.person_name},
            {"recorded", time_text(said.recorded)},
            {"by_server", said.by_server}};
}

boost::json::object slot_of(const DoseSlot& slot);
boost::json::array unscheduled(const std::vector<UnscheduledDose>& list);

template <typename Live, typename Value>
boost::json::array lives(const std::vector<Live>& list, Value value) {
    boost::json::array out;
    for (const Live& live : list) {
        boost::json::object one = value_of(live.said);
        one["value"] = value(live.value);
        out.push_back(std::move(one));
    }
    return out;
}

// An atom: what to act on, and all that stands. `value` makes JSON of one value.
template <typename T, typename Value>
boost::json::object field(const Field<T>& field, Value value) {
    return {{"value",
             field.value ? boost::json::value(value(*field.value)) : boost::json::value(nullptr)},
            {"live", lives(field.live, value)},
            {"proposed", lives(field.proposed, value)},
            {"contested", field.contested}};
}

inline boost::json::object head(const ItemHead& item) {
    return {{"record", item.record.text()},  {"resource", item.resource.text()},
            {"token", item.token.text},      {"incomplete", item.incomplete},
            {"unreadable", item.unreadable}, {"heads", ids(item.heads)}};
}

}  // namespace kari::app
