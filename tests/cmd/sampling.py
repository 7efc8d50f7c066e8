#!/usr/bin/env python3
"""m2sim run --sample: windows of a run stand for all of it."""
import json
import subprocess
import unittest

import guest

TIMED = ("timing", "fast-timing")

# Phases of additions and of divisions that wait for each other, again and again: 12 million instructions.
PHASES = """
    .globl _start
_start:
    mov x9, #120
    mov x5, #7
again:
    mov x1, #20000
adds:
    add x2, x2, #1
    add x3, x3, #1
    subs x1, x1, #1
    b.ne adds
    mov x1, #6000
divides:
    udiv x4, x5, x5
    add x5, x4, #6
    subs x1, x1, #1
    b.ne divides
    subs x9, x9, #1
    b.ne again
    mov x0, #0
    mov x8, #93
    svc #0
"""


class Sampling(guest.GuestTest):
    def setUp(self):
        super().setUp()
        self.program = self.guest("phases", PHASES)

    def m2sim(self, *options):
        return subprocess.run([guest.M2SIM, *options], stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              text=True, check=False)

    def figures(self, *options):
        path = self.path("figures.json")
        done = self.m2sim("run", "-q", "--stats", path, *options, self.program)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def refused(self, *options):
        done = self.m2sim("run", *options, self.program)
        self.assertEqual(done.returncode, 125, options)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def test_the_estimate_is_the_whole_within_its_interval(self):
        for mode in TIMED:
            whole = self.figures("--mode", mode)["stats"]
            outside = 0
            for seed in range(1, 7):
                stats = self.figures("--mode", mode, "--sample", "--sample-seed", str(seed))["stats"]
                self.assertEqual(stats["core.insts"], whole["core.insts"])
                self.assertLessEqual(stats["sample.error"], 0.03)
                self.assertEqual(stats["sample.met"], 1)
                for name in ("core.cpi", "branch.mpki", "core.cpi_stack.dependence_divide"):
                    self.assertIn("sample.half_width." + name, stats)
                off = abs(stats["core.cpi"] - whole["core.cpi"])
                outside += off > stats["sample.half_width.core.cpi"]
            self.assertLessEqual(outside, 1, mode)

    def test_a_seed_gives_the_same_figures_and_another_one_others(self):
        def figures(*options):
            return {name: value for name, value in self.figures("--sample", *options)["stats"].items()
                    if not name.startswith("host.")}
        one = figures("--sample-seed", "5")
        self.assertEqual(one, figures("--sample-seed", "5"))
        self.assertNotEqual(one["core.cycles"], figures("--sample-seed", "6")["core.cycles"])

    def test_the_stack_sums_to_the_cycles(self):
        stats = self.figures("--sample")["stats"]
        stack = sum(value for name, value in stats.items() if name.startswith("core.cpi_stack."))
        self.assertEqual(stack, stats["core.cycles"])

    def test_a_smaller_error_takes_more_windows(self):
        wide = self.figures("--sample", "--error", "10%")["stats"]
        narrow = self.figures("--sample", "--error", "2%")["stats"]
        self.assertGreater(narrow["sample.windows"], wide["sample.windows"])
        self.assertLessEqual(narrow["sample.error"], 0.02)

    def test_the_report_says_how_well_it_is_known(self):
        done = self.m2sim("run", "--sample", "--sample-check", self.program)
        for words in ("Sampling", "+-", "windows", "CPI of the whole", "off by"):
            self.assertIn(words, done.stderr)
        self.assertNotIn("not met", done.stderr)
        done = self.m2sim("run", "--sample", "--error", "0.01%", self.program)
        self.assertIn("the error asked for is not met", done.stderr)

    def test_the_check_is_the_whole_run(self):
        whole = self.figures()["stats"]
        plain = self.figures("--sample")["stats"]
        checked = self.figures("--sample", "--sample-check")["stats"]
        self.assertEqual(checked["sample.whole_cpi"], whole["core.cpi"])
        self.assertEqual(checked["core.cycles"], plain["core.cycles"])

    def test_again_samples_in_the_same_way(self):
        options = ("--sample", "--error", "4%", "--sample-seed", "9", "--sample-window", "3k")
        first = self.figures(*options)
        self.assertEqual(first["manifest"]["sample"]["seed"], 9)
        path = self.path("first.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(first, file)
        again = self.path("again.json")
        done = self.m2sim("run", "-q", "--again", path, "--stats", again)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(again, encoding="utf-8") as file:
            second = json.load(file)
        self.assertEqual(second["manifest"]["sample"], first["manifest"]["sample"])
        self.assertEqual(second["stats"]["core.cycles"], first["stats"]["core.cycles"])
        done = self.m2sim("run", "-q", "--again", path, "--error", "8%", "--stats", again)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(again, encoding="utf-8") as file:
            other = json.load(file)["manifest"]["sample"]
        self.assertEqual(other, {**first["manifest"]["sample"], "error": 0.08})

    def test_what_needs_all_times_is_refused(self):
        page = self.path("page.html")
        self.assertIn("emulation", self.refused("--sample", "--mode", "emulation"))
        self.assertIn("regions", self.refused("--sample", "--roi-symbol", "adds"))
        self.assertIn("--clock cycles", self.refused("--sample", "--clock", "cycles"))
        self.assertIn("--report", self.refused("--sample", "--report", page))
        self.assertIn("write it like 2%", self.refused("--sample", "--error", "much"))
        self.assertIn("write it like 2%", self.refused("--sample", "--error", "0"))
        self.assertIn("with --sample", self.refused("--error", "2%"))
        self.assertIn("with --sample", self.refused("--sample-check"))
        self.refused("--sample", "--sample-window", "10")

    def test_a_condition_may_ask_how_well_it_is_known(self):
        done = self.m2sim("run", "-q", "--sample", "--fail-if", "sample.error>0.0001%", self.program)
        self.assertEqual(done.returncode, 1, done.stderr)

    def test_a_condition_on_what_nobody_knows_fails(self):
        done = self.m2sim("run", "-q", "--sample", "--sample-window", "1000", "--limit", "105k", "--fail-if", "sample.error>50%",
                          "--fail-if", "sample.met<0", self.program)
        self.assertEqual((done.returncode, done.stderr), (1, "failed: sample.error>50%, it is not known\n"))


if __name__ == "__main__":
    unittest.main()
