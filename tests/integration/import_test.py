#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The import command as an operator meets it: exit codes, memory, and a kill in the middle."""

import base64
import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release"))
SERVER = BUILD / "sync-server" / "kari-sync-server"
MEMORY_MAX = 64 * 1024 * 1024
PARTLY = 4
SANITIZED = "asan" in str(BUILD)


def patient(name):
    return {"resourceType": "Patient", "id": name}


def observation(name, about):
    return {"resourceType": "Observation", "id": name, "status": "final", "code": {"text": "pulse"},
            "subject": {"reference": f"Patient/{about}"}}


def note(name, about, size):
    text = base64.b64encode(b"synthetic " * (size // 10)).decode()
    return {"resourceType": "DocumentReference", "id": name, "status": "current",
            "subject": {"reference": f"Patient/{about}"},
            "content": [{"attachment": {"contentType": "text/plain", "data": text}}]}


class ImportTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-import-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)
        self.folder = self.work / "server"
        self.run_server("init")

    def run_server(self, *words, **more):
        return subprocess.run([SERVER, *words, "--dir", self.folder, "--json"],
                              capture_output=True, text=True, timeout=300, **more)

    def done(self, *words):
        done = self.run_server(*words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def lines(self, name, resources):
        path = self.work / name
        with open(path, "w") as out:
            for resource in resources:
                out.write(json.dumps(resource) + "\n")
        return path

    def start_import(self, path):
        return subprocess.Popen([SERVER, "import", path, "--system", "urn:test", "--dir",
                                 self.folder, "--json"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def changes(self):
        done = self.run_server("dump-log", "--all")
        self.assertEqual(done.returncode, 0, done.stderr)
        return sum('"position"' in line for line in done.stdout.splitlines())

    def test_the_exit_code_says_whether_all_is_in(self):
        good = self.lines("good.ndjson", [patient("p1"), observation("o1", "p1")])
        self.assertEqual(self.run_server("import", good, "--system", "urn:test").returncode, 0)
        bad = self.lines("bad.ndjson", [observation("o2", "nobody")])
        done = self.run_server("import", bad, "--system", "urn:test")
        self.assertEqual(done.returncode, PARTLY)
        self.assertEqual(json.loads(done.stdout)["rejected_count"], 1)
        self.assertFalse(json.loads(done.stdout)["complete"])
        absent = self.run_server("import", self.work / "absent", "--system", "urn:test")
        self.assertEqual(absent.returncode, 1)
        self.assertEqual(self.run_server("import", good).returncode, 2)  # no --system

    def test_standard_input_is_read_when_it_is_a_file_and_refused_when_it_is_a_pipe(self):
        good = self.lines("good.ndjson", [patient("p1")])
        with open(good) as source:
            done = self.run_server("import", "-", "--system", "urn:test", stdin=source)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["in"], 1)
        piped = self.run_server("import", "-", "--system", "urn:test", input=good.read_text())
        self.assertEqual(piped.returncode, 1)
        self.assertIn("is a pipe", piped.stderr)

    @unittest.skipIf(SANITIZED, "a sanitizer's own memory drowns the measurement")
    def test_a_large_import_of_one_patient_stays_within_64_mib(self):
        # Never whole in this process: what a parent held counts as its child's.
        resources = itertools.chain(
            [patient("p1")], (note(f"d{i}", "p1", 60_000) for i in range(700)),
            (observation(f"o{i}", "p1") for i in range(3000)))
        path = self.lines("large.ndjson", resources)
        self.assertGreater(path.stat().st_size, 55_000_000)
        process = self.start_import(path)
        report = json.loads(process.stdout.read())
        process.stderr.close()
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual((process.returncode, report["written"]), (0, 3701))
        self.assertLess(usage.ru_maxrss * 1024, MEMORY_MAX)

    def test_after_a_kill_the_same_import_completes_and_writes_nothing_twice(self):
        resources = [patient(f"p{i}") for i in range(40)]
        resources += [observation(f"o{i}", f"p{i % 2}") for i in range(40)]
        resources += [note(f"d{i}", "p0", 4_000) for i in range(1500)]
        path = self.lines("in.ndjson", resources)
        log = self.folder / "data" / "kari.db-wal"
        stopped_at = []
        for size in (400_000, 1_500_000, 3_500_000):
            shutil.rmtree(self.folder)
            self.run_server("init")
            process = self.start_import(path)
            while process.poll() is None and not (log.exists() and log.stat().st_size > size):
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            before = self.changes()
            stopped_at.append(before)
            self.check_completion(path, before, len(resources))
        # Had it always been too early or too late, nothing was tried.
        self.assertTrue(any(0 < at < len(resources) for at in stopped_at), stopped_at)

    def check_completion(self, path, before, total):
        unit = self.done("add-unit", "--name", "Unit")["unit"]
        if 0 < before < total:
            # Half a chart looks whole: nobody is given it.
            refused = self.run_server("assign", "--unit", unit, "--all")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("run it again", refused.stderr)
        report = self.done("import", str(path), "--system", "urn:test")
        self.assertEqual(report["unchanged"], before)
        self.assertEqual(report["written"], total - before)
        self.assertEqual(self.changes(), total)
        self.assertEqual(len(report["records"]), 40)
        self.assertEqual(self.done("assign", "--unit", unit, "--all")["assigned"], 40)
        self.assertEqual(self.done("import", str(path), "--system", "urn:test")["written"], 0)
        self.done("verify")


if __name__ == "__main__":
    unittest.main()
