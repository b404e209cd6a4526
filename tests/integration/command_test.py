#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`kari` at a terminal, as a nurse meets it: a real server, a real tablet, a real terminal. The
screens of tests/integration/screens are compared line for line, names and times made alike;
KARI_WRITE_SCREENS=1 writes them anew, to be read before they are committed."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import SERVER, Server  # noqa: E402

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
KARI = BUILD / "examples" / "kari" / "kari"
SCREENS = pathlib.Path(__file__).resolve().parent / "screens"
PIN = "2468"
DAY = "2026-03-02"  # long past: every dose that nobody recorded is overdue


def order(number, patient, drug, dose, unit, hours, text=None):
    dosage = {"timing": {"repeat": {"frequency": len(hours), "period": 1, "periodUnit": "d",
                                    "timeOfDay": [f"{hour}:00" for hour in hours]}},
              "doseAndRate": [{"doseQuantity": {"value": dose, "unit": unit,
                                                "code": "{tablet}",
                                                "system": "http://unitsofmeasure.org"}}]}
    if text:
        dosage["text"] = text
    return {"resourceType": "MedicationRequest", "id": f"order-{number}", "status": "active",
            "intent": "order", "subject": {"reference": f"Patient/{patient}"},
            "authoredOn": "2026-01-05T10:00:00+01:00",
            "medicationCodeableConcept": {"text": drug}, "dosageInstruction": [dosage]}


def patient(name, family, given, born):
    return {"resourceType": "Patient", "id": name, "birthDate": born,
            "name": [{"family": family, "given": [given]}]}


# A fixed district: the long name, the comma in a dose, a free text that steers a terminal.
DISTRICT = [
    patient("aase", "Ødegård-Bjørnstjerne van der Wijngaarden", "Åse Marie Konstanse",
            "1931-05-04"),
    patient("bjarne", "Aas", "Bjarne", "1940-12-24"),
    patient("berit", "Aas", "Berit", "1941-01-30"),
    order(1, "aase", "Metoprolol depottabletter 50 mg", 0.5, "tablett", ["08:00", "20:00"]),
    order(2, "aase", "Paracetamol 500 mg", 2, "tablett", ["08:00"],
          "2 tabletter om morgenen \u202e\u001b[2Jskjult"),
    order(3, "bjarne", "Furosemid 40 mg", 1, "tablett", ["08:00"]),
    {"resourceType": "AllergyIntolerance", "id": "allergy-1",
     "patient": {"reference": "Patient/aase"}, "criticality": "high",
     "clinicalStatus": {"coding": [{"code": "active", "system":
                        "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"}]},
     "verificationStatus": {"coding": [{"code": "confirmed", "system":
                            "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
                            }]},
     "code": {"text": "Penicillin"}},
    {"resourceType": "Observation", "id": "weight-1", "status": "final",
     "subject": {"reference": "Patient/aase"}, "effectiveDateTime": "2026-02-01T09:00:00+01:00",
     "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}], "text": "Kroppsvekt"},
     "valueQuantity": {"value": 61.50, "unit": "kg", "code": "kg",
                       "system": "http://unitsofmeasure.org"}},
]


def width(line):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Fixed(Server):
    """A server that comes back at the address that its tablets know."""

    def start(self):
        if self.port == 0:
            super().start()
            return
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [SERVER, "serve", "--port", str(self.port), "--dir", self.folder],
                stdout=subprocess.PIPE, stderr=log, text=True)
        assert "listening on" in self.process.stdout.readline()


