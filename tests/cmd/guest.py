"""Small guest programs and a way to run m2sim on them."""
import os
import subprocess
import tempfile
import unittest

M2SIM = os.environ["M2SIM_EXECUTABLE"]
GUEST_CC = os.environ.get("M2SIM_GUEST_CC", "aarch64-linux-gnu-gcc")

EXIT_WITH = """
    .globl _start
_start:
    mov x0, #{status}
    mov x8, #93
    svc #0
"""

# Prints its arguments' count as a digit, then "hello" on standard output and "oops" on standard error.
HELLO = """
    .globl _start
_start:
    mov x0, #1
    adr x1, out
    mov x2, #6
    mov x8, #64
    svc #0
    cmp x0, #6
    b.ne failed
    mov x0, #2
    adr x1, err
    mov x2, #5
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
failed:
    mov x0, #9
    mov x8, #93
    svc #0
out: .ascii "hello\\n"
err: .ascii "oops\\n"
"""

# Prints the first six bytes of argv[0].
ARGV0 = """
    .globl _start
_start:
    ldr x1, [sp, #8]
    mov x0, #1
    mov x2, #6
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
"""

LOOP = """
    .globl _start
_start:
    mov x0, #0
    mov x1, #{count}
loop:
    add x0, x0, #1
    cmp x0, x1
    b.lt loop
    mov x0, #0
    mov x8, #93
    svc #0
"""

# Fails an authentication and executes an instruction of FEAT_I8MM. Exits with 1 where the first goes on and
# the second is refused, as on an M1, with 2 where it is the other way round, as on an M2, and else with 0 or 3.
PROCESSOR = """
    .arch armv8.3-a+i8mm
    .globl _start
_start:
    mov x0, #4
    adr x1, action
    mov x2, #0
    mov x3, #8
    mov x8, #134
    svc #0
    mov x19, #0
    adr x0, _start
    pacia x0, sp
    eor x0, x0, #1 << 50
    mov x1, sp
    mov x22, #2
    adr x21, go_on
    autia x0, x1
go_on:
    mov x22, #1
    adr x21, last
    smmla v0.4s, v1.16b, v2.16b
last:
    mov x0, x19
    mov x8, #93
    svc #0
handler:
    orr x19, x19, x22
    str x19, [x2, #336]
    str x21, [x2, #440]
    mov x8, #139
    svc #0
    .balign 8
action: .quad handler, 4, 0, 0
"""

BFDOT = """
    .arch armv8.2-a+bf16
    .globl _start
_start:
    bfdot v0.4s, v1.8h, v2.8h
    mov x0, #0
    mov x8, #93
    svc #0
"""


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err


class GuestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_owner = tempfile.TemporaryDirectory()
        cls.folder = cls.folder_owner.name

    @classmethod
    def tearDownClass(cls):
        cls.folder_owner.cleanup()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content, mode=0o755):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(self.path(name), mode)
        return self.path(name)

    def guest(self, name, source):
        """Assembles a program of its own and returns its path."""
        self.write(name + ".S", source)
        subprocess.run([GUEST_CC, "-nostdlib", "-static", "-o", self.path(name), self.path(name + ".S")],
                       check=True, timeout=60)
        return self.path(name)

    def c_guest(self, name, source):
        """The same in C, with its library."""
        self.write(name + ".c", source)
        subprocess.run([GUEST_CC, "-O1", "-static", "-o", self.path(name), self.path(name + ".c")], check=True, timeout=60)
        return self.path(name)

    def m2sim(self, *arguments, stdout=subprocess.PIPE, env=None, **more):
        done = subprocess.run([M2SIM, *arguments], stdin=subprocess.DEVNULL, stdout=stdout,
                              stderr=subprocess.PIPE, timeout=60, env=env, **more)
        return Result(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())

    def assert_fails(self, status, pattern, *arguments, **more):
        """One line on standard error, beginning with "m2sim: ", nothing on standard output."""
        result = self.m2sim(*arguments, **more)
        self.assertEqual(result.err.count("\n"), 1, result.err)
        self.assertRegex(result.err, r"\Am2sim: " + pattern)
        self.assertEqual(result.status, status, result.err)
        self.assertEqual(result.out, "")
        return result
