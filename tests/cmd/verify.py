#!/usr/bin/env python3
"""m2sim verify: programs that do the same under qemu-aarch64, and programs that do not."""
import os
import resource
import signal
import socket
import subprocess
import tempfile
import unittest

import guest

# A guest in C: what it does is the letter that it is given.
PROGRAM = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
int main(int argc, char** argv) {
  char what = argc > 1 ? argv[1][0] : 0;
  if (what == 'i') { int c; while ((c = getchar()) != EOF) putchar(c + 1); }
  if (what == 'p') printf("one\ntwo\nthree\npid %d\n", getpid() == 1000);
  if (what == 'u') { struct utsname name; uname(&name); fprintf(stderr, "%s\n", name.nodename); }
  if (what == 's') { puts("before"); fflush(stdout); *(volatile int*)16 = 1; }
  if (what == 'a' && getpid() == 1000) abort();
  if (what == 'x') return getpid() == 1000 ? 3 : 4;
  if (what == 'f') {
    FILE* file = fopen("left", "w");
    fprintf(file, "same\n%s\n", getpid() == 1000 && argc > 2 ? "other" : "same");
    fclose(file);
  }
  if (what == 'l') for (int i = 0; i < 4000000; ++i) puts("0123456789");
  if (what == 'l' && getpid() == 1000) puts("more");
  if (what == 'e') { extern char** environ; for (char** at = environ; *at; ++at) puts(*at); puts(argv[0]); }
  if (what == 'h') for (;;) pause();
  return 0;
}
"""


class Verify(guest.GuestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = os.path.join(cls.folder, "program.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        cls.program = os.path.join(cls.folder, "program")
        subprocess.run([guest.GUEST_CC, "-O1", "-static", "-o", cls.program, source], check=True, timeout=60)
        cls.directory = os.path.join(cls.folder, "directory")
        os.mkdir(cls.directory)

    def verify(self, *arguments, stdin=b"", **more):
        done = subprocess.run([guest.M2SIM, "verify", *arguments], input=stdin, capture_output=True, timeout=120, **more)
        return guest.Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def assert_same(self, *arguments, **more):
        result = self.verify(*arguments, **more)
        self.assertEqual((result.status, result.err), (0, ""), result.out)
        self.assertIn("the same under qemu-aarch64 and m2sim", result.out)
        return result

    def assert_different(self, *arguments, **more):
        result = self.verify(*arguments, **more)
        self.assertEqual((result.status, result.err), (1, ""), result.out)
        return result

    def test_both_get_the_same_input(self):
        result = self.assert_same(self.program, "i", stdin=b"abc" * 100000)
        self.assertIn("exit status 0, 300000 bytes of output", result.out)

    def test_every_mode(self):
        for mode in ("timing", "fast-timing"):
            self.assert_same("--mode", mode, self.program, "i", stdin=b"xyz")
        self.assert_same("--timing", "--core", "m1-pcore", "--clock", "cycles", self.program, "s")

    def test_the_same_surroundings(self):
        self.assert_same("--env", "A=b", "--env", "C=d e", "--cwd", self.directory, self.program, "e")
        self.assert_same("./program", "e", cwd=self.folder)

    def test_the_first_difference_of_the_output(self):
        result = self.assert_different(self.program, "p")
        self.assertIn("standard output differs at offset 18, in line 4\n"
                      "  both   two\n  both   three\n  qemu   pid 0\n  m2sim  pid 1\n", result.out)
        self.assertIn("note: it asks for process ids", result.out)

    def test_the_name_of_the_machine_on_standard_error(self):
        result = self.assert_different(self.program, "u")
        self.assertIn("standard error differs at offset 0, in line 1\n", result.out)
        self.assertIn("note: it asks for the machine", result.out)

    def test_a_signal(self):
        result = self.assert_same(self.program, "s")
        self.assertIn("killed by SIGSEGV, 7 bytes of output, 0 of errors", result.out)
        result = self.assert_different(self.program, "a")
        self.assertIn("the end differs\n  qemu   exit status 0\n  m2sim  killed by SIGABRT\n", result.out)

    def test_the_exit_status(self):
        result = self.assert_different(self.program, "x")
        self.assertIn("the end differs\n  qemu   exit status 4\n  m2sim  exit status 3\n", result.out)

    def test_the_files_left_behind(self):
        self.assert_same("--files", "--cwd", self.directory, self.program, "f")
        result = self.assert_different("--files", "--cwd", self.directory, self.program, "f", "other")
        self.assertIn("file 'left' differs at offset 5, in line 2\n", result.out)
        self.assertEqual(os.listdir(self.directory), [])

    def test_pipes_and_sockets_are_not_copied(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "in", "it"))
            os.symlink("nowhere", os.path.join(folder, "in", "link"))
            arguments = ("--files", "--cwd", folder, self.program, "f")
            self.assert_same(*arguments)
            os.mkfifo(os.path.join(folder, "in", "it", "pipe"))
            result = self.verify(*arguments)
            self.assertEqual(result.status, 0, result.err)
            self.assertEqual(result.err, "m2sim: verify: --files: 'in/it/pipe' is neither a file nor a folder nor a link, and "
                                         "neither run finds it in its copy\n")
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(os.path.join(folder, "socket"))
            result = self.verify(*arguments)
            self.assertEqual(result.status, 0, result.err)
            self.assertRegex(result.err, r"\Am2sim: verify: --files: '(socket|in/it/pipe)' \(and 1 more\) is neither .*\n\Z")

    def test_what_cannot_be_copied_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "large")
            with open(path, "wb") as file:
                file.write(bytes(1 << 16))

            def little_room():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

            result = self.verify("--files", "--cwd", folder, self.program, preexec_fn=little_room)
            self.assertEqual((result.status, result.out), (2, ""))
            self.assertRegex(result.err, rf"\Am2sim: verify: --files: cannot copy '{path}' into a temporary folder: .*; --cwd says .*\n\Z")

    def test_copies_are_not_copied(self):
        for place in (".", "temporary"):
            with tempfile.TemporaryDirectory() as folder:
                os.mkdir(os.path.join(folder, "temporary"))
                for temporary in (place, os.path.join(folder, place)):
                    for more in ((), ("--timing",)):
                        self.assert_same("--files", *more, self.program, "f", cwd=folder, env={**os.environ, "TMPDIR": temporary})
                self.assertEqual(os.listdir(folder), ["temporary"])

    def test_a_difference_at_the_end_of_a_long_output(self):
        result = self.assert_different(self.program, "l")
        self.assertIn("differs at offset 44000000, in line 4000001\n"
                      "  both   0123456789\n  both   0123456789\n  qemu   (end)\n  m2sim  more\n", result.out)

    def test_what_hangs(self):
        with tempfile.TemporaryDirectory() as folder:
            result = self.verify("--timeout", "0.5", self.program, "h", env={**os.environ, "TMPDIR": folder})
            self.assertEqual((result.status, result.out), (2, ""))
            self.assertRegex(result.err, r"\Am2sim: verify: .*(still running under m2sim after 0.5 seconds|will do).*\n\Z")
            self.assertEqual(os.listdir(folder), [])

    def test_what_cannot_be_told(self):
        result = self.verify(self.program, env={"PATH": "/nowhere"})
        self.assertEqual((result.status, result.out), (2, ""))
        self.assertRegex(result.err, r"\Am2sim: verify: there is no qemu-aarch64 in PATH.*install qemu-user\n\Z")
        result = self.verify(self.path("nothing"))
        self.assertEqual((result.status, result.out, result.err.count("\n")), (2, "", 1))
        self.assert_fails(125, "verify: there is no option '--tineout'", "verify", "--tineout", "3", self.program)
        self.assert_fails(125, "verify: no program given", "verify")
        self.assert_fails(125, "verify: emulation has no cycles", "verify", "--clock", "cycles", self.program)


if __name__ == "__main__":
    unittest.main()
