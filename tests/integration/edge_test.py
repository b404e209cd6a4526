#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The edge of the server: malformed, oversized, slow, truncated and replayed input for every route.
Each is refused by name, changes nothing that is stored, and leaves the server alive without an open
connection. All of it carries a mark that may be in no log."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import (  # noqa: E402
    CODE_REFUSED, DEVICE_UNKNOWN, EXISTS, INVALID, MALFORMED, MARK, NOT_FOUND, SERVER, STORED,
    TOO_LARGE, Server, Tablet, chunk, error_of, fields, head_of, number, one, read_reply,
    standing, what_is_stored)

POSTS = ("/v1/enrol", "/v1/renew", "/v1/nurse", "/v1/exchange")
GETS = ("/v1/health", f"/fhir/Patient/{MARK}/$everything")
# What the server waits for, in seconds; the tests wait for its word in the log, not for a time.
WAITS = {"handshake_seconds": 1, "idle_seconds": 1, "read_seconds": 1, "write_seconds": 1}


class EdgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-edge-"))
        cls.server = Server(cls.work / "server")
        cls.server.run("init", "--port", "0")
        config = cls.server.folder / "kari-server.toml"
        text = config.read_text()
        for key, value in WAITS.items():
            text, done = re.subn(rf"(?m)^{key} = \d+", f"{key} = {value}", text)
            assert done == 1, key
        config.write_text(text)
        cls.unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        cls.server.start()
        cls.tablet = Tablet(cls.work, "first")
        code = cls.server.run("invite", "--unit", cls.unit)["code"]
        cls.enrolment = cls.tablet.enrolment(code)
        status, _, body = cls.server.ask("/v1/enrol", cls.enrolment)
        assert status == 200, status
        cls.tablet.keep(fields(body))
        cls.record = os.urandom(16)
        cls.push = cls.tablet.request([(cls.record, [cls.tablet.change(cls.record, MARK)[0]])])
        assert cls.server.ask("/v1/exchange", cls.push, cls.tablet)[0] == 200

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def setUp(self):
        self.before = self.stored()
        self.log_from = self.server.log.stat().st_size

    def tearDown(self):
        """After each: alive, nothing changed, nothing open, nothing told."""
        if self.before is not None:
            self.assertEqual(self.stored(), self.before)
        self.assertEqual(self.server.ask("/v1/health")[0], 200)
        self.wait_for(lambda lines: [line for line in lines if line.get("event") == "connection"]
                      and self.ends()[-1]["open"] == 0)
        log = self.server.log.read_bytes()
        for secret in (MARK.encode(), self.record.hex().encode(), b"connection.failed",
                       b"request.failed"):
            self.assertNotIn(secret, log)

    def stored(self):
        """Everything that the operator's commands show of what is stored."""
        status = standing(self.server.run("status"))
        status.pop("access_entries")  # looking is logged
        status.pop("quarantined")  # what is refused may be kept there
        log = what_is_stored(self.server.folder)
        return json.dumps(status, sort_keys=True), hashlib.sha256(log).hexdigest()

    def lines(self):
        with open(self.server.log, "rb") as log:
            log.seek(self.log_from)
            return [json.loads(line)["log"] for line in log.read().splitlines()]

    def ends(self):
        return [line for line in self.lines() if line.get("event") == "connection"]

    def wait_for(self, seen):
        for _ in range(1200):
            if seen(self.lines()):
                return
            time.sleep(0.05)
        self.fail(f"the log does not say it: {self.lines()[-3:]}")

    def ended(self, how):
        self.wait_for(lambda _: any(end["end"] == how for end in self.ends()))

    def tablet_for(self, target):
        return None if target in ("/v1/enrol", "/v1/health") else self.tablet

    def test_what_is_no_message_is_refused_as_malformed_on_every_route(self):
        for target in POSTS:
            for body in (b"\xff\xff\xff", chunk(1, MARK) + b"\x0a\xff\xff\xff\xff\x0f",
                         b"\x0b", b"\x0a\x7fshort"):
                reply = self.server.ask(target, body, self.tablet_for(target))
                self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED), (target, body))
        for target, body, wanted in (
                ("/v1/enrol", b"", (403, CODE_REFUSED)),
                ("/v1/enrol", chunk(1, "kari1-" + "0" * 32), (400, MALFORMED)),
                ("/v1/renew", b"", (400, MALFORMED)),
                ("/v1/renew", chunk(1, b"i" * 16) + chunk(2, MARK) + chunk(3, MARK),
                 (400, MALFORMED)),
                ("/v1/exchange", number(1, 1), (400, MALFORMED))):
            reply = self.server.ask(target, body, self.tablet_for(target))
            self.assertEqual((reply[0], error_of(reply)), wanted, (target, body))

    def test_wrong_methods_types_and_packings_are_told_apart_on_every_route(self):
        for target in POSTS:
            tablet = self.tablet_for(target)
            for headers, body in ((["Content-Encoding: gzip"], b"x"),):
                reply = self.server.ask(target, body, tablet, headers)
                self.assertEqual((reply[0], error_of(reply)), (400, INVALID), target)
            self.assertEqual(self.server.ask(target, tablet=tablet)[0], 405, target)
            reply = self.server.ask(target, b"x", tablet, ["Content-Encoding: zstd"])
            self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED), target)
        for target in GETS:
            self.assertEqual(self.server.ask(target, b"", self.tablet)[0], 405, target)
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            self.assertEqual(self.server.ask("/v1/health", method=method)[0], 405)
        reply = self.server.ask(f"/v1/{MARK}", MARK.encode())
        self.assertEqual(reply[0], 413)  # a body where none is taken
        self.assertEqual(self.server.ask(f"/v1/{MARK}?{MARK}={MARK}")[0], 404)
        reply = self.server.ask(GETS[1], tablet=self.tablet)
        self.assertEqual((reply[0], error_of(reply)), (404, NOT_FOUND))
        self.assertNotIn(MARK.encode(), reply[2])

    def test_a_reply_to_head_does_not_run_into_the_next(self):
        connection = self.server.connect()
        connection.sendall(head_of("/v1/health", method="HEAD"))
        self.assertEqual(read_reply(connection)[1].get("connection"), "close")
        connection.close()

    def test_bytes_that_are_no_http_are_refused(self):
        for head in (b"\x00\x01\x02 nonsense\r\n\r\n", b"GET /v1/health HTTP/9.9\r\n\r\n",
                     b"GET /v1/health HTTP/1.1\r\nHost\r\n\r\n",
                     b"POST /v1/enrol HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                     b"POST /v1/enrol HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                     b"POST /v1/enrol HTTP/1.1\r\nContent-Length: 1\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                     b"POST /v1/enrol HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            connection = self.server.connect()
            connection.sendall(head)
            reply = read_reply(connection)
            self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED), head)
            connection.close()

    def test_an_oversized_body_is_refused_before_it_is_sent_on_every_route(self):
        for target in POSTS + GETS:
            method = "POST" if target in POSTS else "GET"
            connection = self.server.connect(self.tablet_for(target))
            connection.sendall((f"{method} {target} HTTP/1.1\r\nContent-Type: "
                                f"application/x-protobuf\r\nContent-Length: 99999999\r\n\r\n")
                               .encode())
            reply = read_reply(connection)
            self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE), target)
            connection.close()

    def test_an_oversized_body_without_length_is_cut_on_every_route(self):
        part = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        for target in POSTS + GETS:
            method = "POST" if target in POSTS else "GET"
            connection = self.server.connect(self.tablet_for(target))
            connection.sendall((f"{method} {target} HTTP/1.1\r\nContent-Type: "
                                f"application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n")
                               .encode())
            sent = 0
            try:
                while sent < 400:  # 26 MB: far more than sockets hold back
                    connection.sendall(part)
                    sent += 1
            except OSError:
                pass
            connection.close()
            self.assertLess(sent, 400, target)

    def test_a_slow_request_is_cut_on_every_route(self):
        for target in POSTS + GETS:
            whole = head_of(target, self.push if target in POSTS else None)
            for part in (whole[:10], whole[:-2], whole + self.push[:20]):
                if target in GETS and part is not whole[:10] and part != whole[:-2]:
                    continue
                before = sum(end["end"] == "slow request" for end in self.ends())
                connection = self.server.connect(self.tablet_for(target))
                connection.sendall(part)
                self.assertEqual(self.drained(connection), b"", target)
                connection.close()
                self.wait_for(lambda _, wanted=before + 1: sum(
                    end["end"] == "slow request" for end in self.ends()) >= wanted)

    def drained(self, connection):
        """What comes until the server closes; a trickle of header bytes does not keep it."""
        got = b""
        try:
            while part := connection.recv(65536):
                got += part
        except OSError:
            pass
        return got

    def test_a_trickle_does_not_renew_the_time_for_a_request(self):
        for target in POSTS + GETS:
            connection = self.server.connect(self.tablet_for(target))
            connection.sendall(f"GET {target} HTTP/1.1\r\n".encode())
            connection.settimeout(0.1)
            for number_of in range(600):  # a minute, against one second
                try:
                    connection.sendall(f"X-{number_of}: {MARK}\r\n".encode()[:5])
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    continue
                except OSError:
                    break
            else:
                self.fail(f"{target} waits for ever")
            connection.close()
        self.ended("slow request")

    def test_a_silent_peer_is_closed_before_and_after_the_handshake(self):
        raw = socket.create_connection(("127.0.0.1", self.server.port))
        self.ended("slow handshake")  # handshake_seconds
        half = socket.create_connection(("127.0.0.1", self.server.port))
        half.sendall(b"\x16\x03\x01\x02\x00\x01\x00")  # the beginning of a TLS record
        self.wait_for(lambda _: sum(e["end"] == "slow handshake" for e in self.ends()) >= 2)
        idle = self.server.connect(self.tablet)  # idle_seconds
        nobody = self.server.connect()
        self.wait_for(lambda _: sum(e["end"] == "idle" for e in self.ends()) >= 2)
        for connection in (raw, half, idle, nobody):
            connection.close()

    def test_a_peer_that_does_not_read_its_reply_is_closed(self):
        self.before = None
        for _ in range(4):
            record = os.urandom(16)
            wire = self.tablet.change(record, "7" * 900_000)[0]
            self.assertEqual(self.server.ask(
                "/v1/exchange", self.tablet.request([(record, [wire])]), self.tablet)[0], 200)
        body = self.tablet.request() + number(11, 4 << 20)
        connection = self.server.connect(self.tablet, receive_bytes=4096)
        # Replies of 22 MB: more than what the sockets between them hold.
        connection.sendall((head_of("/v1/exchange", body) + body) * 8)
        self.ended("slow reader")  # write_seconds
        connection.close()

    def test_a_request_cut_short_changes_nothing_on_any_route(self):
        record = os.urandom(16)
        body = self.tablet.request([(record, [self.tablet.change(record, MARK)[0]])])
        for target in POSTS:
            for cut in (1, len(body) // 2, len(body) - 1):
                connection = self.server.connect(self.tablet_for(target))
                connection.sendall(head_of(target, body) + body[:cut])
                connection.close()
        for target in POSTS + GETS:
            connection = self.server.connect(self.tablet_for(target))
            connection.sendall(head_of(target, body if target in POSTS else None)[:-2])
            os.write(connection.fileno(), b"\x17\x03\x03\x40\x00" + MARK.encode())
            connection.close()  # half a TLS record
            connection = self.server.connect(self.tablet_for(target))
            connection.sendall(head_of(target)[:12])
            os.write(connection.fileno(), b"no TLS record at all" * 10)
            connection.close()

    def test_the_same_bytes_again_change_nothing_on_any_route(self):
        reply = self.server.ask("/v1/enrol", self.enrolment)
        self.assertEqual((reply[0], error_of(reply)), (409, EXISTS))
        renewal = chunk(1, self.tablet.incarnation) + chunk(2, self.tablet.csr("signing")) + chunk(
            3, self.tablet.csr("tls"))
        for _ in range(2):
            reply = self.server.ask("/v1/renew", renewal, self.tablet)
            self.assertEqual(reply[0], 200)
            self.assertEqual(one(fields(reply[2]), 6).hex(), self.tablet.device)
        for _ in range(2):
            reply = self.server.ask("/v1/exchange", self.push, self.tablet)
            change = fields(one(fields(one(fields(reply[2]), 5)), 2))
            self.assertEqual((reply[0], one(change, 4)), (200, STORED))
        for target in GETS:
            replies = {self.server.ask(target, tablet=self.tablet)[2] for _ in range(2)}
            self.assertEqual(len(replies), 1)

    def test_somebody_elses_request_is_worth_nothing_without_the_key(self):
        for tablet in (None,):
            for target, body in (("/v1/exchange", self.push), ("/v1/renew", b"")):
                reply = self.server.ask(target, body, tablet)
                self.assertEqual((reply[0], error_of(reply)), (401, DEVICE_UNKNOWN), target)
        reply = self.server.ask(GETS[1])
        self.assertEqual((reply[0], error_of(reply)), (401, DEVICE_UNKNOWN))


class DrainTest(unittest.TestCase):
    def test_a_request_that_never_ends_does_not_keep_a_server_that_is_to_stop(self):
        work = pathlib.Path(tempfile.mkdtemp(prefix="kari-drain-"))
        server = Server(work / "server")
        server.run("init", "--port", "0")
        config = server.folder / "kari-server.toml"
        config.write_text(re.sub(r"(?m)^read_seconds = \d+", "read_seconds = 600", re.sub(
            r"(?m)^drain_seconds = \d+", "drain_seconds = 1", config.read_text())))
        server.start()
        connection = server.connect()
        connection.sendall(head_of("/v1/enrol", b"x" * 10) + b"x")
        server.ask("/v1/health")  # by now the server has seen the beginning
        self.assertEqual(server.stop(), 0)  # drain_seconds, not read_seconds
        connection.close()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
