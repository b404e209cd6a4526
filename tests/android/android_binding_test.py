#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Android's part in Kotlin on a Java machine: the framework's own classes, what stands in for its
Keystore, the real library, a real server. The tests are *.kt."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "kotlin")]

import jvm  # noqa: E402  (found by the line above, as the next is)
from kari_ward import Ward, run_tests  # noqa: E402

TABLETS = 7
MODULE = jvm.BUILD / "bindings" / "android"
FRAMEWORK = jvm.SOURCE / "build" / "android" / "android-all.jar"


class Android(Ward):
    def test_androids_part_does_what_its_tests_say(self):
        codes = [self.server.run("invite", "--unit", self.unit)["code"] for _ in range(TABLETS)]
        own = [self.server.run("invite", "--unit", self.unit, "--nurse", self.colleague)["code"]
               for _ in range(2)]
        done = jvm.java(
            [MODULE / "kari-android.jar", MODULE / "tests.jar", jvm.BINDING / "tests.jar",
             *jvm.JUNIT, FRAMEWORK],
            "org.junit.platform.console.ConsoleLauncher",
            f"--scan-classpath={MODULE / 'tests.jar'}", "--disable-banner",
            "--fail-if-no-tests", "--details=tree", "--disable-ansi-colors",
            properties={"kari.work": self.work, "kari.codes": ",".join(codes),
                        "kari.server": f"https://localhost:{self.server.port}",
                        "kari.nurse": self.nurse, "kari.colleagueCodes": ",".join(own),
                        "kari.colleague": self.colleague})
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(jvm.complaints(done.stdout + done.stderr), [])


if __name__ == "__main__":
    if not (MODULE / "tests.jar").exists():
        print("Android's part was not built: ./dev android sets it up")
        raise SystemExit(77)
    run_tests()
