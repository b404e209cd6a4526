#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Kotlin binding against a real server, and a tablet that is `kari`: the tests are *.kt."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import jvm  # noqa: E402  (found by the line above, as the next is)
from kari_ward import OPIOID, Ward, run_tests  # noqa: E402

TABLETS = 37


class Binding(Ward):
    more = [OPIOID]

    def test_the_binding_does_in_kotlin_what_its_tests_say(self):
        codes = [self.server.run("invite", "--unit", self.unit)["code"] for _ in range(TABLETS)]
        own = [self.server.run("invite", "--unit", self.unit, "--nurse", self.colleague)["code"]
               for _ in range(2)]
        done = jvm.java(
            [jvm.BINDING / "tests.jar", *jvm.JUNIT],
            "org.junit.platform.console.ConsoleLauncher",
            f"--scan-classpath={jvm.BINDING / 'tests.jar'}", "--disable-banner",
            "--fail-if-no-tests", "--details=tree", "--disable-ansi-colors",
            properties={"kari.work": self.work, "kari.codes": ",".join(codes),
                        "kari.server": f"https://localhost:{self.server.port}",
                        "kari.nurse": self.nurse, "kari.colleagueCodes": ",".join(own),
                        "kari.colleague": self.colleague})
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(jvm.complaints(done.stdout + done.stderr), [])
        record, digest = (self.work / "digest").read_text("utf-8").split()
        self.tablet.run("sync")
        self.assertEqual(self.tablet.ask("digest", record)["digest"], digest)


if __name__ == "__main__":
    jvm.needed()
    run_tests()
