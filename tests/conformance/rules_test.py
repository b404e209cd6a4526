#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""rules.tsv says what must hold when authors do not see each other, line by line, and which test
shows it. Columns: row, what holds, rules that find it, case, converse. A case is SUITE_NAME: test
name; or `waits for MESSAGE`, a kind that the schema does not have yet; or `waits for "WORDS"`, by
which README.md says what is not yet here; or `missing`, of which README.md states the number. A
row without rules needs no converse; "-" is none."""

import re
import sys

from living_tests import SOURCE, not_yet_here, tests


def kinds():
    protos = "".join(path.read_text("utf-8")
                     for path in (SOURCE / "sdk" / "proto" / "kari" / "v1").glob("*.proto"))
    return set(re.findall(r"message (\w+) \{\s*option \(kind\)", protos))


def found_rules():
    """(rules with sentences of their own, patterns and lines of contested atoms)."""
    table = (SOURCE / "sdk" / "chart" / "finding_rules.def").read_text("utf-8")
    return (set(re.findall(r'^KARI_FINDING_RULE\("([^"]+)"', table, re.MULTILINE)),
            set(re.findall(r'^KARI_CONTESTED_ATOM\("([^"]+)"', table, re.MULTILINE)))


class Table:
    def __init__(self, text):
        self.rows, self.problems = [], []
        for number, line in enumerate(text.splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            cells = line.split("\t")
            if len(cells) == 4:
                cells.append("-")
            if len(cells) != 5 or not all(cells):
                self.problems.append(f"line {number}: five columns, none empty")
                continue
            self.rows.append(cells)
        names = [row[0] for row in self.rows]
        self.problems += [f"{name}: twice" for name in sorted(set(names)) if names.count(name) > 1]

    def text_of(self, row, cell, known):
        program, _, name = cell.partition(": ")
        text = known.get(program, {}).get(name)
        if text is None:
            self.problems.append(f"{row}: no test {cell}")
        return text or ""

    def check_wait(self, row, thing, schema, not_here):
        if thing.startswith('"'):
            if thing.strip('"') not in not_here:
                self.problems.append(f"{row}: README.md says no more that {thing} are not here")
        elif thing in schema:
            self.problems.append(f"{row}: the kind is here, so its test must be")

    def check(self, known, schema, rules, contested, not_here):
        shown = set()
        for row, _, found, case, converse in self.rows:
            if case == "missing":
                continue
            if case.startswith("waits for "):
                self.check_wait(row, case.removeprefix("waits for "), schema, not_here)
                continue
            text = self.text_of(row, case, known)
            if converse != "-":
                self.text_of(row, converse, known)
            for rule in [] if found == "-" else found.split():
                if converse == "-":
                    self.problems.append(f"{row}: {rule} has no converse")
                if rule not in rules and not (rule.startswith("merge/") and contested):
                    self.problems.append(f"{row}: there is no rule {rule}")
                if f'"{rule}"' not in text and "contested_rule(kind.kind" not in text:
                    self.problems.append(f"{row}: its test does not look for {rule}")
                shown.add(rule)
        self.problems += [f"{rule}: no row has its case and its converse"
                          for rule in sorted(rules - shown)]

    def count(self, word):
        return sum(case.startswith(word) for _, _, _, case, _ in self.rows)


def bites():
    """The check finds what is planted."""
    known = {"unit_a": {"one": 'only(x, "r/one")', "other": ""}}
    plant = {
        "r-1\tx\tr/one\tunit_a: one\tunit_a: other": 0,
        "r-1\tx\tr/one\tunit_a: none\tunit_a: other": 2,  # no test, so it looks for no rule
        "r-1\tx\tr/one\tunit_a: one": 1,
        "r-1\tx\tr/one\tunit_a: other\tunit_a: one": 1,
        "r-1\tx\tr/one\tunit_a: one\tunit_a: other\nr-2\tx\t-\twaits for Here": 1,
        "r-1\tx\tr/one\tunit_a: one\tunit_a: other\nr-2\tx\t-\twaits for Elsewhere": 0,
        "r-1\tx\tr/one\tunit_a: one\tunit_a: other\nr-2\tx\t-\twaits for \"PRN doses\"": 0,
        "r-1\tx\tr/one\tunit_a: one\tunit_a: other\nr-2\tx\t-\twaits for \"weekly doses\"": 1,
        "r-1\tx\tr/one\tunit_a: one\tunit_a: other\nr-1\tx\t-\tunit_a: one": 1,
        "r-2\tx\t-\tunit_a: one": 1,
    }
    for text, expected in plant.items():
        table = Table(text)
        table.check(known, {"Here"}, {"r/one"}, set(), "Not yet here: PRN doses")
        if len(table.problems) != expected:
            return [f"the check itself: {text!r} gave {table.problems}"]
    return []


def main():
    table = Table((SOURCE / "tests" / "conformance" / "rules.tsv").read_text("utf-8"))
    table.check(tests(), kinds(), *found_rules(), not_yet_here())
    missing = table.count("missing")
    stated = f"{missing} rows of `tests/conformance/rules.tsv`"
    is_stated = stated in " ".join((SOURCE / "README.md").read_text("utf-8").split())
    if missing and not is_stated:
        table.problems.append(f"README.md does not state the {stated} that are missing")
    problems = bites() + table.problems
    print("\n".join(problems))
    print(f"{len(table.rows)} rows: {missing} missing, "
          f"{table.count('waits for ')} wait for what is not here")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
