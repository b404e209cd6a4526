# SPDX-License-Identifier: Apache-2.0
"""What bindings/c promises: the functions, structs and constants of kari.h, as a compiler reads
them."""

import os
import pathlib
import re
import subprocess
import tempfile

SOURCE = pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                      or pathlib.Path(__file__).resolve().parents[2])
INCLUDE = SOURCE / "bindings" / "c" / "include"
LIST = SOURCE / "bindings" / "c" / "abi" / "v1.txt"
CC = os.environ.get("CC", "cc")


def preprocessed():
    """kari.h and its parts, without what the system's headers declare."""
    text = subprocess.run([CC, "-std=c11", "-E", f"-I{INCLUDE}", INCLUDE / "kari.h"],
                          capture_output=True, text=True, check=True).stdout
    kept, ours = [], False
    for line in text.splitlines():
        marker = re.match(r'# \d+ "([^"]+)"', line)
        if marker:
            ours = str(INCLUDE) in marker[1]
        elif ours:
            kept.append(line)
    return "\n".join(kept)


def functions(text):
    """{function: declaration} of what is declared and not defined."""
    flat = re.sub(r"static inline .*?\n}", "", text, flags=re.DOTALL)
    found = re.finditer(r"^[a-z][\w *]*?\b\*?(kari_\w+)\([^{;]*\);", flat, re.MULTILINE)
    return {one[1]: " ".join(one[0].split()) for one in found}


def structs(text):
    """{struct: [fields]} in the order of the header."""
    found = {}
    text = re.sub(r"//[^\n]*", "", text)
    for body, name in re.findall(r"typedef struct \w+ \{(.*?)\} (kari_\w+);", text, re.DOTALL):
        found[name] = [re.search(r"\(\*(\w+)\)|(\w+)(?:\[\d+\])?$", field.strip()).group(1)
                       or re.search(r"(\w+)(?:\[\d+\])?$", field.strip()).group(1)
                       for field in re.sub(r"\([^)]*\)(?=;|$)", "", body).split(";")
                       if field.strip()]
    return found


def constants(text):
    return [name for body in re.findall(r"enum \{(.*?)\};", text, re.DOTALL)
            for name in re.findall(r"\b(KARI_\w+) =", body)]


def listing():
    """v1.txt as the headers would have it: of 64-bit Linux."""
    text = preprocessed()
    lines = ['#include <kari.h>', '#include <stdio.h>', 'int main(void) {']
    for name, fields in structs(text).items():
        lines.append(f'printf("struct {name} %zu\\n", sizeof({name}));')
        lines += [f'printf("field {name}.{field} %zu %zu\\n", offsetof({name}, {field}), '
                  f'sizeof((({name}*)0)->{field}));' for field in fields]
    lines += [f'printf("constant {name} %d\\n", (int){name});' for name in constants(text)]
    lines += ["return 0;", "}"]
    with tempfile.TemporaryDirectory(prefix="kari-abi-") as work:
        source = pathlib.Path(work) / "abi.c"
        source.write_text("\n".join(lines) + "\n", "utf-8")
        program = pathlib.Path(work) / "abi"
        subprocess.run([CC, "-std=c11", f"-I{INCLUDE}", source, "-o", program], check=True)
        layout = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return [f"function {said}" for _, said in sorted(functions(text).items())] + layout.splitlines()


def exported(library):
    """(dynamic symbols that a library defines, its SONAME, what it needs)."""
    shown = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True,
                           check=True).stdout
    symbols = sorted(line.split()[-1].split("@")[0] for line in shown.splitlines()
                     if line.split()[-2] != "A")
    dynamic = subprocess.run(["readelf", "-d", library], capture_output=True, text=True,
                             check=True).stdout
    soname = re.search(r"\(SONAME\).*\[(.+)\]", dynamic)
    return symbols, soname and soname[1], re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)
