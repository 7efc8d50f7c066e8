#!/usr/bin/env python3
"""Annotates the suite's programs in both timing modes and adds everything up again.

Cycles, instructions and every cause of a function are the sums of its instructions'; those of the program, as its statistics have them, are the sums of
its functions'. All exactly. The statistics are the golden ones: looking changes no run.
Prints one line a finding, then "N passed, N failed".
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import golden
import programs
import statistics_file

MODES = ("timing", "fast-timing")
STACK = "core.cpi_stack."


def annotation(options, row, mode):
    with tempfile.TemporaryDirectory(prefix="m2sim-annotate-") as name:
        path = pathlib.Path(name) / "annotation.json"
        words = [*options.m2sim, "annotate", "--mode", mode, "--quiet", "--json", str(path), "--sysroot",
                 str(options.programs), "--", "/" + row["file"], *row["arguments"]]
        done = subprocess.run(words, cwd=name, env=programs.ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=1800, check=False)
        if done.returncode != 0 or done.stdout.decode() != row["stdout"]:
            raise statistics_file.RunFailed(f"{mode}: status {done.returncode}, prints {done.stdout!r}: {done.stderr!r}")
        return json.loads(path.read_bytes())


def summed(rows, count):
    stack = collections.Counter()
    for row in rows:
        stack.update(row["cpi_stack"])
    return sum(row["cycles"] for row in rows), sum(row[count] for row in rows), stack


def check_sums(found):
    """What does not add up."""
    stats, functions = found["stats"], found["functions"]
    if not functions:
        yield "no functions"
    for function in functions:
        if not function["instructions"]:
            if function["name"] != "[unattributed]":
                yield f"{function['name']} has no instructions"
            continue
        own = (function["cycles"], function["insts"], collections.Counter(function["cpi_stack"]))
        if summed(function["instructions"], "count") != own:
            yield f"the instructions of {function['name']} do not sum to its cost"
    cycles, insts, stack = summed(functions, "insts")
    if (cycles, insts) != (stats["core.cycles"], stats["core.insts"]):
        yield f"the functions sum to {cycles} cycles and {insts} instructions"
    for name, value in stats.items():
        if name.startswith(STACK) and stack[name.removeprefix(STACK)] != value:
            yield f"the functions sum to {stack[name.removeprefix(STACK)]} of {name}, which is {value}"
    hottest = [function["cycles"] for function in functions]
    if hottest != sorted(hottest, reverse=True):
        yield "the functions do not come hottest first"


def check(options, row):
    found, entries = [], {}
    for mode in MODES:
        try:
            result = annotation(options, row, mode)
        except statistics_file.RunFailed as failure:
            return row, [str(failure)]
        found += [f"{mode}: {line}" for line in check_sums(result)]
        entries[mode] = statistics_file.without_host(result["stats"])
    lines, _ = golden.compare(options.golden, row, golden.loaded_sha256(options.programs / row["file"]), entries)
    return row, found + lines


def main():
    options = programs.parse(__doc__.splitlines()[0])
    options.golden = golden.load()
    rows = [row for row in programs.load_suite(options.programs) if re.search(options.filter, row["name"])]
    if not rows:
        print(f"no program matches '{options.filter}'", file=sys.stderr)
        return 2
    passed = 0
    for row, found in programs.in_parallel(options.jobs, lambda row: check(options, row), rows):
        passed += not found
        for line in found:
            print(f"{row['name']}: {line}", flush=True)
    print(f"{passed} passed, {len(rows) - passed} failed")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
