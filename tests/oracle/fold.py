# SPDX-License-Identifier: Apache-2.0
"""The fold, once more: slow, and written from docs/formats/merge.md, section by section. Where the
document says "no write has seen it", this asks every write."""

import hashlib
import struct

from wire import CHUNK, Unparsable, field, parsed

# --- section 1: words ----------------------------------------------------------------------------


class Write:
    """What a change says of an atom."""

    def __init__(self, change, number, read):
        self.change = change
        self.id = change.id
        self.age = (change.tick, change.id)
        self.value = b"" if change.withheld else change.values.get(number, b"")
        self.cleared = not change.withheld and number not in change.values
        self.whole = read(self.value)  # what the value says; None when it cannot be read

    def says(self):
        return self.value, self.cleared


class Resource:
    """Of the changes of one resource that are here, in any order and with any copies."""

    def __init__(self, schema, changes):
        self.schema = schema
        self.changes = {}
        for change in changes:
            if change.id not in self.changes or not change.withheld:
                self.changes[change.id] = change
        held = list(self.changes.values())
        first = min(held, key=lambda change: (change.tick, change.id))
        self.record, self.id, self.kind = first.record, first.resource, first.kind
        self.message = schema.kinds.get(self.kind)  # None: this schema does not know the kind
        self.seen = {change.id: self.seen_by(change) for change in held}
        named = {parent for change in held for parent in change.parents}
        self.heads = sorted(set(self.changes) - named)
        self.missing = sorted(named - set(self.changes))
        self.withheld = any(change.withheld for change in held)
        self.incomplete = bool(self.missing) or self.withheld
        self.tick = max(change.tick for change in held)
        self.atoms = [Atom(self, number)
                      for number in sorted({atom for change in held for atom in change.atoms})]
        self.unreadable = (any(change.kind != self.kind for change in held)
                           or any(atom.unreadable for atom in self.atoms))
        self.state = canonical(self)

    def seen_by(self, change):
        """The parents, and what they had seen, as far as they are here."""
        seen, waiting = set(), list(change.parents)
        while waiting:
            parent = waiting.pop()
            if parent in self.changes and parent not in seen:
                seen.add(parent)
                waiting += self.changes[parent].parents
        return seen

    def saw(self, one, other):
        return other.id in self.seen[one.id]


# --- sections 2 and 3: what counts, and values ---------------------------------------------------


