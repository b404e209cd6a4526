#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader and writer of sealed attachments, written from docs/formats/attachment.md alone.

AES and GHASH in plain integers, so that nothing of this project and no package is used. The worked
example is read from the page itself: what the page says is what is checked, here and by the unit
test of the C++ code.
"""

import hashlib
import pathlib
import re
import struct
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "formats" / "attachment.md"
CHUNK = 65536
TAG = 16
ASSOCIATED = b"kari attachment 1"


class Refused(Exception):
    """The bytes are not what the page asks for."""


def check(holds, what):
    if not holds:
        raise Refused(what)


# --- AES-256 and GCM, from FIPS 197 and SP 800-38D -----------------------------------------------


def make_box():
    """The S-box: the inverse in GF(2^8), then the affine map."""
    box = [0x63] * 256
    p = q = 1
    while True:
        p = p ^ (p << 1) & 0xFF ^ (0x1B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4)
        box[p] = (x & 0xFF) ^ 0x63
        if p == 1:
            return box


BOX = make_box()
DOUBLE = [x << 1 & 0xFF ^ (0x1B if x & 0x80 else 0) for x in range(256)]


def round_keys(key):
    words = [list(key[i : i + 4]) for i in range(0, 32, 4)]
    constant = 1
    for i in range(8, 60):
        word = words[i - 1]
        if i % 8 == 0:
            word = [BOX[b] for b in word[1:] + word[:1]]
            word[0] ^= constant
            constant = DOUBLE[constant]
        elif i % 8 == 4:
            word = [BOX[b] for b in word]
        words.append([a ^ b for a, b in zip(words[i - 8], word)])
    return [sum(words[i : i + 4], []) for i in range(0, 60, 4)]


SHIFT = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11]


def encrypt_block(keys, block):
    state = [a ^ b for a, b in zip(block, keys[0])]
    for key in keys[1:14]:
        s = [BOX[state[i]] for i in SHIFT]
        state = []
        for c in range(0, 16, 4):
            a, b, d, e = s[c : c + 4]
            t = a ^ b ^ d ^ e
            state += [
                a ^ t ^ DOUBLE[a ^ b] ^ key[c],
                b ^ t ^ DOUBLE[b ^ d] ^ key[c + 1],
                d ^ t ^ DOUBLE[d ^ e] ^ key[c + 2],
                e ^ t ^ DOUBLE[e ^ a] ^ key[c + 3],
            ]
    return bytes(BOX[state[i]] ^ k for i, k in zip(SHIFT, keys[14]))


def multiples(h):
    """h times each bit of a block, so that a product is a sum of a few of them."""
    out = []
    for _ in range(128):
        out.append(h)
        h = h >> 1 ^ (0xE1 << 120 if h & 1 else 0)
    return out


def ghash(table, data):
    y = 0
    for i in range(0, len(data), 16):
        y ^= int.from_bytes(data[i : i + 16].ljust(16, b"\0"), "big")
        product = 0
        for bit in range(128):
            if y >> (127 - bit) & 1:
                product ^= table[bit]
        y = product
    return y


def gcm(key, nonce, data, sealing):
    """Ciphertext and tag of content, or content and tag of ciphertext."""
    keys = round_keys(key)
    table = multiples(int.from_bytes(encrypt_block(keys, bytes(16)), "big"))
    stream = bytearray()
    for counter in range(2, 2 + (len(data) + 15) // 16):
        stream += encrypt_block(keys, nonce + struct.pack(">I", counter))
    out = bytes(a ^ b for a, b in zip(data, stream))
    sealed = out if sealing else data
    pad = lambda part: part + bytes(-len(part) % 16)
    lengths = struct.pack(">QQ", 8 * len(ASSOCIATED), 8 * len(sealed))
    digest = ghash(table, pad(ASSOCIATED) + pad(sealed) + lengths)
    first = int.from_bytes(encrypt_block(keys, nonce + b"\0\0\0\1"), "big")
    return out, (digest ^ first).to_bytes(16, "big")


# --- the page ------------------------------------------------------------------------------------


def nonce(number, last):
    return bytes(7) + struct.pack(">I", number) + bytes([last])


def seal(key, content):
    out = []
    parts = [content[i : i + CHUNK - TAG] for i in range(0, len(content), CHUNK - TAG)]
    for number, part in enumerate(parts):
        sealed, tag = gcm(key, nonce(number, number + 1 == len(parts)), part, True)
        out.append(sealed + tag)
    return out


def open_chunk(key, number, last, sealed):
    content, tag = gcm(key, nonce(number, last), sealed[:-TAG], False)
    check(tag == sealed[-TAG:], f"chunk {number} does not open")
    return content


def example():
    """The lines `name value` of the page's worked example."""
    block = re.search(r"```example[^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.S).group(1)
    return dict(line.split(None, 1) for line in block.strip().splitlines())


def main():
    said = example()
    key = bytes.fromhex(said["key"])
    content = bytes(i % 251 for i in range(int(said["size"])))
    chunks = seal(key, content)
    check(len(chunks) == int(said["chunks"]), "number of chunks")
    for number, sealed in enumerate(chunks):
        check(hashlib.sha256(sealed).hexdigest() == said[f"digest-{number}"], f"chunk {number}")
    check(chunks[0][:16].hex() == said["begins"], "beginning of chunk 0")
    check(chunks[-1].hex() == said["last"], "last chunk")
    check(hashlib.sha256(b"".join(chunks)).hexdigest() == said["id"], "id")
    check(hashlib.sha1(content).hexdigest() == said["sha1"], "SHA-1 of the content")
    check(open_chunk(key, 1, True, chunks[1]) == content[CHUNK - TAG :], "content of chunk 1")
    # The same bytes at another place, with another end, or altered, do not open.
    altered = bytes([chunks[1][0] ^ 1]) + chunks[1][1:]
    for number, last, sealed in ((0, True, chunks[1]), (1, False, chunks[1]), (1, True, altered)):
        try:
            open_chunk(key, number, last, sealed)
        except Refused:
            continue
        raise Refused("a chunk opens where it was not sealed")
    print(f"{len(chunks)} chunks sealed and opened as the page says")


if __name__ == "__main__":
    try:
        main()
    except Refused as error:
        print(f"FAILED: {error}")
        sys.exit(1)
