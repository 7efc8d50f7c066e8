#!/usr/bin/env python3
"""Runs the guest programs of guests/ under m2sim in every mode and compares them with qemu-aarch64.

Standard output and exit status must be qemu's, or those of NAME.expected where a program does what qemu
does not. In timing and in fast-timing mode, with the clocks by instructions and by cycles, two runs must give the
same output and the same statistics, host.* aside. A guest whose threads wait for each other for ever must be told so.
Prints one line a finding, then "N passed, N failed".
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import programs
import statistics_file

MODES = ("emulation", "emulation --jit 1") + tuple(mode for mode in ("timing", "fast-timing", "timing --clock cycles", "fast-timing --clock cycles")
                               for _ in range(2))
# The reference runs in real time: on a busy machine its threads may come too late.
ATTEMPTS = 3
DEADLOCK = "every thread waits for something that none of them will do"


def reference_of(options, program):
    """(stdout, status) as they should be."""
    expected = pathlib.Path(__file__).parent / "guests" / f"{program.name}.expected"
    if expected.exists():
        return expected.read_bytes(), 0
    outcome = programs.run(programs.resolve_command(options.reference), programs.Case("", [str(program)]), 60)
    # A signal ends the reference itself; m2sim says so as a shell would.
    status = outcome.status
    return outcome.stdout, 128 - status if status is not None and status < 0 else status


def as_needed(program):
    """What a guest's rights ask for: one is about leaving root's behind."""
    return ["sudo", "-n"] if program.name == "rights" and os.geteuid() != 0 else []


def run_mode(options, program, mode):
    """(stdout, status, statistics) of one run."""
    with tempfile.TemporaryDirectory(prefix="m2sim-stats-") as name:
        path = pathlib.Path(name) / "stats.json"
        prefix = [*as_needed(program), *options.m2sim, "run", "--mode", *mode.split(), "--quiet", "--stats", str(path), "--"]
        outcome = programs.run(prefix, programs.Case("", [str(program)]), 120)
        stats = statistics_file.without_host(statistics_file.read(path)) if path.exists() else {}
    return outcome.stdout, outcome.status, stats, outcome.stderr


def findings(options, program):
    seen = {}
    for mode in MODES:
        stdout, status, stats, stderr = run_mode(options, program, mode)
        if "emulation" not in seen:
            seen["emulation"] = (stdout, status, None)
            for _ in range(ATTEMPTS):
                wanted, wanted_status = reference_of(options, program)
                if (stdout, status) == (wanted, wanted_status):
                    break
            else:
                pairs = zip(stdout.splitlines() + [b"(end)"], wanted.splitlines() + [b"(end)"])
                line = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
                yield f"status {status} instead of {wanted_status}, {line[0]!r} instead of {line[1]!r} {stderr!r}"
        if (stdout, status) != seen["emulation"][:2]:
            yield f"{mode}: other output or status than in emulation mode"
        if mode == "emulation":
            continue
        before = seen.setdefault(mode, (stdout, status, stats))[2]
        for key in sorted(before.keys() | stats.keys()):
            if before.get(key) != stats.get(key):
                yield f"{mode}: {key} is {before.get(key)} in one run and {stats.get(key)} in another"


def deadlock_findings(options, program):
    for mode in ("emulation", "timing"):
        done = subprocess.run([*options.m2sim, "run", "--mode", mode, "--quiet", "--", str(program)],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        if done.returncode != 125 or DEADLOCK not in done.stderr.decode() or done.stdout != b"before\n":
            yield f"{mode}: status {done.returncode}, {done.stdout!r}, {done.stderr!r}"


def check(options, program):
    if program.name == "deadlock":
        return program, list(deadlock_findings(options, program))
    return program, list(findings(options, program))


def add_options(parser):
    parser.add_argument("--reference", default="qemu-aarch64 -cpu max", help="command to compare with")
    parser.add_argument("--guests", type=pathlib.Path, required=True, help="folder of the compiled guests")


def main():
    options = programs.parse(__doc__.splitlines()[0], add_options)
    names = [path for path in sorted(options.guests.resolve().iterdir())
             if os.access(path, os.X_OK) and re.search(options.filter, path.name)]
    if not names:
        print(f"no program in {options.guests} matches '{options.filter}'", file=sys.stderr)
        return 2
    failed = 0
    for program, found in programs.in_parallel(options.jobs, lambda name: check(options, name), names):
        failed += bool(found)
        for line in found:
            print(f"{program.name}: {line}", flush=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
