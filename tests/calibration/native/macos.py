#!/usr/bin/env python3
"""Checks as far as a Linux system can that the harness builds on macOS: clang and lld make a program for it, with
declarations in place of the system's headers, and without its libraries.

usage: macos.py [--build DIR] [--programs DIR]
"""

import pathlib
import re
import subprocess
import sys

import harness

OPTIONS = harness.parse(__doc__.splitlines()[0])
FOLDER = OPTIONS.build.with_name(OPTIONS.build.name + "_macos")
HEADERS = FOLDER / "headers"
STAND_IN = pathlib.Path(__file__).with_name("macos_system.h").resolve()
COMPILER = f"clang-14 --target=arm64-apple-macos12 -nostdlibinc -isystem {HEADERS}"
# These are the compiler's.
OWN_HEADERS = {"arm_neon.h", "stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h"}


def make_headers():
    """Each header that a source names is the one stand-in for all."""
    sources = [*harness.NATIVE.glob("*.[ch]"), *(harness.SOURCE / "benchmarks" / "guest").rglob("*.[ch]")]
    for name in {name for path in sources for name in re.findall(r"#include <(.*)>", path.read_text(encoding="utf-8"))}:
        if name not in OWN_HEADERS:
            path = HEADERS / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#include "{STAND_IN}"\n', encoding="utf-8")


def compiles():
    make_headers()
    done = subprocess.run(["make", "-C", str(harness.NATIVE), f"BUILD={FOLDER}", "SYSTEM=Darwin", f"CC={COMPILER}",
                           "CFLAGS=-O2 -Werror", "objects"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield done.stdout + done.stderr


def fits_together():
    """Each program of the suite is there, under the name that the harness calls it by."""
    defined, wanted = set(), set()
    for path in FOLDER.rglob("*.o"):
        rows = subprocess.run(["llvm-nm-14", str(path)], capture_output=True, text=True, check=True).stdout
        for row in map(str.split, rows.splitlines()):
            if row[-1].startswith("_m2sim_"):
                (wanted if row[0] == "U" else defined).add(row[-1])
    expected = {f"_m2sim_{'kernel' if row['source'].endswith('.S') else 'main'}_{harness.identifier(row['name'])}"
                for row in harness.suite()}
    for name in sorted((wanted | expected) - defined):
        yield f"no object defines {name}"
    for name in sorted(expected - wanted):
        yield f"no object calls {name}"


def links():
    objects = sorted(map(str, FOLDER.rglob("*.o")))
    program = FOLDER / "m2sim-measure"
    done = subprocess.run(["ld64.lld-14", "-arch", "arm64", "-platform_version", "macos", "12.0", "12.0", "-undefined",
                           "dynamic_lookup", "-o", str(program), *objects], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield done.stderr


if __name__ == "__main__":
    sys.exit(harness.report([compiles, fits_together, links]))
