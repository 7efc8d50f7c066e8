#!/usr/bin/env python3
"""Runs the suite's programs through both models, with a trace of the pipe and without: all statistics are equal.

The last line is "N passed, N failed".
"""

import os
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "programs"))

import programs


def check(options, row):
    command = [os.environ["M2SIM_TRACE_EQUALITY"], options.programs, options.programs / row["file"], *row["arguments"]]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    lines = [line for line in run.stdout.splitlines() if " differs " in line or "empty" in line]
    if run.returncode and not lines:
        lines.append(f"status {run.returncode}: {run.stderr.strip()}")
    return row, lines


def main():
    options = programs.parse(__doc__.splitlines()[0], lambda parser: None)
    rows = [row for row in programs.load_suite(pathlib.Path(options.programs)) if re.search(options.filter, row["name"])]
    passed = 0
    for row, lines in programs.in_parallel(options.jobs, lambda row: check(options, row), rows):
        passed += not lines
        for line in lines:
            print(f"{row['name']}: {line}", flush=True)
    print(f"{passed} passed, {len(rows) - passed} failed")
    return 0 if rows and passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
