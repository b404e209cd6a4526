// SPDX-License-Identifier: Apache-2.0
#include "examples/demo/bundle_scan.hpp"

#include <algorithm>
#include <sstream>

#include "examples/demo/process.hpp"
#include "examples/demo/whole_file.hpp"

namespace kari::demo {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& object, std::string_view key) {
    const json::value* found = object.if_contains(key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

const json::object* first_object(const json::object& object, std::string_view key) {
    const json::value* list = object.if_contains(key);
    if (list == nullptr || !list->is_array() || list->get_array().empty()) return nullptr;
    return list->get_array().front().if_object();
}

std::string name_of(const json::object& patient) {
    const json::object* name = first_object(patient, "name");
    if (name == nullptr) return "";
    if (auto text = text_of(*name, "text"); !text.empty()) return text;
    std::string whole;
    const json::value* given = name->if_contains("given");
    if (given != nullptr && given->is_array()) {
        for (const auto& one : given->get_array()) {
            if (one.is_string()) whole += std::string(one.get_string()) + " ";
        }
    }
    return whole + text_of(*name, "family");
}

void count(const json::object& resource, Scan& scan, std::vector<std::size_t>& patients) {
    const std::string type = text_of(resource, "resourceType");
    ++scan.resources;
    ++scan.by_type[type];
    if (type != "Patient") return;
    FoundPatient found;
    found.logical_id = text_of(resource, "id");
    found.name = name_of(resource);
    const json::value* deceased = resource.if_contains("deceasedBoolean");
    found.deceased = resource.contains("deceasedDateTime") ||
                     (deceased != nullptr && deceased->is_bool() && deceased->get_bool());
    found.resource = resource;
    patients.push_back(scan.patients.size());
    scan.patients.push_back(std::move(found));
}

// A Bundle's entries, or the one resource that the document is.
void count_document(const json::value& document, Scan& scan) {
    const json::object* top = document.if_object();
    if (top == nullptr) {
        ++scan.resources;
        return;
    }
    std::vector<std::size_t> patients;
    const std::uint64_t before = scan.resources;
    const std::uint64_t allergies = scan.by_type["AllergyIntolerance"];
    if (text_of(*top, "resourceType") != "Bundle") {
        count(*top, scan, patients);
    } else if (const json::value* entries = top->if_contains("entry");
               entries != nullptr && entries->is_array()) {
        for (const auto& entry : entries->get_array()) {
            const json::object* holder = entry.if_object();
            const json::value* held = holder != nullptr ? holder->if_contains("resource") : nullptr;
            if (held != nullptr && held->is_object()) {
                count(held->get_object(), scan, patients);
            } else {
                ++scan.resources;
            }
        }
    }
    for (const auto at : patients) {
        scan.patients[at].resources = scan.resources - before;
        scan.patients[at].allergies = scan.by_type["AllergyIntolerance"] - allergies;
    }
}

void count_text(const std::string& text, Scan& scan) {
    boost::system::error_code error;
    const auto document = json::parse(text, error);
    if (error) {
        ++scan.unreadable;
    } else {
        count_document(document, scan);
    }
}

}  // namespace

std::vector<std::filesystem::path> fhir_files(const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder)) {
        throw Trouble(folder.string() + " is no folder");
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto ending = entry.path().extension();
        if (entry.is_regular_file() && (ending == ".json" || ending == ".ndjson")) {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

Scan scan_folder(const std::filesystem::path& folder) {
    Scan scan;
    for (const auto& file : fhir_files(folder)) {
        const std::string text = read_whole(file);
        ++scan.files;
        if (file.extension() == ".json") {
            count_text(text, scan);
            continue;
        }
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            if (line.find_first_not_of(" \t\r") != std::string::npos) count_text(line, scan);
        }
    }
    return scan;
}

}  // namespace kari::demo
