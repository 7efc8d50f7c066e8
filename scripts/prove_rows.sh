#!/usr/bin/env bash
# The long form of the tests rows.*: random words of every row of the encoding table, then random sequences of
# them, in all modes against qemu-aarch64, with any seed. Says what it covered, and which LLVM opcodes it did not.
# usage: prove_rows.sh [SEED [SAMPLES]]   (samples of each row, 40; fifty times as many sequences)
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
seed=${1:-1}
samples=${2:-40}

"$root/scripts/build.sh" release m2sim prove_rows prove_sequences > /dev/null
prove() {
  python3 "$root/tests/rows/prove.py" "$@" --tools "$root/build/release/tests" --m2sim "$root/build/release/m2sim" \
    --seed "$seed"
}
status=0
prove rows --samples "$samples" --unreached || status=1
prove sequences --samples $((samples * 50)) || status=1
exit "$status"
