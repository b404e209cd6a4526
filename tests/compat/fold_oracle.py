#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fold, once more: slow, and written from docs/formats/merge.md and change.md.

Shares no code with the engine. The schema is read from the text of the .proto files, which are
part of the specification. Reads JSON lines {"changes": [{"header": hex, "body": hex or null}...]},
each the changes of one resource that a replica holds, and prints for each {"findings": {finding
id: inputs}, "operative": {atom: change id or null}, "state": hex}. UNION atoms have no operative
write; the findings are those about contested atoms, named as docs/formats/findings.md says.

    fold_oracle.py SCHEMA_FOLDER < histories.jsonl
"""

import hashlib
import json
import pathlib
import re
import struct
import sys

from decode_change_test import Change, fields, read_varint

SCALARS = {"bool", "int32", "int64", "uint32", "uint64", "sint32", "sint64"}


# --- the schema ----------------------------------------------------------------------------------


class Field:
    def __init__(self, number, kind, label, options):
        self.number = number
        self.kind = kind  # a scalar's name, "string", "bytes", or a message or enum of the schema
        self.repeated = label == "repeated"
        self.optional = label == "optional" or label == "oneof"
        self.options = options


class Schema:
    """Messages, enums and merge options, as the .proto files say."""

    def __init__(self, folder):
        self.messages, self.enums, self.kinds = {}, {}, {}
        for path in sorted(pathlib.Path(folder).glob("*.proto")):
            text = re.sub(r"//[^\n]*", "", path.read_text("utf-8"))
            for word, name, body in blocks(text):
                if word == "enum":
                    self.enums[name] = {value: int(number) for value, number
                                        in re.findall(r"(\w+)\s*=\s*(\d+)\s*;", body)}
                elif word == "message":
                    self.read_message(name, body)

    def read_message(self, name, body):
        kind = re.search(r"option \(kind\) = \{kind: (\d+)", body)
        if kind:
            self.kinds[int(kind.group(1))] = name
        members = {}
        for word, _, inner in blocks(body):
            if word == "oneof":
                body = body.replace(inner, "")
                for field in read_fields(inner):
                    members[field[0]] = Field(field[1], field[2], "oneof", field[4])
        for field_name, number, kind_name, label, options in read_fields(body):
            members[field_name] = Field(number, kind_name, label, options)
        self.messages[name] = members

    def number(self, enum, value):
        return self.enums[enum][value]


def blocks(text):
    """(word, name, body) of every block at the outermost level of the text."""
    at = 0
    opening = re.compile(r"\b(message|enum|oneof)\s+(\w+)\s*\{")
    while found := opening.search(text, at):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield found.group(1), found.group(2), text[found.end():end - 1]
        at = end


def read_fields(body):
    pattern = re.compile(r"(?:(optional|repeated)\s+)?([\w.]+)\s+(\w+)\s*=\s*(\d+)"
                         r"\s*(\[[^;]*\])?\s*;", re.DOTALL)
    for label, kind, name, number, options in pattern.findall(body):
        if kind != "option":
            yield name, int(number), kind, label, options


def option(field, name):
    """The words that a merge option lists."""
    found = re.search(rf"\b{name}:\s*(\[[^\]]*\]|\"[^\"]*\"|\w+)", field.options)
    return re.findall(r"\w+", found.group(1)) if found else []


# --- protobuf ------------------------------------------------------------------------------------


class Unparsable(Exception):
    pass


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def chunk(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def canonical(schema, message, data):
    """Parsed and written again: known fields ascending, unknown ones after them."""
    members = {field.number: field for field in schema.messages[message].values()}
    known, unknown = {}, b""
    for number, wire, value in parsed(data):
        field = members.get(number)
        if field is None or wire != (0 if is_varint(schema, field) else 2):
            unknown += raw(number, wire, value)
        else:
            known.setdefault(number, []).append(value)
    out = b""
    for number in sorted(known):
        out += written(schema, members[number], known[number])
    return out + unknown


def parsed(data):
    try:
        return list(fields(data))
    except Exception as error:
        raise Unparsable from error


def is_varint(schema, field):
    return field.kind in SCALARS or field.kind in schema.enums


def raw(number, wire, value):
    if wire == 0:
        return varint(number << 3) + varint(value)
    if wire == 2:
        return chunk(number, value)
    return varint(number << 3 | wire) + value


def written(schema, field, values):
    if field.kind in schema.messages:
        if not field.repeated:
            values = [b"".join(values)]
        return b"".join(chunk(field.number, canonical(schema, field.kind, value))
                        for value in values)
    if field.kind == "string":
        for value in values:
            try:
                value.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Unparsable from error
    if not field.repeated:
        last = values[-1]
        if not last and not field.optional:
            return b""
        return raw(field.number, 0 if isinstance(last, int) else 2, last)
    return b"".join(raw(field.number, 0 if isinstance(value, int) else 2, value)
                    for value in values)


# --- the fold ------------------------------------------------------------------------------------


class Write:
    def __init__(self, change, number):
        self.change = change
        self.id = change.id
        self.key = (change.tick, change.id)
        self.value = b""
        self.cleared = False
        if change.resource_bytes is not None:
            at = 0
            while at < len(change.resource_bytes):
                end = next_field(change.resource_bytes, at)
                if read_varint(change.resource_bytes, at)[0] >> 3 == number:
                    self.value = change.resource_bytes[at:end]
                at = end
            self.cleared = not self.value

    def says(self):
        return self.value, self.cleared


def next_field(data, at):
    tag, at = read_varint(data, at)
    if tag & 7 == 0:
        return read_varint(data, at)[1]
    if tag & 7 == 2:
        length, at = read_varint(data, at)
        return at + length
    return at + (8 if tag & 7 == 1 else 4)


class Resource:
    def __init__(self, schema, changes):
        self.schema = schema
        held = {}
        for change in changes:
            if change.id not in held or change.resource_bytes is not None:
                held[change.id] = change
        self.changes = held
        self.seen = {identity: self.view(identity) for identity in held}
        first = min(held.values(), key=lambda change: (change.tick, change.id))
        self.first, self.kind = first, first.kind
        self.message = schema.kinds.get(first.kind)
        named = {parent for change in held.values() for parent in change.parents}
        self.heads = sorted(set(held) - named)
        self.missing = sorted(named - set(held))
        self.withheld = any(change.resource_bytes is None for change in held.values())
        self.atoms = sorted({atom for change in held.values() for atom in change.atoms})

    def view(self, identity):
        """What the change had seen, of what is here."""
        seen, waiting = set(), list(self.changes[identity].parents)
        while waiting:
            parent = waiting.pop()
            if parent in self.changes and parent not in seen:
                seen.add(parent)
                waiting += self.changes[parent].parents
        return seen

    def field(self, number):
        if self.message is None:
            return None
        return next((field for field in self.schema.messages[self.message].values()
                     if field.number == number), None)

    def enum_of(self, field, write):
        """The enum that risk order and restrictive speak of, or None."""
        try:
            wanted = 0 if is_varint(self.schema, field) else 2
            found = [value for number, wire, value in parsed(write.value)
                     if number == field.number and wire == wanted]
            canonical(self.schema, self.message, write.value)
        except Unparsable:
            return None
        if not found:
            return None
        rank_by = option(field, "rank_by")
        if not rank_by:
            return found[-1]
        inner = self.schema.messages[field.kind][rank_by[0]]
        within = [value for number, _, value in parsed(b"".join(found)) if number == inner.number]
        return within[-1] if within else 0

    def numbers(self, field, name):
        rank_by = option(field, "rank_by")
        enum = self.schema.messages[field.kind][rank_by[0]].kind if rank_by else field.kind
        return [self.schema.number(enum, value) for value in option(field, name)]

    def effective(self, field, write):
        if field is None or "POLICY_AUTHORITY" not in option(field, "policy"):
            return True
        if write.change.origin == 2:
            return True
        return self.enum_of(field, write) in self.numbers(field, "restrictive")

    def atom(self, number):
        field = self.field(number)
        writes = [Write(change, number) for change in self.changes.values()
                  if number in change.atoms]
        counts = [write for write in writes if self.effective(field, write)]
        live = [write for write in counts
                if not any(write.id in self.seen[other.id] for other in counts)]
        pending = [write for write in writes if write not in counts
                   and not any(write.id in self.seen[other.id] for other in writes)]
        return Atom(self, number, field, live, pending)

    def state(self):
        atoms = [self.atom(number) for number in self.atoms]
        unreadable = (any(atom.unreadable for atom in atoms)
                      or any(change.kind != self.kind for change in self.changes.values()))
        out = self.first.record + self.first.resource + struct.pack(">I", self.kind)
        for ids in (self.heads, sorted(self.changes), self.missing):
            out += struct.pack(">I", len(ids)) + b"".join(ids)
        out += struct.pack(">Q", max(change.tick for change in self.changes.values()))
        out += bytes([self.withheld, unreadable]) + struct.pack(">I", len(atoms))
        return out + b"".join(atom.state() for atom in atoms), atoms


class Atom:
    def __init__(self, resource, number, field, live, pending):
        self.resource, self.number, self.field = resource, number, field
        self.live = sorted(live, key=lambda write: write.id)
        self.pending = sorted(pending, key=lambda write: write.id)
        self.policy = option(field, "policy")[0] if field else ""
        self.unreadable = any(self.cannot_read(write) for write in live)
        agree = len({write.says() for write in live}) < 2
        if self.policy == "POLICY_UNION":
            differ = self.elements_differ()
        else:
            differ = not agree and self.policy not in ("", "POLICY_LATEST")
        incomplete = resource.missing or resource.withheld
        self.contested = bool(not incomplete and len(live) > 1 and differ)
        self.agree = agree

    def cannot_read(self, write):
        if self.field is None:
            return self.number in write.change.must_understand
        try:
            canonical(self.resource.schema, self.resource.message, write.value)
        except Unparsable:
            return True
        return False

    def elements(self, write):
        schema = self.resource.schema
        items = schema.messages[self.field.kind]["items"]
        try:
            canonical(schema, self.resource.message, write.value)
        except Unparsable:
            return []
        # What another kind's author wrote under the number may be no set at all.
        sets = [value for number, wire, value in parsed(write.value)
                if number == self.number and wire == 2]
        return [canonical(schema, items.kind, value) for whole in sets
                for number, wire, value in parsed(whole) if number == items.number and wire == 2]

    def elements_differ(self):
        names = option(self.field, "key")
        if not names:
            return False
        schema = self.resource.schema
        members = schema.messages[schema.messages[self.field.kind]["items"].kind]
        numbers = [members[name].number for name in names]
        said = {}
        for write in self.live:
            of_write = {}
            for element in self.elements(write):
                key = b"".join(raw(*one) for one in parsed(element) if one[0] in numbers)
                of_write[key] = of_write.get(key, b"") + element
            for key, text in of_write.items():
                said.setdefault(key, set()).add(text)
        return any(len(texts) > 1 for texts in said.values())

    def rank(self, write):
        order = self.resource.numbers(self.field, "risk_order")
        if write.cleared:
            return len(order) + 1
        value = self.resource.enum_of(self.field, write) if order else None
        return order.index(value) if value in order else len(order)

    def operative(self):
        """The write to act on, or None. Not for UNION."""
        if not self.live or self.field is None:
            return None
        newest = max(self.live, key=lambda write: write.key)
        if self.agree or self.policy == "POLICY_LATEST":
            return newest
        if self.policy == "POLICY_FORK":
            return None
        best = min(self.rank(write) for write in self.live)
        among = [write for write in self.live if self.rank(write) == best]
        decided = option(self.field, "risk_order") and len({one.says() for one in among}) == 1
        if self.policy == "POLICY_AUTHORITY" or decided:
            return max(among, key=lambda write: write.key)
        return None

    def state(self):
        out = struct.pack(">I", self.number) + bytes([self.contested, self.unreadable])
        for writes in (self.live, self.pending):
            out += struct.pack(">I", len(writes))
            for write in writes:
                out += write.id + bytes([write.cleared])
                out += struct.pack(">I", len(write.value)) + write.value
        return out


def state_digest(states):
    """Of resources' (record, resource, state bytes)."""
    whole = b"".join(struct.pack(">I", len(state)) + state
                     for _, _, state in sorted(states, key=lambda one: one[:2]))
    return hashlib.sha256(b"kari state\0" + struct.pack(">I", len(whole)) + whole).digest()


