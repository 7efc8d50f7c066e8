#!/usr/bin/env python3
"""m2sim calibrate, from outside."""
import csv
import io
import json
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree

import guest

ADDS = ("--filter", r"^ADD \(immediate, 64-bit\)")


class Calibrate(guest.GuestTest):
    def run_it(self, *arguments, status=0):
        result = self.m2sim("calibrate", *arguments)
        self.assertEqual(result.status, status, result.err)
        return result

    def files(self, *arguments):
        with tempfile.TemporaryDirectory() as folder:
            names = [str(pathlib.Path(folder) / name) for name in ("r.json", "r.csv")]
            result = self.run_it("instructions", "--json", names[0], "--csv", names[1], *arguments)
            self.assertEqual(result.err, "")
            found = json.loads(pathlib.Path(names[0]).read_text(encoding="utf-8"))
            rows = list(csv.DictReader(io.StringIO(pathlib.Path(names[1]).read_text(encoding="utf-8"))))
        return result.out, found, rows

    def test_what_agrees(self):
        for mode in ("timing", "fast-timing"):
            out, found, rows = self.files(*ADDS, "--core", "m1-pcore", "--mode", mode)
            self.assertEqual([row["kind"] for row in rows], ["uops", "latency", "throughput"])
            self.assertEqual([row["agrees"] for row in rows], ["1"] * 3)
            self.assertEqual(found["manifest"]["mode"], mode)
            self.assertEqual(found["manifest"]["core"], "m1-pcore")
            self.assertEqual((found["cycles"]["experiments"], found["counts"]["experiments"]), (2, 1))
            self.assertEqual((found["cycles"]["share"], found["counts"]["share"]), (1, 1))
            latency = found["experiments"][1]
            self.assertAlmostEqual(latency["ours"]["cycles"], 1, delta=0.02)
            self.assertEqual(latency["measured"]["cycles"], float(rows[1]["measured_cycles"]))
            self.assertIn(f"m1-pcore in {mode}: figures agree within the larger of 5 % and 0.05", out)
            self.assertRegex(out, r"(?m)^cycles +2 of +2 agree +100\.00 %$")
            self.assertNotIn("worst", out)

    def test_another_core_disagrees_and_the_worst_comes_first(self):
        out, found, rows = self.files("--filter", r"^LDRB? ?.*latency|^MUL", "--kind", "latency", "--core", "m1-pcore",
                                      "--set", "l1d.load_to_use=9")
        self.assertEqual({row["kind"] for row in rows}, {"latency"})
        by_name = {row["name"]: row for row in rows}
        load = by_name["LDR (32-bit) latency 1>2"]
        self.assertEqual((load["agrees"], by_name["MUL (32-bit) latency 1>2"]["agrees"]), ("0", "1"))
        self.assertAlmostEqual(float(load["cycles"]) - float(load["measured_cycles"]), 5, delta=0.1)
        self.assertRegex(out, r"(?m)^LDR \(32-bit\) latency 1>2 +cycles 9\.\d\d \(4\.00\)$")
        self.assertEqual(found["classes"][0]["agree"], 0)
        distances = [form["worst"]["distance"] for form in found["forms"]]
        self.assertEqual(distances, sorted(distances, reverse=True))

    def test_what_cannot_run_says_why(self):
        out, found, rows = self.files("--filter", r"^MRS \(APRR\) uops")
        self.assertEqual(rows[0]["did_not_run"], "undefined for programs: mrs x0, s3_6_c15_c1_5")
        self.assertEqual(found["counts"]["did_not_run"], 1)
        self.assertIn("did not run\nMRS (APRR) uops", out)

    def test_results_do_not_depend_on_the_number_of_threads(self):
        few = ("--every", "300", "--mode", "fast-timing")
        self.assertEqual(self.files(*few, "-j", "1"), self.files(*few, "-j", "5"))

    def test_quiet(self):
        self.assertEqual(self.run_it("instructions", "--quiet", *ADDS).out, "")

    def test_structures(self):
        with tempfile.TemporaryDirectory() as folder:
            names = {kind: pathlib.Path(folder) / f"r.{kind}" for kind in ("json", "csv", "svg")}
            files = [word for kind, name in names.items() for word in (f"--{kind}", str(name))]
            out = self.run_it("structures", "--filter", "^(return_stack|window.flags)$", *files).out
            text = {kind: name.read_text(encoding="utf-8") for kind, name in names.items()}
        self.assertIn("window.flags: registers for flags\n", out)
        self.assertRegex(out, r"\n  step +123 +123  agrees\n")
        self.assertIn("knees       2 of   2 agree within 3 %", out)
        found = json.loads(text["json"])
        self.assertEqual([curve["name"] for curve in found["curves"]], ["return_stack", "window.flags"])
        self.assertEqual(found["against"], "m2-pcore")
        returns = found["curves"][0]
        self.assertEqual([figure["ours"] for figure in returns["figures"]], [50])
        self.assertGreater(len(returns["points"]), 10)
        rows = list(csv.DictReader(io.StringIO(text["csv"])))
        self.assertEqual({row["kind"] for row in rows}, {"ours", "point", "step"})
        self.assertEqual(sum(row["kind"] == "ours" for row in rows), sum(len(c["ours"]) for c in found["curves"]))
        drawing = xml.etree.ElementTree.fromstring(text["svg"])
        lines = drawing.iter("{http://www.w3.org/2000/svg}polyline")
        self.assertEqual([len(line.get("points").split()) for line in lines], [len(c["ours"]) for c in found["curves"]])

    def test_structures_of_another_core(self):
        flags = ("structures", "--filter", "window.flags", "--mode", "fast-timing")
        out = self.run_it(*flags, "--set", "prf.flags=60", "--against", "m1-pcore").out
        self.assertRegex(out, r"\n  step +60 +123  disagrees\n")
        self.assertIn("measured on m1-pcore", out)
        self.assertIn("m2-pcore (--set prf.flags=60) in fast-timing", out)
        out = self.run_it(*flags, "--set", "prf.flags=8").out
        self.assertRegex(out, r"\n  step +- +123  has none\n", "far below the range of the measured one")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "own.toml"
            file.write_text("base = \"m2-pcore\"\n", encoding="utf-8")
            self.assertNotIn("measured", self.run_it(*flags, "--core", str(file)).out)

    def test_nonsense(self):
        for arguments, text in (
                ((), "calibrate: say what: instructions, structures"),
                (("instruction",), "calibrate: there is no 'instruction'; did you mean 'instructions'?"),
                (("instructions", "--filter", "["), "--filter: '[' is no regular expression"),
                (("instructions", "--filter", "^nothing$"), "no experiment matches '^nothing$'"),
                (("instructions", "--kind", "uop"), "--kind: there is no 'uop'; did you mean 'uops'?"),
                (("instructions", "--mode", "emulation"), "emulation has no time"),
                (("instructions", "--every", "0"), "--every"),
                (("instructions", "--core", "m3"), "m3"),
                (("instructions", "--svg", "a.svg"), "calibrate instructions: there is no option '--svg'"),
                (("instructions", "--cvs", "a.csv"), "there is no option '--cvs'; did you mean '--csv'?"),
                (("structures", "--kind", "uops"), "calibrate structures: there is no option '--kind'"),
                (("--quiet",), "calibrate: there is no option '--quiet'"),
                (("instructions", "structures"), "structures"),
                (("structures", "--filter", "^nothing$"), "no curve matches '^nothing$'; there are fetch.aligned, "),
                (("structures", "--filter", "(" * 501), "--filter: 501 characters, of at most 500"),
                (("structures", "--against", "m1-core"), "nothing was measured on 'm1-core'; did you mean 'm1-pcore'?"),
                (("structures", "--mode", "emulation"), "emulation has no time"),
                (("structures", "--svg", "/none/such.svg"), "/none/such.svg"),
                (("instructions", "--json", "/none/such.json"), "/none/such.json")):
            result = self.run_it(*arguments, status=125)
            self.assertTrue(result.err.startswith("m2sim: ") and text in result.err, result.err)


if __name__ == "__main__":
    unittest.main()
