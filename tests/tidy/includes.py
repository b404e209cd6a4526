# SPDX-License-Identifier: Apache-2.0
"""Which includes edges.txt forbids, and which words say that pure code is not pure."""

import pathlib
import re

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
PURE = ("sdk/base", "sdk/clinical", "sdk/merge", "sdk/chart", "sdk/fhir", "sdk/sync")
IMPURE = re.compile(
    r"\b(?:system_clock|steady_clock|high_resolution_clock)\s*::\s*now\b"
    r"|\bstd::(?:getenv|time)\s*\(|\bstd::(?:cout|cerr)\b"
    r"|\b(?:clock_gettime|gettimeofday|random_device)\b")
GENERATED = re.compile(r"kari/v\d+/.*\.pb\.h$")


class Edges:
    """The table of edges.txt."""

    def __init__(self, text):
        self.groups = {}
        self.allowed = {}
        for line in text.splitlines():
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line.startswith("@"):
                name, prefixes = line.split("=", 1)
                self.groups[name.strip()] = prefixes.split()
            else:
                folder, targets = line.split(":", 1)
                self.allowed[folder.strip()] = set(targets.split())

    def folder_of(self, path):
        """The folder of the table that a file belongs to: the deepest one above it."""
        for parent in [path] + list(path.parents):
            if str(parent) in self.allowed and parent != path:
                return str(parent)
        return str(path) if str(path) in self.allowed else None

    def granted(self, path):
        """All that a file may include: what its folders and it itself have been given."""
        granted = set()
        for place in [path] + list(path.parents):
            granted |= self.allowed.get(str(place), set())
        return granted

    def group_of(self, header):
        for name, prefixes in self.groups.items():
            for prefix in prefixes:
                whole = prefix.endswith((".h", ".hpp")) or "/" not in prefix
                if header == prefix or (not whole and header.startswith(prefix)):
                    return name
        return None


def target_of(edges, files, header):
    """What an include leads to: a folder of the table, a group, "std", or None and a reason."""
    if GENERATED.match(header):
        return "sdk/proto", None
    if header.startswith("kari/"):
        offered = [path.parents[2] for path in files if str(path).endswith(f"/include/{header}")
                   and path.parts[0] == "platform"]
        return (str(offered[0]) if offered else "sdk/include"), None
    path = pathlib.PurePosixPath(header)
    if path in files:
        folder = edges.folder_of(path)
        return folder, None if folder else f"{path.parent} has no line in edges.txt"
    group = edges.group_of(header)
    if group:
        return group, None
    if "/" in header:
        return None, "neither a file of this repository nor in a group of edges.txt"
    return "std", None


def judged(edges, files, path, quote, header):
    """Why this include may not be, or None."""
    own = edges.folder_of(path)
    if own is None:
        return f"{path.parent} has no line in tests/tidy/edges.txt"
    granted = edges.granted(path)
    if "*" in granted:
        return None
    if quote == '"' and pathlib.PurePosixPath(header) not in files and not GENERATED.match(header):
        return "quotes are for paths from the root of the repository"
    target, reason = target_of(edges, files, header)
    if reason:
        return reason
    if target in ("std", own) or target in granted:
        return None
    return f"{own} may not include {target}"


def forbidden_includes(tree):
    edges = Edges(tree.text("tests/tidy/edges.txt"))
    files = set(tree.files)
    problems = []
    for path in tree.cxx():
        for number, line in enumerate(tree.lines(path), 1):
            found = INCLUDE.match(line)
            reason = found and judged(edges, files, path, found.group(1), found.group(2))
            if reason:
                problems.append(f"{path}:{number}: {found.group(2)}: {reason}")
    return problems


def impure_words(tree):
    problems = []
    for path in tree.cxx():
        if str(path).startswith(tuple(folder + "/" for folder in PURE)):
            for number, line in enumerate(tree.lines(path), 1):
                found = IMPURE.search(line.split("//")[0])
                if found:
                    problems.append(f"{path}:{number}: {found.group(0)} in code that must be pure")
    return problems
