// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "examples/district/district.hpp"
#include "sdk/fhir/json.hpp"

namespace kari::district::test {

// Resources by "Type/id".
using Told = std::map<std::string, std::string>;

inline Sink into(Told& told) {
    return [&told](const Resource& resource) {
        const bool first =
            told.emplace(std::string(resource.type) + '/' + resource.id, resource.json).second;
        CHECK(first);
    };
}

inline Told told(const Options& options, unsigned citizen) {
    Told out;
    District(options).tell_citizen(citizen, into(out));
    return out;
}

inline Told told_directory(const District& made) {
    Told out;
    made.tell_directory(into(out));
    return out;
}

inline std::string bundle(const Told& told) {
    std::string out = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (const auto& [name, json] : told) {
        if (out.back() != '[') out += ',';
        out += R"({"fullUrl":"urn:uuid:)" + name.substr(name.find('/') + 1) + R"(","resource":)" +
               json + '}';
    }
    return out + "]}";
}

inline fhir::Json parsed(const std::string& text) {
    fhir::JsonLimits all;
    all.text = all.memory = std::size_t{1} << 28;
    auto value = fhir::parse_json(text, all);
    REQUIRE(value);
    return std::move(*value);
}

// Done or over: what a shorter history may leave out.
inline bool is_past(const fhir::Json& resource) {
    const std::string type(resource.text("resourceType"));
    const std::string status(resource.text("status"));
    if (type == "MedicationRequest" || type == "Encounter" || type == "Task" ||
        type == "Appointment") {
        return status != "active" && status != "planned" && status != "in-progress" &&
               status != "requested" && status != "booked";
    }
    return type == "MedicationAdministration" || type == "Observation" ||
           type == "DocumentReference" || type == "Communication" || type == "Procedure";
}

}  // namespace kari::district::test
