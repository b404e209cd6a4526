#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# maven.sh FOLDER [docs]: makes the jar once with the network, so that all that Maven needs lies in
# FOLDER/repository and every later run can be offline; with "docs" also what Dokka needs. Does
# nothing when that was done for these poms. Status 77: something cannot be had here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
consumer=$(cd "$here/../../tests/jar/consumer" && pwd)
mkdir -p "$1"
folder=$(cd "$1" && pwd)
what=${2:-jar}
digest=$(cat "$here/pom.xml" "$consumer/pom.xml" | sha256sum)
[ "$(cat "$folder/fetched.$what" 2>/dev/null)" != "$digest" ] || exit 0

with_network() {
    mvn -q -B "-Dmaven.repo.local=$folder/repository" "$@" >"$folder/mvn.log" 2>&1 && return 0
    tail -n 20 "$folder/mvn.log" >&2
    if grep -qE 'Could not (transfer|find) artifact|could not be resolved' "$folder/mvn.log"; then
        echo "setup: Maven could not fetch what the jar is made with" >&2
        exit 77
    fi
    exit 1
}

if [ "$what" = docs ]; then
    echo "setup: fetching Dokka (110 MB)"
    with_network -f "$here/pom.xml" "-Dkari.target=$folder/fetching" dokka:dokka
else
    echo "setup: fetching Maven's plugins and Kotlin's compiler for them (80 MB)"
    with_network -f "$here/pom.xml" "-Dkari.target=$folder/fetching" install
    with_network -f "$consumer/pom.xml" "-Dkari.target=$folder/fetching/consumer" compile
fi
rm -rf "$folder/fetching"
printf '%s\n' "$digest" >"$folder/fetched.$what"
