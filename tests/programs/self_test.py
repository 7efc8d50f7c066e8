#!/usr/bin/env python3
"""The checks of this folder are shown what they must find, and what they must not."""

import contextlib
import json
import pathlib
import tempfile
import unittest
import unittest.mock

import golden
import modes_check

ROW = {"name": "sum"}
ENTRIES = {"emulation": {"emulation.insts": 7},
           "timing": {"core.cycles": 9, "core.cpi": 1.2857142857142858, "emulation.insts": 7},
           "fast-timing": {"core.cycles": 10, "core.cpi": 1.4285714285714286, "emulation.insts": 7}}


@contextlib.contextmanager
def recorded(entries):
    with tempfile.TemporaryDirectory() as folder:
        with unittest.mock.patch.object(golden, "FILE", pathlib.Path(folder, "golden.json")):
            golden.record([("sum", "abc", entries)])
            yield golden.load()


class Golden(unittest.TestCase):
    def compare(self, entries, sha256="abc", row=None):
        with recorded(ENTRIES) as known:
            return golden.compare(known, row or ROW, sha256, entries)

    def changed(self, mode, **figures):
        return {**ENTRIES, mode: {**ENTRIES[mode], **{name.replace("_", ".", 1): value for name, value in figures.items()}}}

    def test_the_same_figures_are_no_difference(self):
        self.assertEqual(self.compare(ENTRIES), ([], set()))

    def test_a_change_is_named_with_its_mode_and_both_values(self):
        lines, added = self.compare(self.changed("timing", core_cycles=11))
        self.assertEqual((len(lines), added), (1, set()))
        self.assertIn("timing: not the golden statistics: core.cycles is 11, was 9;", lines[0])
        last_digit = self.changed("fast-timing", core_cpi=1.4285714285714288)
        self.assertEqual(len(self.compare(last_digit)[0]), 1)

    def test_a_figure_that_vanished_is_a_difference(self):
        lines, _ = self.compare({**ENTRIES, "timing": {"core.cycles": 9, "emulation.insts": 7}})
        self.assertIn("core.cpi is gone, was 1.2857142857142858", lines[0])

    def test_a_new_figure_is_added_and_no_difference(self):
        self.assertEqual(self.compare(self.changed("timing", l1d_misses=0)), ([], {"l1d.misses"}))

    def test_many_changes_are_counted(self):
        entries = {mode: {f"l1d.{place}": place for place in range(20)} for mode in golden.MODES}
        with recorded(entries) as known:
            lines, _ = golden.compare(known, ROW, "abc", {"timing": {}})
        self.assertIn(f"; and {20 - golden.SHOWN} more;", lines[0])

    def test_another_binary_or_program_is_said(self):
        self.assertIn("is not the binary", self.compare(ENTRIES, sha256="abd")[0][0])
        self.assertIn("has no golden statistics", self.compare(ENTRIES, row={"name": "other"})[0][0])

    def test_the_committed_file_has_one_line_a_figure(self):
        _, programs = golden.load()
        figures = sum(len({name for mode in program["modes"].values() for name in mode}) for program in programs.values())
        text = golden.FILE.read_text(encoding="utf-8")
        self.assertEqual(text.count("\n"), 7 + len(programs) + figures)
        self.assertEqual([program["name"] for program in json.loads(text)["programs"]], list(programs))


class Modes(unittest.TestCase):
    def test_the_models_agree(self):
        def found(cycles, insts=1000, fetch=0.3):
            stats = {"timing": {"core.insts": 1000, "core.cycles": 1000},
                     "fast-timing": {"core.insts": insts, "core.cycles": cycles}}
            for mode, share in (("timing", 0.3), ("fast-timing", fetch)):
                total = stats[mode]["core.cycles"]
                stats[mode] |= {"core.cpi_stack.base": (1 - share) * total, "core.cpi_stack.fetch": share * total}
            return list(modes_check.compare_modes(stats, modes_check.TOLERANCE, modes_check.SHARE_TOLERANCE))
        self.assertEqual(found(1019), [])
        self.assertIn("+2.1 %", found(1021)[0])
        self.assertIn("-2.1 %", found(979)[0])
        self.assertIn("1001", found(1000, insts=1001)[0])
        self.assertEqual(found(1000, fetch=0.329), [])
        self.assertEqual([line.partition(",")[0] for line in found(1000, fetch=0.331)],
                         ["fast-timing charges -3.1 points of the slots to base",
                          "fast-timing charges +3.1 points of the slots to fetch"])

    def test_the_stack_sums_up(self):
        def found(base, fetch):
            return list(modes_check.check_stack({"core.cycles": 10, "core.cpi_stack.base": base, "core.cpi_stack.fetch": fetch}))
        self.assertEqual(found(4.5, 5.5), [])
        self.assertEqual(len(found(4.5, 5)), 1)
        self.assertEqual(len(found(11, -1)), 1)
        self.assertTrue(list(modes_check.check_stack({"core.cycles": 10})))


if __name__ == "__main__":
    unittest.main()
