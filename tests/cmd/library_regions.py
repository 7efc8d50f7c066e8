#!/usr/bin/env python3
"""m2sim run on functions of shared libraries, which are in memory once the guest's loader has mapped them."""
import json
import os
import subprocess
import unittest

import guest

MODES = ("emulation", "timing", "fast-timing")
SYSROOT = "/usr/aarch64-linux-gnu"

# `spin` has 2 * n + 1 instructions, and `plain` and `plugged` have four; `picked` is `plain` by way of a resolver.
LIBRARY = """
    .text
    .globl spin
    .type spin, %function
spin:
    subs w0, w0, #1
    b.ne spin
    ret
    .globl pick
    .type pick, %function
pick:
    adr x0, plain
    ret
    .globl picked
    .type picked, %gnu_indirect_function
    .set picked, pick
    .type plain, %function
plain:
    nop
    nop
    nop
    ret
"""

PLUGIN = """
    .text
    .globl plugged
    .type plugged, %function
plugged:
    nop
    nop
    nop
    ret
"""

OVERLOADS = """
__attribute__((noinline)) int add(int a) { asm volatile(""); return a + 1; }
__attribute__((noinline)) int add(double a) { asm volatile(""); return (int)a + 2; }
namespace ns { __attribute__((noinline)) int only(int a) { asm volatile(""); return a + 3; } }
extern "C" int add_all(int a) { return add(a) + add(a * 1.0) + ns::only(a); }
"""

PROGRAM = """
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>
void spin(int); void picked(void); int add_all(int);
int main(int argc, char** argv) {
  for (int i = 0; i < 3; ++i) spin(100);
  picked(); picked();
  add_all(argc);
  if (argc > 1) {
    void (*plugged)(void) = (void (*)(void))dlsym(dlopen(argv[1], RTLD_NOW), "plugged");
    for (int i = 0; i < 6; ++i) plugged();
  }
  if (argc > 2) {
    int pid = fork();
    if (pid == 0) { spin(10); execv(argv[2], argv + 2); }
    waitpid(pid, 0, 0);
  }
  return 7;
}
"""

# Its libraries lie elsewhere: there is another one before them.
OTHER = """
#include <math.h>
void spin(int);
int main(int argc, char** argv) { spin(20); return cos(argc) > 2; }
"""


