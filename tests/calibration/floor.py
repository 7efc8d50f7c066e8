#!/usr/bin/env python3
"""What agrees with the measurements goes on agreeing: one in eight experiments, in both timing modes.

usage: floor.py [--record] [--m2sim FILE]
known_differences.txt names the experiments that disagree or do not run, and in which modes. Another one fails. What has
come to agree is named, and fails no test until --record has taken it out of the file; then it has to stay so.
"""
import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile

KNOWN = pathlib.Path(__file__).with_name("known_differences.txt")
MODES = ("timing", "fast-timing")
EVERY = 8


def read_known():
    known = {mode: set() for mode in MODES}
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        name, modes = line.split("\t")
        for mode in modes.split(","):
            known[mode].add(name)
    return known


def differences(m2sim, mode):
    """The rows of all experiments, and the names of those that disagree."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "results.csv"
        subprocess.run([m2sim, "calibrate", "instructions", "--quiet", "--core", "m1-pcore", "--mode", mode, "--every",
                        str(EVERY), "--csv", file], check=True)
        with file.open(encoding="utf-8", newline="") as text:
            rows = {row["name"]: row for row in csv.DictReader(text)}
    return rows, {name for name, row in rows.items() if row["agrees"] != "1"}


def record(found):
    names = sorted(set().union(*found.values()))
    lines = [f"{name}\t{','.join(mode for mode in MODES if name in found[mode])}\n" for name in names]
    KNOWN.write_text("".join(lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE"))
    options = parser.parse_args()
    found, failed = {}, False
    known = {mode: set() for mode in MODES} if options.record else read_known()
    for mode in MODES:
        rows, found[mode] = differences(options.m2sim, mode)
        print(f"{mode}: {len(rows) - len(found[mode])} of {len(rows)} agree")
        for name in sorted(known[mode] - found[mode]):
            print(f"  agrees now, or is gone: {name}")
        if options.record:
            continue
        for name in sorted(found[mode] - known[mode]):
            failed = True
            row = rows[name]
            print(f"  NO LONGER AGREES: {name}: {row['did_not_run']} "
                  + ", ".join(f"{key} {row[key]} ({row['measured_' + key]} measured)"
                              for key in ("cycles", "uops", "issues", "integer_issues", "memory_issues", "simd_issues")
                              if row["measured_" + key]))
    if options.record:
        record(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
