#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/safety/hazards.md: each hazard has a living test, each control one that lives, and what is
said not to be here is what README.md says is not here."""

import re
import sys

from living_tests import SOURCE, all_tests, lives, not_yet_here

HAZARD = re.compile(r"^## (H\d+) ")
CONTROL = re.compile(r"^- .+: `([^`:]+): ([^`]+)`$")
NOT_HERE = re.compile(r'^- Not here: "([^"]+)"$')


def check(text, known, not_here):
    problems, shown, hazard = [], {}, None
    for number, line in enumerate(text.splitlines(), 1):
        if heading := HAZARD.match(line):
            hazard = heading.group(1)
            if hazard in shown:
                problems.append(f"{hazard}: twice")
            shown.setdefault(hazard, 0)
        elif line.startswith("## "):
            problems.append(f"line {number}: no hazard's heading")
        if not line.startswith("- "):
            continue
        if hazard is None:
            problems.append(f"line {number}: a control of no hazard")
        elif gap := NOT_HERE.match(line):
            if gap.group(1) not in not_here:
                problems.append(f"{hazard}: README.md says no more that {gap.group(1)} is not here")
        elif control := CONTROL.match(line):
            if lives(f"{control.group(1)}: {control.group(2)}", known):
                shown[hazard] += 1
            else:
                problems.append(f"{hazard}: no test {control.group(1)}: {control.group(2)}")
        else:
            problems.append(f"line {number}: neither a control with its test nor what is not here")
    return problems + [f"{name}: no living test" for name, count in shown.items() if count == 0]


def bites():
    """The check finds what is planted."""
    known = {"unit_a": {"one": ""}, "b_test.py": {"test_two": ""}}
    head = "## H1 A hazard\n"
    plant = {
        head + "- a control: `unit_a: one`": 0,
        head + "- a control: `b_test.py: test_two`": 0,
        head + "- a control: `unit_a: two`": 2,  # and so none lives
        head + "- a control": 2,
        head: 1,
        head + '- Not here: "a thing"': 1,
        head + '- a control: `unit_a: one`\n- Not here: "a thing"': 0,
        head + '- a control: `unit_a: one`\n- Not here: "another"': 1,
        "- a control: `unit_a: one`": 1,
        (head + "- a control: `unit_a: one`\n") * 2: 1,
    }
    for text, expected in plant.items():
        found = check(text, known, "Not yet here: a thing")
        if len(found) != expected:
            return [f"the check itself: {text!r} gave {found}"]
    return []


def main():
    text = (SOURCE / "docs" / "safety" / "hazards.md").read_text("utf-8")
    problems = bites() + check(text, all_tests(), not_yet_here())
    print("\n".join(problems))
    print(f"{len(re.findall('^## H', text, re.MULTILINE))} hazards, "
          f"{len(re.findall('^- .*: `', text, re.MULTILINE))} controls")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
