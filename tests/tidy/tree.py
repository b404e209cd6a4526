# SPDX-License-Identifier: Apache-2.0
"""The files of a source tree, and the report of what breaks a rule in them."""

import os
import pathlib
import subprocess
import sys

CXX = {".cpp", ".hpp", ".h", ".c"}
CODE = CXX | {".py", ".sh", ".cmake", ".proto", ".kt", ".swift"}
CODE_NAMES = {"CMakeLists.txt", "dev", "run"}


def source_root():
    return pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                        or pathlib.Path(__file__).resolve().parents[2])


class Tree:
    """The files that git knows or would add, as paths relative to the root."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(path for path in self._listed() if (self.root / path).is_file())

    def _listed(self):
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"],
                                cwd=self.root, capture_output=True, check=False)
        if listed.returncode == 0:
            return [pathlib.PurePosixPath(name) for name in listed.stdout.decode().split("\0")
                    if name]
        return [pathlib.PurePosixPath(path.relative_to(self.root).as_posix())
                for path in self.root.rglob("*")
                if not {"build", ".git"} & set(path.relative_to(self.root).parts)]

    def text(self, path):
        return (self.root / path).read_text("utf-8", "replace")

    def lines(self, path):
        return self.text(path).splitlines()

    def cxx(self):
        return [path for path in self.files if path.suffix in CXX]

    def code(self):
        return [path for path in self.files if path.suffix in CODE or path.name in CODE_NAMES]


def conclude(problems):
    """Prints the problems and ends the script with the status the runner reads."""
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} places break a rule")
    sys.exit(1 if problems else 0)
