"""What code may not say: in which folder, and on which paths."""

import re

from source_tree import Finding, Globs, code_only, line_of, matches

# What an instruction word is called. A name alone is not enough in timing/, where bitmaps have words too.
WORD = r"(?:\w+(?:\.|->))*(?:word|insn|opcode|encoding|(?:inst|instruction|raw)_(?:word|bits|encoding))\b"
SHIFT_OR_MASK = rf"\b{WORD}\s*(?:>>|<<|\s&\s|\s\^\s|\s%\s)|(?:\s&\s|\s\^\s)\s*{WORD}(?!\s*[(:])"
# A file has instruction words when it includes one of these headers, or calls one of these functions.
WORD_HEADERS = Globs("WORD_HEADERS", "insts/decode.h", "insts/disasm.h", "emu/cpu/fault.h")
WORD_CALLS = ("insts::decode",)
HAS_WORDS = re.compile("|".join([f'#include "{re.escape(header)}"' for header in WORD_HEADERS.globs] +
                                [rf"\b{call}\s*\(" for call in WORD_CALLS]))
# Guest programs and tests make words of their own.
OTHERS = Globs("OTHERS", "*.h", "*.cpp", "!insts/", "!tests/", "!benchmarks/guest/")


def one_decoder(tree):
    """Nothing outside insts/ shifts or masks an instruction word."""
    for path, text in tree.cpp(OTHERS):
        if HAS_WORDS.search(text):
            yield from matches(path, text, SHIFT_OR_MASK, "`{0}`: only insts/ takes an instruction word apart")


LIBRARIES = Globs("LIBRARIES", "*.h", "*.cpp", "!cmd/", "!tests/", "!benchmarks/",
                  # Programs of the build.
                  "!calibration/assembler/", "!calibration/native/")
STANDARD_STREAM = r"\bSTD(?:OUT|ERR)_FILENO\b|::write\s*\(\s*[012]\b"
PRINTS = (r"\b(?:std::)?(?:v?f?printf|puts|fputs|putchar|fputc|perror|vdprintf|dprintf)\s*\(|"
          r"\bstd::(?:cout|cerr|clog)\b|\bfmt::print\b|\bstd::print(?:ln)?\b")


def prints(tree):
    """Only cmd/ prints; a library hands values out."""
    for path, text in tree.cpp(LIBRARIES):
        yield from matches(path, text, PRINTS, "`{0}`: only cmd/ prints")
        yield from matches(path, text, STANDARD_STREAM, "`{0}`: only cmd/ prints")
        code = code_only(text)
        for match in re.finditer(r"#include <(?:iostream|print|fmt/ostream\.h)>", code):
            yield Finding(path, line_of(code, match.start()), "only cmd/ prints")


# A library leaves the process that it is part of as it is; docs/library.md names the two exceptions: one catches
# the guest's faults, one opens files for whom the guest has become. A thread's mask of signals is no one else's, and
# is put back.
EFFECTS = Globs("EFFECTS", "insts/", "emu/", "timing/", "!emu/engine/host_fault.*", "!emu/linux/rights/credentials.*")
EFFECT = (r"(?<![\w>])(?:std)?::(?:umask|signal|raise|abort|chdir|fchdir|chroot|prctl|personality|unshare|setenv|putenv|"
          r"unsetenv|setlocale|fesetround|setrlimit|setitimer|alarm|setpriority|setpgid|setsid|set(?:e|re|res|fs)?[ug]id|setgroups|_?[eE]xit|quick_exit|"
          r"atexit|set_terminate|set_new_handler)\s*\(|(?<!struct )\bsigaction\s*\(|\boperator new\b|"
          r"\bexit_status\b")


def host_effects(tree):
    """Only cmd/ changes the process it runs in, and only cmd/ knows exit statuses."""
    for path, text in tree.cpp(EFFECTS):
        yield from matches(path, text, EFFECT, "`{0}`: only cmd/ changes its process")


# Everything that runs once an instruction or once a cycle: whole rooms, and single files of others.
HOT = Globs("HOT", "insts/bits.*", "insts/decode.*", "insts/inst.*", "insts/operands.*",
            "emu/block.*", "emu/emulator.*", "emu/retired.*", "emu/exec/", "emu/engine/", "emu/fp/",
            "emu/cpu/cpu_state.*", "emu/cpu/flags.*", "emu/memory/arena.*",
            "timing/", "!timing/stats.*", "!timing/run/", "!timing/config/", "timing/config/port_layout.*",
            # A trace is written to be looked at.
            "!timing/probe/pipe_trace.*", "!timing/probe/timeline.*",
            # At a fault only.
            "!emu/engine/host_fault.*")
SLOW = (r"\bvirtual\b|\bstd::(?:function|map|multimap|unordered_map|unordered_set|set|list|deque|shared_ptr|"
        r"make_shared|any|regex|ostringstream|stringstream)\b|\bdynamic_cast\b|\btypeid\b|"
        r"\bstd::mutex\b|(?<!operator )\bnew\s+[A-Za-z_]|\bmalloc\s*\(|\bcalloc\s*\(")


def hot_paths(tree):
    """No allocation, virtual call or node container where code runs per instruction or per cycle."""
    for path, text in tree.cpp(HOT):
        yield from matches(path, text, SLOW, "`{0}` on a path that runs per instruction or per cycle")


PRODUCT = Globs("PRODUCT", "*.h", "*.cpp", "!tests/", "!benchmarks/", "!calibration/native/", "!include/")


def macros(tree):
    """A macro is a switch of the build (M2SIM_...), or exists for the inclusion of one .inc table."""
    for path, text in tree.cpp(PRODUCT):
        code = code_only(text)
        for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", code, re.MULTILINE):
            name = match.group(1)
            if not name.startswith("M2SIM_") and not re.search(rf"^[ \t]*#[ \t]*undef[ \t]+{name}\b", code, re.MULTILINE):
                yield Finding(path, line_of(code, match.start()), f"macro {name} is neither M2SIM_ nor undefined again")


# Where code decides by the table's columns and marks: what an instruction is called is for who reads listings.
BLIND = Globs("BLIND", "emu/", "timing/")
LISTINGS = Globs("LISTINGS", "cmd/")
TEXT = r"\bmnemonic(?:_of)?\b(?:\([^()]*\))?"
DECIDES = rf"{TEXT}\s*(?:[=!]=|\[|\.\s*\w)|[=!]=\s*(?:\w+(?:::|\.|->|\([^()]*\)))*{TEXT}"
COSTLESS = Globs("COSTLESS", "emu/", "cmd/")
# Parsed, stored and handed out; what else insts/ knows of a row has columns of its own.
COSTS = Globs("COSTS", "insts/", "!insts/encoding.*", "!insts/encoding_parse.h", "!insts/timing_class.h", "!insts/operands.*")


def mnemonics(tree):
    """Nothing outside insts/ decides by the text of a mnemonic."""
    for path, text in tree.cpp(BLIND):
        yield from matches(path, text, TEXT, "`{0}`: ask for a column or mark of the encoding table")
    for path, text in tree.cpp(LISTINGS):
        yield from matches(path, text, DECIDES, "`{0}`: ask for a column or mark of the encoding table")


def costs(tree):
    """What an instruction is, is not found from what it costs: only timing/ reads TimingClass."""
    for globs in (COSTLESS, COSTS):
        for path, text in tree.cpp(globs):
            yield from matches(path, text, r"\bTimingClass\b|\btiming_class_of\b", "`{0}`: only timing/ reads it")
