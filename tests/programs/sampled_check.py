#!/usr/bin/env python3
"""How often the interval of a sampled run holds: the suite's long programs, whole and sampled with several seeds.

Prints a table in Markdown and a line of totals. The exit status is 1 where fewer than --least percent of the sampled
runs have the whole run's CPI within their interval of 95 %, or a run is further off than --most percent.
With --keep DIR every run's figures stay there and are not made again: for hours of runs, and for one simulator only.
"""

import json
import pathlib
import re
import statistics
import sys
import tempfile

import programs
import statistics_file

# What of a run's figures is looked at.
FIGURES = ("core.insts", "core.cycles", "core.cpi", "host.cpu_seconds", "sample.error", "sample.met")
# Of one run's interval, in percent of CPI: what --sample promises when nothing else is asked for.
PROMISED = 3.0


def add_options(parser):
    parser.add_argument("--seeds", type=int, default=10, help="so many")
    parser.add_argument("--first-seed", type=int, default=1, help="they count from here")
    parser.add_argument("--mode", default="fast-timing", choices=("timing", "fast-timing"))
    parser.add_argument("--limit", help="only so many instructions of each")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="keep figures here, and take those that are there")
    parser.add_argument("--least", type=float, default=93, help="percent of the runs that must be inside")
    parser.add_argument("--most", type=float, default=100, help="percent that a run's CPI may be off")


def figures(options, folder, name, seed):
    """Of the whole run where there is no seed."""
    kept = folder / f"{name}.{options.mode}.{'whole' if seed is None else seed}.json"
    if kept.exists():
        return json.loads(kept.read_text(encoding="utf-8"))
    more = [] if options.limit is None else ["--limit", options.limit]
    more += [] if seed is None else ["--sample", "--sample-seed", str(seed)]
    stats = statistics_file.run(options.m2sim, options.mode, ["/" + name], timeout=7200,
                                sysroot=options.programs / "long", more=more)[1]
    found = {figure: stats[figure] for figure in FIGURES if figure in stats}
    half_written = kept.with_suffix(".new")
    half_written.write_text(json.dumps(found), encoding="utf-8")
    half_written.rename(kept)
    return found


def row(name, whole, sampled):
    """A program's line of the table, and what the totals need of it."""
    off = [100 * (run["core.cpi"] / whole["core.cpi"] - 1) for run in sampled]
    error = [100 * run["sample.error"] for run in sampled]
    # The interval is about the estimate.
    inside = [abs(run["core.cpi"] - whole["core.cpi"]) <= run["sample.error"] * run["core.cpi"] for run in sampled]
    mips = statistics.median(run["core.insts"] / 1e6 / run["host.cpu_seconds"] for run in sampled)
    met = sum(run["sample.met"] for run in sampled)
    print(f"| {name} | {whole['core.cpi']:.4f} | {sum(inside)} of {len(inside)} | {statistics.mean(off):+.2f} % "
          f"| {max(map(abs, off)):.2f} % | {max(error):.2f} % | {met:.0f} | {mips:.0f} |", flush=True)
    return {"inside": inside, "off": off, "error": error, "mips": mips,
            "whole mips": whole["core.insts"] / 1e6 / whole["host.cpu_seconds"]}


def table(options, folder):
    names = [program["name"] for program in programs.load_suite(options.programs)
             if re.search(options.filter, program["name"])]
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    runs = [(name, seed) for name in sorted(names) for seed in (None, *seeds)]
    found = programs.in_parallel(options.jobs, lambda run: figures(options, folder, *run), runs)
    print("| program | CPI, whole | inside | off, mean | off, worst | widest interval | met | MIPS |\n"
          "|---|--:|--:|--:|--:|--:|--:|--:|")
    for name in sorted(names):
        whole = next(found)
        yield row(name, whole, [next(found) for _ in seeds])


def main():
    options = programs.parse(__doc__, add_options)
    with tempfile.TemporaryDirectory() as name:
        folder = options.keep or pathlib.Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            rows = list(table(options, folder))
        except statistics_file.RunFailed as failure:
            sys.exit(f"sampled_check.py: {failure}")
    if not rows:
        sys.exit(f"sampled_check.py: no program's name matches {options.filter!r}")
    inside = [one for program in rows for one in program["inside"]]
    narrow = sum(error <= PROMISED for program in rows for error in program["error"])
    share = 100 * sum(inside) / len(inside)
    print(f"\n{sum(inside)} of {len(inside)} inside ({share:.1f} %), {narrow} of {len(inside)} known to {PROMISED:g} %; "
          f"{statistics.geometric_mean(program['mips'] for program in rows):.0f} MIPS on the geometric mean, whole runs "
          f"{statistics.geometric_mean(program['whole mips'] for program in rows):.1f}")
    worst = max(abs(off) for program in rows for off in program["off"])
    return share < options.least or worst > options.most


if __name__ == "__main__":
    sys.exit(main())
