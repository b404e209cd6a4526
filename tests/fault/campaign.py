#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The fault campaigns: power-loss images, failing calls to the disk, damaged pages (kari-faults, in
one process), and kills and bad networks between real processes. ./dev faults runs it."""

import argparse
import json
import subprocess
import sys
import tempfile
import time

import fault_proxy
import ward

FAULTS = ward.BUILD / "tests" / "fault" / "kari-faults"


def in_one_process(asked):
    words = ["--seed", str(asked.seed)]
    if asked.images:
        words += ["--images", str(asked.images), "--row-images", str(asked.images)]
    if asked.calls:
        words += ["--calls", str(asked.calls)]
    if asked.pages:
        words += ["--pages", str(asked.pages)]
    if len(words) == 2:
        return {}
    with tempfile.NamedTemporaryFile() as figures:
        subprocess.run([FAULTS, *words, "--json", figures.name], check=False)
        return json.load(figures)


def between_processes(asked):
    found = {}
    for name, kills, kinds in (("kills", asked.kills, ("plain",)),
                               ("network", asked.network, fault_proxy.KINDS)):
        if not kills:
            continue
        began = time.monotonic()
        found[name] = ward.campaign(asked.seed, kills, kinds, longest_hold=25.0, tell=lambda line:
                                    print(f"{name}: {line}", flush=True))
        found[name]["seconds"] = time.monotonic() - began
        for one in found[name]["violations"]:
            print(f"    {one}")
        print(f"{name}: {found[name]}")
    return found


def main():
    parser = argparse.ArgumentParser(prog="./dev faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--images", type=int, default=0, help="power-loss images: so many")
    parser.add_argument("--calls", type=int, default=0,
                        help="failing calls to the disk: every so-manieth; 1: each")
    parser.add_argument("--pages", type=int, default=0,
                        help="damaged pages: every so-manieth; 1: each")
    parser.add_argument("--kills", type=int, default=0, help="SIGKILLs of tablets and server")
    parser.add_argument("--network", type=int, default=0,
                        help="the same over a network that delays, cuts, resets, hangs and is slow")
    parser.add_argument("--json", help="where figures and violations are written")
    asked = parser.parse_args()
    if not any((asked.images, asked.calls, asked.pages, asked.kills, asked.network)):
        parser.error("which faults? --images 10000 --calls 1 --pages 1 --kills 1000 --network 200")
    figures = {"seed": asked.seed, **in_one_process(asked), **between_processes(asked)}
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as out:
            json.dump(figures, out, indent=1)
    parts = [part for part in figures.values() if isinstance(part, dict)]
    sys.exit(1 if any(part["violations"] for part in parts) else 0)


if __name__ == "__main__":
    main()
