#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs in the root of root.sh: builds the Swift package with its tests, and the quickstart.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

for package in bindings/swift examples/quickstart/swift/Quickstart; do
    echo "swift: building $package"
    rm -f "build/swift/$package/debug.yaml" # the plan: it may not know of new files
    nice -n 5 swift build --package-path $package --scratch-path "build/swift/$package" -j 2 \
        --build-tests -Xswiftc -warnings-as-errors
done
