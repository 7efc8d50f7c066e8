#!/usr/bin/env python3
"""What stops a guest: its message, its exit status in all modes, and that QEMU ends it the same way."""
import os
import re
import subprocess
import unittest

import guest

SIGILL, SIGTRAP, SIGBUS, SIGSEGV = 4, 5, 7, 11
MODES = ("emulation", "timing", "fast-timing")
QEMU = os.environ.get("M2SIM_QEMU", "qemu-aarch64")
START = "    .globl _start\n_start:\n"

# mmap(0, 64 KiB, read and write and execute, private and anonymous); the page's address in x19.
MAP_CODE = """
    mov x0, #0
    mov x1, #0x10000
    mov x2, #7
    mov x3, #0x22
    mov x4, #-1
    mov x5, #0
    mov x8, #222
    svc #0
    mov x19, x0
"""

# A file "mapped" of 64 KiB in the working directory, open as x20, with `ret` as its first word; mapped with
# protection x2 at x19.
MAP_FILE = """
    mov x0, #-100
    adr x1, name
    mov x2, #0x42
    mov x3, #0644
    mov x8, #56
    svc #0
    mov x20, x0
    mov x1, #0x10000
    mov x8, #46
    svc #0
    mov x0, x20
    adr x1, leave
    mov x2, #4
    mov x8, #64
    svc #0
    mov x0, #0
    mov x1, #0x10000
    mov x2, #{protection}
    mov x3, #1
    mov x4, x20
    mov x5, #0
    mov x8, #222
    svc #0
    mov x19, x0
    b mapped
name: .asciz "mapped"
    .balign 4
leave: {word}
cut:
    mov x0, x20
    mov x1, #0
    mov x8, #46
    svc #0
    ret
mapped:
"""


# The first 32 KiB of "libfaulty.so", mapped to be executed; a call to the address {place} in it with 16 in x9.
MAP_LIBRARY = """
    mov x0, #-100
    adr x1, name
    mov x2, #0
    mov x8, #56
    svc #0
    mov x4, x0
    mov x0, #0
    mov x1, #0x8000
    mov x2, #5
    mov x3, #2
    mov x5, #0
    mov x8, #222
    svc #0
    mov x9, #16
    add x1, x0, #{place}
    br x1
name: .asciz "libfaulty.so"
"""


def exit_with(register):
    return f"mov x0, {register}\nmov x8, #93\nsvc #0\n"


