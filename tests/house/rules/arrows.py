"""Who may include whom, and that the graph of includes has no cycle."""

import dataclasses
import re

from source_tree import Finding, Globs, code_only, line_of

# The one place where rooms and arrows are written down.
TABLE = "docs/architecture.md"
BEGIN, END = "<!-- rooms -->", "<!-- end of rooms -->"
# They see everything, and nobody else sees them.
OUTSIDE = Globs("OUTSIDE", "tests/")
# Headers of C and assembly, each beside what includes it.
GUESTS = Globs("GUESTS", "benchmarks/guest/", "calibration/native/", "include/")
NO_DURATION = Globs("NO_DURATION", "insts/", "emu/")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]*)"', re.MULTILINE)
# Written by the build into <build>/cmd/generated (cmd/CMakeLists.txt).
GENERATED = {"cmd/revision.h", "cmd/history_page_html.h", "cmd/check_page_html.h", "cmd/report_page_html.h", "cmd/sweep_page_html.h"}


@dataclasses.dataclass
class Room:
    """A folder, without those below it, or some headers of one that have a row of their own."""

    name: str
    line: int
    files: tuple
    may: tuple

    def may_include(self, room, header):
        return room == self.name or room in self.may or header in self.may


def rooms(tree):
    """(rooms by name, findings) of the table: room, what it holds, what it may include beside itself."""
    text = tree.files.get(TABLE, "")
    found, findings = {}, []
    if BEGIN not in text or END not in text:
        return found, [Finding(TABLE, 1, f"no table of rooms between {BEGIN} and {END}")]
    first = line_of(text, text.index(BEGIN))
    rows = text[text.index(BEGIN):text.index(END)].splitlines()
    for line, row in enumerate(rows, first):
        cells = [re.findall(r"`([^`]+)`", cell) for cell in row.strip("|").split("|")]
        if not row.startswith("|") or not cells[0]:
            continue
        if len(cells) != 3 or cells[0][0] in found:
            findings.append(Finding(TABLE, line, "a row has a room of its own, what it holds, and what it may include"))
            continue
        found[cells[0][0]] = Room(cells[0][0], line, tuple(cells[0][1:]), tuple(cells[2]))
    return found, findings


def room_of(found, path):
    """The name of the row that speaks of a file; None where there is none."""
    for room in found.values():
        if path in room.files:
            return room.name
    folder = path.rpartition("/")[0]
    return folder if folder in found and not found[folder].files else None


def includes(text):
    """(line, header) of every quoted include."""
    code = code_only(text, keep_strings=True)
    for match in INCLUDE.finditer(code):
        yield line_of(code, match.start()), match.group(1)


def _sources(tree):
    for path, text in tree.files.items():
        if path.endswith((".h", ".cpp", ".inc")) and not GUESTS.match(path):
            yield path, text


def _check_table(tree, found):
    """Every row and every name in it is of this tree, and the arrows have no circle."""
    inhabited = {room_of(found, path) for path, _ in _sources(tree)}
    for room in found.values():
        if room.name not in inhabited:
            yield Finding(TABLE, room.line, f"{room.name}: no such folder, or nothing in it")
        for name in room.files + tuple(name for name in room.may if name.endswith(".h")):
            if name not in tree.files:
                yield Finding(TABLE, room.line, f"{room.name}: there is no {name}")
        for name in room.may:
            if not name.endswith(".h") and name not in found:
                yield Finding(TABLE, room.line, f"{room.name}: {name} has no row")
    done = set()

    def visit(name, active):
        if name in active:
            loop = " -> ".join(active[active.index(name):] + [name])
            yield Finding(TABLE, found[name].line, f"the table allows a circle: {loop}")
        elif name in found and name not in done:
            for other in found[name].may:
                yield from visit(room_of(found, other) if other.endswith(".h") else other, active + [name])
            done.add(name)

    for name in found:
        yield from visit(name, [])


def _check_exceptions(found, used):
    """A header that is named for an include must be included: an exception goes with its reason."""
    for room in found.values():
        for name in room.may:
            if name.endswith(".h") and (room.name, name) not in used:
                yield Finding(TABLE, room.line, f"{room.name}: nothing in it includes {name}")


def arrows(tree):
    """Includes follow the table of rooms in docs/architecture.md, which has every folder and no circle."""
    found, findings = rooms(tree)
    yield from findings
    if not found:
        return
    yield from _check_table(tree, found)
    used = set()
    for path, text in _sources(tree):
        name = room_of(found, path)
        if name is None and not OUTSIDE.match(path):
            yield Finding(path, 1, f"its folder has no row in {TABLE}")
            continue
        for line, header in includes(text):
            used.add((name, header))
            if header in GENERATED:
                continue
            if header not in tree.files:
                yield Finding(path, line, f'"{header}" is no file; includes start at the repository root')
            elif name is not None and not found[name].may_include(room_of(found, header), header):
                yield Finding(path, line, f'{name} may not include "{header}" ({TABLE})')
    yield from _check_exceptions(found, used)


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
        if path.endswith(".h") and not GUESTS.match(path) and not re.match(r"\s*#pragma once\b", code_only(text)):
            yield Finding(path, 1, "a header begins with #pragma once (after its comment)")


def timeless(tree):
    """What an instruction is and does has no duration: no cycle count in insts/ or emu/."""
    for path, text in tree.cpp(NO_DURATION):
        code = code_only(text)
        for match in re.finditer(r"\b\w*(?:[Cc]ycles?|[Ll]atenc(?:y|ies))(?:_\w*)?\b", code):
            yield Finding(path, line_of(code, match.start()), f"{match.group()}: time belongs to timing/")
