"""Guest programs of the tests: where they are and how to run one. Shared by the scripts of this folder."""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import shlex
import subprocess
import tempfile

# The same for every run, so that nothing of the machine's own settings reaches a guest.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C", "TZ": "UTC", "TERM": "dumb"}


@dataclasses.dataclass
class Case:
    """One run of a guest. Folders in `command` and `files` are relative to a scratch folder of its own."""

    name: str
    command: list
    stdin: bytes = b""
    files: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Outcome:
    status: int
    stdout: bytes
    stderr: bytes
    files: dict


def add_arguments(parser):
    """The options that every script of this folder takes."""
    binary_dir = pathlib.Path(os.environ.get("M2SIM_BINARY_DIR", "build/release"))
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE") or str(binary_dir / "m2sim"))
    parser.add_argument("--programs", type=pathlib.Path, default=binary_dir / "benchmarks" / "guest",
                        help="folder of suite.json and the programs it names")
    parser.add_argument("--filter", default="", help="only names that contain a match of this regular expression")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)


def parse(description, add_more=lambda parser: None):
    parser = argparse.ArgumentParser(description=description)
    add_arguments(parser)
    add_more(parser)
    options = parser.parse_args()
    options.programs = options.programs.resolve()
    options.m2sim = resolve_command(options.m2sim)
    return options


def resolve_command(text):
    """A command line as a list, its program absolute: runs happen in scratch folders."""
    words = shlex.split(text)
    if "/" in words[0]:
        words[0] = os.path.abspath(words[0])
    return words


def load_suite(folder):
    with open(folder / "suite.json", encoding="utf-8") as file:
        suite = json.load(file)
    if suite["schema_version"] != 1:
        raise SystemExit(f"{folder}/suite.json: schema version {suite['schema_version']} is not 1")
    return suite["programs"]


def suite_command(folder, program):
    return [str(folder / program["file"]), *program["arguments"]]


def write_files(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def read_files(folder):
    """Everything below a folder: contents of files, targets of links, None for folders."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
        else:
            found[name] = None
    return found


def run(prefix, case, timeout=300):
    """Runs a case under `prefix` in a new folder; a time-out is an outcome too, with status None."""
    with tempfile.TemporaryDirectory(prefix="m2sim-case-") as name:
        folder = pathlib.Path(name) / "work"
        folder.mkdir()
        write_files(folder, case.files)
        try:
            done = subprocess.run([*prefix, *case.command], cwd=folder, env=ENVIRONMENT, input=case.stdin,
                                  capture_output=True, timeout=timeout, check=False)
            status, stdout, stderr = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as expired:
            status, stdout, stderr = None, expired.stdout or b"", expired.stderr or b""
        here = name.encode()
        return Outcome(status, stdout.replace(here, b"SCRATCH"), stderr.replace(here, b"SCRATCH"),
                       read_files(folder))


def in_parallel(jobs, function, items):
    """Results in the order of `items`, as they become ready."""
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        yield from pool.map(function, items)
