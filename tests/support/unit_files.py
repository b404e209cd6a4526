#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""As much of systemctl as docs/operations.md uses, for a test that has no init: it reads the unit
files that were installed and runs what they say, as the account that they name."""

import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

UNITS = pathlib.Path("/usr/local/lib/systemd/system")
STATE = pathlib.Path(os.environ["KARI_UNIT_STATE"])


def settings(name):
    """{key: [values]} of all sections of an installed unit."""
    found = {}
    for line in (UNITS / name).read_text().splitlines():
        if line.strip() and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def command(unit, text):
    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(text)]
    user, group = unit["User"][0], unit["Group"][0]
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs",
            *words]


def umask(unit):
    return int(unit["UMask"][0], 8)


def log_of(name):
    return STATE / f"{name}.log"


def start(name):
    unit = settings(name)
    if name.endswith(".timer"):
        settings(name.replace(".timer", ".service"))  # what it would start
        return 0
    if unit["Type"] == ["oneshot"]:
        for text in unit["ExecStart"] + unit.get("ExecStartPost", []):
            with open(log_of(name), "ab") as log:
                done = subprocess.run(command(unit, text), stdout=log, stderr=log, cwd="/",
                                      umask=umask(unit))
            if done.returncode != 0:
                sys.stderr.write(log_of(name).read_text())
                return done.returncode
        return 0
    before = log_of(name).stat().st_size if log_of(name).exists() else 0
    with open(log_of(name), "ab") as log:
        process = subprocess.Popen(command(unit, unit["ExecStart"][0]), stdout=log, stderr=log,
                                   cwd="/", umask=umask(unit), start_new_session=True)
    (STATE / f"{name}.pid").write_text(str(process.pid))
    while b"listening on" not in log_of(name).read_bytes()[before:]:
        if process.poll() is not None:
            sys.stderr.write(log_of(name).read_text())
            return process.returncode
        time.sleep(0.05)
    return 0


def stop(name):
    pid_file = STATE / f"{name}.pid"
    if not pid_file.exists():
        return 0
    pid = int(pid_file.read_text())
    os.kill(pid, signal.SIGTERM)
    for _ in range(1200):
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            state = "gone"
        if state in ("Z", "gone"):
            pid_file.unlink()
            return 0
        time.sleep(0.05)
    return 1


def main(words):
    if words == ["daemon-reload"]:
        return 0
    verb, names = words[0], [word for word in words[1:] if not word.startswith("-")]
    names = [name if "." in name else name + ".service" for name in names]
    for name in names:
        if verb == "enable" and "WantedBy" not in settings(name):
            return 1
        if verb in ("stop", "restart") and stop(name) != 0:
            return 1
        if verb in ("start", "restart") or "--now" in words:
            code = start(name)
            if code != 0:
                return code
    return 0


if __name__ == "__main__":
    if pathlib.Path(sys.argv[0]).name == "journalctl":
        sys.stdout.write("\n".join(log_of(sys.argv[sys.argv.index("-u") + 1] + ".service")
                                   .read_text().splitlines()[-20:]) + "\n")
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
