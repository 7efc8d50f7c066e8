#!/usr/bin/env python3
"""What m2sim promises of a good run: the guest's streams and status, the report, the files."""
import csv
import glob
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

import guest

MODES = ("emulation", "timing", "fast-timing")


class Run(guest.GuestTest):
    def setUp(self):
        self.hello = self.guest("hello", guest.HELLO)
        self.loop = self.guest("loop", guest.LOOP.format(count=5000))

    def stats(self, *arguments):
        path = self.path("stats.json")
        result = self.m2sim("run", "--quiet", "--stats", path, *arguments)
        self.assertEqual(result.status, 0, result.err)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def test_exit_status_is_the_guests(self):
        for status in (0, 1, 77, 255):
            path = self.guest(f"exit_{status}", guest.EXIT_WITH.format(status=status))
            for mode in MODES:
                result = self.m2sim("run", "--quiet", "--mode", mode, path)
                self.assertEqual((result.status, result.out, result.err), (status, "", ""), mode)

    def test_streams_are_the_guests(self):
        for mode in MODES:
            result = self.m2sim("run", "--quiet", "--mode", mode, "--", self.hello)
            self.assertEqual((result.out, result.err, result.status), ("hello\n", "oops\n", 0), mode)

    def test_the_report_goes_to_standard_error(self):
        result = self.m2sim("run", self.loop)
        self.assertEqual(result.out, "")
        for word in ("instructions", "cycles", "CPI", "IPC", "CPI stack", "MPKI", "l1d", "simulated MIPS"):
            self.assertIn(word, result.err)
        self.assertNotIn("\x1b", result.err)
        self.assertNotIn("CPI", self.m2sim("run", "--mode", "emulation", self.loop).err)

    def test_options_behind_the_program_are_the_guests(self):
        stats = self.stats("--mode", "emulation", self.loop, "--mode", "timing", "--", "--quiet")
        self.assertEqual(stats["manifest"]["argv"], [self.loop, "--mode", "timing", "--", "--quiet"])
        self.assertEqual(stats["manifest"]["mode"], "emulation")

    def test_short_forms_of_the_mode(self):
        self.assertEqual(self.stats("--timing", self.loop)["manifest"]["mode"], "timing")
        self.assertEqual(self.stats("--fast-timing", self.loop)["manifest"]["mode"], "fast-timing")
        self.assertEqual(self.stats(self.loop)["manifest"]["mode"], "timing")

    def test_every_mode_counts_the_same_instructions(self):
        counts = {self.stats("--mode", mode, self.loop)["stats"]["emulation.insts"] for mode in MODES}
        self.assertEqual(counts, {2 + 3 * 5000 + 3})
        timed = self.stats("--timing", self.loop)["stats"]
        self.assertEqual(timed["core.insts"], timed["emulation.insts"])

    def test_the_limit_is_exact(self):
        for mode in MODES:
            for option in ("--max-insts", "--limit"):
                stats = self.stats("--mode", mode, option, "1234", self.loop)
                self.assertEqual(stats["stats"]["emulation.insts"], 1234)
                self.assertEqual(stats["manifest"]["end"], "limit")

    def test_skipped_and_warm_up_instructions_do_not_count(self):
        for mode in MODES:
            figures = self.stats("--mode", mode, "--skip", "2k", "--warmup", "1e3", "--limit", "1234", self.loop)
            manifest, stats = figures["manifest"], figures["stats"]
            self.assertEqual([manifest[name] for name in ("skip", "warmup", "limit")], [2000, 1000, 1234])
            self.assertEqual(manifest["end"], "limit")
            self.assertEqual(stats["emulation.insts"], 2000 + 1000 + 1234)
            if mode != "emulation":
                self.assertEqual(stats["core.insts"], 1234)
                self.assertEqual(stats["l1i.misses"], 0)
        self.assertFalse({"skip", "warmup", "limit"} & set(self.stats(self.loop)["manifest"]))

    def test_a_program_that_ends_early_has_measured_nothing(self):
        for mode in MODES:
            result = self.m2sim("run", "--mode", mode, "--skip", "10k", "--warmup", "1G", self.loop)
            self.assertEqual(result.status, 123)
            self.assertIn(f"ended after {2 + 3 * 5000 + 3} instructions, before any counted", result.err)

    def test_the_stack_sums_to_the_cycles(self):
        for mode in ("timing", "fast-timing"):
            stats = self.stats("--mode", mode, self.loop)["stats"]
            parts = [value for name, value in stats.items() if name.startswith("core.cpi_stack.")]
            self.assertTrue(all(part >= 0 for part in parts))
            self.assertEqual(sum(parts), stats["core.cycles"])
            self.assertAlmostEqual(stats["core.cpi"], stats["core.cycles"] / stats["core.insts"], places=9)

    def test_two_runs_give_the_same_bytes(self):
        for mode in MODES:
            for ending in ("json", "csv"):
                texts = []
                for environment in ({}, {"SOMETHING": "x" * 999}):
                    path = self.path("same." + ending)
                    self.m2sim("run", "--quiet", "--mode", mode, "--stats", path, self.loop, env=environment)
                    with open(path, encoding="utf-8") as file:
                        texts.append(re.sub(r".*\bhost\..*\n", "", file.read()))
                self.assertEqual(texts[0], texts[1])
                self.assertNotEqual(texts[0], "")

    def test_the_manifest_names_the_run(self):
        manifest = self.stats(self.loop)["manifest"]
        self.assertRegex(manifest["program_sha256"], r"\A[0-9a-f]{64}\Z")
        self.assertEqual(manifest["core"], "m2-pcore")
        self.assertEqual(manifest["end"], "exit")
        changed = self.stats("--set", "rob.groups=8", self.loop)["manifest"]
        self.assertEqual(changed["program_sha256"], manifest["program_sha256"])
        self.assertNotEqual(changed["config_sha256"], manifest["config_sha256"])

    def test_csv_holds_what_json_holds(self):
        path = self.path("stats.csv")
        self.m2sim("run", "--quiet", "--stats", path, self.loop)
        with open(path, encoding="utf-8", newline="") as file:
            rows = {row["name"]: row["value"] for row in csv.DictReader(file)}
        stats = self.stats(self.loop)["stats"]
        for name, value in stats.items():
            if not name.startswith("host."):
                self.assertEqual(float(rows[name]), value, name)

    def test_the_core_chooses_the_guests_processor(self):
        path = self.guest("processor", guest.PROCESSOR)
        based = self.write("based.toml", 'base = "m1-pcore"\n')
        named = self.write("named.toml", 'cpu = "m1"\n')
        cases = {"m1": (["--core", "m1-pcore"], ["--cpu", "m1"], ["--core", based], ["--core", named],
                        ["--core", "m2-pcore", "--cpu", "m1"]),
                 "m2": ([], ["--core", "m2-pcore"], ["--core", based, "--cpu", "m2"],
                        ["--core", "m1-pcore", "--cpu", "m2"])}
        for cpu, options in cases.items():
            for option in options:
                for mode in MODES:
                    stats = self.path("processor.json")
                    result = self.m2sim("run", "--quiet", "--stats", stats, "--mode", mode, *option, path)
                    self.assertEqual((result.status, result.out), ({"m1": 1, "m2": 2}[cpu], ""), (option, result.err))
                    with open(stats, encoding="utf-8") as file:
                        self.assertEqual(json.load(file)["manifest"]["cpu"], cpu, option)

    def test_what_the_processor_lacks_is_said(self):
        path = self.guest("bfdot", guest.BFDOT)
        for mode in MODES:
            result = self.m2sim("run", "--quiet", "--mode", mode, "--cpu", "m1", path)
            self.assertEqual(result.status, 128 + signal.SIGILL)
            self.assertRegex(result.err, r"SIGILL: instruction 0x6e42fc20 'bfdot v0.4s, v1.8h, v2.8h' at .* is of FEAT_BF16, which the m1 lacks")
            self.assertEqual(self.m2sim("run", "--quiet", "--mode", mode, "--cpu", "m2", path).status, 0)

    def test_a_setting_reaches_the_core(self):
        slow = self.stats("--set", "branch.mispredict_penalty=90", self.loop)["stats"]["core.cycles"]
        self.assertGreater(slow, self.stats(self.loop)["stats"]["core.cycles"])


