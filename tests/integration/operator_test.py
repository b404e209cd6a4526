#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an operator types: each wrong argument is named, ends with the same exit code everywhere and
changes nothing. A damaged database is not served and not backed up, and it is said what to do."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import SERVER, Server, Tablet, fields, standing, what_is_stored  # noqa: E402

NO_ID, NOBODY = "nonsense", "ab" * 16
FAILED, USAGE, DAMAGED = 1, 2, 3
COMMANDS = ("init serve status findings doctor add-unit add-nurse remove-nurse assign unassign "
            "invite revoke import link unlink accept export verify-export dump-log state-digest "
            "backup restore upgrade renew-certificate recover verify limits").split()


def run(*words, folder=None):
    place = [] if folder is None else ["--dir", folder]
    return subprocess.run([SERVER, *words, *place], capture_output=True, text=True, timeout=120)


class OperatorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-operator-"))
        cls.server = Server(cls.work / "server")
        cls.server.run("init", "--port", "0")
        cls.unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        cls.server.run("add-nurse", "--unit", cls.unit, "--name", "Kari")
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": {"resourceType": "Patient", "id": "p1"}}]}
        (cls.work / "bundle.json").write_text(json.dumps(bundle))
        cls.record = cls.server.run("import", str(cls.work / "bundle.json"), "--system",
                                    "urn:one")["records"]["p1"]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.work, ignore_errors=True)

    def stored(self):
        files = sorted(path.relative_to(self.work).as_posix() for path in self.work.rglob("*")
                       if not path.name.endswith(("-wal", "-shm")))
        status = standing(self.server.run("status"))
        status.pop("access_entries")  # looking is logged
        return files, status, what_is_stored(self.server.folder)

    def test_what_is_printed_for_a_person_fits_80_columns_and_a_code_stands_by_its_name(self):
        folder = self.work / "many"
        folder.mkdir()
        for number in range(25):
            (folder / f"{number}.json").write_text(json.dumps(
                {"resourceType": "Patient", "id": f"many-{number}"}))
        imported = run("import", str(folder), "--system", "urn:many", folder=self.server.folder)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        for line in imported.stdout.splitlines():
            self.assertLessEqual(len(line), 80)
        self.assertRegex(imported.stdout, r"(?m)^records +25 \(--json lists them\)$")
        self.assertIn("and 5 more", imported.stdout)
        invited = run("invite", "--unit", self.unit, folder=self.server.folder)
        self.assertRegex(invited.stdout, r"(?m)^code +kari1-[0-9a-f]{32}-[0-9a-f]{64}$")

    def refused(self, code, names, *words):
        before = self.stored()
        done = run(*words, folder=self.server.folder)
        self.assertEqual(done.returncode, code, (words, done.stderr))
        self.assertIn(names, done.stderr, words)
        self.assertEqual(done.stdout, "", words)
        self.assertEqual(self.stored(), before, words)

    def test_every_command_explains_itself_and_its_exit_codes(self):
        listed = run("--help").stdout
        for name in COMMANDS:
            self.assertRegex(listed, rf"(?m)^  {name} ")
            done = run(name, "--help")
            self.assertEqual(done.returncode, 0, name)
            self.assertGreater(len(done.stdout.splitlines()[0]), 20, name)
            self.assertIn("Exit code: 0 done; 1 failed; 2", done.stdout, name)
        told = set(re.findall(r"(?m)^  ([a-z-]+) ", listed.split("Subcommands:")[1]))
        self.assertEqual(told, set(COMMANDS))

    def test_a_wrong_name_zone_or_role_is_named_and_adds_nobody(self):
        unit = ["add-unit", "--name"]
        for name in ("", "   ", "n" * 129, "two\nlines", os.fsdecode(b"\xff\xfe")):
            self.refused(USAGE, "--name", *unit, name)
            self.refused(USAGE, "--name", "add-nurse", "--unit", self.unit, "--name", name)
        for zone in ("Mars/Foo", "../../etc/passwd", "Europe/Oslo ", "z" * 600):
            self.refused(USAGE, "--zone", *unit, "Sør", "--zone", zone)
        for role in ("XYZ", "sp", "", "nurse"):
            self.refused(USAGE, "--role", "add-nurse", "--unit", self.unit, "--name", "Ola",
                         "--role", role)
        self.refused(FAILED, "--name", *unit, "Nord")  # twice
        self.refused(FAILED, "--namesake", "add-nurse", "--unit", self.unit, "--name", "Kari")
        self.server.run(*unit, "n" * 128, "--zone", "Europe/Oslo")  # name_bytes
        self.server.run("add-nurse", "--unit", self.unit, "--name", "Kari", "--namesake")

    def test_a_nurse_is_given_a_code_of_her_own_and_taken_off_the_list_and_put_back(self):
        unit = ["--unit", self.unit]
        nurse = self.server.run("add-nurse", *unit, "--name", "Leaver")["person"]
        hers = [*unit, "--nurse", nurse]
        code = self.server.run("invite", *hers)["code"]
        self.assertRegex(code, r"^nurse1(-[0-9a-f]{4}){4}$")
        self.assertFalse(self.server.run("remove-nurse", *hers)["listed"])
        self.refused(FAILED, "--nurse", "invite", *hers)
        self.assertTrue(self.server.run("remove-nurse", *hers, "--undo")["listed"])
        self.server.run("invite", *hers)
        for name in ("invite", "remove-nurse"):
            self.refused(FAILED, "--nurse", name, *unit, "--nurse", NOBODY)
            self.refused(USAGE, "--nurse", name, *unit, "--nurse", NO_ID)

    def test_an_unknown_or_impossible_id_is_named_and_nothing_is_done(self):
        for words in (["invite"], ["add-nurse", "--name", "Ola"], ["assign", "--all"],
                      ["unassign", "--record", self.record]):
            self.refused(USAGE, "--unit", *words, "--unit", NO_ID)
            self.refused(FAILED, "--unit", *words, "--unit", NOBODY)
        for name in ("assign", "unassign"):
            words = [name, "--unit", self.unit]
            self.refused(USAGE, "--record", *words)
            self.refused(USAGE, "--record", *words, "--record", NO_ID)
            # The first would do: none is assigned when one is not there.
            self.refused(FAILED, "--record", *words, "--record", self.record, "--record", NOBODY)
        self.refused(USAGE, "--device", "revoke", "--device", NO_ID)
        self.refused(FAILED, "--device", "revoke", "--device", NOBODY)
        for name in ("link", "unlink"):
            self.refused(USAGE, "second", name, self.record, NO_ID)
            self.refused(FAILED, "first", name, NOBODY, self.record)
            self.refused(USAGE, "itself", name, self.record, self.record)
        self.refused(USAGE, "--record", "dump-log")
        self.refused(FAILED, "--record", "dump-log", "--record", NOBODY)
        self.refused(FAILED, "--record", "accept", "--record", NOBODY, "--change", "ab" * 32)
        self.refused(USAGE, "--change", "accept", "--record", self.record, "--change", NO_ID)
        self.refused(FAILED, "--change", "accept", "--record", self.record, "--change", "ab" * 32)
        self.refused(USAGE, "--close", "recover")

    def test_a_wrong_path_system_port_or_number_is_named(self):
        bundle = str(self.work / "bundle.json")
        for system in ("", "one", ":x", "urn:", "9a:b", "urn:a b", "http://a\nb"):
            self.refused(USAGE, "--system", "import", bundle, "--system", system)
        self.refused(FAILED, "is not there", "import", str(self.work / "none"), "--system",
                     "urn:one")
        self.refused(FAILED, "folder", "restore", str(self.work / "none"))
        self.refused(FAILED, "folder", "backup", bundle)
        for port in ("abc", "-1", "65536", ""):
            self.refused(USAGE, "--port", "serve", "--port", port)
            self.refused(USAGE, "--port", "init", "--port", port)
        for minutes in ("0", "x", "10081"):
            self.refused(USAGE, "--minutes", "invite", "--unit", self.unit, "--minutes", minutes)
        for words in (["nonsense"], [], ["serve", "--nonsense"], ["add-unit"]):
            self.assertEqual(run(*words).returncode, USAGE)

    def test_init_is_done_once_and_whole_or_not_at_all(self):
        self.refused(FAILED, "already", "init")
        place = self.work / "another"
        for words, names in ((["--address", "nowhere"], "--address"),
                             (["--server-name", "not a name"], "--server-name")):
            done = run("init", *words, folder=place)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(names, done.stderr)
            self.assertFalse(place.exists())
        (self.work / "a file").write_text("")
        done = run("init", folder=self.work / "a file")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("--dir", done.stderr)
        (self.work / "a file").unlink()
        done = run("status", folder=self.work / "none")
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("--dir", done.stderr)

    def test_a_zone_or_key_that_the_configuration_cannot_have_is_named_at_the_start(self):
        config = self.server.folder / "kari-server.toml"
        kept = config.read_text()
        try:
            for change, names in ((("Europe/Oslo", "Mars/Foo"), "zone"),
                                  (("workers", "wrokers"), "wrokers"),
                                  (("write_seconds = 60", "write_seconds = 0"), "write_seconds")):
                config.write_text(kept.replace(*change))
                done = run("serve", "--port", "0", folder=self.server.folder)
                self.assertEqual(done.returncode, FAILED, done.stderr)
                self.assertIn(names, done.stderr)
        finally:
            config.write_text(kept)


class DamageTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-damage-"))
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.server.start()
        tablet = Tablet(self.work, "tablet")
        code = self.server.run("invite", "--unit", unit)["code"]
        tablet.keep(fields(self.server.ask("/v1/enrol", tablet.enrolment(code))[2]))
        record = os.urandom(16)
        wires = [tablet.change(record, "7" * 500)[0] for _ in range(100)]
        self.assertEqual(self.server.ask(
            "/v1/exchange", tablet.request([(record, wires)]), tablet)[0], 200)
        self.server.stop()

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def test_a_page_that_was_altered_is_neither_served_nor_backed_up(self):
        database = self.server.folder / "data" / "kari.db"
        whole = database.read_bytes()
        pages = len(whole) // 4096
        self.assertGreater(pages, 20)
        for page in (pages // 2, pages - 1):
            data = bytearray(whole)
            data[page * 4096 + 2000] ^= 1
            database.write_bytes(data)
            for words in (["serve", "--port", "0"], ["backup", str(self.work / "copy")],
                          ["verify"]):
                done = run(*words, folder=self.server.folder)
                self.assertEqual(done.returncode, DAMAGED, (words, done.stderr))
                self.assertIn("storage_corrupt", done.stderr)
                self.assertIn("restore", done.stderr)
                self.assertNotIn("internal", done.stderr)
            self.assertFalse((self.work / "copy").exists())
            self.assertEqual(database.read_bytes(), bytes(data))
        database.write_bytes(whole)
        self.assertEqual(run("backup", str(self.work / "copy"),
                             folder=self.server.folder).returncode, 0)
        self.server.start()

    def test_a_backup_lies_outside_of_the_server_and_is_no_database_of_its_own(self):
        inside = self.server.folder / "copy"
        done = run("backup", str(inside), folder=self.server.folder)
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertIn("own directory", done.stderr)
        self.assertFalse(inside.exists())
        self.server.stop()
        database = self.server.folder / "data" / "kari.db"
        before = database.read_bytes()
        done = run("restore", str(database.parent), folder=self.server.folder)
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertIn("own database", done.stderr)
        self.assertEqual(database.read_bytes(), before)
        self.server.start()

    def test_a_backup_touches_no_journal_that_lies_in_its_folder_already(self):
        folder = self.work / "keys on a stick"
        folder.mkdir()
        copied = folder / "journal.jsonl"
        copied.write_bytes((self.server.folder / "secrets" / "journal.jsonl").read_bytes())
        before = copied.read_bytes()
        done = run("backup", str(folder), folder=self.server.folder)
        self.assertEqual(done.returncode, FAILED, done.stderr)
        self.assertIn("has a journal.jsonl already; name a new folder", done.stderr)
        self.assertEqual([file.name for file in folder.iterdir()], ["journal.jsonl"])
        self.assertEqual(copied.read_bytes(), before)

    def test_a_recovery_waits_for_every_tablet_that_is_not_lost(self):
        here = Server(self.work / "waiting")
        here.run("init", "--port", "0")
        unit = here.run("add-unit", "--name", "Nord")["unit"]
        here.start()
        heard, lost = Tablet(self.work, "heard"), Tablet(self.work, "lost")
        for tablet in (heard, lost):
            code = here.run("invite", "--unit", unit)["code"]
            status, _, body = here.ask("/v1/enrol", tablet.enrolment(code))
            self.assertEqual(status, 200)
            tablet.keep(fields(body))
            here.ask("/v1/exchange", tablet.request(), tablet)
        copy = self.work / "elsewhere"
        here.run("backup", str(copy))
        self.assertEqual((copy / "kari.db").stat().st_mode & 0o077, 0)
        here.stop()
        # A new machine: the secrets and the configuration, and no data folder yet.
        shutil.rmtree(here.folder / "data")
        here.run("restore", str(copy))
        self.assertEqual((here.folder / "data").stat().st_mode & 0o077, 0)
        here.start()
        self.assertEqual([one["heard"] for one in here.run("status")["devices"]], [False] * 2)
        here.ask("/v1/exchange", heard.request(), heard)
        early = run("recover", "--close", folder=here.folder)
        self.assertEqual(early.returncode, USAGE, early.stderr)
        self.assertIn("1 of 2 tablets", early.stderr)
        self.assertTrue(here.run("status")["recovering"])
        self.assertFalse(here.run("recover", "--close", "--without-silent")["recovering"])
        here.stop()
        here.run("restore", str(copy))
        here.start()
        here.ask("/v1/exchange", heard.request(), heard)
        silent = [one["device"] for one in here.run("status")["devices"] if not one["heard"]]
        here.run("revoke", "--device", silent[0])
        self.assertFalse(here.run("recover", "--close")["recovering"])
        self.assertEqual(here.stop(), 0)

    def test_a_journal_that_is_older_than_the_backup_is_refused_and_undoes_nothing(self):
        here = Server(self.work / "older")
        here.run("init", "--port", "0")
        unit = here.run("add-unit", "--name", "Nord")["unit"]
        (self.work / "bundle.json").write_text(json.dumps({"resourceType": "Patient", "id": "p"}))
        record = here.run("import", str(self.work / "bundle.json"), "--system",
                          "urn:one")["records"]["p"]
        journal, copy = here.folder / "secrets" / "journal.jsonl", self.work / "copy"
        here.run("assign", "--unit", unit, "--record", record)
        stale = journal.read_bytes()
        here.run("unassign", "--unit", unit, "--record", record)
        here.run("backup", str(copy))
        self.assertEqual((copy / "journal.jsonl").read_bytes(), journal.read_bytes())
        self.assertEqual((copy / "journal.jsonl").stat().st_mode & 0o077, 0)
        journal.write_bytes(stale)
        refused = run("restore", str(copy), folder=here.folder)
        self.assertEqual(refused.returncode, FAILED, refused.stderr)
        self.assertIn("lacks 1 lines", refused.stderr)
        self.assertIn(str(copy / "journal.jsonl"), refused.stderr)
        self.assertFalse(here.run("status")["recovering"])
        # Another server's, or one that went on from an old copy.
        journal.write_bytes(stale + stale)
        refused = run("restore", str(copy), folder=here.folder)
        self.assertEqual(refused.returncode, FAILED, refused.stderr)
        self.assertIn("part at line", refused.stderr)
        shutil.copy(copy / "journal.jsonl", journal)
        done = here.run("restore", str(copy))
        self.assertTrue(done["journal_compared"])
        self.assertEqual(here.run("status")["units"][0]["caseload"], [])
        # One with more lines than the backup is newer; a copy without one tells nothing.
        here.run("assign", "--unit", unit, "--record", record)
        self.assertEqual(here.run("restore", str(copy))["journal_applied"], 1)
        self.assertEqual(here.run("status")["units"][0]["caseload"], [record])
        (copy / "journal.jsonl").unlink()
        self.assertFalse(here.run("restore", str(copy))["journal_compared"])

    def test_a_restore_names_the_tablets_of_units_that_the_backup_does_not_know(self):
        here = Server(self.work / "before")
        here.run("init", "--port", "0")
        copy = self.work / "empty"
        here.run("backup", str(copy))
        unit = here.run("add-unit", "--name", "Nord")["unit"]
        here.start()
        kept, lost = Tablet(self.work, "kept"), Tablet(self.work, "lost")
        for tablet in (kept, lost):
            code = here.run("invite", "--unit", unit)["code"]
            tablet.keep(fields(here.ask("/v1/enrol", tablet.enrolment(code))[2]))
        here.run("revoke", "--device", lost.device)
        here.stop()
        done = here.run("restore", str(copy))
        self.assertEqual((done["units_missing"], done["tablets_missing"]), ([unit], [kept.device]))
        self.assertIn("newer backup", done["next"])
        here.start()
        early = run("recover", "--close", folder=here.folder)
        self.assertEqual(early.returncode, USAGE, early.stderr)
        self.assertIn(kept.device, early.stderr)
        self.assertTrue(here.run("status")["recovering"])
        self.assertFalse(here.run("recover", "--close", "--without-silent")["recovering"])
        here.stop()


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
