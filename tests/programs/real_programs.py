#!/usr/bin/env python3
"""Runs windows of real programs on both cores and sets IPC and mispredictions beside the published figures.

real/programs.toml lists the programs; --root is a Debian for arm64 with their packages (fetch_debian_arm64.sh), in
which the inputs are made once. Names that a guest sees lie below it: the figures are the same wherever it is.
"""

import argparse
import contextlib
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib

import programs
import real_report
import statistics_file
from real import direct_calls, inputs

LIST = pathlib.Path(__file__).parent / "real" / "programs.toml"
STACK = "core.cpi_stack."


def load(pattern=""):
    """(the file's windows, its programs whose name matches)"""
    with open(LIST, "rb") as file:
        listed = tomllib.load(file)
    return listed, [program for program in listed["program"] if re.search(pattern, program["name"])]


def make_inputs(root, chosen):
    """The folder of the inputs, as a guest sees it."""
    # Programs that keep files in their user's home must not find the host's. SpamAssassin would make its folder the first time only.
    (root / "guest" / ".spamassassin").mkdir(parents=True, exist_ok=True)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/guest:/bin/sh\n", encoding="utf-8")
    folder = inputs.make_all(dict.fromkeys(name for program in chosen for name in program["inputs"]), root)
    for program in chosen:
        if "own_libraries" in program:
            direct_calls.make_all(program["own_libraries"], root / "usr/lib/aarch64-linux-gnu", root / libraries_of(program, folder)[1:])
    return folder


def libraries_of(program, folder):
    """A folder for each program: ns3 must not find SQLite's only because that was chosen, too."""
    return f"{folder}/lib.{program['name']}"


def jobs(options, listed, chosen, folder):
    """One dictionary a window, a core after the other."""
    number = itertools.count()
    clocks = real_report.clocks()
    for program in chosen:
        libraries = [f"LD_LIBRARY_PATH={libraries_of(program, folder)}"] if "own_libraries" in program else []
        for core in options.core:
            for index, run in enumerate(program["runs"]):
                command = [word.replace("/real/", f"{folder}/") for word in run["command"]]
                stdin = options.root / folder[1:] / run["stdin"] if "stdin" in run else None
                for skip in run["skip"]:
                    yield {"program": program["name"], "application": program["application"], "kin": program["kin"],
                           "core": core, "mhz": clocks[program["application"], core], "mode": options.mode, "run": index, "skip": skip, "command": command,
                           "environment": libraries + run.get("environment", []), "stdin": stdin, "number": next(number),
                           "limit": listed["limit"], "warmup": listed["warmup"]}


def millions(text):
    return int(text.removesuffix("M")) * 10 ** 6


@contextlib.contextmanager
def typed(path):
    """A pipe that has what the file says and then stays open, as a terminal at which nobody types further. Without a
    file the input has ended: povray asks for Enter and would look for it again and again in every window."""
    if path is None:
        yield subprocess.DEVNULL
        return
    reader, writer = os.pipe()
    try:
        os.write(writer, path.read_bytes())
        yield reader
    finally:
        os.close(reader)
        os.close(writer)


def new_scratch(root, number):
    """A folder whose name is the same every time, unless another run on the same root has it now."""
    for choice in itertools.count(number, 1000):
        path = root / "scratch" / f"{choice:05}"
        try:
            path.mkdir(parents=True)
            return path
        except FileExistsError:
            pass


