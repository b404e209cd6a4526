// SPDX-License-Identifier: Apache-2.0
#include "examples/district/journal.hpp"

#include <algorithm>

#include "examples/district/elements.hpp"

namespace kari::district {

namespace {

constexpr int k_task_days = 45;         // one task in so many
constexpr int k_appointment_days = 70;  // one appointment in so many
constexpr int k_booked_days = 30;       // before it takes place

std::string status_of(std::string_view which, std::string_view code) {
    return object(
        {{"coding",
          array({object({{"system", quote(std::string(k_terminology) + std::string(which))},
                         {"code", quote(code)}})})}});
}

std::string made_up_phone(unsigned number) {
    std::string digits = std::to_string(number % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    return "000 00 " + digits;
}

std::string phone(unsigned number, std::string_view use) {
    return array({object({{"system", quote("phone")},
                          {"value", quote(made_up_phone(number))},
                          {"use", quote(use)}})});
}

std::string human_name(std::string_view family, std::string_view given) {
    return array({object({{"use", quote("official")},
                          {"family", quote(family)},
                          {"given", array({quote(given)})}})});
}

}  // namespace

std::string Journal::subject() const {
    return reference(life_.person.id);
}

void Journal::add(std::string_view type, const std::string& id, Members members) const {
    Members all = {{"resourceType", quote(type)}, {"id", quote(id)}, {"meta", meta()}};
    std::move(members.begin(), members.end(), std::back_inserter(all));
    sink_({type, id, object(all)});
}

void Journal::tell_present() {
    add_patient();
    add_allergies();
    add_conditions();
    add_relatives();
    add_consent();
    add_measures();
    add_vaccines();
    for (const Lineage& lineage : life_.lineages) {
        if (lineage.from() <= day_ && lineage.until() > day_) add_lineage(lineage);
    }
    for (const Stay& stay : life_.stays) {
        if (stay.from <= day_ && stay.until > day_) add_stay(stay);
    }
    add_tasks(Which::present, day_);
    add_appointments(Which::present, day_);
    if (!life_.away(day_ + 1)) {
        for (const Visit& visit : visits_on(day_ + 1))
            add_planned_visit(day_ + 1, visit);
    }
}

void Journal::tell_past_spans(Day first) {
    for (const Lineage& lineage : life_.lineages) {
        if (lineage.until() <= day_ && lineage.until() > first) add_lineage(lineage);
    }
    for (const Stay& stay : life_.stays) {
        if (stay.until <= day_ && stay.until > first) add_stay(stay);
    }
    add_tasks(Which::past, first);
    add_appointments(Which::past, first);
}

void Journal::add_patient() const {
    const Person& person = life_.person;
    Dice dice = life_.dice(Throw::standing, 0);
    const std::string street = "Oppdiktet vei " + std::to_string(1 + dice.below(199));
    const std::string about =
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">Syntetisk person, finnes ikke.</div>";
    add("Patient", person.id,
        {{"text", object({{"status", quote("generated")}, {"div", quote(about)}})},
         {"identifier", array({object({{"use", quote("official")},
                                       {"system", quote(k_fnr)},
                                       {"value", quote(person.national_id)}})})},
         {"active", "true"},
         {"name", human_name(person.family, person.given)},
         {"telecom", phone(person.number, "home")},
         {"gender", quote(person.woman ? "female" : "male")},
         {"birthDate", quote(text_of(person.born))},
         {"address", array({object({{"use", quote("home")},
                                    {"line", array({quote(street)})},
                                    {"city", quote("Eksempelby")},
                                    {"postalCode", quote("0000")},
                                    {"country", quote("NO")}})})},
         {"communication",
          array({object({{"language", coded("urn:ietf:bcp:47", "nb", "Norsk bokmål")},
                         {"preferred", "true"}})})},
         {"managingOrganization", reference(staff_.unit_id)}});
}

void Journal::add_allergies() const {
    const std::string active = status_of("allergyintolerance-clinical", "active");
    const std::string confirmed = status_of("allergyintolerance-verification", "confirmed");
    Dice dice = life_.dice(Throw::standing, 1);
    for (const Allergen* each : life_.allergies) {
        const bool certain = each->allergy || dice.percent(50);
        const std::string reaction =
            object({{"manifestation", array({concept_text(each->reaction)})},
                    {"severity", quote(each->high ? "severe" : "mild")}});
        const std::string year = std::to_string(dice.between(1965, 2012));
        // One throw after another: a compiler takes arguments in the order it likes.
        const Day recorded = day_of({2013, 5, 2}) + dice.between(0, 200);
        const std::string& author = nurse(dice);
        add("AllergyIntolerance", dice.uuid(),
            {{"clinicalStatus", active},
             {"verificationStatus",
              certain ? confirmed : status_of("allergyintolerance-verification", "unconfirmed")},
             {"type", quote(each->allergy ? "allergy" : "intolerance")},
             {"category", array({quote(each->category)})},
             {"criticality", quote(each->high ? "high" : "low")},
             {"code", each->code.empty() ? concept_text(each->name)
                                         : coded(each->system, each->code, each->name)},
             {"patient", subject()},
             {certain ? "onsetDateTime" : "onsetString", quote(certain ? year : "i voksen alder")},
             {"recordedDate", quote(text_of(recorded))},
             {"recorder", reference(staff_.doctor_id)},
             {"reaction", array({reaction})},
             {"note", array({note(author, "2013-12-01", "Oppgitt av pårørende (oppdiktet)")})}});
    }
    if (life_.allergies.empty() && dice.percent(45)) {
        add("AllergyIntolerance", dice.uuid(),
            {{"clinicalStatus", active},
             {"verificationStatus", confirmed},
             {"code", coded(k_snomed, "716186003", "No known allergy")},
             {"patient", subject()},
             {"recordedDate", quote("2013-11")}});
    }
}

void Journal::add_conditions() const {
    Dice dice = life_.dice(Throw::standing, 2);
    for (unsigned i = 0; i < k_illnesses; ++i) {
        const std::string id = dice.uuid();
        const Day since = life_.since[i];
        if (since == 0 || since > day_) continue;
        const Diagnosis& found = diagnosis(static_cast<Illness>(i));
        add("Condition", id,
            {{"clinicalStatus",
              coded(std::string(k_terminology) + "condition-clinical", "active", "Active")},
             {"verificationStatus",
              coded(std::string(k_terminology) + "condition-ver-status", "confirmed", "Confirmed")},
             {"category", array({coded(std::string(k_terminology) + "condition-category",
                                       "problem-list-item", "Problem List Item")})},
             {"code", object({{"coding", array({coding(k_icd10, found.icd10, found.name),
                                                coding(k_icpc2, found.icpc2, found.name)})},
                              {"text", quote(found.name)}})},
             {"subject", subject()},
             {"onsetDateTime", quote(text_of(since).substr(0, 7))},
             {"recordedDate", quote(text_of(since + 12))}});
    }
}

void Journal::add_relatives() const {
    struct Relation {
        std::string_view code;
        std::string_view name;
        bool woman;
    };
    constexpr std::array<Relation, 4> relations = {{{"DAU", "Datter", true},
                                                    {"SON", "Sønn", false},
                                                    {"NBOR", "Nabo", true},
                                                    {"SIB", "Bror", false}}};
    Dice dice = life_.dice(Throw::standing, 3);
    const unsigned count = 1 + dice.below(2);
    for (unsigned i = 0; i < count; ++i) {
        const Relation& relation = relations[(dice.below(2) + 2 * i) % relations.size()];
        const std::string id = dice.uuid();
        const std::string family =
            relation.code == "NBOR" ? made_up_family(dice) : life_.person.family;
        add("RelatedPerson", id,
            {{"active", "true"},
             {"patient", subject()},
             {"relationship", array({coded(std::string(k_terminology) + "v3-RoleCode",
                                           relation.code, relation.name)})},
             {"name", human_name(family, given_name(dice, relation.woman))},
             {"telecom", phone(500 + dice.below(500), "mobile")}});
    }
}

void Journal::add_consent() const {
    Dice dice = life_.dice(Throw::standing, 4);
    if (!dice.percent(45)) return;
    add("Consent", dice.uuid(),
        {{"status", quote("active")},
         {"scope",
          coded(std::string(k_terminology) + "consentscope", "patient-privacy", "Privacy Consent")},
         {"category", array({coded(k_loinc, "59284-0", "Samtykke")})},
         {"patient", subject()},
         {"dateTime", quote("2013-12-10")},
         {"policyRule", coded(std::string(k_terminology) + "v3-ActCode", "OPTIN", "opt-in")},
         {"provision", object({{"type", quote("permit")}})}});
}

void Journal::add_measures() const {
    Dice dice = life_.dice(Throw::standing, 5);
    for (const Measure& measure : measures()) {
        const std::string id = dice.uuid();
        const bool chosen = dice.percent(measure.percent);
        if (!chosen || (measure.illness != Illness::none && !life_.has(measure.illness))) continue;
        std::vector<std::string> days;
        for (const std::string_view day : words(measure.days))
            days.push_back(quote(day));
        const std::string repeat =
            object({{"frequency", std::to_string(std::max<std::size_t>(1, days.size()))},
                    {"period", "1"},
                    {"periodUnit", quote(days.empty() ? "d" : "wk")},
                    {"dayOfWeek", days.empty() ? "" : array(days)}});
        const std::string detail = object({{"kind", quote("ServiceRequest")},
                                           {"code", concept_text(measure.name)},
                                           {"status", quote("in-progress")},
                                           {"scheduledTiming", object({{"repeat", repeat}})},
                                           {"description", quote(measure.instruction)}});
        add("CarePlan", id,
            {{"status", quote("active")},
             {"intent", quote("plan")},
             {"category", array({coded("urn:kari:fhir:measure", measure.kind, measure.kind)})},
             {"title", quote(std::string(measure.name) + " (oppdiktet)")},
             {"subject", subject()},
             {"period", period("2014-01-01")},
             {"created", quote("2014-01-01")},
             {"author", reference(staff_.nurse_ids.front())},
             {"activity", array({object({{"detail", detail}})})}});
    }
}

void Journal::add_vaccines() const {
    const int last = date_of(day_).year;
    for (int year = last - 3; year <= last; ++year) {
        Dice dice = life_.dice(Throw::standing, year, 6);
        const Day on = day_of({year, 10, 15}) + dice.between(0, 30);
        if (on > day_ || life_.away(on) || !dice.percent(70)) continue;
        const std::string& giver = nurse(dice);
        add("Immunization", dice.uuid(),
            {{"status", quote("completed")},
             {"vaccineCode", coded(k_atc, "J07BB02", "Influensavaksine")},
             {"patient", subject()},
             {"occurrenceDateTime", quote(text_of(on))},
             {"primarySource", "true"},
             {"lotNumber", quote("DEMO-" + std::to_string(year))},
             {"performer", array({object({{"actor", reference(giver)}})})}});
    }
}

void Journal::add_stay(const Stay& stay) const {
    const bool home = stay.until <= day_;
    add("Encounter", stay.id,
        {{"status", quote(home ? "finished" : "in-progress")},
         {"class", coding(std::string(k_terminology) + "v3-ActCode", "IMP", "inpatient encounter")},
         {"type", array({concept_text("Sykehusopphold")})},
         {"subject", subject()},
         {"period", period(moment(stay.from, 6 * 60 + 30),
                           home ? moment(stay.until, 6 * 60 + 45) : std::string())},
         {"reasonCode", array({concept_text(stay.reason)})}});
}

void Journal::add_tasks(Which which, Day first) const {
    constexpr std::array<std::string_view, 5> what = {
        "Bestill ny multidose hos apoteket", "Evaluer tiltaksplanen", "Bestill time til INR",
        "Ring pårørende om hjelpemidler", "Mottakskontroll av multidose"};
    for (int block = (first - k_task_days) / k_task_days - 1; block <= day_ / k_task_days;
         ++block) {
        Dice dice = life_.dice(Throw::now_and_then, block, 0);
        const Day asked = block * k_task_days + dice.between(0, k_task_days - 1);
        const Day done = asked + dice.between(1, 20);
        const bool open = done > day_;
        const std::string id = dice.uuid();
        if (asked > day_ || open != (which == Which::present) || done < first) continue;
        add("Task", id,
            {{"status", quote(open ? "requested" : "completed")},
             {"intent", quote("order")},
             {"description", quote(std::string(dice.pick(what)) + " (oppdiktet)")},
             {"for", subject()},
             {"authoredOn", quote(moment(asked, 14 * 60 + 5))},
             {"lastModified", quote(moment(open ? asked : done, 14 * 60 + 20))},
             {"requester", reference(nurse(dice))},
             {"owner", reference(staff_.unit_id)},
             {"restriction", object({{"period", object({{"end", quote(text_of(asked + 21))}})}})}});
    }
}

void Journal::add_appointments(Which which, Day first) const {
    constexpr std::array<std::string_view, 4> what = {"Legetime med blodprøver", "Fotterapeut",
                                                      "Tannlege", "Fysioterapi"};
    const int last = (day_ + k_booked_days) / k_appointment_days;
    for (int block = first / k_appointment_days - 1; block <= last; ++block) {
        Dice dice = life_.dice(Throw::now_and_then, block, 1);
        const Day on = block * k_appointment_days + dice.between(0, k_appointment_days - 1);
        const bool ahead = on > day_;
        const std::string id = dice.uuid();
        if (on - k_booked_days > day_ || ahead != (which == Which::present) || on < first) continue;
        const int minute = 9 * 60 + 15 * dice.between(0, 20);
        const std::string_view status = ahead ? "booked" : life_.away(on) ? "noshow" : "fulfilled";
        add("Appointment", id,
            {{"status", quote(status)},
             {"description", quote(std::string(dice.pick(what)) + " (oppdiktet)")},
             {"start", quote(moment(on, minute))},
             {"end", quote(moment(on, minute + 30))},
             {"participant",
              array(
                  {object({{"actor", object({{"reference", quote("Patient/" + life_.person.id)}})},
                           {"status", quote("accepted")}})})}});
    }
}

}  // namespace kari::district
