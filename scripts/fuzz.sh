#!/usr/bin/env bash
# Fuzzes loader and decoder under sanitizers with libFuzzer, each for the given time, and says how many inputs
# each of them has had. What crashes is kept in build/fuzz/crashes; a crash is a failure.
# usage: fuzz.sh [SECONDS]   (600 each)
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
seconds=${1:-600}
build=${M2SIM_FUZZ_BUILD:-$root/build/fuzz}

launcher=()
if command -v ccache > /dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_CXX_COMPILER=clang++-14 -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" -DM2SIM_FUZZ=ON -DM2SIM_BENCHMARKS=OFF "${launcher[@]}" > /dev/null
cmake --build "$build" --target fuzz_loader fuzz_decoder

status=0
for target in loader decoder; do
  # New inputs go to the build folder; the tree's corpus is only read.
  mkdir -p "$build/corpus/$target" "$build/crashes"
  log=$build/$target.log
  if ! (cd "$build" && "$build/tests/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 \
    -malloc_limit_mb=1000 -max_len=4096 -print_final_stats=1 -artifact_prefix="$build/crashes/$target-" \
    "$build/corpus/$target" "$root/tests/fuzz/corpus/$target") > "$log" 2>&1; then
    status=1
    tail -n 40 "$log"
  fi
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  echo "fuzz_$target: ${executions:-no} executions in $seconds s, ${coverage:-0} edges covered, log $log"
done
((status == 0)) && echo "nothing found"
exit "$status"
