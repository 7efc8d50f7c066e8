#!/usr/bin/env python3
"""Our decoder and disassembler against outside ones: aarch64-linux-gnu-objdump.

usage: objdump_sweep.py ROW_SAMPLES [--samples N] [--near N] [--random N] [--seed N]

Forward: random legal words of every table row; objdump must name the row's instruction, with or without
         aliases, and its operands must be those of our text (numbers compared by value).
Reverse: words near legal ones (some bits flipped) and random words; objdump and the table must agree on
         which are instructions. What the modelled core does not have is OUTSIDE.
Prints what disagrees and exits with 1 if anything does.
"""
import argparse
import collections
import random
import re
import struct
import subprocess
import sys
import tempfile

OBJDUMP = "aarch64-linux-gnu-objdump"
LINE = re.compile(r"^\s*[0-9a-f]+:\t([0-9a-f]{8}) \t(.*)$")

# Mnemonics (objdump's, without aliases) of instructions that user level of an Armv8.6-A core with the
# extensions of the M2 does not have.
OUTSIDE = re.compile(
    r"^(addg|subg|subps?|irg|gmi|cmpp|ldgm?|stz?2?gm?|stgp"      # MTE
    r"|bc\.\w+|cpy\w+|set[pgme]\w*"                              # HBC, MOPS
    r"|ld64b|st64bv?0?|wfe?it|wfet|tstart|tcommit|tcancel|ttest"  # LS64, WFxT, TME
    r"|dcps[123]|hvc|smc|eret\w*|drps|smstart|smstop"            # higher exception levels, SME
    r"|sm3\w+|sm4\w+)$")                                         # SM3, SM4
# CSSC's general-register forms share names with vector instructions.
CSSC = re.compile(r"^[su](max|min)\s+[wx]|^(abs|cnt|ctz)\s+[wx]")
NEWER_FORMS = re.compile(r"^dsb\s+\w+nxs$|^msr\s+allint")  # XS, NMI
# objdump ignores the bit that the manual reserves (sz = 1).
FMLAL_RESERVED = re.compile(r"^fml[as]l2?\b.*v\d+\.[24]h$")
UNALLOCATED_SYSTEM = re.compile(r"^(mrs|msr)\b.*\bs[01]_")

# Constrained unpredictable words that we execute and objdump calls unknown: `ignored` bits are set before
# objdump sees the word (it wants some should-be-one bits of ldar).
SHOULD_BE_ONE = {"LDAR": 0x001F7C00, "LDARB": 0x001F7C00, "LDARH": 0x001F7C00}


def is_unpredictable(word, row):
    """Pairs that load one register twice or overwrite their base: objdump rejects those of ldpsw only."""
    rt, rn, rt2 = word & 31, word >> 5 & 31, word >> 10 & 31
    written_back = not row.endswith("_off")
    return row.startswith("LDPSW") and (rt == rt2 or (written_back and rn != 31 and rn in (rt, rt2)))


def is_wide_pstate(word, row):
    """Processor state fields of one bit ignore the upper bits of the immediate; objdump names none then."""
    return row == "MSR_imm" and word >> 8 & 15 > 1


def objdump(words, aliases):
    """Text of each word, without comments; '' for a word that objdump does not know."""
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(b"".join(struct.pack("<I", word) for word in words))
        file.flush()
        option = [] if aliases else ["-M", "no-aliases"]
        text = subprocess.run(
            [OBJDUMP, "-D", "-z", "-b", "binary", "-m", "aarch64", *option, file.name],
            check=True, capture_output=True, text=True).stdout
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            body = match.group(2).split("//")[0].strip()
            unknown = not body or body.startswith((".inst", "undefined", "<unknown>"))
            found.append("" if unknown else body)
    if len(found) != len(words):
        sys.exit(f"objdump printed {len(found)} instructions for {len(words)} words")
    return found


def normal(text):
    """Numbers by value, register lists written out, synonymous conditions alike, no offset 0, no blanks."""
    def expand(match):
        first, last, suffix = int(match[1]), int(match[3]), match[2]
        count = (last - first) % 32 + 1
        return "{" + ",".join(f"v{(first + i) % 32}{suffix}" for i in range(count)) + "}"

    text = re.sub(r"\{v(\d+)(\.\w+)-v(\d+)\.\w+\}", expand, text.lower())
    text = text.replace("#", "")
    text = re.sub(r"-?\b0x[0-9a-f]+", lambda m: str(int(m[0], 16) % 2**64), text)
    text = re.sub(r"(?<![\w.])-?\d+\.\d+(e[+-]\d+)?", lambda m: f"{float(m[0]):.4g}", text)
    text = re.sub(r"(?<![\w.])-\d+", lambda m: str(int(m[0]) % 2**64), text)
    text = re.sub(r"\bhs\b", "cs", re.sub(r"\blo\b", "cc", text))
    text = re.sub(r"(?<![\w.])0+(?=\d)", "", re.sub(r",\s*0\]!", "]!", text))
    return re.sub(r"\s+", "", text)


