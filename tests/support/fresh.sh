#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves that a clone needs nothing but a bare Debian: makes one, clones HEAD into it, runs there
# ./dev demo and ./dev test, or the command given. fresh.sh bookworm|trixie [CMD...]
# Root is needed. The mounts live in a mount namespace of their own and go with it. With
# KARI_FRESH_CCACHE=FOLDER what was compiled before is taken from that compiler cache: quicker, and
# still proves everything but the compiler's own work.
set -euo pipefail

release=${1:-}
case $release in
    bookworm | trixie) shift ;;
    *) echo "fresh: which Debian? bookworm or trixie" >&2; exit 2 ;;
esac
command=${*:-./dev demo && ./dev test}
[ "$(id -u)" = 0 ] || { echo "fresh: making a Debian root needs root" >&2; exit 4; }

repository=$(git rev-parse --show-toplevel)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kari
base=$cache/$release.tar
. "$(dirname "${BASH_SOURCE[0]}")/debian.sh"

say() { echo "fresh: $*"; }

# Debian with apt and nothing else, kept as an archive so that the next run starts at once.
make_base() {
    local part
    part=$base.part.$$
    mkdir -p "$cache"
    say "making a bare $release (once; kept in $base)"
    debian_make "$release" "$part" --format=tar --include=ca-certificates,git
    mv "$part" "$base"
}

root=
trap '[ -z "$root" ] || rm -rf --one-file-system "$root"' EXIT

main() {
    local started=$SECONDS status=0
    [ -s "$base" ] || make_base
    root=$(mktemp -d "$cache/$release.XXXXXX")
    say "unpacking $release"
    tar -C "$root" -xf "$base"
    debian_lend "$root"
    say "cloning HEAD, $(git -C "$repository" log -1 --format='%h %s')"
    git clone -q --no-hardlinks "file://$repository" "$root/root/kari"
    git -C "$root/root/kari" checkout -q "$(git -C "$repository" rev-parse HEAD)"
    say "running: $command"
    KARI_ROOT_CCACHE=${KARI_FRESH_CCACHE:-} debian_enter "$root" /root/kari "$command" || status=$?
    say "ended with status $status after $((SECONDS - started)) s"
    return $status
}

main
