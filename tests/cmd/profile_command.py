"""`m2sim profile` from outside: its figures fit each other, `m2sim run` and google-pprof."""
import collections
import csv
import json
import os
import re
import shutil
import subprocess
import unittest

import guest

MODES = ["emulation", "fast-timing", "timing"]
STAGES = ["load", "decode", "execute", "log", "predict", "cache", "core", "report"]
PERFTOOLS = os.environ["M2SIM_PERFTOOLS"] == "1"

# Loads, stores and branches that go both ways.
WALK = """
    .globl _start
_start:
    mov x0, #0
    adr x1, buffer
    ldr x2, =300000
walk:
    and x3, x0, #0xff
    add x4, x1, x3, lsl #3
    ldr x5, [x4]
    add x5, x5, x0
    str x5, [x4]
    tbz x5, #2, even
    add x6, x6, x5
even:
    add x0, x0, #1
    cmp x0, x2
    b.lt walk
    mov x0, #0
    mov x8, #93
    svc #0
    .data
    .balign 8
buffer: .zero 2048
"""


def short_name(symbol):
    """What google-pprof makes of a function's name: no arguments, no template arguments, no type in front."""
    for pattern in (r"\([^()]*\)(\s*const)?", r"<[^<>]*>"):
        count = 1
        while count:
            symbol, count = re.subn(pattern, "", symbol)
    return re.sub(r"^.*\s+(\w+::)", r"\1", symbol)


class ProfileCase(guest.GuestTest):
    def setUp(self):
        self.programs = [self.guest("count", guest.LOOP.format(count=60000)), self.guest("walk", WALK)]

    def profile(self, *arguments):
        result = self.m2sim("profile", "--json", self.path("p.json"), *arguments)
        with open(self.path("p.json"), encoding="utf-8") as file:
            return result, json.load(file)


class Profile(ProfileCase):
    def test_the_core_chooses_the_guests_processor(self):
        path = self.guest("bfdot", guest.BFDOT)
        for core, status in (("m1-pcore", 1), ("m2-pcore", 0)):
            result, profile = self.profile("--core", core, "--mode", "emulation", "--iterations", "1", path)
            self.assertEqual(result.status, status, result.err)
            self.assertEqual(profile["manifest"]["cpu"], core[:2])

    def check_stages(self, stats, mode):
        parts = [stats[f"host.stage.{stage}.mean"] for stage in STAGES]
        self.assertGreaterEqual(min(parts), 0)
        seconds = stats["host.seconds.mean"]
        self.assertLess(abs(sum(parts) - seconds), 0.05 * seconds)
        self.assertAlmostEqual(sum(stats[f"host.stage.{stage}.share"] for stage in STAGES), 1)
        for name in [f"host.stage.{stage}" for stage in STAGES] + ["host.seconds", "host.mips"]:
            self.assertLessEqual(stats[name + ".min"], stats[name + ".mean"] * 1.0001)
            self.assertLessEqual(stats[name + ".mean"], stats[name + ".max"] * 1.0001)
        model = sum(stats[f"host.stage.{stage}.mean"] for stage in ("predict", "cache", "core"))
        if mode == "emulation":
            self.assertEqual(model, 0)
            self.assertEqual(stats["host.stage.log.mean"], 0)
        else:
            self.assertGreater(model, 0.5 * seconds)

    def test_programs_in_all_modes(self):
        result, profile = self.profile("--mode", "all", "--iterations", "2", "--csv", self.path("p.csv"),
                                       "--program", self.programs[1], self.programs[0])
        self.assertEqual(result.status, 0, result.err)
        self.assertEqual(result.err, "")  # no progress bar where there is no terminal
        self.assertLessEqual(max(map(len, result.out.splitlines())), 100)
        self.assertEqual(profile["schema_version"], 1)
        self.assertEqual([program["argv"] for program in profile["programs"]], [[path] for path in self.programs])
        with open(self.path("p.csv"), newline="", encoding="utf-8") as file:
            rows = {(row["program"], row["mode"]): row for row in csv.DictReader(file)}
        for program in profile["programs"] + [profile["total"]]:
            self.assertEqual([entry["mode"] for entry in program["modes"]], MODES)
            for entry in program["modes"]:
                mode, stats = entry["mode"], entry["stats"]
                self.assertEqual(len(entry["runs"]), 2)
                self.check_stages(stats, mode)
                largest = max(STAGES, key=lambda stage: stats[f"host.stage.{stage}.mean"])
                self.assertEqual(entry["bottleneck"], largest)
                row = rows[program["name"], mode]
                self.assertEqual({name: float(value) for name, value in row.items() if value and name in stats}, stats)
                self.assertGreater(entry["functions"][0]["count"], 0)
                shares = {cost["what"]: cost["share"] for cost in entry["costs"]}
                self.assertAlmostEqual(shares["stage execute"], stats["host.stage.execute.share"])
        self.check_against_run(profile)

    def check_against_run(self, profile):
        for path, program in zip(self.programs, profile["programs"]):
            for entry in program["modes"]:
                mode = entry["mode"]
                self.m2sim("run", "--quiet", "--mode", mode, "--stats", self.path("run.json"), path)
                with open(self.path("run.json"), encoding="utf-8") as file:
                    run = json.load(file)["stats"]
                stats = entry["stats"]
                for name in ("emulation.insts", "core.cycles", "core.cpi"):
                    self.assertEqual(stats.get(name), run.get(name), (path, mode, name))
        walk = profile["programs"][1]["modes"][2]["stats"]
        insts = walk["emulation.insts"]
        self.assertAlmostEqual(walk["per_inst.memory_insts"] * insts, 600000, delta=2)
        self.assertGreater(walk["per_inst.chained"] * insts, 500000)
        self.assertLess(walk["per_inst.blocks_decoded"] * insts, 20)

    def test_what_cannot_be_profiled(self):
        self.assert_fails(125, "profile: no program given", "profile")
        self.assert_fails(125, "profile: --iterations", "profile", "--iterations", "0", self.programs[0])
        self.assert_fails(125, "profile: --filter", "profile", "--filter", "x", self.programs[0])
        self.assert_fails(125, "--mode: there is no mode 'timming'.*timing", "profile", "--mode", "timming", "x")
        self.assert_fails(125, "a quote does not end", "profile", "--program", "a 'b")
        result, profile = self.profile("--mode", "emulation", "--iterations", "1", "--program", self.path("none"),
                                       self.programs[0])
        self.assertEqual(result.status, 1)
        self.assertIn("FAILED", result.out)
        self.assertEqual([program["ok"] for program in profile["programs"]], [True, False])
        self.assertIn("none", profile["programs"][1]["error"])


