#!/usr/bin/env python3
"""Whatever m2sim is given: one clear line on standard error, the documented exit status, no crash, no hang."""
import os
import re
import struct
import unittest

import guest

FAILURE, NOT_EXECUTABLE, MISSING = 125, 126, 127


class BadFiles(guest.GuestTest):
    def setUp(self):
        self.good = self.guest("good", guest.EXIT_WITH.format(status=0))
        with open(self.good, "rb") as file:
            self.bytes = bytearray(file.read())

    def patched(self, name, offset, layout, value):
        changed = bytearray(self.bytes)
        struct.pack_into(layout, changed, offset, value)
        return self.write(name, bytes(changed))

    def refused(self, path, pattern):
        self.assert_fails(NOT_EXECUTABLE, re.escape(path) + ".*" + pattern, "run", path)
        self.assert_fails(NOT_EXECUTABLE, re.escape(path) + ".*" + pattern, "disasm", path)

    def test_missing(self):
        for path in (self.path("nowhere"), self.good + "/below", self.path("nowhere/prog")):
            self.assert_fails(MISSING, "cannot open " + re.escape(path), "run", path)

    def test_limits(self):
        for limit in ("stack", "stack=64Q", "stack=-1", "stack=2M:1M", "stak=1M", "nofile=99999"):
            self.assert_fails(FAILURE, f"--rlimit: '{re.escape(limit)}': ", "run", f"--rlimit={limit}", self.good)

    def test_empty_name(self):
        self.assert_fails(MISSING, "the name of the program is empty", "run", "")

    def test_empty(self):
        self.refused(self.write("empty", b""), "empty")

    def test_directory(self):
        self.refused(self.folder, "directory")

    def test_no_permission(self):
        path = self.write("secret", bytes(self.bytes), mode=0o000)
        if os.access(path, os.R_OK):  # the superuser may read anything: then it must run
            self.assertEqual(self.m2sim("run", "--quiet", "--mode", "emulation", path).status, 0)
        else:
            self.assert_fails(NOT_EXECUTABLE, "cannot open .*Permission denied", "run", path)

    def test_pipe_and_device(self):
        os.mkfifo(self.path("pipe"))
        self.refused(self.path("pipe"), "not a regular file")
        self.refused("/dev/null", "not a regular file")

    def test_text_and_script(self):
        self.refused(self.write("text", "hello\n"), "not an ELF program")
        script = self.write("script", "#!/nowhere/sh\n")
        self.assert_fails(MISSING, ".*/nowhere/sh", "run", script)
        self.assert_fails(NOT_EXECUTABLE, re.escape(script) + ": a script", "disasm", script)
        foreign = self.patched("foreign", 18, "<H", 62)
        os.chmod(foreign, 0o755)
        script = self.write("of_another", f"#!{foreign}\n")
        self.assert_fails(NOT_EXECUTABLE, re.escape(foreign) + ": a program for x86-64; .*, the interpreter of the script "
                          + re.escape(script) + "; name the folder of an arm64 Linux system with --sysroot DIR", "run", script)

    def test_truncated_anywhere(self):
        sizes = [1, 4, 16, 63, 64, 100, 120, len(self.bytes) // 64]
        for size in sizes:
            path = self.write(f"cut_{size}", bytes(self.bytes[:size]))
            result = self.m2sim("run", "--quiet", "--mode", "emulation", path)
            self.assertEqual(result.status, NOT_EXECUTABLE, f"{size} bytes: {result.err}")
            self.assertRegex(result.err, r"\Am2sim: .*cut_.*\n\Z")

    def sparse(self, name, head):
        path = self.write(name, head)
        os.truncate(path, 1 << 40)
        return path

    def test_a_terabyte_of_nothing(self):
        self.refused(self.sparse("zeros", b""), "not an ELF program")
        self.refused(self.sparse("huge", bytes(self.bytes)), "a file of 1099511627776 bytes; m2sim loads programs of at most")

    def test_foreign(self):
        self.refused(self.patched("x86", 18, "<H", 62), "x86-64")
        self.refused(self.patched("riscv", 18, "<H", 243), "RISC-V")
        self.refused(self.patched("arm32", 18, "<H", 40), "32-bit")
        self.refused(self.patched("class32", 4, "B", 1), "32-bit")
        self.refused(self.patched("big_endian", 5, "B", 2), "big-endian")
        self.refused(self.patched("object", 16, "<H", 1), "object file")
        self.refused(self.patched("core_file", 16, "<H", 4), "core dump")

    def test_damaged(self):
        self.refused(self.patched("no_entry", 24, "<Q", 0xdead0000), "entry point")
        self.refused(self.patched("far_headers", 32, "<Q", 1 << 40), "program headers")
        self.refused(self.patched("no_headers", 56, "<H", 0), "program headers")
        self.refused(self.patched("many_headers", 56, "<H", 0xffff), "65535 program headers .* do not fit")
        self.refused(self.patched("bent_alignment", 64 + 48, "<Q", 3), "does not keep its alignment of 0x3")
        self.refused(self.patched("swollen", 64 + 32, "<Q", 1 << 63), "larger in the file than in memory")
        self.refused(self.patched("far_segment", 64 + 16, "<Q", 1 << 62), "does not fit the address space")

    def test_segments_below_64_kib_stay_unmapped(self):
        for address in (0x1000, 0x3000):
            low = bytearray(self.bytes)
            entry, = struct.unpack_from("<Q", low, 24)
            linked, = struct.unpack_from("<Q", low, 64 + 16)
            struct.pack_into("<Q", low, 24, entry - linked + address)
            struct.pack_into("<Q", low, 64 + 16, address)
            struct.pack_into("<Q", low, 64 + 48, 0x1000)
            path = self.write("low", bytes(low))
            self.assert_fails(NOT_EXECUTABLE, re.escape(path) + ".* lies below 0x10000, where Linux maps nothing", "run", path)

    def test_names_cannot_steer_the_terminal(self):
        name = "bad\x1b[2J"
        self.assert_fails(MISSING, r"cannot open .*bad\\x1b\[2J", "run", self.path(name))
        os.rename(self.good, self.path(name))
        report = self.m2sim("run", self.path(name)).err
        self.assertNotIn("\x1b", report)
        self.assertIn(r"bad\x1b[2J: exit status 0", report)


class BadOptions(guest.GuestTest):
    def setUp(self):
        self.good = self.guest("good", guest.EXIT_WITH.format(status=0))

    def refused(self, pattern, *arguments):
        self.assert_fails(FAILURE, pattern, *arguments)

    def test_no_command(self):
        self.refused("no command given", )
        self.refused("there is no command 'rnu'; did you mean 'run'", "rnu")
        self.refused("m2sim: there is no option '--versoin'; did you mean '--version'", "--versoin")

    def test_no_program(self):
        self.refused("run: no program", "run")
        self.refused("run: no program", "run", "--quiet", "--")
        self.refused("disasm: no program", "disasm")

    def test_unknown_option(self):
        self.refused("run: there is no option '--qiet'; did you mean '--quiet'", "run", "--qiet", self.good)
        self.refused("suite: there is no option '--flter'; did you mean '--filter'", "suite", "--flter", "x")
        self.refused("config: there is no option", "config", "--dmup")

    def test_value_missing_or_bad(self):
        self.refused("run: .*--stats", "run", "--stats")
        self.refused("run: .*--max-insts", "run", "--max-insts", "many", self.good)
        for value in ("-5", "18446744073709551616", "99999999999999999999999", "0x10", "", "M", "1m", "1MM", "1.5M",
                      "1e", "1e-3", "1e+3", "e6", "2e19", "18446744073709552k", "1e99999999999", " 1"):
            for option in ("--skip", "--warmup", "--limit", "--max-insts"):
                name = "--max-insts" if option == "--limit" else option
                self.refused(f"run: {name}: '{re.escape(value)}' (is not a whole number|does not fit)",
                             "run", option, value, self.good)
        for value in ("x", "-1", "99999999999"):
            for command in ("suite", "sweep"):
                self.refused(f"{command}: --jobs: Value {value} not in range 0 to 1000000; ", command, "--jobs", value)
        self.refused("calibrate: --top: Value -1 not in range 0 to 1000000; ", "calibrate", "instructions", "--top", "-1")
        self.refused("calibrate: --seed: '-1' is not a whole number", "calibrate", "fit", "--seed", "-1")
        self.refused("--env: '=x' has no name", "run", "--env", "=x", self.good)

    def test_mode(self):
        self.refused("--mode: there is no mode 'fast'; did you mean", "run", "--mode", "fast", self.good)
        self.refused("--mode: there is no mode 'timin'; did you mean 'timing'", "suite", "--mode", "timin")
        self.refused("run: --timing and --fast-timing", "run", "--timing", "--fast-timing", self.good)
        self.refused("run: --mode emulation and --fast-timing exclude each other", "run", "--mode", "emulation", "--fast-timing",
                     self.good)
        self.refused("run: --mode fast-timing and --timing", "run", "--timing", "--mode", "fast-timing", self.good)
        self.assertEqual(self.m2sim("run", "-q", "--mode", "fast-timing", "--fast-timing", self.good).status, 0)

    def test_core(self):
        self.refused("there is no core 'm2-core'; did you mean 'm2-pcore'", "run", "--core", "m2-core", self.good)
        self.refused("cannot read 'none.toml'", "run", "--core", "none.toml", self.good)
        self.refused("--cpu: there is no processor 'm9'; there are m1, m2", "run", "--cpu", "m9", self.good)
        self.refused("--cpu: there is no processor ''; there are m1, m2", "run", "--cpu", "", self.good)
        self.refused("--cpu: there is no processor 'm9'; there are m1, m2", "suite", "--cpu", "m9")

    def test_set(self):
        self.refused("--set: there is no configuration field 'rob.grups'; did you mean 'rob.groups'",
                     "run", "--set", "rob.grups=3", self.good)
        self.refused("--set: 'rob.groups' has no value", "run", "--set", "rob.groups", self.good)
        for value in ("", "x", "1.5", "-1", "4294967296", "99999999999999999999"):
            self.refused("--set: rob.groups", "run", "--set", "rob.groups=" + value, self.good)

    def test_config_file(self):
        def check(text, pattern):
            path = self.write("core.toml", text)
            self.refused(pattern, "config", "--check", path)
            self.refused(pattern, "run", "--core", path, self.good)
        check("[rob", ".*core.toml, line 1, column [0-9]+: ")
        check("[rob]\ngrups = 3\n", ".*core.toml, line 2: .*'rob.grups'; did you mean 'rob.groups'")
        check("[rob]\ngroups = \"three\"\n", ".*core.toml, line 2: rob.groups = three is not a whole number")
        check("[rob]\ngroups = -3\n", ".*core.toml, line 2: rob.groups = -3 is not a whole number from 1 to")
        check("rob = 3\n", ".*core.toml, line 1: there is no configuration field 'rob'")
        check("base = \"m3\"\n", "there is no core 'm3'; there are m2-pcore, m1-pcore")
        check("base = 3\n", ".*core.toml: base must be")
        check("base = \"m1-pcore\"\ncpu = \"m3\"\n", ".*core.toml, line 2: there is no processor 'm3'; there are m1, m2")
        check("cpu = 1\n", ".*core.toml, line 1: cpu must be")
        check("[rob]\ncpu = 1\n", ".*core.toml, line 2: .*'rob.cpu'")
        check(b"\xff\xfe\x00", ".*core.toml, line 1")
        many = "a" + ".a" * 200_000
        for text in (many + " = 1", "[" + many + "]"):
            check("# here\n" + text, ".*core.toml, line 2: a name here has more than 16 parts with dots between")

    def test_config_needs_one_question(self):
        self.refused("config: give one of", "config")
        self.refused("config: give one of", "config", "--dump", "--list-stats")

    def test_disasm(self):
        self.refused("disasm: --start: 'x' is no address", "disasm", "--start", "x", self.good)
        self.refused("disasm: --end must lie behind", "disasm", "--start", "8", "--end", "4", self.good)
        self.refused("disasm: .* has no symbol 'nowhere'", "disasm", "--symbol", "nowhere", self.good)
        self.refused("disasm: .* has no instructions", "disasm", "--start", "0x10", "--end", "0x20", self.good)

    def test_suite(self):
        self.refused("there is no suite in", "suite", "--programs", self.folder)
        self.write("suite.json", "{")
        self.refused("'.*suite.json' is no JSON", "suite", "--programs", self.folder)


class BadOutputs(guest.GuestTest):
    def setUp(self):
        self.good = self.guest("good", guest.EXIT_WITH.format(status=0))
        self.hello = self.guest("hello", guest.HELLO)

    def refused(self, pattern, path, program=None):
        self.assert_fails(FAILURE, pattern, "run", "--quiet", "--mode", "emulation", "--stats", path,
                          program or self.good)

    def test_stats_file(self):
        self.refused("--stats: 'x.txt' ends neither in", "x.txt")
        self.refused("cannot write '.*none/x.json'", self.path("none/x.json"))
        os.mkdir(self.path("dir.json"))
        self.refused("cannot write '.*dir.json': Is a directory", self.path("dir.json"))
        os.symlink("/dev/full", self.path("full.json"))
        self.refused("cannot write '.*full.json': No space left", self.path("full.json"))

    def test_a_full_device_takes_nothing_else_with_it(self):
        os.symlink("/dev/full", self.path("late.json"))
        for mode in ("emulation", "timing", "fast-timing"):
            for path in (self.path("late.json"), "/proc/late.json"):
                result = self.m2sim("run", "--mode", mode, "--stats", path, self.hello)
                self.assertEqual((result.status, result.out), (FAILURE, "hello\n"))
                lines = result.err.splitlines()
                self.assertEqual(lines[0], "oops")
                self.assertRegex(lines[-1], "\\Am2sim: cannot write '.*late.json': ")
                self.assertRegex(result.err, r"hello: exit status 0; " + mode + " mode")

    def test_unwritable_file_is_found_before_the_guest_runs(self):
        self.refused("cannot write", self.path("none/x.json"), self.hello)

    def test_full_device(self):
        for arguments in (["config", "--list-stats"], ["disasm", self.good], ["--help"], ["config", "--dump"]):
            with open("/dev/full", "wb") as full:
                self.assert_fails(FAILURE, "cannot write 'standard output': No space left", *arguments, stdout=full)

    def test_closed_stdout(self):
        result = self.m2sim("config", "--dump", preexec_fn=lambda: os.close(1))
        self.assertEqual(result.status, FAILURE)
        self.assertRegex(result.err, r"\Am2sim: cannot write 'standard output': Bad file descriptor\n\Z")

    def test_closed_stderr(self):
        closed = {"preexec_fn": lambda: os.close(2)}
        self.assertEqual(self.m2sim("run", self.hello, **closed).status, 0)
        self.assertEqual(self.m2sim("run", self.path("nowhere"), **closed).status, MISSING)

    def test_guest_sees_the_full_device_itself(self):
        with open("/dev/full", "wb") as full:
            result = self.m2sim("run", "--quiet", "--mode", "emulation", self.hello, stdout=full)
        self.assertEqual((result.status, result.err), (9, ""))


if __name__ == "__main__":
    unittest.main()
