#!/usr/bin/env python3
"""Runs windows of real programs on both cores and sets IPC and mispredictions beside the published figures.

real/programs.toml lists the programs; --root is a Debian for arm64 with their packages (fetch_debian_arm64.sh), in
which the inputs are made once. Names that a guest sees lie below it: the figures are the same wherever it is.
"""

import argparse
import itertools
import os
import pathlib
import re
import sys
import threading
import time
import tomllib

import programs
import real_report
import timed_windows
from real import direct_calls, inputs

LIST = pathlib.Path(__file__).parent / "real" / "programs.toml"


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


def jobs(listed, chosen, folder):
    """One dictionary a run of a program; the longest first, so that no processor is left with one at the end. Its number is the
    same whatever else is chosen."""
    clocks = real_report.clocks()
    first = dict(zip((program["name"] for program in listed["program"]), itertools.accumulate((len(program["runs"]) for program in listed["program"]), initial=0)))
    found = []
    for program in chosen:
        libraries = [f"LD_LIBRARY_PATH={libraries_of(program, folder)}"] if "own_libraries" in program else []
        for index, run in enumerate(program["runs"]):
            found.append({"program": program["name"], "application": program["application"], "kin": program["kin"],
                          "mhz": {core: clocks[program["application"], core] for core in real_report.CORES},
                          "run": index, "skip": run["skip"], "command": [word.replace("/real/", f"{folder}/") for word in run["command"]],
                          "environment": libraries + run.get("environment", []), "stdin": f"{folder}/{run['stdin']}"[1:] if "stdin" in run else None,
                          "number": first[program["name"]] + index, "limit": listed["limit"], "warmup": listed["warmup"]})
    return sorted(found, key=lambda job: -max(timed_windows.millions(skip) for skip in job["skip"]))


class Progress:
    """Rows and failures so far, written as they come: what is broken off keeps the rows that it has."""

    def __init__(self, options, todo):
        self.options, self.count, self.begun = options, sum(len(job["skip"]) for job in todo) * len(options.core), time.monotonic()
        self.rows, self.failures = {}, []
        self.lock = threading.Lock()

    def add(self, job, skip, core, result):
        with self.lock:
            if isinstance(result, str):
                self.failures.append(f"{job['program']} {core} at {skip}: {result}")
                print(self.failures[-1], file=sys.stderr)
                return
            known = {"program": job["program"], "application": job["application"], "kin": job["kin"], "core": core,
                     "mode": self.options.mode, "run": job["run"], "skip": skip}
            place = (job["number"] - job["run"], self.options.core.index(core), job["run"], job["skip"].index(skip))
            self.rows[place] = {name: known[name] for name in real_report.KEYS} | result
            if self.options.output:
                real_report.write_windows(self.options.output, self.in_order())
            if sys.stderr.isatty():
                print(f"\r{len(self.rows)} of {self.count} windows, {time.monotonic() - self.begun:.0f} s  ",
                      end="" if len(self.rows) < self.count else "\n", file=sys.stderr, flush=True)

    def in_order(self):
        return [self.rows[place] for place in sorted(self.rows)]


def run_all(options, todo):
    """(rows, failures)"""
    progress = Progress(options, todo)

    def run(job):
        for found in timed_windows.of_run(options, job):
            progress.add(job, *found)
    for _ in programs.in_parallel(options.jobs, run, todo):
        pass
    return progress.in_order(), progress.failures


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
    parser.add_argument("--checkpoints", type=pathlib.Path, metavar="FOLDER",
                        help="keep the guests there where windows begin, and go on from those that are there; they are of one emulator and one set of packages: "
                             "remove them when these change")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="name the programs")
    parser.add_argument("--packages", action="store_true", help="name the packages that all programs need")
    options = parser.parse_args()
    options.core = options.core or list(real_report.CORES)
    options.m2sim = programs.resolve_command(options.m2sim)
    options.root = options.root.resolve()
    if options.checkpoints:
        try:
            options.checkpoints.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            parser.error(f"--checkpoints: cannot use '{options.checkpoints}' as a folder: {error.strerror}")
        options.checkpoints = options.checkpoints.resolve()
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
    rows, failures = run_all(options, jobs(listed, chosen, make_inputs(options.root, chosen)))
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
