# SPDX-License-Identifier: Apache-2.0
# Roots of Debian beside the machine's own, for who sources this: made of the archive that the
# machine's apt uses, entered in a mount namespace of their own. Root is needed.

# The Debian mirror that this machine uses, as apt tells it.
debian_mirror() {
    local site
    site=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
        'Component: main' "Codename: $(. /etc/os-release && echo "$VERSION_CODENAME")" | head -n 1)
    [ -n "$site" ] || { echo "apt knows no Debian archive (apt-get update?)" >&2; return 3; }
    echo "$site"
}

# debian_make RELEASE TARGET WORDS...: apt and what the words of mmdebstrap add, without manuals.
debian_make() {
    local release=$1 target=$2 site
    shift 2
    site=$(debian_mirror) || return
    mmdebstrap --variant=apt --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        "$@" "$release" "$target" "deb $site $release main" 2>&1 |
        sed -u -n 's/^I: /  /p; /^E:/p'
}

# Names, proxies and certificates are the machine's own; everything else is Debian's.
debian_lend() {
    local root=$1 file
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    cp -L /etc/hosts "$root/etc/hosts"
    for file in /etc/apt/apt.conf.d/*[Pp]roxy* /usr/local/share/ca-certificates/*.crt; do
        [ ! -f "$file" ] || install -D -m 644 "$file" "$root$file"
    done
}

# Runs inside the new mount namespace.
debian_inside() {
    local root=$1 folder=$2 name
    shift 2
    # A mount point of its own, so that a test in there may make a mount namespace in turn.
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys" 2>/dev/null || true
    mount --rbind /dev "$root/dev"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    if [ -n "${KARI_ROOT_BIND:-}" ]; then
        mkdir -p "$root$KARI_ROOT_BIND"
        mount --bind "$KARI_ROOT_BIND" "$root$KARI_ROOT_BIND"
    fi
    local -a given=()
    if [ -n "${KARI_ROOT_CCACHE:-}" ]; then
        mkdir -p "$root/var/cache/ccache"
        mount --bind "$KARI_ROOT_CCACHE" "$root/var/cache/ccache"
        given=(CCACHE_DIR=/var/cache/ccache CCACHE_NOHASHDIR=1
            "CCACHE_BASEDIR=$(dirname "$folder")")
    fi
    for name in http_proxy https_proxy no_proxy ${KARI_ROOT_PASSES:-}; do
        [ -z "${!name:-}" ] || given+=("$name=${!name}")
    done
    exec env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 CI="${CI:-}" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        "${given[@]}" chroot "$root" /bin/bash -c "cd $folder && $*"
}

# debian_enter ROOT FOLDER COMMAND: runs it in a folder of the root; the mounts go with it. With
# KARI_ROOT_BIND that folder of the machine stands in the root too, with KARI_ROOT_CCACHE its
# compiler cache; KARI_ROOT_PASSES names variables that are handed on.
debian_enter() {
    export -f debian_inside
    unshare --mount --propagation private bash -c 'debian_inside "$@"' debian_inside "$@"
}
