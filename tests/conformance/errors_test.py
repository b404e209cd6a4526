#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of docs/errors.md is made from the one list of errors and from the catalogue's
sentences, save its column for the app, which is written by hand in the page itself, as is what
stands before the table. KARI_WRITE_ERRORS=1 writes it anew and keeps both."""

import ast
import os
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PAGE = SOURCE / "docs" / "errors.md"
WHO = {"retry": "time", "user": "nurse", "operator_": "operator", "defect": "developer"}
UNUSED = "No call answers it today."
TABLE = "|---|---|---|---|---|---|\n"


def errors(listing):
    return re.findall(r"^KARI_ERROR\((\d+),\s*(\w+),\s*(\w+)\)", listing, re.MULTILINE)


def said(catalogue):
    """{name: (what happened, what to do)} in English."""
    literal = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
    entry = r"^KARI_ERROR_SAID\((\w+),\s*" + r",\s*".join([literal] * 4) + r"\)"
    return {name: tuple(ast.literal_eval(f"({text})") for text in english)
            for name, _, _, *english in re.findall(entry, catalogue, re.MULTILINE)}


def rows(page):
    """{name: the app's column} of the page."""
    cells = (line.strip("|").split("|") for line in page.splitlines() if re.match(r"\| \d", line))
    return {row[1].strip().strip("`"): row[5].strip() for row in cells if len(row) == 6}


def made(listing, catalogue, page):
    sentences, by_hand = said(catalogue), rows(page)
    lines = (f"| {number} | `{name}` | {WHO[advice]} | {sentences[name][0]} | {sentences[name][1]} "
             f"| {by_hand.get(name, '')} |\n" for number, name, advice in errors(listing))
    return page.partition(TABLE)[0] + TABLE + "".join(lines)


def check(page, listing, catalogue, code):
    by_hand, answered = rows(page), set(re.findall(r"\bErrorCode::(\w+)", code))
    problems = []
    for _, name, _ in errors(listing):
        if not by_hand.get(name):
            problems.append(f"{name}: errors.md does not say what the app does")
        elif (name in answered) == by_hand[name].startswith(UNUSED):
            problems.append(f"{name}: errors.md is wrong about whether any call answers it")
    if page != made(listing, catalogue, page):
        problems.append("errors.md is not what is made of errors.def and the catalogue: "
                        "KARI_WRITE_ERRORS=1 python3 tests/conformance/errors_test.py")
    return problems


def bites():
    """The check finds what is planted."""
    listing = "KARI_ERROR(1, one, user)\nKARI_ERROR(2, two, retry)\n"
    catalogue = 'KARI_ERROR_SAID(one,\n "a", "b", "It"\n " is", "Do")\n' \
                'KARI_ERROR_SAID(two, "a", "b", "So", "Wait")\n'
    page = made(listing, catalogue, "Words\n" + TABLE + "| 1 | `one` | . | . | . | ask |\n"
                f"| 2 | `two` | . | . | . | {UNUSED} |\n")
    code = "ErrorCode::one"
    plant = [(page, listing, code, 0), (page.replace("It is", "It"), listing, code, 1),
             (page.replace("ask", ""), listing, code, 1),
             (page, listing, code + "ErrorCode::two", 1), (page, listing, "", 1),
             (page, listing.replace("retry", "user"), code, 1), (page + "more\n", listing, code, 1)]
    for text, names, source, expected in plant:
        found = check(text, names, catalogue, source)
        if len(found) != expected:
            return [f"the check itself: {text!r} gave {found}"]
    return []


def main():
    listing = (SOURCE / "sdk/include/kari/errors.def").read_text("utf-8")
    catalogue = (SOURCE / "sdk/clinical/catalogue.def").read_text("utf-8")
    page = PAGE.read_text("utf-8")
    if os.environ.get("KARI_WRITE_ERRORS") == "1":
        page = made(listing, catalogue, page)
        PAGE.write_text(page, "utf-8")
    # explain() and the catalogue speak of every error; who answers one is elsewhere.
    code = "".join(path.read_text("utf-8") for folder in ("sdk", "sync-server", "platform")
                   for path in sorted((SOURCE / folder).rglob("*.[ch]pp"))
                   if path.name not in ("explain.cpp", "catalogue.cpp"))
    problems = bites() + check(page, listing, catalogue, code)
    print("\n".join(problems))
    print(f"{len(errors(listing))} errors")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
