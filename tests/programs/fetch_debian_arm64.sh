#!/bin/sh
# Makes FOLDER the root of a Debian for arm64, unpacked and never booted: fetch_debian_arm64.sh FOLDER [PACKAGE...]
#
# apt runs with the machine's own package sources and keys, so it verifies what it downloads as ever, but
# with state of its own: neither the system's architectures nor its package lists change, and no right
# beyond writing FOLDER is needed. The corpus's packages, which are taken when none is named, need some 20 seconds and
# 300 MB. Does nothing when this same script filled FOLDER with the same packages before.
set -eu

# Programs, and what they need comes along. libc-bin: iconv, locale and the C.UTF-8 locale; tzdata: time zones.
packages="
    bash bash-static dash zsh zsh-static busybox-static
    python3 perl lua5.4 sqlite3 openssl gawk jq bc
    xz-utils zstd bzip2 gzip tar
    coreutils findutils diffutils grep sed file less
    cpp-12 binutils m4 make bison flex
    libc-bin tzdata
    redis-server nginx-light curl tmux expect postgresql-15 util-linux
    gdb-minimal strace
"

if [ $# -lt 1 ]; then
    echo "usage: $0 FOLDER [PACKAGE...]" >&2
    exit 2
fi
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
mkdir -p "$(dirname "$1")"
folder=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
if [ $# -gt 0 ]; then
    packages="libc-bin $*"
fi

private_apt() {
    apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Acquire::Languages=none \
        -o Acquire::Retries=3 -o Dir::State="$work/state" -o Dir::State::status="$work/status" \
        -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root "$@" >>"$work/log" 2>&1
}

give_up() {
    grep -m 3 '^[WE]:' "$work/log" >&2 || true
    echo "$(basename "$0"): apt could not download Debian's packages for arm64; it needs a package source of" \
        "Debian 12 with them (a network, or a mirror named in /etc/apt)" >&2
    exit 1
}

download() {
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
    : >"$work/status"
    private_apt update || give_up
    # shellcheck disable=SC2086
    private_apt install --yes --download-only --no-install-recommends $packages || give_up
}

unpack() {
    mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/usr/sbin"
    for part in bin lib sbin; do
        ln -s "usr/$part" "$root/$part"
    done
    # Nothing reads these; of documentation only examples.
    printf './usr/share/%s\n' 'doc/*/[!e]*' info locale man lintian bug >"$work/left_out"
    for package in "$work"/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" |
            tar --extract --directory="$root" --keep-directory-symlink --no-same-owner --no-wildcards-match-slash \
                --exclude-from="$work/left_out"
    done
}

# What the packages' own scripts would do when they are installed.
configure() {
    mkdir -p "$root/etc/alternatives"
    for link in awk:gawk nawk:gawk lua:lua5.4 which:which.debianutils lzma:xz unlzma:xz lzcat:xz yacc:bison.yacc; do
        ln -sf "../../usr/bin/${link#*:}" "$root/etc/alternatives/${link%:*}"
        ln -sf "../../etc/alternatives/${link%:*}" "$root/usr/bin/${link%:*}"
    done
    printf "%s\n" "root:x:0:0:root:/root:/bin/bash" "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin" >"$root/etc/passwd"
    printf "%s\n" "root:x:0:" "nogroup:x:65534:" >"$root/etc/group"
    echo "127.0.0.1 localhost" >"$root/etc/hosts"
    cp "$root/usr/share/libc-bin/nsswitch.conf" "$root/etc/nsswitch.conf"
    # Absolute links would lead out of FOLDER for programs that do not know that it is a root.
    find "$root" -type l -lname '/*' | while read -r link; do
        ln -sfnr "$root$(readlink "$link")" "$link"
    done
    # Guests must not write the caches of Python's modules themselves: their first run would differ from the next.
    python3 -m compileall -qq -j0 --invalidation-mode unchecked-hash -s "$root" "$root"/usr/lib/python3.* || true
}

fetch() {
    work=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    root="$work/root"
    download
    unpack
    configure
    made_by >"$root/.made_by"
    rm -rf "$folder"
    mv "$root" "$folder"
}

made_by() {
    cat "$script"
    echo "$packages"
}

made_by | cmp -s - "$folder/.made_by" || fetch
