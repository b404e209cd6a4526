// SPDX-License-Identifier: Apache-2.0
#include "examples/kari/answers.hpp"

#include <chrono>

#include <fmt/format.h>

#include "examples/kari/answer_parts.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

// Beside those of answer_parts.hpp, which they would hide.
using app::field;
using app::value_of;

json::value value_of(const std::string& text) {
    return json::string(text);
}

json::value value_of(const std::optional<Suspension>& suspended) {
    if (!suspended) return nullptr;
    return json::object{{"rule", suspended->rule},
                        {"title", suspended->title},
                        {"meaning", suspended->meaning},
                        {"action", suspended->action}};
}

json::value value_of(const PrescriptionText& text) {
    return json::object{{"medication", value_of(text.medication)},
                        {"form", text.form},
                        {"strength", value_of(text.strength)},
                        {"strength_per", value_of(text.strength_per)},
                        {"dose", value_of(text.dose)},
                        {"dosage_text", text.dosage_text},
                        {"dosage_shown", text.dosage_shown},
                        {"route", text.route},
                        {"site", text.site},
                        {"times_of_day", texts(text.times_of_day)},
                        {"as_needed", text.as_needed},
                        {"starts", text.starts},
                        {"ends", text.ends}};
}

json::value value_of(const AdministrationText& text) {
    json::array reasons;
    for (const Coded& reason : text.status_reason)
        reasons.push_back(value_of(reason));
    json::array overrides;
    for (const OverrideItem& one : text.overrides) {
        overrides.push_back(json::object{{"rule", one.rule}, {"reason", one.reason}});
    }
    return json::object{{"status", text.status},
                        {"status_reason", std::move(reasons)},
                        {"medication", value_of(text.medication)},
                        {"order", id_text(text.order)},
                        {"order_version", ids(text.order_version)},
                        {"slot", id_text(text.slot)},
                        {"effective", text.effective},
                        {"dose", value_of(text.dose)},
                        {"site", value_of(text.site)},
                        {"performers", texts(text.performers)},
                        {"notes", texts(text.notes)},
                        {"overrides", std::move(overrides)},
                        {"package", value_of(text.package)},
                        {"intake", text.intake},
                        {"effect_due", text.effect_due},
                        {"follows", ids(text.follows)}};
}

json::value value_of(const ObservationText& text) {
    json::array components;
    for (const ObservationPart& part : text.components) {
        components.push_back(json::object{
            {"code", value_of(part.code)}, {"value", value_of(part.value)}, {"text", part.text}});
    }
    return json::object{{"status", text.status},
                        {"code", value_of(text.code)},
                        {"value", value_of(text.value)},
                        {"text", text.text},
                        {"components", std::move(components)},
                        {"effective", text.effective},
                        {"notes", texts(text.notes)}};
}

json::value value_of(const NoteText& text) {
    return json::object{{"status", text.status},
                        {"is_signed", text.is_signed},
                        {"type", text.type},
                        {"title", text.title},
                        {"text", text.text},
                        {"date", text.date},
                        {"authors", texts(text.authors)},
                        {"appends_to", id_text(text.appends_to)}};
}

template <typename T>
json::object field(const Field<T>& from) {
    return field(from, [](const T& value) { return json::value(value_of(value)); });
}

json::object age_of(const DataAge& age) {
    constexpr const char* k_tiers[] = {"fresh", "aging", "stale", "old", "never_synced"};
    json::object out{{"tier", k_tiers[static_cast<int>(age.tier)]},
                     {"age_ms", age.age.ms},
                     {"lease_ended", age.lease_ended},
                     {"drug_facts", age.drug_facts}};
    out["as_of_ms"] = age.as_of ? json::value(age.as_of->ms) : json::value(nullptr);
    return out;
}

