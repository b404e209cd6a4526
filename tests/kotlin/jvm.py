# SPDX-License-Identifier: Apache-2.0
"""The Java that the scripts of this suite start, with the JNI's own checks on."""

import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ.get("KARI_SOURCE_DIR")
                      or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("KARI_BUILD_DIR", "build/release")).absolute()
BINDING = BUILD / "bindings" / "kotlin"
COMPILER = SOURCE / "build" / "kotlin" / "node_modules" / "kotlin-compiler"
JARS = [BINDING / "kari.jar", COMPILER / "lib" / "kotlinx-coroutines-core-jvm.jar",
        COMPILER / "lib" / "kotlin-stdlib.jar"]
JUNIT = [pathlib.Path("/usr/share/java") / f"{name}.jar" for name in (
    "junit-jupiter-api", "junit-jupiter-engine", "junit-platform-commons",
    "junit-platform-engine", "junit-platform-launcher", "junit-platform-console",
    "junit-platform-reporting", "opentest4j", "apiguardian-api", "picocli",
    "opentest4j-reporting-events", "opentest4j-reporting-schema")]


def needed():
    """Ends the script where the binding was not built, which is what `./dev test kotlin` does."""
    if not (BINDING / "tests.jar").exists():
        print("the Kotlin binding was not built: ./dev test kotlin sets it up")
        raise SystemExit(77)


def java(jars, *words, properties=None, timeout=300):
    """Runs it, and answers what it said."""
    told = [f"-D{name}={value}" for name, value in (properties or {}).items()]
    path = ":".join(str(jar) for jar in [*JARS, *jars] if pathlib.Path(jar).exists())
    return subprocess.run(
        ["java", "-Xcheck:jni", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
         f"-Djava.library.path={BINDING}", *told, "-cp", path, *(str(word) for word in words)],
        capture_output=True, text=True, timeout=timeout, env=dict(os.environ, TZ="Europe/Oslo"))


def complaints(said):
    """What -Xcheck:jni found wrong. That of libraries of the JVM itself is not ours."""
    return [line for line in said.splitlines()
            if line.startswith(("WARNING in native method", "WARNING: JNI", "FATAL ERROR"))]