class LibraryRegions(guest.GuestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.library("libwork.so.1.2", "work.S", LIBRARY, "-Wl,-soname,libwork.so.1", "-nostdlib")
        cls.library("libadds.so", "adds.cpp", OVERLOADS, "-nostdlib")
        os.symlink("libwork.so.1.2", os.path.join(cls.folder, "libwork.so.1"))
        cls.plugin = cls.library("libplug.so", "plug.S", PLUGIN, "-nostdlib")
        libraries = [os.path.join(cls.folder, "libadds.so"), os.path.join(cls.folder, "libwork.so.1.2"),
                     f"-Wl,-rpath,{cls.folder}"]
        cls.program = cls.linked("program", PROGRAM, *libraries)
        cls.other = cls.linked("other", OTHER, "-Wl,--no-as-needed", "-lm", *libraries)

    @classmethod
    def built(cls, name, source, text, *options):
        path, source = os.path.join(cls.folder, name), os.path.join(cls.folder, source)
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([guest.GUEST_CC, "-O1", "-o", path, source, *options], check=True, timeout=60)
        return path

    @classmethod
    def library(cls, name, source, text, *options):
        return cls.built(name, source, text, "-shared", "-fPIC", *options)

    @classmethod
    def linked(cls, name, text, *options):
        return cls.built(name, name + ".c", text, "-fno-builtin", *options)

    def figures(self, *arguments, status=7):
        path = self.path("stats.json")
        result = self.m2sim("run", "--quiet", "--stats", path, "--sysroot", SYSROOT, *arguments)
        self.assertEqual((result.status, result.err), (status, ""))
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def regions(self, *arguments):
        return {region["name"]: (region["times"], region["instructions"])
                for region in self.figures(*arguments)["regions"]}

    def test_a_function_of_a_library_by_all_its_names(self):
        names = ("spin", "libwork.so.1.2:spin", "libwork.so.1:spin", "libwork.so:spin", "libwork:spin")
        for mode in MODES:
            options = [f"--roi-symbol={name}" for name in names]
            found = self.regions("--mode", mode, *options, self.program)
            self.assertEqual(found, dict.fromkeys(names, (3, 3 * 201)))

    def test_behind_skipped_instructions_it_is_known_too(self):
        found = self.regions("--mode", "emulation", "--skip", "1000", "--roi-symbol", "spin", self.program)
        self.assertEqual(found, {"spin": (3, 3 * 201)})

    def test_what_is_loaded_while_the_program_runs(self):
        for mode in MODES:
            found = self.regions("--mode", mode, "--roi-symbol", "plugged", "--roi-symbol", "libplug:plugged", "--roi-symbol",
                                 "main", self.program, self.plugin)
            self.assertEqual((found["plugged"], found["libplug:plugged"]), ((6, 24), (6, 24)))
            self.assertEqual(found["main"][0], 1)

    def test_waiting_for_a_library_changes_no_cycle(self):
        for mode in MODES[1:]:
            alone = self.figures("--mode", mode, "--roi-symbol", "main", self.program, self.plugin)["regions"][0]
            both = self.figures("--mode", mode, "--roi-symbol", "main", "--roi-symbol", "plugged", self.program, self.plugin)
            self.assertEqual(both["regions"][0], alone)

    def test_an_indirect_function_is_what_its_resolver_returns(self):
        for mode in MODES:
            self.assertEqual(self.regions("--mode", mode, "--roi-symbol", "picked", self.program), {"picked": (2, 8)})
        static = self.linked("static", """
            #include <string.h>
            char from[100], to[100];
            int main(void) { for (int i = 0; i < 5; ++i) memcpy(to, from, 100); return 7; }
            """, "-static")
        found = self.regions("--roi-symbol", "main", "--roi-symbol", "memcpy", "--mode", "emulation", static)
        self.assertGreaterEqual(found["memcpy"][0], 5)
        self.assertGreater(found["main"][1], 5 * 10)

    def test_other_processes_have_it_elsewhere(self):
        for mode in MODES:
            found = self.regions("--mode", mode, "--roi-symbol", "spin", self.program, self.plugin, self.other)
            self.assertEqual(found["spin"], (5, 3 * 201 + 21 + 41))

    def test_functions_of_cxx_and_of_the_loader(self):
        found = self.regions("--roi-symbol", "ns::only", "--roi-symbol", "libadds:add(int)", "--roi-symbol",
                             "ld-linux-aarch64:_dl_catch_exception", self.program)
        self.assertEqual([found[name][0] for name in ("ns::only", "libadds:add(int)")], [1, 1])
        self.assertGreater(found["ld-linux-aarch64:_dl_catch_exception"][0], 0)

    def assert_never(self, name, message):
        result = self.m2sim("run", "-q", "--sysroot", SYSROOT, "--roi-symbol", name, "--roi-symbol", "main", self.program)
        self.assertEqual((result.status, result.err), (123, f"m2sim: run: region '{name}' was never reached{message}\n"))

    def test_what_no_file_has_is_said_at_the_end(self):
        self.assert_never("libplug:plugged", ": no library 'libplug' was loaded; there are libadds.so, "
                          "libwork.so.1, libc.so.6")
        self.assert_never("spun", ": neither the program nor a library that it loaded has such a function; did you mean "
                          "'spin'?")
        self.assert_never("libwork.so.1:spun", ": libwork.so.1 has no such function; did you mean 'spin'?")
        self.assert_never("add", ": it may be 'add(int)' or 'add(double)' of libadds.so; name one in full")
        self.assert_never("libwork.so.2:spin", ": no library 'libwork.so.2' was loaded; did you mean 'libwork.so.1'?")
        self.assert_fails(125, "--roi-symbol: .*program has no function 'mian'; did you mean 'main'", "run", "--roi-symbol",
                          "program:mian", "--sysroot", SYSROOT, self.program)
        self.assert_fails(125, "--roi-symbol: ld-linux-aarch64.so.1 has no function 'nothing'", "run", "--roi-symbol",
                          "ld-linux-aarch64.so.1:nothing", "--sysroot", SYSROOT, self.program)


if __name__ == "__main__":
    unittest.main()
