#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aar.py JAR OUT [FOLDER]: an AAR of the classes, the manifest, the resources and the rules beside
this folder; of FOLDER the native libraries, as ABI/libNAME.so. Without it the AAR has none."""

import pathlib
import sys
import zipfile

MODULE = pathlib.Path(__file__).resolve().parents[1]
MOMENT = (2020, 1, 1, 0, 0, 0)  # the same bytes for the same contents
NAMESPACE = "no.kari.android"
LEAST = '    <uses-sdk android:minSdkVersion="28" />\n'


def manifest():
    """As a built one is: with the namespace and the oldest API, which Gradle's script says else."""
    text = (MODULE / "src" / "main" / "AndroidManifest.xml").read_text("utf-8")
    head, rest = text.split("schemas.android.com/apk/res/android\">\n")
    return (f"{head}schemas.android.com/apk/res/android\"\n    package=\"{NAMESPACE}\">\n{LEAST}"
            f"{rest}").encode()


def contents(jar, libraries):
    """{path within: bytes}."""
    resources = sorted((MODULE / "src" / "main" / "res").rglob("*.xml"))
    made = {"AndroidManifest.xml": manifest(), "classes.jar": jar.read_bytes(),
            "proguard.txt": (MODULE / "consumer-rules.pro").read_bytes(),
            "R.txt": "".join(f"int {one.parent.name} {one.stem} 0x0\n"
                             for one in resources).encode()}
    for one in resources:
        made[f"res/{one.parent.name}/{one.name}"] = one.read_bytes()
    for one in sorted(libraries.rglob("*.so")) if libraries else []:
        made[f"jni/{one.parent.name}/{one.name}"] = one.read_bytes()
    return made


if __name__ == "__main__":
    jar, out, *libraries = map(pathlib.Path, sys.argv[1:])
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as aar:
        for path, data in contents(jar, libraries[0] if libraries else None).items():
            entry = zipfile.ZipInfo(path, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            aar.writestr(entry, data)
