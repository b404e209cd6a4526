// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/ward/ward.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include "examples/demo/whole_file.hpp"

namespace kari::test {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using demo::text_at;

constexpr const char* k_pin = "2468-w";
constexpr const char* k_system = "urn:kari:test";

fs::path fresh_folder() {
    std::string pattern = (fs::temp_directory_path() / "kari-ward-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw demo::Trouble("no folder");
    return pattern;
}

}  // namespace

Ward::Ward(const std::string& bundle, const std::vector<std::string>& init)
    : folder_(fresh_folder()),
      programs_(demo::find_programs(KARI_BUILD_DIR)),
      server_(programs_.server, folder_ / "server") {
    std::vector<std::string> words{"init", "--port", "0"};
    words.insert(words.end(), init.begin(), init.end());
    server_.command(words);
    fs::create_directories(folder_ / "input");
    demo::write_whole(folder_ / "input" / "bundle.json", bundle);
    server_.command({"import", (folder_ / "input" / "bundle.json").string(), "--system", k_system});
    unit_ = text_at(server_.command({"add-unit", "--name", "Unit"}), "unit");
    nurse_ =
        text_at(server_.command({"add-nurse", "--unit", unit_, "--name", "Nurse", "--role", "SP"}),
                "person");
    server_.command({"assign", "--unit", unit_, "--all"});
    server_.start();
    relay_.set_server(server_.port());
    relay_.open();
}

Ward::~Ward() {
    tablets_.clear();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

demo::Tablet& Ward::admit(const std::string& name, demo::Tablet made) {
    demo::Tablet& tablet = tablets_.emplace(name, std::move(made)).first->second;
    tablet.start();
    const auto invitation = server_.command({"invite", "--unit", unit_});
    tablet.must({{"do", "enrol"},
                 {"server", fmt::format("https://127.0.0.1:{}", relay_.port())},
                 {"code", text_at(invitation, "code")},
                 {"device_name", name},
                 {"person", nurse_},
                 {"pin", k_pin}});
    return tablet;
}

demo::Tablet& Ward::enrol(const std::string& name) {
    return admit(name, demo::Tablet(name, {programs_.kari.string()}, folder_ / name, folder_, {}));
}

demo::Tablet& Ward::enrol_on_small_disk(const std::string& name) {
    fs::create_directories(folder_ / "small");
    const std::string mount = fmt::format(
        "mount -t tmpfs -o size=4m kari '{}' && head -c 2000000 /dev/zero >'{}/ballast' && "
        "exec \"$0\" \"$@\"",
        (folder_ / "small").string(), (folder_ / "small").string());
    return admit(name, demo::Tablet(name,
                                    {"/usr/bin/unshare", "-m", "--", "/bin/sh", "-c", mount,
                                     programs_.kari.string()},
                                    folder_ / "small" / name, folder_, {}));
}

void Ward::unlock(demo::Tablet& tablet) const {
    tablet.must({{"do", "unlock"}, {"person", nurse_}, {"pin", k_pin}});
}

void Ward::settle(demo::Tablet& tablet) const {
    for (int round = 0; round < 20; ++round) {
        const auto report = tablet.must({{"do", "sync"}});
        const auto moved = report.at("sent").to_number<std::uint64_t>() +
                           report.at("received").to_number<std::uint64_t>();
        if (report.at("complete").as_bool() && moved == 0) return;
    }
    throw demo::Trouble("a tablet does not come to rest");
}

std::string Ward::record() {
    if (!record_.empty()) return record_;
    for (const auto& [record, log] : server_.dump()) {
        for (const auto& entry : log) {
            if (entry.kind == 1) return record_ = record;
        }
    }
    throw demo::Trouble("no citizen was imported");
}

std::string one_citizen(const std::string& mark) {
    const json::object patient = {
        {"resourceType", "Patient"},
        {"id", "citizen-1"},
        {"name", json::array{json::object{{"family", mark + "family"},
                                          {"given", json::array{mark + "given"}}}}},
        {"birthDate", "1931-05-04"}};
    const json::object order = {
        {"resourceType", "MedicationRequest"},
        {"id", "order-1"},
        {"status", "active"},
        {"intent", "order"},
        {"medicationCodeableConcept",
         json::object{{"text", mark + "drug"},
                      {"coding", json::array{json::object{{"system", "http://www.whocc.no/atc"},
                                                          {"code", "N02BE01"}}}}}},
        {"subject", json::object{{"reference", "Patient/citizen-1"}}},
        {"dosageInstruction",
         json::array{json::object{
             {"text", mark + "dosage"},
             {"doseAndRate",
              json::array{json::object{
                  {"doseQuantity", json::object{{"value", 1},
                                                {"unit", "tablet"},
                                                {"system", "http://unitsofmeasure.org"},
                                                {"code", "{tablet}"}}}}}},
             {"timing",
              json::object{{"repeat",
                            json::object{{"frequency", 2},
                                         {"period", 1},
                                         {"periodUnit", "d"},
                                         {"timeOfDay", json::array{"08:00:00", "20:00:00"}}}}}}}}}};
    const json::object bundle = {{"resourceType", "Bundle"},
                                 {"type", "collection"},
                                 {"entry", json::array{json::object{{"resource", patient}},
                                                       json::object{{"resource", order}}}}};
    return json::serialize(bundle);
}

json::object pulse(const std::string& record, int value) {
    return {
        {"do", "observe"},
        {"record", record},
        {"code",
         json::object{{"system", "http://loinc.org"}, {"code", "8867-4"}, {"text", "Heart rate"}}},
        {"value",
         json::object{{"value", std::to_string(value)}, {"code", "/min"}, {"unit", "/min"}}}};
}

std::set<std::string> ids_of(const std::vector<demo::LogEntry>& log) {
    std::set<std::string> ids;
    for (const auto& entry : log)
        ids.insert(entry.id);
    return ids;
}

}  // namespace kari::test
