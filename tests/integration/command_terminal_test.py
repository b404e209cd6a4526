#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`kari` behind a real terminal: prompts, sessions, colours."""

import os
import pathlib
import signal
import subprocess
import sys
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import KARI, PIN, Terminal, Ward, run_tests  # noqa: E402


class TerminalTest(Ward):
    def test_a_pin_is_not_seen_and_a_wrong_one_says_how_many_tries_are_left(self):
        tablet = self.enrolled("pins")
        terminal = Terminal(tablet, "patients")
        terminal.read_until("PIN: ")
        terminal.type("9999")
        rest, code = terminal.end()
        self.assertEqual(code, 6)
        self.assertNotIn("9999", rest)
        self.assertIn("9 forsøk er igjen", " ".join(rest.split()))
        self.assertNotIn("9999", subprocess.run(["ps", "-eo", "args"], capture_output=True,
                                                text=True).stdout)
        read, write = os.pipe()
        os.write(write, f"{PIN}\n".encode())
        os.close(write)
        done = subprocess.run([KARI, "patients", "--pin-fd", str(read)], pass_fds=[read],
                              capture_output=True, text=True, timeout=60, env=tablet.environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Berit", done.stdout)

    def test_an_interrupted_prompt_leaves_the_terminal_with_its_echo(self):
        terminal = Terminal(self.tablet, "patients")
        terminal.read_until("PIN: ")
        self.assertFalse(termios.tcgetattr(terminal.file)[3] & termios.ECHO)
        os.kill(terminal.child, signal.SIGTERM)
        _, status = os.waitpid(terminal.child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), -signal.SIGTERM)
        self.assertTrue(termios.tcgetattr(terminal.file)[3] & termios.ECHO)
        os.close(terminal.file)

    def test_a_session_signs_in_once_and_takes_words(self):
        terminal = Terminal(self.tablet, "session")
        terminal.read_until("PIN: ")
        terminal.type(PIN)
        terminal.read_until("Ingrid> ")
        terminal.type("chart berit")
        self.assertIn("Berit Aas", terminal.read_until("Ingrid> "))
        terminal.type("chart aas")
        choices = terminal.read_until("Ingrid> ")
        self.assertIn("Flere pasienter kan være ment", choices)
        self.assertIn("Bjarne Aas", choices)
        terminal.type("observe berit pulse 70")
        self.assertIn("aldri ved", terminal.read_until("Ingrid> "))
        berit = self.tablet.name_of(choices, "Berit")
        terminal.type(f"note {berit} --title Besøk")
        terminal.read_until("Ctrl-D")
        terminal.type("Sov godt.")
        terminal.type(".")
        self.assertIn("Lagret", terminal.read_until("Ingrid> "))
        terminal.type("lock")
        terminal.read_until("kari> ")
        terminal.type("patients")
        self.assertIn("unlock", terminal.read_until("kari> "))
        terminal.type("nonsense")
        self.assertIn("ingen slik kommando", terminal.read_until("kari> "))
        terminal.type("quit")
        rest, code = terminal.end()
        self.assertEqual(code, 0)
        self.assertIn("Låst.", rest)

    def test_colour_is_for_terminals_that_want_it(self):
        self.assertNotIn("\x1b", self.tablet.run("patients"))
        for more, wanted in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            terminal = Terminal(self.tablet, "sync", "--language", "en", **more)
            terminal.read_until("PIN: ")
            terminal.type(PIN)
            terminal.end()
            terminal = Terminal(self.tablet, "patients", "--dir", str(self.work / "nowhere"),
                                "--language", "en", **more)
            rest, _ = terminal.end()
            self.assertEqual("\x1b[" in rest, wanted, rest)


if __name__ == "__main__":
    run_tests()
