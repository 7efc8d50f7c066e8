#!/usr/bin/env python3
"""m2sim check: what is missing, without running anything."""
import json
import os
import re
import struct
import subprocess
import unittest

import guest

LOADER = "/lib/ld-linux-aarch64.so.1"
START = "    .globl _start\n_start:\n"
LEAVE = "    mov x0, #0\n    mov x8, #93\n    svc #0\n"


class CheckTest(guest.GuestTest):
    def report(self, *arguments, status=0):
        result = self.m2sim("check", *arguments)
        self.assertEqual((result.status, result.err), (status, ""), result.out)
        return result.out

    def found(self, *arguments, status=0):
        return json.loads(self.report("--json", *arguments, status=status))


class Code(CheckTest):
    def groups(self, path, **more):
        return self.found(path, **more)["files"][0]["not_executed"]

    def test_a_good_program(self):
        path = self.guest("good", START + LEAVE)
        out = self.report(path)
        self.assertRegex(out, r"(?m)^" + re.escape(path) + r" +program +3 +0 +0 +0 +0$")
        self.assertTrue(out.endswith("\nnothing is missing\n"))
        found = self.found("--strict", path)
        self.assertEqual((found["not_implemented"], found["missing_files"], len(found["files"])), (0, [], 1))

    def test_instructions_that_the_m2_lacks(self):
        body = START + LEAVE + ".arch armv9-a\nother: nop\n    ptrue p0.b\n    ptrue p1.b\n    .arch armv8.5-a+memtag\n" \
            "    stg x0, [x0]\n    .inst 0xffffffff\n"
        path = self.guest("newer", body)
        groups = {group["what"]: group for group in self.groups(path)}
        self.assertEqual({name: group["count"] for name, group in groups.items()}, {"SVE": 2, "MTE": 1, "": 1})
        self.assertEqual(groups["SVE"]["first_symbol"], "other+0x4")
        self.assertEqual(groups["SVE"]["first_word"], 0x2518e3e0)
        self.assertEqual(groups[""]["kind"], "undefined")
        out = self.report(path)
        self.assertRegex(out, r" 2  SVE, which the M2 lacks; first at 0x[0-9a-f]+ \(other\+0x4\): \.inst 0x2518e3e0")
        self.report("--strict", path, status=1)

    def test_data_in_code(self):
        # Both words would be no instructions; the assembler marks them as data.
        path = self.guest("literals", START + "    ldr w0, =0xfffffff3\n" + LEAVE + "    .word 0x2518e3e0\n")
        file = self.found("--strict", path)["files"][0]
        self.assertEqual((file["not_executed"], file["instructions"]), ([], 4))
        self.assertGreaterEqual(file["data_bytes"], 8)
        # Without marks nobody can tell.
        subprocess.run([guest.GUEST_CC.replace("gcc", "strip"), path], check=True, timeout=60)
        groups = self.groups(path)
        self.assertEqual({(group["kind"], group["marked_as_code"]) for group in groups},
                         {("not in the M2", False), ("undefined", False)})
        out = self.report("--strict", path)
        self.assertIn("no instruction: data, most often", out)
        self.assertIn("SVE, which the M2 lacks, or data", out)

    def test_without_section_headers(self):
        path = self.guest("sections", START + LEAVE)
        with open(path, "rb") as file:
            data = bytearray(file.read())
        struct.pack_into("<Q", data, 40, 1 << 60)  # e_shoff
        bare = self.write("bare", bytes(data))
        self.assertEqual(self.found(bare)["files"][0]["instructions_marked"], 0)
        self.assertGreaterEqual(self.found(bare)["files"][0]["instructions"], 3)

    def test_names_cannot_steer_the_terminal(self):
        path = self.guest("named", START + LEAVE + '    .globl "bad\x1b[2Jname"\n"bad\x1b[2Jname":\n    .inst 0xffffffff\n')
        out = self.report(path)
        self.assertNotIn("\x1b", out)
        self.assertIn(r"(bad\x1b[2Jname)", out)
        self.assertNotIn("\x1b", self.m2sim("disasm", path).out)


