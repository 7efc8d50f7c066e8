#!/usr/bin/env python3
"""m2sim run on parts of a program: what is counted, how often, and what is said of what never came."""
import json
import os
import subprocess
import unittest

import guest

MODES = ("emulation", "timing", "fast-timing")
TIMED = MODES[1:]

# `leaf` has 3 + 3 * 20 + 1 instructions; `outer` 5 and two leaves; `deep` calls itself x0 times, 8 a level and 4
# at the bottom. The main loop goes round ten times: outer, a leaf, deep(3).
PROGRAM = """
    .globl _start, leaf, outer, deep, never
_start:
    mov x19, #10
turn:
    bl outer
    bl leaf
    mov x0, #3
    bl deep
    subs x19, x19, #1
    b.ne turn
done:
    mov x0, #7
    mov x8, #93
    svc #0
    .type leaf, %function
leaf:
    mov x1, #20
    nop
    nop
inside:
    add x2, x2, #1
    subs x1, x1, #1
    b.ne inside
leaf_end:
    ret
    .type outer, %function
outer:
    stp x29, x30, [sp, #-16]!
    bl leaf
    bl leaf
    ldp x29, x30, [sp], #16
    ret
    .type deep, %function
deep:
    cbz x0, bottom
    stp x29, x30, [sp, #-16]!
    sub x0, x0, #1
    nop
    bl deep
    nop
    ldp x29, x30, [sp], #16
    ret
bottom:
    nop
    nop
    ret
    .type never, %function
never:
    ret
"""
LEAF = 3 + 3 * 20 + 1
OUTER = 5 + 2 * LEAF
DEEP = 3 * 8 + 4

MARKED = """
#include "m2sim/markers.h"
static volatile int sink;
static void work(int n) { for (int i = 0; i < n; ++i) sink += i; }
int main(void) {
  work(1000);
  for (int i = 0; i < 5; ++i) {
    m2sim_region_begin(0);
    work(100);
    m2sim_region_end(0);
    work(50);
    m2sim_region_begin(15);
    work(10);
    m2sim_region_end(15);
  }
  return 0;
}
"""

# As Sniper's sim_api.h has it: a command in x1.
SNIPER = """
    .globl _start
_start:
    mov x1, #1
    bfm x0, x0, #0, #0
    mov x3, #100
1:  subs x3, x3, #1
    b.ne 1b
    mov x1, #2
    bfm x0, x0, #0, #0
    mov x3, #1000
2:  subs x3, x3, #1
    b.ne 2b
    mov x0, #0
    mov x8, #93
    svc #0
"""