json::object item(const PatientItem& patient) {
    json::object out = head(patient);
    out["name"] = patient.name;
    out["birth_date"] = patient.birth_date;
    out["gender"] = patient.gender;
    out["identifiers"] = texts(patient.identifiers);
    out["address"] = patient.address;
    out["telecom"] = patient.telecom;
    out["name_contested"] = patient.name_contested;
    out["deceased"] = patient.deceased;
    return out;
}

json::object item(const AllergyItem& allergy) {
    json::object out = head(allergy);
    out["code"] = field(allergy.code);
    out["clinical_status"] = field(allergy.clinical_status);
    out["verification_status"] = field(allergy.verification_status);
    out["criticality"] = field(allergy.criticality);
    out["reactions"] = texts(allergy.reactions);
    out["notes"] = texts(allergy.notes);
    out["active"] = allergy.active;
    return out;
}

json::object item(const OrderItem& order) {
    json::object out = head(order);
    out["lineage"] = order.lineage.text();
    out["status"] = field(order.status);
    out["prescription"] = field(order.prescription);
    out["prescriber"] = order.prescriber;
    out["status_reason"] = order.status_reason;
    out["notes"] = texts(order.notes);
    out["active"] = order.active;
    return out;
}

json::object item(const AdministrationItem& administration) {
    json::object out = head(administration);
    out["statement"] = field(administration.statement);
    out["earlier"] =
        lives(administration.earlier, [](const auto& value) { return value_of(value); });
    json::array checks;
    for (const CheckItem& check : administration.checks) {
        json::object one = value_of(check.said);
        one["standing"] = check.standing;
        checks.push_back(std::move(one));
    }
    out["checks"] = std::move(checks);
    out["after"] = answers(administration.after);
    out["counts"] = administration.counts;
    out["correction_unconfirmed"] = administration.correction_unconfirmed;
    return out;
}

json::object item(const ObservationItem& observation) {
    json::object out = head(observation);
    out["statement"] = field(observation.statement);
    out["earlier"] = lives(observation.earlier, [](const auto& value) { return value_of(value); });
    return out;
}

json::object item(const NoteItem& note) {
    json::object out = head(note);
    out["document"] = field(note.document);
    return out;
}

template <typename T>
json::array items(const std::vector<T>& list) {
    json::array out;
    for (const T& one : list)
        out.push_back(item(one));
    return out;
}

}  // namespace

std::string date_text(const LocalDate& date) {
    return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string time_text(const ZonedInstant& time) {
    using namespace std::chrono;
    const sys_seconds local{floor<seconds>(milliseconds{time.instant.ms}) + seconds{time.offset_s}};
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const hh_mm_ss clock{local - day};
    const int offset = time.offset_s / 60;
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}",
                       static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                       static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count(), offset < 0 ? '-' : '+',
                       std::abs(offset) / 60, std::abs(offset) % 60);
}

json::object answer(const Written& written) {
    return {{"change", written.change.text()},     {"record", written.record.text()},
            {"resource", written.resource.text()}, {"token", written.token.text},
            {"also", ids(written.also)},           {"raised", answers(written.raised)},
            {"told", answers(written.told)}};
}

json::object answer(const PatientList& list) {
    json::array rows;
    for (const PatientRow& row : list.rows) {
        rows.push_back(json::object{{"record", row.record.text()},
                                    {"name", row.name},
                                    {"birth_date", row.birth_date},
                                    {"open_findings", row.open_findings},
                                    {"worst_severity", row.worst_severity},
                                    {"contested_name", row.contested_name},
                                    {"made_here", row.made_here}});
    }
    return {{"age", age_of(list.age)}, {"patients", std::move(rows)}};
}

json::array missing_of(const ChartView& view) {
    json::array missing;
    for (const MissingPart& part : view.missing) {
        missing.push_back(json::object{{"what", part.what}, {"advice", part.advice}});
    }
    return missing;
}

