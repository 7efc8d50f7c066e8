#!/usr/bin/env python3
"""What runs of real programs say beside the published figures of the same applications.

usage: real_report.py FILE [BEFORE]   (FILE and BEFORE: what real_programs.py --output wrote)
"""

import argparse
import collections
import csv
import dataclasses
import math
import pathlib

PUBLISHED = pathlib.Path(__file__).resolve().parents[2] / "calibration" / "data" / "programs.csv"
CORES = ("m1-pcore", "m2-pcore")
KEYS = ("program", "application", "kin", "core", "mode", "run", "skip")
COUNTS = ("insts", "cycles", "mispredicts")
# What the comparison is held to: IPC to the published one, mispredictions to theirs, the gain that must have its sign.
LOW, HIGH = 0.75, 1.35
MISPREDICT_FACTOR = 1.6
CLEAR_GAIN = 0.08
SHOWN_REASONS = 4


@dataclasses.dataclass(frozen=True)
class Figures:
    """One program on one core, all its windows together, beside the published run."""

    program: str
    application: str
    kin: str
    core: str
    ipc: float
    mpki: float
    lowest: float   # IPC of its windows
    highest: float
    stack: dict     # share of the cycles by reason
    published_ipc: float
    published_mpki: float

    @property
    def ratio(self):
        return self.ipc / self.published_ipc

    @property
    def mpki_ratio(self):
        return self.mpki / self.published_mpki


def rows_published(path=PUBLISHED):
    """What was measured, by application and core."""
    with open(path, encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {(row["application"], row["core"]): row for row in rows}


def published(path=PUBLISHED):
    """(IPC, mispredictions per 1000 instructions) by application and core."""
    return {key: (float(row["ipc"]), float(row["mpki"])) for key, row in rows_published(path).items()}


def clocks(path=PUBLISHED):
    """MHz at which that was measured, by application and core."""
    return {key: int(row["mhz"]) for key, row in rows_published(path).items()}


def read_windows(path):
    """Rows of a file that write_windows wrote, counts as numbers."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{name: text if name in KEYS else float(text) for name, text in row.items()} for row in rows]


def write_windows(path, windows):
    reasons = [name for name in windows[0] if name not in KEYS + COUNTS]
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*KEYS, *COUNTS, *reasons], lineterminator="\n")
        writer.writeheader()
        writer.writerows(windows)


def together(windows, known):
    """Figures of one program on one core: instructions and cycles add up, so that a slow window has its weight."""
    first = windows[0]
    total = collections.Counter()
    for window in windows:
        total.update({name: value for name, value in window.items() if name not in KEYS})
    ipcs = [window["insts"] / window["cycles"] for window in windows]
    ipc, mpki = known[first["application"], first["core"]]
    return Figures(first["program"], first["application"], first["kin"], first["core"],
                   total["insts"] / total["cycles"], 1000 * total["mispredicts"] / total["insts"], min(ipcs), max(ipcs),
                   {name: value / total["cycles"] for name, value in total.items() if name not in COUNTS}, ipc, mpki)


def figures(windows, known):
    groups = collections.defaultdict(list)
    for window in windows:
        groups[window["program"], window["core"]].append(window)
    return [together(group, known) for group in groups.values()]


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(map(math.log, values)) / len(values))


def gains(rows):
    """(program, simulated, published) gain of the M2 over the M1, of the programs that ran on both."""
    by_program = collections.defaultdict(dict)
    for row in rows:
        by_program[row.program][row.core] = row
    for program, cores in by_program.items():
        if all(core in cores for core in CORES):
            old, new = (cores[core] for core in CORES)
            yield program, new.ipc / old.ipc - 1, new.published_ipc / old.published_ipc - 1


def summary(rows):
    """Lines that say how near all rows are."""
    outside = [row for row in rows if not LOW <= row.ratio <= HIGH]
    near = [row for row in rows if 1 / MISPREDICT_FACTOR <= row.mpki_ratio <= MISPREDICT_FACTOR]
    for core in CORES:
        here = [row.ratio for row in rows if row.core == core]
        if here:
            yield f"{core}: geometric mean of simulated to published IPC {geometric_mean(here):.3f} over {len(here)} programs"
    yield f"IPC below {LOW} or above {HIGH} of the published: {len(outside)} of {len(rows)}" + "".join(
        f"; {row.program} {row.core} {row.ratio:.2f}" for row in outside)
    yield f"mispredictions within a factor of {MISPREDICT_FACTOR}: {len(near)} of {len(rows)}"
    clear = [gain for gain in gains(rows) if gain[2] > CLEAR_GAIN]
    right = [gain for gain in clear if gain[1] > 0]
    if clear:
        yield f"the M2's gain, where it is above {100 * CLEAR_GAIN:.0f} %, has the right sign: {len(right)} of {len(clear)}" + "".join(
            f"; {program} {100 * simulated:+.1f} % for {100 * known:+.1f} %"
            for program, simulated, known in clear if simulated <= 0)


def reasons(stack):
    largest = sorted(((share, name) for name, share in stack.items() if name != "base"), reverse=True)
    return "  ".join(f"{name} {100 * share:.0f} %" for share, name in largest[:SHOWN_REASONS] if share >= 0.005)


HEAD = (f"{'program':12} {'application':16} {'kin':5} {'core':8}   {'IPC':>4} {'publ.':>5} {'ratio':>5} {'windows':>11}"
        f" {'MPKI':>6} {'publ.':>6} {'ratio':>5}  largest losses, % of the cycles")


def line(row):
    return (f"{row.program:12} {row.application:16} {row.kin:5} {row.core:8} {row.ipc:6.2f} {row.published_ipc:5.2f} "
            f"{row.ratio:5.2f} {row.lowest:5.2f}-{row.highest:<5.2f} {row.mpki:6.2f} {row.published_mpki:6.2f} "
            f"{row.mpki_ratio:5.2f}  {reasons(row.stack)}")


def report(windows, known):
    """The whole report, line by line."""
    rows = figures(windows, known)
    yield HEAD
    yield from map(line, rows)
    listed = list(gains(rows))
    if listed:
        yield ""
        yield "The M2's IPC over the M1's: " + ", ".join(
            f"{program} {100 * simulated:+.1f} % ({100 * there:+.1f} %)" for program, simulated, there in listed)
        yield "(in brackets: published)"
    same = [row for row in rows if row.kin == "same"]
    for title, chosen in (("The same applications", same), ("All programs", rows)):
        if chosen and (chosen is same or len(same) < len(rows)):
            yield ""
            yield title
            yield from (f"  {text}" for text in summary(chosen))


def comparison(before, after, known):
    """What changed between two runs, program by program."""
    old = {(row.program, row.core): row for row in figures(before, known)}
    yield f"{'program':12} {'core':8} {'IPC before':>10} {'after':>6} {'change':>8} {'ratio':>6} {'MPKI before':>11} {'after':>6}"
    for row in figures(after, known):
        was = old.get((row.program, row.core))
        if was:
            yield (f"{row.program:12} {row.core:8} {was.ipc:10.3f} {row.ipc:6.3f} {100 * (row.ipc / was.ipc - 1):+7.1f}% "
                   f"{row.ratio:6.2f} {was.mpki:11.2f} {row.mpki:6.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("before", type=pathlib.Path, nargs="?", help="show what changed since then")
    options = parser.parse_args()
    known = published()
    windows = read_windows(options.file)
    if options.before:
        print("\n".join([*comparison(read_windows(options.before), windows, known), ""]))
    print("\n".join(report(windows, known)))


if __name__ == "__main__":
    main()
