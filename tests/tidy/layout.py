# SPDX-License-Identifier: Apache-2.0
"""Measures, names, licence lines and words that may not stand in the tree."""

import re

COLUMNS = 100
FILE_LINES = 500
FUNCTION_LINES = 70
HEADER_LINES = 300  # of a public header
HEADINGS = ["What", "Requires", "Returns and errors", "Durability", "Threads", "Ownership",
            "Units and limits", "Source of clinical rules"]  # of a public header, in this order
LICENCE = "SPDX-License-Identifier: Apache-2.0"
BANNED = r"(?:utils?|commons?|helpers?|managers?|misc|impl)"
BANNED_FILE = re.compile(rf"(?:^|[_-]){BANNED}$", re.IGNORECASE)
BANNED_TYPE = re.compile(
    r"\b(?:class|struct|enum(?: class)?)\s+(\w*(?:Utils?|Common|Helpers?|Manager))\b"
    rf"|\bnamespace\s+((?:\w+::)*{BANNED})\b")
# Put together from parts, so that this file does not hold what it looks for.
HOSTS = ["debian" + ".org", "npmjs" + ".", "pypi" + ".org", "pythonhosted" + ".", "maven" + ".org",
         "maven.google" + ".", "docker" + ".io", "ghcr" + ".io", "quay" + ".io", "crates" + ".io",
         "golang" + ".org", "packages.cloud" + "."]
MACHINE = re.compile(r"(?<![\w.}/$-])/(?:work|home|tmp|Users)/[\w.]+|"
                     + "|".join(re.escape(host) for host in HOSTS))
TEXT = {".md", ".txt", ".json", ".toml", ".yml", ".yaml", ".sql", ""}
FUNCTION_NOT = re.compile(r"^(?:\}?\s*)?(?:namespace|class|struct|union|enum|extern|concept)\b")


def wide_lines(tree):
    return [f"{path}:{number}: {len(line)} columns, {COLUMNS} are the limit"
            for path in tree.code() for number, line in enumerate(tree.lines(path), 1)
            if len(line) > COLUMNS]


def long_files(tree):
    problems = []
    for path in tree.code():
        if path.suffix == ".proto":
            continue  # a schema is one list
        limit = FILE_LINES
        if str(path).startswith("sdk/include/"):
            limit = HEADER_LINES
        length = len(tree.lines(path))
        if length > limit:
            problems.append(f"{path}: {length} lines, {limit} are the limit")
    return problems


def without_text(source):
    """The source with comments and literals blanked, line for line."""
    pattern = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
                         r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)
    return pattern.sub(lambda found: "\n" * found.group(0).count("\n"), source)


def functions(source):
    """(first line, lines, signature) of every outermost function body, as well as braces tell."""
    found = []
    depth_of_body = None
    depth, line, head, start = 0, 1, "", 1
    for char in without_text(source):
        if char == "\n":
            line += 1
        if char == "{":
            signature = " ".join(head.split())
            if depth_of_body is None and "(" in signature and not FUNCTION_NOT.match(signature):
                depth_of_body, start = depth, line
                name = signature
            depth += 1
            head = ""
        elif char == "}":
            depth -= 1
            if depth_of_body is not None and depth <= depth_of_body:
                found.append((start, line - start + 1, name))
                depth_of_body = None
            head = ""
        elif char == ";":
            head = ""
        else:
            head += char
    return found


def long_functions(tree):
    """Functions past the limit, save where long_functions.txt still allows a file more."""
    ratchet = {}
    if any(str(path) == "tests/tidy/long_functions.txt" for path in tree.files):
        for entry in tree.lines("tests/tidy/long_functions.txt"):
            if entry.strip() and not entry.startswith("#"):
                place, lines = entry.rsplit(" ", 1)
                ratchet[place] = int(lines)
    problems = []
    for path in tree.cxx():
        longest = ratchet.get(str(path), FUNCTION_LINES)
        for start, length, name in functions(tree.text(path)):
            if length > longest and not name.startswith("TEST_CASE"):
                problems.append(f"{path}:{start}: a function of {length} lines, {longest} are the "
                                f"limit: {name[:60]}")
    return problems


def unlicensed(tree):
    return [f"{path}: {LICENCE} is not in its first three lines" for path in tree.code()
            if not any(LICENCE in line for line in tree.lines(path)[:3])]


def banned_names(tree):
    problems = []
    for path in tree.files:
        for part in path.parts:
            if BANNED_FILE.search(part.split(".")[0]):
                problems.append(f"{path}: {part} says nothing; name it after what it holds")
    for path in tree.cxx():
        for number, line in enumerate(tree.lines(path), 1):
            found = BANNED_TYPE.search(line.split("//")[0])
            if found:
                problems.append(f"{path}:{number}: {found.group(0)} says nothing")
    return problems


def unnamed_folders(tree):
    """Every folder at the top and of the SDK has a line in README.md."""
    folders = {path.parts[0] for path in tree.files
               if len(path.parts) > 1 and not path.parts[0].startswith(".")}
    folders |= {f"sdk/{path.parts[1]}" for path in tree.files
                if len(path.parts) > 2 and path.parts[0] == "sdk"}
    readme = tree.text("README.md") if (tree.root / "README.md").exists() else ""
    return [f"README.md: no line for {folder}" for folder in sorted(folders)
            if not re.search(rf"^\| `{re.escape(folder)}[`/]", readme, re.MULTILINE)]


def machine_words(tree):
    """Paths of one machine and hosts of package registries."""
    problems = []
    for path in tree.files:
        if path.suffix in TEXT or path in tree.code():
            for number, line in enumerate(tree.lines(path), 1):
                found = MACHINE.search(line)
                if found:
                    problems.append(f"{path}:{number}: {found.group(0)} belongs to one machine")
    return problems


def missing_headings(tree):
    """Every public header says the same things of itself, in the same order, before its code."""
    problems = []
    for path in tree.files:
        if "include/kari/" not in str(path) or path.suffix != ".hpp":
            continue
        before_code = tree.text(path).split("\nnamespace ", 1)[0]
        found = re.findall(r"^// (" + "|".join(HEADINGS) + r"): \S", before_code, re.MULTILINE)
        missing = [heading for heading in HEADINGS if heading not in found]
        problems += [f"{path}: its comment does not say \"{heading}:\"" for heading in missing]
        if not missing and found != HEADINGS:
            problems.append(f"{path}: its headings stand in another order than the others'")
    return problems


RULES = [wide_lines, long_files, long_functions, unlicensed, banned_names, unnamed_folders,
         machine_words, missing_headings]
