#!/usr/bin/env python3
"""Checks the structures' loops of m2sim-measure: their tables are those of calibration/structures, and each loop runs
as many passes of as many instructions as it should.

usage: structures.py [--build DIR] [--tables PROGRAM] [--m2sim PROGRAM]
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import harness

OPTIONS = harness.parse(__doc__.splitlines()[0])
PROGRAM = harness.build(OPTIONS.build)
TABLES = ("structure_words.inc", "structures.inc")

# Instructions a unit. A loop has one more a pass than its trial, which counts the passes; two where the way back is
# long; none where the trial counts its passes itself.
INSTRUCTIONS = {
    "fetch.aligned@64": 64,
    "branch_target.8@256": (256 + 1) / 256,
    "code_pages@64": (64 + 2) / 64,
    # Each level but the last saves, calls and restores; a pass calls, counts, and goes back.
    "return_stack@16": (15 * 6 + 1 + 3) / 16,
    "return_stack.two_sites@16": (15 * 9 + 1 + 3) / 16,
    "window.nops@1011": 2 * (1011 + 2) + 1 + 1,
    "window.flags@62": 2 * (62 + 1) + 1 + 1,
    "scheduler.fp@78": 2 * (78 + 3) + 1 + 1,
    "latency@65536": (100 + 1 + 1) / 100,
    "data_pages.4_mib@8": (100 + 1 + 1) / 100,
    "parallel_misses@4": (4 + 1 + 1) / 4,
    "forwarding@7": (144 * 9 + 1 + 1) / 144,
    "dependence.address.2@33": (33 * 3 + 1 + 1) / 33,
}
OF_DEPENDENCY = 23


def tables():
    """Written anew they are the committed ones."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / name for name in TABLES]
        subprocess.run([OPTIONS.tables, *map(str, paths)], check=True)
        for path in paths:
            if path.read_bytes() != (harness.NATIVE / path.name).read_bytes():
                yield f"{path.name} is another one now: m2sim_native_structures {' '.join(TABLES)}"


def slope(measurement):
    first, last = measurement["points"][0], measurement["points"][-1]
    return (last["seconds"][0] - first["seconds"][0]) / (last["iterations"] - first["iterations"])


def instructions():
    """Under m2sim's emulation time is a number of instructions: a program of the suite says how many."""
    pattern = "|".join(re.escape(name) for name in INSTRUCTIONS)
    arguments = ["--quick", "--repeats=1", "--milliseconds=0.05", "--filter", f"^dependency$|^structure/({pattern})$"]
    done = subprocess.run([OPTIONS.m2sim, "run", "--mode", "emulation", "--quiet", PROGRAM, *arguments],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield f"status {done.returncode}: {done.stderr}"
        return
    measured = {m["program"]: m for m in json.loads(done.stdout)["sets"][0]["measurements"]}
    for name, expected in INSTRUCTIONS.items():
        found = slope(measured[f"structure/{name}"]) / slope(measured["dependency"]) * OF_DEPENDENCY
        if abs(found - expected) > 0.002 * expected:
            yield f"{name}: {found:.4f} instructions a unit, expected {expected:.4f}"


def under_qemu():
    """One point of each curve: every loop can be made and comes to its end."""
    names = [line.split()[0] for line in harness.run(PROGRAM, "--list", "--filter", "^structure/").stdout.splitlines()]
    first = {name.split("@")[0]: name for name in reversed(names)}
    pattern = "|".join(re.escape(name) for name in first.values())
    done = harness.run(PROGRAM, "--quick", "--repeats=1", "--sizes=3", "--filter", f"^({pattern})$")
    if done.returncode != 0:
        yield f"status {done.returncode}: {done.stderr}"
        return
    for measurement in json.loads(done.stdout)["sets"][0]["measurements"]:
        iterations = [point["iterations"] for point in measurement["points"]]
        if iterations[0] <= 0 or iterations != [iterations[0] << i for i in range(3)]:
            yield f"{measurement['program']}: sizes {iterations}"
    if len(first) < 30:
        yield f"only {len(first)} curves"


if __name__ == "__main__":
    sys.exit(harness.report([tables, instructions, under_qemu]))