# findings.md, section 4: what rules call a kind, and the kinds that have one name for their atom.
SHORT = {"Patient": "patient", "AllergyIntolerance": "allergy", "MedicationRequest": "order",
         "MedicationAdministration": "administration", "Observation": "observation",
         "DocumentReference": "note", "RecordLink": "link", "TimeNote": "time-note",
         "OtherResource": "other", "Condition": "problem", "ProtectiveMeasure": "protection",
         "ServiceMeasure": "service", "RestraintMeasure": "restraint", "Encounter": "visit",
         "PlannedEncounter": "planned-visit", "Appointment": "appointment",
         "Immunization": "immunization", "Task": "task", "RelatedPerson": "relative",
         "Consent": "consent", "Communication": "communication",
         "AdvanceDecision": "treatment-limit", "Procedure": "act"}
ONE_NAME = {"MedicationAdministration", "Observation", "Encounter", "Immunization",
            "Communication", "Procedure"}


def finding_about(resource, atom):
    """(rule, subject) of a contested atom."""
    name = next(name for name, field in resource.schema.messages[resource.message].items()
                if field is atom.field).replace("_", "-")
    short = "merge/" + SHORT[resource.message]
    identity = resource.first.resource
    one = b"A" + identity + struct.pack(">I", atom.number)
    if resource.message == "DocumentReference":
        return short + "-fork", one
    if resource.message in ONE_NAME:
        return short, one
    both = name in ("clinical-status", "verification-status")
    if both and resource.message in ("AllergyIntolerance", "Condition"):
        return short + "-status", b"R" + identity
    return f"{short}-{name}", one


