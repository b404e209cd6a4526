#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs of two versions beside each other, over real files and TLS: tablets of both under a
server of either, each upgraded in the middle of its work. `./dev compat` builds what it is given.

    KARI_OLD_BUILD=... KARI_NEW_BUILD=build/release tests/compat/pairs.py
"""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tablet_golden import BUNDLE, Kari, Server  # noqa: E402

# A visit and a measurement each, months apart: a record that a newer server may give in part.
LONG = [{"resourceType": "Observation", "id": f"o{day}", "status": "final",
         "subject": {"reference": "Patient/p1"}, "code": {"text": "Puls", "coding": [
             {"system": "http://loinc.org", "code": "8867-4"}]},
         "effectiveDateTime": f"{2000 + day // 365}-01-{1 + day % 28:02d}T09:00:00+01:00",
         "valueQuantity": {"value": 60 + day % 40, "code": "/min", "unit": "/min",
                           "system": "http://unitsofmeasure.org"}} for day in range(2200)]


class Version:
    def __init__(self, build):
        self.kari = build / "examples" / "kari" / "kari"
        self.server = build / "sync-server" / "kari-sync-server"


OLD, NEW = (Version(pathlib.Path(os.environ[name]).absolute())
            for name in ("KARI_OLD_BUILD", "KARI_NEW_BUILD"))


class PairsTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-pairs-"))

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def begin(self, version):
        """A server of that version with one long record, and a tablet of each."""
        self.server = server = Server(self.work / "server", version.server)
        server.run("init", "--port", "0")
        unit = server.run("add-unit", "--name", "Nord")["unit"]
        entries = BUNDLE["entry"] + [{"resource": each} for each in LONG]
        (self.work / "bundle.json").write_text(json.dumps(dict(BUNDLE, entry=entries)))
        records = server.run("import", str(self.work / "bundle.json"), "--system",
                             "urn:one")["records"]
        server.run("assign", "--unit", unit, "--all")
        server.start()
        self.record = records["p1"]
        self.tablets = []
        for name, of in (("old", OLD), ("new", NEW)):
            person = server.run("add-nurse", "--unit", unit, "--name", f"Nora {name}", "--role",
                                "SP")["person"]
            tablet = Kari(self.work / name, person, of.kari)
            code = server.run("invite", "--unit", unit)["code"]
            tablet.run("enrol", given={"server": f"https://127.0.0.1:{server.port}", "code": code,
                                       "person": person, "pin_memory_kib": 1024})
            tablet.run("sync")
            self.tablets.append(tablet)

    def restart(self, version):
        self.server.stop()
        self.server.program = version.server
        if version is NEW:
            self.server.run("upgrade")
        self.server.start(self.server.port)

    def work_apart(self, value):
        """Two who do not see each other; what they wrote."""
        written = set()
        for tablet in self.tablets:
            done = tablet.run("observe", self.record, "pulse", str(value))
            written.add(done["change"])
            tablet.run("allergy", self.record, f"Substance {value}")
        return written

    def meet(self, written):
        """Both sync until neither has anything new; all that was written is on both."""
        for _ in range(2):
            for tablet in self.tablets:
                tablet.run("sync")
        for tablet in self.tablets:
            self.assertEqual(tablet.run("status")["unsent"], 0)
            self.assertEqual(tablet.run("status")["quarantined"], [])
            self.assertEqual(tablet.run("verify")["problems"], [])
            ids = {each["id"] for each in tablet.run("log", self.record)["log"]}
            self.assertLessEqual(written, ids)
        self.assertEqual(self.server.run("verify")["broken"], [])
        self.assertEqual(self.server.run("status")["quarantined"], 0)

    def assert_charts_agree(self):
        """A nurse reads the same of what both wrote, whichever tablet she holds."""
        old, new = ([each["code"] for each in tablet.run("chart", self.record)["allergies"]]
                    for tablet in self.tablets)
        self.assertEqual(len(old), 3)
        self.assertEqual(json.dumps(old, sort_keys=True), json.dumps(new, sort_keys=True))

    def test_tablets_of_both_work_under_the_old_server(self):
        self.begin(OLD)
        self.meet(self.work_apart(61))
        self.assert_charts_agree()

    def test_tablets_of_both_work_under_the_new_server(self):
        self.begin(NEW)
        self.meet(self.work_apart(62))
        self.assert_charts_agree()

    def test_a_server_is_upgraded_while_tablets_hold_work_that_it_never_had(self):
        self.begin(OLD)
        written = self.work_apart(63)
        self.restart(NEW)
        self.meet(written | self.work_apart(64))

    def test_a_tablet_is_upgraded_with_work_that_was_never_sent(self):
        self.begin(OLD)
        written = self.work_apart(65)
        self.tablets[0].program = NEW.kari
        self.meet(written | self.work_apart(66))
        self.restart(NEW)
        self.meet(self.work_apart(67))


if __name__ == "__main__":
    unittest.main()
