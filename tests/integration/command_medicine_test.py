#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`kari` as a nurse gives medicine with it: doses recorded elsewhere, medicine as needed, units,
what a sync brings, and what is refused."""

import pathlib
import shlex
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import (  # noqa: E402
    DAY, PIN, Tablet, Terminal, Ward, order, patient, run_tests)

AS_NEEDED = order(4, "berit", "Ibuprofen 400 mg", 1, "tablett", ["08:00"], "1 tablett ved smerter")
del AS_NEEDED["dosageInstruction"][0]["timing"]
AS_NEEDED["dosageInstruction"][0]["asNeededBoolean"] = True

ATC = "http://www.whocc.no/atc"

# At most two in 24 hours, and of a class that takes an allowance.
OPIOID = order(5, "aase", "Oksykodon 5 mg", 1, "tablett", ["08:00"], "1 tablett ved smerter")
OPIOID["medicationCodeableConcept"]["coding"] = [
    {"system": ATC, "code": "N02AA05"}]
del OPIOID["dosageInstruction"][0]["timing"]
OPIOID["dosageInstruction"][0]["asNeededBoolean"] = True
OPIOID["dosageInstruction"][0]["maxDosePerPeriod"] = {
    "numerator": {"value": 2, "unit": "tablett", "code": "{tablet}",
                  "system": "http://unitsofmeasure.org"},
    "denominator": {"value": 24, "unit": "h", "code": "h",
                    "system": "http://unitsofmeasure.org"}}

# Tablets whose drug and strength are told in codes.
CODED = order(6, "berit", "", 3, "tablett", ["08:00"], "3 tabletter ved smerter")
del CODED["dosageInstruction"][0]["timing"], CODED["medicationCodeableConcept"]
CODED["dosageInstruction"][0]["asNeededBoolean"] = True
CODED["medicationReference"] = {"reference": "#drug"}
CODED["contained"] = [{
    "resourceType": "Medication", "id": "drug",
    "code": {"text": "Paracet 500 mg",
             "coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}]},
    "ingredient": [{"itemCodeableConcept": {"text": "Paracetamol"},
                    "strength": {"numerator": {"value": 500, "unit": "mg", "code": "mg",
                                               "system": "http://unitsofmeasure.org"},
                                 "denominator": {"value": 1, "unit": "tablett",
                                                 "code": "{tablet}",
                                                 "system": "http://unitsofmeasure.org"}}}]}]


def coded(resource, code):
    drug = resource["medicationCodeableConcept"]
    drug["coding"] = [{"system": ATC, "code": code}]
    return resource


# Arne takes warfarin and iron, and a hormone that is not taken up beside iron.
ARNE = [patient("arne", "Lund", "Arne", "1938-06-07"),
        coded(order(9, "arne", "Warfarin 2,5 mg", 1, "tablett", ["18:00"]), "B01AA03"),
        coded(order(7, "arne", "Levotyroksin 100 µg", 1, "tablett", ["07:00"]), "H03AA01"),
        coded(order(8, "arne", "Jernsulfat 100 mg", 1, "tablett", ["09:00"]), "B03AA07")]

# What a day centre gave, and no system of its own has slots for.
ELSEWHERE = {"resourceType": "MedicationAdministration", "id": "given-1", "status": "completed",
             "subject": {"reference": "Patient/bjarne"},
             "request": {"reference": "MedicationRequest/order-3"},
             "medicationCodeableConcept": {"text": "Furosemid 40 mg"},
             "effectiveDateTime": f"{DAY}T07:05:00Z",
             "dosage": {"dose": {"value": 1, "unit": "tablett", "code": "{tablet}",
                                 "system": "http://unitsofmeasure.org"}}}


class MedicineTest(Ward):
    more = [AS_NEEDED, OPIOID, CODED, ELSEWHERE, *ARNE]

    def next_line(self, refused, command):
        line = refused[refused.rindex(f"kari {command}"):]
        return shlex.split(" ".join(line.split()))[1:]

    def test_a_dose_recorded_elsewhere_stands_in_the_row_and_is_asked_about(self):
        who = self.patient("Bjarne")
        due = self.tablet.run("due", who, "--date", DAY)
        self.assertRegex(due, r"08:00 +overdue +Furosemid")
        self.assertIn("! recorded elsewhere at 08:05: 1 tablet; ask before giving",
                      " ".join(due.split()))
        late = ("--effective", f"{DAY} 08:10", "--note", "written late")
        refused = self.tablet.run("give", self.tablet.name_of(due, "Furosemid"), *late, code=3)
        self.assertIn(f"A dose of this is recorded elsewhere, near this time: {DAY} 08:05, 1 "
                      "tablet", " ".join(refused.split()))
        words = self.next_line(refused, "give")
        self.assertIn("entry/given-elsewhere=why", words)
        self.tablet.run(*words)
        after = self.tablet.words("due", who, "--date", DAY, language="nb")
        self.assertIn("ført et annet sted også, 08:05: 1 tablett; spør om det er samme dose", after)
        # The day after has a dose of its own, far from it.
        self.assertNotIn("elsewhere", self.tablet.run("due", who, "--date", "2026-03-03"))

    def test_medicine_as_needed_says_when_it_was_last_given_and_asks(self):
        who = self.patient("Berit")
        due = self.tablet.run("due", who)
        self.assertIn("no dose is known of here", due)
        name = self.tablet.name_of(due, "Ibuprofen")
        self.tablet.run("give", name)
        due = self.tablet.words("due", who)
        self.assertRegex(due, r"last given \S+ \d\d:\d\d; in the last 24 hours: 1 tablet")
        name = self.tablet.name_of(self.tablet.run("due", who), "Ibuprofen")
        asked = self.tablet.words("check-dose", name)
        self.assertRegex(asked, r"within the last 24 hours: last Ingrid Berg, \S+ \d\d:\d\d, "
                                r"1 tablet; in the last 24 hours: 1 tablet")
        refused = self.tablet.run("give", name, code=3)
        self.assertIn("last Ingrid Berg", " ".join(refused.split()))
        words = self.next_line(refused, "give")
        self.assertIn("entry/given-lately=why", words)
        self.tablet.run(*words)
        self.assertIn("in the last 24 hours: 2 tablets", self.tablet.words("due", who))
        # Whether it helped is asked about in an hour, and once it is said, no more.
        due = self.tablet.run("due", who)
        self.assertIn("Effects to look at", due)
        self.assertRegex(" ".join(due.split()),
                         r"given \S+ \d\d:\d\d; to be looked at \S+ \d\d:\d\d: `kari effect")
        for _ in range(2):
            name = self.tablet.name_of(self.tablet.run("due", who), "Ibuprofen 400 mg, 1 tablet")
            said = self.tablet.words("effect", name, "--outcome", "none", "--note", "NRS 7, 7")
            self.assertIn("See what the order says of further doses", said)
        self.assertNotIn("Ibuprofen 400 mg, 1 tablet", self.tablet.run("due", who))
        self.assertIn("effect: none (NRS 7, 7), Ingrid Berg", self.tablet.words("chart", who))

    def test_an_opioid_as_needed_is_given_under_an_allowance_of_the_server(self):
        other = self.enrolled("the other nurse")
        who, whom = (tablet.name_of(tablet.run("patients"), "Åse")
                     for tablet in (self.tablet, other))
        due = self.tablet.run("due", who)
        self.assertIn("given only under an allowance of the server", due)
        refused = self.tablet.words("give", self.tablet.name_of(due, "Oksykodon"), code=3)
        self.assertIn("The dose is not under an allowance", refused)
        asked = self.tablet.words("allowance", self.tablet.name_of(due, "Oksykodon"),
                                  "--doses", "2", "--hours", "8")
        self.assertIn("Sync, and the server answers", asked)
        self.assertIn("allowance: The allowance is asked for", self.tablet.words("due", who))
        self.tablet.run("sync")
        due = self.tablet.run("due", who)
        self.assertRegex(" ".join(due.split()),
                         r"allowance: 2 tablets of 2 tablets left on this tablet until \S+ \S+")
        self.tablet.run("give", self.tablet.name_of(due, "Oksykodon"))
        self.assertRegex(self.tablet.words("due", who, language="nb"),
                         "tildeling: 1 tablett av 2 tabletter igjen på dette nettbrettet til")
        # Another tablet sees who holds it, and gets none.
        self.tablet.run("sync")
        other.run("sync")
        due = other.run("due", whom)
        self.assertRegex(" ".join(due.split()), r"allowance on another tablet \(Ingrid Berg\): "
                                                r"1 tablet of 2 tablets left until")
        other.run("allowance", other.name_of(due, "Oksykodon"))
        other.run("sync")
        self.assertIn("There is no more to grant now", other.words("due", whom))
        refused = other.words("give", other.name_of(due, "Oksykodon"), code=3)
        self.assertIn("Ingrid Berg: 1 tablet", refused)
        # Given back, it is another's.
        due = self.tablet.run("due", who)
        self.tablet.run("return-allowance", self.tablet.name_of(due, "allowance:"))
        self.tablet.run("sync")
        other.run("sync")
        other.run("allowance", other.name_of(other.run("due", whom), "Oksykodon"))
        other.run("sync")
        self.assertIn("1 tablet of 1 tablet left on this tablet", other.words("due", whom))

    def test_tablets_are_added_up_to_the_most_that_is_given_of_their_drug(self):
        who = self.patient("Berit")
        # Three tablets of 500 mg at a time, until the next make more than four grams.
        for _ in range(2):
            name = self.tablet.name_of(self.tablet.run("due", who), "Paracet")
            if "over-limit" in self.tablet.run("check-dose", name):
                break
            refused = self.tablet.run("give", name, code=None)
            if "--overrides" in refused:
                self.tablet.run(*self.next_line(refused, "give"))
        name = self.tablet.name_of(self.tablet.run("due", who), "Paracet")
        asked = self.tablet.words("check-dose", name)
        self.assertIn("With this dose it is more of the drug than the most that is given: more "
                      "than 4 g in a day and a night; Ingrid Berg", asked)
        refused = self.tablet.run("give", name, code=3)
        words = self.next_line(refused, "give")
        self.assertIn("entry/over-limit=why", words)
        self.assertIn("More of a drug may have been given", self.tablet.words(*words))

    def test_a_package_that_is_scanned_is_compared_and_kept(self):
        who = self.patient("Berit")
        name = self.tablet.name_of(self.tablet.run("due", who), "Paracet")
        wrong = "]d20107038381000022172001311" + "0AB-12\x1d21S1"
        asked = self.tablet.words("check-dose", name, "--scan", wrong)
        self.assertIn("The package is another drug than is ordered: Demo ibuprofen", asked)
        self.assertIn("The package is past its date: 2020-01-31", asked)
        refused = self.tablet.words("give", name, "--scan", "7038381000016", code=3)
        self.assertIn("cannot be read as a package", refused)
        right = "(01)07038381000015(17)991200(10)AB-12(21)S1"
        refused = self.tablet.run("give", name, "--scan", right, code=None)
        if "--overrides" in refused:
            self.assertNotIn("scan-", refused)
            self.tablet.run(*self.next_line(refused, "give"))
        self.assertIn("[07038381000015, AB-12, 2099-12-31]", self.tablet.words("chart", who))

    def test_an_order_by_phone_is_read_back_and_two_of_one_drug_are_phoned_about(self):
        who = self.patient("Berit")
        heard = ("verbal-order", who, "Oksykodon 5 mg", "--dose", "1 tablett", "--as-needed",
                 "--prescriber", "Dr Berg")
        refused = self.tablet.words(*heard, code=3)
        self.assertIn("A verbal order is read back before it is written", refused)
        self.assertIn("--confirm", refused)
        self.assertIn("not in effect until the doctor has answered",
                      self.tablet.words(*heard, "--confirm"))
        self.assertIn("by phone, not in effect yet (Dr Berg)", self.tablet.words("chart", who))
        self.assertIn("Two verbal orders of one drug", self.tablet.words(*heard, "--confirm"))

    def test_a_drug_by_phone_is_held_beside_what_is_ordered(self):
        who = self.patient("Arne")
        heard = ("verbal-order", who, f"{ATC}|M01AE01|Ibuprofen 400 mg", "--dose", "1 tablett",
                 "--as-needed", "--prescriber", "Dr Berg", "--confirm")
        refused = self.tablet.run(*heard, code=3)
        said = " ".join(refused.split())
        self.assertIn("should not be used together with something else that is ordered: Warfarin "
                      "2,5 mg", said)
        self.assertIn("Phone, and name both medicines", said)
        self.assertIn("to record it all the same", said)
        words = self.next_line(refused, "verbal-order")
        self.assertIn("entry/interaction=why", words)
        recorded = self.tablet.words(*words)
        self.assertIn("S2", recorded)
        self.assertIn("Two medicines are ordered that should not be used together", recorded)
        found = self.tablet.words("findings", who)
        self.assertIn("Warfarin 2,5 mg", found)
        self.assertIn("Ibuprofen 400 mg", found)
        # A name without a code cannot be looked up, and that is said.
        in_words = self.tablet.words("verbal-order", who, "Johannesurt", "--dose", "1 tablett",
                                     "--prescriber", "Dr Berg", "--confirm")
        self.assertIn("It cannot be checked whether these medicines affect each other", in_words)

    def test_medicines_that_are_taken_apart_are_not_given_together_unasked(self):
        who = self.patient("Arne")
        due = self.tablet.run("due", who, "--date", "2026-03-07")
        for drug, hour in (("Levotyroksin", "07:00"), ("Jernsulfat", "09:00")):
            name = self.tablet.name_of(due, drug)
            late = ("--effective", f"2026-03-07 {hour}", "--note", "written late")
            if drug == "Levotyroksin":
                self.tablet.run("give", name, *late)
                continue
            refused = self.tablet.run("give", name, *late, code=3)
            said = " ".join(refused.split())
            self.assertIn("A medicine that is taken apart from this one was given too near to it: "
                          "Levotyroksin 100 µg (Ingrid Berg, 2026-03-07 07:00, 1 tablet); not "
                          "before 2026-03-07 11:00", said)
            words = self.next_line(refused, "give")
            self.assertIn("entry/too-near-other=why", words)
            self.assertIn("given too near each other", self.tablet.words(*words))

    def test_a_dose_that_the_nurse_did_not_give_says_so_and_one_that_came_up_counts(self):
        who, day = self.patient("Arne"), "2026-03-09"
        late = ("--effective", f"{day} 07:05", "--note", "written late")
        name = self.tablet.name_of(self.tablet.run("due", who, "--date", day), "Levotyroksin")
        refused = self.tablet.words("give", name, *late, "--intake", "by-other", code=None)
        self.assertIn("Write who gave it, and as what", refused)
        given = self.tablet.run("give", name, *late, "--intake", "by-other", "--given-by",
                                "Anne Lund, daughter")
        self.assertIn("given by Anne Lund, daughter", " ".join(given.split()))
        due = self.tablet.words("due", who, "--date", day)
        self.assertIn("! given by Anne Lund, daughter, not seen", due)
        self.assertIn("! gitt av Anne Lund, daughter, ikke sett",
                      self.tablet.words("due", who, "--date", day, language="nb"))
        dose = self.tablet.name_of(self.tablet.run("chart", who),
                                   "Levotyroksin 100 µg 1 tablett, given by")
        up = self.tablet.words("vomited", dose, "--effective", f"{day} 07:30", "--seen", "yes")
        self.assertIn("The dose still counts as given", up)
        self.assertIn("Phone the doctor before the dose is given again", up)
        due = self.tablet.run("due", who, "--date", day)
        self.assertRegex(due, "given +Levotyroksin")
        self.assertIn(f"came up {day} 07:30: counts as given; phone the doctor before a repeat",
                      " ".join(due.split()))
        again = self.tablet.run("give", self.tablet.name_of(due, "Levotyroksin"), *late, code=3)
        words = self.next_line(again, "give")
        self.assertIn("entry/given-already=why", words)
        self.assertIn("entry/vomited-before=why", words)

    def test_a_dose_that_was_refused_is_offered_again_and_both_attempts_stay(self):
        who, day = self.patient("Arne"), "2026-03-10"
        name = self.tablet.name_of(self.tablet.run("due", who, "--date", day), "Jernsulfat")
        self.tablet.run("withhold", name, "--why", "refused", "--reason", "felt sick",
                        "--effective", f"{day} 09:00")
        name = self.tablet.name_of(self.tablet.run("due", who, "--date", day), "Jernsulfat")
        late = ("--effective", f"{day} 09:40", "--note", "written late")
        given = self.tablet.words("give", name, *late, "--intake", "self-observed")
        self.assertIn("This dose was attempted before: Ingrid Berg", given)
        self.assertIn("felt sick", given)
        due = self.tablet.words("due", who, "--date", day)
        self.assertIn("taken by the patient, seen", due)
        self.assertNotIn("recorded both as given and as not given", due)

    def test_seven_measurements_are_a_score_with_what_to_do(self):
        who = self.patient("Bjarne")
        for words in (("resp", "22"), ("spo2", "94"), ("oxygen", "0"), ("bp", "105/60"),
                      ("pulse", "112"), ("acvpu", "a")):
            self.tablet.run("observe", who, *words, "--confirm")
        chart = self.tablet.words("chart", who)
        self.assertIn("NEWS2 (6/7): medium risk", chart)
        self.assertIn("No total is computed until all seven are measured", chart)
        self.tablet.run("observe", who, "temp", "38.4", "--confirm")
        chart = self.tablet.words("chart", who)
        self.assertIn("NEWS2 7: high risk", chart)
        self.assertIn("Phone 113 now", chart)

    def test_units_are_typed_as_words_and_the_known_ones_are_listed(self):
        who = self.patient()
        due = self.tablet.run("due", who, "--date", "2026-03-04")
        name = self.tablet.name_of(due, "Paracetamol")
        late = ("--effective", "2026-03-04 08:10", "--note", "written late")
        refused = self.tablet.words("give", name, "--dose", "2 dingser", *late, code=3)
        self.assertIn("tablet, capsule, drop", refused)
        self.tablet.run("give", name, "--dose", "2 tabletter", *late)
        self.assertRegex(self.tablet.run("due", who, "--date", "2026-03-04"),
                         r"given +Paracetamol 500 mg: 2 tablet")

    def test_times_are_the_units_whatever_the_machine_is_set_to(self):
        for zone in ("UTC", "America/Anchorage"):
            slots = self.tablet.ask("due", self.patient(), "--date", "2026-03-05", TZ=zone)["slots"]
            self.assertEqual(slots[0]["planned"], "2026-03-05T08:00:00+01:00")
        name = self.tablet.name_of(self.tablet.run("due", self.patient(), "--date", "2026-03-05"),
                                   "Paracetamol")
        given = self.tablet.words("give", name, "--effective", "2026-03-05 08:10", "--note",
                                  "written late", TZ="America/Anchorage")
        self.assertIn("2026-03-05 08:10 (10 min after the time planned)", given)

    def test_a_sync_says_how_severe_what_it_brings_is_and_a_finding_names_the_medicine(self):
        other = self.enrolled("other")
        late = ("--effective", "2026-03-06 08:10", "--note", "written late")
        for tablet in (self.tablet, other):
            who = tablet.name_of(tablet.run("patients"), "Bjarne")
            due = tablet.run("due", who, "--date", "2026-03-06")
            tablet.run("give", tablet.name_of(due, "Furosemid"), *late)
        self.tablet.run("sync")
        synced = other.words("sync")
        self.assertIn("!!! S1 STOP AND PHONE: 1 new finding: The same dose may have been given "
                      "twice", synced)
        self.assertNotIn("new finding", other.words("sync"))
        found = other.words("findings", other.name_of(other.run("patients"), "Bjarne"))
        self.assertIn("dose: Furosemid 40 mg, 1 tablet, 2026-03-06 08:10", found)

    def test_an_answer_to_a_finding_is_one_of_those_that_are_listed(self):
        name = self.tablet.name_of(self.tablet.run("patients"), "Åse")
        shown = self.tablet.run("findings", name)
        finding = shown[shown.index("kari finding ") + 13:].split("`")[0]
        for words in ((), ("--outcome", "fine")):
            refused = self.tablet.words("resolve", finding, "--reason", "asked", *words, code=2)
            self.assertIn("confirmed-double not-a-double corrected", refused)

    def test_an_export_into_no_folder_names_the_folder(self):
        where = str(self.work / "nowhere")
        refused = self.tablet.words("export", self.patient(), "--to", where + "/chart.json", code=2)
        self.assertIn(where, refused.replace(" ", ""))
        self.assertIn("Make the folder, or choose another", refused)

    def test_a_pin_is_chosen_twice_and_its_rules_are_told(self):
        code = self.server.run("invite", "--unit", self.unit)["code"]
        tablet = Tablet(self.work / "chosen", self.nurse)
        words = ("enrol", "--server", f"https://127.0.0.1:{self.server.port}", "--code", code,
                 "--person", self.nurse, "--pin-memory-kib", "1024")
        for second, ends in (("1357", 2), (PIN, 0)):
            terminal = Terminal(tablet, *words)
            self.assertIn("4 til 64 tegn", " ".join(terminal.read_until("PIN: ").split()))
            terminal.type(PIN)
            terminal.read_until("En gang til: ")
            terminal.type(second)
            rest, ended = terminal.end()
            self.assertEqual(ended, ends, rest)
        own = self.tablet.nurse
        self.assertIn("4 to 64", self.tablet.words("add-nurse", "Ingrid", code=3,
                                                   given={"nurse": own, "new_pin": "1"}))
        refused = self.tablet.words("add-nurse", "Bjørn", code=3,
                                    given={"nurse": self.colleague, "new_pin": "8642"})
        self.assertIn("Nobody can choose a PIN for somebody else", refused)
        self.assertIn("one-time code from the operator", refused)


if __name__ == "__main__":
    run_tests()
