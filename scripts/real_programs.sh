#!/usr/bin/env bash
# Real programs, Debian's for arm64, on both cores beside what real cores were measured to make of the same applications:
# IPC, mispredictions, the largest losses. Builds m2sim (unless --m2sim names one), fetches the programs and makes their
# inputs first; after that no network is needed. Takes some 50 minutes of processor time, half of that on two processors;
# with --checkpoints FOLDER half as much when it is called again.
# usage: real_programs.sh [--filter REGEX] [--core CORE] [--mode MODE] [--set PATH=VALUE] [--m2sim PROGRAM] [--output FILE]
#                         [--before FILE] [--checkpoints FOLDER] [-j N]   (real_programs.py --help has all)
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
programs=$root/tests/programs
debian=$root/build/release/debian_real

if [[ " $* " != *" --m2sim"[\ =]* ]]; then
  "$root/scripts/install_packages.sh"
  "$root/scripts/build.sh" release m2sim >&2
  set -- --m2sim "$root/build/release/m2sim" "$@"
fi
mapfile -t packages < <(python3 "$programs/real_programs.py" --root "$debian" --packages)
"$programs/fetch_debian_arm64.sh" "$debian" "${packages[@]}"
exec python3 "$programs/real_programs.py" --root "$debian" "$@"
