#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of the journal, written from docs/formats alone.

Uses nothing of this project and no package: the protobuf reader of tests/oracle, SHA-256 and HMAC
of the standard library, and ECDSA over P-256 in plain integers. Its input is golden/journal.json:
bytes that a device and a server once wrote. It decodes the changes, recomputes their ids and
digests, follows the streams and the record's chain, verifies the seals and the receipts, and then
alters bytes and insists that the same checks fail.
"""

import hashlib
import hmac
import json
import pathlib
import struct
import sys

from p256 import G, N, add, multiply, on_curve

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))
from change import Change, sha256  # noqa: E402
from wire import Refused, check, fields, message, one  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent / "golden"
GOLDEN = FOLDER / "journal.json"
CERTIFICATES = FOLDER / "certificates.json"


# --- streams: docs/formats/change.md, record_chain.md ---------------------------------------------


def check_streams(changes):
    """Within each (incarnation, record): seq dense from 1, prev the digest of the one before."""
    heads = {}
    for change in changes:
        stream = (change.incarnation, change.record)
        seq, head = heads.get(stream, (0, b""))
        check(change.seq == seq + 1, "seq dense")
        check(change.prev == head, "prev is the id of the change before")
        heads[stream] = (change.seq, change.id)
    return heads


def chain_of(changes):
    digest, chain = bytes(32), []
    for change in changes:
        digest = sha256(digest + change.id)
        chain.append(digest)
    return chain


# --- ECDSA over P-256 with SHA-256 ---------------------------------------------------------------


def verify_ecdsa(public_point, digest, signature):
    check(len(public_point) == 65 and public_point[0] == 4, "an uncompressed point")
    q = (int.from_bytes(public_point[1:33], "big"), int.from_bytes(public_point[33:], "big"))
    check(on_curve(q), "a point of the curve")
    check(len(signature) == 64, "r || s")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    check(0 < r < N and 0 < s < N, "r and s in range")
    w = pow(s, -1, N)
    e = int.from_bytes(digest, "big")
    point = add(multiply(e * w % N, G), multiply(r * w % N, q))
    check(point is not None and point[0] % N == r, "the signature fits")


# --- a seal: docs/formats/seal.md ----------------------------------------------------------------


def merkle_root_from(leaf, index, leaves, path):
    check(index < leaves, "index within the leaves")
    digest, last, used = sha256(b"\x00" + leaf), leaves - 1, 0
    while last > 0:
        if index % 2 == 1 or index < last:
            check(used < len(path), "path too short")
            sibling = path[used]
            used += 1
            pair = sibling + digest if index % 2 == 1 else digest + sibling
            digest = sha256(b"\x01" + pair)
        index //= 2
        last //= 2
    check(used == len(path), "path too long")
    return digest


def verify_seal(record_seal, incarnation, public_point):
    """Checks one RecordSeal; returns its statement and the stream head that it speaks of."""
    found = message(record_seal)
    statement = one(found, 1, b"")
    verify_ecdsa(public_point, sha256(statement), one(found, 2, b""))
    said = message(statement)
    check(one(said, 1, b"") == incarnation, "the seal's incarnation")
    leaf = one(found, 4, b"")
    root = merkle_root_from(leaf, one(found, 5, 0), one(said, 5, 0), found.get(6, []))
    check(root == one(said, 4, b""), "the leaf stands under the root")
    head = message(leaf)
    return statement, {"log": one(head, 1, 0), "incarnation": one(head, 2, b""),
                       "record": one(head, 3, b""), "seq": one(head, 4, 0),
                       "head": one(head, 5, b"")}


# --- a certificate: docs/formats/seal.md section 4 -----------------------------------------------


def der(data, at=0):
    """One element of DER: its tag, its content, all of its bytes, and where the next one begins."""
    check(at + 2 <= len(data), "DER cut off")
    tag, length, start = data[at], data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        check(0 < count <= 3 and start + count <= len(data), "DER length")
        length = int.from_bytes(data[start:start + count], "big")
        start += count
    check(start + length <= len(data), "DER cut off")
    return tag, data[start:start + length], data[at:start + length], start + length


def elements(data):
    found, at = [], 0
    while at < len(data):
        tag, content, whole, at = der(data, at)
        found.append((tag, content, whole))
    return found


class Certificate:
    def __init__(self, data):
        tag, content, _, end = der(data)
        check(tag == 0x30 and end == len(data), "a certificate")
        body, algorithm, signature = elements(content)
        check(elements(algorithm[1])[0][1] == bytes.fromhex("2a8648ce3d040302"), "ecdsa, SHA-256")
        self.signed = body[2]
        r, s = (int.from_bytes(each[1], "big")
                for each in elements(elements(signature[1][1:])[0][1]))
        self.signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        parts = elements(body[1])
        check(parts[0][0] == 0xA0, "version 3")
        _, _, _, self.issuer, _, self.subject, key = [each[2] for each in parts[:7]]
        prefix = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
        check(key.startswith(prefix), "a P-256 key")
        self.point = key[len(prefix):]
        self.extensions = {}
        for tag, content, _ in parts[7:]:
            if tag != 0xA3:
                continue
            for _, extension, _ in elements(elements(content)[0][1]):
                inner = elements(extension)
                self.extensions[inner[0][1].hex()] = inner[-1][1]

    def name(self, oid):
        for _, part, _ in elements(elements(self.subject)[0][1]):
            kind, value = elements(elements(part)[0][1])
            if kind[1].hex() == oid:
                return value[1].decode("ascii")
        return None


def signing_key(certificate, authority):
    """The incarnation and the public point that a signing certificate speaks of."""
    read, issuer = Certificate(certificate), Certificate(authority)
    check(read.issuer == issuer.subject, "issued by the authority")
    verify_ecdsa(issuer.point, sha256(read.signed), read.signature)
    basic = elements(elements(read.extensions["551d13"])[0][1])
    check(not any(tag == 1 and content != b"\x00" for tag, content, _ in basic), "no authority")
    usage = elements(read.extensions.get("551d0f", b""))
    check(usage and usage[0][1][1] & 0x80, "for signatures")
    check("551d25" not in read.extensions, "for nothing but seals")
    incarnation = read.name("550405")
    check(incarnation is not None and len(incarnation) == 32, "names an incarnation")
    return bytes.fromhex(incarnation), read.point


# --- derived ids and receipts: docs/formats/change.md, exchange.md -------------------------------


def digest_of(name, *parts):
    data = name.encode() + b"\x00"
    for part in parts:
        part = part if isinstance(part, bytes) else part.encode()
        data += struct.pack(">I", len(part)) + part
    return sha256(data)


def check_receipts(journal, changes, chain):
    kept = journal["receipts"]
    key, epoch = bytes.fromhex(kept["key"]), bytes.fromhex(kept["epoch"])
    record = bytes.fromhex(journal["record"])
    data = (b"kari range 1\x00" + epoch + record + struct.pack(">Q", 0) + bytes(32)
            + struct.pack(">Q", kept["range_end"]) + chain[kept["range_end"] - 1])
    mac = hmac.new(key, data, hashlib.sha256).hexdigest()
    check(mac == kept["range_mac"], "the range's receipt")
    data = b"kari pairs 1\x00" + epoch + record
    for position in kept["pairs_positions"]:
        data += struct.pack(">Q", position) + changes[position - 1].id
    mac = hmac.new(key, data, hashlib.sha256).hexdigest()
    check(mac == kept["pairs_mac"], "the pairs' receipt")


def check_derived_ids(journal, changes):
    kept = {name.split()[0]: bytes.fromhex(value) for name, value in journal["derived_ids"].items()}
    order, pulse = changes[0].resource, changes[1].resource
    ids = digest_of("kari import", "http://example.org/epj", "Patient", "17")[:16]
    check(ids == kept["imported"], "id of an imported resource")
    slot = digest_of("kari slot", order, "2026-10-25", "08:00", struct.pack(">I", 0))
    check(slot == kept["slot"], "id of a slot")
    records = sorted([bytes.fromhex(journal["record"]), bytes.fromhex("a2" * 16)])
    check(digest_of("kari link", *records)[:16] == kept["link"], "id of a link")
    subject = b"P" + b"".join(sorted([order, pulse]))
    finding = digest_of("kari finding", "dose/possible-double", subject)
    check(finding == kept["finding"], "id of a finding")


# --- the tests -----------------------------------------------------------------------------------


def read_change(kept):
    body = None if kept["body"] is None else bytes.fromhex(kept["body"])
    change = Change(bytes.fromhex(kept["header"]), body)
    expected = {"id": change.id.hex(), "incarnation": change.incarnation.hex(),
                "record": change.record.hex(), "resource": change.resource.hex(),
                "seq": change.seq, "prev": change.prev.hex(), "kind": change.kind,
                "atom": change.atoms, "must_understand": change.must_understand,
                "parent": [parent.hex() for parent in change.parents], "tick": change.tick,
                "origin": change.origin, "wall_ms": change.wall_ms,
                "server_minus_wall_ms": change.server_minus_wall_ms,
                "body_sha256": change.body_sha256.hex()}
    for name, value in expected.items():
        check(kept[name] == value, f"{name} is {kept[name]}, read {value}")
    return change


def refused(action, what):
    try:
        action()
    except Refused:
        return
    raise Refused(f"not noticed: {what}")


def altered(data, at):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def test_changes(journal):
    log = [read_change(kept) for kept in journal["log"]]
    elsewhere = [read_change(kept) for kept in journal["elsewhere"]]
    heads = check_streams(log + elsewhere)
    chain = chain_of(log)
    check([digest.hex() for digest in chain] == journal["chain"], "the record's chain")
    withheld = [change for change in log if change.resource_bytes is None]
    check(len(withheld) == 1, "one withheld body")
    accept = log[4]
    check(accept.origin == 2 and accept.accepts == accept.parents == [log[3].id], "an acceptance")
    # MedicationRequest.status, atom 2, is the enum value 6: stopped.
    check(message(accept.resource_bytes)[2] == [6], "what was accepted")
    # Observation.observation.value.quantity.value: the text as written.
    measurement = message(message(log[1].resource_bytes)[1][0])
    quantity = message(message(measurement[4][0])[1][0])
    check(quantity[1] == [b"71.50"], "the number as text")
    return log, heads, chain


def test_alterations(journal):
    kept = journal["log"][2]
    header, body = bytes.fromhex(kept["header"]), bytes.fromhex(kept["body"])
    for at in (0, 15, 16, len(body) - 1):
        refused(lambda at=at: Change(header, altered(body, at)), f"body byte {at}")
    log = [Change(bytes.fromhex(each["header"]), None) for each in journal["log"]]
    refused(lambda: check_streams([log[0], log[1], log[3]]), "a change missing from a stream")
    other = Change(altered(bytes.fromhex(journal["log"][1]["header"]), 20), None)
    refused(lambda: check_streams([log[0], other, log[2]]), "a header altered inside a stream")
    check(chain_of([log[1], log[0]])[-1] != chain_of([log[0], log[1]])[-1], "order in the chain")
    refused(lambda: Change(header[:-1], None), "a header cut short")


def test_access(journal, heads):
    previous = b""
    for seq, kept in enumerate(journal["access"], start=1):
        entry = bytes.fromhex(kept)
        found = message(entry)
        check(one(found, 3, 0) == seq and one(found, 15, b"") == previous, "the access stream")
        previous = sha256(entry)
    heads[("access", journal["record"])] = (len(journal["access"]), previous)


def test_seals(journal, log, heads):
    device = bytes.fromhex(journal["device"]["incarnation"])
    point = bytes.fromhex(journal["device"]["public_point"])
    previous = b""
    for number, record_seals in enumerate(journal["seals"], start=1):
        statements = set()
        for kept in record_seals:
            statement, head = verify_seal(bytes.fromhex(kept), device, point)
            statements.add(statement)
            if head["log"] == 2:
                sealed = heads[("access", head["record"].hex())]
            elif number == 1:
                sealed = (1, log[1].id)  # the stream as it stood when the seal was made
            else:
                sealed = heads[(head["incarnation"], head["record"])]
            check((head["seq"], head["head"]) == sealed, "the sealed head is the stream's")
        check(len(statements) == 1, "one statement for all its leaves")
        said = message(statements.pop())
        check(one(said, 2, 0) == number and one(said, 3, b"") == previous, "seals are chained")
        previous = sha256(statement)


def test_altered_seals(journal):
    device = bytes.fromhex(journal["device"]["incarnation"])
    point = bytes.fromhex(journal["device"]["public_point"])
    seal = bytes.fromhex(journal["seals"][1][0])
    for number, _, value in list(fields(seal)):
        if not isinstance(value, bytes) or not value:
            continue
        at = seal.index(value) + len(value) - 1
        refused(lambda at=at: verify_seal(altered(seal, at), device, point), f"seal field {number}")
    refused(lambda: verify_seal(seal, device[::-1][1:] + b"\x00", point), "another incarnation")
    refused(lambda: verify_seal(seal, device, altered(point, 64)), "another key")


def test_certificates(journal):
    """A seal alone, from the authority's certificate down to the signature."""
    kept = json.loads(CERTIFICATES.read_text("utf-8"))
    authority = bytes.fromhex(kept["authority"])
    certificate = bytes.fromhex(kept["seals"])
    incarnation, point = signing_key(certificate, authority)
    seal = bytes.fromhex(journal["seals"][1][1])
    verify_seal(seal, incarnation, point)
    for name in ("for_tls", "of_another_authority", "names_no_incarnation"):
        refused(lambda name=name: signing_key(bytes.fromhex(kept[name]), authority), name)
    refused(lambda: signing_key(authority, authority), "the authority's own")
    for at in (60, 150, 260, len(certificate) - 5):
        changed = altered(certificate, at)
        try:
            signing_key(changed, authority)
        except (Refused, IndexError, KeyError, ValueError):
            continue
        check(False, f"byte {at} of a certificate may be altered")


def main():
    journal = json.loads(GOLDEN.read_text("utf-8"))
    log, heads, chain = test_changes(journal)
    test_alterations(journal)
    test_access(journal, heads)
    test_seals(journal, log, heads)
    test_altered_seals(journal)
    test_certificates(journal)
    check_receipts(journal, log, chain)
    check_derived_ids(journal, log)
    print(f"{len(log)} changes, {sum(map(len, journal['seals']))} seals, receipts and derived ids")


if __name__ == "__main__":
    try:
        main()
    except Refused as error:
        print(f"FAILED: {error}")
        sys.exit(1)
