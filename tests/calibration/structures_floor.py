#!/usr/bin/env python3
"""What the structures were measured to be, the models go on showing: knees, steps and plateaus of all curves.

usage: structures_floor.py [--m2sim FILE]
Fails when one disagrees that is not named as open in calibration/data/structures.csv, or when a curve does not run.
Bandwidths are left out, which take most of the time. Each core in one mode, to save time.
"""
import argparse
import csv
import os
import pathlib
import subprocess
import tempfile

RUNS = (("m2-pcore", "timing"), ("m1-pcore", "fast-timing"))
CURVES = "^(?!bandwidth)"
LEAST = 30


def figures(m2sim, core, mode):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "results.csv"
        subprocess.run([m2sim, "calibrate", "structures", "--quiet", "--core", core, "--mode", mode, "--filter", CURVES,
                        "--csv", file], check=True)
        with file.open(encoding="utf-8", newline="") as text:
            return [row for row in csv.DictReader(text) if row["kind"] in ("knee", "step", "plateau")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE"))
    options = parser.parse_args()
    failed = False
    for core, mode in RUNS:
        rows = [row for row in figures(options.m2sim, core, mode) if not row["open"]]
        wrong = [row for row in rows if row["agrees"] != "1"]
        print(f"{core} in {mode}: {len(rows) - len(wrong)} of {len(rows)} agree")
        for row in wrong:
            print(f"  DISAGREES: {row['curve']} {row['kind']} {row['from']} to {row['to']}: "
                  f"{row['ours'] or 'none'} ({row['measured']} measured)")
        failed = failed or bool(wrong) or len(rows) < LEAST
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
