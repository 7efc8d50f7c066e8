"""Programs and a plan of sixty jobs, for the tests of m2sim sweep."""
import csv
import glob
import json
import os
import sqlite3

import guest

FAILURE = 125

# About 50,000 instructions, and a load that misses now and then; the number of turns is the argument's first byte.
WORK = """
    .globl _start
_start:
    ldr x3, [sp, #16]
    ldrb w3, [x3]
    sub x3, x3, #'0'
    mov x4, #1000
    mul x3, x3, x4
    adrp x5, table
    mov x1, #0
loop:
    add x2, x2, #4096
    and x2, x2, #0x1fffff
    ldr x6, [x5, x2]
    add x6, x6, x6
    mul x6, x6, x6
    subs x3, x3, #1
    b.ne loop
    mov x0, #0
    mov x8, #93
    svc #0
    .bss
    .balign 4096
table: .skip 0x200000
"""

ENDLESS = """
    .globl _start
_start: b _start
"""

CRASHES = """
    .globl _start
_start:
    mov x1, #16
    str x0, [x1]
"""

# Says "no luck" and exits with 3.
COMPLAINS = """
    .globl _start
_start:
    mov x0, #2
    adr x1, text
    mov x2, #8
    mov x8, #64
    svc #0
    mov x0, #3
    mov x8, #93
    svc #0
text: .ascii "no luck\\n"
"""

SIXTY = """
[[program]]
path = "work"
inputs = [{name = "short", arguments = ["5"]}, {name = "long", arguments = ["9"]}]

[settings]
rob.groups = [40, 100, 200, 289, 330]
l1d.mshrs = {from = 2, to = 64, times = 2}
"""


class SweepTest(guest.GuestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("runTest")
        for name, source in (("work", WORK), ("endless", ENDLESS), ("crashes", CRASHES), ("complains", COMPLAINS)):
            case.guest(name, source)

    def runTest(self):
        pass

    def plan(self, text):
        return self.write(self.id() + ".toml", text)

    def sweep(self, text, out, *arguments, **more):
        return self.m2sim("sweep", self.plan(text), "--out", self.path(out), *arguments, **more)

    def dump(self, out):
        """What the database says, and the other results."""
        with sqlite3.connect(os.path.join(self.path(out), "results.db")) as db:
            lines = list(db.iterdump())
        texts = []
        for name in ("results.csv", "results.html"):
            with open(os.path.join(self.path(out), name), encoding="utf-8") as file:
                texts.append(file.read())
        return lines, texts

    def rows(self, out):
        with open(os.path.join(self.path(out), "results.csv"), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def attempts(self, out):
        found = []
        for path in glob.glob(os.path.join(self.path(out), "jobs", "*.json")):
            with open(path, encoding="utf-8") as file:
                found.append(json.load(file)["attempt"])
        return found

    def assert_nothing_left(self, out):
        for part in ("locks", "work"):
            self.assertEqual(os.listdir(os.path.join(self.path(out), part)), [])
        self.assertEqual([name for name in os.listdir(self.path(out)) if name.endswith(".new")], [])
