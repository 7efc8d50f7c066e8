#!/usr/bin/env python3
"""m2sim timeline: the drawing, and traces that Konata can read."""
import re
import resource
import signal
import subprocess
import unittest

import guest
import kanata

# Each turn loads what the one store before wrote, whose address comes late: the first loads run too early.
OVERTAKEN = """
    .globl _start
_start:
    mov x1, #200
    mov x2, #3
    ldr x4, =buffer
    mov x7, #0
body:
    mul x7, x7, x2
    mul x7, x7, x2
    str x0, [x4, x7]
    ldr x5, [x4]
    mov x6, x5
    add x6, x6, x5
    subs x1, x1, #1
    b.ne body
last:
    mov x0, #0
    mov x8, #93
    svc #0
    .bss
    .balign 64
buffer: .skip 64
"""
TURN = 8
MODES = ("--timing", "--fast-timing")


class TimelineTest(guest.GuestTest):
    def setUp(self):
        self.program = self.guest("overtaken", OVERTAKEN)

    def m2sim(self, *arguments, **more):
        return super().m2sim(*map(str, arguments), **more)

    def drawing(self, *arguments):
        result = self.m2sim("timeline", *arguments, self.program)
        self.assertEqual((result.status, result.err), (0, ""))
        return result.out

    def trace(self, *arguments):
        path = self.path("trace.log")
        result = self.m2sim("timeline", "--konata", path, *arguments, self.program)
        self.assertEqual((result.status, result.out), (0, ""), result.err)
        self.assertRegex(result.err, r"^m2sim: \d+ instructions, \d+ uops, in \d+ cycles .*\n$")
        with open(path, encoding="utf-8") as file:
            trace = kanata.Trace(file.read())
        self.assertEqual(trace.errors, [])
        return trace

    def refused(self, pattern, *arguments, status=125):
        result = self.m2sim("timeline", *arguments)
        self.assertEqual(result.status, status, result.err)
        self.assertRegex(result.err, pattern)
        self.assertEqual(result.err.count("\n"), 1, result.err)


class Drawing(TimelineTest):
    def test_has_stages_ports_and_waits(self):
        for mode in MODES:
            text = self.drawing(mode, "--from", 1004, "--for", 2 * TURN)
            lines = [line for line in text.splitlines() if re.match(r"(\+ )?[0-9a-f]+  ", line)]
            self.assertEqual(len(lines), 2 * (TURN - 1), text)  # subs and b.ne are one uop
            self.assertTrue(text.startswith("instruction 1005, cycle "), text)
            self.assertRegex(lines[1], r"mul x7, x7, x2 +u\d+ +dependence_multiply \d+ +R\.*D=+")
            self.assertRegex(lines[4], r"mov x6, x5  +R")
            self.assertRegex(text, r"\n16 instructions, 14 uops, in \d+ cycles ")

    def test_where_it_begins(self):
        from_symbol = self.drawing("--at", "last", "--for", 3)
        self.assertIn("instruction 1605, ", from_symbol)
        address = re.search(r"(?m)^([0-9a-f]+)  movz x0, #0", from_symbol)[1]
        self.assertEqual(self.drawing("--from-pc", "0x" + address, "--for", 3), from_symbol)
        self.assertIn("instruction 13, ", self.drawing("--at", "body", "--from", 5, "--for", 1))

    def test_skipped_instructions_do_not_warm_up(self):
        warm = self.drawing("--from", 1004, "--for", TURN)
        self.assertEqual(self.drawing("--from", 1004, "--warmup", 1004, "--for", TURN), warm)
        cold = self.drawing("--from", 1004, "--skip", 1004, "--for", TURN)
        self.assertLess(int(re.search(r"cycle (\d+)", cold)[1]), int(re.search(r"cycle (\d+)", warm)[1]))

    def test_a_file_takes_it(self):
        path = self.path("drawing.txt")
        self.assertEqual(self.drawing("-o", path, "--for", 5), "")
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), self.drawing("--for", 5))


