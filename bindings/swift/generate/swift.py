#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The part of the Swift API that follows from kari.h alone: views, entries, enums, errors, calls.
swift.py [FOLDER] writes it; tests/swift/swift_generated_test.py holds what stands there to it."""

import pathlib
import re
import sys
import textwrap

SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "bindings" / "generate"))

import headers  # noqa: E402  (found by the line above, as the next are)
import words  # noqa: E402
from api import Api, shared_prefix  # noqa: E402
from names import CALLS, REQUIRED, camel, type_name  # noqa: E402
from names import variable as plain_variable  # noqa: E402

PACKAGE = SOURCE / "bindings" / "swift" / "Sources" / "Kari" / "Generated"
HEAD = """// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/swift/generate/swift.py.
"""
# Words of Swift, and types that every app has already.
RENAMED = {"kari_task": "CareTask", "kari_progress": "SyncProgress", "kari_error_code": "Code"}
RESERVED = {"internal", "default", "case", "self", "operator", "protocol", "in", "repeat", "is"}
PLAIN = {"kari_text": "String", "bool": "Bool", "int32_t": "Int", "uint32_t": "Int",
         "size_t": "Int", "uint64_t": "Int", "int64_t": "Int", "kari_number": "Int",
         "kari_flag": "Bool"}
# What the first argument of a call is called, where it is not the first word's own object.
LABELS = {"record": "of"}
READS = {"_field": "parted", "_statement": "stated"}
TO_C = {"int32_t": "Int32(clamping: {})", "uint32_t": "UInt32(clamping: {})",
        "size_t": "max(0, {})", "bool": "{}"}


def swift(name):
    if name in PLAIN:
        return PLAIN[name]
    return RENAMED.get(name) or type_name(name)


def variable(name):
    word = plain_variable(name)
    return f"`{word}`" if word in RESERVED else word


def is_id(kind):
    return kind.endswith("_id") or kind == "kari_digest"


class SwiftApi(Api):
    def typed(self, struct, field):
        kind = self.bare(field.kind)
        return {"list": f"[{kind}]", "maybe list": f"[{kind}]?",
                "length": "Duration?", "instant": "Date?",
                "maybe": f"{kind}?", "there": kind, "absent": f"{kind}?",
                "value": kind}[self.shape(struct, field)]

    def bare(self, kind):
        for suffix, name in (("_field", "Field"), ("_statement", "Statement")):
            if kind.endswith(suffix) and kind.removesuffix(suffix) in self.fields:
                return f"{name}<{self.bare(self.fields[kind.removesuffix(suffix)])}>"
        if kind in PLAIN:
            return PLAIN[kind]
        if self.rows(kind):
            return f"[{self.bare(self.rows(kind))}]"
        return "String" if kind == "kari_document" else swift(kind)

    def by_pointer(self, kind):
        """Views are never copied whole: a library may have longer ones."""
        return kind in self.answered and kind in self.structs and not is_id(kind) \
            and kind not in BY_VALUE

    def made(self, kind, pointer):
        """Of what a pointer points to, its value in Swift."""
        for suffix in ("_field", "_statement"):
            if kind.endswith(suffix) and kind.removesuffix(suffix) in self.fields:
                return f"{READS[suffix]}({pointer}.pointee)"
        if self.rows(kind):
            return self.listed(self.structs[kind].fields[0], pointer, self.counts[kind]["rows"])
        if kind == "kari_document":
            return f"String({pointer}.pointee.text)"
        if self.by_pointer(kind):
            return f"{swift(kind)}({pointer})"
        return self.of_value(kind, f"{pointer}.pointee")

    def of_value(self, kind, value):
        for suffix in ("_field", "_statement"):
            if kind.endswith(suffix) and kind.removesuffix(suffix) in self.fields:
                return f"{READS[suffix]}({value})"
        if kind == "bool":
            return value
        if kind == "uint64_t":
            return f"Int(clamping: {value})"
        if kind in self.enums or kind == "kari_advice":
            return f"{swift(kind)}(of: {value})"
        return f"{swift(kind)}({value})"

    def listed(self, field, pointer, count):
        inner = self.made(field.kind, "$0")
        how = "pointers" if field.stars == "**" else "list"
        return f"{how}({pointer}.pointee.{count}, {pointer}.pointee.{field.name}) {{ {inner} }}"

    def read(self, struct, field):
        value = f"from.pointee.{field.name}"
        how = self.shape(struct, field)
        if how == "list":
            return self.listed(field, "from", self.counts[struct.name][field.name])
        if how in ("length", "instant"):
            return f"{how}({value})"
        if how == "maybe":
            return f"maybe({value}) {{ {self.made(field.kind, '$0')} }}"
        if how == "there":
            return self.made(field.kind, f"{value}!")
        return self.of_value(field.kind, value) + (".orNil" if how == "absent" else "")

    def prose(self, comment):
        """Words on C as words on Swift."""
        text = re.sub(r"`?out`? (?:is a view and )?may be null[;:,.]? ?|\bView[.;] ?", "", comment)
        text = text.replace("`coming` may be null; it says", "Says")
        text = text.replace("null with KARI_OK where", "nil where")
        text = text.replace("an older header", "an older release")
        text = re.sub(r"\b(kari_\w+)\(\)|\b(kari_\w+)\b", self.linked, text)
        text = re.sub(r"\[(\w+)\]", lambda one: f"``{one[1]}``" if one[1][0].isupper()
                      else f"`{one[1]}`", text)
        text = re.sub(r", or KARI_NO_TIME", ", or nil", text).replace("KARI_NO_TIME", "nil")
        text = re.sub(r"\bKARI_([A-Z_]+)\b", self.number, text)
        text = re.sub(r"\b(?:INT64_MIN|null)\b|(?<!\S)-1(?=:)", "nil", text)
        text = re.sub(r"\bNull\b", "Nil", text)
        text = re.sub(r"\bzero(?= when| unless|:)", "nil", text)
        errors = {name: f"``KariError/Code/{camel(name)}``" for _, name in headers.statuses()}
        before, mark, after = text.partition("Errors: ")
        if mark:
            after = re.sub(r"\b[a-z_]+\b", lambda one: errors.get(one[0], one[0])
                           if one[0] in errors and one[0] not in ("locked",) else one[0], after)
        text = f"{before}{mark}{after}".strip()
        if text and text[-1] not in ".?!":
            text += "."
        return text[:1].upper() + text[1:]

    def linked(self, found):
        name = found[1] or found[2]
        if name in self.calls:
            return f"`{self.calls[name]}`"
        if name in self.structs or name in self.enums:
            return f"``{swift(name)}``"
        return f"`{name}`"

    def number(self, found):
        for one in self.enums.values():
            prefix = shared_prefix([name for name, _, _ in one.values])
            for name, _, _ in one.values:
                if name == found[0]:
                    return f"``{swift(one.name)}/{camel(name.removeprefix(prefix).lower())}``"
        return "nil" if found[0] == "KARI_OK" else found[0]

    def doc(self, comment, indent=""):
        text = self.prose(comment)
        if not text:
            return []
        return [f"{indent}/// {line}" for line in
                textwrap.wrap(text, 96 - len(indent), break_long_words=False,
                              break_on_hyphens=False)]


# Small values whose layout never changes, and which Values.swift and Ids.swift read.
BY_VALUE = {"kari_coded", "kari_quantity", "kari_time", "kari_date", "kari_override",
            "kari_history_mark"}


def view(api, struct):
    lines = api.doc(words.OF_TYPES.get(struct.name, struct.comment))
    lines.append(f"public struct {swift(struct.name)}: Sendable, Unlogged {{")
    for field in struct.fields:
        comment = words.OF_FIELDS.get((struct.name, field.name), field.comment)
        lines += api.doc(comment, "    ")
        lines.append(f"    public let {variable(field.name)}: {api.typed(struct, field)}")
    return lines + ["}", ""]


def decoder(api, struct):
    """How a view is read. Views are reached by pointers: a library may have longer ones."""
    small = struct.name in BY_VALUE
    kind = struct.name if small else f"UnsafePointer<{struct.name}>"
    lines = [f"extension {swift(struct.name)} {{", f"    init(_ from: {kind}) {{"]
    for one in struct.fields:
        read = api.read(struct, one)
        if small:
            read = read.replace("from.pointee.", "from.")
        lines += broken(f"        self.{variable(one.name).strip('`')} = ", read)
    return lines + ["    }", "}", ""]


def broken(head, read):
    """An assignment, its closure on lines of its own where it is long."""
    if len(head + read) <= 100:
        return [head + read]
    before, inside = read.split(" { ", 1)
    inside = inside.removesuffix(" }")
    if len(head + before) <= 98:
        return [f"{head}{before} {{", f"            {inside}", "        }"]
    before, given = before.removesuffix(")").split("(", 1)
    return [f"{head}{before}(", f"            {given}", f"        ) {{ {inside} }}"]


def default_of(api, field, kind):
    if kind.endswith("?"):
        return "nil"
    if kind.startswith("["):
        return "[]"
    if field.kind in api.enums:
        values = api.enums[field.kind].values
        prefix = shared_prefix([name for name, _, _ in values])
        return "." + camel(values[0][0].removeprefix(prefix).lower())
    return {"String": '""', "Bool": "false", "Int": "0", "Coded": "Coded()"}[kind]


def entry(api, struct):
    """What an app fills in."""
    lines = api.doc(words.OF_TYPES.get(struct.name, struct.comment))
    lines.append(f"public struct {swift(struct.name)}: Sendable, Unlogged {{")
    fields = [one for one in struct.fields if one.name != "struct_size"]
    takes = []
    for field in fields:
        comment = words.OF_FIELDS.get((struct.name, field.name), field.comment)
        lines += api.doc(comment, "    ")
        kind = api.typed(struct, field)
        lines.append(f"    public var {variable(field.name)}: {kind}")
        default = ""
        if struct.argument and (struct.name, field.name) not in REQUIRED:
            default = " = " + default_of(api, field, kind)
        takes.append(f"{variable(field.name)}: {kind}{default}")
    what = "Says what is said; the rest is left out." if struct.argument else "Names all of it."
    lines += ["", f"    /// {what}", "    public init("]
    lines += [f"        {one}," for one in takes]
    lines[-1] = lines[-1].rstrip(",")
    lines += ["    ) {"]
    lines += [f"        self.{variable(one.name)} = {variable(one.name)}" for one in fields]
    return lines + ["    }", "}", ""]


def encoder(api, struct):
    """How an entry is lent to C for a call."""
    fields = [one for one in struct.fields if one.name != "struct_size"]
    lines = [f"extension {swift(struct.name)} {{"]
    lines += [f"    func lent(_ lent: Lent) -> {struct.name} {{",
              f"        var to = {struct.name}()"]
    if struct.argument:
        lines.append(f"        to.struct_size = MemoryLayout<{struct.name}>.stride")
    for one in fields:
        lines += broken("        ", lend(api, struct, one, variable(one.name)))
    return lines + ["        return to", "    }", "}", ""]


def lend(api, struct, field, value):
    how, kind, to = api.shape(struct, field), field.kind, f"to.{field.name}"
    if how == "list":
        count = api.counts[struct.name][field.name]
        return f"(to.{count}, {to}) = lent.list({value}) {{ {lent(api, kind, '$0')} }}"
    if how == "maybe list":
        count = api.counts[struct.name][field.name]
        return f"(to.{count}, {to}) = lent.maybeList({value}) {{ {lent(api, kind, '$0')} }}"
    if how == "instant":
        return f"{to} = milliseconds({value})"
    if how == "maybe":
        return f"{to} = lent.maybe({value}) {{ {lent(api, kind, '$0')} }}"
    return f"{to} = {lent(api, kind, value)}"


def lent(api, kind, value):
    """The C of a value."""
    if kind == "kari_text":
        return f"lent.text({value})"
    if kind in TO_C:
        return TO_C[kind].format(value)
    if kind in api.enums:
        return f"{value}.rawValue"
    if is_id(kind):
        return f"{value}.c"
    return f"{value}.lent(lent)"


def enum(api, one):
    word = swift(one.name)
    prefix = shared_prefix([name for name, _, _ in one.values])
    lines = api.doc(words.OF_TYPES.get(one.name, one.comment))
    lines.append(f"public enum {word}: UInt32, Sendable, CaseIterable {{")
    for name, number, comment in one.values:
        lines += api.doc(comment, "    ")
        lines.append(f"    case {variable(name.removeprefix(prefix).lower())} = {number}")
    zero = variable(one.values[0][0].removeprefix(prefix).lower())
    # 0 is the one that promises least: what a newer library says becomes that.
    return lines + ["", "    init(of number: UInt32) {",
                    f"        self = Self(rawValue: number) ?? .{zero}", "    }", "}", ""]


def called(api, name, word):
    function = api.functions[name]
    taken, answer, kind = [], None, "Void"
    parameters = [one for one in function.parameters
                  if one.kind not in ("kari_error", "kari_device")]
    for one in parameters:
        if one.stars == "**" or one.name in ("out", "coming"):
            answer, kind = one, api.bare(one.kind)
            continue
        taken.append(argument(api, one))
    entries = [at for at, one in enumerate(taken) if one[3]]
    if entries and len(taken) > 1:
        first = taken.pop(entries[0])
        for one in taken:
            if one[1] == "record":
                one[0] = "in"
        taken = [first] + [one for one in taken if one[1] != "record"] + \
            [one for one in taken if one[1] == "record"]
    if taken and taken[0][1] != "record" or entries:
        taken[0][0] = "_"
    signature = ", ".join(f"{label} {name_}: {typed}" if label != name_ else f"{name_}: {typed}"
                          for label, name_, typed, _ in taken)
    by_name = {one.name: lend_argument(api, one) for one in parameters if one is not answer}
    words_ = []
    for one in function.parameters:
        if one.kind == "kari_device":
            words_.append("call.device")
        elif one.kind == "kari_error":
            words_.append("call.error")
        elif one is answer:
            words_.append("$0")
        else:
            words_.append(by_name[one.name])
    optional = name == "kari_draft_read"
    kind += "?" if optional else ""
    lines = api.doc(words.OF_CALLS.get(name, function.comment), "    ")
    result = "" if kind == "Void" else f" -> {kind}"
    if kind in ("Written", "SignedIn"):
        lines.append("    @discardableResult")
    head = f"    public func {word}({signature}) async throws(KariError){result} {{"
    if len(head) > 100:
        inner = signature.split(", ")
        head = "\n".join([f"    public func {word}(", *(f"        {one}," for one in inner)])
        head = f"{head[:-1]}\n    ) async throws(KariError){result} {{"
    lines += head.splitlines()
    if answer is None:
        how, close = "call.done {", "}"
    elif answer.stars == "**":
        maker = api.made(answer.kind, "$0")
        plain = re.fullmatch(r"(\w+)\(\$0\)", maker)
        read = f"{plain[1]}.init" if plain else f"{{ {maker} }}"
        how = f"call.{'maybeView' if optional else 'view'}({read}) {{"
        close = "}"
    else:
        read = "{ $0 }" if answer.kind == "bool" else f"{swift(answer.kind)}.init"
        start = "false" if answer.kind == "bool" else f"{answer.kind}()"
        how, close = f"call.value({start}, {read}) {{", "}"
    lines += [f"        try await call {{ call in", f"            {how}"]
    lines += wrapped(name, words_, 16)
    return lines + [f"            {close}", "        }", "    }", ""]


def wrapped(name, given, indent):
    line = " " * indent + f"{name}({', '.join(given)})"
    if len(line) <= 100:
        return [line]
    return [" " * indent + name + "(", *(" " * (indent + 4) + one + "," for one in given[:-1]),
            " " * (indent + 4) + given[-1], " " * indent + ")"]


def argument(api, one):
    """[label, name, type, is it an entry]."""
    word = variable(one.name)
    label = LABELS.get(word, word)
    if one.name.endswith("_ms"):
        return [label, word, "Date? = nil", False]
    typed = api.bare(one.kind)
    optional = one.kind in ("kari_access", "kari_time", "kari_date", "kari_history_mark")
    if one.kind == "kari_time" and one.name == "until":
        optional = False
    struct = api.structs.get(one.kind)
    return [label, word, typed + ("? = nil" if optional else ""),
            bool(struct) and struct.argument and not optional]


def lend_argument(api, one):
    word = variable(one.name)
    if one.name.endswith("_ms"):
        return f"milliseconds({word})"
    optional = one.kind in ("kari_access", "kari_time", "kari_date", "kari_history_mark")
    if optional and not (one.kind == "kari_time" and one.name == "until"):
        return f"call.lent.maybe({word}) {{ {by_call(lent(api, one.kind, '$0'))} }}"
    c = by_call(lent(api, one.kind, word))
    return f"call.lent.one({c})" if one.stars else c


def by_call(c):
    return c.replace("lent.text", "call.lent.text").replace("(lent)", "(call.lent)")


def calls(api, named):
    lines = ["extension Tablet {"]
    for name, word in named.items():
        lines += called(api, name, word)
    return lines[:-1] + ["}", ""]


def fields(api):
    """How each kind of field is read."""
    lines = []
    for name, kind in api.fields.items():
        value = api.bare(kind)
        made = api.made(kind, "$0")
        lines += [f"func stated(_ from: {name}_statement) -> Statement<{value}> {{",
                  "    Statement(", f"        value: maybe(from.value) {{ {made} }},",
                  "        said: maybe(from.said) { Said($0) }", "    )", "}", "",
                  f"func parted(_ from: {name}_field) -> Field<{value}> {{", "    Field(",
                  f"        value: maybe(from.value) {{ {made} }},",
                  "        contested: from.contested,",
                  "        live: list(from.live_count, from.live) { stated($0.pointee) },",
                  "        proposed: list(from.proposed_count, from.proposed) { "
                  "stated($0.pointee) }", "    )", "}", ""]
    return lines


def errors(api):
    said = headers.sentences()
    lines = ["extension KariError {", "    /// Which error it is. The numbers are stable.",
             "    public enum Code: Int32, Sendable, CaseIterable {",
             "        /// The tablet was closed: by this app, earlier.", "        case closed = -1",
             "        /// Of a library that is newer than this code: ``KariError/number`` tells.",
             "        case unknown = -2"]
    for number, name in headers.statuses():
        lines += api.doc(" ".join(said[name][2:]), "        ")
        lines.append(f"        case {variable(name)} = {number}")
    nb, en = said["cancelled"][:2], said["cancelled"][2:]
    lines += ["    }", "", "    /// Of a task that was cancelled before its call began.",
              "    static let cancelled = KariError(",
              f'        number: Code.cancelled.rawValue, name: "cancelled", advice: .retry,',
              '        what: "the task was cancelled before its call began",',
              "        sentences: [", f'            .nb: ("{nb[0]}", "{nb[1]}"),',
              f'            .en: ("{en[0]}", "{en[1]}"),', "        ])", "}", ""]
    return lines


def files():
    api = SwiftApi()
    made = {}
    names = {"values": "Parts", "care": "CareViews", "chart": "ChartViews", "case": "CaseViews",
             "round": "RoundViews", "exchange": "ExchangeViews"}
    both = {one.name for one in api.both_ways()}
    for part, of_it in api.views().items():
        made[names[part]] = [line for one in of_it for line in
                             (entry if one.name in both else view)(api, one)]
        made[f"{names[part]}Decoding"] = [line for one in of_it for line in decoder(api, one)]
    made["Entries"] = [line for one in api.entries() for line in entry(api, one)]
    made["Encoding"] = [line for one in api.entries() + api.both_ways()
                        for line in encoder(api, one)]
    made["Choices"] = [line for one in api.enums.values() for line in enum(api, one)]
    made["Choices"] += enum(api, headers.advice())
    made["Fields"] = fields(api)
    made["KariErrorCodes"] = errors(api)
    for file, named in CALLS.items():
        made[file] = calls(api, named)
    return {f"{name}.swift": whole(name, lines) for name, lines in made.items()}


def whole(name, lines):
    text = "\n".join(lines).rstrip("\n") + "\n"
    imports = "".join(f"import {one}\n" for one, needed in (
        ("CKari", "kari_" in text), ("Foundation", re.search(r"\bDate\?", text))) if needed)
    return HEAD + (imports and "\n" + imports) + "\n" + text


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files().items():
        (folder / file).write_text(text, "utf-8")
