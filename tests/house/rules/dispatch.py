"""Handlers of the optimised build go on with a jump: a call would grow the host's stack with every instruction."""

import re
import subprocess

from source_tree import Finding

FUNCTION = re.compile(r"^[0-9a-f]+ <(.*)>:$")
# A handler is known by its one signature (emu/engine/uop.h), whatever it is called.
SIGNATURE = re.compile(r"\((?:m2sim::emu::)?Uop const\*, (?:m2sim::emu::)?CpuState\*, long, unsigned long\*, std::byte\*\)")
LEAST_HANDLERS = 100


def handlers(listing):
    """(name, instructions) of every handler in an objdump listing."""
    name, body = None, []
    for line in listing.splitlines():
        head = FUNCTION.match(line)
        if head:
            if name:
                yield name, body
            name, body = (head.group(1) if SIGNATURE.search(head.group(1)) else None), []
        elif name and "\t" in line:
            body.append(line.split("\t", 1)[1].strip())
    if name:
        yield name, body


def check_listing(listing, least=LEAST_HANDLERS):
    """Findings of one listing (x86-64 or AArch64)."""
    found = list(handlers(listing))
    if len(found) < least:
        yield Finding("emu", 1, f"only {len(found)} handlers found: the check no longer sees them")
    jumping = 0
    for name, body in found:
        called = [text for text in body if re.match(r"(?:call\w*\s+\*|blr\s)", text)]
        jumping += any(re.match(r"(?:notrack )?jmp\w*\s+\*|br\s", text) for text in body)
        if called:
            yield Finding("emu", 1, f"{name} dispatches by a call: {called[0]}")
    if 2 * jumping < len(found):
        yield Finding("emu", 1, f"only {jumping} of {len(found)} handlers end in a jump")


def tail_dispatch(_tree, build):
    """No handler of the built library dispatches through a call."""
    library = build / "emu" / "libm2sim_emu.a"
    listing = subprocess.run(["objdump", "-d", "-C", "--no-show-raw-insn", str(library)], text=True,
                             capture_output=True, check=True).stdout
    yield from check_listing(listing)