class GuestFaults(guest.GuestTest):
    def status_under_qemu(self, path):
        done = subprocess.run([QEMU, "-cpu", "max", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=60, cwd=self.folder)
        return 128 - done.returncode if done.returncode < 0 else done.returncode

    def killed(self, name, body, signal, pattern):
        path = self.guest(name, START + body)
        for mode in MODES:
            self.assert_fails(128 + signal, re.escape(path) + ": killed by " + pattern, "run", "--quiet",
                              "--mode", mode, path, cwd=self.folder)
        self.assertEqual(self.status_under_qemu(path), 128 + signal)

    def exits(self, name, body, *statuses, qemu_agrees=True):
        path = self.guest(name, START + body)
        for mode in MODES:
            result = self.m2sim("run", "--quiet", "--mode", mode, path, cwd=self.folder)
            self.assertEqual(result.err, "")
            self.assertIn(result.status, statuses, mode)
        if qemu_agrees:
            self.assertIn(self.status_under_qemu(path), statuses)

    # Data

    def test_null_dereference(self):
        self.killed("load", "mov x1, #16\nldr x0, [x1]\n", SIGSEGV,
                    r"SIGSEGV: load from 0x10, which is not mapped, at 0x[0-9a-f]+ \(_start\+0x4\): ldr\s+x0, \[x1\]")
        self.killed("null_store", "str x0, [x0]\n", SIGSEGV, "SIGSEGV: store to 0x0, which is not mapped")

    def test_write_to_text(self):
        self.killed("store", "adr x1, _start\nstr x0, [x1]\n", SIGSEGV,
                    r"SIGSEGV: store to 0x[0-9a-f]+, whose protection forbids it .*\(_start\+0x4\): str")

    def test_stack_overflow(self):
        self.killed("recursion", "bl deeper\ndeeper: stp x29, x30, [sp, #-64]!\nbl deeper\n", SIGSEGV,
                    r"SIGSEGV: store to 0x[0-9a-f]+, which is not mapped: the stack has overflowed, at 0x[0-9a-f]+ "
                    r"\(deeper\): stp")

    def test_wild_addresses(self):
        wild = "movz x1, #0x1234, lsl #32\nmovk x1, #0x7fff, lsl #48\nldr x0, [x1]\n"
        self.killed("wild", wild, SIGSEGV, "SIGSEGV: load from 0x7fff123400000000, which is not mapped")
        self.killed("top", "mov x1, #-8\nldr x0, [x1]\n", SIGSEGV, "SIGSEGV: load from 0xfffffffffffffff8, which")
        self.killed("wrap", "mov x1, #-4\nldp x0, x2, [x1]\n", SIGSEGV, "SIGSEGV: load from 0xf")
        self.killed("zero_block", "mov x1, #-64\ndc zva, x1\n", SIGSEGV, "SIGSEGV: store to 0xf")

    def test_unaligned_atomics(self):
        crossing = "sub x1, sp, #52\n"  # over a multiple of 16, which LSE2 does not allow either
        for name, instruction in (("exclusive", "ldxr x0, [x1]"), ("exclusive_pair", "ldaxp x0, x2, [x1]"),
                                  ("compare_pair", "casp x0, x1, x2, x3, [x1]")):
            self.killed(name, ".arch armv8.4-a\n" + crossing + instruction + "\n", SIGBUS,
                        r"SIGBUS: unaligned access to 0x[0-9a-f]+ at")

    def test_misaligned_stack_pointer(self):
        # QEMU does not check it.
        path = self.guest("stack", START + "sub sp, sp, #8\nldr x0, [sp]\n")
        for mode in MODES:
            self.assert_fails(128 + SIGBUS, re.escape(path) + ": killed by SIGBUS: stack pointer 0x[0-9a-f]*8, which is "
                              r"not a multiple of 16, at 0x[0-9a-f]+ \(_start\+0x4\): ldr\s+x0, \[sp\]",
                              "run", "--quiet", "--mode", mode, path, cwd=self.folder)

    def test_file_cut_short(self):
        body = MAP_FILE.format(protection=3, word="ret") + "ldr w0, [x19]\nbl cut\nldr w0, [x19]\n"
        self.killed("cut_data", body, SIGBUS, "SIGBUS: access to 0x[0-9a-f]+, behind the end of its file .*mapped")

    def test_code_of_a_file_cut_short(self):
        # What is decoded may go on for a while; what is not must be a SIGBUS.
        body = MAP_FILE.format(protection=5, word="ret") + "bl cut\nblr x19\n"
        self.killed("cut_code", body, SIGBUS, "SIGBUS: jump to 0x[0-9a-f]+, behind the end of its file")
        # A breakpoint that is known, whose word has gone when it is asked for.
        body = MAP_FILE.format(protection=5, word="brk #1") + """
    mov x0, #5
    adr x1, action
    mov x2, #0
    mov x3, #8
    mov x8, #134
    svc #0
    mov x21, #0
    br x19
handler:
    add x21, x21, #1
    cmp x21, #2
    b.eq done
    bl cut
    br x19
done:
    mov x0, #7
    mov x8, #93
    svc #0
    .balign 8
action: .quad handler, 0x40000000, 0, 0
"""
        path = self.guest("cut_breakpoint", START + body)
        for mode in MODES:
            self.assertIn(self.m2sim("run", "--quiet", "--mode", mode, path, cwd=self.folder).status,
                          (7, 128 + SIGBUS))

    # Control flow

    def test_jump_nowhere(self):
        self.killed("null_call", "blr xzr\n", SIGSEGV, "SIGSEGV: jump to 0x0, which is not mapped")
        self.killed("jump", "mov x1, #16\nbr x1\n", SIGSEGV, "SIGSEGV: jump to 0x10, which is not mapped")
        tagged = "movz x1, #0x5a00, lsl #48\nmovk x1, #0x4000\nbr x1\n"
        self.killed("tagged_jump", tagged, SIGSEGV, "SIGSEGV: jump to 0x4000, which is not mapped")
        self.killed("far_jump", "movz x1, #0x7f, lsl #48\nbr x1\n", SIGSEGV, "SIGSEGV: jump to 0x7f000000000000,")
        self.killed("return", "movz x30, #0x1234, lsl #32\nret\n", SIGSEGV, "SIGSEGV: jump to 0x123400000000, which is not")

    def test_jump_to_data(self):
        self.killed("data_jump", "ldr x1, =table\nbr x1\n.data\ntable: .word 0xd503201f\n", SIGSEGV,
                    r"SIGSEGV: jump to 0x[0-9a-f]+ \(table\), whose protection forbids it")

    def test_jump_between_instructions(self):
        self.killed("odd_jump", "adr x1, _start\nadd x1, x1, #2\nbr x1\n", SIGBUS,
                    "SIGBUS: jump to .*, which is not a multiple of 4")

    def test_endless_loop_meets_its_limit(self):
        path = self.guest("endless", START + "b _start\n")
        for mode in MODES:
            result = self.m2sim("run", "--max-insts", "100000", "--mode", mode, path)
            self.assertEqual(result.status, 0)
            self.assertIn("limit", result.err)

    # Instructions

    def test_undefined(self):
        self.killed("udf", "udf #7\n", SIGILL,
                    r"SIGILL: instruction 0x00000007 at 0x[0-9a-f]+ \(_start\) is undefined")
        self.killed("reserved", ".inst 0xffffffff\n", SIGILL, "SIGILL: instruction 0xffffffff at .* is undefined")
        self.killed("privileged", "msr ttbr0_el1, x0\n", SIGILL, "SIGILL: instruction 0xd5182000 'msr ttbr0_el1, x0' at .* is undefined for")

    def test_breakpoint(self):
        self.killed("brk", "brk #1\n", SIGTRAP, r"SIGTRAP: breakpoint at 0x[0-9a-f]+ \(_start\): brk\s+#0?x?1")

    def test_self_modifying_code(self):
        # `mov w0, #1; ret` is called, becomes `mov w0, #2; ret`, and is called again.
        body = MAP_CODE + """
    ldr x1, one
    str x1, [x19]
    {first}
    blr x19
    ldr x1, two
    str x1, [x19]
    {second}
    blr x19
""" + exit_with("x0") + """
    .balign 8
one: .word 0x52800020, 0xd65f03c0
two: .word 0x52800040, 0xd65f03c0
"""
        maintenance = "dc cvau, x19\ndsb ish\nic ivau, x19\ndsb ish\nisb\n"
        self.exits("modified", body.format(first=maintenance, second=maintenance), 2)
        self.exits("modified_silently", body.format(first="", second=""), 1, 2)

    # What handlers are told

    def test_signal_codes(self):
        handler = """
    mov x0, #{signal}
    adr x1, action
    mov x2, #0
    mov x3, #8
    mov x8, #134
    svc #0
    {body}
    mov x0, #99
    mov x8, #93
    svc #0
handler:
    ldr w0, [x1, #8]
    mov x8, #93
    svc #0
    .balign 8
action: .quad handler, 4, 0, 0
"""
        not_mapped, not_allowed, alignment = 1, 2, 1
        for name, signal, body, code in (
                ("code_load", SIGSEGV, "mov x1, #16\nldr x0, [x1]", not_mapped),
                ("code_store", SIGSEGV, "adr x1, _start\nstr x0, [x1]", not_allowed),
                ("code_jump", SIGSEGV, "mov x1, #16\nbr x1", not_mapped),
                ("code_data_jump", SIGSEGV, "mov x1, sp\nbr x1", not_allowed),
                ("code_exclusive", SIGBUS, "sub x1, sp, #52\nldxr x0, [x1]", alignment),
                ("code_breakpoint", SIGTRAP, "brk #1", 1)):
            self.exits(name, handler.format(signal=signal, body=body), code)
        # Linux says ILL_ILLOPC (force_signal_inject in do_el0_undef), QEMU ILL_ILLOPN.
        self.exits("code_undefined", handler.format(signal=SIGILL, body="udf #1"), 1, qemu_agrees=False)

    def test_statistics_are_written_all_the_same(self):
        path = self.guest("null", START + "ldr x0, [x0]\n")
        stats = self.path("null.json")
        self.m2sim("run", "--quiet", "--mode", "emulation", "--stats", stats, path)
        with open(stats, encoding="utf-8") as file:
            self.assertIn('"end": "signal"', file.read())


class Libraries(guest.GuestTest):
    """Places in files that the program's loader has mapped, or that are mapped by hand."""

    def test_a_fault_in_a_library_names_it(self):
        # The program maps a library as a loader would, and calls what lies in its first page.
        library = self.path("libfaulty.so")
        self.write("library.S", "    .globl faulty\n    .type faulty, %function\nfaulty: nop\n    ldr x0, [x9]\n"
                   "    .size faulty, 8\n    .balign 4\n    .zero 20000\n")
        subprocess.run([guest.GUEST_CC, "-nostdlib", "-shared", "-Wl,-z,noseparate-code", "-o", library,
                        self.path("library.S")], check=True, timeout=60)
        tool = guest.GUEST_CC.replace("gcc", "readelf")
        symbols = subprocess.run([tool, "--dyn-syms", "-W", library], stdout=subprocess.PIPE, check=True,
                                 timeout=60).stdout.decode()
        place = int(re.search(r"([0-9a-f]+) +8 FUNC .* faulty$", symbols, re.M).group(1), 16)
        self.assertLess(place, 0x4000)
        path = self.guest("caller", START + MAP_LIBRARY.format(place=place))
        self.assert_fails(128 + SIGSEGV, re.escape(path) + r": killed by SIGSEGV: load from 0x10, which is not mapped, "
                          r"at 0x[0-9a-f]+ \(libfaulty\.so: faulty\+0x4\): ldr", "run", "--quiet", "--mode",
                          "emulation", path, cwd=self.folder)
        with open(library, "r+b") as file:  # without section headers there are no names
            file.seek(40)
            file.write(bytes(8))
        self.assert_fails(128 + SIGSEGV, r".* at 0x[0-9a-f]+ \(libfaulty\.so\+" + hex(place + 4) + r"\): ldr", "run",
                          "--quiet", "--mode", "emulation", path, cwd=self.folder)


class StandardStreams(guest.GuestTest):
    # Writes one byte and reads one; exits with 1 for a failed write plus 2 for a failed read.
    BODY = START + """
    mov x19, #0
    mov x0, #1
    adr x1, byte
    mov x2, #1
    mov x8, #64
    svc #0
    cmp x0, #1
    cinc x19, x19, ne
    mov x0, #0
    sub x1, sp, #16
    mov x2, #1
    mov x8, #63
    svc #0
    tbz x0, #63, done
    add x19, x19, #2
done:
""" + exit_with("x19") + "byte: .ascii \"x\"\n"

    def status(self, *closed):
        def close():
            for descriptor in closed:
                os.close(descriptor)
        path = self.guest("streams", self.BODY)
        statuses = {self.m2sim("run", "--quiet", "--mode", mode, path, preexec_fn=close).status for mode in MODES}
        self.assertEqual(len(statuses), 1)
        return statuses.pop()

    def test_closed(self):
        self.assertEqual(self.status(), 0)
        self.assertEqual(self.status(1), 1)
        self.assertEqual(self.status(0), 2)
        self.assertEqual(self.status(0, 1, 2), 3)

    def test_report_on_a_full_device(self):
        path = self.guest("streams", self.BODY)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([guest.M2SIM, "run", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=full, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, b"x"))


if __name__ == "__main__":
    unittest.main()
