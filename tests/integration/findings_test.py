#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A finding from a nurse's two doses to her answer, as the server tells of it: to an operator by
rule, unit and age, and over FHIR in full. What the server says of a finding is what her tablet
says."""

import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import wire_tablet  # noqa: E402
from kari_ward import DISTRICT, SERVER, Ward, run_tests  # noqa: E402

RULE = "dose/possible-double"
KARI = "urn:kari:fhir:"


def extensions(element):
    found = {}
    for one in element.get("extension", []):
        value = next((value for key, value in one.items() if key.startswith("value")), one)
        found.setdefault(one["url"].removeprefix(KARI), []).append(value)
    return found


def statements(issue, what):
    """What each side (or the base) says: {name: [values]}, and the change that says it."""
    found = {}
    for one in issue.get("evidence", []):
        if one["code"][0]["coding"][0]["code"] == what:
            said = extensions(extensions(one)["finding-statement"][0])
            found[said["change"][0]] = said
    return found


class FindingsTest(Ward):
    def setUp(self):
        self.reader = wire_tablet.Tablet(self.work, f"reader {self.id()}")
        code = self.server.run("invite", "--unit", self.unit)["code"]
        reply = self.server.ask("/v1/enrol", self.reader.enrolment(code))
        self.reader.keep(wire_tablet.fields(reply[2]))

    def fhir(self, target, status=200):
        answer = self.server.ask("/fhir/" + target, tablet=self.reader)
        self.assertEqual(answer[0], status)
        if status != 200:
            return None
        self.assertEqual(answer[1]["content-type"], "application/fhir+json")
        return json.loads(answer[2])

    def listed(self, *words):
        return self.server.run("findings", *words)

    def doubled(self, date):
        """The nurse gives a dose, and gives it again; the server has heard of it."""
        who = self.patient()
        due = self.tablet.run("due", who, "--date", date)
        dose = self.tablet.name_of(due, "Paracetamol")
        late = ("--effective", f"{date} 08:10", "--note", "written late")
        self.tablet.run("give", dose, *late)
        self.tablet.run("give", dose, *late, "--overrides", "entry/given-already=seen")
        self.tablet.run("sync")
        found = [one for one in self.tablet.ask("findings", who)["findings"]
                 if one["rule"] == RULE and one["state"] == "open"]
        self.assertEqual(len(found), 1)
        return who, found[0]

    def test_a_finding_is_told_as_the_tablet_tells_it_and_with_its_answer(self):
        who, finding = self.doubled("2026-03-07")
        mine = self.tablet.ask("finding", finding["token"])
        record, issue_id = finding["records"][0], finding["id"][:32]
        issue = self.fhir(f"DetectedIssue/{issue_id}")
        self.assertEqual(issue["identifier"][0]["value"], finding["id"])
        self.assertEqual(issue["code"]["coding"][0]["code"], RULE)
        self.assertEqual((issue["status"], issue["severity"]), ("final", "high"))
        self.assertEqual({tag["code"] for tag in issue["meta"]["tag"]}, {"S1", "open"})
        self.assertEqual(len(issue["implicated"]), 2)
        self.assertIn("identifiedDateTime", issue)
        more = extensions(issue)
        self.assertEqual(more["finding-resolver"], [finding["resolver"]])
        self.assertIn("finding-due", more)
        sides = statements(issue, "side")
        self.assertEqual(set(sides), {side["change"] for side in mine["sides"]})
        for side in mine["sides"]:
            said = sides[side["change"]]
            self.assertEqual(said["author"], [{"reference": f"Practitioner/{self.nurse}"}])
            self.assertEqual(said["machine"], [side["machine"]])
            parts = [extensions(part) for part in said["part"]]
            self.assertEqual([(part["atom"][0], part["acted-on"][0]) for part in parts],
                             [(part["atom"], part["standing"] == "operative")
                              for part in side["parts"]])
            for part in parts:
                self.assertIn("tablett", part["value"][0])

        # The same comes with everything and in a search; of another citizen nothing does.
        everything = self.fhir(f"Patient/{record}/$everything")
        self.assertIn(issue, [entry["resource"] for entry in everything["entry"]])
        found = self.fhir(f"DetectedIssue?patient={record}&code={RULE}"
                          f"&_tag={KARI}finding-state%7Copen")
        self.assertIn(issue, [entry["resource"] for entry in found["entry"]])
        other = self.tablet.ask("chart", self.patient("Bjarne"))["record"]
        self.assertEqual(self.fhir(f"DetectedIssue?patient={other}")["total"], 0)

        # Put off it is due when she said, and answered it stands no more.
        self.tablet.run("defer", finding["token"], "--until", "23:59", "--reason", "phones back")
        self.tablet.run("sync")
        line = self.line_of(issue_id)
        self.assertTrue(line["deferred"])
        self.assertFalse(line["overdue"])
        put_off = self.fhir(f"DetectedIssue/{issue_id}")
        self.assertIn("phones back", put_off["mitigation"][0]["action"]["text"])
        finding = next(one for one in self.tablet.ask("findings", who)["findings"]
                       if one["id"] == finding["id"])
        self.tablet.run("resolve", finding["token"], "--outcome", "not-a-double", "--reason",
                        "spat out")
        screen = self.tablet.words("finding", finding["token"])
        self.assertIn("spat out (Ingrid Berg", screen)
        self.tablet.run("sync")
        self.assertIsNone(self.line_of(issue_id))
        answered = self.fhir(f"DetectedIssue/{issue_id}")
        self.assertIn("resolved", {tag["code"] for tag in answered["meta"]["tag"]})
        mitigation = next(one for one in answered["mitigation"]
                          if "spat out" in one["action"]["text"])
        self.assertEqual(mitigation["author"]["reference"], f"Practitioner/{self.nurse}")
        self.assertEqual(set(extensions(mitigation)["finding-saw"]), set(sides))

    def line_of(self, issue):
        return next((one for one in self.listed("--limit", "1000")["findings"]
                     if one["issue"] == issue), None)

    def test_an_operator_sees_rules_units_and_ages_and_nobody(self):
        _, finding = self.doubled("2026-03-08")
        told = self.listed()
        mine = next(one for one in told["by_rule"] if one["rule"] == RULE)
        self.assertEqual((mine["unit"], mine["severity"]), (self.unit, "S1"))
        self.assertGreaterEqual(mine["overdue"], 1)  # to be phoned about at once
        line = next(one for one in told["findings"] if one["issue"] == finding["id"][:32])
        self.assertEqual((line["records"], line["units"], line["overdue"]),
                         (finding["records"], [self.unit], True))
        self.assertEqual(told["open"], sum(one["open"] for one in self.server.run("status")
                                           ["findings"]))
        screen = subprocess.run([SERVER, "findings", "--dir", self.server.folder], text=True,
                                capture_output=True, check=True).stdout
        for row in screen.splitlines():
            self.assertLessEqual(len(row), 80)
        self.assertRegex(screen, r"! S1 overdue \d+ min +dose/possible-double")
        names = [word for one in DISTRICT if one["resourceType"] == "Patient"
                 for word in (one["name"][0]["family"], *one["name"][0]["given"])]
        for word in names + ["Paracetamol", "Ingrid", "written late"]:
            self.assertNotIn(word, screen)
            self.assertNotIn(word, json.dumps(told, ensure_ascii=False))
        one = self.listed("--limit", "1")
        self.assertEqual(len(one["findings"]), 1)
        self.assertEqual(one["not_listed"], one["open"] - 1)
        self.assertEqual(self.listed("--unit", self.unit)["open"], told["open"])

    def test_what_is_asked_wrongly_or_by_a_stranger_gets_nothing(self):
        self.fhir("DetectedIssue", status=400)
        self.fhir("DetectedIssue?patient=" + "0" * 31, status=400)
        self.fhir("DetectedIssue?patient=" + "1" * 32, status=404)
        self.fhir("DetectedIssue/" + "1" * 32, status=404)
        self.assertEqual(self.server.ask("/fhir/DetectedIssue/" + "1" * 32)[0], 401)
        self.assertEqual(self.server.ask("/fhir/DetectedIssue?patient=" + "1" * 32)[0], 401)
        self.assertEqual(self.server.ask("/fhir/DetectedIssue", b"", self.reader)[0], 405)
        for words in (("--limit", "0"), ("--limit", "1001"), ("--unit", "nobody")):
            done = self.server.run("findings", *words, check=False)
            self.assertEqual(done.returncode, 2, words)
        log = self.server.log.read_text()
        self.assertTrue(re.search(r'"route":"issues?"', log))
        self.assertNotIn("DetectedIssue", log)


if __name__ == "__main__":
    run_tests()
