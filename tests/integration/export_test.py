#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is stored of a citizen leaves the server whole, logged, for its owner alone, and verifies
without a server; whatever is altered in it is noticed."""

import json
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import MARK, SERVER, Server, Tablet, fields  # noqa: E402

OK, FAILED, USAGE, BROKEN = 0, 1, 2, 3


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-export-test-"))
        cls.server = Server(cls.work / "server")
        cls.server.run("init", "--port", "0")
        unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": {"resourceType": "Patient", "id": name,
                          "name": [{"family": MARK}]}} for name in ("p1", "p2", "p3")]}
        (cls.work / "bundle.json").write_text(json.dumps(bundle))
        cls.records = cls.server.run("import", str(cls.work / "bundle.json"), "--system",
                                     "urn:one")["records"]
        cls.server.run("assign", "--unit", unit, "--all")
        cls.server.run("link", cls.records["p1"], cls.records["p2"])
        cls.server.start()
        tablet = Tablet(cls.work, "first")
        code = cls.server.run("invite", "--unit", unit)["code"]
        tablet.keep(fields(cls.server.ask("/v1/enrol", tablet.enrolment(code))[2]))
        record = bytes.fromhex(cls.records["p1"])
        wires = [tablet.change(record, str(i))[0] for i in range(5)]
        assert cls.server.ask("/v1/exchange", tablet.request([(record, wires)]), tablet)[0] == 200
        cls.out = cls.work / "out"
        cls.out.mkdir()
        cls.told = cls.server.run("export", "--record", cls.records["p1"], str(cls.out))
        cls.folder = pathlib.Path(cls.told["export"])
        cls.lines = [json.loads(line) for line in
                     (cls.folder / "log.ndjson").read_text().splitlines()]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def verified(self, folder, *words):
        done = subprocess.run([SERVER, "--json", "verify-export", folder, *words],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done

    def altered(self, lines):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.work))
        shutil.copy(self.folder / "ca.pem", folder)
        (folder / "log.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder

    def of(self, key):
        return [number for number, line in enumerate(self.lines) if key in line]

    def test_it_is_its_owners_alone_and_its_name_says_nothing(self):
        self.assertEqual(stat.S_IMODE(self.folder.stat().st_mode), 0o700)
        files = sorted(path.name for path in self.folder.iterdir())
        self.assertEqual(files, ["bundle.json", "ca.pem", "log.ndjson"])
        for path in self.folder.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        for record in self.records.values():
            self.assertNotIn(record, self.folder.name)
        self.assertEqual([path.name for path in self.out.iterdir()], [self.folder.name])

    def test_it_holds_all_of_the_citizen_and_nothing_of_another(self):
        wanted = {self.records["p1"], self.records["p2"]}
        self.assertEqual({line["record"] for line in self.lines if "record" in line}, wanted)
        bundle = json.loads((self.folder / "bundle.json").read_text())
        self.assertEqual(bundle["resourceType"], "Bundle")
        patients = [entry["resource"] for entry in bundle["entry"]
                    if entry["resource"]["resourceType"] == "Patient"]
        self.assertEqual(len(patients), 2)
        self.assertIn(MARK, (self.folder / "bundle.json").read_text())
        dumped = {}
        for record in wanted:
            log = subprocess.run([SERVER, "dump-log", "--record", record, "--dir",
                                  self.server.folder], capture_output=True, text=True, check=True)
            for line in map(json.loads, log.stdout.splitlines()):
                dumped[line["id"]] = line
        here = {line["id"]: line for line in self.lines if "id" in line}
        self.assertEqual(here, {key: dumped[key] for key in here})
        changes = [key for key, line in dumped.items() if "position" in line]
        self.assertEqual(set(changes) - set(here), set())

    def test_the_access_stands_in_the_log_that_is_exported(self):
        for record in (self.records["p1"], self.records["p2"]):
            entries = [line["entry"] for line in self.lines
                       if line.get("record") == record and "entry" in line]
            self.assertIn(b"export".hex(), entries[-1])

    def test_it_verifies_without_a_server(self):
        for words in ([], ["--ca", str(self.server.folder / "secrets" / "ca.pem")]):
            code, done = self.verified(self.folder, *words)
            self.assertEqual(code, OK, done.stderr + done.stdout)
            said = json.loads(done.stdout)
            self.assertEqual((said["broken"], said["gaps"]), ([], []))
            self.assertEqual(said["changes"], self.told["changes"])
            self.assertGreater(said["seals"], 0)
        another = Server(self.work / "another")
        another.run("init", "--port", "0")
        code, _ = self.verified(self.folder, "--ca", str(another.folder / "secrets" / "ca.pem"))
        self.assertEqual(code, BROKEN)

    def test_whatever_is_altered_is_noticed(self):
        def flipped(number, key):
            lines = [dict(line) for line in self.lines]
            text = lines[number][key]
            middle = len(text) // 2
            lines[number][key] = (text[:middle] + ("0" if text[middle] != "0" else "1") +
                                  text[middle + 1:])
            return lines
        for key in ("header", "body", "entry", "seal", "certificate", "chain", "id"):
            for number in (self.of(key)[0], self.of(key)[-1]):
                code, done = self.verified(self.altered(flipped(number, key)))
                self.assertEqual(code, BROKEN, (key, done.stdout))
        changes = self.of("header")
        dropped = [line for number, line in enumerate(self.lines) if number != changes[1]]
        self.assertEqual(self.verified(self.altered(dropped))[0], BROKEN)
        swapped = list(self.lines)
        swapped[changes[0]], swapped[changes[1]] = swapped[changes[1]], swapped[changes[0]]
        self.assertEqual(self.verified(self.altered(swapped))[0], BROKEN)
        unsigned = [line for line in self.lines if "certificate" not in line]
        self.assertEqual(self.verified(self.altered(unsigned))[0], BROKEN)
        for rubbish in ([{"kari_export": 2}], [], [self.lines[0], {"record": "ab" * 16}],
                        [self.lines[0], {"record": 7}], [self.lines[0], []]):
            self.assertEqual(self.verified(self.altered(rubbish))[0], BROKEN, rubbish)

    def test_a_wrong_record_or_folder_writes_nothing_and_logs_nothing(self):
        before = self.server.run("status")["access_entries"]
        for words in (["--record", "ab" * 16, str(self.out)],
                      ["--record", self.records["p3"], str(self.work / "none")]):
            done = self.server.run("export", *words, check=False)
            self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertEqual(self.server.run("export", "--record", "x", str(self.out),
                                         check=False).returncode, USAGE)
        self.assertEqual(self.server.run("status")["access_entries"], before)
        self.assertEqual([path.name for path in self.out.iterdir()], [self.folder.name])
        self.assertEqual(self.verified(self.out)[0], FAILED)


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
