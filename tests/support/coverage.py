#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the tests ran: coverage.py BUILD. Reads the counts of a build of the coverage preset with
gcovr; writes BUILD/report/summary.txt and BUILD/report/index.html and prints the summary: lines
and branches by folder, then the files with the most lines that nothing ran."""

import collections
import json
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
WORST = 25


def counted(build, report):
    """Writes the pages; gives gcovr's figures of each file."""
    figures = report / "summary.json"
    command = ["gcovr", "--root", SOURCE, "--object-directory", build, build,
               "--filter", f"{SOURCE}/(sdk|sync-server|platform|examples)/",
               "--exclude-throw-branches", "--exclude-unreachable-branches", "-j",
               str(os.cpu_count()), "--html-details", report / "index.html",
               "--json-summary", figures]
    subprocess.run(command, check=True, cwd=SOURCE)
    return json.loads(figures.read_text("utf-8"))["files"]


def percent(covered, total):
    return f"{100 * covered / total:5.1f} %" if total else "      -"


def summary(files):
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    for each in files:
        sums = [each["line_covered"], each["line_total"], each["branch_covered"],
                each["branch_total"]]
        for folder in (str(pathlib.Path(each["filename"]).parent), "all"):
            folders[folder] = [a + b for a, b in zip(folders[folder], sums)]
    lines = ["  lines  branches  folder"]
    for folder in sorted(folders, key=lambda name: (name == "all", name)):
        covered, total, taken, branches = folders[folder]
        lines.append(f"{percent(covered, total)}   {percent(taken, branches)}  {folder}")
    worst = sorted(files, key=lambda each: each["line_covered"] - each["line_total"])[:WORST]
    lines += ["", "not run  of lines  file"]
    lines += [f"{each['line_total'] - each['line_covered']:7}  {each['line_total']:8}  "
              f"{each['filename']}" for each in worst]
    return "\n".join(lines)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    report = build / "report"
    report.mkdir(exist_ok=True)
    text = summary(counted(build, report))
    (report / "summary.txt").write_text(text + "\n", "utf-8")
    print(text)
    print(f"coverage: {report}/index.html shows each line, {report}/summary.txt has this list")


if __name__ == "__main__":
    main()
