#!/usr/bin/env python3
"""m2sim calibrate scaling, from outside."""
import csv
import io
import json
import os
import pathlib
import unittest

import guest

PROGRAMS = ("--programs", os.environ["M2SIM_GUEST_PROGRAMS"])
SMALL = ("--filter", "^(atax|bicg|mvt)$", "--largest", "64", "--mode", "fast-timing")


class Scaling(guest.GuestTest):
    def run_it(self, *arguments, status=0):
        programs = () if "--programs" in arguments else PROGRAMS
        result = self.m2sim("calibrate", "scaling", *programs, *arguments)
        self.assertEqual(result.status, status, result.err)
        return result

    def test_growing_sizes(self):
        table, rows = self.path("s.json"), self.path("s.csv")
        out = self.run_it(*SMALL, "--within", "40", "--json", table, "--csv", rows).out
        found = json.loads(pathlib.Path(table).read_text(encoding="utf-8"))
        self.assertEqual([kernel["name"] for kernel in found["kernels"]], ["atax", "mvt", "bicg"])
        for kernel in found["kernels"]:
            self.assertEqual([size["size"] for size in kernel["sizes"]], [16, 32, 64])
            self.assertEqual(kernel["recommended"], 16)
            first, *_, last = kernel["sizes"]
            self.assertGreater(last["instructions"], 10 * first["instructions"])  # 16 times the elements
            self.assertAlmostEqual(first["deviation"], first["cpi"] / last["cpi"] - 1, delta=1e-9)
            self.assertEqual((last["deviation"], last["saved"]), (0, 0))
            self.assertGreater(first["saved"], 0)
        self.assertEqual([size["size"] for size in found["sizes"]], [16, 32])
        self.assertRegex(out, r"(?m)^ +16 .*<- large enough$")
        lines = list(csv.DictReader(io.StringIO(pathlib.Path(rows).read_text(encoding="utf-8"))))
        self.assertEqual(len(lines), 9)

    def test_results_do_not_depend_on_the_number_of_threads(self):
        self.assertEqual(self.run_it(*SMALL, "-j", "1").out, self.run_it(*SMALL, "-j", "4").out)

    def test_the_largest_alone(self):
        out = self.run_it("--filter", "bicg", "--largest", "32", "--within", "0", "--mode", "fast-timing").out
        self.assertIn("bicg: no smaller size stays within 0 % of 32\n", out)
        self.assertNotIn("large enough", out)

    def test_measurements_stand_beside(self):
        own = {"schema": "m2sim-measurements", "schema_version": 1, "sets": [
            {"name": "mine", "source": "a test", "date": "2026-11-27", "machine": {"chip": "M2"},
             "core": {"type": "P", "how": "known"}, "clock": {"how": "counted"},
             "measurements": [{"program": "bicg@16", "unit": "call", "figure": {"cycles": 1000}}]}]}
        file = self.write("own.json", json.dumps(own))
        out = self.run_it("--filter", "bicg", "--largest", "32", "--mode", "fast-timing", "--with", file).out
        self.assertRegex(out, r"(?m)^ +16 .* -\d\d\.\d %")

    def test_nonsense(self):
        self.write("scaling.json", "{}")
        for arguments, text in (
                (("--filter", "^nothing$"), "no kernel matches '^nothing$'"),
                (("--largest", "1"), "at these sizes"),
                (("--within", "-1"), "--within"),
                (("--within", "nan"), "--within: this is no number"),
                (("--mode", "emulation"), "emulation has no time"),
                (("--csv", "/none/such.csv"), "/none/such.csv"),
                (("--programs", "/none/such"), "scaling.json is missing"),
                (("--programs", self.folder), "scaling.json' is no list of kernels")):
            result = self.run_it(*arguments, status=125)
            self.assertTrue(result.err.startswith("m2sim: ") and text in result.err, result.err)


if __name__ == "__main__":
    unittest.main()
