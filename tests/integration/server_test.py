#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real kari-sync-server over real TLS, spoken to by a client that shares no code with it: the
messages are put together from docs/formats alone. Limits just under and over, slow, truncated,
oversized and replayed requests, certificates, draining, restore, and logs without patient data."""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import (  # noqa: E402
    CODE_REFUSED, DEVICE_REVOKED, DEVICE_UNKNOWN, MALFORMED, MARK, QUARANTINED, SERVER, STORED,
    TOO_DEEP, TOO_LARGE, TOO_MANY, ZSTD_MAGIC, Server, Tablet, chunk, error_of, fields, head_of,
    number, one, read_reply, varint, zstd_frame)

PUSH_CHANGES = 200
BODY_MAX = 1024 * 1024 + 128 * 1024
HEAD_MAX = 16 * 1024


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-server-"))
        cls.server = Server(cls.work / "server")
        cls.server.run("init", "--port", "0")
        config = cls.server.folder / "kari-server.toml"
        config.write_text(config.read_text().replace("read_seconds = 15", "read_seconds = 2")
                          .replace("connections = 256", "connections = 8"))
        cls.unit = cls.server.run("add-unit", "--name", "Nord")["unit"]
        cls.server.run("add-nurse", "--unit", cls.unit, "--name", "Nurse")
        cls.server.start()
        cls.tablet = cls.enrolled("first")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        shutil.rmtree(cls.work, ignore_errors=True)

    @classmethod
    def enrolled(cls, name):
        tablet = Tablet(cls.work, name)
        code = cls.server.run("invite", "--unit", cls.unit)["code"]
        status, _, body = cls.server.ask("/v1/enrol", tablet.enrolment(code))
        assert status == 200, status
        tablet.keep(fields(body))
        return tablet

    def exchange(self, body, tablet=None, headers=()):
        return self.server.ask("/v1/exchange", body, tablet or self.tablet, headers)

    def push(self, record, texts, tablet=None):
        tablet = tablet or self.tablet
        changes = [tablet.change(record, text) for text in texts]
        reply = self.exchange(tablet.request([(record, [wire for wire, _ in changes])]), tablet)
        self.assertEqual(reply[0], 200)
        return [identity for _, identity in changes], fields(reply[2])

    def fates(self, reply, field=5):
        return [one(fields(change), 4, 0) for push in reply.get(field, [])
                for change in fields(push).get(2, [])]

    def test_a_push_is_stored_and_comes_back_to_another_tablet_of_the_unit(self):
        record = os.urandom(16)
        ids, reply = self.push(record, ["70", "71"])
        self.assertEqual(self.fates(reply), [STORED, STORED])
        other = self.enrolled("second")
        status, _, body = self.exchange(other.request(), other)
        self.assertEqual(status, 200)
        deltas = {one(fields(delta), 1): fields(delta) for delta in fields(body)[6]}
        chain = bytes(32)
        before, came = {}, []
        for wire in map(fields, deltas[record][3]):
            core = fields(one(wire, 1))
            prev = one(wire, 2) or before.get(one(core, 1), b"")
            header = one(wire, 1) + (chunk(15, prev) if one(core, 3) > 1 else b"")
            identity = hashlib.sha256(header).digest()
            before[one(core, 1)] = identity
            came.append(identity)
            chain = hashlib.sha256(chain + identity).digest()
        self.assertEqual(came, ids)
        self.assertEqual(chain, one(fields(one(deltas[record], 4)), 2))

    def test_every_answer_ends_with_the_digest_of_what_stands_before(self):
        for target, body in (("/v1/exchange", self.tablet.request()), ("/v1/exchange", b"\xff"),
                             ("/v1/attachment", b"\xff"), ("/v1/wait", b"\xff"),
                             ("/v1/renew", b"\xff"), ("/v1/nothing", b"")):
            reply = self.server.ask(target, body, self.tablet)[2]
            before, end = reply[:-35], reply[-35:]
            self.assertEqual(end, b"\xa2\x06\x20" + hashlib.sha256(before).digest(), target)

    def test_a_replayed_request_changes_nothing(self):
        record = os.urandom(16)
        wire, identity = self.tablet.change(record)
        body = self.tablet.request([(record, [wire])])
        first, second = self.exchange(body), self.exchange(body)
        self.assertEqual(fields(first[2])[5], fields(second[2])[5])
        log = subprocess.run([SERVER, "dump-log", "--record", record.hex(), "--dir",
                              self.server.folder], capture_output=True, text=True, check=True)
        ids = [json.loads(line)["id"] for line in log.stdout.splitlines()]
        self.assertEqual(ids.count(identity.hex()), 1)

    def test_without_a_known_certificate_only_enrolment_and_health_answer(self):
        self.assertEqual(self.server.ask("/v1/health")[0], 200)
        reply = self.server.ask("/v1/exchange", self.tablet.request())
        self.assertEqual((reply[0], error_of(reply)), (401, DEVICE_UNKNOWN))
        self.assertEqual(self.server.ask("/v1/renew", b"")[0], 401)
        self.assertEqual(self.server.ask("/fhir/Patient/" + "0" * 32 + "/$everything")[0], 401)
        # A certificate of somebody else's authority does not even get through the handshake.
        stranger = Tablet(self.work, "stranger")
        stranger.openssl("req", "-x509", "-key", "tls.key", "-subj", "/CN=stranger", "-out",
                         "tls.pem")
        with self.assertRaises(OSError):
            connection = self.server.connect(stranger)
            connection.sendall(head_of("/v1/health"))
            with connection:
                if not connection.recv(1):
                    raise OSError("closed")

    def test_a_one_time_code_works_once(self):
        code = self.server.run("invite", "--unit", self.unit)["code"]
        tablet = Tablet(self.work, "once")
        self.assertEqual(self.server.ask("/v1/enrol", tablet.enrolment(code))[0], 200)
        other = Tablet(self.work, "twice")
        reply = self.server.ask("/v1/enrol", other.enrolment(code))
        self.assertEqual((reply[0], error_of(reply)), (403, CODE_REFUSED))

    def test_a_revoked_tablet_is_told_so_and_its_push_is_in_quarantine(self):
        tablet = self.enrolled("lost")
        self.server.run("revoke", "--device", tablet.device)
        before = self.server.run("status")["quarantined"]
        record = os.urandom(16)
        wire, _ = tablet.change(record)
        reply = self.exchange(tablet.request([(record, [wire])]), tablet)
        self.assertEqual((reply[0], error_of(reply)), (403, DEVICE_REVOKED))
        self.assertEqual(self.server.run("status")["quarantined"], before + 1)
        renewal = chunk(1, os.urandom(16)) + chunk(2, tablet.csr("signing")) + chunk(
            3, tablet.csr("tls"))
        self.assertEqual(error_of(self.server.ask("/v1/renew", renewal, tablet)), DEVICE_REVOKED)

    def test_a_body_just_within_the_limit_is_read_and_just_over_it_is_refused(self):
        # Field 99 is unknown and is passed over, as that of any later version would be.
        request = self.tablet.request()
        overhead = len(chunk(99, b"x" * BODY_MAX)) - BODY_MAX
        within = request + chunk(99, b"x" * (BODY_MAX - len(request) - overhead))
        self.assertEqual(len(within), BODY_MAX)
        self.assertEqual(self.exchange(within)[0], 200)
        connection = self.server.connect(self.tablet)
        connection.sendall(f"POST /v1/exchange HTTP/1.1\r\nHost: x\r\nContent-Type: "
                           f"application/x-protobuf\r\nContent-Length: {BODY_MAX + 1}\r\n\r\n"
                           .encode())
        reply = read_reply(connection)
        self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE))
        connection.close()

    def test_a_body_without_length_is_bounded_too(self):
        connection = self.server.connect(self.tablet)
        connection.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Type: "
                           b"application/x-protobuf\r\nTransfer-Encoding: chunked\r\n\r\n")
        part = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        reply = (0, {}, b"")
        try:
            for _ in range(16):
                connection.sendall(part)
            reply = read_reply(connection)
        except OSError:
            pass
        self.assertIn(reply[0], (0, 413))
        connection.close()

    def test_header_fields_just_within_the_limit_are_read_and_over_it_refused(self):
        def asked(size):
            return self.server.ask("/v1/health", headers=["X-Pad: " + "p" * size])
        self.assertEqual(asked(HEAD_MAX - 200)[0], 200)
        reply = asked(HEAD_MAX + 1)
        self.assertEqual((reply[0], error_of(reply)), (431, TOO_LARGE))

    def test_one_change_more_than_a_push_may_carry_is_refused_whole(self):
        record = os.urandom(16)
        wires = [self.tablet.change(record, str(i))[0] for i in range(PUSH_CHANGES)]
        self.assertEqual(self.exchange(self.tablet.request([(record, wires)]))[0], 200)
        over = self.tablet.request([(record, wires + [self.tablet.change(record)[0]])])
        reply = self.exchange(over)
        self.assertEqual((reply[0], error_of(reply)), (400, TOO_MANY))

    def test_bytes_that_are_no_message_are_refused_and_kept(self):
        before = self.server.run("status")["quarantined"]
        for body in (b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x0f", os.urandom(300) + b"\xff"):
            reply = self.exchange(body)
            self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED), body[:8].hex())
        self.assertGreater(self.server.run("status")["quarantined"], before)

    def test_what_is_nested_in_an_unknown_field_is_not_read(self):
        deep = b""
        # Only an unknown field may nest at will, and it is passed over unread.
        for _ in range(200):
            deep = chunk(99, deep)
        self.assertEqual(self.exchange(self.tablet.request() + deep)[0], 200)

    def test_a_compressed_body_that_unpacks_too_large_is_refused(self):
        zstd = ["Content-Encoding: zstd", "Accept-Encoding: zstd"]
        self.push(os.urandom(16), ["70"] * 10)  # so that there is something worth packing
        status, headers, body = self.exchange(zstd_frame(self.tablet.request()), headers=zstd)
        self.assertEqual((status, headers["content-encoding"]), (200, "zstd"))
        self.assertEqual(body[:4], ZSTD_MAGIC)
        bomb = zstd_frame(self.tablet.request() + chunk(99, b"")[:-1] + varint(1 << 26), 1 << 26)
        self.assertLess(len(bomb), 64 * 1024)
        reply = self.exchange(bomb, headers=zstd)
        self.assertEqual((reply[0], error_of(reply)), (413, TOO_LARGE))
        for broken in (b"not zstd at all", zstd_frame(self.tablet.request())[:-3]):
            reply = self.exchange(broken, headers=zstd)
            self.assertEqual((reply[0], error_of(reply)), (400, MALFORMED))

    def test_a_slow_request_is_cut_off_and_a_truncated_one_stores_nothing(self):
        record = os.urandom(16)
        body = self.tablet.request([(record, [self.tablet.change(record)[0]])])
        connection = self.server.connect(self.tablet)
        connection.sendall(head_of("/v1/exchange", body))
        began = time.monotonic()
        try:  # one byte now and then does not renew the time
            while time.monotonic() - began < 20:
                connection.sendall(body[:1])
                connection.settimeout(0.2)
                try:
                    if not connection.recv(1):
                        break
                except TimeoutError:
                    continue
        except OSError:
            pass
        self.assertLess(time.monotonic() - began, 10)
        connection.close()
        connection = self.server.connect(self.tablet)
        connection.sendall(head_of("/v1/exchange", body) + body[:len(body) // 2])
        connection.close()
        self.assertEqual(self.server.ask("/v1/health")[0], 200)
        done = self.server.run("dump-log", "--record", record.hex(), check=False)
        self.assertEqual(done.returncode, 1)

    def test_connections_beyond_the_limit_are_closed_and_the_others_go_on(self):
        idle = [self.server.connect(self.tablet) for _ in range(7)]
        refused = 0
        for _ in range(4):
            try:
                extra = self.server.connect(self.tablet, timeout=5)
                extra.sendall(head_of("/v1/health"))
                refused += read_reply(extra)[0] == 0
                idle.append(extra)
            except OSError:
                refused += 1
        self.assertGreaterEqual(refused, 2)
        self.assertEqual(self.server.ask("/v1/health", connection=idle[0])[0], 200)
        for connection in idle:
            connection.close()

    def test_wrong_methods_targets_and_types_are_told_apart(self):
        self.assertEqual(self.server.ask("/v1/nothing")[0], 404)
        self.assertEqual(self.server.ask("/v1/exchange", tablet=self.tablet)[0], 405)
        self.assertEqual(self.server.ask("/v1/exchange", b"", self.tablet,
                                         ["Content-Encoding: gzip"])[0], 400)
        connection = self.server.connect()
        connection.sendall(b"\x00\x01\x02 nonsense\r\n\r\n")
        self.assertEqual(read_reply(connection)[0], 400)
        connection.close()

    def test_old_tls_is_refused(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises(OSError):
            context.wrap_socket(socket.create_connection(("127.0.0.1", self.server.port)))

    def test_everything_of_a_citizen_is_a_bundle_for_the_unit_alone(self):
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
            {"resource": {"resourceType": "Patient", "id": "p9", "name": [{"family": MARK}]}}]}
        path = self.work / "one.json"
        path.write_text(json.dumps(bundle))
        record = self.server.run("import", str(path), "--system", "urn:one")["records"]["p9"]
        target = f"/fhir/Patient/{record}/$everything"
        self.assertEqual(self.server.ask(target, tablet=self.tablet)[0], 404)
        self.server.run("assign", "--unit", self.unit, "--record", record)
        status, headers, body = self.server.ask(target, tablet=self.tablet)
        self.assertEqual((status, headers["content-type"]), (200, "application/fhir+json"))
        self.assertIn(MARK, body.decode())
        self.assertEqual(json.loads(body)["resourceType"], "Bundle")
        lines = subprocess.run([SERVER, "dump-log", "--record", record, "--dir",
                                self.server.folder], capture_output=True, text=True, check=True)
        self.assertTrue(any("access_position" in json.loads(line)
                            for line in lines.stdout.splitlines()))

    def test_logs_and_errors_hold_no_patient_data(self):
        record = os.urandom(16)
        self.push(record, [MARK])
        self.exchange(self.tablet.request([(record, [chunk(1, MARK)])]))
        self.server.ask(f"/fhir/Patient/{MARK}/$everything", tablet=self.tablet)
        reply = self.server.ask(f"/v1/{MARK}", MARK.encode(), self.tablet)
        self.assertNotIn(MARK.encode(), reply[2])
        log = self.server.log.read_bytes()
        self.assertIn(b'"route":"exchange"', log)
        for secret in (MARK.encode(), record.hex().encode()):
            self.assertNotIn(secret, log)
        for line in log.splitlines():
            json.loads(line)
        for path in (self.server.folder / "data").iterdir():
            self.assertNotIn(MARK.encode(), path.read_bytes(), path.name)
        # The search itself finds what is there to be found.
        self.assertIn(MARK.encode(), self.tablet.change(record, MARK)[0])


class RestoreTest(unittest.TestCase):
    """Stops and starts servers of its own."""

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-restore-"))
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.server.start()

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    def enrolled(self, name):
        tablet = Tablet(self.work, name)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        reply = self.server.ask("/v1/enrol", tablet.enrolment(code))
        self.assertEqual(reply[0], 200)
        tablet.keep(fields(reply[2]))
        return tablet

    def exchange(self, tablet, body):
        status, _, reply = self.server.ask("/v1/exchange", body, tablet)
        self.assertEqual(status, 200)
        return fields(reply)

    def test_a_restored_server_gets_back_what_it_lost_and_forgets_no_revocation(self):
        author, reader, thief = (self.enrolled(name) for name in ("author", "reader", "thief"))
        record = os.urandom(16)
        first, _ = author.change(record)
        self.exchange(author, author.request([(record, [first])]))
        self.server.run("backup", str(self.work / "backup"))
        later = [author.change(record, str(i)) for i in range(3)]
        self.exchange(author, author.request([(record, [wire for wire, _ in later])]))
        self.server.run("revoke", "--device", thief.device)
        after = self.enrolled("after the backup")
        held = fields([d for d in self.exchange(reader, reader.request())[6]
                       if one(fields(d), 1) == record][0])
        running = self.server.run("restore", str(self.work / "backup"), check=False)
        self.assertIn("in_use", running.stderr)
        self.assertEqual(self.server.stop(), 0)
        restored = self.server.run("restore", str(self.work / "backup"))
        self.assertTrue(restored["recovering"])
        self.server.start()
        self.assertEqual(self.server.run("status")["changes"], 1)
        point = chunk(2, one(held, 4))  # end of the delta, as the holding's cursor
        end = fields(one(held, 4))
        holding = chunk(8, chunk(1, record) + chunk(3, one(held, 4)) +
                        chunk(4, one(fields(one(held, 5)), 1)))
        reply = self.exchange(reader, reader.request(holding=holding))
        start = fields(reply[9][0])
        self.assertEqual(one(fields(one(start, 2)), 1), 1)
        self.assertGreater(one(end, 1), 1, point)
        # The reader gives back: whole headers, the positions and the receipt of the old epoch.
        back = chunk(1, record)
        prev = hashlib.sha256(one(fields(first), 1)).digest()
        for wire, identity in later:
            sent = fields(wire)
            back += chunk(2, chunk(1, one(sent, 1)) + chunk(2, prev) + chunk(3, one(sent, 3)) +
                          number(4, 2 + [i for _, i in later].index(identity)))
            prev = identity
        back += chunk(3, one(held, 5))
        reply = self.exchange(reader, reader.request(give_back=chunk(10, back)))
        fates = [one(fields(change), 4, 0) for change in fields(reply[10][0])[2]]
        self.assertEqual(fates, [STORED] * 3)
        self.assertEqual(self.server.run("status")["changes"], 4)
        refused = self.server.ask("/v1/exchange", thief.request(), thief)
        self.assertEqual(error_of(refused), DEVICE_REVOKED)
        self.exchange(after, after.request())  # enrolled after the backup, and still known
        early = self.server.run("recover", "--close", check=False)
        self.assertIn("have not been heard of since the restore", early.stderr)
        self.server.run("recover", "--close", "--without-silent")
        self.assertFalse(self.server.run("status")["recovering"])
        self.assertEqual(self.server.run("verify")["broken"], [])

    def test_sigterm_lets_a_request_under_way_finish_and_then_ends(self):
        tablet = self.enrolled("slow")
        record = os.urandom(16)
        body = tablet.request([(record, [tablet.change(record)[0]])])
        idle = self.server.connect(tablet)
        under_way = self.server.connect(tablet)
        under_way.sendall(head_of("/v1/exchange", body) + body[:10])
        self.server.ask("/v1/health")  # by now the server has seen the beginning
        self.server.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:  # until it takes no new connection
            try:
                socket.create_connection(("127.0.0.1", self.server.port), 1).close()
            except OSError:
                break
        under_way.sendall(body[10:])
        self.assertEqual(read_reply(under_way)[0], 200)
        self.assertEqual(self.server.process.wait(20), 0)
        self.server.process.stdout.close()
        self.server.process = None
        idle.close()
        under_way.close()
        self.server.start()
        self.assertEqual(self.server.run("status")["changes"], 1)

    def test_verify_finds_what_was_altered(self):
        tablet = self.enrolled("one")
        record = os.urandom(16)
        self.exchange(tablet, tablet.request([(record, [tablet.change(record)[0]])]))
        self.assertEqual(self.server.run("verify")["broken"], [])
        self.server.stop()
        database = self.server.folder / "data" / "kari.db"
        data = bytearray(database.read_bytes())
        data[-2000] ^= 1
        database.write_bytes(data)
        self.assertEqual(self.server.run("verify", check=False).returncode, 3)

    def test_verify_tells_a_gap_from_what_does_not_hold(self):
        tablet = self.enrolled("one")
        record = os.urandom(16)
        first, second, third = (tablet.change(record)[0] for _ in range(3))
        self.exchange(tablet, tablet.request([(record, [first, third])]))
        done = self.server.run("verify", check=False)
        self.assertEqual(done.returncode, 4)
        found = json.loads(done.stdout)
        self.assertEqual(found["broken"], [])
        self.assertEqual([gap["rule"] for gap in found["gaps"]], ["change_missing"])
        self.exchange(tablet, tablet.request([(record, [second])]))
        self.assertEqual(self.server.run("verify")["gaps"], [])


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
