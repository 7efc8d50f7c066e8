#!/usr/bin/env bash
# Builds two git revisions in folders of their own, runs the suite with them in turns, records both and prints
# what changed beyond its noise. Both run the same guest programs, those of this tree.
# usage: compare_revisions.sh [--runs N] [--db FILE] [--fail-if CONDITION]... REV1 REV2 [OPTIONS OF m2sim suite...]
# A revision is whatever git knows by that name, or . for this tree as it is. The exit status is 1 when a
# condition holds (docs/history.md). Without --mode the suite runs in all three modes.
set -euo pipefail
shopt -s inherit_errexit
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$root/build/compare

usage() {
  sed -n '4s/^# //p' "$0" >&2
  exit 2
}

runs=5
db=$work/history.db
gates=()
while [[ ${1-} == --* ]]; do
  case $1 in
    --runs) runs=${2-} ;;
    --db) db=$(realpath -m -- "${2-}") ;;
    --fail-if) gates+=(--fail-if "${2-}") ;;
    *) usage ;;
  esac
  [[ $# -ge 2 ]] || usage
  shift 2
done
[[ $# -ge 2 && $runs =~ ^[1-9][0-9]*$ ]] || usage
revisions=("$1" "$2")
shift 2
suite_options=("$@")

# Prints the m2sim of a revision, built.
built() {
  local revision=$1 source build
  if [[ $revision == . ]]; then
    source=$root
    build=$work/tree
  else
    revision=$(git -C "$root" rev-parse --verify --quiet "$revision^{commit}") || {
      echo "compare_revisions.sh: git knows no revision '$1'" >&2
      return 2
    }
    source=$work/$revision/source
    build=$work/$revision/build
    [[ -d $source ]] || git -C "$root" worktree add --quiet --force --detach "$source" "$revision" >&2
  fi
  local launcher=()
  if command -v ccache > /dev/null; then
    launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    export CCACHE_BASEDIR=$source CCACHE_NOHASHDIR=1
  fi
  cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DM2SIM_TESTS=OFF -DM2SIM_BENCHMARKS=OFF \
    "${launcher[@]}" > "$work/cmake.log" || { cat "$work/cmake.log" >&2; return 1; }
  cmake --build "$build" --target m2sim >&2
  echo "$build/m2sim"
}

mkdir -p "$work"
"$root/scripts/build.sh" release m2sim m2sim_guest_programs >&2
own=$root/build/release/m2sim
programs=$root/build/release/benchmarks/guest
first=$(built "${revisions[0]}")
second=$(built "${revisions[1]}")

modes=(emulation timing fast-timing)
for option in "${suite_options[@]}"; do
  [[ $option == --mode* ]] && modes=("")
done

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
one_run() {  # name, m2sim, run
  local mode
  for mode in "${modes[@]}"; do
    "$2" suite --programs "$programs" --jobs 1 --quiet ${mode:+--mode "$mode"} --json "$results/$1-$3-$mode.json" \
      "${suite_options[@]}"
  done
}
for ((run = 1; run <= runs; ++run)); do
  echo "run $run of $runs" >&2
  # Whoever goes first in a pair meets the machine in another state.
  if ((run % 2)); then
    one_run first "$first" "$run"
    one_run second "$second" "$run"
  else
    one_run second "$second" "$run"
    one_run first "$first" "$run"
  fi
done

"$own" history record --db "$db" --note "compared: ${revisions[0]}" "$results"/first-*.json
"$own" history record --db "$db" --note "compared: ${revisions[1]}" "$results"/second-*.json
"$own" history compare --db "$db" "${gates[@]}" last~1 last
