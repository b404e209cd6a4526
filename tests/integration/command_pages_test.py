#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Help, manual page and completions of `kari`, which are made of one table, as shells read them."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from kari_ward import KARI, run_tests, width  # noqa: E402


class PagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="kari-pages-")
        self.addCleanup(folder.cleanup)
        self.work = pathlib.Path(folder.name)

    def page(self, *words):
        return subprocess.run([KARI, *words], capture_output=True, text=True, timeout=60,
                              check=True).stdout

    def completed(self, script, *words):
        """What bash offers for the last word."""
        program = (f"source {script}; COMP_WORDS=({' '.join(repr(word) for word in words)}); "
                   f"COMP_CWORD={len(words) - 1}; _kari; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_bash_completes_commands_options_and_their_words(self):
        script = self.work / "kari.bash"
        script.write_text(self.page("completion", "bash"))
        subprocess.run(["bash", "-n", script], check=True)
        commands = set(re.findall(r"^  ([a-z][a-z-]*) {2}", self.page("--language", "en", "help"),
                                  re.MULTILINE))
        self.assertLessEqual({"give", "chart", "finding"}, commands)
        offered = self.completed(script, "kari", "")
        self.assertEqual({word for word in offered if not word.startswith("-")}, commands)
        self.assertEqual(self.completed(script, "kari", "gi"), {"give"})
        self.assertIn("--overrides", self.completed(script, "kari", "--dir", "x", "give", "--o"))
        self.assertEqual(self.completed(script, "kari", "withhold", "--why", "as"), {"asleep"})
        self.assertEqual(self.completed(script, "kari", "not-given", "--why", "as"), {"asleep"})
        self.assertIn("pulse", self.completed(script, "kari", "observe", "12p", "pu"))
        self.assertEqual(self.completed(script, "kari", "completion", "zs"), {"zsh"})

    def script_of(self, shell):
        if not shutil.which(shell):
            self.skipTest(f"{shell} is not installed (apt-get install {shell})")
        script = self.work / f"kari.{shell}"
        script.write_text(self.page("completion", shell))
        subprocess.run([shell, "-n", script], check=True, timeout=60)
        return script

    def test_fish_completes_commands_and_options(self):
        script = self.script_of("fish")
        environment = dict(os.environ, HOME=str(self.work), PATH=f"{KARI.parent}:/usr/bin:/bin")
        def offered(line):
            done = subprocess.run(["fish", "--no-config", "-c",
                                   f"source {script}; complete -C '{line}'"],
                                  capture_output=True, text=True, timeout=60, env=environment)
            self.assertEqual(done.stderr, "")
            return {one.split("\t")[0] for one in done.stdout.splitlines()}
        self.assertLessEqual({"give", "problem", "task"}, offered("kari "))
        self.assertIn("--overrides", offered("kari give --o"))
        self.assertIn("asleep", offered("kari withhold --why as"))
        (self.work / "bundle.json").touch()
        self.assertIn("bundle.json", offered(f"kari export 4e --to {self.work}/bun").pop())

    def test_zsh_reads_its_script_and_defines_the_completion(self):
        script = self.script_of("zsh")
        done = subprocess.run(["zsh", "-f", "-c", "autoload -U compinit; compinit -D -u; "
                               f"source {script}; whence -w _kari; print $_comps[kari]"],
                              capture_output=True, text=True, timeout=60,
                              env=dict(os.environ, HOME=str(self.work), TERM="xterm"))
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, "_kari: function\n_kari\n")

    def test_the_manual_page_has_every_command_and_no_fault_of_form(self):
        for language in ("nb", "en"):
            page = self.work / f"kari.{language}.1"
            page.write_text(self.page("--language", language, "man"))
            for command in re.findall(r"^  ([a-z-]+) {2}", self.page("help"), re.MULTILINE):
                self.assertIn(command.replace("-", "\\-"), page.read_text())
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-Kutf8", page],
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.stderr, "")
                self.assertIn("give", done.stdout)

    def test_help_is_the_same_table_in_both_languages(self):
        for language, word in (("nb", "Føre"), ("en", "Charting")):
            screen = self.page("--language", language, "--help")
            self.assertIn(word, screen)
            self.assertTrue(all(width(line) <= 80 for line in screen.splitlines()))
        self.assertIn("kari give", self.page("give", "--help"))
        self.assertEqual(self.page("help", "give"), self.page("give", "--help"))


if __name__ == "__main__":
    run_tests()
