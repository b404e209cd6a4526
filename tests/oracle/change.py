# SPDX-License-Identifier: Apache-2.0
"""A change, read as docs/formats/change.md says."""

import hashlib

from wire import by_number, check, fields, message, one, packed, placed_fields, zigzag


def sha256(data):
    return hashlib.sha256(data).digest()


class Change:
    """Of a header and, unless it was withheld, a body. Raises Refused when they do not hold."""

    def __init__(self, header, body):
        self.id = sha256(header)
        stated = fields(header)
        numbers = [number for number, _, _ in stated]
        check(numbers == sorted(numbers), "header fields in ascending order")
        found = by_number(stated)
        self.incarnation = one(found, 1, b"")
        self.record = one(found, 2, b"")
        self.seq = one(found, 3, 0)
        self.resource = one(found, 4, b"")
        self.kind = one(found, 5, 0)
        self.atoms = packed(b"".join(found.get(6, [])))
        self.parents = found.get(7, [])
        self.tick = one(found, 8, 0)
        recorded = message(one(found, 9, b""))
        self.wall_ms = zigzag(one(recorded, 1, 0))
        self.server_minus_wall_ms = zigzag(one(recorded, 6, 0))
        author = message(one(found, 11, b""))
        self.practitioner = one(author, 1, b"")
        self.role = one(author, 2, b"")
        self.body_sha256 = one(found, 12, b"")
        self.must_understand = packed(b"".join(found.get(13, [])))
        self.origin = one(found, 14, 0)
        self.prev = one(found, 15, b"")
        check(len(self.incarnation) == 16 and len(self.record) == 16, "length of an id")
        check(len(self.resource) == 16 and len(self.body_sha256) == 32, "length of an id")
        check(self.seq >= 1 and self.tick >= 1, "seq and tick from 1")
        check(self.kind != 0, "a kind")
        check(self.atoms == sorted(set(self.atoms)) and self.atoms, "atoms ascending")
        check(self.parents == sorted(set(self.parents)), "parents ascending")
        check(all(len(parent) == 32 for parent in self.parents), "length of a parent")
        check(set(self.must_understand) <= set(self.atoms), "must_understand within atoms")
        if self.seq == 1:
            check(15 not in found, "no prev at seq 1")
        else:
            check(header[-34:-32] == b"\x7a\x20" and header[-32:] == self.prev, "prev stands last")
        self.resource_bytes = None
        if body is not None:
            self.read_body(body)

    def read_body(self, body):
        check(sha256(body) == self.body_sha256, "body has the digest of the header")
        check(len(body) >= 16, "body begins with 16 bytes of salt")
        found = message(body[16:])
        self.resource_bytes = one(found, 1, b"")
        self.cleared = packed(b"".join(found.get(2, [])))
        self.accepts = found.get(4, [])
        stated = placed_fields(self.resource_bytes)
        # What each atom was given, in the bytes of its field.
        self.values = {number: data for number, _, _, data in stated}
        written = [number for number, _, _, _ in stated]
        check(len(written) == len(set(written)), "each atom once")
        check(sorted(written + self.cleared) == self.atoms, "the atoms that the header names")

    @property
    def withheld(self):
        return self.resource_bytes is None

    @property
    def by_server(self):
        return self.origin == 2