class WithPerftools(ProfileCase):
    def test_names_and_counts_are_those_of_pprof(self):
        result, profile = self.profile("--mode", "all", "--iterations", "1", "--cpu", self.path("p.cpu"),
                                       "--heap", self.path("p.heap"), self.programs[1])
        self.assertEqual(result.status, 0, result.err)
        for kind, option, least in (("cpu", [], 8), ("heap", ["--alloc_space", "--show_bytes"], 4)):
            ours = collections.Counter()
            for function in profile[f"{kind}_profile"]["functions"]:
                ours[short_name(function["symbol"])] += function["count"]
            theirs = self.pprof(self.path("p." + kind), *option)
            # Aliases of the C library's functions have several names; our own functions have one.
            for name, count in theirs[:least]:
                if name.startswith("m2sim::"):
                    self.assertEqual(ours[name], count, (kind, name, ours.most_common(10), theirs[:10]))
            self.assertGreaterEqual(sum(name.startswith("m2sim::") for name, _ in theirs[:least]), least // 2)
            self.assertEqual(sum(ours.values()), profile[f"{kind}_profile"]["total"])
            self.assertIn(profile[f"{kind}_profile"]["functions"][0]["name"][:60], result.out)

    def pprof(self, path, *options):
        tool = shutil.which("google-pprof")
        self.assertIsNotNone(tool, "google-pprof is in the package google-perftools")
        done = subprocess.run([tool, "--text", *options, guest.M2SIM, path], capture_output=True, text=True,
                              timeout=120, check=True)
        lines = re.findall(r"^ *([0-9]+) +[0-9.]+% +[0-9.]+% +[0-9]+ +[0-9.]+% (.*)$", done.stdout, re.MULTILINE)
        return [(name, int(count)) for count, name in lines]


class WithoutPerftools(ProfileCase):
    def test_options_say_what_to_do(self):
        for option in ("--cpu", "--heap"):
            self.assert_fails(125, f"profile: {option} needs gperftools", "profile", option, self.path("p"),
                              self.programs[0])


# A build has gperftools or has not.
if PERFTOOLS:
    del WithoutPerftools
else:
    del WithPerftools


if __name__ == "__main__":
    unittest.main()
