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

json::object answer(const Account& account) {
    json::array statements;
    for (const AccountStatement& one : account.statements) {
        json::object statement = value_of(one.said);
        json::array parts;
        for (const AccountPart& part : one.parts) {
            parts.push_back(json::object{
                {"atom", part.atom}, {"value", part.value}, {"standing", part.standing}});
        }
        json::array not_seen;
        for (const std::size_t other : one.not_seen)
            not_seen.emplace_back(other);
        statement["role"] = one.role;
        statement["here"] = one.here;
        statement["withheld"] = one.withheld;
        statement["parts"] = std::move(parts);
        statement["not_seen"] = std::move(not_seen);
        statement["data_age_ms"] =
            one.data_age ? json::value(one.data_age->ms) : json::value(nullptr);
        statements.push_back(std::move(statement));
    }
    json::array atoms;
    for (const AccountAtom& atom : account.atoms) {
        atoms.push_back(json::object{{"atom", atom.atom},
                                     {"rule", atom.rule},
                                     {"title", atom.title},
                                     {"sentence", atom.sentence},
                                     {"next", atom.next},
                                     {"contested", atom.contested}});
    }
    json::object out{{"record", account.record.text()},
                     {"resource", account.resource.text()},
                     {"kind", account.kind},
                     {"incomplete", account.incomplete},
                     {"left_out", account.left_out},
                     {"on_its_way", account.on_its_way},
                     {"statements", std::move(statements)},
                     {"atoms", std::move(atoms)}};
    if (account.on_tablet_since) {
        out["on_tablet_since"] = time_text({*account.on_tablet_since, 0, "UTC"});
    }
    return out;
}

json::object answer(const LogLine& line) {
    json::object out{
        {"id", line.id.text()}, {"position", line.position}, {"header", line.header_hex}};
    out["body"] = line.body_hex ? json::value(*line.body_hex) : json::value(nullptr);
    return out;
}

}  // namespace kari::app
