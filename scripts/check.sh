#!/usr/bin/env bash
# The style checks alone, without building: what to run before a commit. Unchanged files are not analysed again.
# usage: check.sh [RULE...]   (tests/house/check.py --list names the rules)
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
exec python3 "$root/tests/house/check.py" --root "$root" "$@"
