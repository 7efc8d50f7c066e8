#!/usr/bin/env python3
"""Random words of every row of the encoding table, or random sequences of them, here and under QEMU.

usage: prove.py rows|sequences --tools DIR --m2sim FILE [--seed N] [--samples N] [--modes LIST] [--processes N]

Runs prove_rows (prove_sequences) of DIR in several processes and sums up what they say: rows covered, words,
and the opcodes that LLVM knows them by. --samples: of each row, or sequences. Exits with 1 on a difference that has no
reason and, for rows, when one is not covered.
"""
import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import llvm_opcodes


def start_parts(options, folder):
    tool = options.tools / ("prove_" + options.what)
    return [subprocess.Popen(
        [tool, "--runner", options.tools / "run_samples.bin", "--m2sim", options.m2sim, "--seed", str(options.seed),
         "--samples", str(options.samples), "--modes", options.modes, "--part", f"{part}/{options.processes}",
         "--words", folder / f"words{part}"],
        stdout=subprocess.PIPE, text=True) for part in range(options.processes)]


def sum_up(parts):
    """Prints what the parts found; the sums of their counts, and whether all of them were content."""
    totals = collections.Counter()
    reasons = {}
    content = True
    for part in parts:
        text = part.communicate()[0]
        content &= part.returncode == 0
        for line in text.splitlines():
            counts = re.findall(r"(\w+)=(\d+)", line)
            if line.startswith("reason "):
                row, reason = line[len("reason "):].split(": ", 1)
                reasons.setdefault(reason, set()).add(row)
            elif counts and not line.startswith(" "):
                totals.update({name: int(value) for name, value in counts})
            else:
                print(line)
    for reason, rows in sorted(reasons.items()):
        print(f"differs on purpose: {', '.join(sorted(rows))}: {reason}")
    return totals, content and bool(totals)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["rows", "sequences"])
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("--m2sim", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--modes", default="emulation --jit 0,emulation --jit 1,timing,fast-timing")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--unreached", action="store_true", help="name the LLVM opcodes that no word had")
    options = parser.parse_args()
    options.m2sim = options.m2sim.resolve()
    with tempfile.TemporaryDirectory(prefix="m2sim-rows-") as name:
        folder = pathlib.Path(name)
        totals, content = sum_up(start_parts(options, folder))
        words = {int(line, 16) for path in folder.glob("words*") for line in path.read_text().split()}
    del totals["distinct"]
    print(f"seed {options.seed}: " + ", ".join(f"{value} {name}" for name, value in totals.items()) +
          f", {len(words)} distinct words, modes {options.modes}")
    content &= llvm_opcodes.report(words, options.unreached)
    return 0 if content else 1


if __name__ == "__main__":
    sys.exit(main())
