#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`kari` as a nurse meets it: a real server and a real tablet. The screens of
tests/integration/screens are compared line for line, names and times made alike;
KARI_WRITE_SCREENS=1 writes them anew, to be read before they are committed."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import DAY, KARI, PIN, Tablet, Ward, run_tests, width  # noqa: E402

SCREENS = pathlib.Path(__file__).resolve().parent / "screens"


class CommandTest(Ward):
    # ---- Screens ---------------------------------------------------------------------------

    def same_screen(self, name, screen):
        for line in screen.splitlines():
            self.assertLessEqual(width(line), 80, line)
            self.assertFalse(re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", line))
        alike = re.sub(r"\b[0-9a-f]{32,64}\b", "ID", screen)
        alike = re.sub(r"^  \d+[a-z]( +)", lambda found: "  #" + " " * (len(found.group(0)) - 3),
                       alike, flags=re.MULTILINE)
        alike = re.sub(r"(?<=[ `])\d{1,4}[a-z]\b(?=`|$| -)", "#", alike, flags=re.MULTILINE)
        alike = re.sub(r"\d+ (s|min)( siden| ago)", r"N \1\2", alike)
        alike = re.sub(r"\b\d+ (days|dager)\b", r"N \1", alike)  # of the drug facts
        # The district's dates stay; today's do not, nor by when a finding is to be settled.
        for shift in (-1, 0, 1, 6, 7, 8):
            day = time.localtime(time.time() + shift * 86400)
            for form, shown in (("%d.%m.%Y", "--.--.----"), ("%Y-%m-%d", "----------")):
                alike = re.sub(re.escape(time.strftime(form, day)) + r" \d\d:\d\d",
                               shown + " --:--", alike)
        path = SCREENS / f"{name}.txt"
        if os.environ.get("KARI_WRITE_SCREENS"):
            SCREENS.mkdir(exist_ok=True)
            path.write_text(alike)
        self.assertEqual(alike, path.read_text(), name)

    def test_1_the_screens_of_a_fixed_district_are_as_they_were_read(self):
        for language in ("nb", "en"):
            show = lambda name, *words: self.same_screen(  # noqa: E731
                f"{name}.{language}", self.tablet.run(*words, language=language))
            show("help", "help")
            show("help_give", "help", "give")
            show("patients", "patients")
            who = self.patient()
            show("chart", "chart", who)
            show("due", "due", who, "--date", DAY)
            show("findings", "findings", who)
            show("timeline", "timeline", who)
            show("people", "people")
            show("status", "status")

    def offered(self, refused, command):
        """The words of the line that a refusal ends with, as a shell takes them."""
        line = refused[refused.rindex(f"kari {command}"):]
        return shlex.split(" ".join(line.split()))[1:]

    # ---- What a nurse does -----------------------------------------------------------------

    def test_a_dose_is_given_by_its_short_name_and_it_says_to_whom(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-03")
        given = self.tablet.run("give", self.tablet.name_of(due, "Paracetamol"), "--effective",
                                "2026-03-03 08:10", "--note", "written late", language="nb")
        self.assertIn("Lagret på nettbrettet.", given)
        self.assertIn("Åse Marie Konstanse Ødegård-Bjørnstjerne van der Wijngaarden", given)
        self.assertIn("f. 04.05.1931", given)
        self.assertIn("2 tablett", given)
        self.assertRegex(given, r"satt opp +03\.03\.2026 08:00")
        self.assertRegex(given, r"tidspunkt +03\.03\.2026 08:10 \(10 min etter det satt opp\)")
        self.assertIn("--entered-in-error", given)
        again = self.tablet.run("due", self.patient(), "--date", "2026-03-03", language="nb")
        self.assertRegex(again, r"08:00 +gitt")

    def test_a_dose_is_taken_back_by_the_line_that_giving_it_offers(self):
        day = ("due", self.patient(), "--date", "2026-03-09")
        given = self.tablet.run("give", self.tablet.name_of(self.tablet.run(*day), "Paracetamol"),
                                "--effective", "2026-03-09 08:10", "--note", "written late")
        offered = re.search(r"`kari (correct-dose [^`]*)`", " ".join(given.split()))
        self.assertRegex(self.tablet.run(*day), r"08:00 +given")
        self.tablet.run(*shlex.split(offered[1]))
        self.assertNotRegex(self.tablet.run(*day), r"08:00 +given")

    def test_a_refusal_ends_with_the_line_that_helps(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-04")
        dose = self.tablet.name_of(due, "Metoprolol")
        late = ("--effective", "2026-03-04 08:10", "--note", "written late")
        self.tablet.run("give", dose, *late)
        refused = self.tablet.run("give", dose, *late, code=3)
        self.assertIn("This dose is recorded as given already: Ingrid Berg, 2026-03-04 08:10, 0.5 "
                      "tablet", " ".join(refused.split()))
        words = self.offered(refused, "give")
        self.assertEqual(words, ["give", dose, "--effective", "2026-03-04 08:10", "--note",
                                 "written late", "--overrides", "entry/given-already=why"])
        done = self.tablet.run(*words)
        self.assertIn("!!! S1 STOP AND PHONE", done)

    def test_the_line_offered_after_another_dose_was_typed_gives_that_dose(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-07")
        dose = self.tablet.name_of(due, "Metoprolol")
        refused = self.tablet.run("give", dose, "--dose", "3 {tablet}", "--effective",
                                  "2026-03-07 08:10", "--note", "written late", code=3)
        done = self.tablet.run(*self.offered(refused, "give"))
        self.assertIn("3 tablet", done)
        self.assertIn("08:10", done)

    def test_another_amount_than_ordered_is_what_the_list_shows(self):
        day = ("--date", "2026-03-07")
        dose = self.tablet.name_of(self.tablet.run("due", self.patient(), *day), "Paracetamol")
        self.tablet.run("give", dose, "--dose", "1 {tablet}", "--dose-reason", "one was enough",
                        "--effective", "2026-03-07 08:10", "--note", "written late")
        for language, words in (("nb", "1 av 2 tabletter"), ("en", "1 of 2 tablets")):
            shown = self.tablet.words("due", self.patient(), *day, language=language)
            self.assertIn("Paracetamol 500 mg: " + words, shown)

    def test_a_dose_is_withheld_for_a_reason_and_never_without(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-05")
        dose = self.tablet.name_of(due, "Metoprolol")
        self.assertIn('"reason" is missing', self.tablet.run("withhold", dose, "--why", "asleep",
                                                             code=2))
        wrong = self.tablet.run("withhold", dose, "--why", "tired", "--reason", "x", code=2)
        self.assertIn("refused asleep away", wrong)
        self.tablet.run("withhold", dose, "--why", "asleep", "--reason", "sov tungt",
                        "--effective", "2026-03-05 08:10")
        shown = self.tablet.words("due", self.patient(), "--date", "2026-03-05", language="nb")
        self.assertIn("sov tungt", shown)
        self.assertIn("pasienten sov", self.tablet.words("chart", self.patient(), language="nb"))

    def test_what_is_measured_is_written_in_few_words_and_corrected(self):
        who = self.patient("Berit")
        self.tablet.run("observe", who, "bt", "128/76", language="nb")
        self.tablet.run("observe", who, "temp", "37,4", language="nb")
        unusual = self.tablet.run("observe", who, "pulse", "171", code=3)
        self.assertIn("--confirm", unusual)
        self.assertIn("71 /min", self.tablet.run("observe", who, "pulse", "71"))
        impossible = self.tablet.words("observe", who, "pulse", "310", code=3)
        self.assertIn("write that in a note", impossible)
        chart = self.tablet.run("chart", who, language="nb")
        for words in ("128 mmHg", "76 mmHg", "37,4 °C", "71 /min"):
            self.assertIn(words, chart)
        pulse = self.tablet.name_of(chart, "71 /min")
        self.tablet.run("correct", pulse, "pulse", "74")
        self.tablet.run("observation-in-error", self.tablet.name_of(
            self.tablet.run("chart", who), "37.4"), "--reason", "another citizen's")
        self.assertIn("entered in error", self.tablet.words("chart", who))

    def test_a_note_goes_from_draft_to_signed_and_added_to(self):
        who = self.patient("Bjarne")
        self.tablet.run("save-draft", who, "Sov godt.")
        self.assertIn("Sov godt.", self.tablet.run("load-draft", who))
        self.tablet.run("drop-draft", who)
        self.assertIn("No draft", self.tablet.run("load-draft", who))
        kept = self.tablet.run("note", who, "--title", "Besøk", "Linje en.\nS1 ! falsk overskrift")
        note = re.search(r"kari sign (\d+[a-z])", kept).group(1)
        self.tablet.run("edit-note", note, "--title", "Besøk", "Linje en.\nLinje to.")
        chart = self.tablet.run("chart", who)
        self.assertRegex(chart, r"\n {10}Linje en\.\n {10}Linje to\.\n")
        self.tablet.run("sign", self.tablet.name_of(chart, "[not signed]"))
        signed = self.tablet.name_of(self.tablet.run("timeline", who, "--kind", "note"), "Besøk")
        refused = self.tablet.run("edit-note", signed, "Linje tre.", code=3)
        self.assertIn(f"kari addend {signed}", refused)
        self.tablet.run("addend", signed, "Linje tre.")
        self.assertIn("Linje tre.", self.tablet.run("chart", who))

    def test_an_allergy_is_added_to_refuted_and_taken_back(self):
        who = self.patient("Bjarne")
        self.tablet.run("allergy", who, "Nøtter", "--criticality", "high", "--reaction", "utslett")
        chart = self.tablet.run("chart", who, language="nb")
        self.assertRegex(chart, r"Nøtter, ubekreftet, alvorlig; utslett")
        nuts = self.tablet.name_of(chart, "Nøtter")
        self.tablet.run("evidence", nuts, "--reaction", "hevelse", "--verification", "confirmed")
        nuts = self.tablet.name_of(self.tablet.run("chart", who), "Nøtter")
        self.assertIn('"reason" is missing', self.tablet.run("refute", nuts, code=2))
        self.tablet.run("refute", nuts, "--reason", "testet")
        self.assertIn("gives no warning", self.tablet.run("chart", who))
        self.tablet.run("retract", self.tablet.name_of(self.tablet.run("chart", who), "Nøtter"),
                        "--reason", "feil pasient")

    def test_an_order_is_stopped_at_once_and_another_dose_only_proposed(self):
        who = self.patient("Bjarne")
        drug = self.tablet.name_of(self.tablet.run("chart", who), "Furosemid")
        self.tablet.run("prescribe", drug, "--dose", "2 {tablet}", "--dosage-text", "2 tabletter",
                        "--reason", "by phone")
        self.assertIn("? proposed:", self.tablet.run("chart", who))
        drug = self.tablet.name_of(self.tablet.run("chart", who), "Furosemid")
        self.tablet.run("stop", drug, "--reason", "rash")
        self.assertRegex(self.tablet.run("chart", who), r"Furosemid[^\[]*\[stopped\]")

    def test_a_death_that_is_told_suspends_what_is_due_and_says_why(self):
        who = self.patient("Berit")
        self.assertIn('"how" is missing', self.tablet.run("death", who, code=2))
        told = self.tablet.words("death", who, "--at", "00:00", "--how", "found in bed")
        self.assertIn("not confirmed", told)
        for language, words in (("nb", ("ikke bekreftet", "Doser og besøk er satt på vent")),
                                ("en", ("not confirmed", "Doses and visits are suspended"))):
            for screen in ("due", "chart", "findings"):
                said = self.tablet.words(screen, who, language=language)
                for one in words:
                    self.assertIn(one, said)
        self.assertIn("suspended", self.tablet.run("due", who, "--date", DAY))
        self.tablet.run("alive", who, "--how", "it was her neighbour")
        self.assertNotIn("suspended", self.tablet.run("due", who, "--date", DAY))

    def finding_in_full(self, finding):
        for language, words in (
                ("nb", ("S1 STANS OG RING", "Avgjøres av: Ansvarlig sykepleier, innen",
                        "dose/possible-double", "De bygger ikke på noe felles", "1 Ingrid Berg",
                        "2 Ingrid Berg",
                        " tablett", "på dette nettbrettet", "[gjelder]", "Bygget på data")),
                ("en", ("S1 STOP AND PHONE", "Settled by: The nurse in charge, by",
                        "They have nothing in common", "[counts]", "on this tablet"))):
            screen = self.tablet.run("finding", finding, language=language)
            for line in screen.splitlines():
                self.assertLessEqual(width(line), 80, line)
            for one in words:
                self.assertIn(one, " ".join(screen.split()))
        told = self.tablet.ask("finding", finding)
        self.assertEqual(len(told["sides"]), 2)
        self.assertEqual({side["kind"] for side in told["sides"]}, {"MedicationAdministration"})
        self.assertEqual(told["finding"]["resolver"], "nurse-in-charge")

    def test_why_a_value_is_what_it_is_stands_in_the_account_of_it(self):
        who = self.patient("Berit")
        self.tablet.run("observe", who, "weight", "62.10")
        shown = self.tablet.run("chart", who)
        weight = self.tablet.name_of(shown, "62.1 kg")
        self.tablet.run("correct", weight, "weight", "62.8")
        self.tablet.run("correct", weight, "weight", "26.1")  # knowing the first alone
        told = self.tablet.ask("explain", weight)
        self.assertEqual([one["parts"][0]["standing"] for one in told["statements"]],
                         ["replaced", "beside", "beside"])
        self.assertEqual([one["not_seen"] for one in told["statements"]], [[], [2], [1]])
        for language, words in (("nb", ("Et menneske må velge", "nr. 3 visste ikke om hverandre",
                                        "[erstattet]")),
                                ("en", ("A person must choose", "no. 3 did not know of each other",
                                        "[replaced]"))):
            screen = self.tablet.run("explain", weight, language=language)
            for line in screen.splitlines():
                self.assertLessEqual(width(line), 80, line)
            for one in words:
                self.assertIn(one, " ".join(screen.split()))

    def test_a_slip_in_the_person_does_not_use_the_code_up(self):
        code = self.server.run("invite", "--unit", self.unit)["code"]
        tablet = Tablet(self.work / "slip", self.nurse)
        given = {"server": f"https://127.0.0.1:{self.server.port}", "code": code,
                 "pin_memory_kib": 1024}
        refused = tablet.run("enrol", given=dict(given, person="0" * 31 + "7"), code=3)
        self.assertIn("try again with the same code", " ".join(refused.split()))
        tablet.run("enrol", given=dict(given, person=self.nurse))

    def test_findings_are_answered_put_off_and_given_away(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-06")
        dose = self.tablet.name_of(due, "Paracetamol")
        late = ("--effective", "2026-03-06 08:10", "--note", "written late")
        self.tablet.run("give", dose, *late)
        self.tablet.run("give", dose, *late, "--overrides", "entry/given-already=seen")
        shown = self.tablet.run("findings", self.patient())
        finding = re.search(r"kari resolve (\d+[a-z])", shown).group(1)
        self.finding_in_full(finding)
        self.tablet.run("assign", finding, "--to", "Bjørn")
        choices = self.tablet.run("assign", finding, "--to", "dahl", code=2)
        self.assertIn("Bjarte Dahl", choices)
        self.assertIn("Bjørn Dahl", choices)
        self.tablet.run("defer", finding, "--until", "23:59", "--reason", "doctor phones back")
        self.assertIn("deferred", self.tablet.run("findings", self.patient()))
        finding = re.search(r"kari resolve (\d+[a-z])",
                            self.tablet.run("findings", self.patient())).group(1)
        self.tablet.run("resolve", finding, "--outcome", "not-a-double", "--reason", "spat out")
        self.assertIn("resolved", self.tablet.run("findings", self.patient()))

    def test_a_problem_a_measure_a_visit_and_a_vaccine_are_charted(self):
        who = self.patient("Berit")
        self.tablet.run("problem", who, "Fallfare", "--confirmed")
        self.tablet.run("plan", who, "Gelender", "--protective", "--timing", "alltid")
        visit = re.search(r"kari visit-end (\d+[a-z])", self.tablet.run("visit", who)).group(1)
        self.tablet.run("visit-end", visit, "--note", "alt vel")
        self.tablet.run("visit-hindered", who, "--why", "no-answer")
        self.tablet.run("immunize", who, "Influensavaksine", "--lot", "A1", "--dose", "0,5 mL")
        chart = self.tablet.run("chart", who, language="nb")
        for words in ("Fallfare", "Gelender, alltid", "Influensavaksine 0,5 mL", "alt vel",
                      "ingen åpnet"):
            self.assertIn(words, " ".join(chart.split()))
        measure = self.tablet.name_of(chart, "Gelender")
        self.tablet.run("plan-done", measure, "--note", "sjekket")
        self.assertIn('"reason" is missing', self.tablet.run("plan-not-done", measure, code=2))
        self.tablet.run("plan-end", self.tablet.name_of(self.tablet.run("chart", who), "Gelender"),
                        "--reason", "trengs ikke")
        fall = self.tablet.name_of(self.tablet.run("chart", who), "Fallfare")
        self.assertIn('"reason" is missing', self.tablet.run("problem-end", fall, code=2))
        self.tablet.run("problem-end", fall, "--reason", "går støtt")
        timeline = self.tablet.words("timeline", who, "--kind", "visit", language="nb")
        self.assertIn("ingen åpnet", timeline)

    def test_tasks_relatives_consents_and_messages_are_charted(self):
        who = self.patient("Bjarne")
        self.tablet.run("task", who, "Ring fastlegen", "--effect", "contact", "--priority",
                        "urgent", "--due", "23:50")
        self.tablet.run("relative", who, "Kari", "Aas", "--relationship", "datter", "--phone",
                        "99900000")
        self.assertIn("waits for the server", self.tablet.words(
            "consent", who, "permit", "Deling med familien", "--text", "bare Kari"))
        self.assertIn("permit deny", self.tablet.words("consent", who, "maybe", "x", code=2))
        self.tablet.run("message", who, "--to", "Dr Berg", "Puls 44 i hvile")
        [message] = self.tablet.ask("chart", who)["care"]["communications"]
        self.tablet.run("message-read", message["token"])
        chart = self.tablet.run("chart", who, language="nb")
        due = {time.strftime("%d.%m.%Y", time.localtime(time.time() + day * 86400))
               for day in (0, 1)}
        self.assertTrue(any(f"Ring fastlegen, frist {day} 23:50" in " ".join(chart.split())
                            for day in due), chart)
        for words in ("haster", "Kari Aas, datter, 99900000",
                      "foreslått: tillatt, Deling med familien, bare Kari",
                      "Dr Berg", "Puls 44 i hvile", "lest av Ingrid"):
            self.assertIn(words, " ".join(chart.split()))
        task, kari, message = (self.tablet.name_of(chart, words) for words in (
            "Ring fastlegen", "Kari Aas", "Puls 44"))
        consent = re.search(r"(\d+[a-z]) +-\n +\? foreslått: tillatt", chart).group(1)
        self.tablet.run("task-take", task)
        self.assertIn("Ingrid Berg", self.tablet.run("chart", who))
        self.tablet.run("task-done", task, "--note", "kommer mandag")
        self.tablet.run("relative-phone", kari, "99900001")
        self.assertIn("99900000, 99900001", self.tablet.words("chart", who))
        self.assertIn('"reason" is missing', self.tablet.run("do-not-contact", kari, code=2))
        kari = self.tablet.name_of(self.tablet.run("chart", who), "Kari Aas")
        self.tablet.run("do-not-contact", kari, "--reason", "eget ønske")
        self.tablet.run("consent-withdraw", consent, "--reason", "ombestemt")
        self.tablet.run("message-in-error", message, "--reason", "en annens")
        chart = self.tablet.words("chart", who, language="nb")
        self.assertIn("skal ikke kontaktes", chart)
        self.assertIn("feilregistrert", chart)

    def test_a_citizen_is_named_by_what_was_shown_and_never_by_a_guess(self):
        shown = self.tablet.run("patients")
        bjarne, berit = (self.tablet.name_of(shown, name) for name in ("Bjarne", "Berit"))
        self.assertIn("Bjarne", self.tablet.run("chart", bjarne))
        slip = bjarne[:-1] + berit[-1]
        self.assertIn("the letter does not fit", self.tablet.words("observe", slip, "pulse", "70",
                                                                 code=2))
        self.assertIn("never by a guess", self.tablet.words("chart", "Bjarne", code=2))
        dose = self.tablet.name_of(self.tablet.run("due", self.patient(), "--date", DAY),
                                   "Metoprolol")
        self.assertIn("something else (dose)", self.tablet.words("chart", dose, code=2))
        self.assertIn("in the last twelve hours", self.tablet.words("chart", "9998t", code=2))
        shutil.copytree(self.tablet.folder, self.work / "seen")  # the names hold ids alone
        self.assertNotIn("Bjarne", (self.work / "seen" / "shown").read_text())

    def test_who_looked_is_told_and_an_export_leaves_its_trace(self):
        who = self.patient("Berit")
        to = self.work / "berit.log"
        as_log = ("export", who, "--format", "log", "--to", str(to))
        self.tablet.run(*as_log)
        self.assertEqual(to.stat().st_mode & 0o777, 0o600)
        self.assertIn("exists", self.tablet.run(*as_log, code=3))
        log = to.read_text()
        self.assertIn('"to" is missing', self.tablet.run("export", who, code=2))
        self.tablet.run("export", who, "--to", str(self.work / "nowhere" / "x"), code=2)
        self.assertTrue(all(json.loads(line)["header"] for line in log.splitlines()))
        fhir = self.work / "berit.json"
        self.tablet.run("export", who, "--to", str(fhir))
        self.assertEqual(fhir.stat().st_mode & 0o777, 0o600)
        kinds = {entry["resource"]["resourceType"]
                 for entry in json.loads(fhir.read_text())["entry"]}
        self.assertIn("Patient", kinds)
        access = self.tablet.run("access", who, language="nb")
        self.assertIn("eksport", access)
        self.assertIn("Ingrid Berg", access)
        self.assertIn("journaler: 3", self.tablet.run("access", language="nb"))

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"),
                         "a small disk is mounted in a namespace of its own: wants root")
    def test_an_export_is_whole_or_not_there_on_a_full_disk(self):
        disk = self.work / "small"
        disk.mkdir()
        script = ('mount -t tmpfs -o size=4k tmpfs "$1" || exit 77; '
                  '"$2" --language en export "$3" --to "$1/out.log" 2>&1; echo "code $?"; '
                  'ls -A "$1"')
        done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", disk, KARI,
                               self.patient()], input=f"{PIN}\n", text=True, timeout=60,
                              capture_output=True, env=self.tablet.environment)
        if done.returncode == 77 or "unshare failed" in done.stderr:
            self.skipTest(f"no mount here: {done.stderr}")
        self.assertIn("is full", done.stdout)
        self.assertTrue(done.stdout.endswith("code 5\n"), done.stdout)  # and no file

    def test_what_waits_for_a_server_is_said_and_works_without_one(self):
        tablet = self.enrolled("offline")
        self.server.stop()
        try:
            refused = tablet.run("sync", language="nb", code=4)
            self.assertIn("Fortsett å føre", " ".join(refused.split()))
            self.assertIn("kari status", refused)
            who = tablet.name_of(tablet.run("patients"), "Berit")
            tablet.run("observe", who, "pulse", "70")
            self.assertRegex(tablet.run("status"), r"not sent +1")
        finally:
            self.server.start()
        self.assertIn("Synced.", tablet.run("sync"))
        self.assertIn("Everything is sound", tablet.run("verify"))


if __name__ == "__main__":
    run_tests()
