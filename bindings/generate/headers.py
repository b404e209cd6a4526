# SPDX-License-Identifier: Apache-2.0
"""kari.h as its text says it: structs, enums and functions with the comments that explain them."""

import pathlib
import re

SOURCE = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = SOURCE / "bindings" / "c" / "include"
PARTS = ["values", "care", "chart", "case", "round", "exchange", "entries"]


class Field:
    """`kind` is the bare type; `stars` how it is reached: "", "*", "**" (pointers in a list)."""

    def __init__(self, kind, stars, name, comment):
        self.kind, self.stars, self.name, self.comment = kind, stars, name, comment
        self.listed = False  # a count stands before it


class Struct:
    def __init__(self, name, part, comment, fields):
        self.name, self.part, self.comment, self.fields = name, part, comment, fields
        self.argument = bool(fields) and fields[0].name == "struct_size"


class Enum:
    def __init__(self, name, part, comment, values):
        self.name, self.part, self.comment, self.values = name, part, comment, values


class Function:
    def __init__(self, name, comment, result, parameters):
        self.name, self.comment, self.result = name, comment, result
        self.parameters = parameters  # Fields


def said(block):
    """The words of a block of // lines, without what is said of C++."""
    lines = [line.strip().removeprefix("//").strip() for line in block.splitlines()]
    text = "\n".join(line for line in lines if not line.startswith("----"))
    return re.sub(r"(^|\n)C\+\+: (?:[\w:, ]|\n)+$", "", text).replace("\n", " ").strip()


def variable(words):
    found = re.fullmatch(r"(?:const )?(\w+) ?((?:\* ?(?:const)?\*?|\*\*)?) ?(\w+)", words.strip())
    if not found:
        raise ValueError(f"no variable: {words!r}")
    return found[1], found[2].replace("const", "").replace(" ", ""), found[3]


def fields_of(body):
    found, words = [], ""
    for line in body.splitlines():
        code, _, comment = line.partition("//")
        if not code.strip() and found and not words:
            found[-1].comment = f"{found[-1].comment} {comment.strip()}".strip()
            continue
        words = f"{words} {code.strip()}".strip()
        if words.endswith(";"):
            if "(*" not in words:
                found.append(Field(*variable(words[:-1]), comment.strip()))
            words = ""
    kept = []
    for at, field in enumerate(found):
        if field.kind == "size_t" and field.name.endswith("count") and at + 1 < len(found) \
                and found[at + 1].stars:
            found[at + 1].listed = True
            if field.comment:
                found[at + 1].comment = f"{field.comment}; {found[at + 1].comment}".strip("; ")
        else:
            kept.append(field)
    return kept


def structs():
    found = {}
    for part in PARTS + ["kari"]:
        path = INCLUDE / (f"kari/{part}.h" if part != "kari" else "kari.h")
        for one in re.finditer(r"((?:^//[^\n]*\n)*)^typedef struct (\w+) \{\n(.*?)^\} \2;",
                               path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            if "name##" not in one[0] and "bytes[" not in one[0] \
                    and one[2] != "kari_text":
                found[one[2]] = Struct(one[2], part, said(one[1]), fields_of(one[3]))
    return found


def statements():
    """{kari_order: kari_order_text} of every KARI_FIELD."""
    found = {}
    for part in PARTS:
        text = (INCLUDE / f"kari/{part}.h").read_text("utf-8")
        found.update(re.findall(r"^KARI_FIELD\((\w+), (\w+)\);", text, re.MULTILINE))
    return found


def enums():
    found = {}
    for part in PARTS + ["kari"]:
        path = INCLUDE / (f"kari/{part}.h" if part != "kari" else "kari.h")
        for one in re.finditer(r"((?:^//[^\n]*\n)*)^typedef uint32_t (\w+);\nenum \{(.*?)\};",
                               path.read_text("utf-8"), re.MULTILINE | re.DOTALL):
            values = [(name, int(number), (comment or "").strip()) for name, number, comment in
                      re.findall(r"(KARI_\w+) = (\d+),?(?: *//([^\n]*))?", one[3])]
            found[one[2]] = Enum(one[2], part, said(one[1]), values)
    return found


def functions():
    text = (INCLUDE / "kari.h").read_text("utf-8")
    found = {}
    for one in re.finditer(r"((?:^//[^\n]*\n)*)^([a-z][\w ]*?[ *]+)(kari_\w+)\(([^;{]*?)\);", text,
                           re.MULTILINE):
        words = " ".join(one[4].split())
        parameters = []
        if words != "void" and "(*" not in words:
            parameters = [Field(*variable(word), "") for word in words.split(",")]
        found[one[3]] = Function(one[3], said(one[1]), one[2].strip(), parameters)
    return found


def statuses():
    """(number, name) of every error."""
    text = (INCLUDE / "kari" / "status.h").read_text("utf-8")
    return [(int(number), name.lower()) for name, number in
            re.findall(r"KARI_ERROR_(\w+) = (\d+)", text)]


def advice():
    text = (INCLUDE / "kari" / "status.h").read_text("utf-8")
    return Enum("kari_advice", "status", "Who can do something about an error.",
                [(name, int(number), "") for name, number in
                 re.findall(r"(KARI_ADVICE_\w+) = (\d+)", text)])


def sentences():
    """{error: what is said of it in English}."""
    text = (SOURCE / "sdk" / "clinical" / "catalogue.def").read_text("utf-8")
    found = {}
    for name, rest in re.findall(r"^KARI_ERROR_SAID\((\w+),\n?(.*?)\)\n(?=\n|KARI|//|$)", text,
                                 re.MULTILINE | re.DOTALL):
        words = re.sub(r'"\s*\n\s*"', "", rest)
        found[name] = re.findall(r'"((?:\\.|[^"\\])*)"', words)
    return found


def counts():
    """{struct: {list: its count}}."""
    found = {}
    for part in PARTS:
        text = (INCLUDE / f"kari/{part}.h").read_text("utf-8")
        for name, body in re.findall(r"^typedef struct (\w+) \{\n(.*?)^\} \1;", text,
                                             re.MULTILINE | re.DOTALL):
            code = " ".join(line.split("//")[0] for line in body.splitlines())
            found[name] = {listed: count for count, listed in re.findall(
                r"size_t (\w*count);\s*const \w+\*(?: const\*)? (\w+);", code)}
    return found


def reached(structs, roots):
    found, left = set(), list(roots)
    while left:
        name = left.pop()
        if name in found or name not in structs:
            continue
        found.add(name)
        for field in structs[name].fields:
            kind = field.kind
            for suffix in ("_field", "_statement"):
                if kind.endswith(suffix):
                    kind = statements().get(kind.removesuffix(suffix), kind)
                    left.append("kari_said")
            left.append(kind)
    return found


def in_and_out(functions):
    """The structs that functions are given, and those that they answer."""
    given, answered = {"kari_record_id"}, {"kari_progress", "kari_sync_report"}
    for function in functions.values():
        for one in function.parameters:
            if one.stars == "**":
                answered.add(one.kind)
            elif one.kind not in ("kari_error", "kari_device"):
                given.add(one.kind)
    return given, answered
