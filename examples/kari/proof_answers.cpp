// SPDX-License-Identifier: Apache-2.0
//
// What a tablet can show for itself, as JSON.
#include <algorithm>

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

namespace {

json::object statement_of(const CaseStatement& from, const std::vector<CaseStatement>& sides) {
    json::object out = value_of(from.said);
    json::array parts;
    for (const CasePart& part : from.parts) {
        parts.push_back(json::object{{"atom", part.atom},
                                     {"value", part.value},
                                     {"standing", part.acted_on ? "operative" : ""}});
    }
    json::array not_seen;
    for (std::size_t at = 0; at < sides.size(); ++at) {
        const auto& unseen = from.not_seen;
        if (std::find(unseen.begin(), unseen.end(), sides[at].said.change) != unseen.end()) {
            not_seen.emplace_back(at);
        }
    }
    out["role"] = from.role;
    out["here"] = from.here;
    out["machine"] = from.machine.text();
    out["record"] = from.record.text();
    out["resource"] = from.resource.text();
    out["kind"] = from.kind;
    out["withheld"] = from.withheld;
    out["parts"] = std::move(parts);
    out["not_seen"] = std::move(not_seen);
    out["data_age_ms"] = from.data_age ? json::value(from.data_age->ms) : json::value(nullptr);
    return out;
}

}  // namespace

json::object answer(const FindingCase& in_full) {
    json::object out{{"finding", answer(in_full.finding)}, {"not_here", ids(in_full.not_here)}};
    json::array base;
    for (const CaseStatement& one : in_full.base)
        base.push_back(statement_of(one, in_full.sides));
    json::array sides;
    for (const CaseStatement& one : in_full.sides)
        sides.push_back(statement_of(one, in_full.sides));
    json::array resolutions;
    for (const CaseResolution& one : in_full.resolutions) {
        json::object resolution = value_of(one.said);
        resolution["outcome"] = one.outcome;
        resolution["reason"] = one.reason;
        resolution["severity"] = one.severity;
        resolution["inputs"] = ids(one.inputs);
        resolutions.push_back(std::move(resolution));
    }
    out["base"] = std::move(base);
    out["sides"] = std::move(sides);
    out["resolutions"] = std::move(resolutions);
    return out;
}

json::object answer(const LogLine& line) {
    json::object out{
        {"id", line.id.text()}, {"position", line.position}, {"header", line.header_hex}};
    out["body"] = line.body_hex ? json::value(*line.body_hex) : json::value(nullptr);
    return out;
}

}  // namespace kari::app
