#!/usr/bin/env python3
"""The checks of this folder are shown what they must find, and what they must not."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import unittest.mock

import golden
import modes_check
import real_programs
import real_report
import statistics_file
import timed_windows
from real import direct_calls, inputs

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


def next_six(pipe):
    """[the next bytes in the pipe], or nothing where it has none"""
    os.set_blocking(pipe, False)
    with contextlib.suppress(BlockingIOError):
        return [os.read(pipe, 6)]
    return []


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


def windows(program, core, *counts, kin="same"):
    """Windows of 1000 instructions with these cycles and mispredictions, a quarter of whose cycles waits for DRAM."""
    return [{"program": program, "application": program, "kin": kin, "core": core, "mode": "timing", "run": "0", "skip": str(i),
             "insts": 1000, "cycles": cycles, "mispredicts": mispredicts, "base": 0.75 * cycles, "memory_dram": 0.25 * cycles}
            for i, (cycles, mispredicts) in enumerate(counts)]


class RealPrograms(unittest.TestCase):
    KNOWN = {("a", "m1-pcore"): (2.0, 4.0), ("a", "m2-pcore"): (2.5, 2.0), ("b", "m1-pcore"): (4.0, 1.0),
             ("b", "m2-pcore"): (4.2, 1.0), ("c", "m2-pcore"): (1.0, 10.0)}
    ROWS = [*windows("a", "m1-pcore", (400, 4), (600, 6)), *windows("a", "m2-pcore", (500, 2)),
            *windows("b", "m1-pcore", (500, 2)), *windows("b", "m2-pcore", (1000, 0.5)),
            *windows("c", "m2-pcore", (700, 5), kin="alike")]

    def rows(self, changed=()):
        return real_report.figures([*self.ROWS, *changed], self.KNOWN)

    def test_windows_weigh_by_their_cycles(self):
        first = self.rows()[0]
        self.assertEqual((first.ipc, first.lowest, first.mpki), (2.0, 1000 / 600, 5.0))
        self.assertEqual((first.ratio, first.mpki_ratio, first.stack["memory_dram"]), (1.0, 1.25, 0.25))
        far = self.rows(windows("a", "m1-pcore", (2000, 0)))[0]
        self.assertEqual((far.ipc, far.highest), (1.0, 2.5))

    def test_the_summary_counts(self):
        lines = list(real_report.summary(self.rows()))
        # M1: 1.0 and 0.5. M2: 0.8, 1/4.2 and 1/0.7.
        self.assertIn("m1-pcore: geometric mean of simulated to published IPC 0.707 over 2", lines[0])
        self.assertIn("IPC 0.648 over 3", lines[1])
        self.assertIn("above 1.35 of the published: 3 of 5; b m1-pcore 0.50; b m2-pcore 0.24; c m2-pcore 1.43", lines[2])
        # 1.25, 1 are near; 2, 0.5 and 0.5 are not.
        self.assertIn("within a factor of 1.6: 2 of 5", lines[3])

    def test_the_sign_counts_where_the_gain_is_clear(self):
        lines = list(real_report.summary(self.rows()))
        self.assertIn("right sign: 0 of 1; a +0.0 % for +25.0 %", lines[-1])
        faster = [row for row in self.ROWS if (row["program"], row["core"]) != ("a", "m2-pcore")]
        rows = real_report.figures([*faster, *windows("a", "m2-pcore", (499, 2))], self.KNOWN)
        self.assertTrue(list(real_report.summary(rows))[-1].endswith("right sign: 1 of 1"))
        alone = real_report.figures(windows("a", "m2-pcore", (499, 2)), self.KNOWN)
        self.assertFalse([line for line in real_report.summary(alone) if "sign" in line])

    def test_what_is_alike_counts_apart(self):
        lines = list(real_report.report(self.ROWS, self.KNOWN))
        same, everything = lines.index("The same applications"), lines.index("All programs")
        self.assertIn("of 4", lines[same + 4])
        self.assertIn("of 5", lines[everything + 4])

    def test_files_keep_the_figures(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "rows.csv")
            real_report.write_windows(path, self.ROWS)
            self.assertEqual(real_report.read_windows(path), self.ROWS)

    def test_a_comparison_names_the_change(self):
        lines = list(real_report.comparison(self.ROWS, windows("a", "m2-pcore", (400, 2)), self.KNOWN))
        self.assertEqual(len(lines), 2)
        self.assertIn("2.000  2.500   +25.0%   1.00", lines[1])

    def test_a_window_is_a_point_behind_its_warming(self):
        def options(skip, warmup="200M"):
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                job = {"warmup": warmup, "limit": "50M"}
                begin, intervals = timed_windows.warming(job, skip)
                words = timed_windows.window_options(job, intervals, folder)
                given = dict(zip(words[::2], words[1::2]))
                interval = int((folder / "window.simpoints").read_text().split()[0])
                self.assertEqual(begin + 50_000_000 * interval, 1_000_000 * int(skip[:-1]))
                self.assertEqual(int(given["--limit"]), 50_000_000 * (interval + 1))
                return interval
        self.assertEqual([options("1500M"), options("1500M", "210M"), options("170M"), options("20M")], [4, 5, 3, 0])

    def test_every_program_has_its_published_figures(self):
        known = real_report.published()
        _, listed = real_programs.load()
        self.assertGreaterEqual(sum(program["kin"] == "same" for program in listed), 12)
        self.assertEqual(known["508.namd_r", "m2-pcore"], (5.4123, 1.023))
        for program in listed:
            for core in real_report.CORES:
                self.assertIn((program["application"], core), known)

    def measured(self, guest, run=None, stdin=None, checkpoints=None):
        """What timed_windows.of_run yields for a run with windows at 1000M and 2000M, and the calls of m2sim it took: mode, command, options.
        `guest` is told the folder of the program's files and what is in its input, at each call; `run` is instead of a good end."""
        job = {"program": "a", "run": 1, "skip": ["2000M", "1000M"], "limit": "50M", "warmup": "200M", "number": 3, "mhz": {"m1-pcore": 3191, "m2-pcore": 3456},
               "command": ["/real/program"], "environment": ["A=1"], "stdin": stdin}
        calls = []
        with tempfile.TemporaryDirectory() as root:
            options = argparse.Namespace(core=list(real_report.CORES), mode="timing", root=pathlib.Path(root), set=["clock.mhz=1"], m2sim="", checkpoints=checkpoints)
            (options.root / "typed").write_bytes(b"first second")

            def started(_, mode, command, more, stdin, sysroot=None):
                given = dict(zip(more[::2], more[1::2]))
                calls.append((mode, command, given | {"all": more, "sysroot": sysroot}))
                for path in [value.partition("=")[2] for option, value in given.items() if option == "--checkpoint-at"]:
                    pathlib.Path(path).write_text("", encoding="utf-8")
                if "--restore" in given:
                    self.assertTrue(pathlib.Path(given["--restore"]).exists())
                guest(mode, options.root / "scratch" / "00003", stdin)
                if run:
                    run(mode)
                return "", {"core.insts": int(given["--limit"]), "core.cycles": 500, "branch.mispredicts": 5, "core.cpi_stack.base": 1}

            with unittest.mock.patch.object(statistics_file, "run", started):
                found = list(timed_windows.of_run(options, job))
            self.assertEqual([*options.root.glob("checkpoints/*"), *options.root.glob("scratch/*")], [])
        return found, calls

    def test_a_run_is_emulated_once_for_all_windows_and_cores(self):
        found, calls = self.measured(lambda *_: None)
        self.assertEqual([place[:2] for place in found], [(skip, core) for skip in ("1000M", "2000M") for core in real_report.CORES])
        self.assertEqual(found[0][2], {"insts": 50_000_000, "cycles": 100, "mispredicts": 1, "base": 0.2})
        first, _, _, second, *_ = calls
        self.assertEqual([(mode, command) for mode, command, _ in calls],
                         [("emulation", ["/real/program"]), ("timing", []), ("timing", []), ("emulation", []), ("timing", []), ("timing", [])])
        self.assertEqual([call[2]["--limit"] for call in calls], ["800000000", "250000000", "250000000", "1000000000", "250000000", "250000000"])
        self.assertTrue(first[2]["--checkpoint-at"].startswith("800000000="))
        self.assertTrue(second[2]["--checkpoint-at"].startswith("1800000000="))
        self.assertEqual(["--restore" in given for _, _, given in calls], [False] + 5 * [True])
        self.assertEqual((first[2]["--env"], first[2]["--cpu"]), ("A=1", "m1"))

    def test_a_window_runs_at_the_clock_of_the_published_run(self):
        timed = [given["all"] for mode, _, given in self.measured(lambda *_: None)[1] if mode == "timing"]
        found = [(more[more.index("--core") + 1], [word for word in more if word.startswith("clock.mhz=")]) for more in timed]
        # What the user sets comes behind, and so holds.
        self.assertEqual(found, 2 * [("m1-pcore", ["clock.mhz=3191", "clock.mhz=1"]), ("m2-pcore", ["clock.mhz=3456", "clock.mhz=1"])])

    def test_every_run_finds_the_files_that_the_program_had_there(self):
        seen = []

        def guest(mode, scratch, _):
            seen.append(sorted(path.name for path in scratch.iterdir()))
            (scratch / mode).with_suffix(f".{len(seen)}").write_text("", encoding="utf-8")
        self.measured(guest)
        one = ["emulation.1"]
        self.assertEqual(seen, [[], one, one, one, ["emulation.1", "emulation.4"], ["emulation.1", "emulation.4"]])

    def test_every_run_is_typed_what_the_program_had_not_read_there(self):
        seen = []

        self.measured(lambda _, __, stdin: seen.extend(next_six(stdin)), stdin="typed")
        self.assertEqual(seen, [b"first ", b"second", b"second", b"second"])

    def test_kept_checkpoints_are_gone_on_from(self):
        typed = []

        def guest(mode, scratch, stdin):
            typed.extend(next_six(stdin))
            (scratch / f"of {mode}").write_text("", encoding="utf-8")
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            first = self.measured(guest, stdin="typed", checkpoints=folder)
            [later] = folder.glob("a-1-*-1800000000")
            self.assertEqual(len(list(folder.iterdir())), 2)
            typed.clear()
            second, calls = self.measured(guest, stdin="typed", checkpoints=folder)
            self.assertEqual(second, first[0])
            self.assertEqual([mode for mode, *_ in calls], 4 * ["timing"])
            self.assertEqual(typed, [b"second", b"second"])
            # One that could not be made is not there.
            shutil.rmtree(later)

            def run(mode):
                if mode == "emulation":
                    raise statistics_file.RunFailed("no")
            self.assertEqual(self.measured(lambda *_: None, run, stdin="typed", checkpoints=folder)[0][2:], [("2000M", "all cores", "no")])
            self.assertEqual([path.name[-10:] for path in folder.iterdir()], ["-800000000"])

    def test_what_cannot_be_run_is_said_of_the_window(self):
        def failing(modes):
            def run(mode):
                if mode in modes:
                    raise statistics_file.RunFailed("no")
            return run
        self.assertEqual(self.measured(lambda *_: None, failing(["emulation"]))[0], [("1000M", "all cores", "no")])
        self.assertEqual([result for *_, result in self.measured(lambda *_: None, failing(["timing"]))[0]], 4 * ["no"])

    def test_what_a_program_finds_does_not_depend_on_which_others_are_chosen(self):
        found = {job["program"]: job["environment"] for job in real_programs.jobs(*real_programs.load("^(ns3|sqlite|cc1)$"), "/real.0")}
        self.assertEqual(found, {"sqlite": ["LD_LIBRARY_PATH=/real.0/lib.sqlite"], "cc1": [], "ns3": ["LD_LIBRARY_PATH=/real.0/lib.ns3"]})
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            for folder in ("etc", "real.0"):
                (root / folder).mkdir()
            made = []
            with unittest.mock.patch.object(inputs, "make_all", lambda names, root: "/real.0"), \
                    unittest.mock.patch.object(direct_calls, "make_all", lambda patterns, _, folder: made.append((patterns, folder.name))):
                real_programs.make_inputs(root, real_programs.load("^(ns3|sqlite|cc1)$")[1])
        self.assertEqual(made, [(["libsqlite3.so.0"], "lib.sqlite"), (["libns3-*.so.37"], "lib.ns3")])

    def test_every_input_is_made_or_a_file(self):
        for program in real_programs.load()[1]:
            for name in [*program["inputs"], *(run["stdin"] for run in program["runs"] if "stdin" in run)]:
                self.assertTrue(inputs.maker(name) or (inputs.HERE / name).is_file(), name)


