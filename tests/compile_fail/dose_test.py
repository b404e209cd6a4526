#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the public headers do not let an application say about a dose: as they stand the files are
one and the same and compile; with KARI_WRONG none does, for the reason that it names after
"error:"."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ["KARI_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["KARI_BUILD_DIR"])
HERE = pathlib.Path(__file__).resolve().parent


def compiler():
    cache = (BUILD / "CMakeCache.txt").read_text("utf-8")
    return re.search(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache, re.MULTILINE).group(1)


def compiled(path, *defines):
    return subprocess.run([compiler(), "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
                           f"-I{SOURCE / 'sdk/include'}", *defines, str(path)], text=True,
                          capture_output=True, timeout=300, check=False,
                          env={**os.environ, "LC_ALL": "C"})


def right(path):
    """What is left of a file where nothing is wrong: the same of all."""
    return re.sub(r"^//.*?$|^#ifdef KARI_WRONG$.*?^#endif$", "", path.read_text("utf-8"),
                  flags=re.MULTILINE | re.DOTALL).strip()


def problem(path):
    stated = re.findall(r"^// error: (.+)$", path.read_text("utf-8"), re.MULTILINE)
    if len(stated) != 1:
        return f"{path.name}: says not once which error is expected"
    wrong = compiled(path, "-DKARI_WRONG")
    if wrong.returncode == 0:
        return f"{path.name}: compiles with KARI_WRONG"
    if not re.search(stated[0], wrong.stderr):
        return f"{path.name}: fails for another reason\n{wrong.stderr}"
    return None


class DoseTest(unittest.TestCase):
    def test_an_application_cannot_say_a_wrong_dose(self):
        files = sorted(HERE.glob("dose_*.cpp"))
        self.assertGreaterEqual(len(files), 9)
        self.assertEqual(len({right(path) for path in files}), 1)
        self.assertEqual(compiled(files[0]).returncode, 0)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            problems = [each for each in pool.map(problem, files) if each]
        self.assertEqual(problems, [], "\n".join(problems))


if __name__ == "__main__":
    unittest.main(verbosity=2)
