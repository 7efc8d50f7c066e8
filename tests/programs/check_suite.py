#!/usr/bin/env python3
"""Checks suite.json against qemu-aarch64: every program exits with 0 and prints what the manifest says.

Prints one line a finding, then "N passed, N failed".
"""

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


def main():
    options = programs.parse(__doc__.splitlines()[0])
    suite = programs.load_suite(options.programs)
    names = [row["name"] for row in suite]
    findings = [[f"{name} stands twice in suite.json" for name in set(names) if names.count(name) > 1]]
    print(*findings[0], sep="\n", end="\n" if findings[0] else "")
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
