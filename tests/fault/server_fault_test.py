#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server whose disk is full, and one that is killed: what it acknowledged is there afterwards,
what it refused may be sent again, and nothing is half-written."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import (  # noqa: E402
    SERVER, STORAGE_FULL, STORED, Server, Tablet, error_of, fields, one, set_reserve)

DISK = os.environ.get("KARI_SMALL_DISK")  # set inside: where the small disk is mounted


def admitted(server, folder, unit, name="tablet"):
    tablet = Tablet(folder, name)
    code = server.run("invite", "--unit", unit)["code"]
    status, _, body = server.ask("/v1/enrol", tablet.enrolment(code))
    assert status == 200, status
    tablet.keep(fields(body))
    return tablet


def log_of(server, record):
    done = server.run("dump-log", "--record", record.hex(), check=False)
    if done.returncode != 0:
        if "not_found" in done.stderr:  # nothing of the record ever came
            return []
        raise AssertionError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def told_stored(reply):
    return reply[0] == 200 and one(fields(one(fields(one(fields(reply[2]), 5)), 2)), 4) == STORED


class KillTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-kill-"))
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.server.start()

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def test_a_server_killed_while_many_push_has_all_that_it_acknowledged(self):
        acknowledged, under_way = [], threading.Semaphore(0)
        tablets = [admitted(self.server, self.work, self.unit, f"t{i}") for i in range(8)]

        def push_for_ever(tablet):
            record = os.urandom(16)
            try:
                connection = self.server.connect(tablet)
                while True:
                    wires = [tablet.change(record, str(i)) for i in range(5)]
                    body = tablet.request([(record, [wire for wire, _ in wires])])
                    reply = self.server.ask("/v1/exchange", body, connection=connection)
                    if not told_stored(reply):
                        return
                    acknowledged.extend((record, identity.hex()) for _, identity in wires)
                    under_way.release()
            except OSError:
                return

        threads = [threading.Thread(target=push_for_ever, args=(tablet,)) for tablet in tablets]
        for thread in threads:
            thread.start()
        for _ in range(60):
            self.assertTrue(under_way.acquire(timeout=60))
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait(30)
        self.server.process.stdout.close()
        self.server.process = None
        for thread in threads:
            thread.join(60)
        self.server.start()
        self.assertGreaterEqual(len(acknowledged), 300)
        here = {line["id"] for record in {record for record, _ in acknowledged}
                for line in log_of(self.server, record) if "position" in line}
        self.assertEqual({identity for _, identity in acknowledged} - here, set())
        self.assertEqual(self.server.run("verify")["broken"], [])


class SmallDiskTest(unittest.TestCase):
    def test_a_full_disk_is_told_as_retry_later_and_nothing_is_lost_or_half_written(self):
        inside = ('mount -t tmpfs -o size=10m kari "$KARI_SMALL_DISK" && '
                  'exec "$@"')
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
    def test_refused_while_full_and_taken_when_there_is_room(self):
        disk = pathlib.Path(DISK)
        ballast = disk / "ballast"
        ballast.write_bytes(b"b" * 5_000_000)
        with tempfile.TemporaryDirectory(prefix="kari-keys-") as folder:
            server = Server(disk / "server")
            server.log = pathlib.Path(folder) / "log"
            server.run("init", "--port", "0")
            set_reserve(server, 0)  # until nothing is left
            unit = server.run("add-unit", "--name", "Nord")["unit"]
            server.start()
            tablet = admitted(server, pathlib.Path(folder), unit)
            record = os.urandom(16)
            stored, refused = [], None
            for _ in range(100):
                wire, identity = tablet.change(record, "7" * 200_000)
                body = tablet.request([(record, [wire])])
                reply = server.ask("/v1/exchange", body, tablet)
                if not told_stored(reply):
                    refused = (body, reply, identity)
                    break
                stored.append(identity.hex())
            self.assertIsNotNone(refused, "the disk is not small")
            body, reply, identity = refused
            self.assertEqual((reply[0], error_of(reply)), (503, STORAGE_FULL))
            self.assertIn("retry-after", reply[1])
            self.assertEqual(server.ask("/v1/health")[0], 200)
            again = server.ask("/v1/exchange", body, tablet)
            self.assertEqual((again[0], error_of(again)), (503, STORAGE_FULL))
            done = server.run("backup", str(disk / "copy"), check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("storage_full", done.stderr)
            self.assertIn("Make room", done.stderr)
            self.assertFalse(list((disk / "copy").glob("*")))
            ballast.unlink()
            self.assertTrue(told_stored(server.ask("/v1/exchange", body, tablet)))
            ids = [line["id"] for line in log_of(server, record)
                   if "position" in line and bytes.fromhex(line["id"]) is not None]
            for each in stored + [identity.hex()]:
                self.assertEqual(ids.count(each), 1)
            self.assertEqual(server.run("verify")["broken"], [])
            self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    if not DISK:
        del Inside  # SmallDiskTest runs it, inside
    unittest.main(verbosity=2)
