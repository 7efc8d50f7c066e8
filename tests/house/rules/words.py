"""Words that have no place in a committed tree."""

import re

from source_tree import Finding, line_of

# Written in pieces, so that this file does not contain them.
UNFINISHED = "|".join((r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"\bXX" r"X\b", r"\bHA" r"CK\b"))
SKIPPED = "|".join(("GTEST" "_SKIP", r"\bDIS" r"ABLED_\w"))
# Folders of one machine; a program finds its files through arguments, the environment, or beside itself.
MACHINE = r"(?<![\w.}$)*/:-])/(?:ho" r"me|ro" r"ot|wo" r"rk|Us" r"ers|mn" r"t|tm" r"p)/[\w$]"


def words(tree):
    """Nothing is left for later, no test is skipped, no path names a machine."""
    for pattern, message in ((UNFINISHED, "{}: finish it, or say what is not modelled and why"),
                             (SKIPPED, "{}: a test runs or does not exist"),
                             (MACHINE, "{}: no path of a machine")):
        for path, text in tree.files.items():
            for match in re.finditer(pattern, text):
                yield Finding(path, line_of(text, match.start()), message.format(match.group()))


def ends(tree):
    """Text files end in one newline and have no trailing blanks and no tabs before code."""
    for path, text in tree.files.items():
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield Finding(path, text.count("\n") + 1, "a text file ends in exactly one newline")
        for match in re.finditer(r"[ \t]+$", text, re.MULTILINE):
            yield Finding(path, line_of(text, match.start()), "trailing blanks")
