#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# On a Mac with Xcode: kari.xcframework of libkari for iOS, its simulator and macOS.
#   KARI_APPLE_PREFIX=FOLDER xcframework.sh OUT
# FOLDER/iphoneos, FOLDER/iphonesimulator and FOLDER/macosx hold what the core links, built for each
# (protobuf, SQLCipher, curl, mbedTLS, fmt, date, argon2, zstd, Boost.JSON).
# Written, and never run: and the core has no ports for Apple's clocks yet (platform/).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."

out=${1:?where to?}
prefix=${KARI_APPLE_PREFIX:?the folder of what the core links}
command -v xcodebuild >/dev/null || { echo "xcframework: there is no xcodebuild here" >&2; exit 2; }

# build SDK SYSTEM ARCHITECTURES OLDEST
build() {
    local sdk=$1 folder=build/apple/$1
    echo "xcframework: libkari for $sdk"
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DKARI_TESTS=OFF \
        -DCMAKE_SYSTEM_NAME="$2" -DCMAKE_OSX_SYSROOT="$sdk" -DCMAKE_OSX_ARCHITECTURES="$3" \
        -DCMAKE_OSX_DEPLOYMENT_TARGET="$4" -DCMAKE_PREFIX_PATH="$prefix/$sdk" \
        -DCMAKE_INSTALL_PREFIX="$folder/installed"
    cmake --build "$folder" --target kari_c
    cmake --install "$folder" --component c
    cp bindings/swift/Sources/CKari/module.modulemap bindings/swift/Sources/CKari/shim.h \
        "$folder/installed/include"
    parts+=(-library "$folder/installed/lib/libkari.dylib" -headers "$folder/installed/include")
}

parts=()
build iphoneos iOS arm64 18.0
build iphonesimulator iOS "arm64;x86_64" 18.0
build macosx Darwin "arm64;x86_64" 15.0
rm -rf "$out/kari.xcframework"
xcodebuild -create-xcframework "${parts[@]}" -output "$out/kari.xcframework"
