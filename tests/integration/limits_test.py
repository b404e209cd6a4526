#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every row of docs/formats/limits.md: a request just within it is taken and one just beyond it is
refused as the row says. Rows that no request over TLS can reach name the test that reaches them."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from wire_tablet import (  # noqa: E402
    CODE_REFUSED, MALFORMED, QUARANTINED, SERVER, SERVER_BUSY, STORED, TOO_LARGE, TOO_MANY, Server,
    Tablet, chunk, error_of, fields, head_of, number, one, read_reply, zstd_frame)

PAGE = ROOT / "docs" / "formats" / "limits.md"
# Rows that are reached at the decoder, in the device or through a command: the file that does.
ELSEWHERE = {
    "push_bytes": "tests/unit/sync/session_test.cpp",
    "return_bytes": "tests/unit/sync/epoch_test.cpp",
    "seal_bytes": "tests/unit/server_exchange/abuse_test.cpp",
    "message_depth": "tests/unit/sync/limits_test.cpp",
    "enrol_reply_bytes": "tests/unit/transport/http_test.cpp",
    "reply_bytes": "tests/unit/sync/limits_test.cpp",
    "error_reply_bytes": "tests/unit/transport/http_test.cpp",
    "reply_records": "tests/unit/sync/limits_test.cpp",
    "reply_changes": "tests/unit/sync/limits_test.cpp",
    "reply_people": "tests/unit/sync/limits_test.cpp",
    "window_kinds": "tests/unit/sync/limits_test.cpp",
    "pack_reply_bytes": "tests/unit/device/pack_test.cpp",
    "pack_keys": "tests/unit/device/pack_test.cpp",
    "certificate_bytes": "tests/unit/sync/limits_test.cpp",
    "apply_changes": "tests/unit/sync/session_test.cpp",
    "attempts": "tests/unit/sync/network_test.cpp",
    "requests": "tests/unit/sync/lies_test.cpp",
    "backoff_first_ms": "tests/unit/sync/network_test.cpp",
    "backoff_most_ms": "tests/unit/sync/follow_test.cpp",
    "retry_after_most_ms": "tests/unit/sync/network_test.cpp",
    "complete_every_ms": "tests/unit/sync/session_test.cpp",
    "attachment_bytes": "tests/integration/attachments/attachments_test.cpp",
    "thumbnail_bytes": "tests/integration/attachments/attachments_test.cpp",
    "record_attachments": "tests/contract/storage/attachments_contract_test.cpp",
    "unnamed_attachments": "tests/contract/storage/attachments_contract_test.cpp",
    "unnamed_attachment_ms": "tests/contract/storage/attachments_contract_test.cpp",
    "wait_ms": "tests/unit/server_http/waiting_test.cpp",
    "wait_least_ms": "tests/unit/sync/follow_test.cpp",
    "gather_ms": "tests/unit/sync/follow_test.cpp",
    "poll_ms": "tests/unit/sync/follow_test.cpp",
    "waiting_of_four": "tests/integration/wait_test.py",
    "waits": "tests/integration/wait_test.py",
    "handshake_seconds": "tests/integration/edge_test.py",
    "idle_seconds": "tests/integration/edge_test.py",
    "read_seconds": "tests/integration/edge_test.py",
    "write_seconds": "tests/integration/edge_test.py",
    "drain_seconds": "tests/integration/edge_test.py",
    "disk_reserve_mib": "tests/fault/disk_reserve_test.py",
    "quarantine_entries": "tests/contract/storage/directory_contract_test.cpp",
    "quarantine_bytes": "tests/contract/storage/directory_contract_test.cpp",
    "incarnations": "tests/unit/server_identity/identity_test.cpp",
    "caseload": "tests/unit/server_exchange/abuse_test.cpp",
    "name_bytes": "tests/integration/operator_test.py",
}
# Rows that nothing can reach beyond, and why.
UNREACHABLE = {
    "apply_bytes": "ends a transaction early; a part of it is applied all the same",
}


