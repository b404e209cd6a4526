# SPDX-License-Identifier: Apache-2.0
"""The fields of the structs that the C++ API answers, and which of them bindings/c/src reads: what
it does not read is lost to every binding."""

import re

# Where what is answered stands; of the last, with what is an argument, only these.
VIEWS = ["administration_view", "allowance_view", "care_view", "chart_view", "exchange",
         "finding_case", "history", "score_view", "view_parts"]
SOME = {"actions": {"DoseWarning", "Written"}, "device": {"Nurse", "SignedIn"},
        "proof": {"VerifyReport"}}
# Arguments, and what stands for its one text.
NOT_READ = {"AllowanceAsk", "EditToken", "HistoryMark", "SyncOptions"}


def fields(header):
    """{"Slot::token"} of the structs of a header without comments and literals."""
    found = set()
    plain = re.sub(r"template <[^>]*>\s*struct .*?\n\};", "", header, flags=re.DOTALL)
    for name, body in re.findall(r"\bstruct (\w+)[^{;()]*\{(.*?)\n\};", plain, re.DOTALL):
        if name in NOT_READ:
            continue
        for line in re.sub(r"\{[^{}]*\}", "", body).split(";"):
            words = line.split("=")[0].strip() if "operator" not in line else ""
            if words and not re.search(r"[()]|\b(?:static|using|friend|enum)\b", words):
                found.add(f"{name}::{words.split()[-1]}")
    return found


def read_in(source):
    """{"Slot::token"}: within each function (or what follows of it) a parameter's own fields."""
    found = set()
    for one in re.finditer(r"const (?:std::optional<)?(?:\w+::)*([A-Z]\w*)>?& (\w+)\b", source):
        rest = source[one.end():]
        end = re.search(r"^\}", rest, re.MULTILINE)
        here = rest[:end.start() if end else len(rest)]
        found |= {f"{one[1]}::{name}" for name in re.findall(rf"\b{one[2]}(?:\.|->)(\w+)", here)}
    return found


def lost(headers, sources):
    """(all fields, those that are read): of a struct that is never a parameter none is."""
    every = set()
    for name, text in headers.items():
        for field in fields(text):
            if name not in SOME or field.split("::")[0] in SOME[name]:
                every.add(field)
    read = set()
    for text in sources:
        read |= read_in(text)
    return every, read & every