def mnemonic(text):
    return text.split()[0] if text else ""


def run_samples(tool, *arguments, words=None):
    """[(word, row, mnemonic, text)]; row is '-' for undefined words."""
    text = None if words is None else "".join(f"{word:x}\n" for word in words)
    out = subprocess.run([tool, *arguments], input=text, check=True, capture_output=True, text=True).stdout
    rows = []
    for line in out.splitlines():
        word, row, name, ours = line.split("\t")
        rows.append((None if word == "-" else int(word, 16), row, name, ours))
    return rows


class Report:
    """Counts disagreements by kind and row, and keeps the first words of each."""

    def __init__(self):
        self.found = collections.defaultdict(list)

    def add(self, kind, row, *details):
        self.found[kind, row].append(details)

    def print(self):
        for (kind, row), words in sorted(self.found.items()):
            print(f"{kind}: {row}: {len(words)} words, as {' | '.join(map(str, words[0]))}")
        return 1 if self.found else 0


def sweep_forward(tool, samples, seed, report):
    rows = run_samples(tool, "rows", str(samples), str(seed))
    for _, row, _, _ in (r for r in rows if r[0] is None):
        report.add("no legal word", row)
    rows = [r for r in rows if r[0] is not None]
    words = [word | SHOULD_BE_ONE.get(row, 0) for word, row, _, _ in rows]
    for (word, row, name, text), plain, alias in zip(rows, objdump(words, False), objdump(words, True)):
        if row == "DGH":  # this objdump prints its hint number
            continue
        if not plain:
            if not is_unpredictable(word, row):
                report.add("objdump does not know", row, f"{word:08x}", text)
            continue
        branch = row == "B_cond" and mnemonic(plain).startswith("b.")
        if not branch and name not in (mnemonic(plain), mnemonic(alias)):
            report.add("mnemonic", row, f"{word:08x}", name, plain)
        ours = normal(text)
        if ours not in (normal(plain), normal(alias)) and not is_wide_pstate(word, row) \
                and not is_named_register(row, text, alias):
            report.add("text", row, f"{word:08x}", text, plain, alias)
    return len(rows)


def is_named_register(row, ours, theirs):
    """objdump knows more system registers (and operations) by name; ours are then numbered."""
    if row not in ("MRS", "MSR"):
        return False
    numbered = re.compile(r"s[0-3]_[0-7]_c\d+_c\d+_[0-7]")
    return bool(numbered.search(ours)) != bool(numbered.search(theirs))


def near_words(tool, count, seed):
    """Legal words with one to four bits flipped."""
    pick = random.Random(seed)
    legal = [r[0] for r in run_samples(tool, "rows", "4", str(seed + 1)) if r[0] is not None]
    words = []
    for _ in range(count):
        word = pick.choice(legal)
        for _ in range(pick.randint(1, 4)):
            word ^= 1 << pick.randrange(32)
        words.append(word)
    return words


def is_foreign_group(word):
    """SVE and SME own groups of the top level, and udf the words below 2^16."""
    group = word >> 25 & 15
    return group == 2 or (group == 0 and word >> 16 != 0)


def sweep_reverse(tool, words, report):
    words = [word for word in words if not is_foreign_group(word)]
    rows = run_samples(tool, "words", words=words)
    shown = [word | SHOULD_BE_ONE.get(row[1], 0) for word, row in zip(words, rows)]
    for (word, row, _, text), theirs in zip(rows, objdump(shown, False)):
        outside = OUTSIDE.match(mnemonic(theirs)) or CSSC.match(theirs) or UNALLOCATED_SYSTEM.match(theirs)
        outside = outside or NEWER_FORMS.match(theirs) or (FMLAL_RESERVED.match(theirs) and word >> 22 & 1)
        if row == "-" and theirs and not outside:
            report.add("only objdump knows", mnemonic(theirs), f"{word:08x}", theirs)
        elif row != "-" and not theirs and not is_unpredictable(word, row):
            report.add("only the table knows", row, f"{word:08x}", text)
        elif row != "-" and outside and not is_wide_pstate(word, row):
            report.add("outside the core", row, f"{word:08x}", theirs)
    return len(words)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("row_samples")
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--near", type=int, default=60000)
    parser.add_argument("--random", type=int, default=60000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report = Report()
    forward = sweep_forward(options.row_samples, options.samples, options.seed, report)
    pick = random.Random(options.seed)
    words = near_words(options.row_samples, options.near, options.seed)
    words += [pick.getrandbits(32) for _ in range(options.random)]
    reverse = sweep_reverse(options.row_samples, words, report)
    status = report.print()
    print(f"{forward} words of the table and {reverse} others: {len(report.found)} kinds of disagreement")
    return status


if __name__ == "__main__":
    sys.exit(main())
