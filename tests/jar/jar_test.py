#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""no.kari:kari as Maven makes it, without a network: installed by its coordinates, found by an app
that names them and nothing else, and used from the class path."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "kotlin")]

import jvm  # noqa: E402  (found by the line above, as the next is)
from kari_ward import Ward, due_now, run_tests  # noqa: E402

MAVEN = jvm.SOURCE / "build" / "maven"
REPOSITORY = MAVEN / "repository"
HERE = pathlib.Path(__file__).resolve().parent
INSTALLED = REPOSITORY / "no" / "kari" / "kari" / "0.1.0"
NEWEST = 52  # Java 8's class files


def maven(pom, *words):
    done = subprocess.run(
        ["mvn", "-q", "-B", "--offline", f"-Dmaven.repo.local={REPOSITORY}",
         "-f", pom, *words],
        capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)


def classes(jar):
    with zipfile.ZipFile(jar) as entries:
        return {name: entries.read(name) for name in entries.namelist() if name.endswith(".class")}


class Jar(Ward):
    more = [due_now()]

    def test_the_jar_is_made_without_a_network_and_an_app_charts_with_it(self):
        shutil.rmtree(INSTALLED, ignore_errors=True)  # of an earlier run
        maven(jvm.SOURCE / "bindings" / "kotlin" / "pom.xml", "install",
              f"-Dkari.target={self.work / 'target'}")
        self.assertTrue((INSTALLED / "kari-0.1.0.pom").exists())
        made = classes(INSTALLED / "kari-0.1.0.jar")
        # The very API that the tests of the binding run.
        self.assertEqual(set(made), set(classes(jvm.BINDING / "kari.jar")))
        for name, data in made.items():
            self.assertLessEqual(int.from_bytes(data[6:8], "big"), NEWEST, name)
        with zipfile.ZipFile(INSTALLED / "kari-0.1.0.jar") as jar:
            said = jar.read("META-INF/MANIFEST.MF").decode()
            self.assertIn("Automatic-Module-Name: no.kari", said)
        with zipfile.ZipFile(INSTALLED / "kari-0.1.0-sources.jar") as sources:
            self.assertIn("no/kari/Tablet.kt", sources.namelist())
        self.charts()

    def charts(self):
        app = self.work / "app"
        maven(HERE / "consumer" / "pom.xml", "compile", f"-Dkari.target={app}")
        libraries = [next(REPOSITORY.glob(f"{where}/*.jar")) for where in (
            "org/jetbrains/kotlin/kotlin-stdlib/2.4.20",
            "org/jetbrains/kotlinx/kotlinx-coroutines-core-jvm/1.8.0")]
        path = ":".join(map(str, [app / "classes", INSTALLED / "kari-0.1.0.jar", *libraries]))
        code = self.server.run("invite", "--unit", self.unit)["code"]
        server = f"https://localhost:{self.server.port}"
        for words in ([code], []):
            done = subprocess.run(
                ["java", f"-Djava.library.path={jvm.BINDING}", "-cp", path, "MainKt",
                 self.work / "app-tablet", server, self.nurse, *words],
                capture_output=True, text=True, timeout=120, check=False,
                env=dict(os.environ, TZ="Europe/Oslo"))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("3 orders", done.stdout)
            self.assertEqual("gave Furosemid 20 mg" in done.stdout, bool(words))
            if words:
                self.server.stop()


if __name__ == "__main__":
    if not (MAVEN / "fetched.jar").exists() or not (jvm.BINDING / "kari.jar").exists():
        print("Maven has nothing to make the jar with: ./dev jar sets it up")
        raise SystemExit(77)
    run_tests()