class Tablet:
    """One directory, and `kari` on it."""

    def __init__(self, folder, nurse):
        self.folder, self.nurse = folder, nurse
        self.environment = dict(os.environ, KARI_DIR=str(folder), KARI_PERSON=nurse,
                                TERM="xterm", TZ="UTC")
        for name in ("KARI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"):
            self.environment.pop(name, None)

    def run(self, *words, pin=PIN, given=None, language="en", code=0, **more):
        text = json.dumps(dict(given, pin=pin)) if given is not None else f"{pin}\n"
        if given is not None:
            words += ("--stdin",)
        done = subprocess.run([KARI, "--language", language, *words], input=text, text=True,
                              capture_output=True, timeout=120,
                              env=dict(self.environment, **more))
        if code is not None and done.returncode != code:
            raise AssertionError(f"{words} ended with {done.returncode}, not {code}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def words(self, *words, **more):
        """What it says, on one line."""
        return " ".join(self.run(*words, **more).split())

    def ask(self, *words, **more):
        return json.loads(self.run(*words, "--json", **more))

    def name_of(self, screen, words):
        """The short name to the left of the line that holds the words."""
        for line in screen.splitlines():
            found = re.match(r"  (\d+[a-z])\b", line)
            if found and words in line:
                return found.group(1)
        raise AssertionError(f"no line with {words!r} in\n{screen}")


class Terminal:
    """`kari` behind a terminal of its own, 80 columns wide."""

    def __init__(self, tablet, *words, **environment):
        self.child, self.file = pty.fork()
        if self.child == 0:
            os.environ.clear()
            os.environ.update(dict(tablet.environment, COLUMNS="80", LINES="24", **environment))
            os.execv(KARI, ["kari", *words])
        self.seen = ""

    def read_until(self, words, seconds=60):
        end = time.monotonic() + seconds
        while words not in self.seen:
            part = self.part(end)
            if not part:
                raise AssertionError(f"{words!r} did not come; seen:\n{self.seen}")
            self.seen += part
        before, _, self.seen = self.seen.partition(words)
        return before

    def type(self, words):
        os.write(self.file, (words + "\n").encode())

    def part(self, end):
        """What it says next; nothing when it has ended."""
        ready, _, _ = select.select([self.file], [], [], max(0, end - time.monotonic()))
        if not ready:
            os.kill(self.child, signal.SIGKILL)
            raise AssertionError(f"says nothing more; seen:\n{self.seen}")
        try:
            return os.read(self.file, 65536).decode("utf-8", "replace")
        except OSError:  # the other end is closed
            return ""

    def end(self, seconds=60):
        """The rest of what it says, and its exit code."""
        end = time.monotonic() + seconds
        while part := self.part(end):
            self.seen += part
        rest, self.seen = self.seen, ""
        os.close(self.file)
        return rest, os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])

    def kill(self):
        os.kill(self.child, signal.SIGKILL)
        self.end()


class CommandTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-command-"))
        cls.server = Fixed(cls.work / "server")
        cls.server.run("init", "--port", "0")
        cls.unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        nurses = {name: cls.server.run("add-nurse", "--unit", cls.unit, "--name", name,
                                       "--role", "SP")["person"]
                  for name in ("Ingrid Berg", "Bjørn Dahl", "Bjarte Dahl")}
        cls.nurse, cls.colleague = nurses["Ingrid Berg"], nurses["Bjørn Dahl"]
        bundle = cls.work / "bundle.json"
        bundle.write_text(json.dumps({"resourceType": "Bundle", "type": "collection",
                                      "entry": [{"resource": one} for one in DISTRICT]}))
        cls.server.run("import", str(bundle), "--system", "urn:test:district")
        cls.server.run("assign", "--unit", cls.unit, "--all")
        cls.server.start()
        cls.tablet = cls.enrolled("tablet")

    @classmethod
    def enrolled(cls, name):
        tablet = Tablet(cls.work / name, cls.nurse)
        code = cls.server.run("invite", "--unit", cls.unit)["code"]
        tablet.run("enrol", given={"server": f"https://127.0.0.1:{cls.server.port}", "code": code,
                                   "person": cls.nurse, "pin_memory_kib": 1024})
        tablet.run("sync")
        return tablet

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def patient(self, words="Åse"):
        return self.tablet.name_of(self.tablet.run("patients"), words)

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
        for shift in (-1, 0, 1):  # the district's dates stay, today's do not
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

    # ---- What a nurse does -----------------------------------------------------------------

    def test_a_dose_is_given_by_its_short_name_and_it_says_to_whom(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-03")
        given = self.tablet.run("give", self.tablet.name_of(due, "Paracetamol"), "--effective",
                                "2026-03-03 08:10", "--note", "written late", language="nb")
        self.assertIn("Lagret på nettbrettet.", given)
        self.assertIn("Åse Marie Konstanse Ødegård-Bjørnstjerne van der Wijngaarden", given)
        self.assertIn("f. 04.05.1931", given)
        self.assertIn("2 tablett", given)
        self.assertIn("--entered-in-error", given)
        again = self.tablet.run("due", self.patient(), "--date", "2026-03-03", language="nb")
        self.assertRegex(again, r"08:00 +gitt")

    def test_a_refusal_ends_with_the_line_that_helps(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-04")
        dose = self.tablet.name_of(due, "Metoprolol")
        late = ("--effective", "2026-03-04 08:10", "--note", "written late")
        self.tablet.run("give", dose, *late)
        refused = self.tablet.run("give", dose, *late, code=3)
        self.assertIn("may have been given twice", " ".join(refused.split()))
        line = next(line for line in refused.splitlines() if "kari give" in line)
        self.assertIn(f'kari give {dose} --overrides "dose/possible-double=why"', line)
        words = re.search(r'--overrides "([^"]+)"', line).group(1)
        done = self.tablet.run("give", dose, *late, "--overrides", words)
        self.assertIn("!!! S1 STOP AND PHONE", done)

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
        self.tablet.run("observe", who, "pulse", "71")
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

    def test_findings_are_answered_put_off_and_given_away(self):
        due = self.tablet.run("due", self.patient(), "--date", "2026-03-06")
        dose = self.tablet.name_of(due, "Paracetamol")
        late = ("--effective", "2026-03-06 08:10", "--note", "written late")
        self.tablet.run("give", dose, *late)
        self.tablet.run("give", dose, *late, "--overrides", "dose/possible-double=seen")
        shown = self.tablet.run("findings", self.patient())
        finding = re.search(r"kari resolve (\d+[a-z])", shown).group(1)
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
        self.tablet.run("consent", who, "permit", "Deling med familien", "--text", "bare Kari")
        self.assertIn("permit deny", self.tablet.words("consent", who, "maybe", "x", code=2))
        self.tablet.run("message", who, "--to", "Dr Berg", "Puls 44 i hvile")
        chart = self.tablet.run("chart", who, language="nb")
        due = {time.strftime("%d.%m.%Y", time.localtime(time.time() + day * 86400))
               for day in (0, 1)}
        self.assertTrue(any(f"Ring fastlegen, frist {day} 23:50" in " ".join(chart.split())
                            for day in due), chart)
        for words in ("haster", "Kari Aas, datter, 99900000",
                      "foreslått: tillatt, Deling med familien, bare Kari",
                      "Dr Berg", "Puls 44 i hvile"):
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
        self.tablet.run("export", who, "--to", str(to))
        self.assertEqual(to.stat().st_mode & 0o777, 0o600)
        self.assertIn("exists", self.tablet.run("export", who, "--to", str(to), code=3))
        log = to.read_text()
        self.assertIn('"to" is missing', self.tablet.run("export", who, code=2))
        self.tablet.run("export", who, "--to", str(self.work / "nowhere" / "x"), code=5)
        self.assertTrue(all(json.loads(line)["header"] for line in log.splitlines()))
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

    # ---- The terminal ----------------------------------------------------------------------

    def test_a_pin_is_not_seen_and_a_wrong_one_says_how_many_tries_are_left(self):
        tablet = self.enrolled("pins")
        terminal = Terminal(tablet, "patients")
        terminal.read_until("PIN: ")
        terminal.type("9999")
        rest, code = terminal.end()
        self.assertEqual(code, 6)
        self.assertNotIn("9999", rest)
        self.assertIn("9 forsøk er igjen", " ".join(rest.split()))
        self.assertNotIn("9999", subprocess.run(["ps", "-eo", "args"], capture_output=True,
                                                text=True).stdout)
        read, write = os.pipe()
        os.write(write, f"{PIN}\n".encode())
        os.close(write)
        done = subprocess.run([KARI, "patients", "--pin-fd", str(read)], pass_fds=[read],
                              capture_output=True, text=True, timeout=60, env=tablet.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Berit", done.stdout)

    def test_an_interrupted_prompt_leaves_the_terminal_with_its_echo(self):
        terminal = Terminal(self.tablet, "patients")
        terminal.read_until("PIN: ")
        self.assertFalse(termios.tcgetattr(terminal.file)[3] & termios.ECHO)
        os.kill(terminal.child, signal.SIGTERM)
        _, status = os.waitpid(terminal.child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), -signal.SIGTERM)
        self.assertTrue(termios.tcgetattr(terminal.file)[3] & termios.ECHO)
        os.close(terminal.file)

    def test_a_session_signs_in_once_and_takes_words(self):
        terminal = Terminal(self.tablet, "session")
        terminal.read_until("PIN: ")
        terminal.type(PIN)
        terminal.read_until("Ingrid> ")
        terminal.type("chart berit")
        self.assertIn("Berit Aas", terminal.read_until("Ingrid> "))
        terminal.type("chart aas")
        choices = terminal.read_until("Ingrid> ")
        self.assertIn("Flere pasienter kan være ment", choices)
        self.assertIn("Bjarne Aas", choices)
        terminal.type("observe berit pulse 70")
        self.assertIn("aldri ved", terminal.read_until("Ingrid> "))
        berit = self.tablet.name_of(choices, "Berit")
        terminal.type(f"note {berit} --title Besøk")
        terminal.read_until("Ctrl-D")
        terminal.type("Sov godt.")
        terminal.type(".")
        self.assertIn("Lagret", terminal.read_until("Ingrid> "))
        terminal.type("lock")
        terminal.read_until("kari> ")
        terminal.type("patients")
        self.assertIn("unlock", terminal.read_until("kari> "))
        terminal.type("nonsense")
        self.assertIn("ingen slik kommando", terminal.read_until("kari> "))
        terminal.type("quit")
        rest, code = terminal.end()
        self.assertEqual(code, 0)
        self.assertIn("Låst.", rest)

    def test_colour_is_for_terminals_that_want_it(self):
        self.assertNotIn("\x1b", self.tablet.run("patients"))
        for more, wanted in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            terminal = Terminal(self.tablet, "sync", "--language", "en", **more)
            terminal.read_until("PIN: ")
            terminal.type(PIN)
            terminal.end()
            terminal = Terminal(self.tablet, "patients", "--dir", str(self.work / "nowhere"),
                                "--language", "en", **more)
            rest, _ = terminal.end()
            self.assertEqual("\x1b[" in rest, wanted, rest)

    # ---- Pages made of the table -----------------------------------------------------------

    def page(self, *words):
        return subprocess.run([KARI, *words], capture_output=True, text=True, timeout=60,
                              check=True).stdout

    def completed(self, script, *words):
        """What bash offers for the last word."""
        program = (f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); "
                   f"COMP_CWORD={len(words) - 1}; _kari; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_bash_completes_commands_options_and_their_words(self):
        script = self.work / "kari.bash"
        script.write_text(self.page("completion", "bash"))
        subprocess.run(["bash", "-n", script], check=True)
        commands = set(re.findall(r"^  ([a-z-]+) {2}", self.page("--language", "en", "help"),
                                  re.MULTILINE))
        self.assertLessEqual({"give", "chart", "withhold"} - {"withhold"}, commands)
        self.assertLessEqual(commands - {""}, self.completed(script, "kari", ""))
        self.assertEqual(self.completed(script, "kari", "gi"), {"give"})
        self.assertIn("--overrides", self.completed(script, "kari", "--dir", "x", "give", "--o"))
        self.assertEqual(self.completed(script, "kari", "withhold", "--why", "as"), {"asleep"})
        self.assertEqual(self.completed(script, "kari", "not-given", "--why", "as"), {"asleep"})
        self.assertIn("pulse", self.completed(script, "kari", "observe", "12p", "pu"))
        self.assertEqual(self.completed(script, "kari", "completion", "zs"), {"zsh"})

    def script_of(self, shell):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed (apt-get install {shell})")
        script = self.work / f"kari.{shell}"
        script.write_text(self.page("completion", shell))
        subprocess.run([shell, "-n", script], check=True, timeout=60)
        return script

    def test_fish_completes_commands_and_options(self):
        script = self.script_of("fish")
        environment = dict(os.environ, HOME=str(self.work), PATH=f"{KARI.parent}:/usr/bin:/bin")
        def offered(line):
            done = subprocess.run(["fish", "--no-config", "-c",
                                   f"source {script}; complete -C '{line}'"],
                                  capture_output=True, text=True, timeout=60, env=environment)
            self.assertEqual(done.stderr, "")
            return {one.split("\t")[0] for one in done.stdout.splitlines()}
        self.assertLessEqual({"give", "problem", "task"}, offered("kari "))
        self.assertIn("--overrides", offered("kari give --o"))
        self.assertIn("asleep", offered("kari withhold --why as"))
        self.assertIn("bundle.json", offered(f"kari export 4e --to {self.work}/bun").pop())

    def test_zsh_reads_its_script_and_defines_the_completion(self):
        script = self.script_of("zsh")
        done = subprocess.run(["zsh", "-f", "-c", "autoload -U compinit; compinit -D -u; "
                               f"source {script}; whence -w _kari; print $_comps[kari]"],
                              capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, HOME=str(self.work), TERM="xterm"))
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, "_kari: function\n_kari\n")

    def test_the_manual_page_has_every_command_and_no_fault_of_form(self):
        for language in ("nb", "en"):
            page = self.work / f"kari.{language}.1"
            page.write_text(self.page("--language", language, "man"))
            for command in re.findall(r"^  ([a-z-]+) {2}", self.page("help"), re.MULTILINE):
                self.assertIn(command.replace("-", "\\-"), page.read_text())
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-Kutf8", page],
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.stderr, "")
                self.assertIn("give", done.stdout)

    def test_help_is_the_same_table_in_both_languages(self):
        for language, word in (("nb", "Føre"), ("en", "Charting")):
            screen = self.page("--language", language, "--help")
            self.assertIn(word, screen)
            self.assertTrue(all(width(line) <= 80 for line in screen.splitlines()))
        self.assertIn("kari give", self.page("give", "--help"))


if __name__ == "__main__":
    if not SERVER.exists() or not KARI.exists():
        print("kari has not been built")
        sys.exit(1)
    unittest.main()
