#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Directories that released programs left (golden/server_schema_N) are opened by this one: all that
was in them is there and holds."""

import json
import pathlib
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from wire_tablet import SERVER, Server  # noqa: E402

GOLDEN = sorted((pathlib.Path(__file__).resolve().parent / "golden").glob("server_schema_*"))
COUNTS = ("epoch", "recovering", "records", "changes", "secured", "quarantined",
          "directory_resources")


class UpgradeTest(unittest.TestCase):
    def placed(self, golden, work):
        """A copy with the modes that a repository does not keep."""
        server = Server(pathlib.Path(work) / golden.name)
        shutil.copytree(golden, server.folder)
        for folder in (server.folder, server.folder / "secrets", server.folder / "data"):
            folder.chmod(0o700)
        for file in (server.folder / "secrets").iterdir():
            file.chmod(0o600)
        return server

    def test_everything_is_there_afterwards_and_holds(self):
        self.assertTrue(GOLDEN)
        for golden in GOLDEN:
            with self.subTest(golden.name), tempfile.TemporaryDirectory() as work:
                server = self.placed(golden, work)
                was = json.loads((golden / "said.json").read_text())
                status = server.run("status")
                self.assertEqual({key: status[key] for key in COUNTS},
                                 {key: was["status"][key] for key in COUNTS})
                self.assertEqual({each["device"]: each["revoked"] for each in status["devices"]},
                                 was["devices"])
                self.assertEqual(server.run("state-digest")["records"].keys(), was["state"].keys())
                verified = server.run("verify")
                self.assertEqual((verified["broken"], verified["gaps"]), ([], []))
                self.assertEqual(verified["changes"], was["verify"]["changes"])


if __name__ == "__main__":
    if not SERVER.exists():
        print("kari-sync-server has not been built")
        sys.exit(77)
    unittest.main(verbosity=2)