def rows():
    """{name: figure} of the page."""
    found = re.findall(r"^\| `(\w+)` \| ([\d,]+)", PAGE.read_text(), re.MULTILINE)
    return {name: int(figure.replace(",", "")) for name, figure in found}


class LimitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.at = rows()
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-limits-"))
        cls.server = Server(cls.work / "server")
        cls.server.run("init", "--port", "0")
        config = cls.server.folder / "kari-server.toml"
        text = config.read_text()
        for key, value in (("connections", 12), ("connections_per_address", 6)):
            text = re.sub(rf"(?m)^{key} = \d+", f"{key} = {value}", text)
        config.write_text(text)
        cls.unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        cls.server.start()
        cls.tablets = 0

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    def setUp(self):
        type(self).tablets += 1
        self.tablet = Tablet(self.work, f"tablet {self.tablets}")
        status, _, body = self.server.ask("/v1/enrol", self.tablet.enrolment(self.code()))
        self.assertEqual(status, 200)
        self.tablet.keep(fields(body))

    def code(self):
        return self.server.run("invite", "--unit", self.unit)["code"]

    def ask(self, body, headers=()):
        return self.server.ask("/v1/exchange", body, self.tablet, headers)

    def both(self, make, most, beyond=(400, TOO_MANY)):
        """make(n) is a request of n of them."""
        self.assertEqual(self.ask(make(most))[0], 200)
        reply = self.ask(make(most + 1))
        self.assertEqual((reply[0], error_of(reply)), beyond)

    def fate(self, record, wire):
        reply = self.ask(self.tablet.request([(record, [wire])]))
        self.assertEqual(reply[0], 200)
        change = fields(one(fields(one(fields(reply[2]), 5)), 2))
        return one(change, 4, 0), one(change, 6, 0)

    def test_every_row_of_the_page_has_a_test(self):
        here = {name.removeprefix("test_row_") for name in dir(self) if name.startswith("test_row")}
        self.assertEqual(here | set(ELSEWHERE) | set(UNREACHABLE), set(self.at))
        self.assertFalse(here & set(ELSEWHERE))
        for name, path in ELSEWHERE.items():
            self.assertIn(name, (ROOT / path).read_text(), f"{path} says nothing of {name}")

    def test_the_page_is_what_the_server_prints(self):
        printed = subprocess.run([SERVER, "limits"], capture_output=True, text=True, check=True)
        self.assertEqual(PAGE.read_text(), printed.stdout)

    def test_row_request_bytes(self):
        request = self.tablet.request()

        def padded(size):
            overhead = len(chunk(99, b"x" * size)) - size
            return request + chunk(99, b"x" * (size - len(request) - overhead))
        self.both(padded, self.at["request_bytes"], (413, TOO_LARGE))
        packed = zstd_frame(b"x", self.at["request_bytes"])
        reply = self.ask(packed, ["Content-Encoding: zstd"])
        self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE))

    def test_row_issue_page(self):
        def page(number):
            """The findings of a citizen with so many allergies that no drug can be held against."""
            lines = [{"resourceType": "Patient", "id": f"p{number}"}]
            lines += [{"resourceType": "AllergyIntolerance", "id": f"p{number}-{i}",
                       "patient": {"reference": f"Patient/p{number}"},
                       "code": {"text": f"Remedy {i}"}} for i in range(number)]
            path = self.work / f"{number}.ndjson"
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
            record = self.server.run("import", str(path), "--system", "urn:page")["records"]
            record = record[f"p{number}"]
            self.server.run("assign", "--unit", self.unit, "--record", record)
            status, _, body = self.server.ask(f"/fhir/DetectedIssue?patient={record}",
                                              tablet=self.tablet)
            self.assertEqual(status, 200)
            return json.loads(body)
        most = self.at["issue_page"]
        self.assertEqual(len(page(most)["entry"]), most)
        self.assertNotIn("link", page(most))
        beyond = page(most + 1)
        self.assertEqual((beyond["total"], len(beyond["entry"])), (most + 1, most))
        status, _, rest = self.server.ask("/fhir/" + beyond["link"][0]["url"], tablet=self.tablet)
        self.assertEqual((status, len(json.loads(rest)["entry"])), (200, 1))

    def test_row_holdings(self):
        self.both(lambda n: self.tablet.request(
            holding=b"".join(chunk(8, chunk(1, os.urandom(16))) for _ in range(n))),
            self.at["holdings"])

    def test_row_pushed_records(self):
        self.both(lambda n: self.tablet.request([(os.urandom(16), []) for _ in range(n)]),
                  self.at["pushed_records"])

    def test_row_push_changes(self):
        record = os.urandom(16)
        wires = [self.tablet.change(record, str(i))[0]
                 for i in range(self.at["push_changes"] + 1)]
        self.both(lambda n: self.tablet.request([(record, wires[:n])]), self.at["push_changes"])
        both = chunk(9, chunk(1, record) + chunk(2, wires[0]) +
                     chunk(3, chunk(1, b"entry")) * self.at["push_changes"])
        reply = self.ask(self.tablet.request() + both)  # entries count with the changes
        self.assertEqual((reply[0], error_of(reply)), (400, TOO_MANY))

    def test_row_push_seals(self):
        record = os.urandom(16)
        wire = self.tablet.change(record)[0]
        self.both(lambda n: self.tablet.request() + chunk(
            9, chunk(1, record) + chunk(2, wire) + chunk(4, b"") * n), self.at["push_seals"])

    def test_row_returned_records(self):
        self.both(lambda n: self.tablet.request(
            give_back=b"".join(chunk(10, chunk(1, os.urandom(16))) for _ in range(n))),
            self.at["returned_records"])

    def test_row_return_changes(self):
        self.both(lambda n: self.tablet.request(give_back=chunk(10, chunk(1, b"r" * 16) + b"".join(
            chunk(2, chunk(1, b"h") + number(4, i + 1)) for i in range(n)))),
            self.at["return_changes"])

    def test_row_return_ids(self):
        self.both(lambda n: self.tablet.request(give_back=chunk(10, chunk(1, b"r" * 16) + b"".join(
            chunk(2, number(4, i + 1) + chunk(5, b"i" * 32)) for i in range(n)))),
            self.at["return_ids"])

    def test_row_return_receipts(self):
        self.both(lambda n: self.tablet.request(give_back=chunk(
            10, chunk(1, b"r" * 16) + chunk(3, b"") * (n - 1) + chunk(4, b""))),
            self.at["return_receipts"])

    def test_row_return_seals(self):
        self.both(lambda n: self.tablet.request(give_back=chunk(
            10, chunk(1, b"r" * 16) + chunk(5, b"") * n)), self.at["return_seals"])

    def test_row_certificates(self):
        self.both(lambda n: self.tablet.request() + b"".join(
            chunk(15, os.urandom(16)) for _ in range(n)), self.at["certificates"])

    def test_row_return_pairs(self):
        self.both(lambda n: self.tablet.request(give_back=chunk(
            10, chunk(1, b"r" * 16) + chunk(4, chunk(3, b"") * n))), self.at["return_pairs"])

    def test_row_message_fields(self):
        request = self.tablet.request()
        count = sum(map(len, fields(request).values()))
        self.both(lambda n: request + number(7, 1) * (n - count), self.at["message_fields"])

    def attach(self, asks):
        return self.server.ask("/v1/attachment",
                               number(1, 1) + chunk(2, self.tablet.incarnation) + asks,
                               self.tablet)

    def test_row_attachment_names(self):
        name = chunk(1, chunk(1, b"r" * 16) + chunk(2, b"i" * 32))
        most = self.at["attachment_names"]
        self.assertEqual(self.attach(chunk(6, name * most))[0], 200)
        reply = self.attach(chunk(6, name * (most + 1)))
        self.assertEqual((reply[0], error_of(reply)), (400, TOO_MANY))

    def test_row_chunk_bytes(self):
        record = os.urandom(16)
        self.assertEqual(self.fate(record, self.tablet.change(record)[0])[0], STORED)
        size = self.at["chunk_bytes"]
        parts = [b"a" * size, b"b" * 100]
        name = chunk(1, chunk(1, record) +
                     chunk(2, hashlib.sha256(b"".join(parts)).digest()))
        digests = b"".join(hashlib.sha256(part).digest() for part in parts)
        offer = chunk(3, name + number(2, size + 100) + chunk(3, digests))
        self.assertEqual(self.attach(offer)[0], 200)
        reply = self.attach(chunk(4, name + chunk(3, parts[0] + b"a")))
        self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED))
        self.assertEqual(self.attach(chunk(4, name + chunk(3, parts[0])))[0], 200)
        reply = self.attach(chunk(4, name + number(2, 1) + chunk(3, parts[1])))
        self.assertEqual(one(fields(reply[2]), 3), bytes([2]))  # packed: STORED
        reply = self.attach(chunk(5, name))
        self.assertEqual(one(fields(reply[2]), 5), parts[0])

    def test_row_transfer_bytes(self):
        most = self.at["transfer_bytes"]
        asks = chunk(6, b"")
        used = len(number(1, 1) + chunk(2, self.tablet.incarnation) + asks)

        def padded(size):
            overhead = len(chunk(99, b"x" * size)) - size
            return asks + chunk(99, b"x" * (size - used - overhead))
        self.assertEqual(self.attach(padded(most))[0], 200)
        reply = self.attach(padded(most + 1))
        self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE))

    def test_row_body_bytes(self):
        text = self.at["body_bytes"] - 100
        while True:
            record = os.urandom(16)
            wire = self.tablet.change(record, "7" * text)[0]
            size = len(one(fields(wire), 3))
            if size == self.at["body_bytes"]:
                break
            text += self.at["body_bytes"] - size
        self.assertEqual(self.fate(record, wire)[0], STORED)
        record = os.urandom(16)
        wire = self.tablet.change(record, "7" * (text + 1))[0]
        self.assertEqual(self.fate(record, wire), (QUARANTINED, TOO_LARGE))

    def header_of(self, size):
        zone = size - 400
        while True:
            record = os.urandom(16)
            wire = self.tablet.change(record, zone="z" * zone)[0]
            if len(one(fields(wire), 1)) == size:
                return record, wire
            zone += size - len(one(fields(wire), 1))

    def test_row_header_bytes(self):
        self.assertEqual(self.fate(*self.header_of(self.at["header_bytes"]))[0], STORED)
        self.assertEqual(self.fate(*self.header_of(self.at["header_bytes"] + 1)),
                         (QUARANTINED, TOO_LARGE))

    def test_row_parents(self):
        def with_parents(count):
            record = os.urandom(16)
            ids = sorted(os.urandom(32) for _ in range(count))
            return record, self.tablet.change(record, parents=ids)[0]
        self.assertEqual(self.fate(*with_parents(self.at["parents"]))[0], STORED)
        self.assertEqual(self.fate(*with_parents(self.at["parents"] + 1)),
                         (QUARANTINED, MALFORMED))

    def test_row_access_entry_bytes(self):
        record = os.urandom(16)
        wire = self.tablet.change(record)[0]

        def answer(size):
            entry = self.tablet.access(record)
            overhead = len(chunk(99, b"x" * size)) - size
            entry += chunk(99, b"x" * (size - len(entry) - overhead))
            self.assertEqual(len(entry), size)
            body = self.tablet.request() + chunk(
                9, chunk(1, record) + chunk(2, wire) + chunk(3, chunk(1, entry)))
            push = fields(one(fields(self.ask(body)[2]), 5))
            told = fields(one(push, 3))
            return one(told, 4, 0), one(told, 6, 0)
        self.assertEqual(answer(self.at["access_entry_bytes"])[0], STORED)
        self.assertEqual(answer(self.at["access_entry_bytes"] + 1), (QUARANTINED, TOO_LARGE))

    def enrol(self, body, **how):
        reply = self.server.ask("/v1/enrol", body, **how)
        return reply[0], error_of(reply) if reply[0] != 200 else 0

    def test_row_enrol_bytes(self):
        plain = Tablet(self.work, "large").enrolment(self.code())

        def padded(size):
            overhead = len(chunk(99, b"x" * size)) - size
            return plain + chunk(99, b"x" * (size - len(plain) - overhead))
        self.assertEqual(self.enrol(padded(self.at["enrol_bytes"] + 1)), (413, TOO_LARGE))
        self.assertEqual(self.enrol(padded(self.at["enrol_bytes"]))[0], 200)

    def test_row_nurse_bytes(self):
        def shown(size):
            plain = number(1, 1) + chunk(2, os.urandom(16)) + chunk(3, "nurse1-")
            room = size - len(plain) - (len(chunk(99, b"x" * size)) - size)
            reply = self.server.ask("/v1/nurse", plain + chunk(99, b"x" * room), self.tablet)
            return reply[0], error_of(reply)
        self.assertEqual(shown(self.at["nurse_bytes"]), (403, CODE_REFUSED))  # read
        self.assertEqual(shown(self.at["nurse_bytes"] + 1), (413, TOO_LARGE))

    def test_row_csr_bytes(self):
        def asked(size):
            return self.enrol(chunk(1, self.code()) + chunk(2, os.urandom(16)) +
                              chunk(3, b"c" * size) + chunk(4, b"c"))
        self.assertEqual(asked(self.at["csr_bytes"]), (400, MALFORMED))  # read, and no request
        self.assertEqual(asked(self.at["csr_bytes"] + 1), (413, TOO_LARGE))

    def test_row_code_bytes(self):
        tablet, code = Tablet(self.work, "long code"), self.code()
        long = code + "-" * (self.at["code_bytes"] - len(code))
        self.assertEqual(self.enrol(tablet.enrolment(long + "-")), (403, CODE_REFUSED))
        self.assertEqual(self.enrol(tablet.enrolment(long))[0], 200)

    def test_row_text_bytes(self):
        tablet, code = Tablet(self.work, "long name"), self.code()
        name = b"n" * self.at["text_bytes"]
        self.assertEqual(self.enrol(tablet.enrolment(code) + chunk(5, name + b"n")),
                         (413, TOO_LARGE))
        self.assertEqual(self.enrol(tablet.enrolment(code) + chunk(5, name))[0], 200)

    def test_row_head_bytes(self):
        bare = len(head_of("/v1/health", headers=["X-Pad: "]))

        def asked(size):
            return self.server.ask("/v1/health", headers=["X-Pad: " + "p" * (size - bare)])
        self.assertEqual(asked(self.at["head_bytes"])[0], 200)
        reply = asked(self.at["head_bytes"] + 1)
        self.assertEqual((reply[0], error_of(reply)), (431, TOO_LARGE))

    def test_row_window_bytes(self):
        def asked(log):
            frame = bytearray(zstd_frame(self.tablet.request()))
            frame[5] = (log - 10) << 3
            return self.ask(bytes(frame), ["Content-Encoding: zstd"])
        log = self.at["window_bytes"].bit_length() - 1
        self.assertEqual(asked(log)[0], 200)
        reply = asked(log + 1)
        self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED))

    def test_row_requests_per_connection(self):
        most = self.at["requests_per_connection"]
        connection = self.server.connect()
        answered = 0
        for _ in range(most // 100):
            connection.sendall(head_of("/v1/health") * 100)
            for _ in range(100):
                status, headers, _ = read_reply(connection, exact=True)
                self.assertEqual(status, 200)
                answered += 1
                self.assertEqual(headers.get("connection") == "close", answered == most)
        try:
            connection.sendall(head_of("/v1/health"))
            after = read_reply(connection)[0]
        except OSError:
            after = 0
        self.assertEqual((answered, after), (most, 0))
        connection.close()

    def test_row_wait_bytes(self):
        wait = number(1, 1) + number(4, 1)

        def asked(size):
            overhead = len(chunk(99, b"x" * size)) - size
            body = wait + chunk(99, b"x" * (size - len(wait) - overhead))
            self.assertEqual(len(body), size)
            return self.server.ask("/v1/wait", body, self.tablet)
        self.assertEqual(asked(self.at["wait_bytes"])[0], 200)
        reply = asked(self.at["wait_bytes"] + 1)
        self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE))

    def test_row_pack_request_bytes(self):
        ask = number(1, 1)

        def asked(size):
            overhead = len(chunk(99, b"x" * size)) - size
            body = ask + chunk(99, b"x" * (size - len(ask) - overhead))
            self.assertEqual(len(body), size)
            return self.server.ask("/v1/pack", body, self.tablet)
        self.assertEqual(asked(self.at["pack_request_bytes"])[0], 200)
        reply = asked(self.at["pack_request_bytes"] + 1)
        self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE))

    def test_row_connections_per_tablet(self):
        self.until_none_is_open()
        most = self.at["connections_per_tablet"]
        held = [self.closed_at_once("127.0.0.5", self.tablet) for _ in range(most)]
        self.assertNotIn(None, held)  # more than one address may have without a certificate
        self.assertIsNone(self.closed_at_once("127.0.0.6", self.tablet))
        self.assertIsNotNone(other := self.closed_at_once("127.0.0.5"))
        for connection in held + [other]:
            connection.close()

    def test_row_code_failures(self):
        wrong = chunk(1, "kari1-" + "0" * 32) + chunk(2, os.urandom(16)) + chunk(
            3, self.tablet.csr("signing")) + chunk(4, self.tablet.csr("tls"))
        there = "127.0.0.9"  # another address: nobody else is kept from enrolling
        for _ in range(self.at["code_failures"]):
            self.assertEqual(self.enrol(wrong, source=there), (403, CODE_REFUSED))
        code = self.code()
        tablet = Tablet(self.work, "right code")
        self.assertEqual(self.enrol(tablet.enrolment(code), source=there), (429, SERVER_BUSY))
        self.assertEqual(self.enrol(tablet.enrolment(code))[0], 200)

    def closed_at_once(self, source, tablet=None):
        try:
            connection = self.server.connect(tablet, source=source, timeout=10)
            connection.sendall(head_of("/v1/health"))
            status = read_reply(connection)[0]
            return None if status == 0 else connection
        except OSError:
            return None

    def until_none_is_open(self):
        """Others' connections are counted too: waits for the server to have forgotten them."""
        for _ in range(200):
            ends = [line for line in self.server.log.read_text().splitlines()
                    if '"event":"connection"' in line]
            if ends and '"open":0' in ends[-1]:
                return
            time.sleep(0.05)
        self.fail("connections stay open")

    def test_row_connections_per_address(self):
        self.until_none_is_open()
        held = [self.closed_at_once("127.0.0.5") for _ in range(6)]
        self.assertNotIn(None, held)
        self.assertIsNone(self.closed_at_once("127.0.0.5"))
        other = self.closed_at_once("127.0.0.6")
        self.assertIsNotNone(other)
        for connection in held + [other]:
            connection.close()

    def test_row_connections(self):
        self.until_none_is_open()
        held = [self.closed_at_once(f"127.0.0.{10 + i // 6}") for i in range(12)]
        self.assertNotIn(None, held)
        self.assertIsNone(self.closed_at_once("127.0.0.20"))
        for connection in held:
            connection.close()


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
