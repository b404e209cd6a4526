#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tablets that released programs left (golden/tablet_schema_N) are opened by this one: every byte,
all that it folds into, the drafts and the unsent work are there, and a nurse charts on. A kill at
any write of the first opening leaves a tablet that opens and says the same."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from tablet_golden import KARI, PIN, Kari, said  # noqa: E402

GOLDEN = sorted((pathlib.Path(__file__).resolve().parent / "golden").glob("tablet_schema_*"))
KILLED = (-9, 137)


class TabletUpgradeTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-tablet-upgrade-"))

    def tearDown(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def placed(self, golden, name="tablet"):
        """As the operating system of a tablet keeps it: nobody else may read it."""
        for kept in ("tablet", "tablet.keys"):
            folder = self.work / kept.replace("tablet", name)
            shutil.copytree(golden / kept, folder)
            folder.chmod(0o700)
            for file in folder.iterdir():
                file.chmod(0o600)
        return Kari(self.work / name, self.told(golden)["person"])

    def told(self, golden):
        return json.loads((golden / "said.json").read_text())

    def assert_says_the_same(self, tablet, golden, message=None):
        was = self.told(golden)
        was.pop("person")
        self.assertEqual(said(tablet), was, message)

    def test_everything_is_there_and_says_the_same(self):
        self.assertTrue(GOLDEN)
        for golden in GOLDEN:
            with self.subTest(golden.name):
                tablet = self.placed(golden, golden.name)
                for _ in range(2):
                    self.assert_says_the_same(tablet, golden)

    def test_a_nurse_charts_on_and_nothing_that_was_unsent_is_lost(self):
        for golden in GOLDEN:
            with self.subTest(golden.name):
                tablet, was = self.placed(golden, golden.name), self.told(golden)
                record = max(was["logs"], key=lambda each: len(was["logs"][each]["log"]))
                tablet.run("observe", record, "pulse", "64")
                self.assertEqual(tablet.run("status")["unsent"], was["status"]["unsent"] + 1)
                draft = tablet.run("load-draft", record, "--key", "later")
                self.assertIn("Not yet said.", json.dumps(draft))
                now = {each["id"]: each for each in tablet.run("log", record)["log"]}
                for each in was["logs"][record]["log"]:
                    self.assertEqual(now[each["id"]], each)
                self.assertEqual(len(now), len(was["logs"][record]["log"]) + 1)
                self.assertEqual(tablet.run("verify")["problems"], [])

    def test_a_kill_at_any_write_of_the_first_opening_loses_nothing(self):
        """Killed by the kernel at its Nth write or sync, for N as long as it does not end first."""
        if shutil.which("strace") is None:
            self.skipTest("strace is not here")
        kills = [self.kills(golden) for golden in GOLDEN]
        self.assertGreater(min(kills), 0)
        self.assertGreater(max(kills), 5, "a schema that grows writes more")

    def kills(self, golden):
        inject = "pwrite64,fdatasync,fsync,rename,unlink,ftruncate"
        for number in range(1, 2000, 3):
            tablet = self.placed(golden, f"{golden.name} killed {number}")
            done = subprocess.run(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={inject}", "-e",
                 f"inject={inject}:signal=KILL:when={number}", KARI, "--dir", tablet.folder,
                 "--person", tablet.person, "status", "--json"],
                input=f"{PIN}\n", capture_output=True, text=True, timeout=120)
            if "ptrace" in done.stderr:
                self.skipTest("nothing may be traced here")
            if done.returncode == 0:
                return number // 3
            self.assertIn(done.returncode, KILLED, done.stderr)
            self.assert_says_the_same(tablet, golden, number)
        raise AssertionError("it never came to its end")


if __name__ == "__main__":
    unittest.main()
