#!/usr/bin/env python3
"""Runs the suite's programs in timing and fast-timing mode and checks what must hold of every run.

Each program ends with 0 and prints its checksum in both modes; a second run gives the same statistics,
host.* aside; the parts of the CPI stack are not negative and sum exactly to the cycles; both modes retire
the same instructions; fast-timing's cycles are within --tolerance of timing's.
Prints one line a finding, then a table, then "N passed, N failed".
"""

import re
import sys

import programs
import statistics_file

MODES = ("timing", "fast-timing")
STACK = "core.cpi_stack."


def check_stack(stats):
    parts = {name: value for name, value in stats.items() if name.startswith(STACK)}
    if not parts:
        yield "no CPI stack"
    for name, value in parts.items():
        if value < 0:
            yield f"{name} is negative: {value}"
    total = sum(parts.values())
    if total != stats["core.cycles"]:
        yield f"the CPI stack sums to {total}, not to {stats['core.cycles']} cycles"


def check_mode(options, row, mode):
    """(findings, statistics) of one program in one mode."""
    command = programs.suite_command(options.programs, row)
    stdout, _, first = statistics_file.run(options.m2sim, mode, command)
    found = [f"{mode}: {line}" for line in check_stack(first)]
    if stdout != row["stdout"]:
        found.append(f"{mode}: prints {stdout!r}, not {row['stdout']!r}")
    _, _, second = statistics_file.run(options.m2sim, mode, command)
    left, right = statistics_file.without_host(first), statistics_file.without_host(second)
    for name in sorted(left.keys() | right.keys()):
        if left.get(name) != right.get(name):
            found.append(f"{mode}: {name} is {left.get(name)} in one run and {right.get(name)} in another")
    return found, first


def compare_modes(stats, tolerance):
    timing, fast = (stats[mode] for mode in MODES)
    if timing["core.insts"] != fast["core.insts"]:
        yield f"timing retires {timing['core.insts']} instructions, fast-timing {fast['core.insts']}"
    difference = fast["core.cycles"] / timing["core.cycles"] - 1
    if abs(difference) > tolerance:
        yield f"fast-timing takes {100 * difference:+.1f} % cycles, more than {100 * tolerance:.0f} % apart"


def check(options, row):
    found, stats = [], {}
    for mode in MODES:
        try:
            lines, stats[mode] = check_mode(options, row, mode)
            found += lines
        except statistics_file.RunFailed as failure:
            found.append(str(failure))
    if len(stats) == len(MODES):
        found += compare_modes(stats, options.tolerance)
    return row, found, stats


def table_line(row, stats):
    timing, fast = (stats[mode] for mode in MODES)
    difference = 100 * (fast["core.cycles"] / timing["core.cycles"] - 1)
    return (f"{row['name']:18} {timing['core.insts']:12.0f} {timing['core.cycles']:12.0f} "
            f"{timing['core.cycles'] / timing['core.insts']:7.4f} {timing['core.cycles'] / row['iterations']:12.3f} "
            f"{difference:+8.2f} {timing['host.mips']:8.2f} {fast['host.mips']:8.2f}")


HEAD = (f"{'program':18} {'insts':>12} {'cycles':>12} {'CPI':>7} {'cycles/iter':>12} {'fast %':>8} "
        f"{'MIPS':>8} {'fast':>8}")


def main():
    options = programs.parse(__doc__.splitlines()[0], lambda parser: parser.add_argument(
        "--tolerance", type=float, default=0.10, help="how far fast-timing may be from timing (default 0.10)"))
    rows = [row for row in programs.load_suite(options.programs) if re.search(options.filter, row["name"])]
    if not rows:
        print(f"no program matches '{options.filter}'", file=sys.stderr)
        return 2
    passed, lines = 0, []
    for row, found, stats in programs.in_parallel(options.jobs, lambda row: check(options, row), rows):
        passed += not found
        for line in found:
            print(f"{row['name']}: {line}", flush=True)
        if len(stats) == len(MODES):
            lines.append(table_line(row, stats))
    print(HEAD, *lines, sep="\n")
    print(f"{passed} passed, {len(rows) - passed} failed")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
