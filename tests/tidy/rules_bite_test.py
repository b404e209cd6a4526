# SPDX-License-Identifier: Apache-2.0
"""Each rule of this folder finds what is planted for it, and nothing in a tree that keeps them."""

import pathlib
import tempfile

import includes
import layout
import tree
import words

HEADER = "// SPDX-License-Identifier: Apache-2.0\n"
HEADINGS = "".join(f"// {heading}: any.\n" for heading in layout.HEADINGS)

GOOD = {
    "sdk/include/kari/good.hpp": HEADER + HEADINGS + "namespace kari {}\n",
    "README.md": "| `sdk/include` | API |\n| `sdk/base` | ids |\n"
                 "| `sdk/chart` | charts |\n| `tests` | tests |\n"
                 "| `platform` | ports |\n",
    "platform/linux/include/kari/linux_platform.hpp": HEADER + HEADINGS,
    "sdk/base/id.hpp": "// SPDX-License-Identifier: Apache-2.0\n#pragma once\n#include <string>\n",
    "sdk/chart/chart.cpp": "// SPDX-License-Identifier: Apache-2.0\n"
                           "#include <tl/expected.hpp>\n#include \"sdk/base/id.hpp\"\n",
}
LONG_BODY = "int f(int a) {\n" + "    a += 1;\n" * 80 + "    return a;\n}\n"

# (rule, file, content)
PLANTED = [
    (includes.forbidden_includes, "sdk/base/a.cpp", HEADER + '#include "sdk/chart/chart.cpp"\n'),
    (includes.forbidden_includes, "sdk/base/a.cpp", HEADER + "#include <curl/curl.h>\n"),
    (includes.forbidden_includes, "sdk/base/a.cpp", HEADER + "#include <mbedtls/sha256.h>\n"),
    (includes.forbidden_includes, "sdk/chart/a.cpp", HEADER + "#include <mutex>\n"),
    (includes.forbidden_includes, "sdk/chart/a.cpp", HEADER + "#include <boost/json/src.hpp>\n"),
    (includes.forbidden_includes, "sdk/chart/a.cpp", HEADER + "#include <other/thing.hpp>\n"),
    (includes.forbidden_includes, "sdk/chart/a.cpp", HEADER + '#include "id.hpp"\n'),
    (includes.forbidden_includes, "sdk/include/kari/a.hpp",
     HEADER + '#include "kari/v1/change.pb.h"\n'),
    (includes.forbidden_includes, "sdk/device/a.cpp",
     HEADER + '#include "platform/linux/clock.hpp"\n'),
    (includes.forbidden_includes, "sdk/device/a.cpp",
     HEADER + "#include <kari/linux_platform.hpp>\n"),
    (includes.forbidden_includes, "examples/kari/a.cpp", HEADER + '#include "sdk/base/id.hpp"\n'),
    (includes.forbidden_includes, "sdk/novel/a.cpp", HEADER + "#include <string>\n"),
    (includes.impure_words, "sdk/chart/a.cpp",
     HEADER + "auto t = std::chrono::system_clock::now();\n"),
    (layout.wide_lines, "sdk/base/a.cpp", HEADER + "// " + "x" * 98 + "\n"),
    (layout.long_files, "sdk/base/a.cpp", HEADER + "\n" * 500),
    (layout.long_functions, "sdk/base/a.cpp", HEADER + "namespace a {\n" + LONG_BODY + "}\n"),
    (layout.unlicensed, "sdk/base/a.cpp", "int a;\n"),
    (layout.banned_names, "sdk/base/string_utils.cpp", HEADER),
    (layout.banned_names, "sdk/base/a.cpp", HEADER + "class KeyManager {};\n"),
    (layout.unnamed_folders, "sdk/novel/a.cpp", HEADER),
    (layout.missing_headings, "sdk/include/kari/a.hpp",
     HEADER + HEADINGS.replace("// Threads: any.\n", "") + "namespace kari {}\n"),
    (layout.missing_headings, "sdk/include/kari/a.hpp",
     HEADER + "namespace kari {}\n" + HEADINGS),
    (layout.missing_headings, "sdk/include/kari/a.hpp",
     HEADER + HEADINGS.replace("// What: any.\n", "") + "// What: any.\nnamespace kari {}\n"),
    (words.words_elsewhere, "examples/kari/a.cpp",
     HEADER + 'auto said() { return "This is not saved"; }\n'),
    (words.words_elsewhere, "sdk/device/a.cpp", HEADER + 'auto said() { return "på"; }\n'),
    (words.labels_unused, "examples/kari/labels.def", 'KARI_LABEL(spare,\n    "a", "b")\n'),
    (layout.machine_words, "dev", HEADER + "cat /work" + "/main/x\n"),
    (layout.machine_words, "README.md", GOOD["README.md"] + "from deb.debian" + ".org\n"),
]


def planted_tree(folder, extra):
    edges = tree.source_root() / "tests" / "tidy" / "edges.txt"
    files = dict(GOOD, **{"tests/tidy/edges.txt": edges.read_text("utf-8")}, **extra)
    for name, content in files.items():
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return tree.Tree(folder)


def problems_of(rule, extra):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / ".git").write_text("not a repository", "utf-8")
        return rule(planted_tree(folder, extra))


failures = []
for rule in (layout.RULES + words.RULES
             + [includes.forbidden_includes, includes.impure_words]):
    for problem in problems_of(rule, {}):
        failures.append(f"{rule.__name__} finds fault with a good tree: {problem}")
for rule, name, content in PLANTED:
    if not any(problem.startswith((name, "README.md")) for problem in
               problems_of(rule, {key: value for key, value in [(name, content)]})):
        failures.append(f"{rule.__name__} does not see {name}: {content[-60:]!r}")
tree.conclude(failures)
