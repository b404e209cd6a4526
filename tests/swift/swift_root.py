# SPDX-License-Identifier: Apache-2.0
"""The Debian with Swift that the scripts of this suite run something in: see
bindings/swift/toolchain/root.sh. Servers run outside of it, on the same network and files."""

import os
import pathlib
import subprocess
import tempfile

SOURCE = pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                      or pathlib.Path(__file__).resolve().parents[2])
BUILT = "build/swift"


def was_built():
    """Just now, as `./dev swift` does."""
    return bool(os.environ.get("KARI_SWIFT"))


def needed():
    """Ends the script where the binding was not built."""
    if not was_built():
        print("the Swift binding was not built: ./dev swift sets it up")
        raise SystemExit(77)
    seen_there()


def seen_there():
    """Has scratch folders stand in the checkout: what is outside of it is not seen there."""
    if not pathlib.Path(tempfile.gettempdir()).resolve().is_relative_to(SOURCE):
        tempfile.tempdir = str(SOURCE / BUILT)


def run(command, timeout=500, **given):
    """Runs it there with these variables, and answers what it said."""
    return subprocess.run(
        [SOURCE / "bindings" / "swift" / "toolchain" / "root.sh", "run", command], timeout=timeout,
        capture_output=True, text=True, cwd=SOURCE, check=False,
        env=dict(os.environ, KARI_ROOT_PASSES=" ".join(["TZ", *given]), TZ="Europe/Oslo", **given))
