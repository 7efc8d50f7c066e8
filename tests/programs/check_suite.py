#!/usr/bin/env python3
"""Checks suite.json against qemu-aarch64: every program exits with 0 and prints what the manifest says.

Also checks hardware.json: it names only programs of the suite, and its figures are consistent.
Prints one line a finding, then "N passed, N failed".
"""

import json
import sys

import programs

KINDS = {"micro", "polybench", "integer", "fp", "memory"}


def check_program(folder, row):
    if row["kind"] not in KINDS:
        yield f"kind {row['kind']} is none of {', '.join(sorted(KINDS))}"
    if row["iterations"] <= 0:
        yield "no iterations"
    outcome = programs.run(["qemu-aarch64"], programs.Case(row["name"], programs.suite_command(folder, row)))
    if outcome.status != 0:
        yield f"exit status {outcome.status} under qemu-aarch64"
    if outcome.stdout.decode() != row["stdout"]:
        yield f"prints {outcome.stdout.decode()!r} under qemu-aarch64, suite.json says {row['stdout']!r}"
    if outcome.stderr:
        yield f"writes to stderr: {outcome.stderr.decode()!r}"


def check_measurement(row, names, grades):
    if row["program"] not in names:
        yield "is no program of suite.json"
    if row["grade"] not in grades:
        yield f"grade {row['grade']} is not explained"
    cycles, clock = row["cycles_per_iteration"], row["clock_ghz"]
    if (cycles is None) != (clock is None):
        yield "cycles and clock must both be there or both be missing"
    elif cycles is not None and abs(cycles - row["ns_per_iteration"] * clock) > 0.005 * cycles:
        yield f"{cycles} cycles are not {row['ns_per_iteration']} ns at {clock} GHz"
    if "low" in row and not row["low"] <= cycles <= row["high"]:
        yield f"{cycles} cycles lie outside {row['low']} to {row['high']}"


def rank(row):
    """The order that the consumer of hardware.json relies on: the first row of a program counts."""
    return (row["cycles_per_iteration"] is None, row["chip"] != "M2", row["grade"])


def check_hardware(hardware, names):
    rows = hardware["measurements"]
    for row in rows:
        for line in check_measurement(row, names, hardware["grades"]):
            yield f"{row['program']} ({row['source']}): {line}"
    for name in names:
        ranks = [rank(row) for row in rows if row["program"] == name]
        if ranks != sorted(ranks):
            yield f"{name}: measurements are not in order of preference"


def main():
    options = programs.parse(__doc__.splitlines()[0])
    suite = programs.load_suite(options.programs)
    names = [row["name"] for row in suite]
    with open(options.programs / "hardware.json", encoding="utf-8") as file:
        findings = [list(check_hardware(json.load(file), names))]
    findings[0] += [f"{name} stands twice in suite.json" for name in set(names) if names.count(name) > 1]
    print(*(f"hardware.json: {line}" for line in findings[0]), sep="\n", end="\n" if findings[0] else "")
    checked = programs.in_parallel(options.jobs, lambda row: list(check_program(options.programs, row)), suite)
    for row, found in zip(suite, checked):
        findings.append(found)
        for line in found:
            print(f"{row['name']}: {line}")
    failed = sum(1 for found in findings if found)
    print(f"{len(findings) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
