#!/usr/bin/env python3
"""Runs the suite's programs in every mode and checks what must hold of every run.

Each program ends with 0 and prints its checksum in both modes; the parts of the CPI stack are not negative and sum exactly to the cycles; both modes retire
the same instructions; fast-timing's cycles are within --tolerance of timing's, and the share of every part of the stack within --share-tolerance.
All statistics, host.* aside, are the golden ones (golden_statistics.json); figures that are not in that file are
named and no difference; --record writes it anew. Where they differ a second run tells a change from chance.
Prints one line a finding, then a table, then "N passed, N failed".
"""

import re
import sys

import golden
import programs
import statistics_file

MODES = ("timing", "fast-timing")
STACK = "core.cpi_stack."
# Of the cycles; the farthest program of the suite is 1.4 % away.
TOLERANCE = 0.02
# Of all slots: otherwise the modes name different reasons for the same cycles.
SHARE_TOLERANCE = 0.03


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


def run(options, row, mode):
    return statistics_file.run(options.m2sim, mode, ["/" + row["file"], *row["arguments"]], sysroot=options.programs)


def check_mode(options, row, mode):
    """(findings, statistics) of one program in one mode."""
    stdout, first = run(options, row, mode)
    found = [f"{mode}: {line}" for line in check_stack(first)] if mode in MODES else []
    if stdout != row["stdout"]:
        found.append(f"{mode}: prints {stdout!r}, not {row['stdout']!r}")
    return found, first


def check_repeats(options, row, entries):
    """A second run of each mode gives the same: golden figures are those of another run, others need one."""
    for mode, left in entries.items():
        try:
            right = statistics_file.without_host(run(options, row, mode)[1])
        except statistics_file.RunFailed as failure:
            yield str(failure)
            continue
        for name in sorted(left.keys() | right.keys()):
            if left.get(name) != right.get(name):
                yield f"{mode}: {name} is {left.get(name)} in one run and {right.get(name)} in another"


def share_differences(stats):
    """By reason: fast-timing's share of the slots minus timing's."""
    timing, fast = (stats[mode] for mode in MODES)
    return {name.removeprefix(STACK): fast[name] / fast["core.cycles"] - timing[name] / timing["core.cycles"]
            for name in timing if name.startswith(STACK)}


def compare_modes(stats, tolerance, share_tolerance):
    timing, fast = (stats[mode] for mode in MODES)
    if timing["core.insts"] != fast["core.insts"]:
        yield f"timing retires {timing['core.insts']} instructions, fast-timing {fast['core.insts']}"
    difference = fast["core.cycles"] / timing["core.cycles"] - 1
    if abs(difference) > tolerance:
        yield f"fast-timing takes {100 * difference:+.1f} % cycles, more than {100 * tolerance:.0f} % apart"
    for reason, difference in share_differences(stats).items():
        if abs(difference) > share_tolerance:
            yield (f"fast-timing charges {100 * difference:+.1f} points of the slots to {reason}, "
                   f"more than {100 * share_tolerance:.0f} apart")


def check(options, row):
    found, stats, entries, added = [], {}, {}, set()
    for mode in golden.MODES:
        try:
            lines, stats[mode] = check_mode(options, row, mode)
            entries[mode] = statistics_file.without_host(stats[mode])
            found += lines
        except statistics_file.RunFailed as failure:
            found.append(str(failure))
    binary_sha256 = golden.loaded_sha256(options.programs / row["file"])
    if len(stats) == len(golden.MODES):
        found += compare_modes(stats, options.tolerance, options.share_tolerance)
    if not options.record:
        lines, added = golden.compare(options.golden, row, binary_sha256, entries)
        found += lines
        if lines or added:
            found += check_repeats(options, row, entries)
    return row, found, stats, added, (row["name"], binary_sha256, entries)


def table_line(row, stats):
    timing, fast = (stats[mode] for mode in MODES)
    difference = 100 * (fast["core.cycles"] / timing["core.cycles"] - 1)
    reason, share = max(share_differences(stats).items(), key=lambda item: abs(item[1]))
    return (f"{row['name']:18} {timing['core.insts']:12.0f} {timing['core.cycles']:12.0f} "
            f"{timing['core.cycles'] / timing['core.insts']:7.4f} {timing['core.cycles'] / row['iterations']:12.3f} "
            f"{difference:+8.2f} {timing['host.mips']:8.2f} {fast['host.mips']:8.2f} {100 * share:+6.2f} {reason}")


HEAD = (f"{'program':18} {'insts':>12} {'cycles':>12} {'CPI':>7} {'cycles/iter':>12} {'fast %':>8} "
        f"{'MIPS':>8} {'fast':>8}  share, farthest apart")


def add_options(parser):
    parser.add_argument("--tolerance", type=float, default=TOLERANCE,
                        help=f"how far fast-timing may be from timing (default {TOLERANCE})")
    parser.add_argument("--share-tolerance", type=float, default=SHARE_TOLERANCE,
                        help=f"how far a share of fast-timing's slots may be from timing's (default {SHARE_TOLERANCE})")
    parser.add_argument("--record", action="store_true", help="write the golden statistics anew; with --filter of these programs, the others keep theirs")


def main():
    options = programs.parse(__doc__.splitlines()[0], add_options)
    options.golden = None if options.record else golden.load()
    suite = programs.load_suite(options.programs)
    rows = [row for row in suite if re.search(options.filter, row["name"])]
    if not rows:
        print(f"no program matches '{options.filter}'", file=sys.stderr)
        return 2
    passed, lines, results, new = 0, [], [], set()
    for row, found, stats, added, result in programs.in_parallel(options.jobs, lambda row: check(options, row), rows):
        passed += not found
        for line in found:
            print(f"{row['name']}: {line}", flush=True)
        results.append(result)
        new |= added
        if len(stats) == len(golden.MODES):
            lines.append(table_line(row, stats))
    print(HEAD, *lines, sep="\n")
    if new:
        print(f"added, to be recorded: {', '.join(sorted(new))}")
    print(f"{passed} passed, {len(rows) - passed} failed")
    if options.record and passed == len(rows):
        golden.record(results if len(rows) == len(suite) else golden.joined(suite, results))
        print(f"recorded in {golden.FILE}")
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