class Config(guest.GuestTest):
    def text(self, *arguments):
        result = self.m2sim("config", *arguments)
        self.assertEqual((result.status, result.err), (0, ""))
        return result.out

    def test_a_dump_is_a_configuration(self):
        for core in ("m2-pcore", "m1-pcore"):
            dump = self.text("--dump", "--core", core, "--set", "rob.groups=77")
            path = self.write("dump.toml", dump)
            self.assertEqual(self.text("--check", path), "")
            self.assertEqual(self.text("--dump", "--core", path), dump)

    def test_a_file_changes_what_it_mentions(self):
        path = self.write("some.toml", 'base = "m1-pcore"\n[rob]\ngroups = 9\n')
        lines = self.text("--dump", "--core", "m1-pcore").splitlines()
        changed = self.text("--dump", "--core", path).splitlines()
        differing = [new for old, new in zip(lines, changed) if old != new]
        self.assertEqual(differing, ["groups = 9"])

    def test_another_core_is_a_file(self):
        loop = self.guest("loop", guest.LOOP.format(count=1000))
        for name, ports in (("small", '["i0", "i1", "ls", "f"]'), ("wide", '["p_i0", "p_i1", ')):
            path = pathlib.Path(__file__).with_name("results") / "cores" / f"{name}.toml"
            self.assertEqual(self.text("--check", str(path)), "")
            self.assertIn(f"[ports]\nnames = {ports}", self.text("--dump", "--core", str(path)))
            for mode in ("timing", "fast-timing"):
                result = self.m2sim("run", "--core", str(path), "--mode", mode, loop)
                self.assertEqual(result.status, 0, result.err)
                self.assertIn(f"{name}.toml", result.err)

    def test_every_statistic_is_documented(self):
        loop = self.guest("loop", guest.LOOP.format(count=5))
        path = self.path("stats.json")
        self.m2sim("run", "--quiet", "--stats", path, loop)
        listed = {line.split()[0] for line in self.text("--list-stats").splitlines()}
        with open(path, encoding="utf-8") as file:
            self.assertLessEqual(set(json.load(file)["stats"]), listed)

    def test_fields_are_those_of_the_dump(self):
        fields = self.text("--list-fields").splitlines()
        values = [line for line in self.text("--dump").splitlines() if "=" in line]
        self.assertEqual(values[0], 'cpu = "m2"')
        self.assertEqual(len(fields), len(values) - 1)


