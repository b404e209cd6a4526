#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the test programs and test scripts and ends with "N passed, N failed, N skipped".

A suite is a folder of tests/. Its Catch2 programs are those that CMake listed in
BUILD/tests/programs.txt; its scripts are tests/SUITE/*_test.py, of which exit status 0 means
passed, 77 skipped (the reason is the last line printed) and anything else failed. What a script of
unittest skips inside counts as skipped too, by the name of the test.
Where CI=true, a skip fails the run unless tests/allowed_skips.txt has its line.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SUITES = ["tidy", "conformance", "unit", "contract", "simulation", "integration", "c", "kotlin",
          "android", "jar", "swift", "parity", "fault", "compat", "fuzz", "compile_fail"]
SIDE_BY_SIDE = {"tidy", "conformance", "unit", "contract", "fuzz", "compile_fail"}
# Of the other suites, what waits for time to pass and hardly computes: it runs beside the rest.
WAITS = {"integration_edge_test", "integration_wait_test"}
SKIPPED = 77  # of a script
ONLY_SKIPS = 4  # of a Catch2 program
TAIL_LINES = 60
# "test_x (__main__.Class.test_x) ... skipped 'reason'", what the test printed in between.
SKIP_WITHIN = re.compile(r"^(?P<test>\w+) \([\w.]+\)(?:\n[^\n]+)? \.\.\. (?:[^\n]*\n)??"
                         r"skipped (?P<quote>['\"])(?P<reason>.*)(?P=quote)$", re.MULTILINE)
SKIPS_COUNTED = re.compile(r"^(?:OK|FAILED) \(.*\bskipped=(\d+)", re.MULTILINE)
running = set()  # process groups, ended with us


def end_all(signum, _frame):
    for group in list(running):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass
    os._exit(128 + signum)


class Outcome:
    """What one program or script said."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failures = []  # (test name, text)
        self.skips = []  # (test name, reason)
        self.seconds = 0.0


def run_bounded(command, workdir, timeout, environment):
    """Runs a command in its own process group, which is gone when this returns."""
    shutil.rmtree(workdir, ignore_errors=True)
    workdir.mkdir(parents=True)
    output_path = workdir.with_suffix(".output")
    with open(output_path, "wb") as output:
        process = subprocess.Popen(command, cwd=workdir, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        running.add(process.pid)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
            running.discard(process.pid)
    return status, output_path.read_text("utf-8", "replace")


def tail(text):
    lines = text.rstrip().splitlines()
    dropped = len(lines) - TAIL_LINES
    head = [f"... ({dropped} lines before)"] if dropped > 0 else []
    return "\n".join(head + lines[-TAIL_LINES:])


def text_of(element):
    return " ".join((element.text or "").split())


def described(element):
    """The failures and skips below a TestCase or Section, as lines."""
    lines = []
    for child in element:
        place = f"{child.get('filename', '?')}:{child.get('line', '?')}"
        if child.tag == "Section":
            inner = described(child)
            if inner:
                lines += [f"in section: {child.get('name')}"] + inner
        elif child.tag in ("Info", "Warning"):
            lines.append(f"{child.tag.lower()}: {(child.text or '').strip()}")
        elif child.tag in ("Failure", "Exception", "FatalErrorCondition"):
            lines += [place, f"{child.tag}: {(child.text or '').strip()}"]
        elif child.tag == "Expression" and child.get("success") != "true":
            lines += [place, f"{child.get('type')}( {text_of(child.find('Original'))} )",
                      f"with: {(child.find('Expanded').text or '').strip()}"]
            for thrown in list(child.iter("Exception")) + list(child.iter("FatalErrorCondition")):
                lines.append(f"{thrown.tag}: {(thrown.text or '').strip()}")
    return lines


def read_case(case, outcome):
    name = case.get("name")
    result = case.find("OverallResult")
    if result is None or result.get("success") != "true":
        outcome.failures.append((name, "\n".join(described(case)) or "failed without a word"))
    elif any(True for _ in case.iter("Skip")):
        reasons = [text_of(skip) for skip in case.iter("Skip")]
        outcome.skips.append((name, "; ".join(reasons) or "no reason given"))
    else:
        outcome.passed += 1


def read_report(path, outcome):
    """Reads Catch2's XML as far as it goes. Returns the case that was running when it broke off."""
    parser = ElementTree.XMLPullParser(events=("start", "end"))
    running = None
    try:
        parser.feed(path.read_text("utf-8", "replace") if path.exists() else "")
        for event, element in parser.read_events():
            if element.tag == "TestCase":
                running = element.get("name") if event == "start" else None
                if event == "end":
                    read_case(element, outcome)
    except ElementTree.ParseError:
        running = running or "the report"
    return running


def run_program(program, work, timeout, environment):
    outcome = Outcome(program.name)
    if not program.exists():
        outcome.failures.append((program.name, "has not been built"))
        return outcome
    report = work / f"{program.name}.xml"
    report.unlink(missing_ok=True)
    status, output = run_bounded([str(program), "-r", f"xml::out={report}"],
                                 work / program.name, timeout, environment)
    running = read_report(report, outcome)
    if status is None:
        outcome.failures.append((running or program.name,
                                 f"still running after {timeout} s, ended\n{tail(output)}"))
    elif status < 0 or running or (status not in (0, ONLY_SKIPS) and not outcome.failures):
        how = f"signal {-status}" if status < 0 else f"status {status}"
        outcome.failures.append((running or program.name, f"ended with {how}\n{tail(output)}"))
    elif outcome.passed + len(outcome.failures) + len(outcome.skips) == 0:
        outcome.failures.append((program.name, "holds no test"))
    elif outcome.failures and output.strip():
        name, text = outcome.failures[-1]
        outcome.failures[-1] = (name, f"{text}\noutput of {program.name}:\n{tail(output)}")
    return outcome


def skips_within(output):
    """(test name, reason) of what unittest skipped, as its -v tells. Every one is told of: where a
    line cannot be read, without its name."""
    skips = [(found["test"].removeprefix("test_").replace("_", " "), found["reason"])
             for found in SKIP_WITHIN.finditer(output)]
    counted = SKIPS_COUNTED.search(output)
    unread = int(counted[1]) - len(skips) if counted else 0
    return skips + [("a test", "skipped, and why cannot be read")] * unread


def run_script(script, work, timeout, environment):
    name = script.stem.removesuffix("_test").replace("_", " ")
    outcome = Outcome(f"{script.parent.name}_{script.stem}")
    text = script.read_text("utf-8")
    told = ["-v"] if "unittest" in text or "run_tests()" in text else []
    status, output = run_bounded([sys.executable, str(script), *told], work / outcome.name, timeout,
                                 environment)
    if status == 0:
        outcome.passed = 1
        outcome.skips = skips_within(output)
    elif status == SKIPPED:
        outcome.skips.append((name, (output.strip().splitlines() or ["no reason given"])[-1]))
    elif status is None:
        outcome.failures.append((name, f"still running after {timeout} s, ended\n{tail(output)}"))
    else:
        outcome.failures.append((name, f"ended with status {status}\n{tail(output)}"))
    return outcome


def timed(run, *arguments):
    started = time.monotonic()
    outcome = run(*arguments)
    outcome.seconds = time.monotonic() - started
    return outcome


def summary(passed, failed, skipped):
    return f"{passed} passed, {failed} failed, {skipped} skipped"


def show(outcome):
    counts = summary(outcome.passed, len(outcome.failures), len(outcome.skips))
    print(f"  {outcome.name}: {counts} ({outcome.seconds:.1f} s)", flush=True)
    for name, text in outcome.failures:
        print(f"\n  FAILED {outcome.name}: {name}")
        print("\n".join("    " + line for line in text.splitlines()) + "\n", flush=True)


def run_suite(suite, programs, options):
    build = pathlib.Path(options.build).resolve()
    work = build / "tests" / "work" / suite
    work.mkdir(parents=True, exist_ok=True)
    environment = dict(os.environ, KARI_SOURCE_DIR=str(SOURCE), KARI_BUILD_DIR=str(build),
                       PYTHONDONTWRITEBYTECODE="1", TMPDIR=str(work))
    # Real-shaped bundles, where somebody has laid them beside the checkout.
    samples = SOURCE.parent / "shared" / "data" / "fhir-r4-synthea"
    if samples.is_dir():
        environment.setdefault("KARI_FHIR_SAMPLES", str(samples))
    jobs = [(run_program, program) for program in programs]
    scripts = sorted((SOURCE / "tests" / suite).glob("*_test.py"))
    jobs += [(run_script, script) for script in scripts]
    if not jobs:
        return []
    print(f"{suite}:", flush=True)
    outcomes = []

    def run_lane(lane):
        for run, what in lane:
            outcomes.append(timed(run, what, work, options.timeout, environment))
            show(outcomes[-1])

    if suite in SIDE_BY_SIDE:
        width, lanes = os.cpu_count(), [[job] for job in jobs]
    else:
        width = 2
        lanes = [[job for job in jobs if (f"{suite}_{job[1].stem}" in WAITS) == waits]
                 for waits in (False, True)]
    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        for done in [pool.submit(run_lane, lane) for lane in lanes]:
            done.result()
    return outcomes


def unexplained(skips):
    """The skips that tests/allowed_skips.txt does not name. A line ending in * names a prefix."""
    lines = (SOURCE / "tests" / "allowed_skips.txt").read_text("utf-8").splitlines()
    allowed = [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def explained(skip):
        return any(skip == line or (line.endswith("*") and skip.startswith(line[:-1]))
                   for line in allowed)

    return [skip for skip in skips if not explained(skip)]


def listed_programs(build):
    listing = pathlib.Path(build) / "tests" / "programs.txt"
    programs = {}
    if listing.exists():
        for line in listing.read_text("utf-8").split():
            path = pathlib.Path(line)
            programs.setdefault(path.parent.name, []).append(path)
    return programs


def main():
    parser = argparse.ArgumentParser(description="run the tests")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=", ".join(SUITES))
    parser.add_argument("--build", default=str(SOURCE / "build" / "release"))
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one program")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, end_all)
    signal.signal(signal.SIGTERM, end_all)
    programs = listed_programs(options.build)
    known = SUITES + sorted(set(programs) - set(SUITES))
    for suite in options.suites:
        if suite not in known:
            parser.error(f"no suite {suite}; there are {', '.join(known)}")

    started = time.monotonic()
    passed, failed, skips = 0, 0, []
    for suite in [suite for suite in known if not options.suites or suite in options.suites]:
        for outcome in run_suite(suite, programs.get(suite, []), options):
            passed += outcome.passed
            failed += len(outcome.failures)
            skips += [f"{name}: {reason}" for name, reason in outcome.skips]

    print(f"in {time.monotonic() - started:.0f} s")
    for skip in skips:
        print(f"skipped {skip}")
    refused = unexplained(skips) if os.environ.get("CI") == "true" else []
    for skip in refused:
        print(f"not allowed to be skipped (tests/allowed_skips.txt): {skip}")
    if passed + failed == 0:
        print("no test ran")
    print(summary(passed, failed, len(skips)), flush=True)
    return 0 if passed > 0 and failed == 0 and not refused else 1


if __name__ == "__main__":
    sys.exit(main())
