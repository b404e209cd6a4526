# SPDX-License-Identifier: Apache-2.0
"""A real server and real tablets, each a process over real files, that are killed while they work;
what they told before is compared with what is there afterwards."""

import json
import pathlib
import random
import select
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import BUILD, SERVER, Server, what_is_stored  # noqa: E402

from fault_proxy import FaultProxy  # noqa: E402

TABLET = BUILD / "tests" / "fault" / "kari-working-tablet"
DISTRICT = BUILD / "examples" / "district" / "kari-district"
SILENT_S = 120  # whoever says nothing for so long is stuck
CHECK_EVERY = 5  # kills of a tablet


def built():
    return SERVER.exists() and TABLET.exists() and DISTRICT.exists()


class Tablet:
    """One tablet: its process, and what it told."""

    def __init__(self, ward, number):
        self.ward, self.number = ward, number
        self.folder = ward.folder / f"tablet-{number}"
        self.witness = ward.folder / f"witness-{number}"
        self.witness.touch()
        self.told, self.acknowledged = [], set()
        self.process, self.unread, self.kills = None, b"", 0

    def run(self, word, *more):
        command = [TABLET, word, "--dir", self.folder, "--person", self.ward.person, *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            said = (done.stdout + done.stderr).strip().splitlines() or [f"status {done.returncode}"]
            self.ward.violation(f"tablet {self.number} {word}: {said[0]}")

    def start(self, seed):
        self.process = subprocess.Popen(
            [TABLET, "work", "--dir", self.folder, "--person", self.ward.person, "--seed",
             str(seed)], stdout=subprocess.PIPE)

    def hear(self, lines):
        """Waits for so many lines; fewer when the process ends or is stuck."""
        while lines > 0:
            if not select.select([self.process.stdout], [], [], SILENT_S)[0]:
                self.ward.violation(f"tablet {self.number} says nothing for {SILENT_S} s")
                return
            part = self.process.stdout.read1(65536)
            if not part:
                self.ward.violation(f"tablet {self.number} ended by itself")
                return
            lines -= self.take(part)

    def take(self, part):
        *whole, self.unread = (self.unread + part).split(b"\n")
        with open(self.witness, "a", encoding="ascii") as witness:
            for line in whole:
                words = line.decode().split()
                if words[0] == "wrote":
                    self.told.append(words[1])
                    witness.write(words[1] + "\n")
                elif words[0] == "acknowledged":
                    self.acknowledged.update(self.told)
                elif words[0] == "broken":
                    self.ward.violation(f"tablet {self.number}: {line.decode()}")
        return len(whole)

    def kill(self):
        self.process.kill()
        while part := self.process.stdout.read1(65536):
            self.take(part)
        self.process.stdout.close()
        self.process.wait()
        self.process, self.unread = None, b""
        self.kills += 1

    def check(self):
        self.run("check", "--witness", self.witness)


class Ward:
    def __init__(self, seed, kinds, tablets=2, longest_hold=1.0):
        self.dice = random.Random(seed)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kari-ward-"))
        self.violations = []
        self.server_kills = 0
        self.proxy = FaultProxy(seed, kinds, longest_hold)
        self.proxy.calm = True
        self.server = Server(self.folder / "server")
        self.server.run("init", "--port", "0")
        unit = self.server.run("add-unit", "--name", "Nord")["unit"]
        self.person = self.server.run("add-nurse", "--unit", unit, "--name", "Nora")["person"]
        district = self.folder / "district"
        subprocess.run([DISTRICT, "--patients", "4", "--days", "2", "--out", district],
                       check=True, capture_output=True)
        self.server.run("import", district / "bundles", "--system", "urn:district")
        self.server.run("assign", "--unit", unit, "--all")
        self.serve()
        self.tablets = [Tablet(self, number) for number in range(tablets)]
        for tablet in self.tablets:
            code = self.server.run("invite", "--unit", unit)["code"]
            tablet.run("enrol", "--server", f"https://localhost:{self.proxy.port}", "--code", code)
        self.proxy.calm = False

    def violation(self, what):
        self.violations.append(what)

    def serve(self):
        self.server.start()
        self.proxy.target = self.server.port

    def kill_one(self):
        for tablet in self.tablets:
            if tablet.process is None:
                tablet.start(self.dice.randrange(1 << 32))
        tablet = self.dice.choice(self.tablets)
        tablet.hear(self.dice.randint(1, 12))
        if self.violations:
            return
        # Somewhere within what comes next.
        select.select([], [], [], self.dice.uniform(0, 0.012))
        if self.dice.random() < 0.25:
            self.server.process.kill()
            self.server.process.wait()
            self.server.process.stdout.close()
            self.server_kills += 1
            self.serve()
            return
        tablet.kill()
        if tablet.kills % CHECK_EVERY == 0:
            tablet.check()

    def end(self):
        """All come to rest, and everything that was told is everywhere."""
        for tablet in self.tablets:
            if tablet.process is not None:
                tablet.kill()
        self.proxy.calm = True
        for _ in range(2):
            for tablet in self.tablets:
                tablet.run("settle")
        for tablet in self.tablets:
            tablet.check()
        broken = self.server.run("verify")["broken"]
        self.violations += [f"the server does not hold: {one}" for one in broken]
        self.server.stop()
        lines = [json.loads(line) for line in what_is_stored(self.server.folder).splitlines()]
        stored = [line["id"] for line in lines if "position" in line]
        for tablet in self.tablets:
            for identity in tablet.told:
                if stored.count(identity) != 1:
                    acknowledged = "acknowledged" if identity in tablet.acknowledged else "durable"
                    self.violation(f"the server has {stored.count(identity)} of {identity}, which "
                                   f"was {acknowledged}")

    def close(self):
        for tablet in self.tablets:
            if tablet.process is not None:
                tablet.kill()
        self.server.stop()
        self.proxy.close()
        if not self.violations:
            shutil.rmtree(self.folder, ignore_errors=True)


def campaign(seed, kills, kinds=("plain",), longest_hold=1.0, kills_of_a_ward=100, tell=print):
    """Kills processes at work; a new ward for every hundred, so that none grows too slow."""
    figures = {"kills": 0, "server_kills": 0, "told": 0, "acknowledged": 0, "connections": {},
               "violations": []}
    while figures["kills"] < kills and not figures["violations"]:
        ward = Ward(f"{seed}:{figures['kills']}", kinds, longest_hold=longest_hold)
        try:
            for _ in range(min(kills_of_a_ward, kills - figures["kills"])):
                ward.kill_one()
                if ward.violations:
                    break
                figures["kills"] += 1
            if not ward.violations:
                ward.end()
        finally:
            ward.close()
        figures["server_kills"] += ward.server_kills
        for tablet in ward.tablets:
            figures["told"] += len(tablet.told)
            figures["acknowledged"] += len(tablet.acknowledged)
        for kind, count in ward.proxy.met.items():
            figures["connections"][kind] = figures["connections"].get(kind, 0) + count
        if ward.violations:
            figures["violations"] += [*ward.violations, f"left in {ward.folder}"]
        tell(f"{figures['kills']} kills, {figures['told']} changes told, "
             f"{figures['acknowledged']} acknowledged, {len(figures['violations'])} violations")
    return figures
