#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM while tablets push: each push is answered and stored, or cut and stored whole or not at
all. Never a part of one, and never an answer without the change."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from wire_tablet import (  # noqa: E402
    SERVER, STORED, Server, Tablet, fields, head_of, one, read_reply)

TABLETS = 6
CHANGES = 60
ROUNDS = 3


class Pusher(threading.Thread):
    """Pushes one record after the other over one connection until the server is gone."""

    def __init__(self, server, tablet):
        super().__init__()
        self.server, self.tablet = server, tablet
        self.connection = server.connect(tablet)
        self.sent = {}  # record: (ids, answered)
        self.answered = 0

    def run(self):
        while True:
            record = os.urandom(16)
            made = [self.tablet.change(record, str(60 + i)) for i in range(CHANGES)]
            body = self.tablet.request([(record, [wire for wire, _ in made])])
            self.sent[record] = ([identity.hex() for _, identity in made], False)
            try:
                self.connection.sendall(head_of("/v1/exchange", body) + body)
                status, _, reply = read_reply(self.connection)
            except OSError:
                return
            if status != 200:
                return
            push = fields(one(fields(reply), 5))
            fates = [one(fields(answer), 4, 0) for answer in push[2]]
            assert fates == [STORED] * CHANGES, fates
            self.sent[record] = (self.sent[record][0], True)
            self.answered += 1


class DrainTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-drain-"))
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.addCleanup(self.server.stop)

    def enrol(self, name):
        tablet = Tablet(self.work, name)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        tablet.keep(fields(self.server.ask("/v1/enrol", tablet.enrolment(code))[2]))
        return tablet

    def stored(self):
        log = subprocess.run([SERVER, "dump-log", "--all", "--dir", self.server.folder],
                             capture_output=True, text=True, check=True).stdout
        return {json.loads(line)["id"] for line in log.splitlines() if '"position"' in line}

    def test_every_push_under_way_is_stored_whole_or_not_and_none_is_answered_in_vain(self):
        answered = cut = whole = 0
        for turn in range(ROUNDS):
            self.server.start()
            pushers = [Pusher(self.server, self.enrol(f"tablet {turn} {i}"))
                       for i in range(TABLETS)]
            for pusher in pushers:
                pusher.start()
            deadline = time.monotonic() + 60
            while sum(pusher.answered for pusher in pushers) < TABLETS * 2:
                self.assertLess(time.monotonic(), deadline, "nobody is answered")
                time.sleep(0.005)
            began = time.monotonic()
            self.assertEqual(self.server.stop(), 0)
            self.assertLess(time.monotonic() - began, 20)
            stored = self.stored()
            for pusher in pushers:
                pusher.join()
                for ids, was_answered in pusher.sent.values():
                    here = sum(identity in stored for identity in ids)
                    self.assertIn(here, (0, CHANGES))
                    if was_answered:
                        self.assertEqual(here, CHANGES)
                    answered += was_answered
                    cut += not was_answered
                    whole += not was_answered and here == CHANGES
        print(f"{answered} pushes answered; {cut} cut, of which {whole} were stored whole")
        self.assertGreater(cut, 0)

    def test_a_push_that_is_arriving_is_still_answered_and_one_that_never_ends_is_cut(self):
        config = self.server.folder / "kari-server.toml"
        config.write_text(re.sub(r"(?m)^drain_seconds = \d+", "drain_seconds = 3",
                                 config.read_text()))
        self.server.start()
        arrives, stays = self.enrol("arrives"), self.enrol("stays")
        pushes = []
        for tablet in (arrives, stays):
            record = os.urandom(16)
            wire, identity = tablet.change(record)
            body = tablet.request([(record, [wire])])
            connection = self.server.connect(tablet)
            connection.sendall(head_of("/v1/exchange", body) + body[:-7])
            pushes.append((connection, body, identity.hex()))
        self.server.ask("/v1/health")  # by now the server has seen the beginnings
        self.server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 20
        while '"event":"draining"' not in self.server.log.read_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        connection, body, _ = pushes[0]
        connection.sendall(body[-7:])
        status, headers, _ = read_reply(connection)
        self.assertEqual((status, headers.get("connection")), (200, "close"))
        self.assertEqual(self.server.stop(), 0)
        stored = self.stored()
        self.assertIn(pushes[0][2], stored)
        self.assertNotIn(pushes[1][2], stored)
        for connection, _, _ in pushes:
            connection.close()


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
