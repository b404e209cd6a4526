#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`kari` behind a real terminal: prompts, sessions, colours, widths, Ctrl-C."""

import collections
import os
import pathlib
import re
import signal
import subprocess
import sys
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import DAY, KARI, PIN, Relay, Terminal, Ward, run_tests, width  # noqa: E402


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

    def test_what_crashes_leaves_no_core_behind(self):
        terminal = Terminal(self.tablet, "patients")
        terminal.read_until("PIN: ")
        limits = pathlib.Path(f"/proc/{terminal.child}/limits").read_text("ascii")
        os.kill(terminal.child, signal.SIGTERM)
        os.waitpid(terminal.child, 0)
        os.close(terminal.file)
        self.assertRegex(limits, r"Max core file size +0 +0 ")

    def test_a_session_left_alone_locks_and_takes_away_what_it_showed(self):
        preloaded = [*pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")]
        self.assertTrue(preloaded, "the package libfaketime is not installed")
        # Five minutes pass in a second; and its clock since boot says the time of day, which the
        # tablet of the others may not come to believe.
        terminal = Terminal(self.enrolled("alone"), "session", LD_PRELOAD=str(preloaded[0]),
                            FAKETIME="+0 x300")
        terminal.read_until("PIN: ")
        terminal.type(PIN)
        terminal.read_until("Ingrid> ")
        before = terminal.read_until("Låst etter fem minutter")
        self.assertIn("\x1b[2J\x1b[3J", before)
        terminal.read_until("kari> ")
        terminal.type("patients")
        self.assertIn("unlock", terminal.read_until("kari> "))
        terminal.type("quit")
        _, code = terminal.end()
        self.assertEqual(code, 0)

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

    # ---- Ctrl-C ----------------------------------------------------------------------------

    def test_a_sync_that_is_interrupted_loses_nothing_and_says_so(self):
        relay = Relay(self.server.port)
        self.addCleanup(relay.close)
        tablet = self.enrolled("interrupted", relay.port)
        who = tablet.name_of(tablet.run("patients"), "Berit")
        tablet.run("observe", who, "pulse", "70")
        relay.hold_after(None)
        tablet.run("sync")
        whole = relay.passed
        for part, (language, said) in enumerate((
                ("nb", "Ingenting er tapt"), ("en", "Nothing is lost"), ("en", "Nothing is lost"))):
            tablet.run("observe", who, "pulse", f"{71 + part}")
            # The last of it asks for the drug facts: by then everything is exchanged.
            relay.hold_after(whole * (1 + 2 * part) // 8)
            terminal = Terminal(tablet, "sync", "--language", language)
            terminal.read_until("PIN: ")
            terminal.type(PIN)
            self.assertTrue(relay.held.wait(60), "the sync ended before it could be interrupted")
            terminal.interrupt()
            rest, code = terminal.end()
            self.assertEqual(code, 130, rest)
            self.assertIn(said, " ".join(rest.split()))
            relay.hold_after(None)
            self.assertIn("Everything is sound", tablet.run("verify"))
        self.assertRegex(tablet.run("status"), r"not sent +[0-3]\n")
        self.assertIn("Synced.", tablet.run("sync"))
        self.assertRegex(tablet.run("status"), r"not sent +0\n")
        self.tablet.run("sync")  # and others have it
        chart = self.tablet.run("chart", self.patient("Berit"))
        for value in range(70, 74):
            self.assertIn(f"{value} /min", chart)

    # ---- Width -----------------------------------------------------------------------------

    def screen(self, columns, language, *words):
        terminal = Terminal(self.tablet, *words, "--language", language, columns=columns)
        if words[0] != "help":
            terminal.read_until("PIN: ")
            terminal.type(PIN)
        rest, code = terminal.end()
        self.assertEqual(code, 0, rest)
        return re.sub(r"\x1b\[[0-9;]*[mK]", "", rest).replace("\r", "")

    def test_a_terminal_of_40_80_or_200_columns_shows_the_same_words_in_both_languages(self):
        who = self.patient()
        for language in ("nb", "en"):
            for words in (("help",), ("help", "give"), ("patients",), ("chart", who),
                          ("due", who, "--date", DAY), ("timeline", who), ("findings", who),
                          ("people",), ("status",)):
                letters = {}
                for columns in (40, 80, 200):
                    screen = self.screen(columns, language, *words)
                    for line in screen.splitlines():
                        self.assertLessEqual(width(line), min(columns, 100), (words, line))
                    # Without how old it is, and the short names, which go up.
                    words_alone = re.sub(r"\(\d+ \w+ (siden|ago)\)|\b\d+[a-z]\b", "",
                                         " ".join(screen.split()))
                    letters[columns] = collections.Counter(filter(str.isalpha, words_alone))
                self.assertEqual(letters[40], letters[80], (language, words))
                self.assertEqual(letters[200], letters[80], (language, words))


if __name__ == "__main__":
    run_tests()
