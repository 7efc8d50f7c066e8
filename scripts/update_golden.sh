#!/usr/bin/env bash
# Writes the golden timelines anew and shows what changed: look at it before it is committed. Tests never run this.
# usage: update_golden.sh [NAME...]
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/build.sh" release timeline_tool >&2
python3 "$root/tests/golden/golden.py" --tool "$root/build/release/tests/timeline_tool" \
  --programs "$root/build/release/tests/golden" --update "$@"
git -C "$root" --no-pager diff --stat -p -- tests/golden
