#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kari-district as whoever needs a population meets it: every file is imported whole, memory does
not grow with the district, and wrong words are refused."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release"))
DISTRICT = BUILD / "examples" / "district" / "kari-district"
SERVER = BUILD / "sync-server" / "kari-sync-server"
MEMORY_MAX = 32 * 1024 * 1024
SANITIZED = any(word in str(BUILD) for word in ("asan", "tsan"))


class DistrictTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="kari-district-"))
        self.addCleanup(shutil.rmtree, self.work, ignore_errors=True)

    def make(self, *words):
        """The folder that was made, and the greatest memory that it took."""
        folder = self.work / f"district-{len(list(self.work.iterdir()))}"
        process = subprocess.Popen([DISTRICT, *words, "--out", folder])
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        return folder, usage.ru_maxrss * 1024

    def server(self, *words):
        done = subprocess.run([SERVER, *words, "--dir", self.work / "server", "--json"],
                              capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_file_is_imported_whole_and_a_later_day_on_top_of_it(self):
        self.server("init", "--port", "0")
        folder, _ = self.make("--patients", "6", "--days", "20")
        listed = json.loads((folder / "district.json").read_text("utf-8"))
        self.assertEqual(listed["label"], "demo, not for clinical use")
        first = self.server("import", str(folder / "bundles"), "--system", "urn:kari:district")
        self.assertTrue(first["complete"])
        self.assertEqual((first["rejected_count"], first["notes_count"]), (0, 0))
        self.assertEqual(first["written"], first["in"])
        # The directory has a unit, a doctor and six nurses.
        self.assertEqual(first["in"], 8 + sum(each["resources"] for each in listed["citizens"]))
        self.assertEqual(set(first["records"]), {each["patient"] for each in listed["citizens"]})

        longer, _ = self.make("--patients", "6", "--years", "1")
        second = self.server("import", str(longer / "bundles"), "--system", "urn:kari:district")
        self.assertTrue(second["complete"])
        # What both tell is the same: it was here already.
        self.assertEqual(second["unchanged"], first["in"])

        later, _ = self.make("--patients", "6", "--days", "20", "--day", "2025-03-20")
        third = self.server("import", str(later / "bundles"), "--system", "urn:kari:district")
        self.assertTrue(third["complete"])
        self.assertEqual((third["rejected_count"], third["notes_count"]), (0, 0))

    def test_memory_does_not_grow_with_the_district(self):
        if SANITIZED:
            self.skipTest("a sanitizer's own memory drowns the measurement")
        folder, memory = self.make("--patients", "1", "--resources", "20000")
        size = (folder / "bundles" / "citizen-00001.json").stat().st_size
        self.assertGreater(size, 15_000_000)
        self.assertLess(memory, MEMORY_MAX)
        folder, memory = self.make("--patients", "400", "--days", "2")
        self.assertEqual(len(list((folder / "bundles").iterdir())), 401)
        self.assertLess(memory, MEMORY_MAX)

    def test_wrong_words_are_refused(self):
        for words in (["--patients", "0"], ["--patients", "50001"], ["--day", "2025-02-29"],
                      ["--day", "1999-01-01"], ["--years", "11"], ["--resources", "0"],
                      ["--years", "1", "--days", "3"], ["--days", "3", "--resources", "9"]):
            with self.subTest(words=words):
                done = subprocess.run([DISTRICT, *words, "--out", self.work / "none"],
                                      capture_output=True, check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertFalse((self.work / "none").exists())
        taken = self.work / "taken"
        taken.write_text("a file stands where the folder should be")
        done = subprocess.run([DISTRICT, "--patients", "1", "--out", taken], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot make", done.stderr)


if __name__ == "__main__":
    unittest.main()
