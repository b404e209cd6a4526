#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an operator is told by `status` and `doctor`: true, short, of nobody, with an exit code that
a timer can go by; and that looking changes nothing."""

import hashlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import MARK, SERVER, Server, Tablet, fields, number  # noqa: E402

OK, FAILED, BROKEN, ATTENTION = 0, 1, 3, 4
NAME = "Nora Nordmann"


def looked(server, *words):
    return subprocess.run([SERVER, *words, "--dir", server.folder], capture_output=True, text=True,
                          timeout=120)


def digest(folder):
    """Of every file that an operator could lose, whatever SQLite keeps beside the database."""
    files = sorted(path for path in folder.rglob("*") if path.is_file()
                   and not path.name.endswith(("-wal", "-shm")))
    return [(path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
            for path in files]


class StateTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-state-"))
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.server.run("add-nurse", "--unit", self.unit, "--name", NAME)

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def enrolled(self, name):
        tablet = Tablet(self.work, name)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        status, _, body = self.server.ask("/v1/enrol", tablet.enrolment(code))
        self.assertEqual(status, 200)
        tablet.keep(fields(body))
        return tablet

    def state(self):
        return self.server.run("status")

    def tablet(self, tablet):
        return next(each for each in self.state()["devices"] if each["device"] == tablet.device)

    def about(self, checks, about):
        return [each for each in checks["checks"] if each["about"] == about]

    def well(self):
        """Everything that a fresh server lacks is done."""
        self.server.start()
        done = self.server.run("backup", str(self.work / "copy"))
        self.assertTrue(done["verified"])

    def test_the_exit_code_says_whether_somebody_should_look(self):
        done = looked(self.server, "status")
        self.assertEqual(done.returncode, ATTENTION, done.stdout)
        self.assertIn("state: attention", done.stdout)
        self.well()
        done = looked(self.server, "status")
        self.assertEqual((done.returncode, done.stderr), (OK, ""), done.stdout)
        self.assertTrue(done.stdout.startswith("state: ok\n"), done.stdout)
        config = self.server.folder / "kari-server.toml"
        config.write_text(re.sub(r"(?m)^disk_reserve_mib = \d+", "disk_reserve_mib = 1048576",
                                 config.read_text()))
        done = looked(self.server, "status")
        self.assertEqual(done.returncode, BROKEN, done.stdout)
        self.assertRegex(done.stdout, r"(?m)^X disk ")
        self.assertEqual(looked(self.server, "doctor").returncode, BROKEN)

    def test_a_page_fits_eighty_columns_and_names_nobody(self):
        self.well()
        for name in ("first", "second"):
            self.enrolled(name)
        self.server.run("revoke", "--device", self.state()["devices"][0]["device"])
        for words in (["status"], ["doctor"], ["status", "--json"], ["doctor", "--json"]):
            done = looked(self.server, *words)
            self.assertEqual(done.stderr, "")
            for secret in (NAME, "Nord", MARK):
                self.assertNotIn(secret, done.stdout)
            if "--json" not in words:
                path = str(self.work)
                wide = [line for line in done.stdout.splitlines()
                        if len(line) > 80 and path not in line]
                self.assertEqual(wide, [])

    def test_what_a_tablet_still_has_is_told_until_it_has_come(self):
        self.well()
        tablet, record = self.enrolled("first"), os.urandom(16)
        self.assertEqual((self.tablet(tablet)["heard"], "unsent" in self.tablet(tablet)),
                         (False, False))
        # Only a full exchange that was done has brought what it has.
        for lane, answered in ((1, 200), (3, 400)):
            reply = self.server.ask("/v1/exchange", tablet.request(lane=lane), tablet)
            self.assertEqual(reply[0], answered)
            self.assertFalse(self.tablet(tablet)["heard"])
        wires = [tablet.change(record, MARK)[0] for _ in range(3)]

        def exchange(push, told, age_ms):
            body = tablet.request(push) + number(30, told) + number(31, age_ms)
            self.assertEqual(self.server.ask("/v1/exchange", body, tablet)[0], 200)
            return self.tablet(tablet)
        old = 5 * 3600 * 1000
        seen = exchange([(record, wires[:1])], 3, old)
        self.assertEqual((seen["heard"], seen["unsent"]), (True, 2))
        self.assertTrue(old / 1000 - 60 < seen["oldest_unsent_s"] < old / 1000 + 60, seen)
        page = looked(self.server, "status").stdout
        self.assertRegex(page, r"heard 0 min ago; unsent 2, the oldest 5 h old")
        seen = exchange([(record, wires[1:])], 2, old)
        self.assertEqual((seen["unsent"], "oldest_unsent_s" in seen), (0, False))
        # One that does not tell is not said to have nothing.
        self.assertEqual(self.server.ask("/v1/exchange", tablet.request(), tablet)[0], 200)
        self.assertNotIn("unsent", self.tablet(tablet))
        # Also one that is shut out was heard of, with what it still has.
        self.server.run("revoke", "--device", tablet.device)
        body = tablet.request() + number(30, 7)
        self.assertEqual(self.server.ask("/v1/exchange", body, tablet)[0], 403)
        self.assertEqual(self.tablet(tablet)["unsent"], 7)

    def test_looking_writes_nothing(self):
        self.well()
        self.server.stop()
        before = digest(self.server.folder)
        for words in (["status"], ["doctor"], ["doctor", "--deep"]):
            done = looked(self.server, *words)
            self.assertIn(done.returncode, (OK, ATTENTION), done.stdout)
            self.assertEqual(digest(self.server.folder), before, words)

    def test_a_doctor_names_each_thing_that_is_wrong_and_what_to_do(self):
        self.well()
        self.server.stop()
        secrets, data = self.server.folder / "secrets", self.server.folder / "data"
        self.assertEqual({each["level"] for each in self.server.run("doctor")["checks"]},
                         {"ok", "attention"})  # the server is not running

        def finds(about, says, level="wrong"):
            done = self.server.run("doctor")
            named = [each for each in self.about(done, about) if each["level"] == level]
            self.assertTrue(any(says in each["says"] for each in named), (says, done))
            self.assertTrue(all(each["todo"] for each in named), named)
        os.chmod(secrets, 0o755)
        finds("permissions", "secrets")
        os.chmod(secrets, 0o700)
        os.chmod(secrets / "ca.key", 0o644)
        finds("permissions", "ca.key")
        os.chmod(secrets / "ca.key", 0o600)
        kept = (secrets / "server.key").read_bytes()
        (secrets / "server.key").write_bytes((secrets / "ca.key").read_bytes())
        finds("keys", "server.pem does not belong")
        (secrets / "server.key").unlink()
        finds("keys", "server.key is missing")
        (secrets / "server.key").write_bytes(kept)
        os.chmod(secrets / "server.key", 0o600)
        (secrets / "notes.txt").touch(0o600)
        finds("keys", "notes.txt", "attention")
        (secrets / "notes.txt").unlink()
        with open(secrets / "journal.jsonl", "a") as journal:
            journal.write("{}\n")
        finds("journal", "journal")
        os.chmod(secrets / "journal.jsonl", 0o600)
        lines = (secrets / "journal.jsonl").read_text().splitlines(keepends=True)
        (secrets / "journal.jsonl").write_text("".join(lines[:-1]))
        (data / "kari.db.aside-1").write_text("x")
        finds("left over", "1 files", "attention")
        (data / "kari.db.aside-1").unlink()
        config = self.server.folder / "kari-server.toml"
        text = config.read_text()
        config.write_text(text.replace("Europe/Oslo", "Mars/Foo"))
        finds("configuration", "zone")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            config.write_text(re.sub(r"(?m)^port = \d+", f"port = {taken.getsockname()[1]}", text))
            finds("port", "cannot listen")
        config.write_text(text)
        self.assertEqual([each for each in self.server.run("doctor")["checks"]
                          if each["level"] == "wrong"], [])

    def test_a_damaged_page_or_a_wrong_key_is_found(self):
        self.well()
        self.server.stop()
        key = self.server.folder / "secrets" / "database.key"
        whole = key.read_text()
        key.write_text("0" * 64 + "\n")
        done = looked(self.server, "doctor")
        self.assertEqual(done.returncode, BROKEN)
        self.assertRegex(done.stdout, r"(?m)^wrong +database: ")
        self.assertNotIn(whole.strip(), done.stdout)
        key.write_text(whole)
        database = self.server.folder / "data" / "kari.db"
        data = bytearray(database.read_bytes())
        data[len(data) // 2] ^= 1
        database.write_bytes(data)
        for words in (["doctor"], ["doctor", "--deep"]):
            done = looked(self.server, *words)
            self.assertEqual(done.returncode, BROKEN)
            self.assertRegex(done.stdout, r"(?m)^wrong +database: .*pages? (is|are) damaged")
            self.assertIn("restore FOLDER", done.stdout)

    def test_another_account_is_told_whose_server_it_is(self):
        if os.geteuid() != 0:
            self.skipTest("only root can be another account")
        subprocess.run(["chown", "-R", "nobody", self.server.folder], check=True)
        for words in (["status"], ["serve"], ["backup", str(self.work / "copy")],
                      ["restore", str(self.work)], ["upgrade"], ["add-unit", "--name", "Sør"]):
            done = looked(self.server, *words)
            self.assertEqual(done.returncode, FAILED, words)
            self.assertIn("belongs to nobody", done.stderr, words)
        self.assertEqual(looked(self.server, "doctor").returncode, BROKEN)
        owners = {path.stat().st_uid for path in self.server.folder.rglob("*")}
        self.assertNotIn(0, owners)

    def test_a_renewed_certificate_has_the_same_pin_and_serves(self):
        self.server.start()
        tablet = self.enrolled("first")
        before = (self.server.folder / "secrets" / "server.pem").read_bytes()
        renewed = self.server.run("renew-certificate")
        self.assertEqual(set(renewed["names"]), {"localhost", "127.0.0.1", "::1"})
        self.assertNotEqual((self.server.folder / "secrets" / "server.pem").read_bytes(), before)
        kept = self.server.folder / "secrets" / "server.pem.before"
        self.assertEqual(kept.read_bytes(), before)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.server.ask("/v1/exchange", tablet.request(), tablet)[0], 200)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        self.assertTrue(code.endswith(renewed["pin"]), "the pin of the code is another")


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
