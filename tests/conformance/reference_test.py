#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every public function and type of C++ and C has words, and the reference is made of them: what
`./dev docs` makes is made here too, where Doxygen is installed."""

import pathlib
import shutil
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "docs" / "reference"))

from comments import filtered  # noqa: E402  (found by the line above)
from reference import PAGES, complaints, make  # noqa: E402

SKIPPED = 77
HEADER = """// SPDX-License-Identifier: Apache-2.0
#pragma once

// What: a thing.
//   It goes on <b>.
// Requires: nothing.
namespace kari {

struct A {         // one of two
    int count;     // how many, of
                   // which kind
    bool here() const;
};

// Both at once.
class B {
public:
    // ---- Lists: all of them, and
    // what they hold
    int first();
    // The second alone.
    int second();  // NOLINT

    int third();
};

}  // namespace kari
"""
EXPECTED = {1: "// SPDX-License-Identifier: Apache-2.0", 3: "/// @file",
            4: "/// <p><b>What.</b> a thing.", 5: "///   It goes on \\<b\\>.",
            9: "/** one of two */ struct A {", 10: "    int count;     ///< how many, of",
            11: "                   ///< which kind", 12: "    bool here() const;",
            15: "/// Both at once.", 18: "    // ---- Lists: all of them, and",
            20: "/** Lists: all of them, and what they hold. */ int first();",
            21: "    /// The second alone.", 22: "    int second();  // NOLINT",
            24: "/** Lists: all of them, and what they hold. */ int third();"}
C_HEADER = "\ntypedef struct kari_a {\n    int b;\n} kari_a;    // one\n" \
           "typedef uint32_t kari_c;\nenum { KARI_C = 0 };  // which\n"
C_EXPECTED = {2: "/** one */ typedef struct kari_a {", 4: "} kari_a;    // one",
              5: "/** which */ typedef uint32_t kari_c;"}
LOG = """a.hpp:1: Member b (variable) of struct kari::A is not documented.
a.hpp:2: Member operator==(const A &) const =default (function) of struct kari::A is not documented.
a.hpp:3: Member A(A &&) noexcept (function) of class kari::A is not documented.
a.hpp:4: Member b() (function) of struct kari::A is not documented.
a.hpp:5: Compound kari::A is not documented.
"""


def bites():
    """The filter does what it is for, and the complaints that count are kept."""
    for header, expected in ((HEADER, EXPECTED), (C_HEADER, C_EXPECTED)):
        lines = filtered(header).splitlines()
        if len(lines) != len(header.splitlines()):
            return ["the filter itself: lines lost their numbers"]
        wrong = [f"the filter itself: line {number} is {lines[number - 1]!r}"
                 for number, line in expected.items() if lines[number - 1] != line]
        if wrong:
            return wrong
    kept = complaints(LOG)
    return [] if len(kept) == 2 else [f"the complaints that count are not {kept}"]


def main():
    problems = bites()
    if not problems and shutil.which("doxygen") is None:
        print("doxygen is not installed: ./dev docs sets it up")
        return SKIPPED
    if not problems:
        with tempfile.TemporaryDirectory() as folder:
            problems = [problem for name in PAGES for problem in make(name, pathlib.Path(folder))]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
