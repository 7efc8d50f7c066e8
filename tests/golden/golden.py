#!/usr/bin/env python3
"""Golden timelines: what a few instructions do in the pipe, cycle by cycle, as a reader can check by eye.

usage: golden.py --tool TIMELINE_TOOL --programs DIR [--update] [NAME...]
Each NAME.s has one sentence that says what it shows, and NAME.timeline what the detailed core makes of it. --update
writes those anew; look at the diff before it is committed. The last line is "N passed, N failed".
"""

import argparse
import difflib
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def drawn(options, name):
    run = subprocess.run([options.tool, options.programs / name], capture_output=True, text=True, check=False, timeout=60)
    if run.returncode:
        raise RuntimeError(f"{name}: status {run.returncode}: {run.stderr.strip()}")
    sentence = (HERE / f"{name}.s").read_text(encoding="utf-8").splitlines()[0].removeprefix("// ")
    return f"{sentence}\n\n{run.stdout}"


def check(options, name):
    """Lines that differ."""
    file = HERE / f"{name}.timeline"
    found = drawn(options, name)
    if options.update:
        file.write_text(found, encoding="utf-8")
        return []
    wanted = file.read_text(encoding="utf-8") if file.exists() else ""
    return list(difflib.unified_diff(wanted.splitlines(), found.splitlines(), file.name, "now", lineterm=""))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", type=pathlib.Path, required=True)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the assembled programs")
    parser.add_argument("--update", action="store_true", help="write the timelines anew")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    names = options.names or sorted(path.stem for path in HERE.glob("*.s"))
    failed = 0
    for name in names:
        try:
            difference = check(options, name)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            difference = [str(error)]
        failed += bool(difference)
        print(*difference, sep="\n", end="\n" if difference else "")
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main())