class Disasm(guest.GuestTest):
    def test_agrees_with_objdump_on_addresses_and_words(self):
        path = self.guest("loop", guest.LOOP.format(count=5))
        ours = re.findall(r"^ *([0-9a-f]+): +([0-9a-f]{8}) ", self.m2sim("disasm", path).out, re.M)
        tool = guest.GUEST_CC.replace("gcc", "objdump")
        dump = subprocess.run([tool, "-d", path], stdout=subprocess.PIPE, check=True, timeout=60).stdout.decode()
        theirs = re.findall(r"^ *([0-9a-f]+):\t([0-9a-f]{8}) ", dump, re.M)
        self.assertEqual(theirs, ours)
        self.assertGreater(len(theirs), 5)

    def test_names_where_a_branch_leads(self):
        path = self.guest("loop", guest.LOOP.format(count=5))
        out = self.m2sim("disasm", path).out
        self.assertRegex(out, r"(?m)^ +[0-9a-f]+: +[0-9a-f]{8}  b\.lt #0x[0-9a-f]+ <loop>$")
        missing = self.m2sim("disasm", "--symbol", "loob", path)
        self.assertIn("has no symbol 'loob'; did you mean 'loop'?", missing.err)

    def test_a_symbol_alone(self):
        path = self.guest("loop", guest.LOOP.format(count=5))
        out = self.m2sim("disasm", "--symbol", "loop", path).out
        self.assertIn("<loop>:", out)
        self.assertNotIn("<_start>:", out)
        self.assertRegex(out, r"add\s+x0, x0, #0?x?1")


