#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch.sh FOLDER: lays Android's framework, as pom.xml names it, below FOLDER as android-all.jar.
# Does nothing when it is there. The registry is the one that the machine's Maven knows. Status 77:
# it cannot be had here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
sound() { (cd "$folder" && sha256sum --check --status "$here/android-all.sha256") 2>/dev/null; }
there() { [ -e "$folder/android-all.jar" ] && cmp -s "$here/$1" "$folder/fetched.sha256"; }
if there android-all.sha256; then exit 0; fi
if ! sound; then
    echo "setup: fetching Android's framework (140 MB)"
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies "-Dkari.out=$folder" \
        >"$folder/mvn.log" 2>&1 || {
        tail -n 5 "$folder/mvn.log" >&2
        echo "setup: Maven could not fetch Android's framework" >&2
        exit 77
    }
fi
sound || { echo "setup: android-all.jar is not the one that android-all.sha256 names" >&2; exit 6; }
cp "$here/android-all.sha256" "$folder/fetched.sha256"
