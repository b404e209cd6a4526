#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server's own log, read by the second implementation: ids, streams, each record's chain and its
folded state come out as the server says. A log that lacks a change or has another byte does not."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "oracle"))

from decode_change_test import chain_of, check_streams  # noqa: E402
from change import Change  # noqa: E402
from wire import check  # noqa: E402

BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
ORACLE = pathlib.Path(__file__).resolve().parents[1] / "oracle" / "oracle.py"


def run(*words):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True,
                          text=True, timeout=240).stdout


def oracle(*words):
    """(status, what it prints)"""
    done = subprocess.run([sys.executable, str(ORACLE), *map(str, words)], capture_output=True,
                          text=True, timeout=240)
    return done.returncode, done.stdout, done.stderr


def folded(path):
    """record -> what it folds to."""
    status, printed, trouble = oracle("--json", path)
    check(status == 0, trouble)
    return {one["record"]: one for one in map(json.loads, printed.splitlines())}


def check_log(record, log):
    changes = [Change(bytes.fromhex(line["header"]), bytes.fromhex(line["body"])) for line in log]
    check([line["position"] for line in log] == list(range(1, len(log) + 1)), "dense")
    check([change.id.hex() for change in changes] == [line["id"] for line in log], "ids")
    check([link.hex() for link in chain_of(changes)] == [line["chain"] for line in log],
          f"chain of {record}")
    check_streams(sorted(changes, key=lambda change: (change.incarnation, change.seq)))
    return changes


def check_broken(work, log, whole):
    """What is altered in an export is noticed: that is, the test can fail."""
    changes = [Change(bytes.fromhex(line["header"]), bytes.fromhex(line["body"])) for line in log]
    named = next(change for change in changes for other in changes if change.id in other.parents)
    cut = work / "cut.ndjson"
    cut.write_text("".join(json.dumps(line) + "\n" for line in log
                           if line["id"] != named.id.hex()), "utf-8")
    without = next(iter(folded(cut).values()))
    check(without["state"] != whole["state"], "another state without a change")
    check(whole["resources"][named.resource.hex()]["complete"], "complete with all of them")
    check(not without["resources"][named.resource.hex()]["complete"], "incomplete without one")
    check("INCOMPLETE: 1 changes" in oracle(cut)[1], "a reader is told")
    for part, what in (("header", "another id"), ("body", "the digest of the header")):
        line = dict(log[0])
        line[part] = line[part][:-1] + ("0" if line[part][-1] != "0" else "1")
        altered = work / "altered.ndjson"
        altered.write_text(json.dumps(line) + "\n", "utf-8")
        status, printed, trouble = oracle("--json", altered)
        check(status == 1 and not printed and what in trouble, f"an altered {part} is refused")


def main():
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
        (work / "log.ndjson").write_text(server("dump-log", "--all"), "utf-8")
        claimed = json.loads(server("state-digest", "--json"))["records"]
        lines = [json.loads(line) for line in (work / "log.ndjson").read_text().splitlines()]
        logs = {}
        for line in lines:
            if "header" in line and "position" in line and "access" not in line:
                logs.setdefault(line["record"], []).append(line)
        check(sum(len(log) > 1 for log in logs.values()) >= 12, "twelve citizens' logs")
        said = folded(work)
        check(sorted(said) == sorted(logs), "the records")
        corrected = {}
        for record, log in logs.items():
            corrected[record] = sum(bool(each.parents) for each in check_log(record, log))
            check(said[record]["state"] == claimed[record]["state"], f"folded state of {record}")
        most = max(corrected, key=corrected.get)
        check(corrected[most] > 0, "some change corrects another")
        check_broken(work, logs[most], said[most])
    print(f"{len(logs)} records, {len(lines)} changes, {sum(corrected.values())} corrections")


if __name__ == "__main__":
    main()