class Konata(TimelineTest):
    def test_the_whole_program_in_both_modes(self):
        for mode in MODES:
            trace = self.trace(mode)
            self.assertEqual(max(trace.numbers.values()), 1607)
            self.assertEqual(trace.labels[0].split("  ")[1], "movz x1, #0xc8")
            self.assertTrue(any(" + b.ne " in label for label in trace.labels.values()))

    def test_a_load_that_ran_too_early_is_flushed(self):
        for mode in MODES:
            trace = self.trace(mode)
            flushed = [who for who, (_, kind) in trace.ended.items() if kind == 1]
            self.assertGreater(len(flushed), 0)
            for who in flushed:
                self.assertIn("ldr x5, [x4]", trace.labels[who])
                self.assertEqual(trace.labels[who + 1], trace.labels[who])
                self.assertEqual(trace.ended[who + 1][1], 0)

    def test_arrows_lead_from_writers_to_readers(self):
        trace = self.trace("--from", 804, "--for", 400)
        names = {(trace.labels[consumer].split()[1], trace.labels[producer].split()[1])
                 for consumer, producer, _ in trace.arrows}
        # The move's reader waits for the load.
        self.assertLessEqual({("mul", "mul"), ("str", "mul"), ("add", "ldr"), ("mov", "ldr")} - names, {("mov", "ldr")})
        for consumer, producer, cycle in trace.arrows:
            done = [end for lane, name, _, end in trace.stages[producer] if (lane, name) == (0, "X")]
            self.assertLessEqual(done[-1], cycle + 8, f"{consumer} waits for {producer}")

    def test_lane_1_says_why(self):
        trace = self.trace("--from", 804, "--for", 400)
        reasons = {name for stages in trace.stages.values() for lane, name, _, _ in stages if lane == 1}
        self.assertIn("dependence_multiply", reasons)
        known = {line.split()[0] for line in self.m2sim("config", "--list-stats").out.splitlines()}
        for reason in reasons - {"operand"}:
            self.assertIn("core.cpi_stack." + reason, known)

    def test_a_window_is_that_part_of_the_whole(self):
        for mode in MODES:
            whole, part = self.trace(mode), self.trace(mode, "--from", 804, "--for", 80)
            first = min(who for who, number in whole.numbers.items() if number == 805)
            self.assertEqual(set(part.numbers.values()) - {885}, set(range(805, 885)) & set(whole.numbers.values()))
            for who in part.began:
                self.assertEqual(part.labels[who], whole.labels[first + who])
                self.assertEqual(part.began[who], whole.began[first + who])
                self.assertEqual(part.ended[who], whole.ended[first + who])

    def test_compressed_it_says_the_same(self):
        plain, packed = self.path("plain.log"), self.path("packed.log.zst")
        for path in (plain, packed):
            self.assertEqual(self.m2sim("timeline", "--konata", path, self.program).status, 0)
        unpacked = subprocess.run(["zstd", "-dqc", packed], capture_output=True, check=True, timeout=60).stdout
        with open(plain, "rb") as file:
            self.assertEqual(unpacked, file.read())


class BadInput(TimelineTest):
    def test_what_cannot_be_meant(self):
        self.refused("no program given")
        self.refused("has no symbol 'bodi'; did you mean 'body'", "--at", "bodi", self.program)
        self.refused("exclude each other", "--at", "body", "--from-pc", "0x400000", self.program)
        self.refused("no address of an instruction", "--from-pc", "0x400001", self.program)
        self.refused("no address of an instruction", "--from-pc", "body", self.program)
        self.refused("--for 0 shows nothing", "--for", 0, self.program)
        self.refused("emulation has no pipe", "--mode", "emulation", self.program)
        self.refused("behind --from", "--from", 5, "--skip", 6, self.program)
        self.refused("two say all", "--from", 5, "--skip", 2, "--warmup", 3, self.program)
        self.refused("ended after 1607 instructions, before the window began", "--from", "1M", self.program)
        self.refused("cannot write", "--konata", "/nowhere/trace", self.program)
        self.refused("named twice", "--konata", self.program, self.program)

    def test_a_program_without_symbols(self):
        path = self.guest("bare", OVERTAKEN)
        subprocess.run([guest.GUEST_CC.replace("gcc", "strip"), path], check=True, timeout=60)
        self.refused("has no symbols", "--at", "body", path)

    def test_a_full_disk_leaves_what_fitted(self):
        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

        path = self.path("full.log")
        run = subprocess.run([guest.M2SIM, "timeline", "--konata", path, self.program], capture_output=True, text=True,
                             check=False, timeout=60, preexec_fn=little_room)
        self.assertEqual(run.returncode, 125)
        self.assertEqual(run.stderr, f"m2sim: cannot write '{path}': File too large; what fitted is in '{path}.partial'\n")
        with open(path + ".partial", encoding="utf-8") as file:
            self.assertTrue(file.read().startswith("Kanata\t0004\n"))
        self.refused("cannot write '/dev/full': No space left on device", "--konata", "/dev/full", self.program)

    def test_the_checker_finds_mistakes(self):
        good = "Kanata\t0004\nC=\t5\nI\t0\t1\t0\nL\t0\t0\tnop\nS\t0\t0\tF\nC\t2\nE\t0\t0\tF\nR\t0\t0\t0\n"
        self.assertEqual(kanata.Trace(good).errors, [])
        for old, new in (("0004", "0003"), ("C=\t5\n", ""), ("I\t0", "I\t1"), ("R\t0\t0\t0\n", ""), ("C\t2", "C\t0"),
                         ("E\t0\t0\tF\n", ""), ("E\t0\t0\tF", "E\t0\t0\tX"), ("C\t2\nE\t0\t0\tF", "E\t0\t0\tF\nC\t2"),
                         ("R\t0\t0\t0", "R\t0\t1\t0"), ("S\t0\t0\tF", "Q\t0"), ("S\t0\t0", "W\t0\t0\t0\nS\t0\t0")):
            self.assertNotEqual(kanata.Trace(good.replace(old, new)).errors, [], new)


if __name__ == "__main__":
    unittest.main()
