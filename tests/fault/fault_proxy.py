# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy between real processes that does to connections what networks do. Which connection
meets what, and after how many bytes, comes from a seed; it passes bytes and understands none."""

import collections
import contextlib
import random
import socket
import struct
import threading

KINDS = ("plain", "delay", "cut", "reset", "half_open", "slow")
PIECE = 16 * 1024
SLOW_PIECE = 512


class Fate:
    """What befalls one connection."""

    def __init__(self, kind, dice, longest_hold):
        self.kind = kind
        self.of_server = dice.random() < 0.5  # whose bytes are counted
        self.after = dice.randint(1, 6_000)  # mostly within a frame of TLS
        self.hold = dice.uniform(0.2, longest_hold)
        self.wait = dice.uniform(0.001, 0.05) if kind == "delay" else 0.0
        if kind == "slow":
            self.wait = SLOW_PIECE / dice.uniform(20_000, 200_000)


class FaultProxy:
    def __init__(self, seed, kinds=KINDS, longest_hold=1.0):
        self.seed, self.kinds, self.longest_hold = seed, kinds, longest_hold
        self.target = 0  # the port where the server listens now
        self.calm = False  # nothing befalls a connection any more
        self.met = collections.Counter()
        self.ending = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def close(self):
        self.ending.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)

    def accept(self):
        while not self.ending.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            number = sum(self.met.values())
            dice = random.Random(f"{self.seed}:{number}")
            fate = Fate("plain" if self.calm else dice.choice(self.kinds), dice, self.longest_hold)
            self.met[fate.kind] += 1
            threading.Thread(target=self.serve, args=(client, fate), daemon=True).start()

    def serve(self, client, fate):
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            client.close()  # as where nobody listens
            return
        both = (client, server)
        for each in both:
            each.settimeout(None)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        over = threading.Event()
        ways = [threading.Thread(target=self.pass_on, args=(client, server, fate, False, over)),
                threading.Thread(target=self.pass_on, args=(server, client, fate, True, over))]
        for way in ways:
            way.daemon = True
            way.start()
        over.wait()
        for each in both:
            if fate.kind == "reset":
                with contextlib.suppress(OSError):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with contextlib.suppress(OSError):
                if fate.kind != "reset":
                    each.shutdown(socket.SHUT_RDWR)
            each.close()

    def pass_on(self, source, sink, fate, from_server, over):
        passed = 0
        size = SLOW_PIECE if fate.kind == "slow" else PIECE
        ends = fate.kind in ("cut", "reset", "half_open") and fate.of_server == from_server
        try:
            while piece := source.recv(size):
                if fate.wait and self.ending.wait(fate.wait):
                    break
                if ends and passed + len(piece) > fate.after:
                    sink.sendall(piece[:fate.after - passed])
                    if fate.kind == "half_open":  # nobody is told, and nothing comes any more
                        self.ending.wait(fate.hold)
                    break
                sink.sendall(piece)
                passed += len(piece)
        except OSError:
            pass
        over.set()
