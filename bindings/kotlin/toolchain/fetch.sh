#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fetch.sh FOLDER: lays the Kotlin compiler that package-lock.json names, with its digest, below
# FOLDER. Does nothing when it is there. The registry is the one that the machine's npm knows.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$1
mkdir -p "$folder"
if cmp -s "$here/package-lock.json" "$folder/fetched.json"; then
    exit 0
fi
echo "setup: fetching the Kotlin compiler (90 MB)"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$folder/"
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1) || {
    cat "$folder/npm.log" >&2
    echo "setup: npm could not fetch the Kotlin compiler" >&2
    exit 6
}
cp "$here/package-lock.json" "$folder/fetched.json"