class Suite(guest.GuestTest):
    def setUp(self):
        self.guest("good", guest.HELLO)
        self.guest("bad", guest.EXIT_WITH.format(status=3))
        self.guest("loop", guest.LOOP.format(count=1000))

    def suite(self, programs, *arguments):
        self.write("suite.json", json.dumps({"programs": programs}))
        return self.m2sim("suite", "--programs", self.folder, *arguments)

    def test_all_good(self):
        programs = [{"name": "good", "file": "good", "stdout": "hello\n"},
                    {"name": "branch", "file": "loop", "stdout": "", "iterations": 1000, "loop_instructions": 3}]
        path = self.path("out.json")
        table = self.path("out.csv")
        result = self.suite(programs, "--json", path, "--csv", table)
        self.assertEqual((result.status, result.err), (0, ""))
        self.assertRegex(result.out, r"(?m)^good +[0-9]+ +[0-9]")
        self.assertRegex(result.out, r"(?m)^branch +3,00[0-9] +[0-9]")
        self.assertRegex(result.out, r"(?m)^branch +5\.99 +[0-9.]+ +[-+][0-9.]+ +A$")
        self.assertIn("geometric mean", result.out)
        with open(path, encoding="utf-8") as file:
            names = [program["name"] for program in json.load(file)["programs"]]
        self.assertEqual(names, ["good", "branch"])
        with open(table, encoding="utf-8", newline="") as file:
            self.assertEqual([row["program"] for row in csv.DictReader(file)], ["good", "branch"])

    def test_a_failure_is_a_line_and_a_status(self):
        programs = [{"name": "bad", "file": "bad", "stdout": ""},
                    {"name": "missing", "file": "nowhere", "stdout": ""},
                    {"name": "wrong", "file": "good", "stdout": "goodbye\n"},
                    {"name": "good", "file": "good", "stdout": "hello\n"}]
        result = self.suite(programs, "--mode", "emulation")
        self.assertEqual(result.status, 1)
        self.assertRegex(result.out, r"(?m)^bad +FAILED: exit status 3$")
        self.assertRegex(result.out, r"(?m)^missing +FAILED: there is no '/.*/nowhere'")
        self.assertRegex(result.out, r"(?m)^wrong +FAILED: it printed 'hello' instead of 'goodbye'$")
        self.assertRegex(result.out, r"(?m)^good +[0-9]")
        self.assertIn("3 of 4 programs failed", result.out)

    def test_its_programs_do_not_see_the_folder(self):
        self.guest("named", guest.ARGV0)
        self.assertIn("\nnamed ", self.suite([{"name": "named", "file": "named", "stdout": "/named"}]).out)

    def test_its_programs_see_the_processor(self):
        self.guest("bfdot", guest.BFDOT)
        programs = [{"name": "bfdot", "file": "bfdot", "stdout": ""}]
        path = self.path("out.json")
        for options, status, cpu in ((["--cpu", "m1"], 1, "m1"), (["--core", "m1-pcore"], 1, "m1"),
                                     (["--core", "m1-pcore", "--cpu", "m2"], 0, "m2"), ([], 0, "m2")):
            result = self.suite(programs, "--mode", "emulation", "--json", path, *options)
            self.assertEqual(result.status, status, options)
            with open(path, encoding="utf-8") as file:
                self.assertEqual(json.load(file)["manifest"]["cpu"], cpu)

    def test_filter(self):
        programs = [{"name": "good", "file": "good", "stdout": "hello\n"}, {"name": "bad", "file": "bad", "stdout": ""}]
        result = self.suite(programs, "--filter", "g*", "--mode", "emulation")
        self.assertEqual(result.status, 0)
        self.assertNotIn("bad", result.out)
        self.assertIn("'(', which is no regular expression", self.suite(programs, "--filter", "(").err)
        missing = self.suite(programs, "--filter", "goood")
        self.assertEqual(missing.status, 125)
        self.assertIn("did you mean 'good'", missing.err)

    def test_an_interrupt_leaves_nothing_behind(self):
        endless = self.guest("endless", guest.LOOP.format(count="0x7fffffffffffffff"))
        self.write("suite.json", json.dumps({"programs": [{"name": "endless", "file": endless, "stdout": ""}]}))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with tempfile.TemporaryDirectory() as temporary:
                process = subprocess.Popen([guest.M2SIM, "suite", "--programs", self.folder],
                                           env=dict(os.environ, TMPDIR=temporary), stdout=subprocess.DEVNULL,
                                           preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
                deadline = time.monotonic() + 30
                while not glob.glob(temporary + "/*/*.out") and time.monotonic() < deadline:
                    time.sleep(0.02)
                self.assertNotEqual(os.listdir(temporary), [])
                process.send_signal(number)
                self.assertEqual(process.wait(timeout=30), -number)
                self.assertEqual(os.listdir(temporary), [])


class Help(guest.GuestTest):
    def test_every_command_explains_itself(self):
        for arguments in (["--help"], ["run", "--help"], ["suite", "-h"], ["check", "-h"], ["disasm", "--help"], ["config", "-h"]):
            result = self.m2sim(*arguments)
            self.assertEqual((result.status, result.err), (0, ""), arguments)
            self.assertIn("Usage: m2sim", result.out)

    def test_version(self):
        self.assertRegex(self.m2sim("--version").out, r"\Am2sim [0-9.]+ \(([0-9a-f]{40}(-dirty)?|unknown)\)\n\Z")


if __name__ == "__main__":
    unittest.main()
