#!/usr/bin/env python3
"""m2sim run --clock cycles: a program that times itself sees the core's time."""
import json
import os
import struct
import subprocess
import unittest

import guest

TIMED = ("timing", "fast-timing")
CORES = ("m1-pcore", "m2-pcore")
ADDS = 16
TURNS = 20000

# Times a chain of additions, one a cycle, by clock_gettime and by the counter, and writes the six numbers.
SELF_TIMED = f"""
    .globl _start
_start:
    sub sp, sp, #64
    mov x0, #1
    mov x1, sp
    mov x8, #113
    svc #0
    isb
    mrs x20, cntvct_el0
    mov x3, #{TURNS}
loop:
    .rept {ADDS}
    add x2, x2, #1
    .endr
    subs x3, x3, #1
    b.ne loop
    isb
    mrs x21, cntvct_el0
    stp x20, x21, [sp, #32]
    mov x0, #1
    add x1, sp, #16
    mov x8, #113
    svc #0
    mov x0, #1
    mov x1, sp
    mov x2, #48
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
"""

# Sleeps for 1 ms and exits with 0 if no less has passed, and not much more.
SLEEPS = """
    .globl _start
_start:
    sub sp, sp, #64
    mrs x19, cntvct_el0
    stp xzr, xzr, [sp]
    mov x0, #16960
    movk x0, #15, lsl #16
    str x0, [sp, #8]
    mov x0, sp
    mov x1, #0
    mov x8, #101
    svc #0
    mrs x20, cntvct_el0
    sub x20, x20, x19
    mov x21, #24000
    sub x20, x20, x21
    cmp x20, #24
    cset x0, hi
    mov x8, #93
    svc #0
"""


class Clock(guest.GuestTest):
    def run_timed(self, program, *options):
        """(standard output, the file of figures) of a run."""
        path = self.path("figures.json")
        done = subprocess.run([guest.M2SIM, "run", "-q", "--stats", path, *options, program], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=True)
        with open(path, encoding="utf-8") as file:
            return done.stdout, json.load(file)

    def figures(self, file):
        return {name: value for name, value in file["stats"].items()
                if not name.startswith("host.") and name != "emulation.block_lookups"}

    def seconds(self, out):
        """By clock_gettime and by the counter."""
        begin, begin_ns, end, end_ns, counter, counter_end = struct.unpack("<6q", out)
        return end - begin + (end_ns - begin_ns) / 1e9, (counter_end - counter) / 24e6

    def test_a_loop_takes_the_time_of_its_cycles(self):
        program = self.guest("self_timed", SELF_TIMED)
        for mode in TIMED:
            for core in CORES:
                options = ("--mode", mode, "--core", core, "--clock", "cycles")
                out, file = self.run_timed(program, *options)
                expected = ADDS * TURNS / (file["manifest"]["clock_mhz"] * 1e6)
                for seconds in self.seconds(out):
                    self.assertAlmostEqual(seconds / expected, 1, delta=0.01, msg=f"{mode} {core}")
                again, file_again = self.run_timed(program, *options)
                self.assertEqual(out, again)
                self.assertEqual(self.figures(file), self.figures(file_again))

    def test_another_clock_is_another_time(self):
        program = self.guest("self_timed", SELF_TIMED)
        out, _ = self.run_timed(program, "--clock", "cycles", "--set", "clock.mhz=1000")
        self.assertAlmostEqual(self.seconds(out)[0], ADDS * TURNS / 1e9, delta=ADDS * TURNS / 1e11)

    def test_instructions_are_the_default_and_alike_in_all_modes(self):
        program = self.guest("self_timed", SELF_TIMED)
        outs = [self.run_timed(program, "--mode", mode)[0] for mode in ("emulation", *TIMED)]
        self.assertEqual(outs[0], outs[1])
        self.assertEqual(outs[0], outs[2])
        out, file = self.run_timed(program, "--clock", "instructions")
        self.assertEqual(out, outs[0])
        self.assertEqual(file["manifest"]["clock"], "instructions")

    def test_who_does_not_look_at_the_clock_takes_the_same_cycles(self):
        program = self.guest("loop", guest.LOOP.format(count=5000))
        for mode in TIMED:
            self.assertEqual(*(self.figures(self.run_timed(program, "--mode", mode, "--clock", clock)[1])
                               for clock in ("instructions", "cycles")))

    def test_sleeping_takes_as_long_as_asked_for(self):
        program = self.guest("sleeps", SLEEPS)
        for mode in TIMED:
            self.run_timed(program, "--mode", mode, "--clock", "cycles")

    # What is skipped passes with the instructions; time goes on from there.
    def test_time_goes_on_behind_what_is_skipped(self):
        program = self.guest("self_timed", SELF_TIMED)
        turns = TURNS // 2 * (ADDS + 2)
        out, file = self.run_timed(program, "--clock", "cycles", "--skip", str(turns))
        expected = turns / 8e9 + ADDS * TURNS / 2 / (file["manifest"]["clock_mhz"] * 1e6)
        self.assertAlmostEqual(self.seconds(out)[0] / expected, 1, delta=0.01)

    def test_report_and_again_say_which(self):
        program = self.guest("self_timed", SELF_TIMED)
        out, file = self.run_timed(program, "--clock", "cycles")
        self.assertEqual(file["manifest"]["clock"], "cycles")
        os.rename(self.path("figures.json"), self.path("before.json"))
        again, file_again = self.run_timed(program, "--again", self.path("before.json"))
        self.assertEqual((again, file_again["manifest"]["clock"]), (out, "cycles"))
        done = subprocess.run([guest.M2SIM, "run", "--clock", "cycles", program], capture_output=True, timeout=60, check=True)
        self.assertIn(b"clock by cycles", done.stderr.splitlines()[0])

    def test_the_other_commands_have_it(self):
        program = self.guest("self_timed", SELF_TIMED)
        out = self.run_timed(program, "--clock", "cycles")[0]
        for command in (("annotate", "-q"), ("timeline", "-o", self.path("drawing"), "--limit", "1M")):
            done = subprocess.run([guest.M2SIM, *command, "--clock", "cycles", program], capture_output=True, timeout=60,
                                  check=True)
            self.assertEqual(done.stdout, out)

    def test_what_cannot_be_meant(self):
        program = self.guest("loop", guest.LOOP.format(count=5))
        self.assert_fails(125, "run: emulation has no cycles", "run", "--mode", "emulation", "--clock", "cycles", program)
        self.assert_fails(125, "--clock: there is no clock 'cycle'; did you mean 'cycles'", "run", "--clock", "cycle", program)


if __name__ == "__main__":
    unittest.main()
