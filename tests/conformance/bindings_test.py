#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every operation of the public C++ headers is in C, or bindings/c/not_bound.txt says why not. The
operations are read from sdk/include/kari; what is in C says so in its header: "C++: Device::open".
So is every field of what they answer, by bindings/c/src (binding_fields.py).
Every function of kari.h is in Kotlin, or bindings/kotlin/not_bound.txt says why not: it is there
when no.kari.Native declares it and something else of no.kari stands on that. So it is with Swift:
it is there when a source of the Swift package calls it.
"""

import pathlib
import re
import sys

import binding_fields

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HEADERS = SOURCE / "sdk" / "include" / "kari"
C_HEADERS = SOURCE / "bindings" / "c" / "include"
C_SOURCES = SOURCE / "bindings" / "c" / "src"
NOT_BOUND = SOURCE / "bindings" / "c" / "not_bound.txt"
KOTLIN = SOURCE / "bindings" / "kotlin"
SWIFT = SOURCE / "bindings" / "swift"
LINE = r"^(\w+(?:::(?:\w+|\*))?): not in %s because \S.+$"
NOT_A_NAME = {"operator", "void", "if", "for", "return", "sizeof", "static_assert"}


def bare(text):
    """The code without comments, literals and directives."""
    text = re.sub(r"//[^\n]*|^[ \t]*#[^\n]*", "", text, flags=re.MULTILINE)
    return re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])\'', "0", text)


def declared(statement, scope):
    """The name of the function that a statement declares, or None."""
    found = re.search(r"([~\w]+)\s*\(", re.sub(r"\[\[\w+\]\]|\bexplicit\b", "", statement))
    if not found or statement.lstrip().startswith(("friend", "using", "template", "typedef")):
        return None
    name = found.group(1)
    before = statement[:found.start()]
    if name in NOT_A_NAME or name == scope or name.startswith("~") or "operator" in before \
            or "=" in before or not before.strip():
        return None
    return name


def operations(text):
    """Names of the public functions of a header: "Device::open", "explain"."""
    found = set()
    scopes = [["namespace", "", True]]  # kind, name, public
    statement = ""
    skipped = 0  # depth within a body
    for char in bare(text):
        if skipped:
            skipped += (char == "{") - (char == "}")
            continue
        if char == "{":
            head = " ".join(statement.split())
            named = re.search(r"\b(namespace|class|struct|enum)\b(?: class)? ?(\w*)[^()]*$", head)
            kind, name = (named[1], named[2]) if named else ("", "")
            if kind in ("namespace", "class", "struct") and "(" not in head:
                inner = f"{scopes[-1][1]}::{name}".removeprefix("::") if kind != "namespace" else ""
                scopes.append([kind, inner, scopes[-1][2] and kind != "class"])
                if kind == "class":
                    scopes[-1][2] = False
            else:
                note(found, statement, scopes[-1])
                skipped = 1
            statement = ""
        elif char == "}":
            if len(scopes) > 1:
                scopes.pop()
            statement = ""
        elif char == ";":
            note(found, statement, scopes[-1])
            statement = ""
        elif char == ":" and statement.strip() in ("public", "private", "protected"):
            scopes[-1][2] = statement.strip() == "public"
            statement = ""
        else:
            statement += char
    return found


def note(found, statement, scope):
    name = declared(statement, scope[1].rsplit("::", 1)[-1])
    if name and scope[2]:
        found.add(f"{scope[1]}::{name}" if scope[1] else name)


def bound(header):
    """What kari.h says that it is in C."""
    said = re.sub(r"\n//   ?(?=\w)", " ", header)
    names = re.findall(r"^// C\+\+: ([\w:, ]+?)$", said, re.MULTILINE)
    return {name.strip() for line in names for name in line.split(",")}


def excuses(listing, language):
    """({name: line}, problems) of a not_bound.txt."""
    problems, excused = [], {}
    for number, line in enumerate(listing.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if said := re.match(LINE % language, line):
            excused[said[1]] = number
        else:
            problems.append(f"not_bound.txt:{number}: no \"NAME: not in {language} because WHY\"")
    return excused, problems


def functions_of_c(header):
    return set(re.findall(r"^[a-z][\w ]*?[ *]+(kari_\w+)\(", header, re.MULTILINE))


def in_kotlin(native, rest):
    """What Native declares (and whether it is used) by the name that it has in C."""
    declared = set(re.findall(r"\bexternal fun (\w+)\(", native))
    used = {name for name in declared if re.search(rf"\bNative(?:::|\.){name}\b", rest)}
    return ({"kari_" + re.sub(r"([A-Z])", r"_\1", name).lower(): name in used
             for name in declared})


def check_kotlin(functions, bound_there, listing):
    excused, problems = excuses(listing, "kotlin")
    for name in sorted(functions):
        if name in bound_there and name in excused:
            problems.append(f"{name}: is in Kotlin, and not_bound.txt says that it is not")
        if name not in bound_there and name not in excused:
            problems.append(f"{name}: neither in no.kari.Native nor in bindings/kotlin/"
                            "not_bound.txt")
    problems += [f"{name}: nothing in Kotlin stands on Native's function"
                 for name, used in sorted(bound_there.items()) if not used]
    problems += [f"kari.h: there is no {name}" for name in sorted(set(bound_there) - functions)]
    problems += [f"bindings/kotlin/not_bound.txt:{excused[name]}: there is no {name}"
                 for name in sorted(set(excused) - functions)]
    return problems


def kotlin():
    sources = {path.name: path.read_text("utf-8")
               for path in sorted((KOTLIN / "src" / "main").rglob("*.kt"))}
    rest = "".join(text for name, text in sources.items() if name != "Native.kt")
    return check_kotlin(functions_of_c((C_HEADERS / "kari.h").read_text("utf-8")),
                        in_kotlin(sources["Native.kt"], rest),
                        (KOTLIN / "not_bound.txt").read_text("utf-8"))


def in_swift(sources):
    """What is called of C."""
    return set(re.findall(r"\b(kari_\w+)\(", bare(sources)))


def check_swift(functions, called, listing):
    excused, problems = excuses(listing, "swift")
    for name in sorted(functions):
        if name in called and name in excused:
            problems.append(f"{name}: is in Swift, and not_bound.txt says that it is not")
        if name not in called and name not in excused:
            problems.append(f"{name}: neither called in bindings/swift nor in its not_bound.txt")
    problems += [f"bindings/swift/not_bound.txt:{excused[name]}: there is no {name}"
                 for name in sorted(set(excused) - functions)]
    return problems


def swift():
    sources = "".join(path.read_text("utf-8")
                      for path in sorted((SWIFT / "Sources" / "Kari").rglob("*.swift")))
    return check_swift(functions_of_c((C_HEADERS / "kari.h").read_text("utf-8")),
                       in_swift(sources), (SWIFT / "not_bound.txt").read_text("utf-8"))


def check(all_operations, in_c, listing):
    excused, problems = excuses(listing, "C")
    used = set()
    for name in sorted(all_operations):
        reasons = {name, f"{name.rpartition('::')[0]}::*"} & set(excused)
        used |= reasons
        if name in in_c and name in excused:
            problems.append(f"{name}: is in C, and not_bound.txt says that it is not")
        if name not in in_c and not reasons:
            problems.append(f"{name}: neither in kari.h nor in bindings/c/not_bound.txt")
    problems += [f"kari.h: there is no {name}" for name in sorted(in_c - all_operations)]
    problems += [f"not_bound.txt:{excused[name]}: there is no {name}"
                 for name in sorted(set(excused) - used)]
    return problems


def bites():
    """What this test must see, it sees."""
    header = """namespace kari { class HttpClient; enum class Kind { a, b };
      struct Id { static Id make(int n) { return {}; } std::string text;
        bool operator==(Id) const; };
      class Port { public: virtual ~Port() = default; virtual Result<void> save(int x) = 0;
        private: void hidden(); };
      Explanation explain(const Error& error); inline int twice(int x) { return f(x); } }"""
    seen = operations(header)
    if seen != {"Id::make", "Port::save", "explain", "twice"}:
        return [f"operations of a made-up header are not {sorted(seen)}"]
    wrong = check({"A::b", "A::c", "D::e", "f"}, {"A::b", "g"},
                  "A::b: not in C because xx\nD::*: not in C because zz\nh: not in C because ii\nj")
    if len(wrong) != 6:
        return [f"a made-up listing has other faults than {wrong}"]
    every, read = binding_fields.lost(
        {"chart_view": "struct A {\n    B b = 1;\n    std::optional<C> c;\n};"},
        ["void f(T& t, const std::optional<A>& a) {\n    t.b = a->b;\n}\nint c = x.c;\n"])
    if every != {"A::b", "A::c"} or read != {"A::b"}:
        return [f"fields of a made-up header are not {sorted(every)}, or read {sorted(read)}"]
    functions = functions_of_c("int kari_a_b(void);\nconst char* kari_c(int x);\nvoid kari_d();")
    there = in_kotlin("external fun aB() external fun e() external fun c()",
                      "Native::aB Native.c()")
    wrong = check_kotlin(functions, there, "kari_c: not in kotlin because x y\nkari_f: not in C")
    if len(wrong) != 5:
        return [f"a made-up binding in Kotlin has other faults than {wrong}"]
    wrong = check_swift(functions, in_swift("kari_a_b(x) // kari_d()\n"),
                        "kari_a_b: not in swift because x y\nkari_f: not in swift because z")
    if len(wrong) != 4:
        return [f"a made-up binding in Swift has other faults than {wrong}"]
    return []


def main():
    everything = set()
    for path in sorted(HEADERS.glob("*.hpp")):
        everything |= operations(path.read_text("utf-8"))
    in_c = set()
    for path in sorted(C_HEADERS.rglob("*.h")):
        in_c |= bound(path.read_text("utf-8"))
    fields, read = binding_fields.lost(
        {name: bare((HEADERS / f"{name}.hpp").read_text("utf-8"))
         for name in [*binding_fields.VIEWS, *binding_fields.SOME]},
        [path.read_text("utf-8") for path in sorted(C_SOURCES.glob("*.cpp"))])
    everything |= fields
    in_c |= read
    problems = bites() + check(everything, in_c, NOT_BOUND.read_text("utf-8"))
    problems += kotlin() + swift()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
