#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Waiting mode against a real server over real TLS: who waits is told at once when there is
something, costs little while there is nothing, and keeps nobody from ending the server."""

import os
import pathlib
import re
import shutil
import signal
import socket
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from wire_tablet import (  # noqa: E402
    DEVICE_REVOKED, DEVICE_UNKNOWN, MALFORMED, SERVER, SERVER_BUSY, TOO_LARGE, Server, Tablet,
    chunk, error_of, fields, head_of, number, one, read_reply)

PROTOCOL_UNSUPPORTED = 68
MANY = 200


def wait_of(epoch, feed, most_ms=0, protocol=1):
    return number(1, protocol) + chunk(2, epoch) + number(3, feed) + number(4, most_ms)


class WaitTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-wait-"))
        self.server = Server(self.work / "server")
        self.server.run("init", "--port", "0")
        self.unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.addCleanup(self.server.stop)
        self.open = []
        self.addCleanup(lambda: [connection.close() for connection in self.open])

    def configure(self, **figures):
        config = self.server.folder / "kari-server.toml"
        text = config.read_text()
        for key, value in figures.items():
            text = re.sub(rf"(?m)^{key} = \d+", f"{key} = {value}", text)
        config.write_text(text)

    def start(self):
        self.server.start()

    def enrol(self, name):
        tablet = Tablet(self.work, name)
        code = self.server.run("invite", "--unit", self.unit)["code"]
        status, _, body = self.server.ask("/v1/enrol", tablet.enrolment(code))
        self.assertEqual(status, 200)
        tablet.keep(fields(body))
        return tablet

    def known(self, tablet):
        """(epoch, feed position) as an exchange tells them."""
        reply = fields(self.server.ask("/v1/exchange", tablet.request(), tablet)[2])
        return one(reply, 1), one(reply, 3, 0)

    def begin(self, tablet, body, connection=None):
        if connection is None:
            connection = self.server.connect(tablet)
            self.open.append(connection)
        connection.sendall(head_of("/v1/wait", body) + body)
        return connection

    def news_of(self, connection):
        """(news, after_ms) of the answer to a wait."""
        status, _, body = read_reply(connection, exact=True)
        self.assertEqual(status, 200)
        return one(fields(body), 1, 0), one(fields(body), 2, 0)

    def ask(self, tablet, body):
        return self.server.ask("/v1/wait", body, tablet)

    def push(self, tablet, text="70"):
        record = os.urandom(16)
        wire, identity = tablet.change(record, text)
        status, _, _ = self.server.ask("/v1/exchange", tablet.request([(record, [wire])]), tablet)
        self.assertEqual(status, 200)
        return identity

    def waits_ended(self):
        return self.server.log.read_text().count('"event":"wait"')

    def until(self, what, told="it does not come to that"):
        deadline = time.monotonic() + 20
        while not what():
            self.assertLess(time.monotonic(), deadline, told)
            time.sleep(0.01)

    def is_quiet(self, connection, seconds):
        connection.settimeout(seconds)
        try:
            data = connection.recv(1)
        except (socket.timeout, TimeoutError):
            return True
        finally:
            connection.settimeout(30)
        self.assertEqual(data, b"")
        return False

    def test_who_waits_is_told_when_another_tablet_has_pushed(self):
        self.start()
        one_tablet, other = self.enrol("one"), self.enrol("other")
        epoch, feed = self.known(one_tablet)
        waiting = self.begin(one_tablet, wait_of(epoch, feed))
        self.assertTrue(self.is_quiet(waiting, 0.3))
        delays = []
        for i in range(20):
            began = time.monotonic()
            self.push(other, str(60 + i))
            self.assertEqual(self.news_of(waiting), (1, 0))
            delays.append(time.monotonic() - began)
            epoch, feed = self.known(one_tablet)
            self.begin(one_tablet, wait_of(epoch, feed), waiting)
        print(f"push to news, over one kept connection: median {sorted(delays)[10] * 1000:.1f} ms, "
              f"most {max(delays) * 1000:.1f} ms")
        self.assertLess(max(delays), 1)

    def test_what_an_operator_does_beside_the_server_is_news_too(self):
        self.start()
        tablet = self.enrol("one")
        epoch, feed = self.known(tablet)
        waiting = self.begin(tablet, wait_of(epoch, feed))
        self.server.run("add-nurse", "--unit", self.unit, "--name", "Nora")
        self.assertEqual(self.news_of(waiting), (1, 0))

    def test_another_units_news_wakes_nobody(self):
        self.start()
        tablet = self.enrol("one")
        epoch, feed = self.known(tablet)
        waiting = self.begin(tablet, wait_of(epoch, feed))
        other = self.server.run("add-unit", "--name", "Sor")["unit"]
        self.server.run("add-nurse", "--unit", other, "--name", "Nils")
        self.assertTrue(self.is_quiet(waiting, 2.5))  # other processes are looked at each second

    def test_a_wait_that_knows_anything_else_is_answered_at_once(self):
        self.start()
        tablet = self.enrol("one")
        epoch, feed = self.known(tablet)
        for body in (wait_of(epoch, feed + 10**15), wait_of(epoch, 0), wait_of(b"", feed),
                     wait_of(os.urandom(16), feed), wait_of(b"short", 2**64 - 1)):
            status, _, answer = self.ask(tablet, body)
            self.assertEqual((status, one(fields(answer), 1, 0)), (200, 1))

    def test_a_wait_without_news_ends_when_the_tablet_asked_it_to(self):
        self.start()
        tablet = self.enrol("one")
        epoch, feed = self.known(tablet)
        began = time.monotonic()
        status, _, answer = self.ask(tablet, wait_of(epoch, feed, 400))
        took = time.monotonic() - began
        self.assertEqual((status, one(fields(answer), 1, 0), one(fields(answer), 2, 0)),
                         (200, 0, 0))
        self.assertTrue(0.4 <= took < 5, took)

    def test_a_new_wait_of_a_tablet_takes_the_place_of_the_old(self):  # waits: one
        self.start()
        tablet, other = self.enrol("one"), self.enrol("other")
        epoch, feed = self.known(tablet)
        old = self.begin(tablet, wait_of(epoch, feed))
        self.assertTrue(self.is_quiet(old, 0.2))
        new = self.begin(tablet, wait_of(epoch, feed))
        news, after_ms = self.news_of(old)
        self.assertEqual(news, 0)
        self.assertGreater(after_ms, 1000)  # so that two copies of a tablet do not chase each other
        self.push(other)
        self.assertEqual(self.news_of(new), (1, 0))

    def test_who_is_shut_out_learns_it_while_waiting_and_does_not_wait_again(self):
        self.start()
        tablet = self.enrol("one")
        epoch, feed = self.known(tablet)
        waiting = self.begin(tablet, wait_of(epoch, feed))
        self.server.run("revoke", "--device", tablet.device)
        self.assertEqual(self.news_of(waiting), (1, 0))
        reply = self.ask(tablet, wait_of(epoch, feed))
        self.assertEqual((reply[0], error_of(reply)), (403, DEVICE_REVOKED))
        reply = self.server.ask("/v1/wait", wait_of(epoch, feed))
        self.assertEqual((reply[0], error_of(reply)), (401, DEVICE_UNKNOWN))

    def test_what_is_no_wait_is_refused(self):
        self.start()
        tablet = self.enrol("one")
        epoch, feed = self.known(tablet)
        good = wait_of(epoch, feed, 1)
        self.assertEqual(self.ask(tablet, good)[0], 200)

        def answer(body, **how):
            reply = self.server.ask("/v1/wait", body, tablet, **how)
            return reply[0], error_of(reply)
        self.assertEqual(answer(b"\xff\xff\xff"), (400, MALFORMED))
        self.assertEqual(answer(b"\x0a\x7f"), (400, MALFORMED))
        self.assertEqual(answer(wait_of(epoch, feed, 1, protocol=2)), (400, PROTOCOL_UNSUPPORTED))
        self.assertEqual(answer(b"x" * 2000), (413, TOO_LARGE))
        self.assertEqual(answer(None)[0], 405)
        self.assertEqual(answer(good, method="PUT")[0], 405)
        # A length that is promised and not kept ends with the peer, and the server lives.
        connection = self.server.connect(tablet)
        connection.sendall(head_of("/v1/wait", good) + good[:-1])
        connection.close()
        self.assertEqual(self.ask(tablet, good)[0], 200)

    def test_a_tablet_that_goes_away_leaves_its_place(self):
        self.configure(connections=8)  # waiting_of_four: six may wait
        self.start()
        tablets = [self.enrol(f"tablet {i}") for i in range(8)]
        epoch, feed = self.known(tablets[0])
        held = [self.begin(tablet, wait_of(epoch, feed)) for tablet in tablets[:6]]
        for connection in held:
            self.assertTrue(self.is_quiet(connection, 0.1))
        reply = self.ask(tablets[6], wait_of(epoch, feed))
        self.assertEqual((reply[0], error_of(reply)), (429, SERVER_BUSY))
        self.assertGreater(int(reply[1]["retry-after"]), 0)
        # An exchange goes on beside them, and so does a wait of somebody who has a place already.
        self.assertEqual(self.known(tablets[7]), (epoch, feed))
        self.begin(tablets[5], wait_of(epoch, feed))
        self.assertEqual(self.news_of(held.pop())[0], 0)
        ended = self.waits_ended()
        held[0].close()  # says goodbye
        held[1].shutdown(socket.SHUT_RDWR)  # does not
        self.until(lambda: self.waits_ended() == ended + 2)
        waiting = self.begin(tablets[6], wait_of(epoch, feed))
        self.push(tablets[7])
        self.assertEqual(self.news_of(waiting), (1, 0))

    def figures(self):
        """(resident KiB, ticks of CPU, context switches of all threads) of the server."""
        here = pathlib.Path("/proc") / str(self.server.process.pid)
        status = (here / "status").read_text()
        resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
        ticks = sum(map(int, (here / "stat").read_text().rsplit(") ", 1)[1].split()[11:13]))
        switches = sum(int(count) for task in (here / "task").iterdir()
                       for count in re.findall(r"ctxt_switches:\s+(\d+)",
                                               (task / "status").read_text()))
        return resident, ticks, switches

    def test_many_wait_cheaply_and_are_let_go_at_once_when_the_server_ends(self):
        self.start()
        tablets = [self.enrol(f"tablet {i}") for i in range(MANY)]
        epoch, feed = self.known(tablets[0])
        # The same number has connected before, so that what grows is what waiting costs.
        before = self.figures()[0]
        held = [self.begin(tablet, wait_of(epoch, feed)) for tablet in tablets]
        for connection in held:
            self.assertTrue(self.is_quiet(connection, 0.001))
        self.until(lambda: self.figures()[0] > before)
        resident, ticks, switches = self.figures()
        idle = 5
        time.sleep(idle)  # what is measured is that nothing happens
        after = self.figures()
        each = (resident - before) * 1024 // MANY
        print(f"{MANY} waiting: {each} bytes of memory each; in {idle} s {after[1] - ticks} ticks "
              f"of CPU, {after[2] - switches} context switches, {after[0] - resident} KiB more")
        self.assertLess(each, 256 * 1024)
        self.assertLessEqual(after[1] - ticks, 10)
        # Once a second it is looked whether another process has committed; nothing for each.
        self.assertLess(after[2] - switches, 20 * idle)
        began = time.monotonic()
        self.push(tablets[0])
        for connection in held:
            self.assertEqual(self.news_of(connection)[0], 1)
        print(f"a push was told to {MANY} within {(time.monotonic() - began) * 1000:.0f} ms")
        epoch, feed = self.known(tablets[0])
        for tablet, connection in zip(tablets, held):
            self.begin(tablet, wait_of(epoch, feed), connection)
        for connection in held:
            self.assertTrue(self.is_quiet(connection, 0.001))
        began = time.monotonic()
        self.server.process.send_signal(signal.SIGTERM)
        for connection in held:
            news, after_ms = self.news_of(connection)
            self.assertEqual(news, 0)
            self.assertGreater(after_ms, 0)
        let_go = time.monotonic() - began
        for connection in held:
            connection.close()
        self.assertEqual(self.server.stop(), 0)
        print(f"{MANY} let go {let_go * 1000:.0f} ms after SIGTERM; ended after "
              f"{(time.monotonic() - began) * 1000:.0f} ms")
        self.assertLess(let_go, 5)


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
