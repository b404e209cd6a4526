#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The part of the Kotlin API that follows from kari.h alone: views, entries, enums, errors, calls.
kotlin.py [FOLDER] writes it; tests/kotlin/generated_test.py holds what stands there to it."""

import pathlib
import re
import sys
import textwrap

import native  # it says where the next ones are
import headers
import words
from api import Api, shared_prefix
from names import CALLS, MAYBE_LISTS, REQUIRED, camel, type_name, variable

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "src" / "main" / "kotlin" / "no" / "kari"
HEAD = """// SPDX-License-Identifier: Apache-2.0
// Made of kari.h by bindings/kotlin/generate/kotlin.py.
package no.kari
"""

ERROR_HEAD = """
/**
 * What went wrong: one class for each error of Kari, so that a `when` can tell.
 *
 * [sentence] and [whatToDo] are for whoever holds the tablet; [what] is for logs, in English and
 * without patient data.
 */
public sealed class KariError(told: Told) {
    /** The stable number. */
    public val number: Int = told.number

    /** The stable name, also the rule by which its sentences are found: `wrong_pin`. */
    public val name: String = told.name

    /** Who can do something about it. */
    public val advice: Advice = told.advice

    /** What failed where, in English. */
    public val what: String = told.what

    private val sentences = told.sentences

    /** What happened. */
    public fun sentence(language: Language): String = sentences.getValue(language).first

    /** What to do next. */
    public fun whatToDo(language: Language): String = sentences.getValue(language).second

    /** Its name and [what]: for logs. */
    override fun toString(): String = "$name: $what"

    /** The handle was closed: by this app, earlier. */
    public class Closed internal constructor(told: Told) : KariError(told)

