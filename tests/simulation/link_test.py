#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The simulator links the very libraries that ship, and no define of a test is in these."""

import json
import os
import pathlib
import re
import unittest

BUILD = pathlib.Path(os.environ["KARI_BUILD_DIR"])
SHIPPED = re.compile(r"\b((?:sdk|sync-server)/libkari_\w+\.a)\b")


def libraries(program):
    """Of the SDK and the server, as the build links them."""
    for line in (BUILD / "build.ninja").read_text("utf-8").splitlines():
        if line.startswith(f"build {program}:"):
            return set(SHIPPED.findall(line))
    raise AssertionError(f"the build has no {program}")


class Links(unittest.TestCase):
    def test_the_simulator_links_all_that_the_server_and_an_app_link(self):
        simulated = libraries("tests/simulation/kari-sim")
        shipped = libraries("sync-server/kari-sync-server") | libraries("examples/kari/kari")
        self.assertEqual(simulated, shipped)
        self.assertGreater(len(shipped), 15)

    def test_what_ships_knows_no_test(self):
        commands = json.loads((BUILD / "compile_commands.json").read_text("utf-8"))
        seen = 0
        for one in commands:
            command = one.get("command") or " ".join(one["arguments"])
            if "/sdk/CMakeFiles/" in command or " sdk/CMakeFiles/" in command \
                    or "sync-server/CMakeFiles/" in command:
                seen += 1
                self.assertNotRegex(command, r"-DKARI_(?!VERSION=)", one["file"])
        self.assertGreater(seen, 100)


if __name__ == "__main__":
    unittest.main()
