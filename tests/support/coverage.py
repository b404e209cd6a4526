#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the tests ran: coverage.py BUILD [FOLDER...]. Reads the counts of a build of the coverage
preset with llvm-cov; writes BUILD/report/summary.txt and the pages under BUILD/report, and prints
the summary: lines and branches by folder, then the files in which most is missing.

A branch is one outcome of one condition as it is written: `if (a && b)` has four. gcc counts the
edges of what it makes of the source instead, and most of those that no test takes are its own, for
destructors and exceptions (ADR 0170)."""

import collections
import json
import os
import pathlib
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ["sdk", "sync-server", "platform", "examples"]
WORST = 25


def programs(build):
    """What was built to be counted."""
    for folder, below, names in os.walk(build):
        below[:] = [name for name in below if name != "CMakeFiles"]
        for name in names:
            path = pathlib.Path(folder, name)
            if os.access(path, os.X_OK) and b"__llvm_covmap" in path.read_bytes():
                yield path


def counted(build, report, folders):
    """Writes the pages; gives llvm-cov's figures of each file."""
    profile = build / "counts" / "all.profdata"
    counts = sorted((build / "counts").glob("*.profraw"))
    if not counts:
        sys.exit(f"coverage: nothing in {build}/counts: no program of this build has run")
    subprocess.run(["llvm-profdata-19", "merge", "-o", profile, *counts], check=True)
    first, *more = programs(build)
    what = [f"--instr-profile={profile}", first, *(f"--object={each}" for each in more),
            *(SOURCE / folder for folder in folders)]
    subprocess.run(["llvm-cov-19", "show", "--format=html", f"--output-dir={report}",
                    "--show-branches=count", "--show-instantiations=false", *what], check=True)
    exported = subprocess.run(["llvm-cov-19", "export", "--summary-only", *what], check=True,
                              stdout=subprocess.PIPE).stdout
    return {str(pathlib.Path(each["filename"]).relative_to(SOURCE)): each["summary"]
            for each in json.loads(exported)["data"][0]["files"]}


def percent(covered, total):
    return f"{100 * covered / total:5.1f} %" if total else "      -"


def summary(files):
    folders = collections.defaultdict(lambda: [0, 0, 0, 0])
    missing = {}
    for name, figures in files.items():
        lines, branches = figures["lines"], figures["branches"]
        sums = [lines["covered"], lines["count"], branches["covered"], branches["count"]]
        missing[name] = (sums[1] - sums[0], sums[3] - sums[2])
        for folder in (str(pathlib.Path(name).parent), "all"):
            folders[folder] = [a + b for a, b in zip(folders[folder], sums)]
    lines = ["  lines  branches   taken of all  folder"]
    for folder in sorted(folders, key=lambda name: (name == "all", name)):
        covered, total, taken, branches = folders[folder]
        lines.append(f"{percent(covered, total)}   {percent(taken, branches)}  "
                     f"{taken:6} {branches:6}  {folder}")
    worst = sorted(missing, key=lambda name: -sum(missing[name]))[:WORST]
    lines += ["", "lines not run  branches not taken  file"]
    lines += [f"{missing[name][0]:13}  {missing[name][1]:18}  {name}" for name in worst]
    return "\n".join(lines)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    report = build / "report"
    report.mkdir(exist_ok=True)
    text = summary(counted(build, report, sys.argv[2:] or FOLDERS))
    (report / "summary.txt").write_text(text + "\n", "utf-8")
    print(text)
    print(f"coverage: {report}/index.html shows each line, {report}/summary.txt has this list")


if __name__ == "__main__":
    main()
