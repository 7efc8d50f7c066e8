#!/usr/bin/env python3
"""Adds up the test reports that test.sh leaves: PRESET.build ("passed" or "failed") and ctest's PRESET.xml.

usage: count_tests.py FOLDER PRESET...
Prints what failed and "N passed, N failed"; the exit status is 1 when anything failed. A test that did not
run counts as failed, and so does a preset without a report: silence is no success.
"""

import pathlib
import sys
import xml.etree.ElementTree


def outcomes(folder, preset):
    """Yields (name, passed) for the build of a preset and each of its tests."""
    build = folder / f"{preset}.build"
    built = build.exists() and build.read_text(encoding="utf-8").strip() == "passed"
    yield f"{preset}: build", built
    if not built:
        return
    report = folder / f"{preset}.xml"
    if not report.exists():
        yield f"{preset}: tests", False
        return
    for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
        yield f"{preset}: {case.get('name')}", case.get("status") == "run"


def main(folder, presets):
    passed = failed = 0
    for preset in presets:
        for name, good in outcomes(pathlib.Path(folder), preset):
            passed += good
            failed += not good
            if not good:
                print(f"FAILED {name}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
