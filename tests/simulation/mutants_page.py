#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what `./dev sim --mutants --json FILE` found into the table of docs/testing.md:
mutants_page.py FILE. Rows that FILE does not name stay as they are."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/testing.md"
HEAD = "| mutant | what it breaks | how it is seen | seed |\n|---|---|---|---|\n"


def words(seen_as):
    """A violation without what is only this run's."""
    text = re.sub(r"\b[0-9a-f]{16,}\b", "...", seen_as.splitlines()[0]).replace("|", "/")
    return re.sub(r"tablet \d+", "a tablet", re.sub(r"\b\d+\b(?! )", "N", text))[:120]


def row(one):
    seen = words(one["seen_as"]) if one["caught"] else f"not seen in {one['seeds_tried']} seeds"
    return f"| `{one['name']}` | {one['breaks']} | {seen} | {one['seed'] or '-'} |\n"


def main(path):
    found = {one["name"]: row(one) for one in json.loads(pathlib.Path(path).read_text())["mutants"]}
    page = PAGE.read_text("utf-8")
    before, rest = page.split(HEAD)
    table, after = re.match(r"((?:\| [^\n]*\n)*)(.*)", rest, re.DOTALL).groups()
    known = {re.match(r"\| `(\w+)`", line)[1]: line for line in table.splitlines(keepends=True)}
    known.update(found)
    rows = re.findall(r'^KARI_MUTANT\((\w+), "(.+)"\)$',
                      (ROOT / "sdk/base/mutants.def").read_text("utf-8"), re.MULTILINE)
    table = "".join(known.get(name, f"| `{name}` | {breaks} | not hunted yet | - |\n")
                    for name, breaks in rows)
    PAGE.write_text(before + HEAD + table + after, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
