#!/usr/bin/env python3
"""How far the models are from measured programs: what the program and README say of it is what a run finds.

--record writes both anew: cmd/results/accuracy.inc, and in README.md the table between its two marks, which is what
`m2sim calibrate check` prints.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
INC = ROOT / "cmd" / "results" / "accuracy.inc"
README = ROOT / "README.md"
BEGIN, END = "<!-- accuracy: tests/calibration/accuracy.py --record -->\n```\n", "```\n<!-- end of accuracy -->\n"
PROGRAMS = os.environ.get("M2SIM_GUEST_PROGRAMS")  # else those beside the executable
MODES = {"timing": "kTiming", "fast-timing": "kFastTiming"}


def check(m2sim, *options):
    """(what m2sim calibrate check prints, its JSON)"""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "check.json"
        command = [m2sim, "calibrate", "check", "--json", str(file), *options]
        if PROGRAMS:
            command += ["--programs", PROGRAMS]
        text = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        return text, json.loads(file.read_text(encoding="utf-8"))


def found_line(mode, results):
    overall = results["programs"]["overall"]["AB"]["own_clock"]
    return f"ACCURACY(Mode::{MODES[mode]}, {overall['count']}, {overall['mean']:.3f}, {overall['worst']:.3f})"


def table_rows(text):
    """The rows of programs, without what is between words."""
    return [line.split() for line in text.splitlines() if re.search(r" [ABCX] +m[12]-pcore$", line)]


def inc_lines():
    return [line for line in INC.read_text(encoding="utf-8").splitlines() if line.startswith("ACCURACY(")]


def readme_parts():
    """(before the table, the table, behind it)"""
    text = README.read_text(encoding="utf-8")
    begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    return text[:begin], text[begin:end], text[end:]


def record(m2sim):
    table, timing = check(m2sim)
    lines = [found_line("timing", timing),
             found_line("fast-timing", check(m2sim, "--only", "programs", "--mode", "fast-timing")[1])]
    head = INC.read_text(encoding="utf-8").split("ACCURACY(Mode", 1)[0]
    INC.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    before, _, behind = readme_parts()
    README.write_text(before + table + behind, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--m2sim", default=os.environ.get("M2SIM_EXECUTABLE"))
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    if options.record:
        return record(options.m2sim)
    findings = []
    for mode, said in zip(MODES, inc_lines(), strict=True):
        table, results = check(options.m2sim, "--only", "programs", "--mode", mode)
        found = found_line(mode, results)
        print(f"{mode}: {found}")
        if found != said:
            findings.append(f"{INC.name} says {said}, a run finds {found}")
        if mode == "timing" and table_rows(table) != table_rows(readme_parts()[1]):
            findings.append("README.md has another table than a run prints")
    print("\n".join([*findings, f"{len(findings)} findings"]))
    return f"{len(findings)} findings; accuracy.py --record writes anew" if findings else None


if __name__ == "__main__":
    sys.exit(main())
