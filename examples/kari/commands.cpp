// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/command_parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

Answer enrol(Tablet& tablet, const Arguments& args) {
    EnrolOptions options;
    options.server = args.text("server");
    options.code = args.text("code");
    options.device_name = args.text_or("device_name", "tablet");
    options.person = args.person();
    options.pin = args.text("pin");
    if (auto enrolled = tablet.enrol(options); !enrolled) {
        return tl::unexpected(enrolled.error());
    }
    return with(tablet, [](Device& device) -> Answer {
        return json::object{{"device", device.device_id().text()},
                            {"incarnation", device.incarnation().text()}};
    });
}

Answer unlock(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return told(d.unlock(args.person(), args.text("pin"))); });
}

Answer lock(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return done(d.lock()); });
}

Answer nurses(Tablet& tablet, const Arguments&) {
    return with(tablet,
                [](Device& d) -> Answer { return json::object{{"nurses", answers(d.nurses())}}; });
}

Answer people(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return listed("people", d.directory_people()); });
}

Answer add_nurse(Tablet& tablet, const Arguments& args) {
    // On a command line "pin" is the signed-in nurse's own.
    const std::string pin = args.has("new_pin") ? args.text("new_pin") : args.text("pin");
    const auto person = args.has("nurse") ? PersonId::parse(args.text("nurse"))
                                          : std::optional<PersonId>(args.person());
    if (!person) throw BadArgument("'nurse' is not an id of 32 hexadecimal digits");
    return with(tablet, [&](Device& d) { return done(d.add_nurse(*person, pin)); });
}

Answer salvage(Tablet& tablet, const Arguments& args) {
    const auto person = args.has("person") ? std::optional<PersonId>(args.person()) : std::nullopt;
    const auto report = tablet.salvage(person, args.text_or("pin"));
    if (!report) return tl::unexpected(report.error());
    return answer(*report);
}

Answer patients(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return told(d.my_patients(args.access())); });
}

Answer chart(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return told(d.open_chart(args.record(), args.access())); });
}

// Doses and findings are part of a chart: opening it writes the access entry.
Answer due(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto view = d.open_chart(args.record(), args.access());
        if (!view) return tl::unexpected(view.error());
        return told(d.doses_due(args.record(), args.date()));
    });
}

Answer findings(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto view = d.open_chart(args.record(), args.access());
        if (!view) return tl::unexpected(view.error());
        return listed("findings", d.findings(args.record()));
    });
}

Answer allergy(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.add_allergy(args.record(), args.allergy()));
    });
}

Answer evidence(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.add_allergy_evidence(args.token(), args.allergy()));
    });
}

Answer refute(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.refute_allergy(args.token(), args.text_or("reason")));
    });
}

Answer retract(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.retract_allergy(args.token(), args.text_or("reason")));
    });
}

Answer stop(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.propose_stop(args.token(), args.text_or("reason")));
    });
}

Answer prescribe(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.propose_prescription(args.prescription()));
    });
}

Answer new_patient(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.create_record(args.patient())); });
}

Answer resolve(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.resolve_finding({args.token(), args.text_or("outcome"),
                                                  args.text_or("reason")}));
    });
}

Answer defer(Tablet& tablet, const Arguments& args) {
    const auto until = args.time("until");
    if (!until) throw BadArgument("'until' is missing");
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.defer_finding(args.token(), *until, args.text_or("reason")));
    });
}

Answer assign(Tablet& tablet, const Arguments& args) {
    const auto to = PersonId::parse(args.text("to"));
    if (!to) throw BadArgument("'to' is not an id of 32 hexadecimal digits");
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.assign_finding(args.token(), *to)); });
}

Answer sync(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return told(d.sync(SyncOptions{})); });
}

Answer status(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return told(d.sync_status()); });
}

Answer held(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) -> Answer {
        const auto records = d.held_records();
        if (!records) return tl::unexpected(records.error());
        return json::object{{"records", ids(*records)}};
    });
}

Answer log(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return listed("log", d.export_log(args.record())); });
}

Answer digest(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto digest = d.state_digest(args.record());
        if (!digest) return tl::unexpected(digest.error());
        return json::object{{"digest", digest->text()}};
    });
}

Answer verify(Tablet& tablet, const Arguments&) {
    return with(tablet, [](Device& d) { return told(d.verify()); });
}

Answer access(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        if (args.has("record")) return listed("entries", d.access_entries(args.record()));
        const auto unit = d.unit_record();
        if (!unit) return tl::unexpected(unit.error());
        return listed("entries", d.access_entries(*unit));
    });
}

