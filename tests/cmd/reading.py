#!/usr/bin/env python3
"""The worked example of docs/reading.md: what annotate and compare say of the two programs is what it claims."""
import json
import pathlib
import subprocess
import unittest

import guest

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reading"


class Example(guest.GuestTest):
    def annotated(self, name):
        program = self.path(name)
        subprocess.run([guest.GUEST_CC, "-O2", "-g", "-static", SOURCES / (name + ".c"), "-o", program], check=True,
                       timeout=120)
        path = self.path(name + ".json")
        result = self.m2sim("annotate", "--fast-timing", "--json", path, program)
        self.assertEqual(result.status, 0, result.err)
        return path, result.out

    def test_the_difference_is_that_of_the_function_that_changed(self):
        before, report = self.annotated("dot")
        self.assertRegex(report, r"limited by dependence_fp, [78][0-9] %")
        self.assertRegex(report, r"the chain: \+0x[0-9a-f]+ fmadd d([0-9]+), d[0-9]+, d[0-9]+, d\1 -> next iteration")
        after, _ = self.annotated("dot4")
        compared = self.path("compared.json")
        self.assertEqual(self.m2sim("compare", "--quiet", "--json", compared, before, after).status, 0)
        with open(compared, encoding="utf-8") as file:
            result = json.load(file)
        changes = {function["name"]: function["cycles"]["after"] - function["cycles"]["before"]
                   for function in result["functions"]}
        whole = result["cycles"]["after"] - result["cycles"]["before"]
        self.assertLess(whole, -0.3 * result["cycles"]["before"])
        self.assertGreater(changes["dot"] / whole, 0.9)
        self.assertAlmostEqual(sum(changes.values()), whole, delta=1)


if __name__ == "__main__":
    unittest.main()
