#!/usr/bin/env python3
"""How many instructions a set of words is, as LLVM counts them.

usage: llvm_opcodes.py WORDS...     (files of words in hexadecimal, one a line)
       llvm_opcodes.py --sweep      (decodes all 2^32 words and prints their opcodes: the content of
                                     llvm_opcodes.txt; needs llvm-14-dev and some minutes)

An opcode is what llvm-mc --show-inst names, as ADDXrs. A form is an opcode with the mnemonic and the kinds of
operands that LLVM prints for it: cmp and subs are two, and so are operands with and without a shift.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LLVM_MC = "llvm-mc-14"
# Armv8.6-A without SVE, SME and MTE; +v8.6a leaves out what is optional at that level.
FEATURES = "+v8.6a,+fullfp16,+fp16fml,+sha3,+aes,+sha2"
LIST = pathlib.Path(__file__).with_name("llvm_opcodes.txt")
INSTRUCTION = re.compile(r"^\t(\S+)(.*?)\s*// <MCInst #\d+ (\w+)")


def disassemble(words):
    """(opcode, mnemonic, operand text) of those words that LLVM knows."""
    lines = "".join(",".join(f"0x{word >> shift & 255:02x}" for shift in (0, 8, 16, 24)) + "\n" for word in words)
    out = subprocess.run([LLVM_MC, "--disassemble", "--triple=aarch64", "-mattr=" + FEATURES, "--show-inst"],
                         input=lines, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout
    for line in out.splitlines():
        match = INSTRUCTION.match(line)
        if match:
            yield match[3], match[1], match[2]


# Operands that are names: system registers and operations, barriers, prefetches, conditions.
NAMED = re.compile(r"^(mrs|msr|sys|sysl|at|dc|ic|tlbi|cfp|dvp|cpp|dsb|dmb|isb|prfu?m|psb|tsb|bti|hint)$")
CONDITION = r"(eq|ne|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al|nv)"


def form(opcode, mnemonic, operands):
    """Opcode, mnemonic, and kinds of operands: numbers, names and values left out."""
    if NAMED.match(mnemonic):
        operands = re.sub(r"\b(?![wx](\d+|zr|sp)\b|sp\b|lsl\b|[us]xt[wx]\b)[a-z]\w+", "name", operands.lower())
    text = re.sub(r"\b([wxbhsdqv])(\d+|zr)\b", r"\1", operands)
    text = re.sub(r"\b(w?sp)\b", lambda m: "w" if m[1] == "wsp" else "x", text)
    text = re.sub(r"#-?[0-9][0-9a-fx.e+]*", "#", text)
    text = re.sub(r"\[\d+\]", "[]", text)
    text = re.sub(r"\b" + CONDITION + r"$", "cond", text.strip())
    return opcode, re.sub(r"^b\." + CONDITION, "b.cond", mnemonic), re.sub(r"\s+", "", text)


def known():
    return {line for line in LIST.read_text().splitlines() if not line.startswith("#")}


def sweep(folder):
    """All opcodes that any of the 2^32 words has."""
    config = lambda option: subprocess.run(["llvm-config-14", *option.split()], check=True, capture_output=True,
                                           text=True).stdout.split()
    tool = folder + "/list_opcodes"
    source = pathlib.Path(__file__).with_name("llvm") / "list_opcodes.cpp"
    subprocess.run(["g++", "-O2", "-std=c++17", "-I" + config("--includedir")[0], source, "-o", tool,
                    "-L" + config("--libdir")[0], *config("--libs")], check=True)
    parts = 1 << 10
    size = (1 << 32) // parts
    names = set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ranges = [(f"{part * size:x}", f"{(part + 1) * size - 1:x}") for part in range(parts)]
        for out in pool.map(lambda r: subprocess.run([tool, FEATURES, *r], check=True, capture_output=True,
                                                     text=True).stdout, ranges):
            names.update(out.split())
    return names


def report(words, name_unreached=False):
    """Prints the counts. False when LLVM takes a word for none, or for an opcode that is not in the list."""
    opcodes = known()
    found = set()
    forms = set()
    count = 0
    for opcode, mnemonic, operands in disassemble(sorted(words)):
        count += 1
        found.add(opcode)
        forms.add(form(opcode, mnemonic, operands))
    print(f"LLVM opcodes: {len(found)} of the {len(opcodes)} that exist; forms: {len(forms)}")
    if name_unreached:
        for name in sorted(opcodes - found):
            print(f"not reached: {name}")
    for name in sorted(found - opcodes):
        print(f"{LIST.name} lacks {name}: run llvm_opcodes.py --sweep")
    if count != len(words):
        print(f"LLVM takes {len(words) - count} of {len(words)} words for no instruction")
    return count == len(words) and found <= opcodes


def main():
    if sys.argv[1:] == ["--sweep"]:
        with tempfile.TemporaryDirectory() as folder:
            print("\n".join(sorted(sweep(folder))))
        return 0
    words = {int(line, 16) for name in sys.argv[1:] for line in pathlib.Path(name).read_text().split()}
    return 0 if report(words, True) else 1


if __name__ == "__main__":
    sys.exit(main())
