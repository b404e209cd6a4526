#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is made of kari.h stands in bindings/kotlin as it would be made now."""

import pathlib
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "bindings" / "kotlin" / "generate"))

import kotlin  # noqa: E402  (found by the line above)


class Generated(unittest.TestCase):
    def test_the_kotlin_that_follows_from_the_header_is_up_to_date(self):
        for file, text in kotlin.files().items():
            with self.subTest(file=file):
                self.assertEqual((kotlin.PACKAGE / file).read_text("utf-8"), text,
                                 "python3 bindings/kotlin/generate/kotlin.py writes it")

    def test_nothing_else_says_that_it_was_made(self):
        said = {path.name for path in kotlin.PACKAGE.glob("*.kt")
                if "Made of kari.h" in path.read_text("utf-8")}
        self.assertEqual(said, set(kotlin.files()))


if __name__ == "__main__":
    unittest.main()
