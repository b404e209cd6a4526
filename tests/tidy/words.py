# SPDX-License-Identifier: Apache-2.0
"""Nurse-facing words stand in one list for each layer, in both languages, and nowhere else."""

import re

LITERAL = re.compile(r'"((?:\\.|[^"\\])*)"')
# What makes a sentence of a text, in the language of the literal.
WORDS = re.compile(r"\b(?:the|is|are|was|not|of|and|er|som|ikke|eller|på|av|til)\b", re.IGNORECASE)
NORWEGIAN = re.compile("[æøåÆØÅ«»]")
# English for developers and logs: an Error's `what`, an exception, what the wire or a tool is told.
FOR_DEVELOPERS = re.compile(
    r"\bfail\(|\bError\{|ErrorCode::|\bwhat\(\)|#include|\bproblem\(|problems\.push_back|throw ")
# Words that are data of the language itself: how an amount and its times are put together.
DATA = {"sdk/clinical/dosage_words.cpp", "examples/kari/completion.cpp"}


def literals(tree, path):
    """(number, line before it, text) of each literal of a line; a comment is none."""
    before = ""
    for number, line in enumerate(tree.lines(path), 1):
        code = re.sub(r"(^|[^:])//.*$", r"\1", line)
        for found in LITERAL.finditer(code):
            yield number, before + code, found.group(1)
        before = code


def words_elsewhere(tree):
    problems = []
    for path in tree.cxx():
        name = str(path)
        if name in DATA or path.suffix != ".cpp":
            continue
        if name.startswith("examples/kari/"):
            for number, code, text in literals(tree, path):
                if WORDS.search(text) and " " in text and not FOR_DEVELOPERS.search(code) \
                        and ".example" not in code:
                    problems.append(f"{name}:{number}: \"{text}\" belongs in labels.def")
        elif name.startswith("sdk/device/"):
            for number, _, text in literals(tree, path):
                if NORWEGIAN.search(text):
                    problems.append(f"{name}:{number}: \"{text}\" belongs in sdk/clinical's "
                                    "catalogue")
    return problems


def labels_unused(tree):
    """Every label of the command is shown by it somewhere."""
    path = "examples/kari/labels.def"
    if not any(str(file) == path for file in tree.files):
        return []
    made = re.findall(r"^KARI_LABEL\((\w+)", tree.text(path), re.MULTILINE)
    used = set()
    for file in tree.cxx():
        if str(file).startswith("examples/kari/"):
            used |= set(re.findall(r"\bLabel::(\w+)", tree.text(file)))
    return [f"{path}: nothing says {name}" for name in made if name not in used]


RULES = [words_elsewhere, labels_unused]
