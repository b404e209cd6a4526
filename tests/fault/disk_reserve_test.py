#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server whose disk is nearly full, on a real small disk: while less than the reserve
(disk_reserve_mib) is free it takes nothing that is pushed, says so everywhere, and goes on with
all else; when there is room it goes on by itself. Nothing is lost, and nothing comes twice."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import (  # noqa: E402
    SERVER, STORAGE_FULL, STORED, UNSPECIFIED, Server, Tablet, chunk, error_of, fields, number, one,
    set_reserve)

DISK = os.environ.get("KARI_SMALL_DISK")  # set inside: where the small disk is mounted
DISK_MIB, RESERVE_MIB = 32, 8
MIB = 1 << 20
OK, BROKEN, FAILED = 0, 3, 1
WHOLE = 2  # an attachment's fate: STORED


class SmallDiskTest(unittest.TestCase):
    def test_a_nearly_full_disk_stops_pushes_alone(self):
        inside = f'mount -t tmpfs -o size={DISK_MIB}m kari "$KARI_SMALL_DISK" && exec "$@"'
        with tempfile.TemporaryDirectory(prefix="kari-disk-") as folder:
            done = subprocess.run(
                ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside, "sh",
                 sys.executable, __file__, "Inside"],
                env=dict(os.environ, KARI_SMALL_DISK=folder), capture_output=True, text=True,
                timeout=300)
        if "unshare failed" in done.stderr or "mount:" in done.stderr:
            self.skipTest("a small disk cannot be mounted here")
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])


class Inside(unittest.TestCase):
    def setUp(self):
        self.disk = pathlib.Path(DISK)
        self.ballast = self.disk / "ballast"
        self.keys = tempfile.TemporaryDirectory(prefix="kari-keys-")
        self.server = Server(self.disk / "server")
        self.server.log = pathlib.Path(self.keys.name) / "log"
        self.server.run("init", "--port", "0")
        set_reserve(self.server, RESERVE_MIB)
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.server.start()

    def tearDown(self):
        self.server.stop()
        self.keys.cleanup()

    def enrolled(self, name):
        tablet = Tablet(pathlib.Path(self.keys.name), name)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        status, _, body = self.server.ask("/v1/enrol", tablet.enrolment(code))
        self.assertEqual(status, 200)
        tablet.keep(fields(body))
        return tablet

    def free(self):
        space = os.statvfs(self.disk)
        return space.f_bavail * space.f_frsize

    def leave_free(self, wanted):
        """As many bytes, to a page."""
        self.ballast.write_bytes(b"")
        with open(self.ballast, "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, self.free() - wanted)

    def push(self, tablet, record, wires):
        """(fate, error) of each."""
        status, _, body = self.server.ask("/v1/exchange", tablet.request([(record, wires)]), tablet)
        self.assertEqual(status, 200)
        reply = fields(body)
        answers = [fields(each) for each in fields(one(reply, 5))[2]]
        return reply, [(one(each, 4, 0), one(each, 6, 0)) for each in answers]

    def photo(self, tablet, record, sealed, ask):
        """(fate, error, sealed bytes) of an attachment of one chunk: offer, chunk or want."""
        name = chunk(1, chunk(1, record) + chunk(2, hashlib.sha256(sealed).digest()))
        asked = {"offer": chunk(3, name + number(2, len(sealed)) +
                                chunk(3, hashlib.sha256(sealed).digest())),
                 "chunk": chunk(4, name + chunk(3, sealed)), "want": chunk(5, name)}[ask]
        body = number(1, 1) + chunk(2, tablet.incarnation) + asked
        status, _, reply = self.server.ask("/v1/attachment", body, tablet)
        self.assertEqual(status, 200)
        reply = fields(reply)
        fate = one(reply, 3, b"\0")
        return fate if isinstance(fate, int) else fate[0], one(reply, 6, 0), one(reply, 5)

    def events(self, name):
        lines = [json.loads(line)["log"] for line in self.server.log.read_text().splitlines()]
        return [line for line in lines if line.get("event") == name]

    def test_only_what_is_pushed_waits_and_only_as_long_as_it_must(self):
        first, second = self.enrolled("first"), self.enrolled("second")
        record = os.urandom(16)
        early, early_id = first.change(record, "70")
        late, late_id = first.change(record, "71")
        self.leave_free(RESERVE_MIB * MIB + MIB)  # just above the reserve
        self.assertEqual(self.push(first, record, [early])[1], [(STORED, 0)])
        self.assertEqual(self.events("disk.nearly_full"), [])
        early_photo, late_photo = os.urandom(1000), os.urandom(1000)
        self.photo(first, record, early_photo, "offer")
        self.assertEqual(self.photo(first, record, early_photo, "chunk")[:2], (WHOLE, 0))

        self.leave_free(RESERVE_MIB * MIB - MIB // 2)  # just below
        for _ in range(2):
            self.assertEqual(self.push(first, record, [late])[1], [(UNSPECIFIED, STORAGE_FULL)])
        self.assertEqual(len(self.events("disk.nearly_full")), 1)
        # Reading goes on: what was stored before, also in the answer to a push.
        reply, _ = self.push(second, os.urandom(16), [second.change(os.urandom(16))[0]])
        deltas = {one(fields(each), 1): fields(each) for each in reply[6]}
        self.assertEqual(len(deltas[record][3]), 1)
        for ask in ("offer", "offer"):
            self.assertEqual(self.photo(first, record, late_photo, ask)[:2], (0, STORAGE_FULL))
        self.assertEqual(self.photo(first, record, early_photo, "want")[2], early_photo)
        # An operator's work goes on, and the state is said.
        status = self.server.run("status", check=False)
        self.assertEqual(status.returncode, BROKEN)
        said = json.loads(status.stdout)
        self.assertFalse(said["disk"]["takes_pushes"])
        self.assertEqual(said["concerns"][0]["about"], "disk")
        self.assertEqual(self.server.run("doctor", check=False).returncode, BROKEN)
        third = self.enrolled("third")
        self.server.run("revoke", "--device", third.device)
        refused = self.server.ask("/v1/exchange", third.request([(record, [early])]), third)
        self.assertEqual((refused[0], error_of(refused)), (503, STORAGE_FULL))
        self.assertIn("retry-after", refused[1])
        self.assertEqual(self.server.run("status")["quarantined"], 0)
        imported = self.disk / "bundle.json"
        imported.write_text('{"resourceType": "Patient", "id": "p1"}')
        done = self.server.run("import", str(imported), "--system", "urn:one", check=False)
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("storage_full", done.stderr)

        self.ballast.unlink()
        self.assertEqual(self.push(first, record, [late])[1], [(STORED, 0)])
        self.assertEqual(len(self.events("disk.has_room")), 1)
        self.photo(first, record, late_photo, "offer")
        self.assertEqual(self.photo(first, record, late_photo, "chunk")[:2], (WHOLE, 0))
        self.server.run("import", str(imported), "--system", "urn:one")
        log = subprocess.run([SERVER, "dump-log", "--record", record.hex(), "--dir",
                              self.server.folder], capture_output=True, text=True, check=True)
        ids = [json.loads(line)["id"] for line in log.stdout.splitlines()
               if "position" in json.loads(line)]
        for identity in (early_id, late_id):
            self.assertEqual(ids.count(identity.hex()), 1)
        self.assertEqual(self.server.run("verify")["broken"], [])


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    if not DISK:
        del Inside  # SmallDiskTest runs it, inside
    unittest.main(verbosity=2)
