#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The code in README.md and docs holds: C++ compiles against the public headers, commands and flags
are known to their programs, and what is neither says why."""

import os
import pathlib
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                      or pathlib.Path(__file__).resolve().parents[2])
sys.path.insert(0, str(SOURCE / "tests" / "support"))

import documents  # noqa: E402  (found by the line above)

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
COMPILER = os.environ.get("CXX", "c++")
QUICKSTART = "examples/quickstart/main.cpp"


class DocumentsTest(unittest.TestCase):
    def wrong(self, text):
        with tempfile.TemporaryDirectory(prefix="kari-documents-") as folder:
            path = pathlib.Path(folder) / "page.md"
            path.write_text(text, "utf-8")
            return documents.check([path], BUILD, COMPILER)

    def test_every_code_block_compiles_or_is_known_or_says_why_not(self):
        self.assertEqual(documents.check(documents.documents(), BUILD, COMPILER), [])

    def test_readme_has_code_and_commands_to_check(self):
        found, _ = documents.blocks(SOURCE / "README.md")
        checked = [block.language for block in found if not block.reason]
        self.assertIn("cpp", checked)
        self.assertGreaterEqual(checked.count("sh"), 3)

    def test_what_does_not_hold_is_found(self):
        for page, expected in (
                ("```\nls\n```", "does not say why"),
                ("```text\nls\n```", "does not say why"),
                ("```sh sometimes\nls\n```", "does not say why"),
                ("```sh\nls", "without end"),
                ("```sh\n./dev dance\n```", "knows no command in: dance"),
                ("```sh\n./dev test --loudly\n```", "knows no --loudly"),
                ("```sh\nbuild/kari-nothing\n```", "there is no build/kari-nothing"),
                ("```sh\nkari-sync-server imports FOLDER\n```", "knows no command in: imports"),
                ("```sh\nkari-sync-server import F \\\n  --sistem urn:x\n```", "knows no --sistem"),
                ("```sh\nkari-sync-server init && kari-sync-server init --bad\n```",
                 "init knows no --bad"),
                ('```sh\necho "$(kari-sync-server status --bad)"\n```', "status knows no --bad"),
                ("```sh\nsudo KARI=1 kari-district --patient 3 --out x\n```", "knows no --patient"),
                ("```cpp\n#include <kari/device.hpp>\nkari::Devise tablet;\n```",
                 "does not compile"),
                ("```c of examples/nothing.c\nint x;\n```", "there is no examples/nothing.c"),
                ("```c of sdk/base/id.cpp\nint x;\n```", "does not say why"),
                (f"```cpp of {QUICKSTART}\nint main(int count) {{\n```", "no lines of"),
                (f"```cpp of {QUICKSTART}\n```", "no lines of"),
                ('```cpp\n#include "sdk/base/id.hpp"\n```', "does not compile")):
            with self.subTest(page=page):
                self.assertIn(expected, "\n".join(self.wrong(page)))

    def test_what_holds_is_not_found(self):
        page = "\n".join((
            "```text unchecked: a picture of bytes", "0a 10", "```",
            "```sh unchecked: needs a second machine", "./dev dance", "```",
            "```sh", "# a remark",
            "build/release/sync-server/kari-sync-server import F --system urn:x  # and a remark",
            "ls -la | wc -l", "kari-sync-server --help", "./dev test unit --preset debug", "```",
            "```cpp", "#include <kari/device.hpp>", "kari::Decimal two = kari::Decimal::of(2);",
            "```",
            f"```cpp of {QUICKSTART}", "if (count != 4) {",
            '    std::cerr << "quickstart FOLDER https://HOST:PORT PERSON < code\\n";', "```"))
        self.assertEqual(self.wrong(page), [])

    def test_a_guide_shows_all_of_its_example(self):
        for name, source in (("cpp", "main.cpp"), ("c", "c/main.c"), ("kotlin", "kotlin/Main.kt"),
                             ("swift", "swift/Quickstart/Sources/main.swift")):
            guide = SOURCE / "docs" / "guides" / f"{name}.md"
            source = f"examples/quickstart/{source}"
            found, _ = documents.blocks(guide)
            shown = {line.strip() for block in found if block.source == source
                     for line in block.text.splitlines()}
            left_out = [line for line in (SOURCE / source).read_text("utf-8").splitlines()
                        if line.strip() and line.strip() not in shown and "SPDX" not in line]
            self.assertEqual(left_out, [], f"{guide.name} does not show all of {source}")

    def test_a_word_in_capitals_is_what_an_earlier_command_printed(self):
        self.assertEqual(documents.filled("invite --unit UNIT --dir X_UNIT/UNIT", {"unit": "7a"}),
                         "invite --unit 7a --dir X_UNIT/UNIT")
        with self.assertRaises(SystemExit):
            documents.filled("invite --unit UNIT", {})

    def test_a_page_is_run_in_the_order_in_which_it_is_read(self):
        with tempfile.TemporaryDirectory(prefix="kari-documents-") as folder:
            path = pathlib.Path(folder) / "page.md"
            served = pathlib.Path(folder) / "served"
            path.write_text("\n".join((
                "```sh", "echo 'unit   7a'", "test UNIT = 7a  # as printed", "```", "```sh",
                "python3 -c 'import signal, pathlib; wanted = [signal.SIGINT]; "
                "signal.pthread_sigmask(signal.SIG_BLOCK, wanted); print(1, flush=True); "
                f"signal.sigwait(wanted); pathlib.Path(\"{served}\").touch()'"
                "    # in a terminal of its own, until Ctrl-C",
                f"test ! -e {served}  # it goes on beside what follows", "```")), "utf-8")
            documents.run(path)
            self.assertTrue(served.exists())
            path.write_text("```sh\nfalse\n```", "utf-8")
            with self.assertRaises(SystemExit):
                documents.run(path)


if __name__ == "__main__":
    unittest.main()