class Libraries(CheckTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = os.path.join(cls.folder, "root")
        for folder in ("lib", "opt/own", "usr/lib", "etc", "cached"):
            os.makedirs(os.path.join(cls.root, folder))
        cls.shared("lib/ld-linux-aarch64.so.1", "-Wl,-soname,ld-linux-aarch64.so.1", "-Wl,-e,entry")
        cls.shared("usr/lib/libinner.so.2", "-Wl,-soname,libinner.so.2")
        cls.shared("opt/own/libouter.so", "-Wl,-soname,libouter.so", cls.at("usr/lib/libinner.so.2"),
                   cls.at("lib/ld-linux-aarch64.so.1"))
        cls.shared("cached/libcached.so", "-Wl,-soname,libcached.so")

    @classmethod
    def at(cls, name):
        return os.path.join(cls.root, name)

    @classmethod
    def shared(cls, name, *arguments):
        source = os.path.join(cls.folder, "library.S")
        with open(source, "w", encoding="utf-8") as file:
            file.write("    .globl entry\nentry: ret\n")
        cls.compile("-shared", "-o", cls.at(name), source, "-Wl,--no-as-needed", *arguments)

    @classmethod
    def compile(cls, *arguments):
        subprocess.run([guest.GUEST_CC, "-nostdlib", *arguments], check=True, timeout=60)

    def program(self, name, *arguments):
        source = self.write("program.S", START + LEAVE)
        path = os.path.join(self.root, "opt", name)
        self.compile("-pie", "-o", path, source, "-Wl,--no-as-needed", "-Wl,--allow-shlib-undefined",
                     "-Wl,-rpath-link," + self.at("usr/lib"), *arguments)
        return "/opt/" + name

    def names(self, program, status=0):
        found = self.found("--sysroot", self.root, program, status=status)
        self.needed_by = {file["name"]: file["needed_by"] for file in found["missing_files"]}
        return [(file["role"], file["name"]) for file in found["files"][1:]]

    def test_in_the_loaders_order(self):
        program = self.program("prog", self.at("opt/own/libouter.so"), "-Wl,-rpath,$ORIGIN/own")
        self.assertEqual(self.names(program), [("loader", LOADER), ("library", "/opt/own/libouter.so"),
                                               ("library", "/usr/lib/libinner.so.2")])

    def test_the_rpath_of_the_program_counts_for_its_libraries(self):
        os.rename(self.at("usr/lib/libinner.so.2"), self.at("opt/own/libinner.so.2"))
        try:
            libraries = (self.at("opt/own/libouter.so"), "-Wl,-rpath-link," + self.at("opt/own"))
            old = self.program("old", *libraries, "-Wl,-rpath,/opt/own", "-Wl,--disable-new-dtags")
            self.assertIn(("library", "/opt/own/libinner.so.2"), self.names(old))
            new = self.program("new", *libraries, "-Wl,-rpath,/opt/own", "-Wl,--enable-new-dtags")
            self.assertNotIn(("library", "/opt/own/libinner.so.2"), self.names(new, status=1))
            self.assertEqual(self.needed_by, {"libinner.so.2": "/opt/own/libouter.so"})
        finally:
            os.rename(self.at("opt/own/libinner.so.2"), self.at("usr/lib/libinner.so.2"))

    def test_missing(self):
        program = self.program("lacking", self.at("opt/own/libouter.so"))
        self.assertEqual(self.names(program, status=1), [("loader", LOADER)])
        out = self.report("--sysroot", self.root, program, status=1)
        self.assertIn("libouter.so, needed by /opt/lacking: not found\n", out)
        self.assertTrue(out.endswith("\n1 file is missing\n"))

    def test_the_loader_is_missing(self):
        program = self.program("unloadable", "-Wl,--dynamic-linker=/nowhere/loader")
        out = self.report("--sysroot", self.root, program, status=1)
        self.assertIn("/nowhere/loader, needed by /opt/unloadable: cannot open /nowhere/loader", out)

    def test_a_library_for_another_machine_is_passed_over(self):
        program = self.program("mixed", self.at("opt/own/libouter.so"), "-Wl,-rpath,/lib:/opt/own")
        with open(self.at("opt/own/libouter.so"), "rb") as file:
            data = bytearray(file.read())
        struct.pack_into("<H", data, 18, 62)
        with open(self.at("lib/libouter.so"), "wb") as file:
            file.write(data)
        try:
            self.assertIn(("library", "/opt/own/libouter.so"), self.names(program))
            alone = self.program("foreign", self.at("opt/own/libouter.so"), "-Wl,-rpath,/lib")
            out = self.report("--sysroot", self.root, alone, status=1)
            self.assertRegex(out, "libouter.so, needed by /opt/foreign: .*/lib/libouter.so: a program for x86-64")
        finally:
            os.remove(self.at("lib/libouter.so"))

    def test_the_cache_of_ldconfig(self):
        program = self.program("caching", self.at("cached/libcached.so"))
        self.assertEqual(self.names(program, status=1), [("loader", LOADER)])
        strings = b"libcached.so\0/cached/libcached.so\0"
        header = b"glibc-ld.so.cache1.1" + struct.pack("<II20x", 1, len(strings))
        entry = struct.pack("<iIIIQ", 0xa03, 72, 72 + 13, 0, 0)
        with open(self.at("etc/ld.so.cache"), "wb") as file:
            file.write(header + entry + strings)
        try:
            self.assertIn(("library", "/cached/libcached.so"), self.names(program))
            with open(self.at("etc/ld.so.cache"), "wb") as file:
                file.write(header + struct.pack("<iIIIQ", 0xa03, 1 << 31, 1 << 31, 0, 0))
            self.assertEqual(self.names(program, status=1), [("loader", LOADER)])
        finally:
            os.remove(self.at("etc/ld.so.cache"))

    def test_a_script_is_its_interpreter(self):
        program = self.program("shell", self.at("opt/own/libouter.so"), "-Wl,-rpath,/opt/own")
        script = self.write("script", "#!" + program + " -e\n")
        self.assertEqual(len(self.names(script)), 3)


class Refusals(CheckTest):
    def test_bad_files(self):
        self.assert_fails(127, "cannot open .*nowhere", "check", self.path("nowhere"))
        self.assert_fails(126, ".*a directory", "check", self.folder)
        self.assert_fails(126, ".*not an ELF", "check", self.write("text", "hello\n"))
        self.assert_fails(126, ".*names no interpreter", "check", self.write("empty_script", "#!\n"))
        loop = self.path("loop")
        self.write("loop", "#!" + loop + "\n")
        self.assert_fails(126, ".*too many", "check", loop)

    def test_bad_options(self):
        self.assert_fails(125, "check: no program given", "check")
        self.assert_fails(125, "check: no program given", "check", "")
        self.assert_fails(125, "check: there is no option '--sysrot'; did you mean '--sysroot'", "check", "--sysrot", "x")

    def test_full_device(self):
        path = self.guest("good", START + LEAVE)
        with open("/dev/full", "wb") as full:
            self.assert_fails(125, "cannot write 'standard output'", "check", path, stdout=full)


if __name__ == "__main__":
    unittest.main()
