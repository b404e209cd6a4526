#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents that show what they say by tests: each test that they name lives.

docs/formats/keys.md names them behind its statements. docs/safety/masvs.md has a row or more for
each control of OWASP MASVS 2.1, "| control | what Kari does | shown by |"; the last cell names
living tests, or says "the app's: WHY" or "not done: WHY"; several have <br> between."""

import re
import sys

from living_tests import NAMED, SOURCE, all_tests, lives, named_in

CONTROLS = ([f"STORAGE-{n}" for n in (1, 2)] + [f"CRYPTO-{n}" for n in (1, 2)]
            + [f"AUTH-{n}" for n in (1, 2, 3)] + [f"NETWORK-{n}" for n in (1, 2)]
            + [f"PLATFORM-{n}" for n in (1, 2, 3)] + [f"CODE-{n}" for n in (1, 2, 3, 4)]
            + [f"RESILIENCE-{n}" for n in (1, 2, 3, 4)] + [f"PRIVACY-{n}" for n in (1, 2, 3, 4)])
ROW = re.compile(r"^\| MASVS-([A-Z]+-\d) \| (.*) \| (.*) \|$")
REASON = re.compile(r"^(?:the app's|not done): \S.{9,}$")


def dead(text, known):
    return [f"no test {name}" for name in named_in(text) if not lives(name, known)]


def check_keys(text, known):
    problems = [f"keys.md: {what}" for what in dead(text, known)]
    # So that a mark that is mistyped is not taken for prose.
    for word in re.findall(r"`[^`]*`", text):
        if re.match(r"`(?:unit|contract|integration|fuzz|simulation)_\w+\b", word) \
                and not NAMED.fullmatch(word):
            problems.append(f"keys.md: names no test: {word}")
    return problems if named_in(text) else problems + ["keys.md: names no test at all"]


def check_masvs(text, known):
    problems, seen = [], set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("| MASVS"):
            continue
        row = ROW.match(line)
        if not row or row[1] not in CONTROLS:
            problems.append(f"masvs.md, line {number}: no row of a control")
            continue
        seen.add(row[1])
        for part in row[3].split("<br>"):
            part = part.strip()
            if NAMED.fullmatch(part):
                problems += [f"masvs.md, {row[1]}: {what}" for what in dead(part, known)]
            elif not REASON.match(part):
                problems.append(f"masvs.md, {row[1]}: neither a test nor a reason: {part}")
        problems += [f"masvs.md, {row[1]}: {what}" for what in dead(row[2], known)]
    return problems + [f"masvs.md: no row of {name}" for name in CONTROLS if name not in seen]


def bites():
    """The checks find what is planted."""
    known = {"unit_a": {"one": ""}, "b_test.py": {"test_two": ""}, "c_test.py": {}}
    rows = [f"| MASVS-{name} | it does | `unit_a: one` |" for name in CONTROLS]
    plant = {"`unit_a: one`": 0, "`b_test.py: test_two`<br>`c_test.py`": 0, "`unit_a: two`": 1,
             "`b_test.py: test_three`": 1, "`d_test.py`": 1, "`b_test.py`": 1, "": 1,
             "the app's: ": 1,
             "the app's: it has the screen": 0, "not done: nobody has begun": 0, "trust us": 1,
             "`unit_a: one`<br>not done: the other half": 0}
    for cell, expected in plant.items():
        rows[0] = f"| MASVS-STORAGE-1 | it does | {cell} |"
        found = check_masvs("\n".join(rows), known)
        if len(found) != expected:
            return [f"the check itself: {cell!r} gave {found}"]
    if len(check_masvs("\n".join(rows[1:]), known)) != 1:
        return ["the check itself: a control without a row passes"]
    for text, expected in {"It is so: `unit_a:\none`.": 0, "`unit_a: two`": 1, "Nothing.": 1,
                           "`unit_a one` and `unit_a: one`": 1}.items():
        if len(check_keys(text, known)) != expected:
            return [f"the check itself: {text!r} gave {check_keys(text, known)}"]
    return []


def main():
    known = all_tests()
    keys = (SOURCE / "docs" / "formats" / "keys.md").read_text("utf-8")
    masvs = (SOURCE / "docs" / "safety" / "masvs.md").read_text("utf-8")
    problems = bites() + check_keys(keys, known) + check_masvs(masvs, known)
    print("\n".join(problems))
    rows = re.findall(r"^\| MASVS-.*$", masvs, re.MULTILINE)
    print(f"keys.md names {len(named_in(keys))} tests; masvs.md has {len(rows)} rows: "
          f"{sum('not done: ' in row for row in rows)} with something not done")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
