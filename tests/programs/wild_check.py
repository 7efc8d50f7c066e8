#!/usr/bin/env python3
"""Runs a guest that makes every system call with wild arguments, in a folder of its own.

The simulator must live on, warn of nothing but calls that are not implemented, and leave everything beside
that folder as it was. --seed draws other arguments.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import programs

WARNING = re.compile(r"m2sim: system call \d+( \(\w+\))? is not implemented at 0x[0-9a-f]+( \(\S+\))?; the program gets ENOSYS")


def main():
    options = programs.parse(__doc__.splitlines()[0], lambda parser: (
        parser.add_argument("--guest", type=pathlib.Path, required=True),
        parser.add_argument("--seed", default="1")))
    found = []
    with tempfile.TemporaryDirectory(prefix="m2sim-wild-") as name:
        outside = pathlib.Path(name)
        (outside / "own").mkdir()
        (outside / "beside").write_text("as it was", encoding="utf-8")
        before = sorted(os.listdir(outside))
        command = [*options.m2sim, "run", "--mode", "emulation", "--quiet", "--", str(options.guest.resolve()),
                   options.seed]
        done = subprocess.run(command, cwd=outside / "own", env=programs.ENVIRONMENT, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=500, check=False)
        # Its own folder may have lost every permission.
        (outside / "own").chmod(0o700)
        if (done.returncode, done.stdout) != (0, b"done\n"):
            found.append(f"status {done.returncode}, printed {done.stdout!r}")
        lines = done.stderr.decode(errors="replace").splitlines()
        found += [f"unexpected: {line}" for line in lines if not WARNING.fullmatch(line)]
        if sorted(os.listdir(outside)) != before or (outside / "beside").read_text(encoding="utf-8") != "as it was":
            found.append(f"the folder outside changed: {sorted(os.listdir(outside))}")
    for line in found:
        print(line)
    print(f"{0 if found else 1} passed, {1 if found else 0} failed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
