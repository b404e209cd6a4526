#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An application outside this tree: it builds against an installed SDK and charts with it."""

import contextlib
import datetime
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest
import zoneinfo

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
SOURCE = pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                      or pathlib.Path(__file__).resolve().parents[2])
SERVER = BUILD / "sync-server" / "kari-sync-server"
PATIENT = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {
    "resourceType": "Patient", "id": "kari-nordmann",
    "name": [{"family": "Nordmann", "given": ["Kari"]}], "birthDate": "1926-11-05"}}]}


def order_for(time):
    """Of a dose a day, at a time of day."""
    return {"resource": {
        "resourceType": "MedicationRequest", "id": "order-1", "status": "active",
        "intent": "order", "subject": {"reference": "Patient/kari-nordmann"},
        "authoredOn": "2026-01-05T10:00:00+01:00",
        "medicationCodeableConcept": {"text": "Paracetamol 500 mg"},
        "dosageInstruction": [{
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d",
                                  "timeOfDay": [f"{time:%H:%M}:00"]}},
            "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "tablett", "code": "{tablet}",
                                              "system": "http://unitsofmeasure.org"}}]}]}}


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          timeout=240, **options)
    if done.returncode != 0:
        raise AssertionError(f"{words[0]} ended with {done.returncode}:\n{done.stdout}"
                             f"{done.stderr}")
    return done.stdout


def cached(name):
    """What the build that is installed was configured with."""
    found = re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found.group(1) if found else ""


FLAGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
if cached("KARI_SANITIZE"):
    FLAGS.append(f"-fsanitize={cached('KARI_SANITIZE')}")


class InstalledSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory(prefix="kari-installed-")
        cls.work = pathlib.Path(cls.kept.name)
        cls.prefix = cls.work / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        run("cmake", "-G", "Ninja", "-S", SOURCE / "examples" / "quickstart", "-B",
            cls.work / "app", f"-DCMAKE_PREFIX_PATH={cls.prefix}",
            f"-DCMAKE_CXX_FLAGS={' '.join(FLAGS)}",
            f"-DCMAKE_CXX_COMPILER={cached('CMAKE_CXX_COMPILER')}")
        run("cmake", "--build", cls.work / "app")

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    @contextlib.contextmanager
    def ward(self, name, bundle):
        """(address, nurse, one-time code) of a server that has these citizens."""
        server = self.work / name

        def manage(*words):
            return json.loads(run(SERVER, *words, "--dir", server, "--json"))

        manage("init", "--port", "0")
        unit = manage("add-unit", "--name", "Nord")["unit"]
        nurse = manage("add-nurse", "--unit", unit, "--name", "Nurse")["person"]
        (self.work / "bundle.json").write_text(json.dumps(bundle))
        manage("import", self.work / "bundle.json", "--system", "https://journal.example")
        manage("assign", "--unit", unit, "--all")
        code = manage("invite", "--unit", unit)["code"]
        with subprocess.Popen([SERVER, "serve", "--dir", server, "--port", "0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as process:
            port = process.stdout.readline().rsplit(":", 1)[1].strip()
            yield f"https://localhost:{port}", nurse, code
            process.send_signal(signal.SIGTERM)

    def test_the_quickstart_charts_offline_and_syncs(self):
        with self.ward("server", PATIENT) as (address, nurse, code):
            app = [self.work / "app" / "quickstart", self.work / "tablet", address, nurse]
            first = run(*app, input=code + "\n")
            second = run(*app, input="")
        self.assertIn("Kari Nordmann: 0 orders, 0 observations", first)
        self.assertIn("waiting for a network: 1", first)
        self.assertIn("1 sent", first)
        self.assertIn("Kari Nordmann: 0 orders, 1 observations", second)

    def test_the_quickstart_in_c_charts_offline_and_gives_a_dose(self):
        [package] = self.prefix.rglob("kari.pc")
        told = run("pkg-config", "--cflags", "--libs", "kari",
                   env=dict(os.environ, PKG_CONFIG_PATH=str(package.parent))).split()
        app = self.work / "quickstart-c"
        run(cached("CMAKE_C_COMPILER"), "-std=c11", *FLAGS, "-o", app,
            SOURCE / "examples" / "quickstart" / "c" / "main.c", *told)
        now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Oslo"))
        bundle = dict(PATIENT, entry=[*PATIENT["entry"], order_for(now)])
        environment = dict(os.environ, LD_LIBRARY_PATH=str(package.parents[1]))
        with self.ward("server-c", bundle) as (address, nurse, code):
            app = [app, self.work / "tablet-c", address, nurse]
            first = run(*app, code, env=environment)
        second = run(*app, env=environment)  # nothing listens any more
        self.assertIn("Kari Nordmann: 1 orders, 1 doses today", first)
        self.assertIn("gave Paracetamol 500 mg", first)
        self.assertIn("Kari Nordmann: 1 orders, 1 doses today", second)
        self.assertNotIn("gave", second)

    def test_only_public_headers_are_installed(self):
        installed = {path.relative_to(self.prefix / "include").as_posix()
                     for path in (self.prefix / "include").rglob("*") if path.is_file()}
        public = {path.relative_to(SOURCE / folder / "include").as_posix()
                  for folder in ("sdk", "platform/linux", "bindings/c")
                  for path in (SOURCE / folder / "include").rglob("*") if path.is_file()}
        self.assertEqual(installed, public)

    def test_an_application_sees_nothing_of_the_sdk_but_its_headers(self):
        beyond = self.work / "beyond.cpp"
        beyond.write_text('#include "sdk/base/digest.hpp"\nint main() {}\n')
        tried = subprocess.run([cached("CMAKE_CXX_COMPILER"), "-std=c++20", "-fsyntax-only",
                                f"-I{self.prefix}/include", beyond],
                               capture_output=True, text=True, timeout=60, cwd=self.work)
        self.assertNotEqual(tried.returncode, 0)
        self.assertIn("sdk/base/digest.hpp", tried.stderr)


if __name__ == "__main__":
    unittest.main()
