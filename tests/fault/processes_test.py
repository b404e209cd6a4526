#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tablets and a server that are killed while they work, over a network that is as bad as they come:
the short form of ./dev faults --network."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import fault_proxy  # noqa: E402
import ward  # noqa: E402


class Processes(unittest.TestCase):
    def test_what_was_told_before_a_kill_is_on_the_tablet_and_once_on_the_server(self):
        figures = ward.campaign(1, 6, fault_proxy.KINDS, longest_hold=0.3, tell=lambda line: None)
        self.assertEqual(figures["violations"], [])
        self.assertEqual(figures["kills"], 6)
        self.assertGreater(figures["acknowledged"], 0)
        self.assertGreater(sum(figures["connections"].values()), 5)


if __name__ == "__main__":
    if not ward.built():
        print("kari-sync-server, kari-working-tablet or kari-district has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
