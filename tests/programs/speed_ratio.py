#!/usr/bin/env python3
"""Measures how fast m2sim is: emulation against qemu-aarch64, and the MIPS of the two timing modes.

Emulation and qemu-aarch64 run in turn, --runs times, each with --scale times the suite's repetitions so
that start-up does not count; the figure is the median of CPU seconds. The ratio is qemu's time over ours:
1 is as fast as qemu. The micro-kernels are measured in the timing modes
only. Geometric means over the integer programs (integer and polybench) and the fp ones.
Run it on a quiet machine; nothing runs in parallel here.
"""

import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import programs
from statistics_file import RunFailed

GROUPS = {"integer": ("integer", "polybench"), "fp": ("fp",), "memory": ("memory",)}


def cpu_seconds(command):
    """User and system time of one run; other loads of the machine disturb it less than the clock."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                               env=programs.ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RunFailed(f"{' '.join(command)}: exit status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def medians(commands, runs):
    """Median CPU seconds a command, the commands taking turns."""
    seconds = [[] for _ in commands]
    for _ in range(runs):
        for times, command in zip(seconds, commands):
            times.append(cpu_seconds(command))
    return [statistics.median(times) for times in seconds]


def median_mips(options, mode, row):
    """Simulated instructions a microsecond of CPU time, start of the process included."""
    with tempfile.TemporaryDirectory(prefix="m2sim-speed-") as name:
        path = pathlib.Path(name) / "stats.json"
        command = [*options.m2sim, "run", "--mode", mode, "--quiet", "--stats", str(path), "--",
                   *programs.suite_command(options.programs, row)]
        seconds = statistics.median(cpu_seconds(command) for _ in range(options.timing_runs))
        return json.loads(path.read_bytes())["stats"]["core.insts"] / seconds / 1e6


def measure(options, row):
    result = {"name": row["name"], "kind": row["kind"]}
    if row["kind"] != "micro":
        command = [str(options.programs / row["file"]), str(row["iterations"] * options.scale)]
        emulation = [*options.m2sim, "run", "--mode", "emulation", "--quiet", "--", *command]
        result["qemu"], result["emulation"] = medians([["qemu-aarch64", *command], emulation], options.runs)
        result["ratio"] = result["qemu"] / result["emulation"]
    if options.timing_runs:
        for mode in ("timing", "fast-timing"):
            result[mode] = median_mips(options, mode, row)
    return result


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


def cell(value, width, digits):
    return f"{value:{width}.{digits}f}" if value is not None else " " * (width - 1) + "-"


def line(result):
    return (f"{result['name']:24} {result['kind']:10} {cell(result.get('qemu'), 8, 3)} "
            f"{cell(result.get('emulation'), 9, 3)} {cell(result.get('ratio'), 6, 3)} "
            f"{cell(result.get('timing'), 8, 2)} {cell(result.get('fast-timing'), 8, 2)}")


def means(results):
    groups = dict(GROUPS, all=tuple({result["kind"] for result in results}))
    for group, kinds in groups.items():
        chosen = [result for result in results if result["kind"] in kinds]
        if chosen:
            yield {"name": f"geometric mean, {group}", "kind": f"{len(chosen)}", **{
                key: geometric_mean(result[key] for result in chosen if key in result)
                for key in ("ratio", "timing", "fast-timing")}}


def add_options(parser):
    parser.add_argument("--runs", type=int, default=5, help="turns of emulation and qemu-aarch64")
    parser.add_argument("--scale", type=int, default=40, help="repetitions of a program, times the suite's")
    parser.add_argument("--timing-runs", type=int, default=1, help="runs of each timing mode; 0: none")


def main():
    options = programs.parse(__doc__.splitlines()[0], add_options)
    rows = [row for row in programs.load_suite(options.programs) if re.search(options.filter, row["name"])
            and (options.timing_runs or row["kind"] != "micro")]
    print(time.strftime("%Y-%m-%d %H:%M"), f"median of {options.runs}, load {os.getloadavg()[0]:.1f}")
    print(f"{'program':24} {'kind':10} {'qemu s':>8} {'m2sim s':>9} {'ratio':>6} {'timing':>8} {'fast':>8}  (MIPS)")
    results = []
    for row in rows:
        try:
            results.append(measure(options, row))
            print(line(results[-1]), flush=True)
        except RunFailed as failure:
            print(f"{row['name']}: {failure}", flush=True)
    for mean in means(results):
        print(line(mean))
    return 0 if len(results) == len(rows) and rows else 1


if __name__ == "__main__":
    sys.exit(main())
