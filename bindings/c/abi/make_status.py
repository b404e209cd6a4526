#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kari/status.h from the one list of errors: make_status.py [ROOT] prints it."""

import pathlib
import re
import sys

ADVICE = ["retry", "user", "operator_", "defect"]


def errors(root):
    """(number, name, advice) of every error."""
    text = (root / "sdk/include/kari/errors.def").read_text("utf-8")
    return [(int(number), name, advice) for number, name, advice in
            re.findall(r"^KARI_ERROR\((\d+),\s*(\w+),\s*(\w+)\)", text, re.MULTILINE)]


HEAD = """// SPDX-License-Identifier: Apache-2.0
#ifndef KARI_STATUS_H
#define KARI_STATUS_H

#include <stdint.h>

// Made by bindings/c/abi/make_status.py of sdk/include/kari/errors.def, the one list of errors. The
// numbers are stable; a newer library may answer ones that are not here yet.
typedef int32_t kari_status;
enum {
    KARI_OK = 0,
"""
BETWEEN = """};

// Who can do something about it: nobody but time, whoever holds the tablet, who runs the server and
// the tablets, or whoever wrote the app.
typedef uint32_t kari_advice;
enum {
"""
TAIL = """};

#endif
"""


def header(root):
    numbers = "".join(f"    KARI_ERROR_{name.upper()} = {number},\n"
                      for number, name, _ in errors(root))
    advice = "".join(f"    KARI_ADVICE_{name.strip('_').upper()} = {at},\n"
                     for at, name in enumerate(ADVICE))
    return HEAD + numbers + BETWEEN + advice + TAIL


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parents[3]
    sys.stdout.write(header(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here))
