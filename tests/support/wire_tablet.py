# SPDX-License-Identifier: Apache-2.0
"""A real kari-sync-server over real TLS, and a tablet that shares no code with it: its messages are
put together from docs/formats alone. What the scripts of tests/integration have in common."""

import hashlib
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import time

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release"))
SERVER = BUILD / "sync-server" / "kari-sync-server"
MARK = "Xyzzymarkert"  # stands for what must appear nowhere


# --- protobuf, as far as the exchange needs it -----------------------------------------------

def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def signed(field, value):
    return number(field, value << 1 if value >= 0 else (-value << 1) - 1)


def chunk(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def fields(data):
    """{field: [values]} of one message."""
    found, at = {}, 0

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = read()
        if tag & 7 == 0:
            value = read()
        else:
            size = read()
            value = data[at:at + size]
            at += size
        found.setdefault(tag >> 3, []).append(value)
    return found


def one(message, field, default=b""):
    return message.get(field, [default])[0]


ZSTD_MAGIC = bytes.fromhex("28b52ffd")


def zstd_frame(data, zeros=0):
    """A frame of one raw block, and blocks that stand for `zeros` zero bytes."""
    out = ZSTD_MAGIC + b"\x00\x38"  # no length, no checksum; a window of 128 KiB
    out += (len(data) << 3 | (zeros == 0)).to_bytes(3, "little") + data
    while zeros > 0:
        size = min(zeros, 128 * 1024)
        zeros -= size
        out += (size << 3 | 1 << 1 | (zeros == 0)).to_bytes(3, "little") + b"\x00"
    return out


# --- a tablet -----------------------------------------------------------------------------------

class Tablet:
    """One device incarnation that writes observations."""

    def __init__(self, folder, name):
        self.folder = folder / name
        self.folder.mkdir()
        self.incarnation = hashlib.sha256(name.encode()).digest()[:16]
        self.streams = {}
        for key in ("tls", "signing"):
            self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out",
                         f"{key}.key")
            self.openssl("req", "-new", "-key", f"{key}.key", "-subj", "/CN=tablet",
                         "-outform", "DER", "-out", f"{key}.csr")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def csr(self, key):
        return (self.folder / f"{key}.csr").read_bytes()

    def enrolment(self, code):
        return (chunk(1, code) + chunk(2, self.incarnation) + chunk(3, self.csr("signing")) +
                chunk(4, self.csr("tls")) + chunk(5, "tablet"))

    def keep(self, reply):
        (self.folder / "tls.der").write_bytes(one(reply, 2))
        self.openssl("x509", "-inform", "DER", "-in", "tls.der", "-out", "tls.pem")
        self.device = one(reply, 6).hex()

    def change(self, record, text="70", zone="Europe/Oslo", parents=(), role="SP",
               practitioner=b"p" * 16, origin=1):
        """(wire change, id): an Observation whose value is `text`."""
        seq, prev = self.streams.get(record, (0, b""))
        seq += 1
        quantity = chunk(4, chunk(1, chunk(1, text)))
        body = (hashlib.sha256(f"{seq}{text}".encode()).digest()[:16] +
                chunk(1, chunk(1, number(1, 3) + quantity)))
        resource = hashlib.sha256(record + bytes([seq % 256, seq // 256])).digest()[:16]
        core = (chunk(1, self.incarnation) + chunk(2, record) + number(3, seq) +
                chunk(4, resource) +
                number(5, 5) + chunk(6, b"\x01") +
                b"".join(chunk(7, parent) for parent in parents) + number(8, seq) +
                chunk(9, signed(1, int(time.time() * 1000)) + chunk(3, zone) +
                      chunk(4, b"b" * 16) + number(5, 1)) +
                chunk(11, chunk(1, practitioner) + chunk(2, role) + number(5, 2)) +
                chunk(12, hashlib.sha256(body).digest()) + number(14, origin))
        header = core + (chunk(15, prev) if prev else b"")
        identity = hashlib.sha256(header).digest()
        self.streams[record] = (seq, identity)
        return chunk(1, core) + (chunk(2, prev) if prev else b"") + chunk(3, body), identity

    def access(self, record, seq=1):
        return (chunk(1, self.incarnation) + chunk(2, record) + number(3, seq) +
                chunk(4, b"p" * 16) + chunk(5, "SP") + chunk(7, b"s" * 16) + number(8, 1))

    def request(self, push=(), lane=2, holding=b"", give_back=b""):
        out = (number(1, 1) + chunk(2, self.incarnation) + chunk(3, os.urandom(16)) +
               number(4, lane) + number(7, 1) + holding)
        for record, wires in push:
            out += chunk(9, chunk(1, record) + b"".join(chunk(2, wire) for wire in wires))
        return out + give_back


def set_reserve(server, mebibytes):
    """Of its disk, from the next start on."""
    config = server.folder / "kari-server.toml"
    text, done = re.subn(r"(?m)^disk_reserve_mib = \d+", f"disk_reserve_mib = {mebibytes}",
                         config.read_text())
    assert done == 1
    config.write_text(text)


# Commands that look, and end with how it looks: broken, attention.
LOOKING = {"status": (3, 4), "doctor": (3, 4)}


def standing(status):
    """What a status says of what is stored; not of the time, the disk or who was heard."""
    devices = [{key: each[key] for key in ("device", "unit", "revoked")}
               for each in status["devices"]]
    return {key: status[key] for key in
            ("schema", "epoch", "recovering", "records", "changes", "secured", "access_entries",
             "review_owed", "quarantined", "directory_resources", "units")} | {"devices": devices}


def what_is_stored(folder):
    """Every change and access entry, save those that looking here leaves behind."""
    looked = b"dump-log".hex().encode()
    log = subprocess.run([SERVER, "dump-log", "--all", "--dir", folder], capture_output=True,
                         check=True).stdout
    return b"\n".join(line for line in log.splitlines() if looked not in line)


class Server:
    def __init__(self, folder, program=SERVER):
        self.folder = folder
        self.program = program
        self.process = None
        self.port = 0
        self.log = folder.parent / f"{folder.name}.log"

    def run(self, *words, check=True):
        done = subprocess.run([self.program, *words, "--dir", self.folder, "--json"],
                              capture_output=True, text=True, timeout=120)
        if check and done.returncode not in (0, *LOOKING.get(words[0], ())):
            raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout) if check else done

    def start(self, port=0):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--port", str(port), "--dir", self.folder],
                stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        assert "listening on" in line, line
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self):
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self.process.stdout.close()
        self.process = None
        return status

    def connect(self, tablet=None, timeout=30, source="127.0.0.1",
                receive_bytes=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(self.folder / "secrets" / "ca.pem")
        if tablet is not None:
            context.load_cert_chain(tablet.folder / "tls.pem", tablet.folder / "tls.key")
        raw = socket.socket()
        raw.settimeout(timeout)
        if receive_bytes is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        raw.bind((source, 0))
        raw.connect(("127.0.0.1", self.port))
        return context.wrap_socket(raw, server_hostname="localhost")

    def ask(self, target, body=None, tablet=None, headers=(), method=None, connection=None,
            source="127.0.0.1"):
        """(status, headers, body)"""
        own = connection is None
        connection = connection or self.connect(tablet, source=source)
        try:
            try:
                connection.sendall(head_of(target, body, headers, method) + (body or b""))
            except (ssl.SSLEOFError, BrokenPipeError, ConnectionResetError):
                pass  # refused by its head while the body was on its way: the answer is here
            return read_reply(connection)
        finally:
            if own:
                connection.close()


def head_of(target, body=None, headers=(), method=None):
    method = method or ("GET" if body is None else "POST")
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost"]
    if body is not None:
        lines += ["Content-Type: application/x-protobuf", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines + list(headers)) + "\r\n\r\n").encode()


def read_reply(connection, exact=False):
    """(status, headers, body); `exact` reads nothing of a reply behind it."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(1 if exact else 65536)
        if not part:
            return (0, {}, b"")
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in
               (line.partition(": ") for line in lines[1:])}
    length = int(headers.get("content-length", 0))
    while len(body) < length:
        part = connection.recv(length - len(body))
        if not part:
            break
        body += part
    return int(lines[0].split()[1]), headers, body


def error_of(reply):
    return one(fields(reply[2]), 1, 0)


INVALID, NOT_FOUND, EXISTS, MALFORMED, TOO_LARGE, TOO_MANY, TOO_DEEP = 1, 2, 3, 4, 5, 6, 7
STORAGE_FULL, SERVER_BUSY = 20, 62
DEVICE_UNKNOWN, DEVICE_REVOKED, CODE_REFUSED, QUOTA = 64, 65, 67, 69
CHAIN_BROKEN, ORIGIN_FORGED, NOT_PERMITTED, RECEIPT_INVALID = 71, 72, 74, 75
UNSPECIFIED, STORED, QUARANTINED = 0, 1, 3
