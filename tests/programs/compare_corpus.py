#!/usr/bin/env python3
"""Runs the comparison corpus under m2sim and under qemu-aarch64 and compares what both leave behind.

Compared are the exit status, stdout, stderr and every file in the run's folder with its permissions. The
reference is computed in the same run. Prints the differences, a count for every program, and
"N passed, N failed". The cases are described in corpus.py.
"""

import collections
import difflib
import pathlib
import re
import sys

import corpus
import programs


def lines_of(content):
    return content.decode(errors="backslashreplace").splitlines()


def shown_difference(name, ours, theirs, limit, runs):
    names = (f"{name} ({run})" for run in reversed(runs))
    diff = list(difflib.unified_diff(lines_of(theirs), lines_of(ours), *names, n=1, lineterm=""))
    more = len(diff) - limit
    yield from (line[:200] for line in diff[:limit])
    if more > 0:
        yield f"... {more} more lines"
    if not diff:
        yield f"{name} differs in its line ends or bytes that are no text"


def differences(ours, theirs, limit, runs=("m2sim", "qemu")):
    """Lines about all that two outcomes do not share; `runs` names them."""
    if ours.status != theirs.status:
        yield f"exit status {ours.status} instead of {theirs.status}"
    for stream in ("stdout", "stderr"):
        left, right = getattr(ours, stream), getattr(theirs, stream)
        if left != right:
            yield from shown_difference(stream, left, right, limit, runs)
    for name in sorted(ours.files.keys() | theirs.files.keys()):
        left, right = ours.files.get(name), theirs.files.get(name)
        if left is None or right is None:
            yield f"file {name} {'is missing' if left is None else 'should not be there'}"
        elif left[0] != right[0]:
            yield f"file {name} has mode {left[0]} instead of {right[0]}"
        elif left != right:
            yield from shown_difference(f"file {name}", left[1], right[1], limit, runs)


KILLED = re.compile(rb"^(qemu: uncaught target signal |m2sim: .*: killed by SIG)[^\n]*\n", re.MULTILINE)


def guests_own(outcome):
    """An outcome without what the simulator says of its guest's death; QEMU dies of the same signal, too."""
    status = outcome.status
    if status is not None and status < 0:
        status = 128 - status
    return programs.Outcome(status, outcome.stdout, KILLED.sub(b"", outcome.stderr), outcome.files)


def compare(options, case):
    """(case, reference, findings)"""
    with corpus.Scratch(case) as scratch:
        theirs = scratch.run(corpus.qemu_command(options, case, scratch.folder), options.timeout)
        ours = scratch.run(corpus.m2sim_command(options, case, scratch.environment(),
                                                 ["--mode", "emulation", "--jit", str(options.jit)]), options.timeout)
    ours, theirs = guests_own(ours), guests_own(theirs)
    if theirs.status is None:
        return case, theirs, [f"the reference takes more than {options.timeout:.0f} s"]
    return case, theirs, list(differences(ours, theirs, options.lines))


def add_options(parser):
    parser.add_argument("--sysroot", type=pathlib.Path, required=True, help="folder that fetch_debian_arm64.sh filled")
    parser.add_argument("--quick", action="store_true", help="the quick part only")
    parser.add_argument("--jit", type=int, default=1000, help="executions before a block becomes machine code; 0: never")
    parser.add_argument("--list", action="store_true", help="name the cases and run none")
    parser.add_argument("--timeout", type=float, default=120, help="seconds a run may take")
    parser.add_argument("--lines", type=int, default=30, help="lines of a difference to show")
    parser.add_argument("--verbose", action="store_true", help="name the cases that pass, too")
    parser.add_argument("--show", action="store_true", help="print the reference's output, too")


def chosen_cases(options, flags=()):
    cases = [case for case in corpus.load()
             if re.search(options.filter, case.full_name) and case.flags.issuperset(flags)]
    if not cases:
        raise corpus.BadCase(f"no case matches '{options.filter}'")
    return cases


def report(options, cases):
    """Runs the cases; how many failed."""
    passed, failed = collections.Counter(), collections.Counter()
    for case, theirs, found in programs.in_parallel(options.jobs, lambda case: compare(options, case), cases):
        (failed if found else passed)[case.program] += 1
        if options.show:
            print(f"-- {case.full_name}: {theirs.status}", *lines_of(theirs.stdout + theirs.stderr), sep="\n")
        if found:
            print(f"== {case.full_name}", *found, sep="\n", flush=True)
        elif options.verbose:
            print(f"{case.full_name}: same, exit status {theirs.status}, {len(theirs.stdout)} bytes, "
                  f"{len(theirs.files)} files", flush=True)
    for program in dict.fromkeys(case.program for case in cases):
        print(f"{program:12} {passed[program]:4} passed {failed[program]:4} failed")
    print(f"{passed.total()} passed, {failed.total()} failed")
    return failed.total()


def main():
    options = programs.parse(__doc__.splitlines()[0], add_options)
    options.sysroot = options.sysroot.resolve()
    try:
        cases = chosen_cases(options, {"quick"} if options.quick else ())
        if options.list:
            print(*(case.full_name for case in cases), sep="\n")
            return 0
        return 1 if report(options, cases) else 0
    except corpus.BadCase as bad:
        print(f"{pathlib.Path(__file__).name}: {bad}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
