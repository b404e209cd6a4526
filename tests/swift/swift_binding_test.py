#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Swift binding against a real server, and a tablet that is `kari`: the tests are those of the
package, bindings/swift/Tests."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import swift_root  # noqa: E402  (found by the line above, as the next is)
from kari_ward import OPIOID, Ward, run_tests  # noqa: E402

TABLETS = 32


class Binding(Ward):
    more = [OPIOID]

    def test_the_binding_does_in_swift_what_its_tests_say(self):
        codes = [self.server.run("invite", "--unit", self.unit)["code"] for _ in range(TABLETS)]
        own = [self.server.run("invite", "--unit", self.unit, "--nurse", self.colleague)["code"]
               for _ in range(2)]
        done = swift_root.run(
            "swift test --skip-build --package-path bindings/swift --scratch-path "
            f"{swift_root.BUILT}/bindings/swift", KARI_WORK=str(self.work),
            KARI_SERVER=f"https://localhost:{self.server.port}", KARI_NURSE=self.nurse,
            KARI_COLLEAGUE=self.colleague, KARI_CODES=",".join(codes),
            KARI_COLLEAGUE_CODES=",".join(own))
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout + done.stderr, r"Test run with (?:[2-9]|\d\d+) tests passed")
        record, digest = (self.work / "digest").read_text("utf-8").split()
        self.tablet.run("sync")
        self.assertEqual(self.tablet.ask("digest", record)["digest"], digest)


if __name__ == "__main__":
    swift_root.needed()
    run_tests()
