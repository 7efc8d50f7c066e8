#!/usr/bin/env python3
"""Runs guest programs under m2sim and under qemu-aarch64 and compares everything they leave behind.

Compared are the exit status, stdout, stderr and every file in the run's scratch folder. One line a
difference, then "N passed, N failed". The cases: the programs of suite.json, and with --debian the
busybox and bash that fetch_debian_arm64.sh unpacked.
"""

import pathlib
import re
import sys

import bash_cases
import busybox_cases
import programs


def suite_cases(folder):
    for row in programs.load_suite(folder):
        yield programs.Case(f"suite {row['name']}", programs.suite_command(folder, row))


def all_cases(options):
    yield from suite_cases(options.programs)
    if options.debian:
        folder = options.debian.resolve() / "bin"
        yield from busybox_cases.cases(str(folder / "busybox"))
        yield from bash_cases.cases(str(folder / "bash-static"))


def shown(value, limit=60):
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def first_difference(ours, theirs):
    """Where two byte strings part: their lines there, shortened."""
    our_lines, their_lines = ours.split(b"\n"), theirs.split(b"\n")
    for number, (left, right) in enumerate(zip(our_lines, their_lines), 1):
        if left != right:
            return f"line {number}: {shown(left)} instead of {shown(right)}"
    return f"{len(our_lines) - 1} lines instead of {len(their_lines) - 1}"


def differences(ours, theirs):
    if ours.status != theirs.status:
        yield f"exit status {ours.status} instead of {theirs.status}; stderr {shown(ours.stderr, 200)}"
    for stream in ("stdout", "stderr"):
        left, right = getattr(ours, stream), getattr(theirs, stream)
        if left != right:
            yield f"{stream}, {first_difference(left, right)}"
    for name in sorted(ours.files.keys() | theirs.files.keys()):
        if ours.files.get(name, "missing") != theirs.files.get(name, "missing"):
            yield f"file {name} differs"


def add_options(parser):
    parser.add_argument("--debian", type=pathlib.Path, help="folder that fetch_debian_arm64.sh filled")
    parser.add_argument("--reference", default="qemu-aarch64", help="command to compare with")
    parser.add_argument("--subject", help="command to compare instead of `m2sim run --mode emulation --quiet --`")
    parser.add_argument("--timeout", type=float, default=300, help="seconds a run may take")
    parser.add_argument("--verbose", action="store_true", help="name the cases that pass, too")


def main():
    options = programs.parse(__doc__.splitlines()[0], add_options)
    # m2sim's guests get no variable unasked; qemu-aarch64 hands them on last first.
    variables = [f"--env={name}={value}" for name, value in reversed(programs.ENVIRONMENT.items())]
    subject = [*options.m2sim, "run", "--mode", "emulation", "--quiet", *variables, "--"]
    if options.subject:
        subject = programs.resolve_command(options.subject)
    reference = programs.resolve_command(options.reference)
    cases = [case for case in all_cases(options) if re.search(options.filter, case.name)]
    if not cases:
        print(f"no case matches '{options.filter}'", file=sys.stderr)
        return 2

    def compare(case):
        theirs = programs.run(reference, case, options.timeout)
        return case, theirs, list(differences(programs.run(subject, case, options.timeout), theirs))

    passed = failed = 0
    for case, theirs, found in programs.in_parallel(options.jobs, compare, cases):
        if theirs.status is None:
            found = ["the reference timed out"]
        for line in found:
            print(f"{case.name}: {line}", flush=True)
        if options.verbose and not found:
            print(f"{case.name}: same, exit status {theirs.status}, {len(theirs.stdout)} bytes", flush=True)
        passed, failed = passed + (not found), failed + bool(found)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
