#!/usr/bin/env python3
"""m2sim calibrate check, from outside."""
import csv
import io
import json
import os
import pathlib
import unittest

import guest

PROGRAMS = ("--programs", os.environ["M2SIM_GUEST_PROGRAMS"])
ONE_SET = ("--only", "programs", "--filter", "m2-2026-02-07")


class Check(guest.GuestTest):
    def run_it(self, *arguments, status=0):
        result = self.m2sim("calibrate", "check", *PROGRAMS, *arguments)
        self.assertEqual(result.status, status, result.err)
        return result

    def test_a_set_beside_its_core(self):
        table, rows = self.path("r.json"), self.path("r.csv")
        for mode in ("timing", "fast-timing"):
            out = self.run_it(*ONE_SET, "--mode", mode, "--json", table, "--csv", rows).out
            self.assertRegex(out, r"(?m)^  dependency +20 .* its clock +A +m2-pcore$")
            found = json.loads(pathlib.Path(table).read_text(encoding="utf-8"))
            by_name = {row["program"]: row for row in found["programs"]["rows"]}
            self.assertEqual(set(by_name), {"arithmetic", "dependency", "branch"})
            self.assertAlmostEqual(by_name["dependency"]["ours"], 20, delta=0.01)
            self.assertAlmostEqual(by_name["dependency"]["instructions"], 23, delta=1e-9)
            self.assertEqual(by_name["branch"]["regression"]["iterations"][0], 1000000)
            self.assertNotIn("instructions", found)
            lines = list(csv.DictReader(io.StringIO(pathlib.Path(rows).read_text(encoding="utf-8"))))
            self.assertEqual([line["program"] for line in lines], list(by_name))
            self.assertAlmostEqual(float(lines[0]["error"]), by_name["arithmetic"]["error"], delta=1e-5)

    def test_an_assumed_clock_has_a_factor(self):
        out = self.run_it("--only", "programs", "--filter", "m1-class-2026-02-10", "--mode", "fast-timing").out
        self.assertRegex(out, r"its own is 0\.918 of that, as branchheavy cannot be faster")
        self.assertRegex(out, r"(?m)^  branchheavy .* -8\.\d % +its clock +B +m1-pcore$")

    def test_a_file_of_ones_own_joins(self):
        chain = [{"iterations": n, "seconds": [2e-3 + n * 20 / 3e9]} for n in (10 ** 6, 2 * 10 ** 6, 4 * 10 ** 6, 8 * 10 ** 6)]
        counted = [dict(point, counters={"pmu.INST_ALL": [23 * point["iterations"] + 500]}) for point in chain]
        own = {"schema": "m2sim-measurements", "schema_version": 1, "sets": [
            {"name": "mine", "source": "a test", "date": "2026-11-27", "machine": {"chip": "M2 Pro"}, "core": {"type": "P", "how": "known"},
             "clock": {"how": "assumed", "ghz": 3.0},
             "measurements": [{"program": "dependency", "unit": "loop pass", "points": counted},
                              {"program": "structure/latency@32768", "unit": "load",
                               "figure": {"cycles": 3, "low": 3, "high": 3}},
                              {"program": "nothing", "unit": "pass", "points": chain}]}]}
        file = self.write("own.json", json.dumps(own))
        out = self.run_it("--with", file, "--only", "programs", "--filter", "^mine$", "--mode", "fast-timing").out
        self.assertRegex(out, r"(?m)^  dependency +20 .*\+0\.0 % +B +m2-pcore$")
        self.assertRegex(out, r"(?m)^  structure/latency@32768 +3 ")
        self.assertRegex(out, r"(?m)^  dependency +pmu.INST_ALL +23 +23$")
        self.assertRegex(out, r"(?m)^  nothing +mine: no program of this name$")

    def test_conditions(self):
        self.run_it(*ONE_SET, "--quiet", "--mode", "fast-timing", "--fail-if", "AB.mean>50%")
        out = self.run_it(*ONE_SET, "--quiet", "--mode", "fast-timing", "--fail-if", "AB.worst>=0.1%", status=1).out
        self.assertRegex(out, r"^failed: AB\.worst>=0\.1%, it is 0\.0\d+\n$")

    def test_another_core_and_one_number_changed(self):
        chosen = (*ONE_SET, "--mode", "fast-timing", "--core", "m1-pcore")
        self.assertRegex(self.run_it(*chosen).out, r"(?m)^  dependency .* m1-pcore$")
        self.assertRegex(self.run_it(*chosen, "--set", "fetch.taken_branches_per_cycle=2").out, r"(?m)^  branch .* m1-")

    def test_instructions_and_structures_stand_beside(self):
        table = self.path("i.json")
        out = self.run_it("--only", "instructions", "--every", "400", "--mode", "fast-timing", "--json", table).out
        self.assertRegex(out, r"(?m)^m1-pcore in fast-timing: figures agree")
        found = json.loads(pathlib.Path(table).read_text(encoding="utf-8"))
        self.assertGreater(found["instructions"]["cycles"]["experiments"], 5)

    def test_nonsense(self):
        self.write("bad.json", "{")
        for arguments, text in (
                (("--only", "program"), "--only: there is no 'program'; did you mean 'programs'?"),
                (("--fail-if", "AB.mean"), "--fail-if: 'AB.mean' is no condition"),
                (("--fail-if", "AB.mean>x"), "--fail-if: 'AB.mean>x' ends with no number"),
                ((*ONE_SET, "--mode", "fast-timing", "--fail-if", "AB.men>1%"), "there is no 'AB.men' in these results; there are AB.mean"),
                (("--with", self.path("bad.json")), "bad.json"),
                (("--with", "/none/such.json"), "/none/such.json"),
                (("--filter", "^nothing$"), "--filter: no measured program or set matches '^nothing$'"),
                (("--mode", "emulation"), "emulation has no time"),
                (("--json", "/none/such.json"), "/none/such.json"),
                (("extra",), "extra")):
            result = self.run_it(*arguments, status=125)
            self.assertTrue(result.err.startswith("m2sim: ") and text in result.err, result.err)


if __name__ == "__main__":
    unittest.main()
