#!/usr/bin/env python3
"""Simulation points of phased programs give the CPI of their whole runs: phases are found, written, and read back.

--debian is a root with Debian's python3 and sqlite3 for arm64 (fetch_debian_arm64.sh); without it only the programs of
this folder run. Prints a table in Markdown; the exit status is 1 where a CPI is further off than --most.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent / "phased"
# How much a program does, in a quick check and in a full one.
TURNS = {"stages": (1, 6), "particles": (12, 36), "python3": (3, 3), "sqlite3": (16000, 16000)}

# Points a phase. Single intervals of python3 (start-up, what it imports) take many times the cycles of others like them.
POINTS = {"python3": 12}


def programs(options, folder):
    """(name, command, input) each."""
    for name in ("stages", "particles"):
        path = folder / name
        subprocess.run([options.compiler, "-O2", "-static", "-o", path, HERE / f"{name}.c", "-lm"], check=True)
        yield name, [path, str(TURNS[name][options.full])], None
    if options.debian is None:
        return
    root = options.debian.resolve()
    python = root / "usr/bin/python3"
    yield "python3", [python.resolve(), "-E", "-S", HERE / "mixed.py", str(TURNS["python3"][options.full])], None
    rows = str(TURNS["sqlite3"][options.full])
    text = (HERE / "tables.sql").read_text(encoding="utf-8").replace("@rows", rows)
    yield "sqlite3", [root / "usr/bin/sqlite3", ":memory:"], text


class Runs:
    def __init__(self, options, folder, command, text):
        self.options, self.folder, self.command, self.text = options, folder, command, text
        self.output = None

    def m2sim(self, *words):
        root = [] if self.options.debian is None else ["--sysroot", self.options.debian]
        done = subprocess.run([self.options.m2sim, *words, *root, *self.command], input=self.text, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            sys.exit(f"{words}: {done.stderr}")
        if self.output not in (None, done.stdout):
            sys.exit(f"{words}: the program wrote something else than before")
        self.output = done.stdout

    def stats(self, mode, *words):
        path = self.folder / "stats.json"
        self.m2sim("run", "-q", "--mode", mode, "--stats", path, *words)
        return json.loads(path.read_text(encoding="utf-8"))["stats"]

    def rows(self, default_points):
        """A row of the table for each mode and number of points."""
        whole = {mode: self.stats(mode) for mode in self.options.mode}
        for points in self.options.points or [default_points]:
            prefix = self.folder / "points"
            self.m2sim("phases", "-q", "--points", str(points), "--interval-size", self.options.interval_size,
                       "--seed", str(self.options.seed), "--output", prefix)
            for mode in self.options.mode:
                stats = self.stats(mode, "--simpoints", prefix.with_suffix(".simpoints"))
                yield mode, points, whole[mode], stats


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE"), help="the simulator")
    parser.add_argument("--compiler", default=os.environ.get("M2SIM_GUEST_CC", "aarch64-linux-gnu-gcc"))
    parser.add_argument("--debian", type=pathlib.Path, help="a root with Debian's programs for arm64")
    parser.add_argument("--filter", default="", help="only programs whose name has this in it")
    parser.add_argument("--full", action="store_true", help="longer runs")
    parser.add_argument("--mode", nargs="+", default=["fast-timing"])
    parser.add_argument("--points", nargs="+", type=int, help="default: as the table above has them")
    parser.add_argument("--interval-size", default="1M")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=float, default=3, help="percent that CPI may be off")
    parser.add_argument("--programs", help="not looked at: what all tests of this folder get")
    options = parser.parse_args()
    print("| program | instructions | mode | points a phase | strata | points | timed | CPI, whole | CPI, points | off by | "
          "95 % interval |\n|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    worst = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for program, command, text in programs(options, folder):
            if options.filter not in program:
                continue
            for mode, points, whole, stats in Runs(options, folder, command, text).rows(POINTS.get(program, 5)):
                off = 100 * (stats["core.cpi"] / whole["core.cpi"] - 1)
                worst = max(worst, abs(off))
                half = f"± {100 * stats['simpoints.error']:.2f} %" if "simpoints.error" in stats else "not known"
                timed = 100 * stats["simpoints.measured_insts"] / stats["core.insts"]
                print(f"| {program} | {stats['core.insts'] / 1e6:.0f} M | {mode} | {points} | {stats['simpoints.strata']} "
                      f"| {stats['simpoints.points']} | {timed:.1f} % | {whole['core.cpi']:.4f} | {stats['core.cpi']:.4f} "
                      f"| {off:+.2f} % | {half} |", flush=True)
    return worst > options.most


if __name__ == "__main__":
    sys.exit(main())