class Regions(guest.GuestTest):
    def setUp(self):
        self.program = self.guest("program", PROGRAM)

    def figures(self, *arguments, status=7):
        path = self.path("stats.json")
        result = self.m2sim("run", "--quiet", "--stats", path, *arguments)
        self.assertEqual(result.status, status, result.err)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def regions(self, *arguments, **more):
        return {region["name"]: region for region in self.figures(*arguments, **more).get("regions", [])}

    def address(self, symbol):
        table = subprocess.run([guest.GUEST_CC.replace("gcc", "nm"), self.program], capture_output=True, text=True,
                               check=True, timeout=60).stdout
        return next(line.split()[0] for line in table.splitlines() if line.endswith(" " + symbol))

    def test_calls_with_all_that_they_call(self):
        for mode in MODES:
            regions = self.regions("--mode", mode, "--roi-symbol", "outer", "--roi-symbol", "leaf", "--roi-symbol=deep",
                                   self.program)
            found = {name: (region["times"], region["instructions"]) for name, region in regions.items()}
            self.assertEqual(found, {"outer": (10, 10 * OUTER), "leaf": (30, 30 * LEAF), "deep": (10, 10 * DEEP)}, mode)

    def test_alone_a_region_has_exactly_its_instructions_in_the_model(self):
        for mode in TIMED:
            for name, insts in (("outer", OUTER), ("leaf", 3 * LEAF), ("deep", DEEP)):
                figures = self.figures("--mode", mode, "--roi-symbol", name, self.program)
                region = figures["regions"][0]
                self.assertEqual(region["stats"]["core.insts"], 10 * insts)
                self.assertEqual(region["stats"], {name: figures["stats"][name] for name in region["stats"]})
                parts = [value for key, value in region["stats"].items() if key.startswith("core.cpi_stack.")]
                self.assertEqual(sum(parts), region["stats"]["core.cycles"])

    def test_two_runs_are_alike(self):
        for mode in MODES:
            arguments = ("--mode", mode, "--roi-symbol", "outer", "--roi-symbol", "leaf", self.program)
            self.assertEqual(self.figures(*arguments)["regions"], self.figures(*arguments)["regions"])

    def test_a_span_of_addresses(self):
        for mode in MODES:
            span = self.address("inside") + ":" + self.address("leaf_end")
            region = self.regions("--mode", mode, "--roi-pc", span, self.program)[span]
            self.assertEqual((region["times"], region["instructions"]), (30, 30 * 60))
            around = "0x" + self.address("turn") + ":" + self.address("turn")
            region = self.regions("--mode", mode, "--roi-pc", around, self.program)[around]
            self.assertEqual((region["times"], region["open"]), (10, True))

    def test_from_the_middle_of_a_block(self):
        middle = f"{int(self.address('leaf'), 16) + 4:x}:{int(self.address('inside'), 16):x}"
        for mode in TIMED:
            region = self.regions("--mode", mode, "--roi-pc", middle, self.program)[middle]
            self.assertEqual((region["times"], region["instructions"], region["stats"]["core.insts"]), (30, 60, 60))

    def test_repeat_ends_the_run(self):
        for mode in MODES:
            figures = self.figures("--mode", mode, "--roi-symbol", "leaf", "--repeat", "4", self.program, status=0)
            self.assertEqual(figures["manifest"]["end"], "regions")
            self.assertEqual(figures["manifest"]["regions"], ["--roi-symbol=leaf", "--repeat=4"])
            self.assertEqual((figures["regions"][0]["times"], figures["regions"][0]["instructions"]), (4, 4 * LEAF))

    def test_a_run_with_regions_is_repeated_with_them(self):
        first = self.figures("--roi-symbol", "leaf", "--repeat", "4", self.program, status=0)
        os.rename(self.path("stats.json"), self.path("first.json"))
        again = self.figures("--again", self.path("first.json"), status=0)
        self.assertEqual(again["regions"], first["regions"])

    def test_limit_skip_and_warm_up(self):
        for mode in MODES:
            figures = self.figures("--mode", mode, "--roi-symbol", "leaf", "--limit", "100", self.program, status=0)
            self.assertEqual(figures["manifest"]["end"], "limit")
            self.assertEqual((figures["regions"][0]["instructions"], figures["regions"][0]["open"]), (100, True))
            region = self.regions("--mode", mode, "--roi-symbol", "leaf", "--warmup", "10", self.program)["leaf"]
            self.assertEqual((region["times"], region["instructions"]), (30, 30 * (LEAF - 10)))
            region = self.regions("--mode", mode, "--roi-symbol", "leaf", "--skip", "500", self.program)["leaf"]
            self.assertLess(region["times"], 30)

    def test_the_report_and_the_csv_have_each_region(self):
        result = self.m2sim("run", "--roi-symbol", "outer", "--roi-symbol", "leaf", self.program)
        self.assertRegex(result.err, r"(?m)^  outer +10 +1,330 +[\d,]+ +\d\.\d{4}$")
        self.assertRegex(result.err, r"(?m)^  leaf +30 +1,920 ")
        path = self.path("stats.csv")
        self.m2sim("run", "-q", "--stats", path, "--roi-symbol", "leaf", self.program)
        with open(path, encoding="utf-8") as file:
            self.assertIn("region.leaf.core.insts,1920,", file.read())

    def test_markers_of_c(self):
        source = self.write("marked.c", MARKED)
        include = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "include")
        program = self.path("marked")
        subprocess.run([guest.GUEST_CC, "-O1", "-static", "-I", include, "-o", program, source], check=True, timeout=60)
        for mode in MODES:
            regions = self.regions("--mode", mode, "--roi-markers", program, status=0)
            self.assertEqual({name: region["times"] for name, region in regions.items()}, {"marker 0": 5, "marker 15": 5})
            inner, outer = regions["marker 15"]["instructions"], regions["marker 0"]["instructions"]
            self.assertEqual((outer - inner) % (5 * 90), 0)  # the same loop, 90 turns longer
            if mode != "emulation":
                self.assertEqual(regions["marker 0"]["stats"]["core.insts"], outer)
        self.assertEqual(self.m2sim("run", "-q", program).status, 0)

    def test_markers_of_sniper(self):
        program = self.guest("sniper", SNIPER)
        for mode in MODES:
            region = self.regions("--mode", mode, "--roi-sniper", program, status=0)["sniper"]
            self.assertEqual((region["times"], region["instructions"]), (1, 1 + 1 + 200 + 1))

    def test_what_never_comes_is_said_and_the_rest_kept(self):
        for mode in MODES:
            path = self.path("partial.json")
            result = self.m2sim("run", "-q", "--mode", mode, "--stats", path, "--roi-symbol", "never", "--roi-symbol",
                                "leaf", self.program)
            self.assertEqual((result.status, result.err), (123, "m2sim: run: region 'never' was never reached\n"))
            with open(path, encoding="utf-8") as file:
                self.assertEqual([region["name"] for region in json.load(file)["regions"]], ["leaf"])
        result = self.m2sim("run", "-q", "--roi-markers", self.program)
        self.assertEqual((result.status, result.err), (123, "m2sim: run: a marker was never reached\n"))

    def test_what_cannot_be_meant(self):
        self.assert_fails(125, ".*program has no function 'otuer'; did you mean 'outer'", "run", "--roi-symbol", "otuer",
                          self.program)
        for span in ("12", "1:2", "x:y", "4:", ":", "0x10000000000000000:4"):
            self.assert_fails(125, "--roi-pc: ", "run", "--roi-pc", span, self.program)
        self.assert_fails(125, "--repeat counts the times of a region", "run", "--repeat", "3", self.program)
        self.assert_fails(125, "--repeat takes a number from 1 on", "run", "--roi-symbol", "leaf", "--repeat", "0",
                          self.program)
        stripped = self.path("stripped")
        subprocess.run([guest.GUEST_CC.replace("gcc", "strip"), "-o", stripped, self.program], check=True, timeout=60)
        self.assert_fails(125, "--roi-symbol: .*stripped has no symbols", "run", "--roi-symbol", "leaf", stripped)


if __name__ == "__main__":
    unittest.main()
