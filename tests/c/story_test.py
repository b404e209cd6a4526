#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The C ABI against a real server: two tablets in C, a third that is `kari`."""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from kari_ward import BUILD, OPIOID, Ward, run_tests  # noqa: E402  (found by the line above)

PROGRAM = BUILD / "tests" / "c" / "c_tests"


class Story(Ward):
    more = [OPIOID]

    def test_two_tablets_in_c_and_one_of_the_command_agree(self):
        codes = [self.server.run("invite", "--unit", self.unit)["code"] for _ in range(2)]
        own = self.server.run("invite", "--unit", self.unit, "--nurse", self.colleague)["code"]
        done = subprocess.run(
            [PROGRAM, self.work, f"https://localhost:{self.server.port}", *codes, self.nurse,
             self.colleague, own], capture_output=True, text=True, timeout=240,
            env=dict(os.environ, TZ="Europe/Oslo"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        self.tablet.run("sync")
        there = self.tablet.ask("digest", told["record"])["digest"]
        self.assertEqual(there, told["digest"])


if __name__ == "__main__":
    run_tests()
