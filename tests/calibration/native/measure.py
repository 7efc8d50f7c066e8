#!/usr/bin/env python3
"""Checks what m2sim-measure does and writes, under qemu-aarch64: the numbers mean nothing there, the rest does.

usage: measure.py [--build DIR] [--m2sim PROGRAM]
"""

import datetime
import json
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

import harness

OPTIONS = harness.parse(__doc__.splitlines()[0])
PROGRAM = harness.build(OPTIONS.build)
SET_MEMBERS = {"name", "source", "date", "machine", "core", "clock", "measurements"}

BAD_OPTIONS = [
    (["--bogus"], "m2sim-measure: --bogus: no such option; --help lists them"),
    (["extra"], "m2sim-measure: extra: no such option; --help lists them"),
    (["--repeats"], "m2sim-measure: --repeats: needs a value"),
    (["--repeats", "0"], "m2sim-measure: --repeats: 0 is no number from 1 to 1000"),
    (["--repeats=many"], "m2sim-measure: --repeats: many is no number from 1 to 1000"),
    (["--repeats", "2.5"], "m2sim-measure: --repeats: must be a whole number"),
    (["--sizes", "9"], "m2sim-measure: --sizes: 9 is no number from 1 to 8"),
    (["--milliseconds", "nan"], "m2sim-measure: --milliseconds: nan is no number from 0.001 to 10000"),
    (["--filter", "["], "m2sim-measure: --filter: "),
    (["--filter", "^none$"], "m2sim-measure: --filter: no program has such a name; --list names them"),
    (["--cpu", "4000"], "m2sim-measure: cpu 4000: this program cannot be bound to it"),
    (["--output", "absent/file.json"], "m2sim-measure: absent/file.json: No such file or directory"),
]


def bad_options():
    for arguments, line in BAD_OPTIONS:
        done = harness.run(PROGRAM, *arguments)
        if done.returncode != 2 or done.stdout or not done.stderr.startswith(line) or done.stderr.count("\n") != 1:
            yield f"{arguments}: status {done.returncode}, {done.stdout!r}, {done.stderr!r}"


def help_and_list():
    done = harness.run(PROGRAM, "--help")
    if done.returncode != 0 or "--milliseconds" not in done.stdout:
        yield f"--help: status {done.returncode}, {done.stdout!r}"
    done = harness.run(PROGRAM, "--list")
    expected = "".join(f"{row['name']:34} {row['iteration']}\n" for row in harness.suite())
    structures = done.stdout.removeprefix(expected).splitlines()
    if structures == done.stdout.splitlines() or any(not line.startswith("structure/") for line in structures):
        yield f"--list gives {done.stdout!r}"


def check_point(point, repeats):
    for member in ("seconds", "clock_ghz"):
        values = point[member]
        if len(values) != repeats or not all(0 < value < 1000 for value in values):
            yield f"{member}: {values}"
    if set(point) != {"iterations", "seconds", "clock_ghz"}:
        yield f"members {sorted(point)}; under qemu there are no counters"


def check_measurement(row, measurement, sizes, repeats):
    if set(measurement) != {"program", "unit", "points", "note"}:
        yield f"members {sorted(measurement)}"
    if measurement["unit"] != row["iteration"]:
        yield f"unit {measurement['unit']}"
    if not measurement["note"].startswith("no counters: perf_event_open: "):
        yield f"note {measurement['note']!r}"
    iterations = [point["iterations"] for point in measurement["points"]]
    if len(iterations) != sizes or any(b != 2 * a for a, b in zip(iterations, iterations[1:])):
        yield f"sizes {iterations}"
    for point in measurement["points"]:
        yield from check_point(point, repeats)


def check_set(measured):
    if set(measured) != SET_MEMBERS:
        yield f"members of the set: {sorted(measured)}"
    if measured["date"] not in {str(datetime.date.today()), str(datetime.date.today() - datetime.timedelta(1))}:
        yield f"date {measured['date']}"
    machine = measured["machine"]
    if set(machine) != {"chip", "model", "system", "compiler", "virtual"} or machine["virtual"] is not True:
        yield f"machine {machine}"
    if not machine["system"].startswith("Linux ") or not machine["compiler"].startswith("gcc "):
        yield f"machine {machine}"
    if measured["core"]["type"] != "unknown" or not measured["core"]["how"]:
        yield f"core {measured['core']}"
    if measured["clock"]["how"] != "derived" or not measured["clock"]["ghz"] > 0:
        yield f"clock {measured['clock']}"


