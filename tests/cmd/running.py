#!/usr/bin/env python3
"""How a run of m2sim is watched and stopped, and what it says on the way."""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

import guest

MODES = ("emulation", "timing", "fast-timing")

ENDLESS = """
    .globl _start
_start:
    b _start
"""

SAYS_AND_SPINS = """
    .globl _start, never
_start:
    mov x0, #1
    adr x1, ready
    mov x2, #6
    mov x8, #64
    svc #0
    b .
    .type never, %function
never:
    ret
ready: .ascii "ready\\n"
"""

# Waits for a byte that never comes.
WAITING = """
    .globl _start
_start:
    mov x0, #0
    mov x1, sp
    mov x2, #1
    mov x8, #63
    svc #0
    mov x8, #93
    svc #0
"""

# A million turns and more, then "done".
LONG = """
    .globl _start
_start:
    mov x1, #{turns}
    lsl x1, x1, #16
loop:
    subs x1, x1, #1
    b.ne loop
    mov x0, #1
    adr x1, text
    mov x2, #5
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
text: .ascii "done\\n"
"""

# Says which signal has come.
HANDLES = """
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
static void handler(int number) {
  char text[16];
  write(1, text, (size_t)snprintf(text, sizeof(text), "signal %d\\n", number));
  _exit(42);
}
int main(void) {
  for (int i = 0; i < 4; ++i) signal(signals[i], handler);
  write(1, "ready\\n", 6);
  for (;;) sleep(1000);
}
"""

# From the background the kernel stops who asks for this, m2sim with it.
CHANGES_TERMINAL = """
#include <termios.h>
int main(void) {
  struct termios settings;
  tcgetattr(0, &settings);
  for (int i = 0; i < 3; ++i) tcsetattr(0, TCSANOW, &settings);
}
"""

# Leads a session on the terminal that is its input, and starts its arguments in the background there.
LEADER = """
import fcntl, os, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
child = subprocess.Popen(sys.argv[1:], preexec_fn=os.setpgrp)
_, status = os.waitpid(child.pid, os.WUNTRACED)
print(os.WIFSTOPPED(status) and os.WSTOPSIG(status) == signal.SIGTTOU, flush=True)
child.send_signal(signal.SIGTERM)
child.send_signal(signal.SIGCONT)
try:
    print(child.wait(timeout=20))
except subprocess.TimeoutExpired:
    child.kill()
"""

UNKNOWN_CALL = """
    .globl _start, caller
    .type caller, %function
_start:
    bl caller
    neg x0, x0
    mov x8, #93
    svc #0
caller:
    nop
    mov x8, #425
    svc #0
    ret
"""

OPENS = """
    .globl _start
_start:
    mov x0, #-100
    adr x1, name
    mov x2, #0
    mov x8, #56
    svc #0
    mov x0, #3
    mov x8, #93
    svc #0
name: .asciz "/there/is/no/such/file"
"""


