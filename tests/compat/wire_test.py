#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What every field of the wire and of the log is called, numbered and typed, as golden/wire.txt has
it from the day the field was made: none of it changes, none of it goes, no number is used again.
KARI_WRITE_GOLDEN=1 adds what is new, and nothing else."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import fields  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = pathlib.Path(__file__).resolve().parent / "golden" / "wire.txt"
PROTO = ROOT / "sdk" / "proto"
TYPES = {1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32",
         8: "bool", 9: "string", 10: "group", 11: "message", 12: "bytes", 13: "uint32", 14: "enum",
         15: "sfixed32", 16: "sfixed64", 17: "sint32", 18: "sint64"}
REPEATED = 3


def text(message, field):
    return message.get(field, [b""])[0].decode()


def lines_of_enum(enum, scope):
    name = f"{scope}.{text(enum, 1)}"
    for value in map(fields, enum.get(2, [])):
        yield f"{name} {text(value, 1)} = {value.get(2, [0])[0]}"


def lines_of_message(message, scope):
    name = f"{scope}.{text(message, 1)}"
    for field in map(fields, message.get(2, [])):
        kind = text(field, 6).lstrip(".") or TYPES[field[5][0]]
        label = "repeated " if field[4][0] == REPEATED else "optional " if 17 in field else ""
        yield f"{name} {label}{kind} {text(field, 1)} = {field[3][0]}"
    for nested in map(fields, message.get(3, [])):
        yield from lines_of_message(nested, name)
    for enum in map(fields, message.get(4, [])):
        yield from lines_of_enum(enum, name)


def current():
    """As protoc reads the schema (its descriptor.proto is public and does not change)."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "set"
        subprocess.run(["protoc", f"-I{PROTO}", f"--descriptor_set_out={out}",
                        *sorted(str(file) for file in PROTO.rglob("*.proto"))], check=True)
        files = map(fields, fields(out.read_bytes()).get(1, []))
        lines = []
        for file in files:
            scope = text(file, 2)
            for message in map(fields, file.get(4, [])):
                lines.extend(lines_of_message(message, scope))
            for enum in map(fields, file.get(5, [])):
                lines.extend(lines_of_enum(enum, scope))
    return lines


class WireTest(unittest.TestCase):
    def setUp(self):
        if shutil.which("protoc") is None:
            self.fail("protoc builds this tree and is not here")
        self.now = current()

    def test_nothing_that_was_ever_written_has_changed_or_gone(self):
        self.assertGreater(len(self.now), 500)
        kept = GOLDEN.read_text().splitlines() if GOLDEN.exists() else []
        new = sorted(set(self.now) - set(kept))
        if os.environ.get("KARI_WRITE_GOLDEN"):
            GOLDEN.write_text("".join(f"{line}\n" for line in kept + new))
            new = []
        self.assertEqual([line for line in kept if line not in set(self.now)], [])
        self.assertEqual(new, [], "KARI_WRITE_GOLDEN=1 adds them to tests/compat/golden/wire.txt")

    def test_no_number_is_used_twice(self):
        seen = {}
        for line in self.now:
            owner, number = line.split(" ", 1)[0], line.rsplit(" ", 1)[1]
            self.assertNotIn((owner, number), seen, line)
            seen[owner, number] = line


if __name__ == "__main__":
    unittest.main()