def check_ingested(path):
    """m2sim reads it, and trusts no figure of an emulator's unknown core."""
    done = subprocess.run([OPTIONS.m2sim, "calibrate", "ingest", str(path)], capture_output=True, text=True, check=False)
    expected = f"{len(harness.suite())} measurements in 1 set: 0 A, 0 B, "
    if done.returncode != 0 or expected not in done.stdout:
        yield f"ingest: status {done.returncode}, {done.stdout[-200:]!r}, {done.stderr!r}"


def every_program():
    """Each program of the suite prints what it must, or it would be missing."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "measured.json"
        done = harness.run(PROGRAM, "--quick", "--repeats=2", "--filter", "^[^/]*$", "-o", str(path), "--name", 'a "set"',
                           "--source", "a test")
        if done.returncode != 0:
            yield f"status {done.returncode}: {done.stderr}"
            return
        if [entry.name for entry in pathlib.Path(folder).iterdir()] != [path.name]:
            yield "it leaves other files"
        yield from check_ingested(path)
        document = json.loads(path.read_text(encoding="utf-8"))
    if document["schema"] != "m2sim-measurements" or document["schema_version"] != 1 or len(document["sets"]) != 1:
        yield f"schema {document['schema']} {document['schema_version']}"
    measured = document["sets"][0]
    yield from check_set(measured)
    if (measured["name"], measured["source"]) != ('a "set"', "a test"):
        yield f"name {measured['name']}, source {measured['source']}"
    if [m["program"] for m in measured["measurements"]] != [row["name"] for row in harness.suite()]:
        yield f"programs {[m['program'] for m in measured['measurements']]}"
    for row, measurement in zip(harness.suite(), measured["measurements"]):
        for line in check_measurement(row, measurement, 3, 2):
            yield f"{row['name']}: {line}"


def wrong_output():
    """A program that prints another thing than the suite says is left out."""
    rows = [row for row in harness.suite() if row["name"] in ("branch", "dependency")]
    wrong = next(row for row in rows if row["name"] == "branch")
    wrong["stdout"] = "0\n"
    with tempfile.TemporaryDirectory() as folder:
        suite = pathlib.Path(folder) / "suite.json"
        suite.write_text('{"programs": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]}\n", encoding="utf-8")
        program = harness.build(pathlib.Path(folder) / "build", f"SUITE={suite}")
        done = harness.run(program, "--quick", "--filter", "^[^/]*$")
    names = [m["program"] for m in json.loads(done.stdout)["sets"][0]["measurements"]]
    expected = "m2sim-measure: branch is left out: it gives 000000000007a120, and must give 0\n"
    if done.returncode != 1 or names != ["dependency"] or not done.stderr.startswith(expected):
        yield f"status {done.returncode}, programs {names}, {done.stderr!r}"


def interrupted():
    """What was measured until then is a whole file, and says so."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "measured.json"
        arguments = harness.command(PROGRAM, "--filter", "^(branch|dependency)$", "--repeats", "1000", "-o", str(path))
        with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
            time.sleep(4)
            process.send_signal(signal.SIGINT)
            errors = process.communicate(timeout=60)[1]
        if process.returncode != 130 or "interrupted" not in errors or len(list(pathlib.Path(folder).iterdir())) != 1:
            yield f"status {process.returncode}, {errors!r}"
            return
        measured = json.loads(path.read_text(encoding="utf-8"))["sets"][0]["measurements"]
    for measurement in measured:
        if not measurement["note"].startswith("partial: interrupted; no counters"):
            yield f"note {measurement['note']!r}"
    if len(measured) != 2 or any(len(point["seconds"]) > 999 for m in measured for point in m["points"]):
        yield "not what was measured until then"


def _no_large_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))


def full_disk():
    """One line, and nothing is left behind: neither half a file nor the loss of the one before."""
    quick = ["--quick", "--repeats=1", "--filter", "^(branch|dependency|arithmetic)$"]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "measured.json"
        path.write_text("before", encoding="utf-8")
        done = harness.run(PROGRAM, *quick, "-o", str(path), preexec_fn=_no_large_files)
        left = {entry.name: entry.read_text(encoding="utf-8") for entry in pathlib.Path(folder).iterdir()}
    if done.returncode != 1 or left != {path.name: "before"} or not done.stderr.startswith(f"m2sim-measure: {path}: "):
        yield f"status {done.returncode}, {left}, {done.stderr!r}"
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(harness.command(PROGRAM, *quick), stdout=full, stderr=subprocess.PIPE, text=True,
                              check=False)
    if done.returncode != 1 or done.stderr != "m2sim-measure: standard output: No space left on device\n":
        yield f"status {done.returncode}, {done.stderr!r}"


if __name__ == "__main__":
    sys.exit(harness.report([help_and_list, bad_options, every_program, wrong_output, interrupted, full_disk]))
