// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "examples/district/elements.hpp"
#include "examples/district/journal.hpp"

namespace kari::district {

namespace {

// Parts of the day: until when each goes, and when somebody comes whom no dose binds to an hour.
struct Part {
    int until;
    int usual;
    std::string_view name;
};
constexpr std::array<Part, 5> k_parts = {{{10 * 60, 8 * 60 + 20, "Morgenbesøk"},
                                          {12 * 60, 11 * 60, "Formiddagsbesøk"},
                                          {16 * 60, 14 * 60, "Middagsbesøk"},
                                          {19 * 60, 17 * 60 + 30, "Ettermiddagsbesøk"},
                                          {24 * 60, 20 * 60, "Kveldsbesøk"}}};
constexpr unsigned k_morning = 0;
constexpr unsigned k_midday = 2;
constexpr unsigned k_evening = 4;

unsigned part_of(int minute) {
    const auto* found = std::find_if(k_parts.begin(), k_parts.end(),
                                     [minute](const Part& part) { return minute < part.until; });
    return static_cast<unsigned>(found - k_parts.begin());
}

// How a dose by the clock ended.
struct Ending {
    bool given = true;
    std::string_view code;  // of HL7's list, when it has one
    std::string_view words;
};

Ending ending_of(Dice& dice) {
    const unsigned thrown = dice.below(1000);
    if (thrown < 950) return {};
    if (thrown < 968) return {false, {}, "Ønsket ikke dosen"};
    if (thrown < 978) return {false, "b", "Ikke hjemme"};
    if (thrown < 984) return {false, "c", "Sov, ble ikke vekket"};
    if (thrown < 988) return {false, {}, "Tom for legemiddelet"};
    return {true, {}, "Gitt av pårørende, bekreftet på telefon"};
}

std::string reason_not_given(const Ending& ending) {
    if (ending.code.empty()) return concept_text(ending.words);
    return object(
        {{"coding", array({coding(std::string(k_terminology) + "reason-medication-not-given",
                                  ending.code, ending.code == "b" ? "Away" : "Asleep")})},
         {"text", quote(ending.words)}});
}

}  // namespace

std::vector<Visit> Journal::visits_on(Day day) const {
    std::array<Visit, k_parts.size()> all;
    std::array<bool, k_parts.size()> wanted{};
    std::array<int, k_parts.size()> due{};
    for (unsigned i = 0; i < k_parts.size(); ++i)
        due[i] = k_parts[i].usual;
    wanted[k_morning] = true;
    wanted[k_evening] = life_.visits >= 2;
    wanted[k_midday] = life_.visits >= 3;
    for (const Lineage& lineage : life_.lineages) {
        for (const Order& order : lineage.orders) {
            for (Taken& taken : taken_on(order, day)) {
                const unsigned part = part_of(taken.minute);
                const bool first = all[part].doses.empty();
                due[part] = first ? taken.minute : std::min(due[part], taken.minute);
                wanted[part] = true;
                all[part].doses.push_back({&order, std::move(taken.dose)});
            }
        }
    }
    std::vector<Visit> out;
    const bool punctual = life_.has(Illness::parkinson);
    const int usual_delay = life_.dice(Throw::baseline, 0, 1).between(-15, 25);
    for (unsigned part = 0; part < k_parts.size(); ++part) {
        if (!wanted[part]) continue;
        Dice dice = life_.dice(Throw::visit, day, part);
        Visit& visit = all[part];
        visit.id = dice.uuid();
        visit.part = part;
        visit.nurse = nurse(dice);
        const int delay = punctual ? dice.between(-8, 12) : usual_delay + dice.between(-10, 25);
        visit.minute = due[part] + delay;
        visit.length = 8 + static_cast<int>(dice.below(22));
        visit.missed = !punctual && dice.below(1000) < 4;
        out.push_back(std::move(visit));
    }
    return out;
}

void Journal::add_visit(Day day, const Visit& visit) const {
    const std::string_view status = visit.missed ? "cancelled" : "finished";
    add("Encounter", visit.id,
        {{"status", quote(status)},
         {"class", coding(std::string(k_terminology) + "v3-ActCode", "HH", "home health")},
         {"type", array({concept_text(k_parts[visit.part].name)})},
         {"subject", subject()},
         {"participant", array({object({{"individual", reference(visit.nurse)}})})},
         {"period", period(moment(day, visit.minute), moment(day, visit.minute + visit.length))},
         {"reasonCode", visit.missed ? array({concept_text("Besøket ble ikke gjort")}) : ""},
         {"serviceProvider", reference(staff_.unit_id)}});
}

// A plan is a statement of its own: what came of it has another id.
void Journal::add_planned_visit(Day day, const Visit& visit) const {
    const Part& part = k_parts[visit.part];
    add("Encounter", life_.dice(Throw::plan, day, visit.part).uuid(),
        {{"status", quote("planned")},
         {"class", coding(std::string(k_terminology) + "v3-ActCode", "HH", "home health")},
         {"type", array({concept_text(part.name)})},
         {"subject", subject()},
         {"participant", array({object({{"individual", reference(visit.nurse)}})})},
         {"period", period(moment(day, part.usual), moment(day, part.usual + 20))},
         {"serviceProvider", reference(staff_.unit_id)}});
}

void Journal::add_dose(Day day, const Visit& visit, unsigned place) const {
    const Dose& dose = visit.doses[place];
    const Drug& drug = *dose.order->drug;
    Dice dice = life_.dice(Throw::dose, day, visit.part * 100 + place);
    const std::string id = dice.uuid();
    const Ending ending =
        visit.missed ? Ending{false, {}, "Besøket ble ikke gjort"} : ending_of(dice);
    const std::string text = dose.amount + ' ' + std::string(drug.dose_unit);
    const std::string dosage =
        object({{"text", quote(text)},
                {"route", route_of(drug)},
                {"dose", quantity(dose.amount, drug.dose_unit, drug.dose_code)}});
    const int minute = visit.minute + static_cast<int>(place) / 3 + 2;
    const bool remark = ending.given && !ending.words.empty();
    if (ending.given && drug.form == "depotplaster") add_patch_off(day, visit, place, minute);
    add("MedicationAdministration", id,
        {{"status", quote(ending.given ? "completed" : "not-done")},
         {"statusReason", ending.given ? "" : array({reason_not_given(ending)})},
         {"medicationCodeableConcept", drug_concept(drug)},
         {"subject", subject()},
         {"context", reference(visit.id)},
         {"effectiveDateTime", quote(moment(day, minute))},
         {"performer", array({object({{"actor", reference(visit.nurse)}})})},
         {"request", reference(dose.order->id)},
         {"note", remark ? array({object({{"text", quote(ending.words)}})}) : ""},
         {"dosage", ending.given ? dosage : ""}});
}

// The patch of the drug that was put on before, whoever ordered it, comes off now.
void Journal::add_patch_off(Day day, const Visit& visit, unsigned place, int minute) const {
    const Drug& drug = *visit.doses[place].order->drug;
    constexpr Day k_back = 21;
    for (Day before = day - 1; before + k_back >= day; --before) {
        if (life_.away(before)) continue;
        for (const Visit& other : visits_on(before)) {
            for (unsigned at = 0; at < other.doses.size() && !other.missed; ++at) {
                if (other.doses[at].order->drug->atc != drug.atc) continue;
                Dice dice = life_.dice(Throw::dose, before, other.part * 100 + at);
                const std::string dose = dice.uuid();
                if (!ending_of(dice).given) continue;
                add("Procedure",
                    life_.dice(Throw::dose, day, 9000 + visit.part * 100 + place).uuid(),
                    {{"partOf", array({object({{"reference", quote("urn:uuid:" + dose)},
                                               {"type", quote("MedicationAdministration")}})})},
                     {"status", quote("completed")},
                     {"code", coded("urn:kari:act", "patch-taken-off", "Plaster tatt av")},
                     {"subject", subject()},
                     {"performedDateTime", quote(moment(day, minute))},
                     {"performer", array({object({{"actor", reference(visit.nurse)}})})}});
                return;
            }
        }
    }
}

// What is given as needed: once a visit at most.
void Journal::add_needed(Day day, const Visit& visit) const {
    unsigned place = 0;
    for (const Lineage& lineage : life_.lineages) {
        for (const Order& order : lineage.orders) {
            const Drug& drug = *order.drug;
            const bool as_needed = drug.times.empty() && drug.atc != k_b12;
            if (!as_needed || day < order.from || day >= order.until) continue;
            Dice dice = life_.dice(Throw::dose, day, 5000 + visit.part * 100 + place++);
            const std::string id = dice.uuid();
            const bool at_night = drug.illness == Illness::sleeplessness;
            if (!dice.percent(7) || (at_night && visit.part != k_evening)) continue;
            const std::string amount = dose_on(order, 0);
            add("MedicationAdministration", id,
                {{"status", quote("completed")},
                 {"medicationCodeableConcept", drug_concept(drug)},
                 {"subject", subject()},
                 {"context", reference(visit.id)},
                 {"effectiveDateTime", quote(moment(day, visit.minute + visit.length - 2))},
                 {"performer", array({object({{"actor", reference(visit.nurse)}})})},
                 {"reasonCode", array({concept_text(reason_of(drug, nullptr))})},
                 {"request", reference(order.id)},
                 {"dosage", object({{"text", quote(amount + ' ' + std::string(drug.dose_unit))},
                                    {"route", route_of(drug)},
                                    {"dose", quantity(amount, drug.dose_unit, drug.dose_code)}})}});
        }
    }
}

void Journal::add_note(Day day, const Visit& visit) const {
    constexpr std::array<std::string_view, 12> texts = {
        "Sov godt. Spist frokost, går med rullator.",
        "Ønsket ikke dusj i dag, stell ved vask. God stemning.",
        "Litt svimmel da hun reiste seg, satt i ti minutter. Bedre etterpå.",
        "Spist lite til middag. Tilbudt næringsdrikk, drakk halvparten.",
        "Datter på besøk. Gått tur til postkassen.",
        "Huden på hælene er hel. Smurt leggene.",
        "Urolig om kvelden, roet seg med radio og te.",
        "Klaget over smerter i høyre hofte ved forflytning.",
        "Avføring i dag. Drikker godt.",
        "Tok medisinene uten problem. Ingen endring fra i går.",
        "Trett og lite snakkesalig, men oppegående. Følges opp.",
        "Støvsugd og skiftet sengetøy sammen med bruker."};
    Dice dice = life_.dice(Throw::note, day, visit.part);
    const std::string id = dice.uuid();
    const Course* infection = life_.infection(day);
    if (!dice.percent(infection != nullptr ? 90 : 28)) return;
    std::string text(dice.pick(texts));
    if (infection != nullptr) {
        text += " Behandles for ";
        text += infection->icd10 == "J18" ? "lungebetennelse." : "urinveisinfeksjon.";
    }
    const std::string name(k_parts[visit.part].name);
    add("DocumentReference", id,
        {{"status", quote("current")},
         {"docStatus", quote("final")},
         {"type", coded(k_loinc, "34746-8", "Sykepleienotat")},
         {"category", array({concept_text("Hjemmesykepleie")})},
         {"subject", subject()},
         {"date", quote(moment(day, visit.minute + visit.length + 3))},
         {"author", array({reference(visit.nurse)})},
         {"description", quote(name + " (oppdiktet)")},
         {"content", array({object({{"attachment", inline_text(text + "\n(Oppdiktet notat.)")}})})},
         {"context", object({{"encounter", array({reference(visit.id)})}})}});
}

void Journal::add_message(Day day) const {
    constexpr std::array<std::string_view, 4> texts = {
        "Ber om vurdering av blodtrykksmedisin etter siste ukes målinger.",
        "Ønsker time hos fastlegen, kan det bli neste uke?",
        "Har gått ned i vekt siste måned, ernæringsplan er startet.",
        "Multidose fra neste rull er lagt om som avtalt."};
    Dice dice = life_.dice(Throw::now_and_then, day, 2);
    const std::string id = dice.uuid();
    if (dice.below(40) != 0) return;
    add("Communication", id,
        {{"status", quote("completed")},
         {"subject", subject()},
         {"sent", quote(moment(day, 14 * 60 + 10))},
         {"recipient", array({reference(staff_.doctor_id)})},
         {"sender", reference(nurse(dice))},
         {"payload", array({object({{"contentString",
                                     quote(std::string(dice.pick(texts)) + " (Oppdiktet.)")}})})}});
}

void Journal::tell_day(Day day) {
    if (life_.away(day)) return;
    for (const Visit& visit : visits_on(day)) {
        add_visit(day, visit);
        for (unsigned place = 0; place < visit.doses.size(); ++place)
            add_dose(day, visit, place);
        if (visit.missed) continue;
        add_needed(day, visit);
        if (visit.part == k_morning) add_measurements(day, visit);
        if (visit.part == k_midday || visit.part == k_morning) add_glucose(day, visit);
        add_note(day, visit);
    }
    add_message(day);
}

}  // namespace kari::district
