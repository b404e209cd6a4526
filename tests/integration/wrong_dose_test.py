#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a careless giver can get wrong, one thing at a time: nothing is recorded until its own rule
is overridden by name, and then the fact stands with the reason. (What cannot be said at all of a
dose: tests/compile_fail.)"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import DAY, Ward, order, run_tests  # noqa: E402

ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
REASON = "agreed with Dr Lund by phone"


def coded(number, atc, drug, **more):
    made = order(number, "berit", drug, 1, "tablett", ["08:00"], more.get("text"))
    made["medicationCodeableConcept"]["coding"] = [{"system": ATC, "code": atc, "display": drug}]
    dosage = made["dosageInstruction"][0]
    if "milligrams" in more:
        dosage["doseAndRate"][0]["doseQuantity"] = {"value": more["milligrams"], "unit": "mg",
                                                    "code": "mg", "system": UCUM}
    if "maximum" in more:
        del dosage["timing"]
        dosage["asNeededBoolean"] = True
        dosage["maxDosePerPeriod"] = {"numerator": {"value": more["maximum"], "unit": "mg",
                                                    "code": "mg", "system": UCUM},
                                      "denominator": {"value": 24, "unit": "h", "code": "h",
                                                      "system": UCUM}}
    if "weekday" in more:
        dosage["timing"]["repeat"].update(period=1, periodUnit="wk", dayOfWeek=[more["weekday"]])
    return made


PENICILLIN = {
    "resourceType": "AllergyIntolerance", "id": "allergy-9",
    "patient": {"reference": "Patient/berit"}, "criticality": "high",
    "clinicalStatus": {"coding": [{"code": "active", "system":
                       "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]},
    "verificationStatus": {"coding": [{"code": "confirmed", "system":
                           "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
                           }]},
    "code": {"coding": [{"system": ATC, "code": "J01C", "display": "Penicilliner"}]}}

ON_TIME = ("--effective", f"{DAY} 08:10", "--note", "written late")


class WrongDoseTest(Ward):
    more = [coded(11, "C07AB02", "Metoprolol 50 mg", milligrams=50),
            coded(12, "J01CE02", "Fenoksymetylpenicillin 660 mg"),
            coded(13, "N02BE01", "Paracetamol 500 mg", milligrams=1000, maximum=1000),
            coded(14, "L04AX03", "Metotreksat 2,5 mg", weekday="mon"),
            coded(15, "B01AB05", "Enoksaparin 40 mg"),
            coded(16, "C03CA01", "Furosemid 40 mg"),
            coded(17, "C10AA05", "Atorvastatin 20 mg"),
            PENICILLIN]

    def due(self, drug, day=DAY):
        return self.tablet.name_of(self.tablet.run("due", self.patient("Berit"), "--date", day),
                                   drug)

    def given(self):
        chart = self.tablet.ask("chart", self.patient("Berit"))
        return chart["administrations"]

    def needs(self, rule, words, reason=REASON):
        """Refused without its override, whatever else is said; then it stands with the reason."""
        before = len(self.given())
        said = self.tablet.words("give", *words, code=3)
        self.assertIn(f"{rule}=", said)
        self.tablet.run("give", *words, "--overrides", "entry/none-such=because", code=3)
        self.tablet.run("give", *words, "--overrides", f"{rule}=", code=None)
        self.assertEqual(len(self.given()), before, "something was recorded without a reason")
        self.tablet.run("give", *words, "--overrides", f"{rule}={reason}")
        self.assertEqual(len(self.given()), before + 1)
        stated = self.tablet.run("export", self.patient("Berit"), "--to",
                                 str(self.work / f"{len(self.given())}.json"))
        fhir = (self.work / f"{len(self.given())}.json").read_text("utf-8")
        self.assertIn(rule, fhir, stated)
        self.assertIn(reason, fhir)

    def test_for_the_wrong_patient(self):
        self.needs("entry/other-patient",
                   (self.due("Furosemid"), *ON_TIME, "--identity", "1940-12-24"))

    def test_a_thousand_times_the_amount(self):
        words = [self.due("Metoprolol"), *ON_TIME, "--dose", "50 g"]
        rules = ("entry/dose-far-off", "entry/over-limit", "entry/thousandfold")
        for rule in rules[:-1]:
            words += ["--overrides", f"{rule}={REASON}"]
        self.needs(rules[-1], words)

    def test_at_the_wrong_time(self):
        self.needs("entry/off-time", (self.due("Atorvastatin"), "--effective", f"{DAY} 20:10",
                                      "--note", "written late"))

    def test_another_way_than_ordered_cannot_be_said(self):
        said = self.tablet.words("give", self.due("Atorvastatin", "2026-03-03"), "--route", "iv",
                                 code=None)
        self.assertIn("Something on the line does not belong to `give`", said)

    def test_of_an_order_that_was_stopped(self):
        name = self.due("Atorvastatin", "2026-03-04")
        chart = self.tablet.run("chart", self.patient("Berit"))
        self.tablet.run("stop", self.tablet.name_of(chart, "Atorvastatin"), "--reason", "muscles")
        self.needs("dose/given-after-stop", (name, "--effective", "2026-03-04 08:10", "--note",
                                             "written late"))

    def test_against_an_allergy(self):
        self.needs("dose/given-against-allergy", (self.due("Fenoksymetylpenicillin"), *ON_TIME))

    def test_more_than_the_maximum_as_needed(self):
        self.tablet.run("give", self.due("Paracetamol"))
        self.needs("entry/over-maximum", (self.due("Paracetamol"),))

    def test_a_weekly_drug_twice(self):
        self.tablet.run("give", self.due("Metotreksat"), *ON_TIME, "--overrides",
                        "entry/second-check-missing=emergency: nobody else here")
        later = ("--effective", "2026-03-06 08:10", "--note", "written late")
        words = (self.due("Metotreksat", "2026-03-09"), *later, "--overrides",
                 "entry/second-check-missing=emergency: nobody else here")
        self.needs("entry/weekly-twice", words)

    def test_without_the_second_persons_check(self):
        self.needs("entry/second-check-missing", (self.due("Enoksaparin"), *ON_TIME),
                   "alone-in-home: " + REASON)


if __name__ == "__main__":
    run_tests()
