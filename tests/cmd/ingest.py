#!/usr/bin/env python3
"""m2sim calibrate ingest, from outside."""
import csv
import json
import unittest

import guest

FAILURE = 125


def perf(cycles, instructions, ns):
    """What perf stat -x, -r 5 writes."""
    return (f"# started on Fri Nov 27 18:00:00 2026\n\n{cycles},,apple_avalanche_pmu/cycles/,0.01%,1,100.00,,\n"
            f"<not counted>,,apple_blizzard_pmu/cycles/,0.00%,0,0.00,,\n"
            f"{instructions},,apple_avalanche_pmu/instructions/,0.01%,1,100.00,2.3,insn per cycle\n"
            f"{ns},ns,duration_time,0.02%,1,100.00,,\n")


def table(text):
    return list(csv.DictReader(text.splitlines()))


class Ingest(guest.GuestTest):
    def ingest(self, *arguments):
        result = self.m2sim("calibrate", "ingest", *arguments)
        self.assertEqual((result.status, result.err), (0, ""), result.err)
        return result.out

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_the_shipped_measurements(self):
        names = [self.path(name) for name in ("g.json", "g.csv", "m.json")]
        out = self.ingest("--json", names[0], "--csv", names[1], "--write", names[2])
        self.assertRegex(out, r"(?m)^m2-2026-02-07: M2, core P, clock derived 3\.217 GHz$")
        self.assertRegex(out, r"(?m)^arithmetic +5\.438 +5\.428 to 5\.447 +1\.690 +1\.00000 +1\.957 ms  A$")
        self.assertRegex(out, r"(?m)^    slope error 2\.61 %; not linear: Theil-Sen gives a slope \+8\.8 % from that of least squares$")
        self.assertRegex(out, r"(?m)^24 measurements in 7 sets: 4 A, 7 B, 13 C, 0 X$")
        found = json.loads(self.read(names[0]))["measurements"]
        rows = table(self.read(names[1]))
        self.assertEqual([one["program"] for one in found], [row["program"] for row in rows])
        self.assertEqual([one["grade"] for one in found], [row["grade"] for row in rows])
        line = found[0]["regression"]
        self.assertEqual((line["over"], len(line["iterations"]), len(line["residuals"])), ("ns", 6, 6))
        self.assertLess(line["slope_low"], line["slope"])
        # What was written is read again and says the same.
        self.assertEqual(self.ingest(names[2]), out)
        self.assertEqual(self.ingest("--quiet"), "")

    def test_perf_stat(self):
        sizes = (1000, 2000, 4000, 8000)
        files = [self.write(f"run{n}", perf(20 * n + 70000, 23 * n + 90000, 6 * n + 1000000)) for n in sizes]
        path = self.path("perf.json")
        options = ("--program", "dependency", "--iterations", ",".join(map(str, sizes)), "--chip", "M2", "--write", path)
        out = self.ingest(*files, *options)
        self.assertRegex(out, r"(?m)^run1000: M2, core P, clock counted$")
        self.assertRegex(out, r"(?m)^dependency +20\.000 .* 7e\+04 cyc  A$")
        written = json.loads(self.read(path))["sets"][0]
        self.assertEqual(written["core"]["type"], "P")
        self.assertEqual(written["date"], "Fri Nov 27 18:00:00 2026")
        self.assertEqual(self.ingest(path), out)
        # One run alone has its start-up in it.
        alone = self.ingest(files[0], "--program", "dependency", "--iterations", "1000", "--chip", "M2")
        self.assertIn("one size only: start-up cannot be told from the loop", alone)
        self.assertIn(" 1 C,", alone)

    def test_perf_stat_json(self):
        line = ('{{"counter-value" : "{}.000000", "unit" : "", "event" : "cycles", "event-runtime" : 1, '
                '"pcnt-running" : 100.00}}\n')
        files = [self.write(f"j{n}", line.format(20 * n) + line.format(20 * n + 4)) for n in (10000, 20000, 40000)]
        out = self.ingest(*files, "--program", "x", "--iterations", "10000,20000,40000", "--chip", "M1", "--core-type", "E")
        self.assertIn("an E-core, and the models are of P-cores", out)
        self.assertRegex(out, r"(?m)^x +20\.000 ")

    def test_a_table_of_counters(self):
        rows = "".join(f"loop,{n},{10 * n + 500},{23 * n}\n" for n in (1000, 2000, 3000))
        path = self.write("t.csv", "program,iterations,cycles,INST_ALL\n" + rows)
        target = self.path("g.json")
        out = self.ingest(path, "--chip", "M2", "--core-type", "P", "--json", target)
        self.assertRegex(out, r"(?m)^t\.csv: M2, core P, clock counted$")
        one = json.loads(self.read(target))["measurements"][0]
        self.assertEqual(one["counters"], {"pmu.CORE_ACTIVE_CYCLE": 10.0, "pmu.INST_ALL": 23.0})

    def test_several_files_are_one(self):
        path = self.path("all.json")
        self.ingest("--write", path)
        table_path = self.write("t.csv", "program,iterations,seconds\nloop,1000,1e-5\nloop,2000,2e-5\n")
        out = self.ingest(path, table_path, "--chip", "M2")
        self.assertRegex(out, r"(?m)^25 measurements in 8 sets")

    def refused(self, pattern, *arguments):
        self.assert_fails(FAILURE, pattern, "calibrate", "ingest", *arguments)

    def test_bad_input_is_one_line(self):
        good = self.path("good.json")
        self.ingest("--write", good)
        text = self.read(good)
        overwriting = self.m2sim("calibrate", "ingest", good, "--write", good)
        self.assertEqual((overwriting.status, self.read(good)), (125, text), "its input is lost")
        self.assertRegex(overwriting.err, r"\Am2sim: '.*good.json' is named twice; writing it would lose the other\n\Z")
        for old, new, pattern in (
                ('"seconds"', '"second"', r"'.*bad\.json', set 'm2-2026-02-07', program 'arithmetic', point 1: there is no "
                                          r"field 'second'; did you mean 'seconds'\?"),
                ('"type": "P"', '"type": "Q"', r"'type' is 'Q', and not one of P, E, unknown, assumed-P; did you mean"),
                ('"from": "dependency"', '"from": "dependancy"', r"did you mean 'dependency'\?"),
                ('"ghz": 3.204', '"ghz": 3204', r"a clock of 3204 GHz cannot be"),
                ('"sets"', '"sets": [], "x"', r"'sets' is empty"),
                ("m2sim-measurements", "else", r"'schema' is 'else'"),
                ("\n}", "\n", r"is no JSON: parse error at line \d+")):
            self.assertIn(old, text)
            self.refused(".*" + pattern, self.write("bad.json", text.replace(old, new)))
        self.refused(r"two sets are named 'm2-2026-02-07'", good, good)
        self.refused(r"cannot .*nowhere", self.path("nowhere"))
        for content in ("", "hello\n", "\n\n# x\n", "\x7fELF\0\0", "[]"):
            self.refused(r".*no measurements: neither m2sim's JSON, nor what perf stat", self.write("odd", content))
        run = self.write("run", perf(1, 2, 3))
        self.refused(r".*does not say what it was measured on; add --chip", run)
        self.refused(r".*does not say what ran; add --program", run, "--chip", "M2")
        self.refused(r"--iterations: 0 given for 1 files", run, "--chip", "M2", "--program", "x")
        self.refused(r"--core-type: there is no 'p'", run, "--chip", "M2", "--program", "x", "--iterations", "1",
                     "--core-type", "p")
        other = self.write("other", perf(1, 2, 3).replace("avalanche", "x").replace("blizzard", "avalanche").replace("_x_", "_blizzard_"))
        self.refused(r".*run' and '.*other' were not counted on one type of core", run, other, "--chip", "M2", "--program", "x",
                     "--iterations", "1,2")
        self.refused(r".*there is no counter 'cylces'; did you mean 'cycles'\?",
                     self.write("t.csv", "program,iterations,cylces\n"), "--chip", "M2")
        self.refused(r"cannot write", "--json", self.path("no/such/folder.json"))


if __name__ == "__main__":
    unittest.main()
