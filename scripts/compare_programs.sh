#!/usr/bin/env bash
# Programs of a Debian for arm64, in all the cases of tests/programs/corpus, under m2sim and under qemu-aarch64:
# same output, exit status and files? Builds m2sim and fetches the programs first.
# usage: compare_programs.sh [--filter REGEX] [--list] [-j N] [...]   (compare_corpus.py --help has all)
# The last line is "N passed, N failed".
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
build=build/release
scripts/install_packages.sh
scripts/build.sh release m2sim
tests/programs/fetch_debian_arm64.sh "$build/debian"
exec python3 tests/programs/compare_corpus.py --m2sim "$build/m2sim" --sysroot "$build/debian" "$@"
