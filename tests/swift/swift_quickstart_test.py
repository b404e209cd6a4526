#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The quickstart in Swift charts offline and gives a dose, in under 60 lines."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import swift_root  # noqa: E402  (found by the line above, as the next are)
from kari_ward import Ward, due_now, run_tests  # noqa: E402

PACKAGE = "examples/quickstart/swift/Quickstart"
SOURCE = swift_root.SOURCE / PACKAGE / "Sources" / "main.swift"
PROGRAM = f"{swift_root.BUILT}/{PACKAGE}/debug/Quickstart"


class Quickstart(Ward):
    more = [due_now()]

    def run_it(self, *words):
        done = swift_root.run(" ".join([PROGRAM, str(self.work / "quickstart"),
                                        f"https://localhost:{self.server.port}", self.nurse,
                                        *words]))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_it_enrols_and_then_charts_without_a_server(self):
        first = self.run_it(self.server.run("invite", "--unit", self.unit)["code"])
        self.server.stop()
        second = self.run_it()
        self.assertIn("gave Furosemid 20 mg", first)
        self.assertIn("3 orders", first)
        self.assertIn("3 orders", second)
        self.assertNotIn("gave Furosemid 20 mg", second)

    def test_it_is_short(self):
        self.assertLess(len(SOURCE.read_text("utf-8").splitlines()), 60)


if __name__ == "__main__":
    swift_root.needed()
    run_tests()
