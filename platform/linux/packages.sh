#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that a set of work needs:
# packages.sh build|bench|lint|clang|coverage|docs|fresh|kotlin|maven
# Does nothing, quickly, when all of them are there. Debian 12 and 13.
set -euo pipefail

release=$(. /etc/os-release && echo "${VERSION_CODENAME:-unknown}")

build_packages=(
    g++ make cmake ninja-build ccache pkg-config python3 git ca-certificates tzdata
    protobuf-compiler libprotobuf-dev libsqlcipher-dev libmbedtls-dev libargon2-dev
    libcurl4-openssl-dev libssl-dev openssl libzstd-dev zlib1g-dev
    libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev libexpected-dev
    libhowardhinnant-date-dev catch2 librapidcheck-dev faketime libfaketime mount strace
)
bench_packages=(libbenchmark-dev)
lint_packages=(clang-format-19 clang-tidy-19)
clang_packages=(clang-19 libclang-rt-19-dev)
coverage_packages=(llvm-19)
docs_packages=(doxygen)
fresh_packages=(mmdebstrap util-linux)
# A JDK and an npm that came another way do as well.
kotlin_packages=(junit5)
command -v javac >/dev/null || kotlin_packages+=(default-jdk-headless)
command -v npm >/dev/null || kotlin_packages+=(npm)

maven_packages=()
command -v mvn >/dev/null || maven_packages+=(maven)

case $release in
    bookworm) build_packages+=(libboost1.81-dev libboost-json1.81-dev) ;;
    trixie) build_packages+=(libboost-dev libboost-json-dev) ;;
    *)
        echo "kari is set up on Debian 12 (bookworm) and 13 (trixie); this is '$release'." >&2
        echo "Elsewhere install by hand what these packages hold: ${build_packages[*]}" >&2
        exit 2
        ;;
esac

# A package counts as present only at a version that we can use.
declare -A oldest=([catch2]=3.0 [libsqlcipher-dev]=4.5)

missing_from() {
    local package version
    declare -A have=()
    while read -r package version; do have[${package%%:*}]=$version; done < <(
        dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' "$@" 2>/dev/null |
            sed -n 's/^installed //p')
    for package in "$@"; do
        version=${have[$package]:-}
        if [ -z "$version" ] || { [ -n "${oldest[$package]:-}" ] &&
            dpkg --compare-versions "$version" lt "${oldest[$package]}"; }; then
            echo "$package"
        fi
    done
}

apt() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 "$@"; }

refresh() {
    echo "setup: refreshing the package lists"
    apt update -qq
}

# Of apt's own words: the size of the download, and every fortieth step.
progress() {
    awk '/^Need to get/ { print "  " $0 }
        /^(Unpacking|Setting up) / { if (++steps % 40 == 0) { print "  " $0; fflush() } }'
}

# What apt itself knows of the Debian archive of a codename: "uri sources-file", or nothing.
debian_archive() {
    apt-get indextargets --format '$(REPO_URI) $(SOURCESENTRY)' 'Created-By: Packages' \
        'Origin: Debian' "Codename: $1" 'Component: main' | sed -n '1s/:[0-9]*$//p'
}

# Debian 12 has SQLCipher 3 and Catch2 2. Only these two come from its backports, over the mirror
# that the machine already uses and under the same key.
enable_backports() {
    local uri file key trusted
    local stanza=/etc/apt/sources.list.d/kari-backports.sources
    [ -n "$(debian_archive bookworm)" ] || refresh
    read -r uri file < <(debian_archive bookworm) || true
    if [ -z "${uri:-}" ]; then
        echo "setup: apt knows no Debian bookworm archive, so backports cannot be derived." >&2
        exit 3
    fi
    printf '%s\n' 'Package: src:sqlcipher src:catch2' 'Pin: release n=bookworm-backports' \
        'Pin-Priority: 600' >/etc/apt/preferences.d/kari-backports
    if [ -z "$(debian_archive bookworm-backports)" ] && [ ! -e $stanza ]; then
        echo "setup: enabling bookworm-backports for sqlcipher and catch2"
        key=$(sed -nE 's|^Signed-By: *(/[^ ]*).*|\1|p; s|.*signed-by=(/[^] ]*).*|\1|p' "$file" |
            head -n 1)
        trusted=$(grep -ciE '^Trusted: *yes|trusted=yes' "$file" || true)
        {
            printf '%s\n' 'Types: deb' "URIs: $uri" 'Suites: bookworm-backports' 'Components: main'
            [ -z "$key" ] || echo "Signed-By: $key"
            [ "$trusted" = 0 ] || echo 'Trusted: yes'
        } >$stanza
    fi
}

main() {
    local -a wanted missing
    case ${1:-build} in
        build) wanted=("${build_packages[@]}") ;;
        bench) wanted=("${bench_packages[@]}") ;;
        lint) wanted=("${lint_packages[@]}") ;;
        clang) wanted=("${clang_packages[@]}") ;;
        coverage) wanted=("${coverage_packages[@]}") ;;
        docs) wanted=("${docs_packages[@]}") ;;
        fresh) wanted=("${fresh_packages[@]}") ;;
        kotlin) wanted=("${kotlin_packages[@]}") ;;
        maven) wanted=("${maven_packages[@]}") ;;
        *)
            echo "packages.sh build|bench|lint|clang|coverage|docs|fresh|kotlin|maven" >&2
            exit 2
            ;;
    esac
    mapfile -t missing < <(missing_from "${wanted[@]}")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "setup: these Debian packages are missing and installing them needs root:" >&2
        echo "  ${missing[*]}" >&2
        [ "$release" != bookworm ] ||
            echo "  (catch2 and libsqlcipher-dev must come from bookworm-backports)" >&2
        echo "Run 'sudo ./dev setup' once, then go on as yourself." >&2
        exit 4
    fi
    echo "setup: installing ${#missing[@]} packages: ${missing[*]}"
    [ "$release" != bookworm ] || [ "${1:-build}" != build ] || enable_backports
    refresh
    apt install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" | progress
    mapfile -t missing < <(missing_from "${wanted[@]}")
    if [ ${#missing[@]} -gt 0 ]; then
        echo "setup: still missing, or older than we can use: ${missing[*]}" >&2
        exit 5
    fi
    echo "setup: done"
}

main "$@"
