# SPDX-License-Identifier: Apache-2.0
"""Messages, enums and merge options, read from the text of the .proto files: these are part of the
specification, and nothing that was generated from them is used."""

import pathlib
import re

PROTO = pathlib.Path(__file__).resolve().parents[2] / "sdk" / "proto" / "kari" / "v1"
# Of the option of a field: what is one word, and what is a list of words.
OPTION = re.compile(r"\b(\w+):\s*(\[[^\]]*\]|\"[^\"]*\"|\w+)", re.DOTALL)


class Member:
    """A field of a message."""

    def __init__(self, number, name, type_name, label, options):
        self.number = number
        self.name = name
        self.type = type_name  # a scalar, or a message or enum of the schema
        self.repeated = label == "repeated"
        self.optional = label == "optional"  # zero and left out differ
        self.instead_of = []  # all of its oneof
        self.merge = {key: re.findall(r"\w+", words) for key, words in OPTION.findall(options)}
        self.policy = self.merge.get("policy", [""])[0].removeprefix("POLICY_")

    def listed(self, key):
        return self.merge.get(key, [])


class Schema:
    """messages: name -> number -> Member. enums: name -> value's name -> number. kinds: the number
    of a kind -> its message."""

    def __init__(self, folder=PROTO):
        self.messages, self.enums, self.kinds = {}, {}, {}
        for path in sorted(pathlib.Path(folder).glob("*.proto")):
            text = re.sub(r"//[^\n]*", "", path.read_text("utf-8"))
            for word, name, body in blocks(text):
                if word == "enum":
                    self.enums[name] = {value: int(number) for value, number
                                        in re.findall(r"(\w+)\s*=\s*(\d+)\s*;", body)}
                elif word == "message":
                    self.read_message(name, body)

    def read_message(self, name, body):
        kind = re.search(r"option \(kind\) = \{kind: (\d+)", body)
        if kind:
            self.kinds[int(kind.group(1))] = name
        members = []
        for word, _, inner in blocks(body):
            if word != "oneof":
                continue
            body = body.replace(inner, "")
            choice = list(read_members(inner))
            for member in choice:
                member.optional = True
                member.instead_of = [each.number for each in choice]
            members += choice
        members += read_members(body)
        self.messages[name] = {member.number: member for member in members}

    def member(self, message, name):
        return next(each for each in self.messages[message].values() if each.name == name)


def blocks(text):
    """(word, name, body) of every block at the outermost level of the text."""
    at = 0
    opening = re.compile(r"\b(message|enum|oneof)\s+(\w+)\s*\{")
    while found := opening.search(text, at):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield found.group(1), found.group(2), text[found.end():end - 1]
        at = end


def read_members(body):
    pattern = re.compile(r"(?:(optional|repeated)\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)"
                         r"\s*(\[[^;]*\])?\s*;", re.DOTALL)
    for label, type_name, name, number, options in pattern.findall(body):
        if type_name != "option":
            yield Member(int(number), name, type_name, label, options)
