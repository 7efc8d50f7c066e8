#!/usr/bin/env python3
"""The page of m2sim calibrate check, in a browser."""
import html
import json
import os
import re
import subprocess
import unittest

import guest

CHECK = ("calibrate", "check", "--quiet", "--mode", "fast-timing", "--programs", os.environ["M2SIM_GUEST_PROGRAMS"])


def attributes(text):
    return {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', text)}


class Page(guest.GuestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page, results = (os.path.join(cls.folder, name) for name in ("page.html", "r.json"))
        # Programs that are timed in a moment, and one in 40 of the instructions.
        done = subprocess.run([guest.M2SIM, *CHECK, "--filter", "^(arithmetic|dependency|branch|loadheavy|vectorsum)$",
                               "--every", "40", "--html", cls.page, "--json", results],
                              capture_output=True, text=True, timeout=250, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done.stderr
        with open(results, encoding="utf-8") as file:
            cls.results = json.load(file)
        with open(cls.page, encoding="utf-8") as file:
            cls.text = file.read()
        cls.dom, cls.console = cls.opened(cls.page)

    @classmethod
    def opened(cls, page):
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               "--user-data-dir=" + os.path.join(cls.folder, "browser"),
                               "--enable-logging=stderr", "--dump-dom", "file://" + page],
                              capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def charts(self, plot):
        found = re.findall(rf'<svg([^>]*data-plot="{plot}"[^>]*)>(.*?)</svg>', self.dom, re.S)
        return [(attributes(head), body) for head, body in found]

    def points(self, plot, mark="point"):
        (_, body), = self.charts(plot)
        return [attributes(path) for path in re.findall(rf'<path (class="{mark}"[^>]*)>', body)]

    def compared(self):
        return [row for row in self.results["programs"]["rows"] if "ours" in row and "measured" in row]

    def test_nothing_goes_wrong(self):
        self.assertEqual(self.console, [])
        self.assertIn('data-ready="true"', self.dom)
        self.assertNotIn("data-error", self.dom)

    def test_an_error_would_be_seen(self):
        broken = self.write("broken.html", self.text.replace("drawPredicted();", "drawPredicted(); nowhere();", 1))
        dom, console = self.opened(broken)
        self.assertIn("data-error", dom)
        self.assertNotEqual(console, [])

    def test_predicted_against_measured(self):
        drawn = {(one["data-set"], one["data-program"]): one for one in self.points("predicted")}
        rows = self.compared()
        self.assertEqual(len(rows), 7)
        self.assertEqual(set(drawn), {(row["set"], row["program"]) for row in rows})
        for row in rows:
            point = drawn[row["set"], row["program"]]
            self.assertAlmostEqual(float(point["data-ours"]), row["ours"])
            self.assertAlmostEqual(float(point["data-measured"]), row["measured"]["cycles"] * row["clock_factor"])
        places = {key: tuple(map(float, re.match(r"M([\d.]+) ([\d.]+)", one["d"]).groups())) for key, one in drawn.items()}
        # More cycles are further right and further up.
        loop, chain = places["m2-2026-02-07", "arithmetic"], places["m2-2026-02-07", "dependency"]
        self.assertLess(loop[0], chain[0])
        self.assertGreater(loop[1], chain[1])

    def test_errors_have_their_intervals(self):
        drawn = {(one["data-set"], one["data-program"]): one for one in self.points("errors")}
        for row in self.compared():
            point = drawn[row["set"], row["program"]]
            self.assertAlmostEqual(float(point["data-difference"]), row["error"])
            self.assertLessEqual(float(point["data-low"]), row["error"])
            self.assertGreaterEqual(float(point["data-high"]), row["error"])
            self.assertIn(f"{row['program']} · {row['set']} · grade {row['grade']}", point["aria-label"])
        self.assertEqual(len(self.points("errors", "other")), 1)  # of the set that has a factor
        (_, body), = self.charts("errors")
        self.assertEqual(body.count(">its clock</text>"), 3)

    def test_residuals_are_those_of_the_lines(self):
        drawn = {(head["data-set"], head["data-program"]): body for head, body in self.charts("residuals")}
        with_line = [row for row in self.results["programs"]["rows"] if row["regression"]]
        self.assertEqual(set(drawn), {(row["set"], row["program"]) for row in with_line})
        for row in with_line:
            line = row["regression"]
            loop = line["slope"] * (line["iterations"][-1] - line["iterations"][0])
            values = [float(value) for value in re.findall(r'data-value="([^"]*)"', drawn[row["set"], row["program"]])]
            self.assertEqual(len(values), len(line["residuals"]))
            for value, residual in zip(values, line["residuals"]):
                self.assertAlmostEqual(value, residual / loop)

    def test_classes_of_instructions(self):
        (_, body), = self.charts("classes")
        drawn = [attributes(group) for group in re.findall(r"<g([^>]*data-class[^>]*)>", body)]
        expected = {one["name"]: one["share"] for one in self.results["instructions"]["classes"] if one["share"] < 1}
        self.assertEqual({one["data-class"]: float(one["data-share"]) for one in drawn}, expected)

    def test_curves_have_their_measured_points(self):
        drawn = {head["data-curve"]: body for head, body in self.charts("curve")}
        curves = self.results["structures"]["curves"]
        self.assertEqual(set(drawn), {curve["name"] for curve in curves})
        for curve in curves:
            body = drawn[curve["name"]]
            dots = [attributes(dot) for dot in re.findall(r'<circle (class="measured[^>]*)>', body)]
            self.assertEqual([(float(dot["data-x"]), float(dot["data-y"])) for dot in dots],
                             [(point["from"], point["measured"]) for point in curve["points"]])
            self.assertEqual(re.findall(r'data-kind="(\w+)"', body), [figure["kind"] for figure in curve["figures"]])
            self.assertNotIn("NaN", body)
            lines = re.findall(r'<path class="trend" d="([^"]*)"', body)
            self.assertEqual(len(lines), 0 if "cases" in curve else 1)
            for line in lines:
                self.assertEqual(len(re.findall("[ML]", line)), len(curve["ours"]))

    def test_all_can_be_reached_by_keys(self):
        self.assertEqual(len(re.findall(r"<button(?![^>]*aria-pressed)", self.dom)), 0)
        for plot in ("predicted", "errors"):
            for point in self.points(plot):
                self.assertEqual(point["tabindex"], "0")

    def test_needs_no_network(self):
        links = re.findall(r"\b(?:src|href)=|@import|url\(|https?://[^\"' ]*", self.text)
        self.assertEqual(links, ["http://www.w3.org/2000/svg"])
        self.assertIn("prefers-color-scheme: dark", self.text)

    def test_parts_that_were_left_out_are_not_shown(self):
        page = self.path("part.html")
        result = self.m2sim(*CHECK, "--only", "programs", "--filter", "^m2-2026-02-07$", "--html", page)
        self.assertEqual((result.status, result.err), (0, ""))
        dom, console = self.opened(page)
        self.assertEqual(console, [])
        self.assertIn('data-ready="true"', dom)
        self.assertRegex(dom, r'<section id="structures" hidden')
        self.assertRegex(dom, r'<section id="programs">')


if __name__ == "__main__":
    unittest.main()
