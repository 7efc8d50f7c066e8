"""Who may include whom, and that the graph of includes has no cycle."""

import re

from source_tree import Finding, code_only, line_of

# Folder -> what it may include: folders, or single headers where the arrow is narrower.
ALLOWED = {
    "insts": ("insts/",),
    "emu": ("emu/", "insts/"),
    "timing": ("timing/", "insts/", "emu/retired.h", "emu/block.h"),
    "timing/run": ("timing/", "insts/", "emu/"),
    "calibration": ("calibration/", "timing/", "emu/", "insts/"),
    "cmd": ("cmd/", "calibration/", "timing/", "emu/", "insts/"),
    "benchmarks": ("benchmarks/", "timing/", "emu/", "insts/"),
    "tests": ("tests/", "benchmarks/", "cmd/", "calibration/", "timing/", "emu/", "insts/"),
}
# How handlers are made is the execution engine's own business: no part of emu's public face.
PRIVATE = {"emu/engine/handler.h", "emu/engine/guest_access.h", "emu/engine/uop.h"}
# The contract that timing reads must not bring the rest of emu along.
CONTRACT = {"emu/retired.h": ("emu/block.h", "insts/"), "emu/block.h": ("insts/",)}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]*)"', re.MULTILINE)
# Written by the build.
GENERATED = {"cmd/revision.h", "cmd/history_page_html.h"}


def includes(text):
    """(line, header) of every quoted include."""
    code = code_only(text, keep_strings=True)
    for match in INCLUDE.finditer(code):
        yield line_of(code, match.start()), match.group(1)


def _sources(tree):
    for path, text in tree.files.items():
        if path.endswith((".h", ".cpp", ".inc")) and not path.startswith("benchmarks/guest/"):
            yield path, text


def arrows(tree):
    """Includes follow the arrows insts <- emu <- timing <- cmd."""
    for path, text in _sources(tree):
        folder = path.split("/")[0]
        allowed = CONTRACT.get(path, ALLOWED.get("/".join(path.split("/")[:2]), ALLOWED.get(folder, ())))
        for line, header in includes(text):
            if header in GENERATED:
                continue
            if header not in tree.files:
                yield Finding(path, line, f'"{header}" is no file; includes start at the repository root')
            elif not header.startswith(allowed):
                yield Finding(path, line, f'{path} may not include "{header}"')
            elif header in PRIVATE and folder not in ("emu", "tests"):
                yield Finding(path, line, f'"{header}" is private to emu')


def cycles(tree):
    """No file includes itself through others."""
    graph = {path: [(line, h) for line, h in includes(text) if h in tree.files] for path, text in _sources(tree)}
    done, active = set(), []

    def visit(path):
        if path in done:
            return
        active.append(path)
        for line, header in graph.get(path, []):
            if header in active:
                loop = " -> ".join(active[active.index(header):] + [header])
                yield Finding(path, line, f"cycle of includes: {loop}")
            else:
                yield from visit(header)
        active.pop()
        done.add(path)

    for path in graph:
        yield from visit(path)


def headers(tree):
    """Every header says #pragma once first."""
    for path, text in tree.cpp():
        if path.startswith("benchmarks/guest/"):
            continue  # guest headers serve assembly and C too
        if path.endswith(".h") and not re.match(r"\s*#pragma once\b", code_only(text)):
            yield Finding(path, 1, "a header begins with #pragma once (after its comment)")


def timeless(tree):
    """What an instruction is and does has no duration: no cycle count in insts/ or emu/."""
    for path, text in tree.cpp("insts", "emu"):
        code = code_only(text)
        for match in re.finditer(r"\b\w*(?:[Cc]ycles?|[Ll]atenc(?:y|ies))(?:_\w*)?\b", code):
            yield Finding(path, line_of(code, match.start()), f"{match.group()}: time belongs to timing/")
