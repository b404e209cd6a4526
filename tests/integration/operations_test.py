#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/operations.md, typed as it stands: every block marked `sh` is run in its order, as root, on
an empty machine (a mount and network namespace of its own: /usr/local, /var/lib, /var/backups and
/media are empty, /etc is a copy), with the unit files that were installed. Between the blocks two
tablets are enrolled and sync. Then the mistakes that an operator makes."""

import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
from wire_tablet import BUILD, SERVER, Server, Tablet, fields  # noqa: E402

PAGE = ROOT / "docs" / "operations.md"
FOLDER = pathlib.Path("/var/lib/kari")
PORT = 8443
PART = re.compile(r"^```(\w*)\n(.*?)^```$|^<!-- tablets: (.*?) -->$", re.MULTILINE | re.DOTALL)

EMPTY_MACHINE = r"""
set -e
ip link set lo up
mount -t tmpfs kari "$KARI_UNIT_STATE"
mkdir "$KARI_UNIT_STATE"/etc "$KARI_UNIT_STATE"/work
mount -t overlay kari -o \
    lowerdir=/etc,upperdir="$KARI_UNIT_STATE"/etc,workdir="$KARI_UNIT_STATE"/work /etc
for folder in /usr/local /var/lib /var/backups /media; do mount -t tmpfs kari "$folder"; done
echo ready-to-run
"""

# What is typed wrong: the code it ends with, and what it must say.
MISTAKES = r"""
wrong() {
    local code=$1 says=$2; shift 2
    local status=0 said
    said=$("$@" 2>&1) || status=$?
    if [ "$status" != "$code" ] || ! printf '%s' "$said" | grep -q -- "$says"; then
        printf 'mistake: %s\nended with %s and said: %s\n' "$*" "$status" "$said" >&2
        exit 1
    fi
}
direct=/usr/local/bin/kari-sync-server
wrong 1 "belongs to kari" $direct --dir /var/lib/kari status
wrong 1 "belongs to kari" $direct --dir /var/lib/kari backup /var/backups/kari/mine
wrong 1 "belongs to kari" $direct --dir /var/lib/kari serve
wrong 1 "--dir" runuser -u kari -- $direct --dir /var/lib/kira status
wrong 1 "already" kss init
wrong 1 "a server is running" kss serve
wrong 1 "a server is running" kss restore "${NEWEST%/kari.db}"
wrong 1 "a server is running" kss upgrade
wrong 1 "no backup there" kss restore /var/backups/kari
wrong 1 "has a kari.db already" kss backup "${NEWEST%/kari.db}"
wrong 1 "cannot make" kss backup /var/log/nowhere/kari
wrong 2 "own directory" kss backup /var/lib/kari/mine
wrong 1 "of this name" kss add-unit --name Nord
wrong 2 "--unit" kss invite --unit Nord
wrong 1 "no such tablet" kss revoke --device 0123456789abcdef0123456789abcdef
wrong 1 "no folder" kss export --record "$RECORD" /var/lib/kari/nowhere
systemctl stop kari-sync-server
sed -i 's/^workers = .*/wrokers = 2/' /var/lib/kari/kari-server.toml
wrong 1 "wrokers" kss serve
wrong 3 "wrokers" kss doctor
sed -i 's/^wrokers = .*/workers = 2/' /var/lib/kari/kari-server.toml
chmod 755 /var/lib/kari/secrets
wrong 1 "chmod 700" kss serve
wrong 3 "chmod 700" kss doctor
chmod 700 /var/lib/kari/secrets
chown -R root: /var/lib/kari/secrets
wrong 3 "secrets belongs to root" kss doctor
chown -R kari: /var/lib/kari/secrets
mv /var/lib/kari/kari-server.toml /media/
wrong 3 "kari-server.toml is missing" kss doctor
mv /media/kari-server.toml /var/lib/kari/
python3 -m http.server --bind 127.0.0.1 9464 >/dev/null 2>&1 &
taken=$!
until curl -fsS http://127.0.0.1:9464/ >/dev/null 2>&1; do :; done
wrong 3 "127.0.0.1 port 9464" kss doctor
kill $taken
wait $taken 2>/dev/null || true
mv /var/lib/kari/secrets/receipt.key /media/
wrong 1 "receipt.key" kss serve
wrong 3 "receipt.key is missing" kss doctor
mv /media/receipt.key /var/lib/kari/secrets/
systemctl start kari-sync-server
kss doctor
# A backup that fails leaves no folder.
count() { ls -d /var/backups/kari/2*T* | wc -l; }
before=$(count)
mv /var/lib/kari/secrets/ca.pem /media/
wrong 1 "ca.pem" kss backup /var/backups/kari/2099-01-01T000000.000
wrong 1 "ca.pem" systemctl start kari-backup.service
mv /media/ca.pem /var/lib/kari/secrets/
test "$(count)" = "$before"
# More than thirty backups, made when the clock was years ahead: the oldest go, never the one just
# made, nor those that the next nights make.
for year in $(seq 2031 2065); do
    runuser -u kari -- mkdir "/var/backups/kari/$year-01-01T023000.000"
    runuser -u kari -- touch -d "$year-01-01" "/var/backups/kari/$year-01-01T023000.000/kari.db"