json::array complete_since_of(const ChartView& view) {
    json::array complete_since;
    for (const CompleteSince& part : view.complete_since) {
        json::object since{{"kind", part.kind}, {"since", time_text({part.since, 0, "UTC"})}};
        if (part.on_tablet_since) {
            since["on_tablet_since"] = time_text({*part.on_tablet_since, 0, "UTC"});
        }
        complete_since.push_back(std::move(since));
    }
    return complete_since;
}

json::value number_of(const std::optional<int>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::array scores_of(const std::vector<ScoreItem>& scores) {
    json::array out;
    for (const ScoreItem& score : scores) {
        out.push_back(json::object{{"effective", score.effective},
                                   {"total", number_of(score.total)},
                                   {"at_least", number_of(score.at_least)},
                                   {"parts", score.parts},
                                   {"scale", score.scale},
                                   {"decision", id_text(score.decision)},
                                   {"by_scale_2", number_of(score.by_scale_2)},
                                   {"level", score.level},
                                   {"title", score.title},
                                   {"action", score.action},
                                   {"reservations", texts(score.reservations)},
                                   {"measurements", ids(score.measurements)}});
    }
    return out;
}

json::object answer(const ChartView& view) {
    return {{"record", view.record.text()},
            {"group", ids(view.group)},
            {"age", age_of(view.age)},
            {"missing", missing_of(view)},
            {"complete_since", complete_since_of(view)},
            {"patient", view.patient ? json::value(item(*view.patient)) : json::value(nullptr)},
            {"suspended", value_of(view.suspended)},
            {"allergy_statement", view.allergy_statement},
            {"allergies", items(view.allergies)},
            {"orders", items(view.orders)},
            {"administrations", items(view.administrations)},
            {"patches", answers(view.patches)},
            {"scores", scores_of(view.scores)},
            {"observations", items(view.observations)},
            {"notes", items(view.notes)},
            {"care", answer(view.care)},
            {"findings", answers(view.findings)},
            {"other_resources", view.other_resources}};
}

json::object answer(const DoseRound& round) {
    json::array slots;
    for (const DoseSlot& slot : round.slots)
        slots.push_back(slot_of(slot));
    return {{"date", date_text(round.date)},
            {"age", age_of(round.age)},
            {"slots", std::move(slots)},
            {"as_needed", unscheduled(round.as_needed)},
            {"look_at", unscheduled(round.look_at)},
            {"patches", answers(round.patches)},
            {"follow_ups", answers(round.follow_ups)},
            {"whole", round.whole},
            {"suspended", value_of(round.suspended)}};
}

json::object answer(const FindingItem& finding) {
    json::array about;
    for (const FindingAbout& one : finding.about) {
        about.push_back(json::object{{"resource", one.resource.text()},
                                     {"kind", one.kind},
                                     {"what", one.what},
                                     {"effective", one.effective},
                                     {"amount", one.amount}});
    }
    return {{"id", finding.id.text()},
            {"token", finding.token.text},
            {"rule", finding.rule},
            {"severity", finding.severity},
            {"title", finding.title},
            {"meaning", finding.meaning},
            {"action", finding.action},
            {"state", finding.state},
            {"provisional", finding.provisional},
            {"inputs", ids(finding.inputs)},
            {"records", ids(finding.records)},
            {"resources", ids(finding.resources)},
            {"about", std::move(about)},
            {"assigned_to", id_text(finding.assigned_to)},
            {"deferred_until", finding.deferred_until},
            {"resolver", finding.resolver},
            {"resolver_name", finding.resolver_name},
            {"due_ms", finding.due ? json::value(finding.due->ms) : json::value(nullptr)}};
}

json::object answer(const DoseWarning& warning) {
    return {{"rule", warning.rule},
            {"severity", warning.severity},
            {"needs_reason", warning.needs_reason},
            {"sentence", warning.sentence},
            {"action", warning.action}};
}

json::object answer(const SyncReport& report) {
    json::array findings;
    for (const NewFinding& one : report.findings_new) {
        findings.push_back(json::object{{"id", one.id.text()},
                                        {"record", one.record.text()},
                                        {"rule", one.rule},
                                        {"severity", one.severity},
                                        {"title", one.title}});
    }
    return {{"complete", report.complete},
            {"requests", report.progress.requests},
            {"sent", report.progress.sent},
            {"received", report.progress.received},
            {"returned", report.returned},
            {"quarantined", report.quarantined},
            {"bytes_up", report.bytes_up},
            {"bytes_down", report.bytes_down},
            {"findings_new", std::move(findings)},
            {"records_hidden", report.records_hidden},
            {"records_purged", report.records_purged},
            {"attachments_sent", report.attachments_sent},
            {"attachments_fetched", report.attachments_fetched},
            {"attachments_waiting", report.attachments_waiting},
            {"new_epoch", report.new_epoch},
            {"server_recovering", report.server_recovering},
            {"problems", texts(report.problems)}};
}

json::object answer(const SyncStatus& status) {
    json::array quarantined;
    for (const QuarantinedItem& one : status.quarantined) {
        quarantined.push_back(json::object{{"change", one.change.text()},
                                           {"record", one.record.text()},
                                           {"reason", one.reason},
                                           {"advice", one.advice}});
    }
    json::object out{{"unsent", status.unsent},
                     {"unsecured", status.unsecured},
                     {"access_unsent", status.access_unsent},
                     {"server_recovering", status.server_recovering},
                     {"pack", json::object{{"name", status.pack.name},
                                           {"label", status.pack.label},
                                           {"date", date_text(status.pack.date)},
                                           {"days_old", status.pack.days_old},
                                           {"compiled_in", status.pack.compiled_in},
                                           {"told", status.pack.told},
                                           {"told_to_do", status.pack.told_to_do}}},
                     {"quarantined", std::move(quarantined)}};
    out["last_complete_ms"] =
        status.last_complete ? json::value(status.last_complete->ms) : json::value(nullptr);
    out["server_minus_wall_ms"] = status.server_minus_wall_ms
                                      ? json::value(*status.server_minus_wall_ms)
                                      : json::value(nullptr);
    return out;
}

json::object answer(const SignedIn& signed_in) {
    return {{"sign_in", signed_in.sign_in.text()},
            {"nurse", answer(signed_in.nurse)},
            {"age", age_of(signed_in.age)},
            {"unsent", signed_in.unsent},
            {"was_restored", signed_in.was_restored}};
}

json::object answer(const Nurse& nurse) {
    return {{"person", nurse.person.text()}, {"name", nurse.name}, {"role", nurse.role}};
}

json::object answer(const NoteEntry& note) {
    return {{"type", note.type}, {"title", note.title}, {"text", note.text}};
}

void add_citizen(json::object& answer, const ChartView& view) {
    json::object citizen{{"record", view.record.text()}};
    if (view.patient) {
        citizen["name"] = view.patient->name;
        citizen["birth_date"] = view.patient->birth_date;
        citizen["name_contested"] = view.patient->name_contested;
        citizen["deceased"] = view.patient->deceased;
    }
    citizen["suspended"] = value_of(view.suspended);
    answer["citizen"] = std::move(citizen);
    answer["age"] = age_of(view.age);
}

void add_reach(json::object& answer, const ChartView& view) {
    answer["missing"] = missing_of(view);
    answer["complete_since"] = complete_since_of(view);
}

json::object answer(const Error& error, Language language) {
    const Explanation said = explain(error, language);
    constexpr const char* k_whose[] = {"retry", "user", "operator", "defect"};
    return {{"error", name(error.code)},
            {"advice", k_whose[static_cast<int>(advice(error.code))]},
            {"what", error.what},
            {"sentence", said.sentence},
            {"what_to_do", said.what_to_do}};
}

}  // namespace kari::app
