#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The second fold (tests/oracle/oracle.py) reads what a tablet and a server export, and comes to
the state that they say they have; of an export that was tampered with it does not."""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from kari_ward import Ward, run_tests  # noqa: E402

ORACLE = ROOT / "tests" / "oracle" / "oracle.py"


def oracle(*words):
    return subprocess.run([sys.executable, ORACLE, *words], capture_output=True, text=True,
                          timeout=120)


class OracleExportTest(Ward):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.who = cls.tablet.name_of(cls.tablet.run("patients"), "Åse")
        cls.tablet.run("observe", cls.who, "weight", "62.10")
        weight = cls.tablet.name_of(cls.tablet.run("chart", cls.who), "62.1 kg")
        cls.tablet.run("correct", weight, "weight", "62.8")
        cls.tablet.run("correct", weight, "weight", "26.1")  # knowing the first alone
        cls.tablet.run("sync")
        cls.log = cls.work / "aase.log"
        cls.tablet.run("export", cls.who, "--format", "log", "--to", str(cls.log))
        cls.record = cls.tablet.ask("chart", cls.who)["record"]
        cls.digest = cls.tablet.ask("digest", cls.who)["digest"]
        cls.lines = cls.log.read_text().splitlines()

    def folded(self, path):
        """{record: what the oracle says of it}"""
        done = oracle("--json", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = [json.loads(line) for line in done.stdout.splitlines()]
        return {one["record"]: one for one in told}

    def altered(self, name, lines):
        path = self.work / name
        path.write_text("".join(line + "\n" for line in lines))
        return path

    def test_a_tablets_export_folds_to_the_tablets_state(self):
        told = self.folded(self.log)
        self.assertEqual({record: one["state"] for record, one in told.items()},
                         {self.record: self.digest})
        resources = told[self.record]["resources"].values()
        self.assertEqual(sum(one["changes"] for one in resources), len(self.lines))
        self.assertTrue(all(one["complete"] and one["readable"] for one in resources))
        contested = [atom for one in resources for atom in one["atoms"].values()
                     if atom["contested"]]
        self.assertEqual([len(atom["live"]) for atom in contested], [2])
        # In words it is told with who said what, and that nothing is acted on.
        words = oracle(self.log).stdout
        for said in (self.digest, "CONTESTED", "62.8", "26.1", "Penicillin", self.tablet.nurse):
            self.assertIn(said, words)

    def test_a_servers_export_folds_to_the_same(self):
        out = self.work / "out"
        out.mkdir()
        folder = self.server.run("export", "--record", self.record, str(out))["export"]
        self.assertEqual(self.folded(folder)[self.record]["state"], self.digest)
        said = self.server.run("state-digest")["records"][self.record]["state"]
        self.assertEqual(said, self.digest)

    def test_without_any_one_change_it_folds_to_another_state(self):
        for at in range(len(self.lines)):
            path = self.altered("less.log", self.lines[:at] + self.lines[at + 1:])
            self.assertNotEqual(self.folded(path)[self.record]["state"], self.digest, at)

    def test_a_change_in_which_one_digit_is_another_is_not_folded(self):
        for key in ("header", "body", "id"):
            line = json.loads(self.lines[1])
            digit = len(line[key]) // 2
            line[key] = (line[key][:digit] + ("0" if line[key][digit] != "0" else "1") +
                         line[key][digit + 1:])
            path = self.altered("other.log", [self.lines[0], json.dumps(line), *self.lines[2:]])
            done = oracle("--json", path)
            self.assertNotEqual(done.returncode, 0, key)
            self.assertEqual(done.stdout, "", key)
            self.assertIn("other.log, line 2", done.stderr, key)

    def test_the_order_of_the_lines_and_a_line_twice_change_nothing(self):
        path = self.altered("turned.log", [*reversed(self.lines), *self.lines[:3]])
        self.assertEqual(self.folded(path)[self.record]["state"], self.digest)


if __name__ == "__main__":
    run_tests()
