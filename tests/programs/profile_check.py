#!/usr/bin/env python3
"""Profiles the whole suite in every mode, `m2sim profile --suite --mode all`, and checks each program's figures.

More than 99.9 % of the blocks entered had been decoded before: after the first 10 million instructions, and from
the beginning where a program is shorter. Where few blocks are entered after that, its own end may miss more:
printing a line and leaving enter some three hundred for the first time. What a run allocates does not grow with
its instructions: a few times for a system call or a chunk of a pool, whatever runs. The stages of every mode sum to the run's time within 5 %.
Prints one line a finding, then "N passed, N failed".
"""

import json
import math
import pathlib
import subprocess
import sys
import tempfile

import programs

MODES = ("emulation", "fast-timing", "timing")
HIT_RATE = 0.999
END_BLOCKS = 400
ALLOCATIONS = 64
STAGES = 0.05


def check_mode(figures):
    hit_rate = figures.get("steady.block_hit_rate", figures["block_hit_rate"])
    if hit_rate <= HIT_RATE and figures.get("steady.blocks_decoded", math.inf) > END_BLOCKS:
        yield f"block hit rate {100 * hit_rate:.3f} %"
    allocations = figures["per_inst.allocations"] * figures["emulation.insts"]
    if allocations > ALLOCATIONS:
        yield f"{allocations:.0f} allocations in {figures['emulation.insts']:.0f} instructions"
    if abs(figures["host.stages_over_run"] - 1) > STAGES:
        yield f"the stages sum to {figures['host.stages_over_run']:.3f} of the run"


def check_program(profile):
    if not profile["ok"]:
        yield profile["error"]
        return
    modes = {mode["mode"]: mode["stats"] for mode in profile["modes"]}
    if sorted(modes) != sorted(MODES):
        yield f"modes are {', '.join(modes)}"
    for mode, figures in modes.items():
        for line in check_mode(figures):
            yield f"{mode}: {line}"


def profile_suite(options):
    with tempfile.TemporaryDirectory(prefix="m2sim-profile-") as folder:
        file = pathlib.Path(folder) / "profile.json"
        command = [*options.m2sim, "profile", "--suite", "--programs", str(options.programs), "--mode", "all",
                   "--iterations", "1", "--warmup", "0", "--json", str(file), "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(done.stderr, end="")
        with open(file, encoding="utf-8") as text:
            return done.returncode, json.load(text)["programs"]


def main():
    options = programs.parse(__doc__.splitlines()[0])
    status, profiles = profile_suite(options)
    findings = {profile["name"]: list(check_program(profile)) for profile in profiles}
    for row in programs.load_suite(options.programs):
        findings.setdefault(row["name"], ["is not in the profile"])
    if status != 0:
        findings["m2sim profile"] = [f"exit status {status}"]
    for name, found in findings.items():
        print(*(f"{name}: {line}" for line in found), sep="\n", end="\n" if found else "")
    failed = sum(1 for found in findings.values() if found)
    print(f"{len(findings) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
