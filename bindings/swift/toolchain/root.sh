#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Debian 13 with Swift, for the tests of this binding: Debian 12 has no Swift. It takes libkari.so
# as the machine has built it, with the libraries that it needs and this Debian has not.
#   root.sh make          makes it in build/swift/root, once for each list of packages
#   root.sh lend BUILD    installs there what C has of that build
#   root.sh run COMMAND   runs it there, in this checkout, which stands at the same path
# Status 77: no such root can be made here; the last line says why.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
. tests/support/debian.sh

release=trixie
packages=swiftlang,g++,pkg-config,ca-certificates,tzdata
here=$PWD
root=build/swift/root
installed=build/swift/installed

cannot() { echo "no Debian with Swift can be made here: $*"; exit 77; }

make_root() {
    [ "$(cat $root.packages 2>/dev/null)" != "$release $packages" ] || return 0
    [ "$(id -u)" = 0 ] || cannot "that needs root"
    unshare --mount true 2>/dev/null || cannot "no mount namespace may be made"
    command -v mmdebstrap >/dev/null || cannot "there is no mmdebstrap"
    echo "swift: making a $release with Swift in $root (once; about two minutes and 3 GB)"
    rm -rf --one-file-system $root $root.part $root.packages
    mkdir -p build/swift
    debian_make $release $root.part --format=directory --include=$packages \
        --dpkgopt='path-exclude=/usr/share/locale/*' ||
        { rm -rf --one-file-system $root.part; cannot "mmdebstrap failed"; }
    debian_lend $root.part
    debian_enter "$here/$root.part" / 'swift --version >/dev/null' ||
        { rm -rf --one-file-system $root.part; cannot "swift does not run in it"; }
    mv $root.part $root
    echo "$release $packages" >$root.packages
}

# A library of the machine runs there as it is: glibc and libstdc++ of a later Debian take it.
lend() {
    local build=$1 name path
    rm -rf $installed
    cmake --install "$build" --component c --prefix "$here/$installed" >/dev/null
    mkdir -p $installed/lent
    ldd "$build/bindings/c/libkari.so" | sed -n 's|^\s*\(\S*\) => \(/\S*\).*|\1 \2|p' |
        while read -r name path; do
            [ -n "$(find $root/usr/lib -name "$name" -print -quit)" ] ||
                cp -L "$path" "$installed/lent/$name"
        done
}

run() {
    local library
    [ -e $root.packages ] || cannot "root.sh make comes first"
    library=$(find "$here/$installed" -name libkari.so -printf '%h' -quit 2>/dev/null)
    export LD_LIBRARY_PATH=$library:$here/$installed/lent PKG_CONFIG_PATH=$library/pkgconfig
    KARI_ROOT_PASSES="LD_LIBRARY_PATH PKG_CONFIG_PATH ${KARI_ROOT_PASSES:-}" \
        KARI_ROOT_BIND=$here debian_enter "$here/$root" "$here" "$*"
}

case ${1:-} in
    make) make_root ;;
    lend) lend "${2:?which build?}" ;;
    run) shift; run "$@" ;;
    *) echo "root.sh make | lend BUILD | run COMMAND" >&2; exit 2 ;;
esac