class Atom:
    def __init__(self, resource, number):
        self.resource, self.number = resource, number
        self.schema = resource.schema
        # None: an atom that this schema does not know.
        self.member = resource.schema.messages.get(resource.message, {}).get(number)
        self.policy = self.member.policy if self.member else ""
        writes = [Write(change, number, self.read) for change in resource.changes.values()
                  if number in change.atoms]
        effective = [write for write in writes if self.takes_effect(write)]
        waiting = [write for write in writes if not self.takes_effect(write)]
        self.live = self.unseen(effective, effective)
        self.pending = self.unseen(waiting, writes)
        self.agree = len({write.says() for write in self.live}) < 2
        self.unreadable = any(self.cannot_be_read(write) for write in self.live)
        self.contested = (not resource.incomplete and len(self.live) > 1 and self.collides())

    def unseen(self, writes, by):
        """Those that none of `by` has seen, ascending."""
        return sorted((write for write in writes
                       if not any(self.resource.saw(other, write) for other in by)),
                      key=lambda write: write.id)

    def read(self, value):
        """The kind's message with the atom alone; None when it cannot be read."""
        if self.member is None:
            return None
        try:
            return parsed(self.schema, self.resource.message, value)
        except Unparsable:
            return None

    def takes_effect(self, write):
        if self.policy != "AUTHORITY" or write.change.by_server:
            return True
        restrictive = self.enum_values("restrictive")
        return bool(restrictive) and self.ranked_value(write) in restrictive

    def cannot_be_read(self, write):
        if self.member is None:
            return self.number in write.change.must_understand
        return write.whole is None

    # ---- ranks

    def enum_values(self, option):
        """The enum values that an option of the atom lists, as numbers."""
        rank_by = self.member.listed("rank_by")
        member = self.schema.member(self.member.type, rank_by[0]) if rank_by else self.member
        return [self.schema.enums[member.type][name] for name in self.member.listed(option)]

    def ranked_value(self, write):
        """The enum value that rank and restriction go by; None when the write holds none."""
        value = write.whole.get(self.number) if write.whole else None
        rank_by = self.member.listed("rank_by")
        if value is None or not rank_by:
            return value
        ranked = self.schema.member(self.member.type, rank_by[0])
        return value.get(ranked.number) or 0

    def rank(self, write):
        order = self.enum_values("risk_order") if self.member.listed("risk_order") else []
        if write.cleared:
            return len(order) + 1
        value = self.ranked_value(write) if order else None
        return order.index(value) if value in order else len(order)

    # ---- elements of a UNION

    def elements(self, write):
        """Each as the message's bytes, or the text's, in their order."""
        union = write.whole.get(self.number) if write.whole else None
        items = self.schema.member(self.member.type, "items")
        values = (union.get(items.number) if union else None) or []
        return [value if isinstance(value, bytes) else value.written() for value in values]

    def said_of(self, write):
        """key -> what the write says of the thing that the key names: its elements, in order."""
        element = self.schema.member(self.member.type, "items").type
        numbers = [self.schema.member(element, name).number for name in self.member.listed("key")]
        said = {}
        for data in self.elements(write):
            whole = parsed(self.schema, element, data)
            key = b"".join(whole.written_field(number) for number in sorted(numbers)
                           if number in whole.said)
            said.setdefault(key, []).append(data)
        return said

    def collides(self):
        if self.policy in ("", "LATEST"):
            return False
        if self.policy != "UNION":
            return not self.agree
        if not self.member.listed("key"):
            return False
        said = {}
        for write in self.live:
            for key, elements in self.said_of(write).items():
                said.setdefault(key, set()).add(tuple(elements))
        return any(len(each) > 1 for each in said.values())

    # ---- what is acted on

    def operative(self):
        """The write that is acted on; None when there is none, and always of a UNION, where all
        that is live counts."""
        if not self.live or self.member is None or self.policy == "UNION":
            return None
        newest = max(self.live, key=lambda write: write.age)
        if self.agree or self.policy == "LATEST":
            return newest
        if self.policy == "FORK":
            return None
        best = min(self.rank(write) for write in self.live)
        among = [write for write in self.live if self.rank(write) == best]
        decided = self.member.listed("risk_order") and len({one.says() for one in among}) == 1
        if self.policy == "AUTHORITY" or decided:
            return max(among, key=lambda write: write.age)
        return None

    def value(self):
        """The value that is acted on, as its field parsed and written again; b"" when there is
        none."""
        if not self.live or self.member is None:
            return b""
        if self.policy == "UNION" and not self.agree:
            items = self.schema.member(self.member.type, "items").number
            alone = {field(self.number, CHUNK, field(items, CHUNK, element))
                     for write in self.live for element in self.elements(write)}
            return self.written(self.read(b"".join(sorted(alone))))
        write = self.live[0] if self.policy == "UNION" else self.operative()
        return self.written(write.whole) if write else b""

    def written(self, whole):
        said = whole is not None and self.number in whole.said
        return whole.written_field(self.number) if said else b""


# --- section 4: canonical state ------------------------------------------------------------------


def u32(number):
    return struct.pack(">I", number)


def listed(parts):
    return u32(len(parts)) + b"".join(parts)


def canonical(resource):
    return (resource.record + resource.id + u32(resource.kind) + listed(resource.heads)
            + listed(sorted(resource.changes)) + listed(resource.missing)
            + struct.pack(">Q", resource.tick) + bytes([resource.withheld, resource.unreadable])
            + listed([canonical_atom(atom) for atom in resource.atoms]))


def canonical_atom(atom):
    return (u32(atom.number) + bytes([atom.contested, atom.unreadable])
            + canonical_writes(atom.live) + canonical_writes(atom.pending))


def canonical_writes(writes):
    return listed([write.id + bytes([write.cleared]) + u32(len(write.value)) + write.value
                   for write in writes])


def fold(schema, changes):
    """The resources of some changes, ordered by (record, resource)."""
    of = {}
    for change in changes:
        of.setdefault((change.record, change.resource), []).append(change)
    return [Resource(schema, of[each]) for each in sorted(of)]


def state_digest(resources):
    whole = b"".join(u32(len(resource.state)) + resource.state for resource in resources)
    return hashlib.sha256(b"kari state\0" + u32(len(whole)) + whole).digest()
