#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is made of kari.h stands in bindings/swift as it would be made now. Needs no Swift."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "bindings" / "swift" / "generate"))

import swift  # noqa: E402  (found by the line above, as the next is)
import names  # noqa: E402

SOURCES = SOURCE / "bindings" / "swift" / "Sources" / "Kari"
TESTS = SOURCE / "bindings" / "swift" / "Tests" / "KariTests"


class Generated(unittest.TestCase):
    def test_the_swift_that_follows_from_the_header_is_up_to_date(self):
        for file, text in swift.files().items():
            with self.subTest(file=file):
                self.assertEqual((swift.PACKAGE / file).read_text("utf-8"), text,
                                 "python3 bindings/swift/generate/swift.py writes it")

    def test_nothing_else_says_that_it_was_made(self):
        said = {path.name for path in SOURCES.rglob("*.swift")
                if "Made of kari.h" in path.read_text("utf-8")}
        self.assertEqual(said, set(swift.files()))

    def test_every_call_is_used_by_a_test(self):
        used = "".join(path.read_text("utf-8") for path in TESTS.glob("*.swift"))
        for calls in names.CALLS.values():
            for called in calls.values():
                with self.subTest(call=called):
                    self.assertRegex(used, rf"\.{called}\(")

    def test_all_that_is_public_is_documented(self):
        # A property that was made of a field without a comment says all by its name, as there.
        for path in sorted(SOURCES.rglob("*.swift")):
            text = path.read_text("utf-8")
            what = r"struct|class|enum|protocol|func|init"
            if "Made of kari.h" not in text:
                what += "|let|var"
            for found in re.finditer(rf"^([^\n]*)\n *public (?:static |final |mutating )*(?:{what})"
                                     r"\b[^\n]*", text, re.MULTILINE):
                with self.subTest(file=path.name, line=found[0].splitlines()[1]):
                    self.assertTrue(found[1].lstrip().startswith(("///", "@discardableResult")),
                                    found[0])


if __name__ == "__main__":
    unittest.main()
