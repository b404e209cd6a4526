#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is made of kari.h stands in bindings/kotlin as it would be made now."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "bindings" / "kotlin" / "generate"))

import kotlin  # noqa: E402  (found by the line above, as the next are)
import names  # noqa: E402
import native  # noqa: E402


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

    def test_every_call_is_used_by_a_test(self):
        here = pathlib.Path(__file__).parent
        used = "".join(path.read_text("utf-8") for path in here.glob("*.kt"))
        for calls in names.CALLS.values():
            for called in calls.values():
                with self.subTest(call=called):
                    self.assertRegex(used, rf"\.{called}\(")

    def test_a_size_is_read_as_wide_on_every_machine(self):
        # On 32 bits an overload for size_t would be a second one for uint32_t.
        wire = (SOURCE / "bindings" / "kotlin" / "jni" / "wire.hpp").read_text("utf-8")
        self.assertNotRegex(wire, r"void get\(Reader& \w+, std::size_t&")
        self.assertIn("get_size(in, ", native.glue()[1])

    def test_all_that_is_public_is_documented(self):
        # A property that was made of a field without a comment says all by its name, as there.
        for path in sorted(kotlin.PACKAGE.glob("*.kt")):
            text = path.read_text("utf-8")
            what = "class|fun|object" if "Made of kari.h" in text else "class|fun|object|val"
            for found in re.finditer(rf"^([^\n]*)\n *public [^\n]*\b(?:{what})\b[^\n]*", text,
                                     re.MULTILINE):
                with self.subTest(file=path.name, line=found[0].splitlines()[1]):
                    self.assertTrue(found[1].endswith("*/"), found[0])


if __name__ == "__main__":
    unittest.main()
