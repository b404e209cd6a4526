#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An application outside this tree: it builds against an installed SDK and charts with it."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
SOURCE = pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                      or pathlib.Path(__file__).resolve().parents[2])
SERVER = BUILD / "sync-server" / "kari-sync-server"
PATIENT = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {
    "resourceType": "Patient", "id": "kari-nordmann",
    "name": [{"family": "Nordmann", "given": ["Kari"]}], "birthDate": "1926-11-05"}}]}


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


class InstalledSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory(prefix="kari-installed-")
        cls.work = pathlib.Path(cls.kept.name)
        cls.prefix = cls.work / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)
        flags = ["-Wall -Wextra -Wpedantic -Werror"]
        if cached("KARI_SANITIZE"):
            flags.append(f"-fsanitize={cached('KARI_SANITIZE')}")
        run("cmake", "-G", "Ninja", "-S", SOURCE / "examples" / "quickstart", "-B",
            cls.work / "app", f"-DCMAKE_PREFIX_PATH={cls.prefix}",
            f"-DCMAKE_CXX_FLAGS={' '.join(flags)}",
            f"-DCMAKE_CXX_COMPILER={cached('CMAKE_CXX_COMPILER')}")
        run("cmake", "--build", cls.work / "app")

    @classmethod
    def tearDownClass(cls):
        cls.kept.cleanup()

    def manage(self, *words):
        return json.loads(run(SERVER, *words, "--dir", self.work / "server", "--json"))

    def test_the_quickstart_charts_offline_and_syncs(self):
        self.manage("init", "--port", "0")
        unit = self.manage("add-unit", "--name", "Nord")["unit"]
        nurse = self.manage("add-nurse", "--unit", unit, "--name", "Nurse")["person"]
        bundle = self.work / "bundle.json"
        bundle.write_text(json.dumps(PATIENT))
        self.manage("import", bundle, "--system", "https://journal.example")
        self.manage("assign", "--unit", unit, "--all")
        code = self.manage("invite", "--unit", unit)["code"]
        with subprocess.Popen([SERVER, "serve", "--dir", self.work / "server", "--port", "0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as server:
            port = server.stdout.readline().rsplit(":", 1)[1].strip()
            app = [self.work / "app" / "quickstart", self.work / "tablet",
                   f"https://localhost:{port}", nurse]
            first = run(*app, input=code + "\n")
            second = run(*app, input="")
            server.send_signal(signal.SIGTERM)
        self.assertIn("Kari Nordmann: 0 orders, 0 observations", first)
        self.assertIn("waiting for a network: 1", first)
        self.assertIn("1 sent", first)
        self.assertIn("Kari Nordmann: 0 orders, 1 observations", second)

    def test_only_public_headers_are_installed(self):
        installed = {path.relative_to(self.prefix / "include").as_posix()
                     for path in (self.prefix / "include").rglob("*") if path.is_file()}
        public = {f"kari/{path.name}" for folder in ("sdk", "platform/linux")
                  for path in (SOURCE / folder / "include" / "kari").iterdir()}
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
