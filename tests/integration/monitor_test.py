#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a monitor on the same machine is told: in the format that it reads, true, nothing of a
person, and to nobody else."""

import json
import os
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import (  # noqa: E402
    MARK, SERVER, Server, Tablet, fields, number, set_reserve)

SAMPLE = re.compile(r'^([a-z_]+?)(_bucket|_sum|_count)?(?:\{((?:[a-z]+="[^"\\\n]*",?)+)\})? '
                    r'(-?[0-9.e+-]+)$')


class MonitorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-monitor-"))
        cls.server = Server(cls.work / "server")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            cls.port = probe.getsockname()[1]
        cls.server.run("init", "--port", "0", "--metrics-port", str(cls.port))
        cls.unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        cls.server.run("add-nurse", "--unit", cls.unit, "--name", MARK)
        cls.server.start()
        cls.tablet = Tablet(cls.work, "first")
        code = cls.server.run("invite", "--unit", cls.unit)["code"]
        cls.tablet.keep(fields(cls.server.ask("/v1/enrol", cls.tablet.enrolment(code))[2]))

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def raw(self, data, address="127.0.0.1"):
        with socket.create_connection((address, self.port), timeout=30) as connection:
            connection.sendall(data)
            got = b""
            while part := connection.recv(65536):
                got += part
        return got

    def get(self, path):
        head, _, body = self.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).partition(
            b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    def samples(self):
        """{(name, suffix, labels): value}, as strictly as the format is written."""
        status, page = self.get("/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(page.endswith("\n"))
        found, family, types = {}, None, {}
        for line in page.splitlines():
            if line.startswith("# HELP "):
                family = line.split()[2]
                self.assertNotIn(family, types)
            elif line.startswith("# TYPE "):
                self.assertEqual(line.split()[2], family)
                types[family] = line.split()[3]
            else:
                match = SAMPLE.match(line)
                self.assertTrue(match, line)
                name, suffix, labels, value = match.groups()
                if types.get(family) != "histogram":
                    name, suffix = name + (suffix or ""), None
                self.assertEqual(name, family, line)
                self.assertNotIn((name, suffix, labels), found)
                found[name, suffix, labels] = float(value)
        self.assertTrue(set(types.values()) <= {"gauge", "counter", "histogram"})
        for name, kind in types.items():
            self.assertEqual(name.endswith("_total"), kind == "counter")
        return found

    def test_it_counts_what_happens(self):
        before = self.samples()
        record = os.urandom(16)
        wires = [self.tablet.change(record, MARK)[0] for _ in range(3)]
        body = self.tablet.request([(record, wires)]) + number(30, 5) + number(31, 60_000)
        for _ in range(2):
            self.assertEqual(self.server.ask("/v1/exchange", body, self.tablet)[0], 200)
        after = self.samples()

        def grown(name, labels=None, suffix=None):
            key = (name, suffix, labels)
            return after[key] - before.get(key, 0)
        self.assertEqual(grown("kari_changes_stored_total"), 3)
        self.assertEqual(grown("kari_changes_repeated_total"), 3)
        self.assertEqual(grown("kari_changes"), 3)
        self.assertEqual(grown("kari_requests_total", 'route="exchange",status="200"'), 2)
        self.assertEqual(grown("kari_request_seconds", 'route="exchange"', "_count"), 2)
        self.assertEqual(after["kari_unsent_changes", None, None], 2)
        self.assertGreaterEqual(after["kari_oldest_unsent_seconds", None, None], 60)
        self.assertEqual(after["kari_tablets", None, 'state="heard"'], 1)
        buckets = [value for (name, suffix, labels), value in after.items()
                   if suffix == "_bucket" and labels.startswith('route="exchange",')]
        self.assertEqual(buckets, sorted(buckets))
        self.assertEqual(buckets[-1],
                         after["kari_request_seconds", "_count", 'route="exchange"'])
        for severity in range(1, 5):
            self.assertIn(("kari_findings_open", None, f'severity="S{severity}"'), after)

    def test_it_says_nothing_of_a_person_or_a_record(self):
        record = os.urandom(16)
        wire = self.tablet.change(record, MARK)[0]
        self.server.ask("/v1/exchange", self.tablet.request([(record, [wire])]), self.tablet)
        self.server.ask(f"/fhir/Patient/{MARK}/$everything", tablet=self.tablet)
        self.server.ask(f"/{MARK}")
        for path in ("/metrics", "/health"):
            page = self.get(path)[1]
            for secret in (MARK, "Nord", record.hex(), self.tablet.device, self.unit):
                self.assertNotIn(secret, page)

    def test_health_says_what_status_says(self):
        status, body = self.get("/health")
        said, state = json.loads(body), self.server.run("status")
        self.assertEqual((status, said["state"]), (200, state["state"]))
        self.assertEqual(said["about"], [each["about"] for each in state["concerns"]])
        public = json.loads(self.server.ask("/v1/health")[2])
        self.assertEqual(public, {"status": "ok", "recovering": False, "takes_pushes": True})

    def test_a_full_disk_is_told(self):
        self.server.stop()
        try:
            set_reserve(self.server, 1024 * 1024)
            self.server.start()
            self.assertEqual(json.loads(self.get("/health")[1])["state"], "broken")
            self.assertEqual(self.samples()["kari_takes_pushes", None, None], 0)
            self.assertFalse(json.loads(self.server.ask("/v1/health")[2])["takes_pushes"])
        finally:
            self.server.stop()
            set_reserve(self.server, 512)
            self.server.start()

    def test_what_is_no_request_for_a_page_is_refused(self):
        for data, status in ((b"GET /nowhere HTTP/1.1\r\n\r\n", 404),
                             (b"POST /metrics HTTP/1.1\r\n\r\n", 405),
                             (b"nonsense\r\n\r\n", 400), (b"GET /metrics\r\n\r\n", 400),
                             (b"GET /metrics HTTP/1.1\r\nX: " + b"x" * 5000 + b"\r\n\r\n", 431)):
            self.assertEqual(int(self.raw(data).split()[1]), status, data[:30])
        self.assertEqual(self.get("/metrics")[0], 200)

    def test_nobody_else_can_ask(self):
        with self.assertRaises(OSError):
            self.raw(b"GET /metrics HTTP/1.1\r\n\r\n", "127.0.0.2")

    def test_a_silent_client_is_let_go(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as silent:
            silent.sendall(b"GET /met")
            self.assertEqual(self.get("/metrics")[0], 200)  # after the silent one's five seconds
            self.assertEqual(silent.recv(1), b"")

    def test_a_port_that_is_taken_is_named_at_the_start(self):
        other = Server(self.work / "other")
        other.run("init", "--port", "0", "--metrics-port", str(self.port))
        done = other.run("serve", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(self.port), done.stderr)


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
