#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a script of tests skips inside is told by name, with its reason."""

import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import run_tests  # noqa: E402

SCRIPT = """import sys, unittest
class Some(unittest.TestCase):
    def test_one_that_passes(self):
        pass
    def test_one_that_says_why(self):
        self.skipTest("there's no zsh")
    def test_one_that_talks_first(self):
        print("noise", file=sys.stderr)
        self.skipTest("no disk")
    @unittest.skip('a "quoted" reason')
    def test_one_with_words(self):
        "It says what it is."
unittest.main()
"""


class RunnerTest(unittest.TestCase):
    def outcome(self, text):
        with tempfile.TemporaryDirectory(prefix="kari-runner-") as folder:
            script = pathlib.Path(folder) / "some_test.py"
            script.write_text(text)
            return run_tests.run_script(script, pathlib.Path(folder) / "work", 60, os.environ)

    def test_every_skip_within_a_script_is_told(self):
        found = self.outcome(SCRIPT)
        self.assertEqual((found.passed, found.failures), (1, []))
        self.assertEqual(sorted(found.skips), [
            ("one that says why", "there's no zsh"), ("one that talks first", "no disk"),
            ("one with words", 'a "quoted" reason')])

    def test_a_skip_that_cannot_be_read_is_told_all_the_same(self):
        found = self.outcome("# import unittest\nprint('OK (skipped=2)')\n")
        self.assertEqual(len(found.skips), 2)
        self.assertNotEqual(run_tests.unexplained([": ".join(one) for one in found.skips]), [])

    def test_what_skips_itself_whole_says_why(self):
        found = self.outcome("import sys\nprint('no disk')\nsys.exit(77)\n")
        self.assertEqual((found.passed, found.skips), (0, [("some", "no disk")]))


if __name__ == "__main__":
    unittest.main()
