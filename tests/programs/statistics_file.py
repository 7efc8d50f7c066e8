"""Runs m2sim with --stats and reads what it wrote."""

import json
import pathlib
import subprocess
import tempfile

import programs


class RunFailed(Exception):
    """m2sim or its guest did not end well, or the statistics are not there."""


def run(m2sim, mode, command, timeout=1800, sysroot=None, more=(), stdin=subprocess.DEVNULL):
    """(stdout, flat statistics) of one run.

    A program's own name is on its stack and in /proc/self/exe, and what it does with them takes longer for a longer
    one: with names below `sysroot` the statistics are the same wherever that folder is. `more` are further options.
    """
    with tempfile.TemporaryDirectory(prefix="m2sim-stats-") as name:
        path = pathlib.Path(name) / "stats.json"
        where = [] if sysroot is None else ["--sysroot", str(sysroot)]
        words = [*m2sim, "run", "--mode", mode, "--quiet", "--stats", str(path), *where, *more, "--", *command]
        try:
            done = subprocess.run(words, cwd=name, env=programs.ENVIRONMENT, stdin=stdin,
                                  capture_output=True, timeout=timeout, check=False)
        except subprocess.TimeoutExpired as expired:
            raise RunFailed(f"{mode}: still running after {timeout} s") from expired
        if done.returncode != 0:
            raise RunFailed(f"{mode}: exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()}")
        if not path.exists():
            raise RunFailed(f"{mode}: wrote no statistics")
        return done.stdout.decode(errors="replace"), read(path)


def read(path):
    return json.loads(path.read_bytes())["stats"]


def without_host(stats):
    return {name: value for name, value in stats.items() if not name.startswith("host.")}
