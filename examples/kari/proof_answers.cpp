// SPDX-License-Identifier: Apache-2.0
//
// What a tablet can show for itself, as JSON.
#include "examples/kari/answer_parts.hpp"
#include "examples/kari/answers.hpp"

namespace kari::app {

namespace json = boost::json;

json::object answer(const AccessLine& line) {
    return {{"record", line.record.text()},
            {"seq", line.seq},
            {"person", id_text(line.person)},
            {"person_name", line.person_name},
            {"purpose", line.purpose},
            {"reason", line.reason},
            {"recorded", time_text(line.recorded)},
            {"listed", ids(line.listed)},
            {"acknowledged", line.acknowledged}};
}

json::object answer(const VerifyReport& report) {
    return {{"sound", report.sound()},
            {"records", report.records},
            {"changes", report.changes},
            {"streams", report.streams},
            {"seals", report.seals},
            {"unproven_seals", report.unproven_seals},
            {"access_entries", report.access_entries},
            {"problems", texts(report.problems)}};
}

json::object answer(const SalvageReport& report) {
    json::array files;
    for (const auto& file : report.set_aside)
        files.emplace_back(file.filename().string());
    json::array unsent;
    for (const SalvagedChange& change : report.unsent) {
        unsent.push_back(json::object{{"change", change.change.text()},
                                      {"record", change.record.text()},
                                      {"kind", change.kind},
                                      {"recorded", time_text(change.recorded)},
                                      {"person", id_text(change.person)}});
    }
    json::object out{{"set_aside", std::move(files)},     {"trouble", report.trouble},
                     {"readable", report.readable},       {"changes_read", report.changes_read},
                     {"unsent_read", report.unsent_read}, {"unsent", std::move(unsent)}};
    out["unsent_lost"] =
        report.unsent_lost ? json::value(*report.unsent_lost) : json::value(nullptr);
    return out;
}

json::object answer(const LogLine& line) {
    json::object out{
        {"id", line.id.text()}, {"position", line.position}, {"header", line.header_hex}};
    out["body"] = line.body_hex ? json::value(*line.body_hex) : json::value(nullptr);
    return out;
}

}  // namespace kari::app
