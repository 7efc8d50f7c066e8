#!/usr/bin/env bash
# From a fresh clone to the CPI table of the whole benchmark suite in timing mode.
# usage: demo.sh [OPTIONS OF m2sim suite...]
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

"$root/scripts/install_packages.sh"
"$root/scripts/build.sh" release m2sim m2sim_guest_programs >&2
exec "$root/build/release/m2sim" suite --mode timing "$@"