    /** Of a library that is newer than this code. */
    public class Unknown internal constructor(told: Told) : KariError(told)
"""


PLAIN = {"kari_text": ("String", "text()"), "bool": ("Boolean", "flag()"),
         "int32_t": ("Int", "int()"), "uint32_t": ("Int", "int()"), "size_t": ("Int", "int()"),
         "uint64_t": ("Long", "long()"), "int64_t": ("Long", "long()")}


def kotlin(name):
    """The type that stands for one of C."""
    return PLAIN[name][0] if name in PLAIN else "Int" if name == "kari_number" else type_name(name)


class KotlinApi(Api):
    def bare(self, kind):
        """(type, how it is read) of a value."""
        for suffix, name in (("_field", "Field"), ("_statement", "Statement")):
            if kind.endswith(suffix) and kind.removesuffix(suffix) in self.fields:
                inner, read = self.bare(self.fields[kind.removesuffix(suffix)])
                return f"{name}<{inner}>", f"{suffix[1:]} {{ {read} }}"
        if kind in PLAIN:
            return PLAIN[kind]
        if self.rows(kind):
            inner, read = self.bare(self.rows(kind))
            return f"List<{inner}>", f"list {{ {read} }}"
        if kind == "kari_document":
            return "String", "text()"
        word = kotlin(kind)
        return word, f"{word[0].lower()}{word[1:]}()"

    def typed(self, struct, field):
        """(type, how it is read) of a field of a view."""
        kind, read = self.bare(field.kind)
        return {"list": (f"List<{kind}>", f"list {{ {read} }}"),
                "maybe list": (f"List<{kind}>?", f"maybe {{ list {{ {read} }} }}"),
                "length": ("Duration?", "length()"), "instant": ("Instant?", "instant()"),
                "maybe": (f"{kind}?", f"maybe {{ {read} }}"),
                "there": (kind, f"there {{ {read} }}"),
                "absent": (f"{kind}?", f"{read}.orNull()"),
                "value": (kind, read)}[self.shape(struct, field)]

    def doc(self, comment, indent="", more=()):
        text = self.prose(comment)
        parts = [part for part in (text, *more) if part]
        if not parts:
            return []
        whole = " ".join(parts)
        if len(whole) + len(indent) <= 93 and len(parts) == 1:
            return [f"{indent}/** {whole} */"]
        lines = [f"{indent}/**"]
        for at, part in enumerate(parts):
            if at:
                lines.append(f"{indent} *")
            lines += [f"{indent} * {line}" for line in
                      textwrap.wrap(part, 96 - len(indent), break_long_words=False,
                                    break_on_hyphens=False)]
        return lines + [f"{indent} */"]

    def prose(self, comment):
        """Words on C as words on Kotlin."""
        text = re.sub(r"`?out`? (?:is a view and )?may be null[;:,.]? ?|\bView[.;] ?", "", comment)
        text = text.replace("`coming` may be null; it says", "Says")
        text = text.replace("null with KARI_OK where", "Null where")
        text = text.replace("an older header", "an older release").replace("*/", "")
        text = re.sub(r"\b(kari_\w+)\(\)|\b(kari_\w+)\b", self.linked, text)
        text = re.sub(r", or KARI_NO_TIME|KARI_NO_TIME", lambda one: ", or null"
                      if one[0].startswith(",") else "null", text)
        text = re.sub(r"(?:INT64_MIN|KARI_OK|(?<!\S)-1(?=:))", "null", text)
        text = re.sub(r"\bzero(?= when| unless|:)", "null", text)
        text = re.sub(r"\bby `?next`?\b", "by next", text)
        errors = {name: f"[KariError.{kotlin(name)}]" for _, name in headers.statuses()}
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
            return f"[{self.calls[name]}]"
        if name in self.structs or name in self.enums:
            return f"[{kotlin(name)}]"
        return f"`{name}`"


def view(api, struct):
    word = kotlin(struct.name)
    if struct.name in api.given and struct.name in api.answered and not struct.argument:
        constructor = ""
    else:
        constructor = "" if struct.argument else " internal constructor"
    lines = api.doc(words.OF_TYPES.get(struct.name, struct.comment))
    lines.append(f"public class {word}{constructor}(")
    for field in struct.fields:
        if field.name == "struct_size":
            continue
        comment = words.OF_FIELDS.get((struct.name, field.name), field.comment)
        lines += api.doc(comment, "    ")
        kind, _ = api.typed(struct, field)
        default = ""
        if struct.argument and (struct.name, field.name) not in REQUIRED:
            default = " = " + default_of(api, field, kind)
        lines.append(f"    public val {variable(field.name)}: {kind}{default},")
    return lines + [")", ""]


def default_of(api, field, kind):
    if kind.endswith("?"):
        return "null"
    if kind.startswith("List<"):
        return "emptyList()"
    if field.kind in api.enums:
        return f"{kind}.{api.enums[field.kind].values[0][0].split('_', 2)[2]}"
    return {"String": '""', "Boolean": "false", "Int": "0", "Coded": "Coded()"}[kind]


def enum(api, one):
    word = kotlin(one.name)
    prefix = shared_prefix([name for name, _, _ in one.values])
    lines = api.doc(words.OF_TYPES.get(one.name, one.comment))
    lines.append(f"public enum class {word}(internal val number: Int) {{")
    for name, number, comment in one.values:
        lines += api.doc(comment, "    ")
        lines.append(f"    {name.removeprefix(prefix)}({number}),")
    lines[-1] = lines[-1].rstrip(",") + ";"
    # 0 is the one that promises least: what a newer library says becomes that.
    return lines + ["", "    internal companion object {",
                    f"        fun of(number: Int): {word} =",
                    "            entries.firstOrNull { it.number == number } ?: entries.first()",
                    "    }", "}", ""]


def decoder(api, struct):
    word = kotlin(struct.name)
    lines = [f"internal fun Decoder.{word[0].lower()}{word[1:]}(): {word} ="]
    inside = [f"        {variable(one.name)} = {api.typed(struct, one)[1]},"
              for one in struct.fields]
    return lines + [f"    {word}("] + inside + ["    )", ""]


def write_of(api, field, value, place=None):
    kind = field.kind
    if kind in PLAIN and not field.stars:
        if field.name.endswith("_ms"):
            return f"instant({value})"
        # What C counts with is as wide as its addresses.
        word = "size" if kind == "size_t" else PLAIN[kind][1].removesuffix("()")
        return f"{word}({value})"
    item = f"{kotlin(kind)[0].lower()}{kotlin(kind)[1:]}" if kind not in PLAIN else \
        PLAIN[kind][1].removesuffix("()")
    if kind.endswith("_id") or kind == "kari_digest":
        item = "id"
    if place in MAYBE_LISTS:
        return f"maybe({value}) {{ items -> list(items) {{ {item}(it) }} }}"
    if field.listed:
        return f"list({value}) {{ {item}(it) }}"
    if field.stars and kind in api.enums:
        return f"maybe({value}) {{ int(it.number) }}"
    if field.stars:
        return f"maybe({value}) {{ {item}(it) }}"
    if kind in api.enums:
        return f"int({value}.number)"
    return f"{item}({value})"


def encoder(api, struct):
    word = kotlin(struct.name)
    lines = [f"internal fun Encoder.{word[0].lower()}{word[1:]}(value: {word}) {{"]
    lines += [f"    {write_of(api, one, f'value.{variable(one.name)}', (struct.name, one.name))}"
              for one in struct.fields if one.name != "struct_size"]
    return lines + ["}", ""]


def call(api, name, called):
    function = api.functions[name]
    taken, writes, answer, kind = [], [], "", "Unit"
    for one in function.parameters:
        if one.kind in ("kari_error", "kari_device"):
            continue
        if one.stars == "**" or one.name in ("out", "coming"):
            kind, read = api.bare(one.kind)
            optional = name == "kari_draft_read"
            answer = read if one.stars != "**" else \
                f"maybe {{ {read} }}" if optional else f"there {{ {read} }}"
            kind += "?" if optional else ""
            continue
        word = variable(one.name)
        typed = api.bare(one.kind)[0]
        if one.name.endswith("_ms"):
            typed = "Instant? = null"
        elif one.kind in ("kari_access", "kari_time", "kari_date", "kari_history_mark"):
            typed += "? = null"
        taken.append(f"{word}: {typed}")
        writes.append(write_of(api, one, word))
    lines = api.doc(words.OF_CALLS.get(name, function.comment))
    lines.append(f"public suspend fun Tablet.{called}({', '.join(taken)}): Outcome<{kind}> =")
    if len(lines[-1]) > 100:
        lines[-1:] = [f"public suspend fun Tablet.{called}(", *(f"    {one}," for one in taken),
                      f"): Outcome<{kind}> ="]
    written = f", {{ {'; '.join(writes)} }}" if writes else ""
    lines.append(f"    call(Native::{camel(name)}{written}) {{ {answer} }}")
    if len(lines[-1]) > 100:
        lines[-1:] = [f"    call(Native::{camel(name)}, {{", *(f"        {one}" for one in writes),
                      f"    }}) {{ {answer} }}"]
    return [re.sub(r"\{  \}", "{}", line) for line in lines] + [""]


def errors(api):
    said = headers.sentences()
    lines = ERROR_HEAD.strip("\n").splitlines() + [""]
    for _, name in headers.statuses():
        lines += api.doc(" ".join(said[name][2:]), "    ")
        if name == "reason_required":
            lines += ["    public class ReasonRequired internal constructor(told: Told) : "
                      "KariError(told) {",
                      "        /** The rules that want an override; none where it is no rule's. */",
                      "        public val rules: List<String> = rulesOf(told.what)", "    }"]
        else:
            lines.append(f"    public class {kotlin(name)} internal constructor(told: Told) : "
                         "KariError(told)")
        lines.append("")
    lines += ["    internal companion object {", "        fun of(told: Told): KariError =",
              "            when (told.number) {"]
    lines += [f"                {number} -> {kotlin(name)}(told)"
              for number, name in headers.statuses()]
    return lines + ["                else -> Unknown(told)", "            }", "    }", "}", ""]


def natives(api):
    lines = ["/** The glue: one method for each function of kari.h, as the glue registers them. */",
             "internal object Native {", "    init {", '        System.loadLibrary("kari_jni")',
             "    }", ""]
    kinds = {"()[B": "(): ByteArray", "()J": "(): Long",
             "([B)[B": "(arguments: ByteArray): ByteArray",
             "(J)V": "(handle: Long)", "(J)[B": "(handle: Long): ByteArray",
             "(JJ)[B": "(handle: Long, listener: Long): ByteArray",
             "(JJLno/kari/Listener;Z)[B": "(device: Long, cancel: Long, listener: Listener, "
                                          "withoutAttachments: Boolean): ByteArray",
             "(JJLno/kari/Listener;)[B": "(device: Long, cancel: Long, listener: Listener): "
                                         "ByteArray",
             "(JLno/kari/Listener;)[B": "(device: Long, listener: Listener): ByteArray",
             "(J[BLno/kari/Listener;)[B": "(device: Long, arguments: ByteArray, listener: "
                                          "Listener): ByteArray"}
    for name, signature in native.WRITTEN:
        head, _, result = f"    external fun {camel(name)}{kinds[signature]}".rpartition(": ")
        line = f"{head}: {result}" if head else result
        lines += ["    @JvmStatic", *([line] if len(line) <= 100 else broken(line)), ""]
    for name in api.functions:
        if name not in native.BY_HAND:
            lines += ["    @JvmStatic", f"    external fun {camel(name)}(device: Long, arguments: "
                      "ByteArray): ByteArray", ""]
    return lines[:-1] + ["}", ""]


def broken(line):
    """A declaration that is too wide for one line."""
    name, rest = line.split("(", 1)
    inside, result = rest.rsplit(")", 1)
    return [name + "(", *(f"        {one}," for one in inside.split(", ")), f"    ){result}"]


def files():
    api = KotlinApi()
    made = {}
    inputs = api.entries()
    for part, of_it in api.views().items():
        word = {"values": "Parts", "care": "CareViews", "chart": "ChartViews", "case": "CaseViews",
                "round": "RoundViews", "exchange": "ExchangeViews"}[part]
        made[word] = [line for one in of_it for line in view(api, one)]
        made[f"{word}Decoding"] = [line for one in of_it for line in decoder(api, one)]
    made["Entries"] = [line for one in inputs for line in view(api, one)]
    made["Encoding"] = [line for one in inputs + api.both_ways() for line in encoder(api, one)]
    made["Choices"] = [line for one in api.enums.values() for line in enum(api, one)]
    made["Choices"] += enum(api, headers.advice())
    made["ChoicesDecoding"] = []
    for name in [*api.enums, "kari_advice"]:
        word = kotlin(name)
        made["ChoicesDecoding"] += [f"internal fun Decoder.{word[0].lower()}{word[1:]}(): {word} = "
                                    f"{word}.of(int())", ""]
    made["KariError"] = errors(api)
    made["Native"] = natives(api)
    for file, calls in CALLS.items():
        made[file] = [line for name, called in calls.items() for line in call(api, name, called)]
    return {f"{name}.kt": whole(lines) for name, lines in made.items()}


def whole(lines):
    text = "\n".join(lines)
    imports = [f"import kotlin.time.{name}" for name in ("Duration", "Instant")
               if re.search(rf"\b{name}\b(?=\?)", text)]
    head = HEAD + ("\n" + "\n".join(imports) + "\n" if imports else "")
    return head + "\n" + text.rstrip("\n") + "\n"


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE
    for file, text in files().items():
        (folder / file).write_text(text, "utf-8")
