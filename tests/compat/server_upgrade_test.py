#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Directories that released programs left (golden/server_schema_N) are upgraded by this one: all
that was in them is there and says the same, and a kill at any write leaves the old database or the
new one. (That a newer database is refused, tests/contract/storage says.)"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "oracle")]
from change import Change  # noqa: E402
from wire_tablet import SERVER, Server, what_is_stored  # noqa: E402

GOLDEN = sorted((pathlib.Path(__file__).resolve().parent / "golden").glob("server_schema_*"))
SAME = ("epoch", "recovering", "records", "changes", "secured", "quarantined",
        "directory_resources")
UNIT = ("unit", "record", "people", "caseload")
KILLED = -9
DETECTED_ISSUE = 7


def parted(server, was):
    """What is stored, in two: up to where the earlier program had come, and what stands above."""
    before, above = [], []
    for line in what_is_stored(server.folder).splitlines():
        row = json.loads(line)
        new = row.get("position", 0) > was["state"][row["record"]]["position"]
        (above if new else before).append(row)
    return before, above


def said(server):
    status = server.run("status")
    return {"status": {key: status[key] for key in SAME},
            "units": [{key: each[key] for key in UNIT}
                      for each in status["units"]],
            "devices": {each["device"]: each["revoked"] for each in status["devices"]},
            "state": server.run("state-digest")["records"]}


class UpgradeTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-upgrade-"))

    def tearDown(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def placed(self, golden, name="server"):
        server = Server(self.work / name)
        shutil.copytree(golden, server.folder)
        for folder in (server.folder, server.folder / "secrets", server.folder / "data"):
            folder.chmod(0o700)
        for file in (server.folder / "secrets").iterdir():
            file.chmod(0o600)
        return server

    def told(self, golden):
        was = json.loads((golden / "said.json").read_text())
        units = [{key: each[key] for key in UNIT} for each in was["status"].pop("units")]
        return {"status": was["status"], "units": units, "devices": was["devices"],
                "state": was["state"]}

    def check_same(self, server, was, note=None):
        """All that the earlier program said, and nothing above it but what rules that it did not
        have find in it."""
        before, above = parted(server, was)
        for row in above:
            self.assertEqual(Change(bytes.fromhex(row["header"]), None).kind, DETECTED_ISSUE, note)
        now = said(server)
        self.assertEqual(now["status"].pop("changes") - len(above), was["status"]["changes"], note)
        now["status"]["changes"] = was["status"]["changes"]
        ends = {row["record"]: row for row in before if "position" in row}
        for record in {row["record"] for row in above}:
            old = was["state"][record]
            self.assertEqual((ends[record]["position"], ends[record]["chain"]),
                             (old["position"], old["chain"]), note)
            now["state"][record] = old
        self.assertEqual(now, was, note)

    def schema_of(self, golden):
        return int(golden.name.rsplit("_", 1)[1])

    def tried(self, server, *words):
        return subprocess.run([SERVER, *words, "--dir", server.folder], capture_output=True,
                              text=True, timeout=120)

    def older(self):
        """Without the one of the present schema, which needs no upgrade."""
        present = self.upgraded(GOLDEN[-1], "present")[1]["schema"]
        return [golden for golden in GOLDEN if self.schema_of(golden) < present]

    def test_what_a_program_of_the_present_schema_left_says_the_same_without_an_upgrade(self):
        golden = GOLDEN[-1]
        server, done = self.upgraded(golden, "as it was")
        self.assertEqual((done["schema"], done["upgraded"]), (self.schema_of(golden), False))
        self.check_same(server, self.told(golden))
        self.assertEqual(server.run("verify")["broken"], [])
        server.start()
        self.assertEqual(server.stop(), 0)

    def test_everything_is_there_afterwards_and_says_the_same(self):
        older = self.older()
        self.assertTrue(older)
        for golden in older:
            with self.subTest(golden.name):
                server, old = self.placed(golden, golden.name), self.schema_of(golden)
                # Until an operator says so nothing is altered, by whatever command.
                before = (server.folder / "data" / "kari.db").read_bytes()
                for words in (["status"], ["serve"], ["add-unit", "--name", "Sør"],
                              ["backup", str(self.work / "copy")]):
                    done = self.tried(server, *words)
                    self.assertEqual(done.returncode, 1, words)
                    self.assertIn(f"is of schema {old}", done.stderr)
                    self.assertIn("upgrade", done.stderr)
                self.assertEqual((server.folder / "data" / "kari.db").read_bytes(), before)
                done = server.run("upgrade")
                self.assertEqual((done["schema_before"], done["upgraded"]), (old, True))
                self.check_same(server, self.told(golden))
                self.assertEqual(server.run("status")["review_owed"], 0)
                self.assertEqual(server.run("verify")["broken"], [])
                again = server.run("upgrade")
                self.assertEqual((again["schema_before"], again["upgraded"]),
                                 (done["schema"], False))
                server.start()
                self.assertEqual(server.stop(), 0)

    def test_the_old_database_is_kept_and_restored_as_it_was(self):
        for golden in self.older():
            with self.subTest(golden.name):
                server = self.placed(golden, "kept " + golden.name)
                kept = server.run("upgrade")["kept"]
                server.run("add-unit", "--name", "Sør")
                self.assertTrue(server.run("restore", kept)["recovering"])
                now, was = said(server), self.told(golden)
                self.assertNotEqual(now["status"].pop("epoch"), was["status"].pop("epoch"))
                now["status"].pop("recovering"), was["status"].pop("recovering")
                self.assertEqual(now, was)

    def test_a_kill_at_any_write_leaves_the_old_database_or_the_new_one(self):
        """Killed by the kernel at its Nth write or sync, for N as long as it does not end first."""
        if shutil.which("strace") is None:
            self.skipTest("strace is not here")
        golden = self.older()[-1]
        was = self.told(golden)
        before, _ = parted(self.upgraded(golden, "whole")[0], was)
        outcomes = []
        for number in range(1, 2000, 7):
            server = self.placed(golden, f"killed {number}")
            inject = "pwrite64,fdatasync,fsync,rename,unlink"
            done = subprocess.run(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={inject}", "-e",
                 f"inject={inject}:signal=KILL:when={number}", SERVER, "upgrade", "--dir",
                 server.folder], capture_output=True, text=True, timeout=120)
            if "ptrace" in done.stderr:
                self.skipTest("nothing may be traced here")
            if done.returncode == 0:
                break
            self.assertIn(done.returncode, (KILLED, 137), done.stderr)
            outcomes.append(self.after_a_kill(server, self.schema_of(golden)))
            self.assertEqual(parted(server, was)[0], before, number)
            self.check_same(server, was, number)
            shutil.rmtree(server.folder)
        self.assertEqual(set(outcomes), {"old", "new"})
        self.assertGreater(len(outcomes), 10)

    def upgraded(self, golden, name):
        server = self.placed(golden, name)
        return server, server.run("upgrade")

    def after_a_kill(self, server, old):
        """Which database it left; then the upgrade is said again."""
        done = self.tried(server, "state-digest")
        left = "new"
        if done.returncode != 0:
            self.assertIn(f"is of schema {old} ", done.stderr)
            left = "old"
        server.run("upgrade")
        return left


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
