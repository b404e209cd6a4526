#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Doxygen's filter: comments.py HEADER prints it with its plain comments as Doxygen's.

Our headers are commented with `//` alone. What stands directly above a declaration is of it, what
stands behind one too, and the page at a header's beginning ("What: ...") is of the file. A function
without words of its own has those of the section ("// ---- Tasks") that it stands in, or of its
class. Of a type of C the words stand behind its end. Lines keep their numbers."""

import re
import sys

ALONE = re.compile(r"^(\s*)//(?!/)(.*)$")
BEHIND = re.compile(r"^(.*\S)(\s+)//(?![/<])(.*)$")
HEADING = re.compile(r"^ ([A-Z][\w ]+): ")
SECTION = re.compile(r"^ ?-{4,} (.*?)[ -]*$")
OPENS = re.compile(r"^\s*(?:(?:typedef )?(?:struct|class|enum)\b.*\{|enum class .*\};)$")
ENDS = re.compile(r"^(?:\} kari_\w+;|(?:enum \{.*)?\};) +// (.*)$")
C_TYPE = re.compile(r"^typedef (?:struct kari_\w+ \{|uint32_t kari_\w+;)$")
CLASS = re.compile(r"^(?:struct|class) .*\{$")
FUNCTION = re.compile(r"^\s*(?!friend|return|using|typedef|explicit operator)[\w:<>,&*\[\] ]+\(")
NOT_DOXYGEN = re.compile(r" ?(?:NOLINT|SPDX|clang-format)")
BETWEEN_SYMBOLS = "\\@<>&#%"


def escaped(text):
    """Text as Doxygen shows it: no command, tag or link is made of what is none."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`")
                   else re.sub(f"([{re.escape(BETWEEN_SYMBOLS)}])", r"\\\1", part)
                   for part in parts)


def page_line(indent, text):
    """A line of the page at the beginning of a header: a paragraph for each of its headings."""
    heading = HEADING.match(text)
    if not heading:
        return f"{indent}///{escaped(text)}"
    return f"{indent}/// <p><b>{heading[1]}.</b> {escaped(text[heading.end():])}"


class Header:
    def __init__(self, text):
        self.lines, self.out = text.splitlines(), []
        self.page_done = False
        self.column = None  # of the comment behind the line before
        self.section = ""  # what is said of a function that has no words of its own
        self.words = ""  # of the last comment
        self.ended = True  # the line before ended a declaration or has its comment behind it
        self.spoken = False  # the line before is a comment of what follows

    def behind(self, line):
        """A line with a comment behind it; None when it has none."""
        found = BEHIND.match(line)
        if not found or NOT_DOXYGEN.match(found[3]) or "//" in found[1]:
            return None
        code, words = found[1], escaped(found[3])
        if OPENS.match(code):
            return f"/**{words} */ {code.strip()}"
        self.column = len(code) + len(found[2])
        return f"{code}{found[2]}///<{words}"

    def code(self, at):
        line = self.lines[at]
        self.column = None
        bare = line.strip()
        said = self.behind(line)
        if ENDS.match(line):
            said = line  # the words were said where it begins
        elif C_TYPE.match(line) and not self.spoken:
            end = next(filter(None, map(ENDS.match, self.lines[at + 1:])), None)
            said = f"/** {escaped(end[1])} */ {line}" if end else None
        if said is None and self.ended and not self.spoken and self.section \
                and FUNCTION.match(line):
            said = f"/** {escaped(self.section)} */ {bare}"
        if line in ("private:", "};"):
            self.section = ""
        elif CLASS.match(line.partition("  //")[0]):
            self.section = self.words if self.spoken else ""
        self.out.append(line if said is None else said)
        code = line.partition("  //")[0].rstrip()
        self.ended = not bare or code.endswith((";", "}", "{", ":", "\\")) or bare.startswith("#")
        self.spoken = False

    def comment(self, block, followed):
        if not self.page_done and any(words.startswith(" What: ") for _, words in block):
            self.out[-1] = "/// @file"  # an empty line stands before it
            self.out += [page_line(*line) for line in block]
            self.page_done = True
            return
        own = block
        if section := SECTION.match(block[0][1]):
            # Its sentence may go on; what begins anew is of the declaration below.
            end = next((at for at in range(1, len(block)) if block[at][1].strip()[:1].isupper()),
                       len(block))
            words = " ".join([section[1], *(text.strip() for _, text in block[1:end])])
            self.section = re.sub(r"([^.])$", r"\1.", words)
            own = block[end:]
        for at, (indent, words) in enumerate(block):
            dead = not followed or at < len(block) - len(own) or NOT_DOXYGEN.match(words)
            self.out.append(f"{indent}//{words}" if dead else f"{indent}///{escaped(words)}")
        self.words = " ".join(text.strip() for _, text in own)
        self.spoken = bool(own) and followed
        self.ended = True

    def filtered(self):
        at = 0
        while at < len(self.lines):
            alone = ALONE.match(self.lines[at])
            if not alone:
                self.code(at)
                at += 1
            elif len(alone[1]) == self.column:
                self.out.append(f"{alone[1]}///<{escaped(alone[2])}")
                at += 1
            else:
                block = []
                while at < len(self.lines) and (alone := ALONE.match(self.lines[at])):
                    block.append((alone[1], alone[2]))
                    at += 1
                followed = at < len(self.lines) and self.lines[at].strip() not in ("", "}", "};")
                self.comment(block, followed)
        return "\n".join(self.out) + "\n"


def filtered(text):
    return Header(text).filtered()


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as header:
        sys.stdout.write(filtered(header.read()))
