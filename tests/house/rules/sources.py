"""Where the numbers of the machine come from."""

import re

from source_tree import Finding, Globs

VALUES = Globs("VALUES", "timing/config/*_pcore.cpp", "timing/crack/op_timing.inc")
# `guess` may stand alone; the others say where to look.
TAG = re.compile(r"//.*\b(?:(?P<kind>measured|published|fitted):\s*\S|(?P<guess>guess)\b)")
NUMBER = re.compile(r"(?<![\w.])\d")


def _lines(text):
    """(line number, code, whole line) of the lines that are not a comment or a directive."""
    for number, line in enumerate(text.splitlines(), 1):
        code = line.split("//")[0].strip()
        if code and not code.startswith("#"):
            yield number, code, line


def config_sources(tree):
    """Every line with a number of the machine ends in its source: measured:, published:, fitted: or guess."""
    for path, text in tree.files.items():
        if not VALUES.match(path):
            continue
        untagged = None
        for number, code, line in _lines(text):
            if TAG.search(line):
                untagged = None
                continue
            if untagged is not None:
                yield Finding(path, untagged, "a number without a source (measured:, published:, fitted:, guess)")
                untagged = None
            # A value that goes on has its source at its end.
            if NUMBER.search(re.sub(r'"[^"]*"', "", code)):
                untagged = number
            if untagged is not None and code.endswith((";", "}", ",", "{", ")")):
                yield Finding(path, untagged, "a number without a source (measured:, published:, fitted:, guess)")
                untagged = None


def count_guesses(tree):
    """One line a file: how many numbers have which kind of source."""
    for path, text in tree.files.items():
        if VALUES.match(path):
            counts = {"measured": 0, "published": 0, "fitted": 0, "guess": 0}
            for _, _, line in _lines(text):
                tag = TAG.search(line)
                if tag:
                    counts[tag.group("kind") or "guess"] += 1
            yield f"{path}: " + ", ".join(f"{count} {kind}" for kind, count in counts.items())
