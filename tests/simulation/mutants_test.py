#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Faults that are built in on purpose are in no library and no program that ships, each stands in
the code where its row says, and the page tells what sees it."""

import os
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tidy"))
from tree import Tree, source_root  # noqa: E402

TREE = Tree(source_root())
BUILD = pathlib.Path(os.environ["KARI_BUILD_DIR"])
ROWS = re.findall(r'^KARI_MUTANT\((\w+), "([^"]+)"\)$',
                  TREE.text("sdk/base/mutants.def"), re.MULTILINE)
NAMES = [name for name, _ in ROWS]
SHIPPED = ["sdk", "sync-server", "platform", "examples/kari"]


def shipped():
    for folder in SHIPPED:
        for path in sorted((BUILD / folder).rglob("*")):
            if path.suffix == ".a" or (path.is_file() and os.access(path, os.X_OK)
                                       and path.name in ("kari", "kari-sync-server")):
                yield path


def asked():
    """Each mutant that code asks for."""
    for path in TREE.cxx():
        if path.parts[0] in ("sdk", "sync-server", "platform") and path.name != "mutant.hpp":
            yield from re.findall(r"KARI_MUTATED\((\w+)\)", TREE.text(path))


class Mutants(unittest.TestCase):
    def test_nothing_that_ships_has_one(self):
        marks = [name.encode() for name in [*NAMES, "the_mutant"]]
        seen = 0
        for path in shipped():
            content = path.read_bytes()
            self.assertEqual([mark for mark in marks if mark in content], [], path)
            seen += 1
        self.assertGreater(seen, 15)

    def test_each_stands_in_the_code_and_the_code_asks_for_no_other(self):
        self.assertEqual(len(set(NAMES)), len(NAMES))
        self.assertEqual(set(asked()), set(NAMES))

    def test_the_page_says_of_each_what_it_breaks_and_what_sees_it(self):
        page = TREE.text("docs/testing.md")
        told = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
        self.assertEqual([(name, breaks) for name, breaks, _, _ in told], ROWS)


if __name__ == "__main__":
    unittest.main()
