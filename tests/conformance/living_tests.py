# SPDX-License-Identifier: Apache-2.0
"""Which tests live, so that a document that names one is held to it. A document names a test as
`suite_name: its sentence` or `file_test.py: test_name`; a script without such functions as
`file_test.py`."""

import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parents[2]
CASE = re.compile(r'TEST_CASE\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+)(?:,\s*"([^"]*)")?\s*\)\s*\{')
NAMED = re.compile(r"`((?:[a-z]+_\w+:\s[^`]+)|(?:\w+_test\.py(?::\stest_\w+)?)"
                   r"|(?:\w+Test\.kt:\s[^`]+))`")


def cases_of(path):
    """{name: text} of a file of Catch2; a hidden test is none."""
    text = path.read_text("utf-8")
    cases = list(CASE.finditer(text))
    found = {}
    for at, case in enumerate(cases):
        end = cases[at + 1].start() if at + 1 < len(cases) else len(text)
        name = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', case.group(1)))
        if "[." not in (case.group(2) or ""):
            found[name.replace('\\"', '"')] = text[case.start():end]
    return found


def tests():
    """{"unit_chart": {name: text of the test}}."""
    found = {}
    for path in (SOURCE / "tests").glob("*/*/*.cpp"):
        program = found.setdefault(f"{path.parts[-3]}_{path.parts[-2]}", {})
        program.update(cases_of(path))
    # Every fuzz target runs over its corpus by the one driver.
    for path in (SOURCE / "tests" / "fuzz").glob("*/target.cpp"):
        found[f"fuzz_{path.parent.name}"].update(cases_of(SOURCE / "tests" / "fuzz" / "drive.cpp"))
    return found


def all_tests():
    """Those of scripts and of Kotlin too, by the name of the file."""
    found = tests()
    for pattern, function in (("*/*_test.py", r"^ +def (test_\w+)"),
                              ("kotlin/*Test.kt", r"^ +fun `([^`]+)`\(")):
        for path in (SOURCE / "tests").glob(pattern):
            if path.name in found:
                raise SystemExit(f"two files are called {path.name}: a line cannot say which")
            names = re.findall(function, path.read_text("utf-8"), re.MULTILINE)
            found[path.name] = dict.fromkeys(names, "")
    return found


def lives(named, known):
    """Whether a test that a document names is there."""
    program, _, name = named.partition(": ")
    return name in known.get(program, {}) if name else known.get(program) == {}


def named_in(text):
    """Every test that a text names, in its order."""
    return [" ".join(name.split()) for name in NAMED.findall(text)]


def not_yet_here():
    """The paragraph of README.md that lists it."""
    text = " ".join((SOURCE / "README.md").read_text("utf-8").split())
    return text[text.index("Not yet here:"):text.index("lists what must hold when")]
