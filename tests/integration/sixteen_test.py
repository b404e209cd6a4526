#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sixteen tablets talk to one server at once: each is answered, nothing is lost, and the server
ends as it should. KARI_RACE_SECONDS=30 is for a server built with the thread sanitizer, which ends
with another status when it has seen a race."""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from wire_tablet import STORED, Server, Tablet, fields, one  # noqa: E402  (found by the line above)

TABLETS = 16
SHARED_RECORDS = 3
SECONDS = float(os.environ.get("KARI_RACE_SECONDS", "3"))


class SixteenTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-sixteen-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.server.run("add-nurse", "--unit", self.unit, "--name", "Nurse")
        self.server.start()
        self.addCleanup(self.server.stop)
        self.tablets = [self.enrolled(f"tablet-{n}") for n in range(TABLETS)]
        self.shared = [os.urandom(16) for _ in range(SHARED_RECORDS)]
        self.pushed = [set() for _ in range(TABLETS)]
        self.trouble = []

    def enrolled(self, name):
        tablet = Tablet(self.work, name)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        status, _, body = self.server.ask("/v1/enrol", tablet.enrolment(code))
        self.assertEqual(status, 200)
        tablet.keep(fields(body))
        return tablet

    def work_a_shift(self, number, until):
        tablet, own = self.tablets[number], os.urandom(16)
        turn = 0
        connection = self.server.connect(tablet)
        while time.monotonic() < until or turn < 2:
            if turn % 10 == 9:  # now and then the network is another
                connection.close()
                connection = self.server.connect(tablet)
            push = []
            for record in (own, self.shared[(number + turn) % SHARED_RECORDS]):
                changes = [tablet.change(record, str(turn % 90 + 1)) for _ in range(2)]
                push.append((record, [wire for wire, _ in changes]))
                self.pushed[number].update(identity.hex() for _, identity in changes)
            status, _, body = self.server.ask("/v1/exchange", tablet.request(push),
                                              connection=connection)
            fates = [one(fields(change), 4, 0) for part in fields(body).get(5, [])
                     for change in fields(part).get(2, [])] if status == 200 else []
            if fates != [STORED] * 4:
                raise AssertionError(f"turn {turn}: status {status}, fates {fates}")
            turn += 1
        connection.close()

    def shift(self, number, until):
        try:
            self.work_a_shift(number, until)
        except Exception as error:  # told by the main thread, which is the test
            self.trouble.append(f"tablet {number}: {error!r}")

    def test_all_are_answered_at_once_and_everything_is_there_afterwards(self):
        until = time.monotonic() + SECONDS
        threads = [threading.Thread(target=self.shift, args=(number, until))
                   for number in range(TABLETS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.trouble, [])
        self.assertEqual(self.server.stop(), 0, self.server.log.read_text()[-3000:])
        log = self.server.run("dump-log", "--all", check=False).stdout
        lines = [json.loads(line) for line in log.splitlines()]
        changes = [line for line in lines if "position" in line and "access" not in line]
        stored = {line["id"] for line in changes}
        wanted = set().union(*self.pushed)
        self.assertEqual(len(wanted & stored), len(wanted))
        places = {}
        for line in changes:
            places.setdefault(line["record"], []).append(line["position"])
        for record in self.shared:
            self.assertEqual(sorted(places[record.hex()]),
                             list(range(1, len(places[record.hex()]) + 1)))
        self.assertEqual(self.server.run("verify")["broken"], [])
        print(f"{len(wanted)} changes in {SECONDS:.0f} s")


if __name__ == "__main__":
    unittest.main()
