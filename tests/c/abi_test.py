#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kari.h, libkari.so and bindings/c/abi/v1.txt say the same. KARI_WRITE_ABI=1 writes the list."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import abi

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
LIBRARY = BUILD / "bindings" / "c" / "libkari.so"
HEADERS = sorted(path.relative_to(abi.INCLUDE) for path in abi.INCLUDE.rglob("*.h"))
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", f"-I{abi.INCLUDE}"]
sys.path.insert(0, str(abi.SOURCE / "bindings" / "c" / "abi"))

import make_status  # noqa: E402  (found by the line above)


class Abi(unittest.TestCase):
    def test_every_header_compiles_alone_as_c_and_as_cxx(self):
        cxx = os.environ.get("CXX", "c++")
        for header in HEADERS:
            for compiler, language, standard in ((abi.CC, "c", "c99"), (abi.CC, "c", "c11"),
                                                 (cxx, "c++", "c++11"), (cxx, "c++", "c++20")):
                with self.subTest(header=header, standard=standard):
                    done = subprocess.run([compiler, f"-std={standard}", "-x", language, *STRICT,
                                           abi.INCLUDE / header], capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_list_is_what_the_headers_say(self):
        listing = abi.listing()
        if os.environ.get("KARI_WRITE_ABI"):
            abi.LIST.write_text("\n".join(listing) + "\n", "utf-8")
        self.assertEqual(listing, abi.LIST.read_text("utf-8").splitlines())

    def test_the_library_exports_what_the_header_declares_and_nothing_else(self):
        symbols, soname, needed = abi.exported(LIBRARY)
        self.assertEqual(symbols, sorted(abi.functions(abi.preprocessed())))
        self.assertEqual(soname, "libkari.so.1")
        self.assertNotIn("libsqlite3.so.0", needed)

    def test_the_surface_stays_small(self):
        self.assertLessEqual(len(abi.functions(abi.preprocessed())), 80)

    def test_the_numbers_of_errors_are_of_the_one_list(self):
        self.assertEqual((abi.INCLUDE / "kari" / "status.h").read_text("utf-8"),
                         make_status.header(abi.SOURCE))

    def test_every_function_is_documented_and_used_by_a_test_in_c(self):
        header = (abi.INCLUDE / "kari.h").read_text("utf-8")
        used = "".join(path.read_text("utf-8")
                       for path in pathlib.Path(__file__).parent.glob("*.[ch]*"))
        for name in abi.functions(abi.preprocessed()):
            with self.subTest(function=name):
                self.assertRegex(used, rf"\b{name}\(")
                at = re.search(rf"^[a-z][\w ]*\*? ?{name}\(", header, re.MULTILINE).start()
                before = header[:at].rstrip().splitlines()[-1]
                self.assertTrue(before.startswith("//") or "kari_" in before, before)

    def test_every_struct_that_is_an_argument_begins_with_its_size(self):
        arguments = "".join((abi.INCLUDE / name).read_text("utf-8")
                            for name in ("kari.h", "kari/entries.h"))
        for name, fields in abi.structs(re.sub(r"//[^\n]*", "", arguments)).items():
            with self.subTest(struct=name):
                self.assertEqual(fields[0], "struct_size")


if __name__ == "__main__":
    unittest.main()