LIBRARY = """
int from_elsewhere(int);
int twice(int x) { return x + x; }
static int hidden(int x) { return x - 1; }
static int (*resolve(void))(int) { return hidden; }
int chosen_late(int) __attribute__((ifunc("resolve")));
int all(int x) { return twice(from_elsewhere(chosen_late(twice(x)))) + 1; }
int at_the_end(int x) { return twice(x); }
"""


class DirectCalls(unittest.TestCase):
    def calls(self, library):
        """{function: whom it calls}, by objdump"""
        listing = subprocess.run(["aarch64-linux-gnu-objdump", "-d", library], capture_output=True, text=True, check=True).stdout
        found = {}
        for part in re.split(r"\n\n", listing):
            name = re.match(r"[0-9a-f]+ <(all|at_the_end)>:", part)
            if name:
                found[name[1]] = re.findall(r"\tbl?\t[0-9a-f]+ <([^>]+)>", part)
        return found

    def test_only_calls_of_what_the_library_defines_are_changed(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            library = folder / "libown.so"
            subprocess.run(["aarch64-linux-gnu-gcc", "-O2", "-fPIC", "-shared", "-fno-inline", "-x", "c", "-", "-o", library],
                           input=LIBRARY, text=True, check=True)
            before = self.calls(library)
            direct_calls.make_all(["libown.*"], folder, folder / "lib")
            now = self.calls(folder / "lib" / "libown.so")
        others = ["chosen_late@plt", "from_elsewhere@plt"]
        self.assertEqual(before, {"all": ["twice@plt", *others, "twice@plt"], "at_the_end": ["twice@plt"]})
        self.assertEqual(now, {"all": ["twice", *others, "twice"], "at_the_end": ["twice"]})

    def test_what_is_no_library_is_refused(self):
        with self.assertRaisesRegex(ValueError, "not a library"):
            direct_calls.with_direct_calls(b"#!/bin/sh\n" + bytes(100))
        with tempfile.TemporaryDirectory() as name, self.assertRaisesRegex(SystemExit, "no library libx"):
            direct_calls.make_all(["libx.so"], pathlib.Path(name), pathlib.Path(name, "lib"))


if __name__ == "__main__":
    unittest.main()
