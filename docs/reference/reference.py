#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The API reference, from the comments of the public headers: reference.py FOLDER.

Doxygen makes FOLDER/cpp of the C++ headers and FOLDER/c of those of C. Whatever it complains of is
an error: above all a public function, type or enum without words. A field's name may be enough, and
so may what C++ itself means by a move or a comparison."""

import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FILTER = pathlib.Path(__file__).with_name("comments.py")
PAGES = {
    "cpp": ("Kari in C++", "*.hpp", ["sdk/include/kari", "platform/linux/include/kari"], {
        "INCLUDE_PATH": "{source}/sdk/include", "EXCLUDE_SYMBOLS": "std::hash*"}),
    "c": ("Kari in C", "*.h", ["bindings/c/include"], {
        "OPTIMIZE_OUTPUT_FOR_C": "YES", "TYPEDEF_HIDES_STRUCT": "YES", "MACRO_EXPANSION": "YES",
        "EXPAND_ONLY_PREDEF": "YES", "PREDEFINED": '"KARI_FIELD(name,type)="'}),
}
SETTINGS = {
    "RECURSIVE": "YES", "GENERATE_LATEX": "NO", "HAVE_DOT": "NO", "QUIET": "YES",
    "JAVADOC_AUTOBRIEF": "YES", "STRIP_FROM_PATH": "{source}", "WARN_IF_UNDOCUMENTED": "YES",
    "WARN_AS_ERROR": "NO", "HTML_TIMESTAMP": "NO", "SORT_MEMBER_DOCS": "NO",
    "SHOW_USED_FILES": "NO", "HTML_OUTPUT": ".", "WARN_FORMAT": '"$file:$line: $text"',
}
# What needs no words: fields, the values of an enum, moves, comparisons, the list of errors' macro.
PLAIN = re.compile(r"Member .*\((?:variable|enumvalue)\) of |Member operator(?:==|<=>|=)\(|"
                   r"Member (\w+)\(\1 ?&&\) |Member KARI_ERROR\(|"
                   r"Internal inconsistency: scope for class std::hash<")
INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Kari</title></head><body><h1>Kari</h1>
<ul><li><a href="cpp/index.html">C++</a></li><li><a href="c/index.html">C</a></li>MORE</ul>
<p>Guides, the table of errors and the formats stand in the folder docs of the sources.</p>
</body></html>
"""


def complaints(log):
    """What Doxygen found that is not to be left as it is."""
    return [line for line in log.splitlines() if line.strip() and not PLAIN.search(line)]


def make(name, folder):
    title, pattern, inputs, more = PAGES[name]
    out = folder / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    log = out / "warnings.log"
    settings = SETTINGS | more | {
        "PROJECT_NAME": f'"{title}"', "FILE_PATTERNS": pattern, "OUTPUT_DIRECTORY": f'"{out}"',
        "INPUT": " ".join(f'"{SOURCE / one}"' for one in inputs), "WARN_LOGFILE": f'"{log}"',
        "INPUT_FILTER": f'"{sys.executable} {FILTER}"'}
    text = "".join(f"{key} = {value.replace('{source}', str(SOURCE))}\n"
                   for key, value in settings.items())
    done = subprocess.run(["doxygen", "-"], input=text, text=True, capture_output=True, check=False,
                          cwd=SOURCE)
    problems = complaints(log.read_text("utf-8").replace(f"{SOURCE}/", "") if log.exists() else "")
    if done.returncode != 0 or not (out / "index.html").exists():
        problems.append(f"doxygen ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    log.unlink(missing_ok=True)
    return problems


def main():
    if len(sys.argv) != 2:
        raise SystemExit("reference.py FOLDER")
    folder = pathlib.Path(sys.argv[1]).resolve()
    problems = [problem for name in PAGES for problem in make(name, folder)]
    # Made by Dokka, where it can be fetched, before this: ./dev docs.
    kotlin = (folder / "kotlin" / "index.html").exists()
    more = '\n<li><a href="kotlin/index.html">Kotlin</a></li>' if kotlin else ""
    (folder / "index.html").write_text(INDEX.replace("MORE", more), "utf-8")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"docs: {folder / 'index.html'}")
        print("docs: of Swift there are no pages yet (README.md says why)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
