// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/commands.hpp"

#include <utility>

#include "examples/kari/answers.hpp"

namespace kari::app {

namespace json = boost::json;
using Answer = Result<json::object>;

namespace {

// A change that stands: witnessed before anybody is told of it.
Answer changed(Tablet& tablet, const Result<Written>& written) {
    if (!written) return tl::unexpected(written.error());
    if (auto noted = tablet.note(*written); !noted) return tl::unexpected(noted.error());
    return answer(*written);
}

template <typename T>
Answer told(const Result<T>& result) {
    if (!result) return tl::unexpected(result.error());
    return answer(*result);
}

template <typename T>
Answer listed(const char* key, const Result<std::vector<T>>& result) {
    if (!result) return tl::unexpected(result.error());
    return json::object{{key, answers(*result)}};
}

Answer done(const Result<void>& result) {
    if (!result) return tl::unexpected(result.error());
    return json::object{};
}

// Calls with the open device.
template <typename Call>
Answer with(Tablet& tablet, Call call) {
    auto device = tablet.device();
    if (!device) return tl::unexpected(device.error());
    return call(**device);
}

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

Answer check_dose(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return listed("warnings", d.check_dose(args.dose())); });
}

Answer give(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return changed(tablet, d.give(args.dose())); });
}

Answer not_given(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return changed(tablet, d.not_given(args.not_given())); });
}

Answer correct_dose(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.correct_dose(args.dose_correction())); });
}

Answer observe(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.record_observation(args.record(), args.observation()));
    });
}

Answer correct(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, d.correct_observation(args.token(), args.observation()));
    });
}

Answer observation_in_error(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet,
                       d.observation_entered_in_error(args.token(), args.text_or("reason")));
    });
}

Answer note(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return changed(tablet, args.has("token") ? d.edit_note(args.token(), args.note())
                                                 : d.write_note(args.record(), args.note()));
    });
}

Answer sign(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) { return changed(tablet, d.sign_note(args.token())); });
}

Answer addend(Tablet& tablet, const Arguments& args) {
    return with(tablet,
                [&](Device& d) { return changed(tablet, d.addend(args.token(), args.note())); });
}

Answer save_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) {
        return done(d.save_draft(args.record(), args.text_or("key", "note"), args.note()));
    });
}

Answer load_draft(Tablet& tablet, const Arguments& args) {
    return with(tablet, [&](Device& d) -> Answer {
        const auto draft = d.load_draft(args.record(), args.text_or("key", "note"));
        if (!draft) return tl::unexpected(draft.error());
        if (!*draft) return json::object{{"draft", nullptr}};
        return json::object{{"draft", answer(**draft)}};
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

constexpr Parameter k_record{"record", "the record's id, as `patients` shows it", true};
constexpr Parameter k_token{"token", "of the item, as the chart showed it", true};
constexpr Parameter k_reason{"reason", "why, in words", true};
constexpr Parameter k_effective{"effective", "when it happened, 2026-03-01T08:05:00+01:00; now"};
constexpr Parameter k_note{"note", "a remark"};
constexpr Parameter k_purpose{"purpose", "treatment (default), emergency or administration"};
constexpr Parameter k_why_read{"reason", "why you read this; needed in an emergency"};

const std::vector<Parameter>& observation_parameters(bool correcting) {
    static const std::vector<Parameter> rest{
        {"code", "\"system|code|text\"", false, Typed::coded},
        {"value", "amount and unit: \"72 /min\"", false, Typed::quantity},
        {"text", "a value that is no amount"},
        k_effective,
        k_note};
    static const auto with_first = [](const Parameter& first) {
        std::vector<Parameter> out{first};
        out.insert(out.end(), rest.begin(), rest.end());
        return out;
    };
    static const std::vector<Parameter> recording = with_first(k_record);
    static const std::vector<Parameter> revising = with_first(k_token);
    return correcting ? revising : recording;
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

std::vector<Command> writing_commands() {
    const Parameter dose{"dose", "amount and unit, when it is not as ordered", false,
                         Typed::quantity};
    const Parameter overrides{"overrides", "\"rule=reason\" for a warning; may be repeated", false,
                              Typed::override_};
    const Parameter site{"site", "where on the body", false, Typed::coded};
    return {
        {"check_dose",
         "",
         "the warnings that giving would want a reason for",
         true,
         {k_token, dose},
         check_dose},
        {"give",
         "",
         "record a dose as given",
         true,
         {k_token, dose, k_effective, site, k_note, overrides},
         give},
        {"not_given",
         "withhold",
         "record that a dose was not given",
         true,
         {k_token,
          {"why", "refused, asleep, away, withheld_clinical, unavailable, ...", true},
          k_reason,
          k_effective},
         not_given},
        {"correct_dose",
         "",
         "say anew what was given",
         true,
         {k_token,
          dose,
          k_effective,
          site,
          k_reason,
          {"entered_in_error", "it was not given at all", false, Typed::flag}},
         correct_dose},
        {"observe", "", "record an observation", true, observation_parameters(false), observe},
        {"correct", "", "correct an observation", true, observation_parameters(true), correct},
        {"observation_in_error",
         "",
         "an observation was written by mistake",
         true,
         {k_token, k_reason},
         observation_in_error},
        {"note",
         "",
         "write a note; with --token edit an unsigned one",
         true,
         {{"record", "the record's id"},
          {"token", "of an unsigned note"},
          {"type", "kind of note"},
          {"title", "title"},
          {"text", "the note itself", true}},
         note},
        {"sign", "", "sign a note; its text is final then", true, {k_token}, sign},
        {"addend",
         "",
         "add to a note",
         true,
         {k_token, {"title", "title"}, {"text", "the addendum", true}},
         addend},
        {"save_draft",
         "",
         "keep a note on this tablet",
         true,
         {k_record, {"key", "name of the draft"}, {"title", "title"}, {"text", "text", true}},
         save_draft},
        {"load_draft",
         "",
         "the draft kept on this tablet",
         true,
         {k_record, {"key", "name of the draft"}},
         load_draft},
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
        for (const auto& part : {sign_in_commands(), reading_commands(), writing_commands(),
                                 directive_commands(), exchange_commands()}) {
            out.insert(out.end(), part.begin(), part.end());
        }
        return out;
    }();
    return commands;
}

}  // namespace kari::app
