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

say() { echo "fresh: $*"; }

# The Debian mirror that this machine uses, as apt tells it.
mirror() {
    local site
    site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
        'Component: main' "Codename: $(. /etc/os-release && echo "$VERSION_CODENAME")" | head -n 1)
    [ -n "$site" ] || { echo "fresh: apt knows no Debian archive (apt-get update?)" >&2; exit 3; }
    echo "$site"
}

# Debian with apt and nothing else, kept as an archive so that the next run starts at once.
make_base() {
    local site part
    site=$(mirror)
    part=$base.part.$$
    mkdir -p "$cache"
    say "making a bare $release (once; kept in $base)"
    mmdebstrap --variant=apt --format=tar --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --include=ca-certificates,git "$release" "$part" "deb $site $release main" 2>&1 |
        sed -u -n 's/^I: /  /p; /^E:/p'
    mv "$part" "$base"
}

# Runs inside the new mount namespace.
inside() {
    local root=$1
    shift
    # A mount point of its own, so that a test in there may make a mount namespace in turn.
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || true
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    local -a cached=()
    if [ -n "${KARI_FRESH_CCACHE:-}" ]; then
        mkdir -p "$root/var/cache/ccache"
        mount --bind "$KARI_FRESH_CCACHE" "$root/var/cache/ccache"
        cached=(CCACHE_DIR=/var/cache/ccache CCACHE_BASEDIR=/root CCACHE_NOHASHDIR=1)
    fi
    exec env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 CI="${CI:-}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
        ${no_proxy:+no_proxy="$no_proxy"} "${cached[@]}" \
        chroot "$root" /bin/bash -c "cd /root/kari && $*"
}

root=
trap '[ -z "$root" ] || rm -rf --one-file-system "$root"' EXIT

main() {
    local started=$SECONDS status=0 file
    [ -s "$base" ] || make_base
    root=$(mktemp -d "$cache/$release.XXXXXX")
    say "unpacking $release"
    tar -C "$root" -xf "$base"
    # Names, proxies and certificates are the machine's own; everything else is Debian's.
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    cp -L /etc/hosts "$root/etc/hosts"
    for file in /etc/apt/apt.conf.d/*[Pp]roxy* /usr/local/share/ca-certificates/*.crt; do
        [ ! -f "$file" ] || install -D -m 644 "$file" "$root$file"
    done
    say "cloning HEAD, $(git -C "$repository" log -1 --format='%h %s')"
    git clone -q --no-hardlinks "file://$repository" "$root/root/kari"
    git -C "$root/root/kari" checkout -q "$(git -C "$repository" rev-parse HEAD)"
    say "running: $command"
    export -f inside
    unshare --mount --propagation private bash -c 'inside "$@"' inside "$root" "$command" ||
        status=$?
    say "ended with status $status after $((SECONDS - started)) s"
    return $status
}

main
