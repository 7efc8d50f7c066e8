#!/usr/bin/env python3
"""A simulator made slower on purpose is noticed by `history compare --fail-if`; the same one run again is not.

The three take turns, and are compared by processor time, which other loads of the machine disturb least. On a
machine so busy that the noise hides the slow-down, more turns are taken.
"""
import json
import os
import subprocess
import unittest

import guest

SLOWED = os.environ["M2SIM_SLOWED"]
GATE = "fast-timing:*:host.cpu_seconds>5%"
TURNS, MOST_TURNS = 5, 40

STORES = """
    .globl _start
_start:
    sub sp, sp, #64
    mov x1, #0x80000
loop:
    str x1, [sp, #8]
    ldr x2, [sp, #8]
    add x3, x3, x2
    subs x1, x1, #1
    b.ne loop
    mov x0, #0
    mov x8, #93
    svc #0
"""


class Slowdown(guest.GuestTest):
    def setUp(self):
        self.guest("loop", guest.LOOP.format(count=0x100000))
        self.guest("stores", STORES)
        programs = [{"name": name, "file": name, "kind": "micro", "iterations": 1, "stdout": ""}
                    for name in ("loop", "stores")]
        self.write("suite.json", json.dumps({"schema_version": 1, "programs": programs}))
        self.results = {"before": [], "again": [], "slowed": []}

    def take_turn(self):
        turn = len(self.results["before"])
        for name, files in self.results.items():
            path = self.path(f"{name}-{turn}.json")
            subprocess.run([SLOWED if name == "slowed" else guest.M2SIM, "suite", "--mode", "fast-timing", "--jobs", "1",
                            "--quiet", "--programs", self.folder, "--json", path], check=True, timeout=300)
            files.append(path)

    def compared(self, turns):
        """Exit statuses of the comparisons with the same simulator and with the slowed one, and their text."""
        db = ("--db", self.path(f"{turns}.db"))
        for files in self.results.values():
            done = self.m2sim("history", "record", *db, *files)
            self.assertEqual(done.status, 0, done.err)
        again, slowed = (self.m2sim("history", "compare", *db, "1", record, "--fail-if", GATE) for record in "23")
        return (again.status, slowed.status), again.out + slowed.out

    def test_slower_is_noticed_and_the_same_is_not(self):
        while True:
            self.take_turn()
            turns = len(self.results["before"])
            if turns % TURNS != 0:
                continue
            statuses, text = self.compared(turns)
            if statuses == (0, 1) or turns == MOST_TURNS:
                break
        self.assertEqual(statuses, (0, 1), text)
        gate = ("--fail-if", "core.*!=0", "--fail-if", "emulation.*!=0")
        same = self.m2sim("history", "compare", "--db", self.path(f"{turns}.db"), "1", "3", *gate)
        self.assertEqual(same.status, 0, "what the guest decides differs: " + same.out)
        print(f"after {turns} turns:\n{text}")


if __name__ == "__main__":
    unittest.main()
