// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/hazards.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "examples/demo/process.hpp"
#include "examples/demo/whole_file.hpp"

namespace kari::demo {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view key, bool needed = true) {
    const json::value* found = object.if_contains(key);
    if (found != nullptr && found->is_string()) return std::string(found->get_string());
    if (needed) throw Trouble(fmt::format("hazards: the text '{}' is missing", key));
    return "";
}

std::vector<std::string> texts(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_array()) {
        throw Trouble(fmt::format("hazards: the list '{}' is missing", key));
    }
    std::vector<std::string> out;
    for (const auto& one : found->get_array()) {
        if (!one.is_string()) throw Trouble(fmt::format("hazards: '{}' holds no text", key));
        out.emplace_back(one.get_string());
    }
    return out;
}

std::vector<json::object> objects(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    if (found == nullptr || !found->is_array()) {
        throw Trouble(fmt::format("hazards: the list '{}' is missing", key));
    }
    std::vector<json::object> out;
    for (const auto& one : found->get_array()) {
        if (!one.is_object()) throw Trouble(fmt::format("hazards: '{}' holds no object", key));
        out.push_back(one.get_object());
    }
    return out;
}

Act read_act(const json::object& object) {
    Act act;
    const std::string when = text(object, "when");
    if (when != "morning" && when != "shift") throw Trouble("hazards: 'when' is " + when);
    act.when = when == "morning" ? When::morning : When::shift;
    act.by = text(object, "by");
    act.role = text(object, "role", false);
    act.what = text(object, "do");
    act.label = text(object, "label", false);
    act.of = text(object, "of", false);
    act.order = text(object, "order", false);
    act.words = object;
    return act;
}

Hazard read_hazard(const json::object& object) {
    Hazard hazard;
    hazard.name = text(object, "name");
    hazard.told = text(object, "told");
    hazard.patient = text(object, "patient");
    for (const auto& one : objects(object, "findings")) {
        const json::value* severity = one.if_contains("severity");
        if (severity == nullptr || !severity->is_int64()) throw Trouble("hazards: no severity");
        hazard.findings.push_back(
            {text(one, "rule"), static_cast<int>(severity->get_int64()), texts(one, "changes")});
    }
    const json::value* linked = object.if_contains("linked");
    hazard.linked = linked != nullptr && linked->is_bool() && linked->get_bool();
    for (const auto& one : objects(object, "orders")) {
        hazard.orders.push_back({text(one, "key"), text(one, "text"), text(one, "atc"),
                                 text(one, "dose"), text(one, "unit"), texts(one, "times")});
    }
    for (const auto& one : objects(object, "acts"))
        hazard.acts.push_back(read_act(one));
    return hazard;
}

json::object dosage_of(const PlantedOrder& order) {
    json::array times;
    for (const auto& time : order.times)
        times.emplace_back(time + ":00");
    const json::object repeat = {{"frequency", order.times.size()},
                                 {"period", 1},
                                 {"periodUnit", "d"},
                                 {"timeOfDay", times}};
    return {
        {"text", fmt::format("{} {} at {}", order.dose, order.unit, fmt::join(order.times, ", "))},
        {"timing", json::object{{"repeat", repeat}}},
        {"route", json::object{{"text", "oral"}}},
        {"doseAndRate", json::array{json::object{
                            {"doseQuantity", json::object{{"value", json::parse(order.dose)},
                                                          {"unit", order.unit},
                                                          {"system", "http://unitsofmeasure.org"},
                                                          {"code", "{" + order.unit + "}"}}}}}}};
}

}  // namespace

std::string Act::word(std::string_view key) const {
    return text(words, key);
}

std::set<std::string> Hazard::tablets() const {
    std::set<std::string> out;
    for (const Act& act : acts) {
        if (act.by != "server") out.insert(act.by);
    }
    return out;
}

std::vector<Hazard> load_hazards(const std::filesystem::path& file) {
    boost::system::error_code error;
    const auto document = json::parse(read_whole(file), error);
    if (error || !document.is_object() ||
        text(document.get_object(), "format") != "kari-demo-hazards-1") {
        throw Trouble(file.string() + " is no file of hazards");
    }
    std::vector<Hazard> hazards;
    for (const auto& one : objects(document.get_object(), "hazards")) {
        hazards.push_back(read_hazard(one));
    }
    return hazards;
}

std::string order_logical_id(const Hazard& hazard, const std::string& key) {
    return fmt::format("kari-demo-{}-{}", hazard.patient, key);
}

boost::json::object orders_bundle(const Hazard& hazard, const boost::json::object& patient,
                                  const std::string& stopped) {
    const std::string patient_id = text(patient, "id");
    json::array entries;
    entries.push_back(json::object{{"fullUrl", "urn:uuid:" + patient_id}, {"resource", patient}});
    for (const PlantedOrder& order : hazard.orders) {
        const std::string id = order_logical_id(hazard, order.key);
        const bool stops = order.key == stopped;
        json::object request = {
            {"resourceType", "MedicationRequest"},
            {"id", id},
            {"status", stops ? "stopped" : "active"},
            {"intent", "order"},
            {"medicationCodeableConcept",
             json::object{{"coding", json::array{json::object{{"system", "http://www.whocc.no/atc"},
                                                              {"code", order.atc}}}},
                          {"text", order.text}}},
            {"subject", json::object{{"reference", "urn:uuid:" + patient_id}}},
            {"dosageInstruction", json::array{dosage_of(order)}},
            {"note", json::array{json::object{{"text", "Demo, not for clinical use"}}}}};
        entries.push_back(
            json::object{{"fullUrl", "urn:uuid:" + id}, {"resource", std::move(request)}});
    }
    return {{"resourceType", "Bundle"}, {"type", "collection"}, {"entry", std::move(entries)}};
}

}  // namespace kari::demo
