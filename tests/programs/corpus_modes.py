#!/usr/bin/env python3
"""Runs the corpus's cases marked @modes in emulation, timing and fast-timing.

Threads, processes, signals and sockets must not make a run differ from the next: every mode leaves behind
what emulation does (which compare_corpus.py compares with QEMU), and a second run in a timing mode gives the
same statistics, host.* aside. Prints a line a case and "N passed, N failed".
"""

import json
import pathlib
import sys

import compare_corpus
import corpus
import programs
import statistics_file

TIMING_MODES = ("timing", "fast-timing")


def run(options, case, scratch, mode):
    """(outcome, statistics without those of the host, or None when there are none)"""
    path = scratch.folder / "stats.json"
    path.unlink(missing_ok=True)
    more = ["--mode", mode, "--stats", str(path)]
    outcome = scratch.run(corpus.m2sim_command(options, case, scratch.environment(), more), options.timeout)
    if not path.exists():
        return outcome, None
    return outcome, statistics_file.without_host(json.loads(path.read_bytes())["stats"])


def findings(options, case, scratch, mode, expected):
    """What is wrong with two runs in a timing mode, and the statistics of the second."""
    stats = None
    for attempt in ("first", "second"):
        outcome, latest = run(options, case, scratch, mode)
        if latest is None:
            yield f"{mode}, {attempt} run: no statistics, exit status {outcome.status}"
            return
        for line in compare_corpus.differences(outcome, expected, options.lines, (mode, "emulation")):
            yield f"{mode}, {attempt} run: {line}"
        for name in sorted(latest.keys() | (stats or latest).keys()):
            if stats is not None and stats.get(name) != latest.get(name):
                yield f"{mode}: {name} is {stats.get(name)} in one run and {latest.get(name)} in another"
        stats = latest


def check(options, case):
    """(case, findings, statistics in emulation)"""
    with corpus.Scratch(case) as scratch:
        expected, stats = run(options, case, scratch, "emulation")
        if stats is None:
            return case, [f"emulation: no statistics, exit status {expected.status}"], None
        found = [line for mode in TIMING_MODES for line in findings(options, case, scratch, mode, expected)]
    return case, found, stats


def main():
    options = programs.parse(__doc__.splitlines()[0], compare_corpus.add_options)
    options.sysroot = options.sysroot.resolve()
    try:
        cases = compare_corpus.chosen_cases(options, {"modes", "quick"} if options.quick else {"modes"})
        if options.list:
            print(*(case.full_name for case in cases), sep="\n")
            return 0
        failed = 0
        for case, found, stats in programs.in_parallel(options.jobs, lambda case: check(options, case), cases):
            failed += bool(found)
            for line in found:
                print(f"{case.full_name}: {line}", flush=True)
            if not found:
                print(f"{case.full_name}: the same in every mode and run, {stats['emulation.insts']:.0f} instructions",
                      flush=True)
    except corpus.BadCase as bad:
        print(f"{pathlib.Path(__file__).name}: {bad}", file=sys.stderr)
        return 2
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
