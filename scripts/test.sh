#!/usr/bin/env bash
# Everything that must hold: the release build with all tests and the style checks, the second compiler
# with the unit tests, and the unit tests and some guest programs under the sanitizers.
# usage: test.sh [release] [clang] [asan-ubsan]   (all three when none is named)
# The last line is "N passed, N failed" over all of them; a build counts as one test.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
scripts/install_packages.sh

presets=("$@")
((${#presets[@]})) || presets=(release clang asan-ubsan)
results=build/test_results
rm -rf "$results"
mkdir -p "$results"

# Style does not depend on the compiler, and guest programs run slowly under the sanitizers.
selection() {
  case $1 in
    release) ;;
    clang) echo "-L unit" ;;
    *) echo "-L unit|smoke" ;;
  esac
}

# The guest programs are the same whatever compiles the simulator: one build of them is enough.
guests=()
for preset in "${presets[@]}"; do
  echo "== $preset"
  if scripts/build.sh "$preset" "${guests[@]}"; then
    echo passed > "$results/$preset.build"
  else
    echo failed > "$results/$preset.build"
    continue
  fi
  [[ $preset != release ]] || guests=("-DM2SIM_GUEST_DIR=$root/build/release/benchmarks")
  # A failing test is counted from the report below, so ctest's own status does not matter here.
  read -r -a chosen <<< "$(selection "$preset")"
  ctest --test-dir "build/$preset" -j2 --output-on-failure --no-tests=error \
    --output-junit "$root/$results/$preset.xml" "${chosen[@]}" < /dev/null || true
done

exec python3 scripts/count_tests.py "$results" "${presets[@]}"
