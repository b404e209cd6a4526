# SPDX-License-Identifier: Apache-2.0
"""`kari` at a terminal against a real server: what the tests of the command share."""

import codecs
import datetime
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unicodedata
import unittest
import zoneinfo

from wire_tablet import SERVER, Server

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
KARI = BUILD / "examples" / "kari" / "kari"
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


def due_now():
    """An order of Åse's, of a dose a day at this time of day."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Oslo"))
    return order("now", "aase", "Furosemid 20 mg", 2, "tablett", [f"{now:%H:%M}"])


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

# Given when needed, and of a class that takes an allowance.
OPIOID = order(5, "berit", "Oksykodon 5 mg", 1, "tablett", ["08:00"], "1 tablett ved smerter")
OPIOID["medicationCodeableConcept"]["coding"] = [
    {"system": "http://www.whocc.no/atc", "code": "N02AA05"}]
OPIOID["dosageInstruction"][0]["asNeededBoolean"] = True
del OPIOID["dosageInstruction"][0]["timing"]
OPIOID["dosageInstruction"][0]["maxDosePerPeriod"] = {
    "numerator": {"value": 2, "unit": "tablett", "code": "{tablet}",
                  "system": "http://unitsofmeasure.org"},
    "denominator": {"value": 24, "unit": "h", "code": "h",
                    "system": "http://unitsofmeasure.org"}}


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
    """`kari` behind a terminal of its own."""

    def __init__(self, tablet, *words, columns=80, **environment):
        self.child, self.file = pty.fork()
        if self.child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.environ.clear()
            os.environ.update(dict(tablet.environment, **environment))
            os.execv(KARI, ["kari", *words])
        self.seen = ""
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode

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

    def interrupt(self):
        """Ctrl-C, as it is typed."""
        os.write(self.file, b"\x03")

    def part(self, end):
        """What it says next; nothing when it has ended."""
        ready, _, _ = select.select([self.file], [], [], max(0, end - time.monotonic()))
        if not ready:
            os.kill(self.child, signal.SIGKILL)
            raise AssertionError(f"says nothing more; seen:\n{self.seen}")
        try:
            data = os.read(self.file, 65536)
        except OSError:  # the other end is closed
            return ""
        return self.decode(data) or self.part(end)  # half a character is not yet a word

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


class Relay:
    """Between a tablet and its server. It passes so many bytes of what the server says, and holds
    the rest back until it is let go."""

    def __init__(self, port):
        self.server = port
        self.passed, self.most = 0, None
        self.held, self.free = threading.Event(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def hold_after(self, most):
        """From now on; None: never."""
        self.free.set()
        self.held.clear()
        self.passed, self.most = 0, most
        if most is not None:
            self.free.clear()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.server))
            except OSError:  # closed, or no server
                return
            threading.Thread(target=self.pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, True), daemon=True).start()

    def pump(self, source, sink, counted):
        try:
            while data := source.recv(512):
                if counted and self.most is not None and self.passed + len(data) > self.most:
                    self.held.set()
                    self.free.wait()
                if counted:
                    self.passed += len(data)
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            one.close()

    def close(self):
        self.free.set()
        self.listener.close()


class Ward(unittest.TestCase):
    """A server with the fixed district, and one tablet of it."""

    more = []  # resources beside the district's

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
                                      "entry": [{"resource": one} for one in DISTRICT + cls.more]}))
        cls.server.run("import", str(bundle), "--system", "urn:test:district")
        cls.server.run("assign", "--unit", cls.unit, "--all")
        cls.server.start()
        cls.tablet = cls.enrolled("tablet")

    @classmethod
    def enrolled(cls, name, port=None):
        tablet = Tablet(cls.work / name, cls.nurse)
        code = cls.server.run("invite", "--unit", cls.unit)["code"]
        tablet.run("enrol", given={"server": f"https://127.0.0.1:{port or cls.server.port}",
                                   "code": code, "person": cls.nurse, "pin_memory_kib": 1024})
        tablet.run("sync")
        return tablet

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def patient(self, words="Åse"):
        return self.tablet.name_of(self.tablet.run("patients"), words)


def run_tests():
    if not SERVER.exists() or not KARI.exists():
        print("kari has not been built")
        raise SystemExit(1)
    unittest.main()