def window_options(job, folder):
    """(what makes a run of one window, how many times its instructions the figures are of). The window is a simulation point,
    the last interval of a run that begins where warming does: caches and predictors learn at the speed of warming."""
    begin, limit = millions(job["skip"]), millions(job["limit"])
    intervals = min(-(-millions(job["warmup"]) // limit), begin // limit)
    (folder / "window.simpoints").write_text(f"{intervals} 0\n", encoding="utf-8")
    (folder / "window.weights").write_text("1 0\n", encoding="utf-8")
    return ["--simpoints", str(folder / "window.simpoints"), "--interval-size", job["limit"], "--warmup", job["warmup"],
            "--skip", str(begin - intervals * limit), "--limit", str((intervals + 1) * limit)], intervals + 1


def window(options, job):
    """A row of the output, or what went wrong."""
    scratch = new_scratch(options.root, job["number"])
    # At the clock at which the published run was: memory's latencies are nanoseconds.
    more = ["--core", job["core"], "--set", f"clock.mhz={job['mhz']}", "--cwd", str(scratch)]
    more += [word for value in options.set for word in ("--set", value)]
    more += [word for value in job["environment"] for word in ("--env", value)]
    try:
        with tempfile.TemporaryDirectory(prefix="m2sim-window-") as folder, typed(job["stdin"]) as stdin:
            chosen, times = window_options(job, pathlib.Path(folder))
            more += chosen
            _, stats = statistics_file.run(options.m2sim, job["mode"], job["command"], sysroot=options.root, more=more, stdin=stdin)
    except statistics_file.RunFailed as failure:
        return f"{job['program']} {job['core']} at {job['skip']}: {failure}"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if stats["core.insts"] != times * millions(job["limit"]):
        return f"{job['program']} {job['core']} at {job['skip']}: the program ended before its window did"
    figures = {"insts": stats["core.insts"], "cycles": stats["core.cycles"], "mispredicts": stats["branch.mispredicts"]}
    figures |= {name.removeprefix(STACK): value for name, value in stats.items() if name.startswith(STACK)}
    return {name: job[name] for name in real_report.KEYS} | {name: value / times for name, value in figures.items()}


def run_all(options, listed, chosen, folder):
    """(rows, failures), with progress on standard error. A run that is broken off keeps the rows it has."""
    todo = list(jobs(options, listed, chosen, folder))
    rows, failures = [], []
    begun = time.monotonic()
    for done, result in enumerate(programs.in_parallel(options.jobs, lambda job: window(options, job), todo), 1):
        if isinstance(result, str):
            failures.append(result)
            print(result, file=sys.stderr)
            continue
        rows.append(result)
        if options.output:
            real_report.write_windows(options.output, rows)
        if sys.stderr.isatty():
            spent = time.monotonic() - begun
            print(f"\r{done} of {len(todo)} windows, {spent:.0f} s, {spent / done * (len(todo) - done):.0f} s left  ",
                  end="" if done < len(todo) else "\n", file=sys.stderr, flush=True)
    return rows, failures


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE") or "build/release/m2sim")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="folder that fetch_debian_arm64.sh filled")
    parser.add_argument("--filter", default="", help="only programs whose name contains a match of this regular expression")
    parser.add_argument("--core", action="append", choices=real_report.CORES, help="only this core; repeatable")
    parser.add_argument("--mode", default="timing", choices=("timing", "fast-timing"))
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="as m2sim run has it; repeatable")
    parser.add_argument("--output", type=pathlib.Path, help="write the windows' figures here (CSV), for real_report.py")
    parser.add_argument("--before", type=pathlib.Path, help="show what changed since that --output")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="name the programs")
    parser.add_argument("--packages", action="store_true", help="name the packages that all programs need")
    options = parser.parse_args()
    options.core = options.core or list(real_report.CORES)
    options.m2sim = programs.resolve_command(options.m2sim)
    options.root = options.root.resolve()
    return options


def main():
    options = parse()
    listed, chosen = load(options.filter)
    if options.packages:
        print("\n".join(dict.fromkeys(name for program in listed["program"] for name in program["packages"])))
        return 0
    if options.list:
        print("\n".join(f"{program['name']:12} {program['application']:16} {program['kin']}" for program in chosen))
        return 0
    if not chosen:
        print(f"no program matches {options.filter}", file=sys.stderr)
        return 1
    rows, failures = run_all(options, listed, chosen, make_inputs(options.root, chosen))
    if not rows:
        return 1
    known = real_report.published()
    if options.before:
        print("\n".join([*real_report.comparison(real_report.read_windows(options.before), rows, known), ""]))
    print("\n".join(real_report.report(rows, known)))
    for failure in failures:
        print(f"not run: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