def findings(resource, atoms):
    """{finding id: its inputs, ascending}."""
    found = {}
    for atom in atoms:
        if not atom.contested or resource.message == "DetectedIssue":
            continue
        rule, subject = finding_about(resource, atom)
        text = b"kari finding\0" + b"".join(struct.pack(">I", len(part)) + part
                                            for part in (rule.encode(), subject))
        inputs = found.setdefault(hashlib.sha256(text).hexdigest(), set())
        inputs.update(write.id.hex() for write in atom.live)
    return {identity: sorted(inputs) for identity, inputs in found.items()}


def folded(schema, changes):
    resource = Resource(schema, changes)
    state, atoms = resource.state()
    operative = {str(atom.number): (lambda write: write and write.id.hex())(atom.operative())
                 for atom in atoms if atom.policy != "POLICY_UNION"}
    return {"findings": findings(resource, atoms), "state": state.hex(), "operative": operative}


def main():
    schema = Schema(sys.argv[1])
    for line in sys.stdin:
        changes = [Change(bytes.fromhex(one["header"]),
                          bytes.fromhex(one["body"]) if one["body"] is not None else None)
                   for one in json.loads(line)["changes"]]
        print(json.dumps(folded(schema, changes), sort_keys=True))


if __name__ == "__main__":
    main()
