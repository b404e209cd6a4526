#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One shift in every language, against one server: each tablet enrols, gives the same dose offline,
and syncs. They have the same digest before, others while they are offline, the same afterwards."""

import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "kotlin"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "swift"))

import jvm  # noqa: E402  (found by the lines above, as the next are)
import swift_root  # noqa: E402
from kari_ward import BUILD, Ward, run_tests  # noqa: E402

PROGRAMS = BUILD / "tests" / "parity"
SWIFT = f"{swift_root.BUILT}/bindings/swift/debug/Scenario"
KOTLIN_THERE = (jvm.BINDING / "tests.jar").exists()


def by_program(name):
    return lambda words: subprocess.run([PROGRAMS / name, *words], capture_output=True, text=True,
                                        timeout=120, check=False)


LANGUAGES = {"c++": by_program("scenario_cpp"), "c": by_program("scenario_c")}
if KOTLIN_THERE:
    LANGUAGES["kotlin"] = lambda words: jvm.java([jvm.BINDING / "tests.jar"],
                                                 "no.kari.tests.scenario.ScenarioKt", *words)
if swift_root.was_built():
    LANGUAGES["swift"] = lambda words: swift_root.run(" ".join([SWIFT, *words]))


class Parity(Ward):
    def all_of_them(self, what, codes=None):
        """{language: (digest, open findings)}, of the one record."""
        found, records = {}, set()
        for language, run in LANGUAGES.items():
            words = [str(self.work / f"scenario-{language.replace('+', 'p')}"),
                     f"https://localhost:{self.server.port}", self.nurse, what]
            done = run(words + ([codes[language]] if codes else []))
            self.assertEqual(done.returncode, 0, f"{language}: {done.stdout}{done.stderr}")
            record, *found[language] = done.stdout.split()
            records.add(record)
        self.assertEqual(len(records), 1)
        return found, records.pop()

    def test_one_shift_in_every_language_ends_in_one_state(self):
        before, record = self.all_of_them("begin", {
            language: self.server.run("invite", "--unit", self.unit)["code"]
            for language in LANGUAGES})
        self.assertEqual(len({digest for digest, _ in before.values()}), 1, before)
        self.server.stop()
        offline, _ = self.all_of_them("shift")
        digests = {digest for digest, _ in offline.values()} | {before["c"][0]}
        self.assertEqual(len(digests), len(LANGUAGES) + 1, offline)
        self.server.start()
        self.all_of_them("sync")
        after, _ = self.all_of_them("sync")
        self.assertEqual(len({tuple(one) for one in after.values()}), 1, after)
        digest, findings = after["c"]
        self.assertGreater(int(findings), int(before["c"][1]), "a dose that was given twice")
        self.tablet.run("sync")
        self.assertEqual(self.tablet.ask("digest", record)["digest"], digest)

    @unittest.skipUnless(KOTLIN_THERE, "the Kotlin binding was not built: ./dev test kotlin")
    def test_kotlin_takes_part(self):
        self.assertIn("kotlin", LANGUAGES)

    @unittest.skipUnless(swift_root.was_built(), "the Swift binding was not built: ./dev swift")
    def test_swift_takes_part(self):
        self.assertIn("swift", LANGUAGES)


if __name__ == "__main__":
    swift_root.seen_there()
    run_tests()
