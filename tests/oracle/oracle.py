#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Folds exported changes, for a reader who does not trust the engine.

    oracle.py EXPORT...         what each resource of each record says, in words
    oracle.py --json EXPORT...  the same for a program: one JSON object for each record
    oracle.py --serve           JSON lines {"changes": [{"header", "body"}...]}, each a record, are
                                answered line by line with such objects

EXPORT is the folder that `kari-sync-server export` wrote, its log.ndjson, what
`kari export --format log` wrote, or the output of `kari-sync-server dump-log`. Each header must
have the id that stands beside it, and each body the digest that its header states: else nothing is
folded.

Written from docs/formats alone (merge.md, change.md, findings.md) and the .proto files, which are
part of them. Imports nothing but Python's own library; contains nothing that was generated.
"""

import datetime
import functools
import json
import pathlib
import signal
import sys

from change import Change
from findings import findings
from fold import fold, state_digest
from schema import Schema
from wire import Parsed, Refused, check


# --- exports -------------------------------------------------------------------------------------


def read_export(path):
    """The changes, record by record, in the order in which they stand."""
    path = pathlib.Path(path)
    if path.is_dir():
        path = path / "log.ndjson"
    records = {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                said = json.loads(line)
                # Other lines are access entries, seals and certificates.
                if isinstance(said, dict) and "header" in said and "access_position" not in said:
                    change = read_change(said)
                    records.setdefault(change.record, []).append(change)
            except (ValueError, Refused) as error:
                raise Refused(f"{path.name}, line {number}: {error}") from error
    return records


@functools.lru_cache(maxsize=20_000)
def read_bytes(header, body):
    """Whoever asks again and again has asked about most of it before."""
    return Change(bytes.fromhex(header), None if body is None else bytes.fromhex(body))


def read_change(said):
    change = read_bytes(said["header"], said.get("body"))
    check(said.get("id") in (None, change.id.hex()), "the header has another id")
    check(said.get("record") in (None, change.record.hex()), "the header names another record")
    return change


# --- for a program -------------------------------------------------------------------------------


def answer(resources):
    return {"state": state_digest(resources).hex(),
            "resources": {resource.id.hex(): answer_about(resource) for resource in resources}}


def answer_about(resource):
    return {"kind": resource.kind, "complete": not resource.incomplete,
            "readable": not resource.unreadable, "canonical": resource.state.hex(),
            "changes": len(resource.changes), "heads": [head.hex() for head in resource.heads],
            "findings": findings(resource),
            "atoms": {str(atom.number): answer_about_atom(atom) for atom in resource.atoms}}


def answer_about_atom(atom):
    operative = atom.operative()
    return {"name": atom.member.name if atom.member else "", "policy": atom.policy,
            "contested": atom.contested, "live": [write.id.hex() for write in atom.live],
            "pending": [write.id.hex() for write in atom.pending],
            "operative": operative.id.hex() if operative else None, "value": atom.value().hex()}


def serve(schema):
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever asks ends by it too
    for line in sys.stdin:
        try:
            changes = [read_change(one) for one in json.loads(line)["changes"]]
            said = answer(fold(schema, changes))
        except Refused as error:
            said = {"refused": str(error)}
        print(json.dumps(said, sort_keys=True), flush=True)


# --- for a reader --------------------------------------------------------------------------------


def told(record, changes, resources):
    yield (f"record {record.hex()}: {len(changes)} changes, {len(resources)} resources, state "
           f"{state_digest(resources).hex()}")
    for resource in resources:
        yield from told_of(resource)


def told_of(resource):
    marks = []
    if resource.missing:
        marks.append(f"INCOMPLETE: {len(resource.missing)} changes that it builds on are not here")
    if resource.withheld:
        marks.append("INCOMPLETE: a body is not here")
    if resource.unreadable:
        marks.append("UNREADABLE by this schema")
    if len(resource.heads) > 1:
        marks.append(f"{len(resource.heads)} heads")
    kind = resource.message or f"kind {resource.kind}"
    yield ""
    yield "; ".join([f"{kind} {resource.id.hex()}, {len(resource.changes)} changes"] + marks)
    for atom in resource.atoms:
        name = atom.member.name if atom.member else f"atom {atom.number}"
        contested = ", CONTESTED" if atom.contested else ""
        yield f"  {name} ({atom.policy or 'no policy known'}{contested})"
        chosen = atom.operative()
        for write in atom.live:
            counts = atom.policy == "UNION" or (chosen and chosen.id == write.id)
            yield f"    {'acted on' if counts else 'beside  '}  {author(write.change)}"
            yield f"              {words(atom, write)}"
        for write in atom.pending:
            yield f"    proposed  {author(write.change)}"
            yield f"              {words(atom, write)}"


def author(change):
    moment = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) \
        + datetime.timedelta(milliseconds=change.wall_ms)
    where = "the server" if change.by_server else "a device"
    who = f", person {change.practitioner.hex()}" if change.practitioner else ""
    return f"{change.id.hex()[:16]} {moment:%Y-%m-%dT%H:%M:%SZ} {where}{who}"


def words(atom, write):
    if write.change.withheld:
        return "(withheld)"
    if write.cleared:
        return "(cleared)"
    if atom.member is None or atom.cannot_be_read(write):
        return write.value.hex()
    return shown(write.whole.get(atom.number), atom.member, atom.schema)


def shown(value, member, schema):
    """As JSON, with the schema's names."""
    return json.dumps(plain(value, member, schema), ensure_ascii=False)


def plain(value, member, schema):
    if isinstance(value, list):
        return [plain(each, member, schema) for each in value]
    if isinstance(value, Parsed):
        return {value.members[number].name: plain(inner, value.members[number], schema)
                for number, inner in sorted(value.said.items())}
    if isinstance(value, bytes):
        return value.decode("utf-8") if member.type == "string" else value.hex()
    if member.type in schema.enums:
        names = {number: name for name, number in schema.enums[member.type].items()}
        return names.get(value, value)
    return bool(value) if member.type == "bool" else value


def main():
    words = sys.argv[1:]
    exports = [word for word in words if not word.startswith("-")]
    options = set(words) - set(exports)
    if options - {"--json", "--serve"} or ("--serve" in words) == bool(exports):
        sys.exit(__doc__)
    schema = Schema()
    if "--serve" in options:
        return serve(schema)
    for path in exports:
        for record, changes in read_export(path).items():
            resources = fold(schema, changes)
            if "--json" in options:
                print(json.dumps({"record": record.hex(), **answer(resources)}, sort_keys=True))
            else:
                print("\n".join(told(record, changes, resources)) + "\n")
    return None


if __name__ == "__main__":
    try:
        main()
    except Refused as error:
        sys.exit(f"oracle: {error}")
