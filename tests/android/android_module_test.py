#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What of Android's part is no Kotlin says what it should: manifest, resources, rules, versions,
and the AAR that is made of them. Needs nothing that is fetched."""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
import zipfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
MODULE = SOURCE / "bindings" / "android"
MAIN = MODULE / "src" / "main"
KOTLIN = SOURCE / "bindings" / "kotlin"
ANDROID = "{http://schemas.android.com/apk/res/android}"
DOMAINS = {"root", "file", "database", "sharedpref", "external"}


def excluded(element):
    """The domains that are left out whole."""
    return {one.get("domain") for one in element.iter("exclude") if one.get("path") == "."}


class Module(unittest.TestCase):
    def test_nothing_is_backed_up_or_moved_to_another_machine(self):
        manifest = ElementTree.parse(MAIN / "AndroidManifest.xml").getroot()
        app = manifest.find("application")
        self.assertEqual(app.get(f"{ANDROID}allowBackup"), "false")
        resources = {}
        for name in ("dataExtractionRules", "fullBackupContent"):
            kind, resource = app.get(ANDROID + name).removeprefix("@").split("/")
            resources[name] = ElementTree.parse(MAIN / "res" / kind / f"{resource}.xml").getroot()
        rules = resources["dataExtractionRules"]
        self.assertEqual({part.tag for part in rules}, {"cloud-backup", "device-transfer"})
        for part in (*rules, resources["fullBackupContent"]):
            self.assertEqual(excluded(part), DOMAINS)
            self.assertEqual({one.tag for one in part}, {"exclude"})

    def test_an_app_sends_nothing_in_the_open_and_asks_for_no_more_than_it_needs(self):
        manifest = ElementTree.parse(MAIN / "AndroidManifest.xml").getroot()
        app = manifest.find("application")
        self.assertEqual(app.get(f"{ANDROID}usesCleartextTraffic"), "false")
        asked = {one.get(f"{ANDROID}name").rsplit(".", 1)[1]
                 for one in manifest.iter("uses-permission")}
        self.assertEqual(asked, {"INTERNET", "ACCESS_NETWORK_STATE", "USE_BIOMETRIC"})

    def test_the_aar_has_what_an_aar_has(self):
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            (work / "classes.jar").write_bytes(b"classes")
            (work / "jni" / "arm64-v8a").mkdir(parents=True)
            (work / "jni" / "arm64-v8a" / "libkari.so").write_bytes(b"library")
            for out in ("one.aar", "two.aar"):
                subprocess.run([sys.executable, MODULE / "toolchain" / "aar.py",
                                work / "classes.jar", work / out, work / "jni"], check=True)
            self.assertEqual((work / "one.aar").read_bytes(), (work / "two.aar").read_bytes())
            with zipfile.ZipFile(work / "one.aar") as aar:
                self.assertEqual(set(aar.namelist()), {
                    "AndroidManifest.xml", "classes.jar", "proguard.txt", "R.txt",
                    "jni/arm64-v8a/libkari.so", "res/xml/kari_data_extraction_rules.xml",
                    "res/xml/kari_full_backup_content.xml"})
                manifest = ElementTree.fromstring(aar.read("AndroidManifest.xml"))
                self.assertEqual(manifest.get("package"), "no.kari.android")
                self.assertEqual(manifest.find("uses-sdk").get(f"{ANDROID}minSdkVersion"), "28")
                self.assertEqual(aar.read("classes.jar"), b"classes")

    def test_what_the_glue_finds_by_name_is_kept(self):
        rules = (MODULE / "consumer-rules.pro").read_text("utf-8")
        glue = "".join(path.read_text("utf-8") for path in (KOTLIN / "jni").glob("*.cpp"))
        for name in set(re.findall(r'"(no/kari/\w+)"', glue)) | {"no/kari/Listener"}:
            self.assertIn(name.replace("/", "."), rules)
        for method in set(re.findall(r'GetMethodID\(\s*\w+, "(\w+)"', glue)):
            self.assertRegex(rules, rf"\b{method}\(")

    def test_gradle_and_maven_name_the_same_versions(self):
        gradle = (MODULE / "build.gradle.kts").read_text("utf-8")
        pom = (KOTLIN / "pom.xml").read_text("utf-8")
        project = re.search(r"project\(\s*kari\s+VERSION ([\d.]+)",
                            (SOURCE / "CMakeLists.txt").read_text("utf-8"))[1]
        version = re.search(r"^version = \"([\d.]+)\"", gradle, re.MULTILINE)[1]
        self.assertEqual(version, project)
        self.assertEqual(re.search(r"<version>([\d.]+)</version>", pom)[1], project)
        self.assertEqual(re.search(r"kotlin\.android\"\) version \"([\d.]+)\"", gradle)[1],
                         re.search(r"<kotlin\.version>([\d.]+)<", pom)[1])
        coroutines = "coroutines-core-jvm"
        self.assertEqual(
            re.search(rf"{coroutines}:([\d.]+)", gradle)[1],
            re.search(rf"{coroutines}</artifactId>\s*<version>([\d.]+)<", pom)[1])

    def test_all_that_is_public_is_documented(self):
        for path in sorted(MAIN.rglob("*.kt")):
            for found in re.finditer(
                    r"^([^\n]*)\n *public [^\n]*\b(?:class|fun|object|val)\b[^\n]*",
                    path.read_text("utf-8"), re.MULTILINE):
                with self.subTest(file=path.name, line=found[0].splitlines()[1]):
                    self.assertTrue(found[1].endswith("*/") or "override" in found[0], found[0])


if __name__ == "__main__":
    unittest.main()
