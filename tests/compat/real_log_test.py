#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server's own log, read by the second implementation: ids, streams, each record's chain and its
folded state come out as the server says."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from decode_change_test import Change, chain_of, check, check_streams
from fold_oracle import Resource, Schema, state_digest

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
SOURCE = pathlib.Path(__file__).resolve().parents[2]


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True,
                          text=True, timeout=240).stdout


def states_of(schema, changes):
    """(record, resource, state bytes) of every resource."""
    by_resource = {}
    for change in changes:
        by_resource.setdefault((change.record, change.resource), []).append(change)
    return [(record, resource, Resource(schema, held).state()[0])
            for (record, resource), held in by_resource.items()]


def main():
    schema = Schema(SOURCE / "sdk" / "proto" / "kari" / "v1")
    with tempfile.TemporaryDirectory(prefix="kari-log-") as folder:
        work = pathlib.Path(folder)

        def server(*words):
            return run(BUILD / "sync-server" / "kari-sync-server", *words, "--dir",
                       work / "server")

        server("init", "--port", "0")
        # The second import corrects what the first one said: orders have ended, tasks are done.
        for day in ("2025-03-10", "2025-04-20"):
            run(BUILD / "examples" / "district" / "kari-district", "--patients", "12", "--day", day,
                "--days", "3", "--out", work / day)
            server("import", work / day / "bundles", "--system", "https://journal.example")
        lines = [json.loads(line) for line in server("dump-log", "--all").splitlines()]
        claimed = json.loads(server("state-digest", "--json"))["records"]
    logs = {}
    for line in lines:
        if "header" in line and "position" in line and "access" not in line:
            logs.setdefault(line["record"], []).append(line)
    check(sum(len(log) > 1 for log in logs.values()) >= 12, "twelve citizens' logs")
    corrected = 0
    for record, log in logs.items():
        changes = [Change(bytes.fromhex(line["header"]), bytes.fromhex(line["body"]))
                   for line in log]
        check([line["position"] for line in log] == list(range(1, len(log) + 1)), "dense")
        check([change.id.hex() for change in changes] == [line["id"] for line in log], "ids")
        check([link.hex() for link in chain_of(changes)] == [line["chain"] for line in log],
              "chain")
        check_streams(sorted(changes, key=lambda change: (change.incarnation, change.seq)))
        corrected += sum(bool(change.parents) for change in changes)
        digest = state_digest(states_of(schema, changes))
        check(digest.hex() == claimed[record]["state"], f"folded state of {record}")
    check(corrected > 0, "some change corrects another")
    print(f"{len(logs)} records, {len(lines)} changes, {corrected} corrections")


if __name__ == "__main__":
    main()