std::vector<Command> sign_in_commands() {
    return {
        {"enrol",
         "",
         "make this directory a tablet of the server's unit",
         false,
         {{"server", "https://host:port", true},
          {"code", "the one-time code that `kari-sync-server invite` printed", true},
          {"device_name", "what the tablet is called"},
          {"person", "id of the first nurse", true}},
         enrol},
        {"unlock",
         "",
         "sign in (a line of `kari session`)",
         false,
         {{"person", "who", true}},
         unlock},
        {"lock", "", "sign out and forget the key", false, {}, lock},
        {"nurses", "", "who can unlock this tablet", false, {}, nurses},
        {"people", "", "who the unit's directory lists", true, {}, people},
        {"add_nurse",
         "nurse_add",
         "let one more nurse unlock this tablet",
         true,
         {{"nurse", "id of the new nurse", true}},
         add_nurse},
        {"salvage",
         "",
         "set a tablet aside that cannot be opened; deletes nothing",
         false,
         {{"person", "who gives the PIN; none when no PIN opens it any more"}},
         salvage},
    };
}

std::vector<Command> reading_commands() {
    return {
        {"patients", "", "the caseload", true, {k_purpose, k_why_read}, patients},
        {"chart", "", "one citizen's chart", true, {k_record, k_purpose, k_why_read}, chart},
        {"due",
         "",
         "the doses of a day",
         true,
         {k_record, {"date", "2026-03-01; today"}, k_purpose, k_why_read},
         due},
        {"findings",
         "",
         "what somebody must look at",
         true,
         {k_record, k_purpose, k_why_read},
         findings},
        {"access",
         "",
         "the access log; without a record that of lists",
         true,
         {{"record", "a record's id"}},
         access},
    };
}

std::vector<Command> directive_commands() {
    const std::vector<Parameter> about{{"criticality", "low, high or unable-to-assess"},
                                       {"verification", "unconfirmed, presumed or confirmed"},
                                       {"type", "allergy or intolerance"},
                                       {"reaction", "what happened"},
                                       k_note};
    std::vector<Parameter> adding{k_record,
                                  {"code", "\"system|code|text\" or a text", true, Typed::coded}};
    adding.insert(adding.end(), about.begin(), about.end());
    std::vector<Parameter> more{k_token};
    more.insert(more.end(), about.begin(), about.end());
    return {
        {"allergy", "allergy_add", "add an allergy", true, adding, allergy},
        {"evidence", "", "add a reaction or a severity to an allergy", true, more, evidence},
        {"refute", "", "an allergy that never was", true, {k_token, k_reason}, refute},
        {"retract",
         "allergy_retract",
         "an allergy that was written by mistake",
         true,
         {k_token, k_reason},
         retract},
        {"stop", "", "stop an order, at once", true, {k_token, k_reason}, stop},
        {"prescribe",
         "propose",
         "propose another prescription; waits for the server",
         true,
         {k_token,
          {"medication", "\"system|code|text\"", false, Typed::coded},
          {"strength", "\"5 mg\"", false, Typed::quantity},
          {"strength_per", "\"1 {tablet}\"", false, Typed::quantity},
          {"dose", "\"2 {tablet}\"", false, Typed::quantity},
          {"dosage_text", "the dosage in words"},
          {"times_of_day", "08:00; may be repeated", false, Typed::list},
          k_reason},
         prescribe},
        {"new_patient",
         "",
         "a record for somebody nobody can identify yet",
         true,
         {{"family", "family name"},
          {"given", "given name"},
          {"birth_date", "2026-03-01, or less"},
          {"gender", "male, female, other, unknown"},
          {"identifier_system", "URI"},
          {"identifier_value", "identifier"},
          {"note", "how the person was met"}},
         new_patient},
        {"resolve",
         "",
         "answer a finding",
         true,
         {k_token, {"outcome", "what came of it", true}, k_reason},
         resolve},
        {"defer",
         "",
         "put a finding off",
         true,
         {k_token, {"until", "a time", true}, k_reason},
         defer},
        {"assign",
         "",
         "give a finding to somebody",
         true,
         {k_token, {"to", "a person's id", true}},
         assign},
    };
}

std::vector<Command> exchange_commands() {
    return {
        {"sync", "", "exchange with the server", true, {}, sync},
        {"status", "", "what the server lacks, and when it was last reached", true, {}, status},
        {"held", "", "ids of the records on this tablet", true, {}, held},
        {"log", "", "a record's log as exact bytes", true, {k_record}, log},
        {"digest", "", "digest of a record's folded state", true, {k_record}, digest},
        {"verify", "", "recompute digests, chains and seals", true, {}, verify},
    };
}

}  // namespace

const std::vector<Command>& all_commands() {
    static const std::vector<Command> commands = [] {
        std::vector<Command> out;
        for (const auto& part : {sign_in_commands(), reading_commands(), charting_commands(),
                                 directive_commands(), exchange_commands()}) {
            out.insert(out.end(), part.begin(), part.end());
        }
        return out;
    }();
    return commands;
}

}  // namespace kari::app
