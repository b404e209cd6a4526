#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A knowledge pack from readable files to a nurse: compiled and signed with `kari-pack`, given out
by a server that refuses what its operator does not trust, taken by a tablet at its next sync."""

import datetime
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import BUILD, Fixed, Tablet  # noqa: E402
from wire_tablet import SERVER  # noqa: E402

PACK = BUILD / "pack" / "kari-pack"
TREE = pathlib.Path(__file__).resolve().parents[2]
LIMITS = TREE / "docs" / "formats" / "limits.md"
# A source says each list of a pack, be it empty.
LISTS = re.findall(r"^  repeated \S+ (\w+) =",
                   (TREE / "sdk/proto/kari/v1/pack.proto").read_text("utf-8"), re.M)
# In the zone of the unit; a day more when midnight passes.
TODAY = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Oslo")).date()


def kari_pack(*words, code=0):
    done = subprocess.run([PACK, *map(str, words)], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


class PackTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-pack-"))
        self.server = Fixed(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.nurse = self.server.run("add-nurse", "--unit", self.unit, "--name", "Nora")["person"]
        self.key = self.work / "key"
        self.trusted = kari_pack("key", "-o", self.key).strip()

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def pack(self, version, date, key=None):
        """The signed pack that a maker would bring."""
        source = self.work / f"source-{version}"
        source.mkdir()
        (source / "pack.json").write_text(json.dumps({
            **{name: [] for name in LISTS if name != "cross_allergies"},
            "format": "kari-pack-1", "id": "regional", "version": version, "label": "TEST",
            "date": date.isoformat(), "critical": ["A10A"], "vaccine_interval_days": 0,
            "patches": {"drugs": [], "else_hours": 168, "change_minutes": 60,
                        "counts_times": 3}}))
        (source / "cross_allergies.csv").write_text("id,allergy,same,possible,apart\n"
                                                    "penicillins,J01C,J01C,J01D,\n")
        file = self.work / f"{version}.pack"
        kari_pack("compile", source, "-o", file)
        if key is None:
            kari_pack("sign", file, "--key", self.key)
        elif key:
            kari_pack("sign", file, "--key", key)
        return file

    def configure(self, file, keys=1):
        config = self.server.folder / "kari-server.toml"
        text = config.read_text().split("\n[pack]\n")[0]
        trusted = ", ".join([f'"{self.trusted}"'] * keys)
        config.write_text(f'{text}\n[pack]\nfile = "{file}"\ntrusted = [{trusted}]\n')

    def refused(self):
        done = subprocess.run([SERVER, "serve", "--dir", self.server.folder], capture_output=True,
                              text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        looked = subprocess.run([SERVER, "doctor", "--dir", self.server.folder],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(looked.returncode, 3, looked.stdout)
        return done.stdout + done.stderr + looked.stdout

    def enrolled(self):
        code = self.server.run("invite", "--unit", self.unit)["code"]
        tablet = Tablet(self.work / "tablet", self.nurse)
        tablet.run("enrol", "--server", f"https://localhost:{self.server.port}", "--code", code,
                   "--person", self.nurse)
        return tablet

    def restarted(self, file):
        self.server.stop()
        self.configure(file)
        self.server.start()

    def test_a_pack_reaches_a_tablet_with_its_next_sync(self):
        self.server.start()
        tablet = self.enrolled()
        tablet.run("sync")
        told = tablet.words("status")
        self.assertRegex(told, r"kari-demo@\S+, DEMO - not for clinical use")
        self.assertIn("The server has no knowledge pack", told)
        self.assertIn("The drug facts are a demo", tablet.words("patients"))

        self.restarted(self.pack("1", TODAY))
        tablet.run("sync")
        pack = tablet.ask("status")["pack"]
        self.assertEqual((pack["name"], pack["told"]), ("regional@1", ""))
        self.assertIn(pack["days_old"], (0, 1))
        self.assertNotIn("drug facts", tablet.words("patients"))
        status = self.server.run("status")["pack"]
        self.assertEqual(status["name"], "regional@1, TEST")
        self.assertIn(status["days_old"], (0, 1))

        # An older one than it has is not taken, and an old one is told of at every screen.
        self.restarted(self.pack("0", TODAY - datetime.timedelta(days=31)))
        tablet.run("sync")
        self.assertIn("an older knowledge pack", tablet.words("status"))
        self.assertEqual(tablet.ask("status")["pack"]["name"], "regional@1")
        shutil.rmtree(tablet.folder)
        other = self.enrolled()
        other.run("sync")
        self.assertRegex(other.words("patients"),
                         r"The drug facts are 3[12] days old \(regional@0, TEST\)")
        self.assertRegex(other.words("patients", language="nb"),
                         "Legemiddelopplysningene er 3[12] dager gamle")
        looked = subprocess.run([SERVER, "status", "--dir", self.server.folder],
                                capture_output=True, text=True, timeout=60)
        self.assertRegex(looked.stdout, "3[12] days old")
        self.assertEqual(looked.returncode, 4)

    def test_a_server_does_not_start_with_a_pack_that_its_operator_does_not_trust(self):
        self.configure(self.pack("1", TODAY, key=False))
        self.assertIn("1.pack: A knowledge pack is not signed", self.refused())
        stranger = self.work / "stranger"
        kari_pack("key", "-o", stranger)
        self.configure(self.pack("2", TODAY, key=stranger))
        self.assertIn("2.pack: A knowledge pack is signed by somebody unknown", self.refused())
        sound = self.pack("3", TODAY)
        altered = bytearray(sound.read_bytes())
        altered[40] ^= 1
        sound.write_bytes(altered)
        self.configure(sound)
        self.assertIn("3.pack: A knowledge pack was altered after it was signed", self.refused())
        most = int(re.search(r"`pack_keys` \| (\d+)", LIMITS.read_text())[1])
        self.configure(self.pack("4", TODAY), keys=most + 1)
        self.assertIn(f"{most + 1} keys, {most} are the limit", self.refused())
        self.configure(self.work / "4.pack", keys=most)
        self.server.start()
        self.server.stop()
        self.configure(self.work / "nowhere.pack")
        self.assertIn("nowhere.pack: cannot be read", self.refused())

    def test_a_new_pack_is_reviewed_once_before_anybody_is_answered(self):
        self.configure(self.pack("1", TODAY))
        note = self.server.folder / "data" / "reviewed-with"
        self.server.start()
        self.server.stop()
        first = note.read_text()
        self.server.start()
        self.server.stop()
        self.assertEqual(self.server.log.read_text().count("pack.reviewed"), 1)
        self.restarted(self.pack("2", TODAY))
        self.assertNotEqual(note.read_text(), first)
        self.assertEqual(self.server.log.read_text().count("pack.reviewed"), 2)
        # The demo does not take the place of a signed pack unasked; a backup is made all the same.
        config = self.server.folder / "kari-server.toml"
        kept = config.read_text()
        config.write_text(kept.split("\n[pack]\n")[0])
        self.server.stop()
        for command in ("serve", "upgrade"):
            done = subprocess.run([SERVER, command, "--dir", self.server.folder],
                                  capture_output=True, text=True, timeout=60)
            self.assertIn("the configuration names none", done.stderr)
        self.configure(self.work / "nowhere.pack")
        self.server.run("backup", str(self.work / "without"))
        looked = subprocess.run([SERVER, "status", "--dir", self.server.folder],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(looked.returncode, 3, looked.stdout)
        self.assertIn("nowhere.pack", looked.stdout.replace("\n", ""))
        # A command beside a server that leans on another pack would find other things.
        config.write_text(kept)
        self.server.start()
        self.configure(self.pack("3", TODAY))
        bundle = self.work / "bundle.json"
        bundle.write_text(json.dumps({"resourceType": "Bundle", "type": "collection",
                                      "entry": []}))
        done = self.server.run("import", str(bundle), "--system", "urn:test", check=False)
        self.assertIn("restart it first", done.stderr)
        config.write_text(kept)
        # What a backup holds was reviewed by who knows which pack.
        copy = self.work / "copy"
        self.server.run("backup", str(copy))
        self.server.stop()
        self.server.run("restore", str(copy))
        self.assertFalse(note.exists())


if __name__ == "__main__":
    unittest.main()
