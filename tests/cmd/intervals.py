#!/usr/bin/env python3
"""m2sim run --interval: the figures of a run over time add up to those of the run, and cutting them changes nothing."""
import csv
import json
import os
import unittest

import guest

PROGRAMS = os.environ["M2SIM_GUEST_PROGRAMS"]
MODES = ("timing", "fast-timing")

# A region that is come to 50 times, each of 41 instructions, in a loop.
CALLS = """
    .globl _start, work
    .type work, %function
_start:
    mov x19, #50
again:
    bl work
    subs x19, x19, #1
    b.ne again
    mov x0, #0
    mov x8, #93
    svc #0
work:
    mov x1, #13
inner:
    add x2, x2, x1
    subs x1, x1, #1
    b.ne inner
    ret
"""

CRASH = """
    .globl _start
_start:
    mov x1, #0
    .rept 98
    add x2, x2, #1
    .endr
    str x1, [x1]
"""


class Intervals(guest.GuestTest):
    def figures(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            stats = json.load(file)["stats"]
        return {name: value for name, value in stats.items() if not name.startswith(("host.", "emulation."))}

    def cut(self, length, *arguments, status=0):
        """Rows, and the figures of the run with and without the cuts."""
        file = self.path("intervals.csv")
        done = self.m2sim("run", "-q", "--interval", length, "--interval-file", file, "--stats", self.path("cut.json"),
                          *arguments)
        self.assertEqual((done.status, done.err.count("\n")), (status, 1 if status > 128 else 0), done.err)
        self.m2sim("run", "-q", "--stats", self.path("whole.json"), *arguments)
        with open(file, encoding="utf-8", newline="") as lines:
            rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(lines)]
        return rows, self.figures("cut.json"), self.figures("whole.json")

    def check(self, length, *arguments, **more):
        rows, cut, whole = self.cut(str(length), *arguments, **more)
        self.assertEqual(cut, whole)
        self.assertEqual(list(rows[0])[2:], list(whole))
        at = 0
        for row in rows:
            self.assertEqual((row["first_instruction"], row["instructions"]), (at, row["core.insts"]))
            at += int(row["instructions"])
            self.assertEqual(sum(value for name, value in row.items() if name.startswith("core.cpi_stack.")),
                             row["core.cycles"])
            self.assertAlmostEqual(row["core.cpi"], row["core.cycles"] / row["core.insts"])
            self.assertAlmostEqual(row["branch.mpki"], 1000 * row["branch.mispredicts"] / row["core.insts"])
        self.assertEqual({row["instructions"] for row in rows[:-1]} - {length}, set())
        self.assertLessEqual(rows[-1]["instructions"], length)
        derived = ("core.cpi", "core.ipc", "dram.read_wait", "core.slots_per_cycle")
        for name, value in whole.items():
            if name not in derived and not name.endswith("mpki"):
                self.assertEqual(sum(row[name] for row in rows), value, name)
        return rows

    def test_the_sum_is_the_run_in_both_modes(self):
        for mode in MODES:
            for program, length in (("sieve", 50000), ("quicksort", 77777), ("pointer_chase_4mb", 100000)):
                with self.subTest(mode=mode, program=program):
                    rows = self.check(length, "--mode", mode, "--limit", "2M", os.path.join(PROGRAMS, program))
                    self.assertGreater(len(rows), 2)

    def test_of_what_is_skipped_and_warms_up_nothing_counts(self):
        program = self.guest("loop", guest.LOOP.format(count=5000))
        for mode in MODES:
            rows = self.check(1000, "--mode", mode, "--skip", "1001", "--warmup", "777", "--limit", "5k", program)
            self.assertEqual([row["instructions"] for row in rows], [1000] * 5)

    def test_short_ones_cut_inside_blocks(self):
        program = self.guest("loop", guest.LOOP.format(count=100))
        for mode in MODES:
            for length in (1, 7, 100000):
                self.check(length, "--mode", mode, program)

    def test_regions_are_cut_as_they_count(self):
        program = self.guest("calls", CALLS)
        for mode in MODES:
            for length in (41, 100):
                rows = self.check(length, "--mode", mode, "--roi-symbol", "work", program)
                self.assertEqual(sum(row["instructions"] for row in rows), 50 * 41)
            rows = self.check(100, "--mode", mode, "--roi-symbol", "work", "--warmup", "11", program)
            self.assertEqual(sum(row["instructions"] for row in rows), 50 * 30)

    def test_a_program_that_crashes_where_an_interval_is_full(self):
        program = self.guest("crash", CRASH)
        for mode in MODES:
            rows = self.check(33, "--mode", mode, program, status=139)
            self.assertEqual([row["instructions"] for row in rows], [33, 33, 33])

    def test_nothing_counted(self):
        rows, _, _ = self.cut("10", "--limit", "0", self.guest("loop", guest.LOOP.format(count=10)))
        self.assertEqual(rows, [])

    def test_compressed(self):
        program, file = self.guest("loop", guest.LOOP.format(count=100)), self.path("i.csv.zst")
        self.m2sim("run", "-q", "--interval", "10", "--interval-file", file, program)
        with open(file, "rb") as compressed:
            self.assertEqual(compressed.read(4), b"\x28\xb5\x2f\xfd")

    def test_nonsense(self):
        program, file = self.guest("loop", guest.LOOP.format(count=10)), self.path("never.csv")
        self.assert_fails(125, "run: --interval: say where", "run", "--interval", "10", program)
        self.assert_fails(125, "run: --interval-file: say how many", "run", "--interval-file", file, program)
        self.assert_fails(125, "run: --interval takes a number from 1", "run", "--interval", "0", "--interval-file", file, program)
        self.assert_fails(125, "run: --interval: 'x' is not", "run", "--interval", "x", "--interval-file", file, program)
        self.assert_fails(125, "run: --interval: emulation mode", "run", "--mode", "emulation", "--interval", "10",
                          "--interval-file", file, program)
        self.assert_fails(125, ".*/no/such/folder", "run", "--interval", "10", "--interval-file", "/no/such/folder/i", program)
        self.assert_fails(125, ".*named twice", "run", "--interval", "10", "--interval-file", file, "--stats",
                          self.path("never.csv"), program)
        self.assertFalse(os.path.exists(file))

    def test_a_full_disk_takes_nothing_else_with_it(self):
        program, stats = self.guest("loop", guest.LOOP.format(count=5000)), self.path("kept.json")
        done = self.assert_fails(125, "cannot write '/dev/full'", "run", "-q", "--interval", "10", "--interval-file",
                                 "/dev/full", "--stats", stats, program)
        self.assertEqual(done.status, 125)
        self.assertGreater(self.figures("kept.json")["core.cycles"], 4000)


if __name__ == "__main__":
    unittest.main()
