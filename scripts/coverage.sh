#!/usr/bin/env bash
# Line and branch coverage of the unit tests: a line a file on stdout, pages in build/coverage/report.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
scripts/install_packages.sh gcovr
scripts/build.sh coverage -DM2SIM_BENCHMARKS=OFF
ctest --test-dir build/coverage -j2 -L unit --output-on-failure
mkdir -p build/coverage/report
gcovr --root . --filter 'insts/' --filter 'emu/' --filter 'timing/' --filter 'cmd/' -j 2 \
  --exclude-throw-branches --exclude-unreachable-branches \
  --object-directory build/coverage --html-details build/coverage/report/index.html --txt -
