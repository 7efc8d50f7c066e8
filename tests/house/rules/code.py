"""What code may not say: in which folder, and on which paths."""

import re

from source_tree import Finding, code_only, line_of, matches

# What an instruction word is called. A name alone is not enough in timing/, where bitmaps have words too.
WORD = r"(?:\w+(?:\.|->))*(?:word|insn|opcode|encoding|(?:inst|instruction|raw)_(?:word|bits|encoding))\b"
SHIFT_OR_MASK = rf"\b{WORD}\s*(?:>>|<<|\s&\s|\s\^\s|\s%\s)|(?:\s&\s|\s\^\s)\s*{WORD}(?!\s*[(:])"
HAS_WORDS = re.compile(r'#include "(?:insts/(?:decode|disasm)|emu/cpu/fault)\.h"|\binsts::decode\s*\(|\bfetch_word\b')


def one_decoder(tree):
    """Nothing outside insts/ shifts or masks an instruction word."""
    for path, text in tree.cpp("emu", "timing", "cmd", "calibration", "benchmarks"):
        if path.startswith("benchmarks/guest/") or not HAS_WORDS.search(text):
            continue
        yield from matches(path, text, SHIFT_OR_MASK, "`{0}`: only insts/ takes an instruction word apart")


# The default channel of diagnostics that cannot be returned as values (a warning once per unknown system call,
# and --strace); everything else in emu hands its lines to that channel.
DIAGNOSTICS = "emu/machine.cpp"
STANDARD_STREAM = r"\bSTD(?:OUT|ERR)_FILENO\b|::write\s*\(\s*[012]\b"
PRINTS = (r"\b(?:std::)?(?:v?f?printf|puts|fputs|putchar|fputc|perror|vdprintf|dprintf)\s*\(|"
          r"\bstd::(?:cout|cerr|clog)\b|\bfmt::print\b|\bstd::print(?:ln)?\b")


def prints(tree):
    """Only cmd/ prints; a library hands values out."""
    for path, text in tree.cpp("insts", "emu", "timing", "calibration"):
        yield from matches(path, text, PRINTS, "`{0}`: only cmd/ prints")
        if path != DIAGNOSTICS:
            yield from matches(path, text, STANDARD_STREAM, "`{0}`: only cmd/ prints")
        code = code_only(text)
        for match in re.finditer(r"#include <(?:iostream|print|fmt/ostream\.h)>", code):
            yield Finding(path, line_of(code, match.start()), "only cmd/ prints")


# Everything that runs once an instruction or once a cycle. What is listed as cold runs at start-up, at a system
# call, or when a report is made.
HOT = re.compile(r"^(?:insts/(?:decode|inst|operands|bits)|"
                 r"emu/(?:block|emulator|retired|exec/\w+|engine/(?!host_fault)\w+|fp/\w+|"
                 r"cpu/(?:cpu_state|flags)|memory/arena)|"
                 r"timing/(?:(?:branch|memory|crack|pipe|core|fast)/\w+|context|cycle|least_lane|ring|slots|stall|"
                 r"way_match|config/port_layout))\.(?:h|cpp)$")
SLOW = (r"\bvirtual\b|\bstd::(?:function|map|multimap|unordered_map|unordered_set|set|list|deque|shared_ptr|"
        r"make_shared|any|regex|ostringstream|stringstream)\b|\bdynamic_cast\b|\btypeid\b|"
        r"\bstd::mutex\b|(?<!operator )\bnew\s+[A-Za-z_]|\bmalloc\s*\(|\bcalloc\s*\(")


def hot_paths(tree):
    """No allocation, virtual call or node container where code runs per instruction or per cycle."""
    for path, text in tree.cpp("insts", "emu", "timing"):
        if HOT.match(path):
            yield from matches(path, text, SLOW, "`{0}` on a path that runs per instruction or per cycle")


def macros(tree):
    """A macro is a switch of the build (M2SIM_...), or exists for the inclusion of one .inc table."""
    for path, text in tree.cpp("insts", "emu", "timing", "cmd", "calibration"):
        code = code_only(text)
        for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", code, re.MULTILINE):
            name = match.group(1)
            if not name.startswith("M2SIM_") and not re.search(rf"^[ \t]*#[ \t]*undef[ \t]+{name}\b", code, re.MULTILINE):
                yield Finding(path, line_of(code, match.start()), f"macro {name} is neither M2SIM_ nor undefined again")
