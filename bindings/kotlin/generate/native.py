#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""native.py FOLDER: the part of the glue between Java and C that follows from kari.h alone, as
glue.hpp and glue.cpp. It is made by every build; nobody reads it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "generate"))

import headers  # noqa: E402  (found by the line above, as the next is)
from names import BY_HAND, MAYBE_LISTS, camel  # noqa: E402

PLAIN = {"kari_text", "int32_t", "uint32_t", "int64_t", "uint64_t", "bool", "size_t",
         "kari_record_id", "kari_resource_id", "kari_person_id", "kari_device_id",
         "kari_change_id", "kari_digest"}
# Native methods that are written by hand: name and signature.
WRITTEN = [("version", "()[B"), ("live_objects", "()J"), ("id_text", "([B)[B"),
           ("id_parse", "([B)[B"), ("cancel_new", "()J"), ("cancel_ask", "(J)V"),
           ("cancel_free", "(J)V"), ("sync_run", "(JJLno/kari/Listener;Z)[B"),
           ("follow_run", "(JJLno/kari/Listener;)[B"), ("observe", "(JLno/kari/Listener;)[B"),
           ("watch_new", "(J[BLno/kari/Listener;)[B"), ("watch_again", "(J)[B"),
           ("watch_free", "(JJ)[B")]
CXX = {"()[B": "jbyteArray {}(JNIEnv*, jclass)", "()J": "jlong {}(JNIEnv*, jclass)",
       "([B)[B": "jbyteArray {}(JNIEnv*, jclass, jbyteArray)",
       "(J)V": "void {}(JNIEnv*, jclass, jlong)", "(J)[B": "jbyteArray {}(JNIEnv*, jclass, jlong)",
       "(JJ)[B": "jbyteArray {}(JNIEnv*, jclass, jlong, jlong)",
       "(JJLno/kari/Listener;Z)[B":
           "jbyteArray {}(JNIEnv*, jclass, jlong, jlong, jobject, jboolean)",
       "(JJLno/kari/Listener;)[B": "jbyteArray {}(JNIEnv*, jclass, jlong, jlong, jobject)",
       "(JLno/kari/Listener;)[B": "jbyteArray {}(JNIEnv*, jclass, jlong, jobject)",
       "(J[BLno/kari/Listener;)[B": "jbyteArray {}(JNIEnv*, jclass, jlong, jbyteArray, jobject)"}
CALL = "(J[B)[B"


def put(field, statements, ints):
    value = f"value.{field.name}"
    kind = field.kind
    count = f"value.{field.name.removesuffix('s')}_count"
    if field.listed:
        count = f"value.{ints[field.name]}"
        how = "put_statements" if kind.removesuffix("_statement") in statements \
            and kind.endswith("_statement") else "put_list"
        return f"{how}(to, {count}, {value});"
    if kind.endswith("_field") and not field.stars:
        return f"put_field(to, {value});"
    if field.stars:
        return f"put_pointer(to, {value});"
    if kind == "size_t":
        return f"put(to, static_cast<std::int32_t>({value}));"
    return f"put(to, {value});"


def reading(kind):
    """On some machines size_t is another type's name, on others its own."""
    return "get_size" if kind == "size_t" else "get"


def get(field, ints, place=None):
    value = f"value.{field.name}"
    if place in MAYBE_LISTS:
        return f"get_maybe_list(from, value.{ints[field.name]}, {value});"
    if field.listed:
        return f"get_list(from, value.{ints[field.name]}, {value});"
    if field.stars:
        return f"get_pointer(from, {value});"
    return f"{reading(field.kind)}(from, {value});"


def body(function):
    """The C++ of one call."""
    lines, words, after = [], [], []
    for at, one in enumerate(function.parameters):
        if one.kind == "kari_error":
            words.append("error")
        elif one.kind == "kari_device" and one.stars == "*":
            words.append("handle<kari_device>(device)")
        elif one.kind == "kari_device":
            lines.append("kari_device* made = nullptr;")
            words.append("&made")
            after.append("put(out, number_of(made));")
        elif one.stars == "**":
            lines.append(f"View<{one.kind}> view;")
            words.append("view.out()")
            after.append("put_pointer(out, view.get());")
        elif one.name in ("out", "coming"):
            lines.append(f"{one.kind} answer{{}};")
            words.append("&answer")
            after.append("put(out, answer);")
        else:
            pointer = "const " if one.stars else ""
            star = "*" if one.stars else ""
            lines.append(f"{pointer}{one.kind}{star} a{at}{{}};")
            lines.append(f"{'get_pointer' if one.stars else reading(one.kind)}(in, a{at});")
            words.append(f"a{at}")
    lines.append(f"const kari_status status = {function.name}({', '.join(words)});")
    return lines + after + ["return status;"]


def glue():
    structs, functions = headers.structs(), headers.functions()
    generated = {name: one for name, one in functions.items() if name not in BY_HAND}
    given, answered = headers.in_and_out(generated)
    ints, statements = headers.counts(), headers.statements()
    header = ["#pragma once", "#include <vector>",
              '#include "bindings/kotlin/jni/call.hpp"', "namespace kari::jni {"]
    source = ['#include "glue.hpp"', '#include "bindings/kotlin/jni/key_store.hpp"',
              "namespace kari::jni {"]
    for name in structs:
        if name in headers.reached(structs, answered):
            header.append(f"void put(Writer& to, const {name}& value);")
            source += [f"void put(Writer& to, const {name}& value) {{"]
            source += [put(one, statements, ints.get(name, {})) for one in structs[name].fields]
            source.append("}")
    for name in structs:
        if name in headers.reached(structs, given):
            source.append(f"static void get(Reader& from, {name}& value);")
    for name in structs:
        if name in headers.reached(structs, given):
            source.append(f"static void get(Reader& from, {name}& value) {{")
            for one in structs[name].fields:
                if one.kind == "kari_key_store":
                    source.append(f"get_key_store(from, value.{one.name});")
                    continue
                source.append("value.struct_size = sizeof value;" if one.name == "struct_size"
                              else get(one, ints.get(name, {}), (name, one.name)))
            source.append("}")
    table = []
    for name, signature in WRITTEN:
        header.append(CXX[signature].format(name) + ";")
        table.append((name, signature))
    for name, one in generated.items():
        short = name.removeprefix("kari_")
        device = "device" if any(p.kind == "kari_device" and p.stars == "*"
                                 for p in one.parameters) else ""
        source += [f"static jbyteArray {short}(JNIEnv* env, jclass, jlong {device}, jbyteArray "
                   "arguments) {",
                   "return call(env, arguments, [&]([[maybe_unused]] Reader& in, [[maybe_unused]] "
                   "Writer& out, kari_error* error) {", *body(one), "});", "}"]
        table.append((short, CALL))
    header += ["std::vector<JNINativeMethod> methods();", "}"]
    source += ["std::vector<JNINativeMethod> methods() {", "return {"]
    source += [f'{{const_cast<char*>("{camel(name)}"), const_cast<char*>("{signature}"), '
               f"reinterpret_cast<void*>({name})}}," for name, signature in table]
    source += ["};", "}", "}"]
    return "\n".join(header) + "\n", "\n".join(source) + "\n"


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in zip(("glue.hpp", "glue.cpp"), glue()):
        (folder / file).write_text(text, "utf-8")
