"""Builds m2sim-measure for AArch64 Linux and runs it under qemu-aarch64. Shared by the scripts of this folder."""

import argparse
import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ.get("M2SIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[3]))
NATIVE = SOURCE / "calibration" / "native"


def parse(description):
    binary_dir = pathlib.Path(os.environ.get("M2SIM_BINARY_DIR", SOURCE / "build" / "release"))
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--build", type=pathlib.Path, default=binary_dir / "native", help="folder to build in")
    parser.add_argument("--programs", type=pathlib.Path, default=binary_dir / "benchmarks" / "guest",
                        help="folder of suite.json and the programs it names")
    parser.add_argument("--tables", default=binary_dir / "calibration" / "m2sim_native_structures",
                        help="the program that writes the tables of structures")
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE") or binary_dir / "m2sim")
    options = parser.parse_args()
    options.build = options.build.resolve()
    return options


def suite():
    return json.loads((SOURCE / "benchmarks" / "suite.json").read_text(encoding="utf-8"))["programs"]


def identifier(name):
    """A program's name in symbols and in files of objects."""
    return "".join(c if c.isalnum() else "_" for c in name)


def build(folder, *variables):
    """The harness as its owner would build it, with warnings as errors."""
    command = ["make", "-C", str(NATIVE), f"BUILD={folder}", "SYSTEM=Linux", "CC=aarch64-linux-gnu-gcc",
               "LDFLAGS=-static", "CFLAGS=-O2 -Werror", *variables]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"make failed:\n{done.stdout}{done.stderr}")
    return folder / "m2sim-measure"


def command(program, *arguments):
    return ["qemu-aarch64", "-cpu", "max", str(program), *arguments]


def run(program, *arguments, **options):
    return subprocess.run(command(program, *arguments), capture_output=True, text=True, check=False, timeout=300,
                          **options)


def report(checks):
    """Runs functions that yield findings; prints them and a summary. The status of the script."""
    failed = 0
    for check in checks:
        findings = list(check())
        failed += bool(findings)
        for line in findings:
            print(f"{check.__name__}: {line}")
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0
