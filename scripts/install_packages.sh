#!/usr/bin/env bash
# Installs the Debian packages of packages.txt that are missing; says nothing when none is.
# usage: install_packages.sh [PACKAGE...]   (more packages than the file's)
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

if ! command -v dpkg-query > /dev/null; then
  echo "install_packages.sh: no dpkg here; the build needs what $here/packages.txt lists" >&2
  exit 0
fi

mapfile -t wanted < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$here/packages.txt"; printf '%s\n' "$@")
missing=()
for package in "${wanted[@]}"; do
  [[ -n $package ]] || continue
  state=$(dpkg-query -W -f='${db:Status-Status} ' "$package" 2> /dev/null || true)
  [[ $state == *installed* && $state != *not-installed* ]] || missing+=("$package")
done
((${#missing[@]})) || exit 0

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo > /dev/null; then
    echo "install_packages.sh: run as root, or install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
# --no-install-recommends keeps a fresh machine small; dpkg must never ask a question.
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${missing[@]}" < /dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The package lists of a fresh machine are empty or old: fetch them only when the first try fails. A source
# of somebody else's that cannot be reached must not stop the second.
if ! install > "$log" 2>&1; then
  "${as_root[@]}" apt-get update -q < /dev/null > "$log" 2>&1 || true
  if ! install >> "$log" 2>&1; then
    cat "$log" >&2
    exit 1
  fi
fi
