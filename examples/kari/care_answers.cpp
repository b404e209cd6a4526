// SPDX-License-Identifier: Apache-2.0
//
// Problems, measures, visits and the rest beside medicines, as JSON.
#include "examples/kari/answer_parts.hpp"
#include "examples/kari/answers.hpp"

namespace kari::app {

namespace json = boost::json;

namespace {

json::value of(const Coded& coded) {
    return value_of(coded);
}

json::value of(const std::string& text) {
    return json::string(text);
}

json::value of(int number) {
    return number;
}

json::value of(bool yes) {
    return yes;
}

json::value of(const PlannedTime& time) {
    return json::object{{"starts", time.starts}, {"ends", time.ends}};
}

json::array of(const std::vector<Coded>& list) {
    json::array out;
    for (const Coded& one : list)
        out.push_back(value_of(one));
    return out;
}

json::value of(const ActText& act) {
    return json::object{{"status", act.status},        {"code", value_of(act.code)},
                        {"about", id_text(act.about)}, {"performed", act.performed},
                        {"reason", act.reason},        {"performers", texts(act.performers)},
                        {"notes", texts(act.notes)}};
}

json::value of(const VisitText& visit) {
    return json::object{{"status", visit.status},       {"hindrance", visit.hindrance},
                        {"starts", visit.starts},       {"ends", visit.ends},
                        {"type", value_of(visit.type)}, {"reasons", of(visit.reasons)},
                        {"plan", id_text(visit.plan)},  {"performers", texts(visit.performers)},
                        {"notes", texts(visit.notes)}};
}

json::value of(const ImmunizationText& given) {
    return json::object{{"status", given.status},
                        {"vaccine", value_of(given.vaccine)},
                        {"occurrence", given.occurrence},
                        {"told", given.told},
                        {"lot", given.lot},
                        {"expires", given.expires},
                        {"dose", value_of(given.dose)},
                        {"site", value_of(given.site)},
                        {"reason", given.reason},
                        {"performers", texts(given.performers)},
                        {"notes", texts(given.notes)}};
}

json::value of(const ConsentText& decision) {
    return json::object{{"effect", decision.effect},
                        {"scope", value_of(decision.scope)},
                        {"starts", decision.starts},
                        {"ends", decision.ends},
                        {"parties", texts(decision.parties)},
                        {"text", decision.text},
                        {"has_exceptions", decision.has_exceptions}};
}

json::value of(const CommunicationText& said) {
    return json::object{{"status", said.status},     {"topic", value_of(said.topic)},
                        {"text", said.text},         {"sent", said.sent},
                        {"sender", said.sender},     {"recipients", texts(said.recipients)},
                        {"notes", texts(said.notes)}};
}

template <typename T>
json::object atom(const Field<T>& from) {
    return field(from, [](const T& value) { return json::value(of(value)); });
}

json::object item(const ProblemItem& from) {
    json::object out = head(from);
    out["code"] = atom(from.code);
    out["clinical_status"] = atom(from.clinical_status);
    out["verification_status"] = atom(from.verification_status);
    out["severity"] = atom(from.severity);
    out["onset"] = from.onset;
    out["abatement"] = from.abatement;
    out["notes"] = texts(from.notes);
    out["active"] = from.active;
    return out;
}

json::object item(const MeasureItem& from) {
    json::object out = head(from);
    out["kind"] = from.kind;
    out["what"] = atom(from.what);
    out["title"] = from.title;
    out["description"] = from.description;
    out["activities"] = of(from.activities);
    out["timing"] = atom(from.timing);
    out["instruction"] = atom(from.instruction);
    out["people"] = atom(from.people);
    out["goal"] = from.goal;
    out["status"] = atom(from.status);
    out["status_reason"] = from.status_reason;
    out["starts"] = from.starts;
    out["ends"] = from.ends;
    out["in_force"] = from.in_force;
    out["past_its_end"] = from.past_its_end;
    out["end_proposed"] = from.end_proposed;
    out["notes"] = texts(from.notes);
    out["acts"] = ids(from.acts);
    return out;
}

// A fact: one statement, and those before it.
template <typename Item>
json::object fact(const Item& from) {
    json::object out = head(from);
    out["statement"] = atom(from.statement);
    return out;
}

json::object item(const ActItem& from) {
    return fact(from);
}

json::object item(const VisitItem& from) {
    return fact(from);
}

json::object item(const ImmunizationItem& from) {
    return fact(from);
}

json::object item(const CommunicationItem& from) {
    json::object out = fact(from);
    json::array readers;
    for (const MessageReader& one : from.readers) {
        json::object reader = value_of(one.said);
        reader["token"] = one.token.text;
        reader["as_it_stands"] = one.as_it_stands;
        readers.push_back(std::move(reader));
    }
    out["readers"] = std::move(readers);
    return out;
}

json::object item(const PlannedVisitItem& from) {
    json::object out = head(from);
    out["state"] = from.state;
    out["time"] = atom(from.time);
    out["status"] = atom(from.status);
    out["type"] = value_of(from.type);
    out["reasons"] = of(from.reasons);
    out["performers"] = texts(from.performers);
    out["notes"] = texts(from.notes);
    out["visits"] = ids(from.visits);
    return out;
}

json::object item(const AppointmentItem& from) {
    json::object out = head(from);
    out["state"] = from.state;
    out["time"] = atom(from.time);
    out["status"] = atom(from.status);
    out["description"] = from.description;
    out["instruction"] = from.instruction;
    out["participants"] = texts(from.participants);
    out["cancelled_because"] = from.cancelled_because;
    out["visits"] = ids(from.visits);
    return out;
}

json::object item(const TaskItem& from) {
    json::object out = head(from);
    out["state"] = from.state;
    out["code"] = value_of(from.code);
    out["description"] = from.description;
    out["effect"] = from.effect;
    out["status"] = atom(from.status);
    out["priority"] = atom(from.priority);
    out["owner"] = atom(from.owner);
    out["due"] = from.due;
    out["notes"] = texts(from.notes);
    return out;
}

json::object item(const RelatedPersonItem& from) {
    json::object out = head(from);
    out["name"] = atom(from.name);
    out["relationship"] = of(from.relationship);
    out["telecom"] = texts(from.telecom);
    out["address"] = from.address;
    out["call_order"] = from.call_order ? json::value(*from.call_order) : json::value(nullptr);
    out["next_of_kin"] = atom(from.next_of_kin);
    out["nearest"] = from.nearest;
    out["legal_role"] = from.legal_role;
    out["contact"] = atom(from.contact);
    out["information"] = atom(from.information);
    out["notes"] = texts(from.notes);
    return out;
}

json::object item(const ConsentItem& from) {
    json::object out = head(from);
    out["decision"] = atom(from.decision);
    json::array denials;
    for (const ConsentText& denial : from.denials)
        denials.push_back(of(denial));
    out["denials"] = std::move(denials);
    out["notes"] = texts(from.notes);
    return out;
}

json::object item(const TreatmentLimitItem& from) {
    json::object out = head(from);
    out["decision"] = atom(from.decision);
    out["unclear"] = from.unclear;
    out["review_overdue"] = from.review_overdue;
    out["notes"] = texts(from.notes);
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

json::object answer(const CareView& care) {
    return {{"problems", items(care.problems)},
            {"measures", items(care.measures)},
            {"acts", items(care.acts)},
            {"visits", items(care.visits)},
            {"planned_visits", items(care.planned_visits)},
            {"appointments", items(care.appointments)},
            {"immunizations", items(care.immunizations)},
            {"tasks", items(care.tasks)},
            {"related_persons", items(care.related_persons)},
            {"consents", items(care.consents)},
            {"treatment_limits", items(care.treatment_limits)},
            {"communications", items(care.communications)}};
}

json::object answer(const AllowanceItem& allowance) {
    json::object out = value_of(allowance.asked);
    out["record"] = allowance.record.text();
    out["resource"] = allowance.resource.text();
    out["token"] = allowance.token.text;
    out["state"] = allowance.state;
    out["reason"] = allowance.reason;
    out["action"] = allowance.action;
    out["doses"] = allowance.doses;
    out["doses_left"] = allowance.doses_left;
    out["amount"] = allowance.amount;
    out["amount_left"] = allowance.amount_left;
    out["until"] = allowance.until;
    return out;
}

json::object answer(const PatchItem& patch) {
    json::object out = value_of(patch.said);
    out["record"] = patch.record.text();
    out["administration"] = patch.administration.text();
    out["token"] = patch.token.text;
    out["medication"] = patch.medication;
    out["amount"] = patch.amount;
    out["site"] = patch.site;
    out["put_on"] = patch.put_on;
    out["due_off"] = patch.due_off;
    return out;
}

json::object answer(const AfterDoseItem& after) {
    json::object out = value_of(after.said);
    out["what"] = after.what;
    out["at"] = after.at;
    out["outcome"] = after.outcome;
    out["note"] = after.note;
    out["token"] = after.token.text;
    return out;
}

json::object answer(const FollowUpItem& follow_up) {
    json::object out = value_of(follow_up.said);
    out["record"] = follow_up.record.text();
    out["administration"] = follow_up.administration.text();
    out["token"] = follow_up.token.text;
    out["medication"] = follow_up.medication;
    out["amount"] = follow_up.amount;
    out["given"] = follow_up.given;
    out["due"] = follow_up.due;
    out["overdue"] = follow_up.overdue;
    return out;
}

}  // namespace kari::app