class Running(guest.GuestTest):
    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def test_a_timeout_ends_the_run_and_keeps_what_ran(self):
        program = self.guest("endless", ENDLESS)
        for mode in MODES:
            begun = time.monotonic()
            result = self.m2sim("run", "--mode", mode, "--timeout", "0.5", "--stats", self.path("t.json"), program)
            self.assertLess(time.monotonic() - begun, 20)
            self.assertEqual(result.status, 124)
            self.assertIn("endless: stopped after 0.5 seconds (--timeout)", result.err)
            self.assertIn("stopped by --timeout", result.err)
            figures = json.loads(self.read("t.json"))
            self.assertEqual(figures["manifest"]["end"], "timeout")
            self.assertGreater(figures["stats"]["emulation.insts"], 1000)

    def test_a_timeout_also_ends_a_program_that_waits(self):
        program = self.guest("waiting", WAITING)
        held, other = os.pipe()
        with os.fdopen(held), os.fdopen(other):
            done = subprocess.run([guest.M2SIM, "run", "-q", "--timeout", "0.4", program], stdin=held,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 124)

    def test_a_timeout_that_does_not_come_changes_nothing(self):
        program = self.guest("long", LONG.format(turns=20))
        for mode in MODES:
            texts = []
            for more in ((), ("--timeout", "50")):
                self.m2sim("run", "-q", "--mode", mode, "--stats", self.path("same.json"), *more, program)
                figures = json.loads(self.read("same.json"))
                texts.append({name: value for name, value in figures["stats"].items()
                              if not name.startswith(("host.", "emulation.block_lookups"))})
            self.assertEqual(texts[0], texts[1])

    def signalled(self, program, *signals, mode="emulation"):
        """(status, stdout) of a run that gets these, some time apart."""
        child = subprocess.Popen([guest.M2SIM, "run", "-q", "--mode", mode, program], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "ready\n")
        for number in signals:
            time.sleep(0.3)
            child.send_signal(number)
        out, _ = child.communicate(timeout=60)
        return child.returncode, out

    def test_a_guest_with_a_handler_gets_the_signal(self):
        program = self.c_guest("handles", HANDLES)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
            self.assertEqual(self.signalled(program, number), (42, f"signal {int(number)}\n"))

    def test_a_guest_that_computes_gets_it_too(self):
        program = self.c_guest("computes", HANDLES.replace("sleep(1000)", "__asm__ volatile(\"\")"))
        for mode in MODES:
            for number in (signal.SIGTERM, signal.SIGHUP):
                self.assertEqual(self.signalled(program, number, mode=mode), (42, f"signal {int(number)}\n"), mode)

    def test_the_second_request_ends_a_run_whose_guest_goes_on(self):
        program = self.c_guest("stubborn", HANDLES.replace("_exit(42)", "(void)0"))
        status, out = self.signalled(program, signal.SIGINT, signal.SIGINT)
        self.assertEqual((status, out), (128 + signal.SIGINT, "signal 2\n"))

    def test_a_guest_without_a_handler_is_stopped(self):
        program = self.c_guest("plain", HANDLES.replace("signal(signals[i], handler)", "(void)handler"))
        self.assertEqual(self.signalled(program, signal.SIGTERM)[0], 128 + signal.SIGTERM)

    def test_a_guest_that_the_terminal_has_stopped_can_be_ended(self):
        program = self.c_guest("changes", CHANGES_TERMINAL)
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        done = subprocess.run([sys.executable, "-c", LEADER, guest.M2SIM, "run", "-q", "--mode", "emulation", program], stdin=slave,
                              capture_output=True, text=True, start_new_session=True, timeout=60)
        self.assertEqual(done.stdout, f"True\n{128 + signal.SIGTERM}\n", done.stderr)

    def test_a_stop_before_what_was_asked_for_is_a_stop(self):
        program = self.guest("says", SAYS_AND_SPINS)
        for number in (signal.SIGINT, signal.SIGTERM):
            for command in (("timeline", "--from", "1e15"), ("timeline", "--at", "never"), ("run", "-q", "--skip", "1e15"),
                            ("run", "-q", "--warmup", "1e15"), ("annotate", "-q", "--skip", "1e15"),
                            ("phases", "-q", "--skip", "1e15")):
                child = subprocess.Popen([guest.M2SIM, *command, program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
                self.assertEqual(child.stdout.readline(), "ready\n")
                child.send_signal(number)
                out, err = child.communicate(timeout=60)
                self.assertEqual((child.returncode, out, err),
                                 (128 + number, "", f"m2sim: {program}: stopped by {number.name}\n"), command)
        result = self.m2sim("run", "-q", "--timeout", "0.3", "--skip", "1e15", program)
        self.assertEqual((result.status, result.err), (124, f"m2sim: {program}: stopped after 0.3 seconds (--timeout)\n"))

    def test_a_signal_asks_for_a_snapshot(self):
        program = self.guest("long", LONG.format(turns=200))
        began = time.monotonic()
        self.m2sim("run", "-q", "--fast-timing", "--stats", self.path("quiet.json"), program)
        took = time.monotonic() - began
        child = subprocess.Popen([guest.M2SIM, "run", "-q", "--fast-timing", "--stats", self.path("asked.json"), program],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(took / 2)
        child.send_signal(signal.SIGUSR1)
        out, err = child.communicate(timeout=60)
        self.assertEqual((child.returncode, out), (0, "done\n"))
        self.assertRegex(err, r"\Am2sim: [\d,]+ instructions, [\d,]+ of them counted, [\d,]+ cycles(, CPI \d\.\d{4})?\n\Z")
        cycles = [json.loads(self.read(name))["stats"]["core.cycles"] for name in ("quiet.json", "asked.json")]
        self.assertEqual(cycles[0], cycles[1])

    def test_a_snapshot_of_a_sampled_run_has_no_cycles(self):
        program = self.c_guest("computes", HANDLES.replace("sleep(1000)", "__asm__ volatile(\"\")").replace(", SIGUSR1", "")
                               .replace("i < 4", "i < 3"))
        child = subprocess.Popen([guest.M2SIM, "run", "-q", "--sample", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True)
        self.assertEqual(child.stdout.readline(), "ready\n")
        child.send_signal(signal.SIGUSR1)
        said = child.stderr.readline()
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
        self.assertRegex(said, r"\Am2sim: [\d,]+ instructions\n\Z")
        self.assertEqual(child.returncode, 42)

    def test_the_status_at_a_limit_can_be_chosen(self):
        program = self.guest("endless", ENDLESS)
        self.assertEqual(self.m2sim("run", "-q", "--limit", "1k", program).status, 0)
        self.assertEqual(self.m2sim("run", "-q", "--limit", "1k", "--limit-status", "99", program).status, 99)
        self.assertEqual(self.m2sim("run", "-q", "--limit-status", "99", self.guest("hello", guest.HELLO)).status, 0)
        self.assert_fails(125, "run: .*256", "run", "--limit-status", "256", program)
        for text in ("0", "-1", "soon", "1e99", "nan"):
            self.assert_fails(125, "run: ", "run", f"--timeout={text}", program)

    def test_figures_on_standard_output(self):
        result = self.m2sim("run", "-q", "--stats", "-", self.guest("hello", guest.HELLO))
        self.assertTrue(result.out.startswith("hello\n{"), result.out[:40])
        self.assertGreater(json.loads(result.out.removeprefix("hello\n"))["stats"]["core.cycles"], 0)

    def test_the_trace_goes_to_a_file(self):
        program = self.guest("opens", OPENS)
        result = self.m2sim("run", "-q", "--strace-file", self.path("calls.txt"), program)
        self.assertEqual((result.status, result.err), (3, ""))
        self.assertRegex(self.read("calls.txt"), r'\Aopenat\(AT_FDCWD, "/there/is/no/such/file".*ENOENT.*\nexit\(3\)')
        self.assert_fails(125, ".*no_folder", "run", "--strace-file", self.path("no_folder/x"), program)

    def test_a_trace_that_does_not_fit_is_said_behind_the_run(self):
        many = OPENS.replace("    mov x0, #-100", "    mov x19, #2000\nagain:\n    mov x0, #-100").replace(
            "    mov x0, #3", "    subs x19, x19, #1\n    b.ne again\n    mov x0, #3")
        line = "m2sim: cannot write '/dev/full': No space left on device\n"
        for name, source in (("short", guest.HELLO), ("many", many)):
            program = self.guest(name, source)
            for arguments in (("run", "-q"), ("run", "-q", "--limit", "1k"), ("annotate", "-q"), ("timeline",),
                              ("phases", "-q", "-o", self.path("phases"))):
                result = self.m2sim(*arguments, "--strace-file", "/dev/full", program)
                self.assertEqual((result.status, result.err.replace("oops\n", "")), (125, line), (name, arguments))
        result = self.m2sim("run", "-q", "--strace-file", "/dev/full", "--stats", self.path("kept.json"), program)
        self.assertEqual((result.status, result.err), (125, line))
        self.assertEqual(json.loads(self.read("kept.json"))["manifest"]["end"], "exit")

    def test_the_trace_overwrites_nothing_else(self):
        program = self.guest("opens", OPENS)
        for command in ("run", "annotate", "timeline"):
            self.assert_fails(125, ".*opens' is named twice", command, "--strace-file", program, program)
        self.assert_fails(125, ".*named twice", "run", "--strace-file", self.path("x.json"), "--stats", self.path("x.json"),
                          program)
        self.assert_fails(125, ".*named twice", "annotate", "--strace-file", self.path("x"), "--folded", self.path("x"), program)
        self.assert_fails(125, ".*named twice", "annotate", "--folded", program, program)
        self.assert_fails(125, ".*named twice", "timeline", "--strace-file", self.path("x"), "-o", self.path("x"), program)
        self.assertEqual(self.m2sim("run", "-q", program).status, 3)

    def test_a_summary_of_the_calls(self):
        result = self.m2sim("run", "-q", "--strace-summary", self.guest("opens", OPENS))
        self.assertRegex(result.err, r"\ASystem calls +calls +errors\n")
        self.assertRegex(result.err, r"(?m)^  openat +1 +1$")
        self.assertRegex(result.err, r"(?m)^  exit +1 +0$")

    def test_an_unknown_call_is_named_with_its_place(self):
        result = self.m2sim("run", "-q", self.guest("unknown", UNKNOWN_CALL))
        self.assertEqual(result.status, 38)  # ENOSYS
        self.assertRegex(result.err, r"\Am2sim: system call 425( \(\w+\))? is not implemented at 0x[0-9a-f]+ \(caller\+0x8\); "
                                     r"the program gets ENOSYS\n\Z")

    def test_a_sysroot_that_is_not_there(self):
        program = self.guest("hello", guest.HELLO)
        self.assert_fails(125, "--sysroot: there is no directory '/no/such/root'", "run", "--sysroot", "/no/such/root",
                          program)

    def test_the_program_is_looked_up_where_the_user_is(self):
        self.guest("hello", guest.HELLO)
        os.makedirs(self.path("elsewhere"), exist_ok=True)
        result = self.m2sim("run", "-q", "--cwd", "elsewhere", "./hello", cwd=self.folder)
        self.assertEqual((result.status, result.out), (0, "hello\n"))

    def test_the_report_has_the_time_and_marks_what_few_events_give(self):
        err = self.m2sim("run", self.guest("hello", guest.HELLO)).err
        self.assertRegex(err, r"(?m)^  time at 3\.49 GHz +0\.\d{9} s$")
        self.assertRegex(err, r"(?m)^  l1i .*\*")
        self.assertIn("* of fewer than 100 events", err)


if __name__ == "__main__":
    unittest.main()
