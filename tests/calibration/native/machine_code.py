#!/usr/bin/env python3
"""Checks that m2sim-measure runs the machine code of the suite's programs.

usage: machine_code.py [--build DIR] [--programs DIR]

A micro-kernel's loop is the program's word for word and stands at the same place of its 64 bytes, for Linux and for
macOS, where one register has another name. A function of a compiled program is the program's but for addresses:
the same compiler has built both here.
"""

import re
import subprocess
import sys
import tempfile

import harness

OPTIONS = harness.parse(__doc__.splitlines()[0])
harness.build(OPTIONS.build)
LOOPS = [row for row in harness.suite() if row["source"].endswith(".S")]
COMPILED = [row for row in harness.suite() if row["source"].endswith(".c")]
# The bits of an instruction that hold an address or a distance: calls and branches to elsewhere, pages of data, the
# part of an address within its page in additions and in loads and stores.
ADDRESSES = [(0x7C000000, 0x14000000, 0x03FFFFFF), (0x9F000000, 0x90000000, 0x60FFFFE0),
             (0x7F800000, 0x11000000, 0x003FFC00), (0x3B000000, 0x39000000, 0x003FFC00)]
# A line of either objdump.
WORD = re.compile(r"^ *([0-9a-f]+):\s+((?:[0-9a-f]{2} ){3}[0-9a-f]{2}|[0-9a-f]{8})\s", re.MULTILINE)


def tool(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def symbols(path, nm="aarch64-linux-gnu-nm"):
    """Symbols of code by name: addresses."""
    rows = [line.split() for line in tool(nm, str(path)).splitlines()]
    return {row[2]: int(row[0], 16) for row in rows if len(row) == 3 and row[1] in "tT"}


def words(path, objdump="aarch64-linux-gnu-objdump"):
    """Words of code by address."""
    found = {}
    for match in WORD.finditer(tool(objdump, "-d", "-z", str(path))):
        digits = match[2].split()  # one number, or bytes from the lowest on
        found[int(match[1], 16)] = int("".join(reversed(digits)), 16)
    return found


def loop_at(code, start):
    """From its first word to the b.lt that goes back to it."""
    found = []
    for address in range(start, start + 4096, 4):
        word = code[address]
        found.append(word)
        distance = (word >> 5 & 0x7FFFF) - (word >> 4 & 0x80000 if word >> 23 & 1 else 0)
        if word & 0xFF00001F == 0x5400000B and distance * 4 == start - address:
            return found
    return None


def suite_loop(name):
    path = OPTIONS.programs / name
    start = symbols(path)["loop"]
    return start, loop_at(words(path), start)


def loops():
    program = OPTIONS.build / "m2sim-measure"
    code, places = words(program), symbols(program)
    for row in LOOPS:
        start, expected = suite_loop(row["name"])
        place = places[f"m2sim_loop_{row['name']}"]
        if expected is None or len(expected) < 8:
            yield f"{row['name']}: no loop in the suite's program"
        if loop_at(code, place) != expected:
            yield f"{row['name']}: another loop than the suite's"
        if place % 64 != start % 64:
            yield f"{row['name']}: at {place % 64} of 64 bytes, the suite's at {start % 64}"


def macos_loops():
    """As clang assembles them for macOS. x18 is the system's there: x24 stands for it."""
    for row in LOOPS:
        with tempfile.NamedTemporaryFile(suffix=".o") as file:
            with open(harness.SOURCE / "benchmarks" / "guest" / row["source"], encoding="utf-8") as source:
                subprocess.run(["clang-14", "--target=arm64-apple-macos12", "-c", "-x", "assembler-with-cpp", "-iquote",
                                str(harness.NATIVE), f"-DKERNEL={row['name']}", "-o", file.name, "-"], stdin=source, check=True)
            places = symbols(file.name, "llvm-nm-14")
            code = words(file.name, "llvm-objdump-14")
        start, expected = suite_loop(row["name"])
        place = places[f"_m2sim_loop_{row['name']}"]
        if f"_m2sim_kernel_{row['name']}" not in places or place % 64 != start % 64:
            yield f"{row['name']}: symbols {places}"
        found = loop_at(code, place)
        loads = {expected[i]: found[i] for i in range(min(len(expected), len(found))) if expected[i] != found[i]}
        if len(found) != len(expected) or any(b != (a & ~0x1F | 24) or a & 0x1F != 18 for a, b in loads.items()):
            yield f"{row['name']}: another loop than the suite's"
        # Loads of 64 bits into x18, the one way in which a kernel may name it.
        if any(word & 0xFFC0001F == 0xF9400012 for word in code.values()):
            yield f"{row['name']}: x18 is the system's"


def without_addresses(word):
    for mask, value, address in ADDRESSES:
        if word & mask == value:
            return word & ~address
    return word


def function(code, start, bytes_):
    return [without_addresses(code[address]) for address in range(start, start + bytes_, 4)]


def functions(path):
    """Functions of an object or a program by name: start and size."""
    rows = [line.split() for line in tool("aarch64-linux-gnu-nm", "-S", str(path)).splitlines()]
    return {row[3]: (int(row[0], 16), int(row[1], 16)) for row in rows if len(row) == 4 and row[2] in "tT"}


def compiled_functions():
    compared = 0
    for row in COMPILED:
        item = harness.identifier(row["name"])
        path, other = OPTIONS.build / "kernels" / f"{item}.o", OPTIONS.programs / row["file"]
        mine, theirs = functions(path), functions(other)
        text_only = {name: place for name, place in mine.items() if name in theirs and not name.startswith("m2sim_")}
        if not text_only:
            yield f"{row['name']}: no function of its own"
        code, reference = words(path), words(other)
        for name, (start, size) in text_only.items():
            compared += 1
            if function(code, start, size) != function(reference, *theirs[name]):
                yield f"{row['name']}: {name} is another function than the suite's"
    if compared < 2 * len(COMPILED) // 3:
        yield f"only {compared} functions compared"


if __name__ == "__main__":
    sys.exit(harness.report([loops, macos_loops, compiled_functions]))
