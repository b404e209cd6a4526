#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes golden/server_schema_N: a server's directory as the program of that schema left it, with
everything in it that a table has a row for, and what its commands said of it. Run once with the
program that is being released, before the schema grows:

    KARI_BUILD_DIR=build/release tests/compat/server_golden.py FOLDER

What was made is never made again: server_upgrade_test.py upgrades it for as long as it is kept."""

import json
import os
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import Server, Tablet, chunk, fields  # noqa: E402

BUNDLE = {"resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Patient", "id": "p1", "gender": "female"}},
    {"resource": {"resourceType": "AllergyIntolerance", "id": "a1", "criticality": "high",
                  "code": {"text": "Penicillin"}, "patient": {"reference": "Patient/p1"}}},
    {"resource": {"resourceType": "MedicationRequest", "id": "m1", "status": "active",
                  "intent": "order", "medicationCodeableConcept": {"text": "Paracet 500 mg"},
                  "subject": {"reference": "Patient/p1"}}},
    {"resource": {"resourceType": "Patient", "id": "p2"}},
    {"resource": {"resourceType": "Organization", "id": "o1", "name": "Nord"}}]}


def filled(server, work):
    server.run("init", "--port", "0")
    unit = server.run("add-unit", "--name", "Nord")["unit"]
    for name in ("Nora", "Ola"):
        server.run("add-nurse", "--unit", unit, "--name", name)
    (work / "bundle.json").write_text(json.dumps(BUNDLE))
    records = server.run("import", str(work / "bundle.json"), "--system", "urn:one")["records"]
    server.run("assign", "--unit", unit, "--all")
    server.run("link", records["p1"], records["p2"], "--reason", "one citizen")
    server.start()
    tablets = []
    for name in ("first", "second"):
        tablet = Tablet(work, name)
        code = server.run("invite", "--unit", unit)["code"]
        tablet.keep(fields(server.ask("/v1/enrol", tablet.enrolment(code))[2]))
        tablets.append(tablet)
    server.run("invite", "--unit", unit)  # not used
    for number, tablet in enumerate(tablets):
        for record in (bytes.fromhex(records["p1"]), os.urandom(16)):
            wires = [tablet.change(record, str(60 + number + i))[0] for i in range(20)]
            body = tablet.request([(record, wires)])
            assert server.ask("/v1/exchange", body, tablet)[0] == 200
    bad = tablets[0].request([(os.urandom(16), [chunk(1, b"no header")])])
    assert server.ask("/v1/exchange", bad, tablets[0])[0] == 200  # into quarantine
    server.run("revoke", "--device", tablets[1].device)
    server.stop()
    server.run("backup", str(work / "backup"))


def said(server):
    status = server.run("status")
    return {"status": {key: status[key] for key in
                       ("epoch", "recovering", "records", "changes", "secured", "quarantined",
                        "directory_resources", "units")},
            "devices": {each["device"]: each["revoked"] for each in status["devices"]},
            "state": server.run("state-digest")["records"],
            "verify": server.run("verify")}


def main(target):
    with tempfile.TemporaryDirectory(prefix="kari-golden-") as folder:
        work = pathlib.Path(folder)
        server = Server(work / "server")
        filled(server, work)
        shutil.copytree(server.folder, target)
        (target / "said.json").write_text(json.dumps(said(server), indent=1, sort_keys=True) + "\n")
    (target / "data" / "serve.lock").unlink()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