done
mkdir /var/backups/kari/of-mine
runuser -u kari -- mkdir /var/backups/kari/2030-01-01T023000.000
ls -d /var/backups/kari/2*T* > "$KARI_UNIT_STATE/before"
for night in 1 2 3; do
    systemctl start kari-backup.service
    ls -d /var/backups/kari/2*T* | grep -vxFf "$KARI_UNIT_STATE/before" > "$KARI_UNIT_STATE/made"
    test "$(wc -l < "$KARI_UNIT_STATE/made")" = "$night"
    newest=$(ls -t /var/backups/kari/2*T*/kari.db | head -n 1)
    test "${newest%/kari.db}" = "$(tail -n 1 "$KARI_UNIT_STATE/made")"
    test "$(ls /var/backups/kari/2*T*/kari.db | wc -l)" = 30
done
made=$(tail -n 1 "$KARI_UNIT_STATE/made")
cmp "$made/server.pem" /var/lib/kari/secrets/server.pem
cmp "$made/journal.jsonl" /var/lib/kari/secrets/journal.jsonl
test -d /var/backups/kari/of-mine -a ! -e /var/backups/kari/2031-01-01T023000.000
# Without a copy in it: of a backup under way, perhaps, until it is a day old.
test -d /var/backups/kari/2030-01-01T023000.000
touch -d '2 days ago' /var/backups/kari/2030-01-01T023000.000
systemctl start kari-backup.service
test ! -e /var/backups/kari/2030-01-01T023000.000
"""


def script():
    """The page as one shell script."""
    lines = ["set -eu", f"cd '{ROOT}'"]
    for language, block, tablets in PART.findall(PAGE.read_text()):
        if tablets:
            lines.append(f"python3 '{__file__}' tablet {tablets}")
        elif language == "sh":
            # `set -e` passes over a chain of && that broke off.
            lines += [block.replace("build/release", str(BUILD.resolve())), "test $? = 0"]
    return "\n".join(lines + [MISTAKES, "systemctl stop kari-sync-server"])


def tablet_does(verb, name, *rest):
    """Between two blocks: a tablet of its own kept in the scratch folder."""
    scratch = pathlib.Path(os.environ["KARI_UNIT_STATE"])
    server = Server(FOLDER)
    server.port = PORT
    kept = scratch / f"{name}.pickle"
    if verb == "enrol":
        tablet = Tablet(scratch, name)
        status, _, body = server.ask("/v1/enrol", tablet.enrolment(rest[0]))
        assert status == 200, status
        tablet.keep(fields(body))
        tablet.record = os.urandom(16)
    else:
        tablet = pickle.loads(kept.read_bytes())
    wires = []
    if verb == "write":
        wires = [tablet.change(tablet.record, str(60 + i))[0] for i in range(int(rest[0]))]
    push = [(tablet.record, wires)] if wires else []
    status, _, _ = server.ask("/v1/exchange", tablet.request(push), tablet)
    assert status == 200, status
    kept.write_bytes(pickle.dumps(tablet))


class OperationsTest(unittest.TestCase):
    def test_the_page_is_a_program_that_works(self):
        if os.geteuid() != 0:
            self.skipTest("an empty machine needs root and namespaces of its own")
        with tempfile.TemporaryDirectory(prefix="kari-operations-") as folder:
            work = pathlib.Path(folder)
            shims, state = work / "bin", work / "state"
            shims.mkdir()
            state.mkdir()
            work.chmod(0o755)
            for name in ("systemctl", "journalctl"):
                shutil.copy(ROOT / "tests" / "support" / "unit_files.py", shims / name)
                (shims / name).chmod(0o755)
            environment = dict(os.environ, PATH=f"{shims}:{os.environ['PATH']}",
                               KARI_UNIT_STATE=str(state), KARI_BUILD_DIR=str(BUILD.resolve()))
            environment.pop("TMPDIR", None)  # the runner's, where the server's user may not write
            done = subprocess.run(
                ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
                 "bash", "-c", EMPTY_MACHINE + script()],
                env=environment, capture_output=True, text=True, timeout=500)
        if "ready-to-run" not in done.stdout:
            self.skipTest("an empty machine needs root and namespaces of its own")
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr)[-6000:])

    def test_every_block_is_run_or_is_no_command(self):
        for language, block, _ in PART.findall(PAGE.read_text()):
            if language != "sh":
                self.assertNotRegex(block, r"(?m)^(kss|systemctl|cmake|kari-sync-server) ")

    def test_the_unit_files_are_sound(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not here")
        units = sorted((ROOT / "sync-server" / "systemd").glob("kari-*.*"))
        self.assertEqual(len(units), 3)
        done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
        complaints = [line for line in done.stderr.splitlines()
                      if "kari" in line and "is not executable" not in line]
        self.assertEqual(complaints, [])


if __name__ == "__main__":
    if sys.argv[1:2] == ["tablet"]:
        tablet_does(*sys.argv[2:])
        sys.exit(0)
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
