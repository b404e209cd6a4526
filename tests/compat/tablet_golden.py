#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes golden/tablet_schema_N: a tablet's directory as the program of that schema left it, with
work that the server secured and work that it never had, and what its commands said of it. Run once
with the program that is being released, before the schema grows:

    KARI_BUILD_DIR=build/release tests/compat/tablet_golden.py FOLDER

What was made is never made again: tablet_upgrade_test.py opens it for as long as it is kept."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import Server  # noqa: E402

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
KARI = BUILD / "examples" / "kari" / "kari"
PIN = "2468"
ORDER = {"resourceType": "MedicationRequest", "id": "m1", "status": "active", "intent": "order",
         "subject": {"reference": "Patient/p1"}, "authoredOn": "2026-01-05T10:00:00+01:00",
         "medicationCodeableConcept": {"text": "Paracet 500 mg"},
         "dosageInstruction": [{
             "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d",
                                   "timeOfDay": ["08:00:00"]}},
             "doseAndRate": [{"doseQuantity": {"value": 1, "code": "{tablet}", "unit": "tablett",
                                               "system": "http://unitsofmeasure.org"}}]}]}
BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Patient", "id": "p1",
                  "name": [{"family": "Prøve", "given": ["Petra"]}]}},
    {"resource": {"resourceType": "AllergyIntolerance", "id": "a1", "criticality": "high",
                  "code": {"text": "Penicillin"}, "patient": {"reference": "Patient/p1"}}},
    {"resource": ORDER},
    {"resource": {"resourceType": "Patient", "id": "p2", "name": [{"family": "Annen"}]}}]}


class Kari:
    """One directory, and the command on it."""

    def __init__(self, folder, person, program=KARI):
        self.folder, self.person, self.program = folder, person, program

    def run(self, *words, given=None, code=0):
        environment = dict(os.environ, KARI_DIR=str(self.folder), KARI_PERSON=self.person,
                           KARI_LANGUAGE="en", TZ="UTC")
        text = f"{PIN}\n" if given is None else json.dumps(dict(given, pin=PIN))
        words += () if given is None else ("--stdin",)
        done = subprocess.run([self.program, *words, "--json"], input=text, text=True, timeout=120,
                              capture_output=True, env=environment)
        if done.returncode != code:
            raise AssertionError(f"{words} ended with {done.returncode}, not {code}:\n"
                                 f"{done.stdout}{done.stderr}")
        return json.loads(done.stdout)


def said(tablet):
    """What must be the same for ever: the exact bytes, what they fold into, what is unsent. (To
    look is to add access entries, and a seal over them.)"""
    status, verified = tablet.run("status"), tablet.run("verify")
    held = sorted(tablet.run("held")["records"])
    return {"status": {key: status[key] for key in ("unsent", "unsecured", "quarantined")},
            "logs": {record: tablet.run("log", record) for record in held},
            "digests": {record: tablet.run("digest", record) for record in held},
            "verify": {key: verified[key] for key in ("changes", "problems", "records", "sound",
                                                      "unproven_seals")}}


def filled(server, work):
    server.run("init", "--port", "0")
    unit = server.run("add-unit", "--name", "Nord")["unit"]
    people = [server.run("add-nurse", "--unit", unit, "--name", name, "--role", "SP")["person"]
              for name in ("Nora", "Ola")]
    (work / "bundle.json").write_text(json.dumps(BUNDLE))
    records = server.run("import", str(work / "bundle.json"), "--system", "urn:one")["records"]
    server.run("assign", "--unit", unit, "--all")
    server.run("link", records["p1"], records["p2"], "--reason", "one citizen")
    server.start()
    address = f"https://127.0.0.1:{server.port}"
    tablets = []
    for name, person in zip(("tablet", "other"), people):
        tablet = Kari(work / name, person)
        tablet.run("enrol", given={"server": address, "person": person, "pin_memory_kib": 1024,
                                   "code": server.run("invite", "--unit", unit)["code"]})
        tablet.run("sync")
        tablets.append(tablet)
    tablet, other = tablets
    record = records["p1"]
    photo = work / "photo.txt"
    photo.write_bytes(b"not a photo" * 4000)
    for each in tablets:  # two who do not see each other
        each.run("observe", record, "pulse", "72")
        each.run("allergy", record, "Latex" if each is tablet else "Nickel")
    tablet.run("attach", str(photo), "--record", record, "--title", "Heel")
    other.run("sync")
    tablet.run("sync")
    tablet.run("sync")  # how far it is secured
    server.stop()
    tablet.run("observe", record, "pulse", "88")  # never sent
    tablet.run("note", record, "--title", "Visit", "Slept well.")
    tablet.run("save-draft", record, "--key", "later", "Not yet said.")
    return tablet


def main(target):
    with tempfile.TemporaryDirectory(prefix="kari-golden-") as folder:
        work = pathlib.Path(folder)
        tablet = filled(Server(work / "server"), work)
        answers = said(tablet)
        answers["person"] = tablet.person
        target.mkdir()
        shutil.copytree(tablet.folder, target / "tablet")
        shutil.copytree(pathlib.Path(f"{tablet.folder}.keys"), target / "tablet.keys")
        text = json.dumps(answers, indent=1, sort_keys=True, ensure_ascii=False)
        (target / "said.json").write_text(text + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
