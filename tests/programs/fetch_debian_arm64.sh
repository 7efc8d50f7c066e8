#!/bin/sh
# Downloads Debian's statically linked programs for arm64 and unpacks them: fetch_debian_arm64.sh FOLDER
#
# apt runs with the machine's own package sources and keys but with state of its own inside FOLDER, so
# neither the system's architectures nor its package lists change. Prints one path a program. Does
# nothing when they are there already.
set -eu

packages="busybox-static bash-static"
programs="bin/busybox bin/bash-static"

if [ $# -ne 1 ]; then
    echo "usage: $0 FOLDER" >&2
    exit 2
fi
mkdir -p "$1"
folder=$(cd "$1" && pwd)

all_there() {
    for program in $programs; do
        [ -x "$folder/$program" ] || return 1
    done
}

fetch() {
    work=$(mktemp -d "$folder/apt.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$work/unpacked"
    : >"$work/status"
    set -- -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Acquire::Languages=none \
        -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User=root
    apt-get "$@" update >&2
    # shellcheck disable=SC2086
    (cd "$work" && apt-get "$@" download $packages >&2)
    for package in "$work"/*.deb; do
        dpkg-deb --extract "$package" "$work/unpacked"
    done
    mkdir -p "$folder/bin"
    for program in $programs; do
        found="$work/unpacked/$program"
        [ -e "$found" ] || found="$work/unpacked/usr/$program"
        cp "$found" "$folder/$program"
    done
}

all_there || fetch
for program in $programs; do
    echo "$folder/$program"
done
