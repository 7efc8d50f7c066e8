#!/usr/bin/env python3
"""m2sim phases, and m2sim run --simpoints with what it writes."""
import json
import os
import sqlite3
import subprocess
import unittest

import guest

TIMED = ("timing", "fast-timing")

# Additions, divisions that wait for each other, and loads that do so, 20 times: 6.1 million instructions.
PHASES = """
    .globl _start
_start:
    mov x9, #20
    mov x5, #7
    ldr x10, =buffer
again:
    mov x1, #40000
adds:
    add x2, x2, #1
    add x3, x3, #1
    subs x1, x1, #1
    b.ne adds
    mov x1, #12000
divides:
    udiv x4, x5, x5
    add x5, x4, #6
    subs x1, x1, #1
    b.ne divides
    mov x1, #16000
loads:
    and x6, x7, #0x7f8
    ldr x4, [x10, x6]
    add x7, x4, x7
    add x7, x7, #4088
    subs x1, x1, #1
    b.ne loads
    subs x9, x9, #1
    b.ne again
    mov x0, #5
    mov x8, #93
    svc #0
    .bss
    .balign 64
buffer: .skip 2048
"""
STATUS = 5
SIZE = "20k"


class Phases(guest.GuestTest):
    def setUp(self):
        super().setUp()
        self.program = self.guest("phases", PHASES)
        self.prefix = self.path("found")

    def m2sim(self, *options):
        return subprocess.run([guest.M2SIM, *options], stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              text=True, check=False)

    def find(self, *options, status=STATUS):
        """The phases, as JSON has them."""
        path = self.path("phases.json")
        done = self.m2sim("phases", "--interval-size", SIZE, "--output", self.prefix, "--json", path, *options,
                          self.program)
        self.assertEqual(done.returncode, status, done.stderr)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def figures(self, *options):
        path = self.path("figures.json")
        done = self.m2sim("run", "-q", "--stats", path, *options, self.program)
        self.assertEqual(done.returncode, STATUS, done.stderr)
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def points(self, *options):
        return self.figures("--simpoints", self.prefix + ".simpoints", *options)

    def refused(self, *options, status=125):
        done = self.m2sim(*options, self.program)
        self.assertEqual(done.returncode, status, (options, done.stderr))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        return done.stderr

    def rows(self, ending):
        with open(self.prefix + ending, encoding="utf-8") as file:
            return [line.split() for line in file]

    def put(self, ending, text):
        with open(self.prefix + ending, "w", encoding="utf-8") as file:
            file.write(text)

    def test_the_points_give_the_whole_run(self):
        for each in ("1", "3"):
            self.find("--points", each)
            for mode in TIMED:
                whole = self.figures("--mode", mode)["stats"]
                stats = self.points("--mode", mode)["stats"]
                self.assertEqual(stats["core.insts"], whole["core.insts"])
                self.assertLess(abs(stats["core.cpi"] / whole["core.cpi"] - 1), 0.03, (mode, each))
                self.assertEqual("simpoints.error" in stats, each != "1")
                self.assertEqual(stats["simpoints.missed"], 0)

    def test_the_whole_run_lies_within_the_interval(self):
        whole = self.figures("--fast-timing")["stats"]
        outside = 0
        for seed in range(1, 9):
            self.find("--points", "4", "--seed", str(seed))
            stats = self.points("--fast-timing")["stats"]
            # What happens once, as misses of cold caches, is in one interval, which may not be drawn.
            most = stats["simpoints.half_width.core.cpi"] + 0.005 * whole["core.cpi"]
            outside += abs(stats["core.cpi"] - whole["core.cpi"]) > most
        self.assertLessEqual(outside, 1)

    def test_files_are_those_of_simpoint(self):
        found = self.find()
        insts = found["instructions"]
        vectors = self.rows(".bb")
        self.assertEqual(len(vectors), -(-insts // 20000))
        counted = 0
        for row in vectors:
            self.assertTrue(row[0].startswith("T:"))
            for word in [row[0][1:], *row[1:]]:
                _, block, count = word.split(":")
                self.assertGreaterEqual(int(block), 1)
                counted += int(count)
        self.assertLess(insts - counted, 70)
        points = self.rows(".simpoints")
        weights = self.rows(".weights")
        self.assertEqual([row[1] for row in points], [row[1] for row in weights])
        self.assertAlmostEqual(sum(float(row[0]) for row in weights), 1, 6)
        strata = {point["interval"]: point["stratum"] for phase in found["phases"] for point in phase["points"]}
        self.assertEqual({int(interval): int(stratum) for interval, stratum in points}, strata)
        for number, phase in enumerate(found["phases"]):
            for point in phase["points"]:
                self.assertEqual(found["phase_of_interval"][point["interval"]], number)
        self.assertEqual(self.rows(".interval"), [["20000"]])

    def test_vectors_that_others_made_give_the_same_phases(self):
        found = self.find()
        again = self.path("again")
        done = self.m2sim("phases", "--bb", self.prefix + ".bb", "-o", again, "--interval-size", SIZE, "--json", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["phase_of_interval"], found["phase_of_interval"])
        for ending in (".simpoints", ".interval"):
            with open(again + ending, encoding="utf-8") as file:
                self.assertEqual([line.split() for line in file], self.rows(ending))
        self.assertFalse(os.path.exists(again + ".bb"))

    def test_the_reports_say_what_was_found(self):
        done = self.m2sim("phases", "--interval-size", SIZE, self.program)
        self.assertEqual(done.stdout, "")
        for words in ("Phases", "representative", "Run\n  A", "points,"):
            self.assertIn(words, done.stderr)
        self.find()
        points = ("run", "--fast-timing", "--simpoints", self.prefix + ".simpoints")
        done = self.m2sim(*points, "--simpoints-check", self.program)
        for words in ("Simulation points", "+-", "phases", "CPI of the whole", "off by"):
            self.assertIn(words, done.stderr)
        self.find("--points", "1")
        done = self.m2sim(*points, self.program)
        self.assertIn("not known", done.stderr)

    def test_a_seed_gives_the_same_points_and_figures(self):
        def figures():
            stats = self.points()["stats"]
            return {name: value for name, value in stats.items() if not name.startswith("host.")}
        self.find("--seed", "3")
        points, one = self.rows(".simpoints"), figures()
        self.find("--seed", "3")
        self.assertEqual(self.rows(".simpoints"), points)
        self.assertEqual(figures(), one)
        self.find("--seed", "4")
        self.assertNotEqual(self.rows(".simpoints"), points)

    def test_again_has_the_same_points_without_their_files(self):
        self.find()
        first = self.points()
        path = self.path("first.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(first, file)
        for ending in (".simpoints", ".weights", ".interval"):
            os.remove(self.prefix + ending)
        second = self.figures("--again", path)
        self.assertEqual(second["manifest"]["simpoints"], first["manifest"]["simpoints"])
        self.assertEqual(second["stats"]["core.cycles"], first["stats"]["core.cycles"])

    def test_skip_and_limit_mean_the_same_for_both(self):
        part = ("--skip", "1M", "--limit", "2M")
        self.assertEqual(self.find(*part, status=0)["instructions"], 2_000_000)
        path = self.path("part.json")

        def cpi(*options):
            done = self.m2sim("run", "-q", "--fast-timing", *part, "--stats", path, *options, self.program)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                stats = json.load(file)["stats"]
            self.assertEqual(stats["core.insts"], 2_000_000)
            return stats["core.cpi"]
        self.assertLess(abs(cpi("--simpoints", self.prefix + ".simpoints") / cpi() - 1), 0.03)

    def test_points_behind_a_checkpoint_are_those_of_a_run_that_skips_as_much(self):
        self.find("--skip", "1M", "--limit", "2M", status=0)
        checkpoint, path = self.path("million.ckpt"), self.path("part.json")

        def stats(*options, points=("--simpoints", self.prefix + ".simpoints", "--warmup", "200k")):
            done = self.m2sim("run", "-q", "--fast-timing", "--limit", "2M", "--stats", path, *points, *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(path, encoding="utf-8") as file:
                return {name: value for name, value in json.load(file)["stats"].items() if name.startswith(("core.", "l2.", "branch.", "simpoints.points"))}
        self.m2sim("run", "-q", "--mode", "emulation", "--checkpoint-at", f"1M={checkpoint}", "--limit", "1M", self.program)
        skipped = stats("--skip", "1M", self.program)
        self.assertGreater(skipped["simpoints.points"], 1)
        self.assertEqual(stats("--restore", checkpoint), skipped)
        self.m2sim("run", "-q", "--fast-timing", "--checkpoint-at", f"1M={checkpoint}", "--checkpoint-warm", "--limit", "1M", self.program)
        said = self.m2sim("run", "--fast-timing", "--simpoints", self.prefix + ".simpoints", "--restore", checkpoint)
        self.assertEqual((said.returncode, said.stderr.count("\n")), (125, 1))
        self.assertIn("--simpoints has a warming of its own: give --restore-cold", said.stderr)
        self.assertEqual(stats("--restore", checkpoint, "--restore-cold"), skipped)

    def test_a_sweep_runs_by_points(self):
        self.find()
        files = [self.prefix + ending for ending in (".simpoints", ".weights", ".interval")]
        plan = self.path("plan.toml")
        with open(plan, "w", encoding="utf-8") as file:
            file.write(f"""
modes = ["fast-timing"]
[[program]]
path = "phases"
status = {STATUS}
files = {json.dumps(files)}
[axes]
part = {{whole = [], points = ["--simpoints", "{self.prefix}.simpoints"]}}
""")
        done = self.m2sim("sweep", plan)
        self.assertEqual(done.returncode, 0, done.stderr)
        database = sqlite3.connect(self.path("plan.sweep") + "/results.db")
        cpis = [row[0] for row in database.execute("SELECT cpi FROM results")]
        database.close()
        self.assertEqual(len(cpis), 2)
        self.assertLess(abs(cpis[0] / cpis[1] - 1), 0.03)

    def test_a_run_that_ends_before_a_point_says_so(self):
        self.put(".simpoints", "3 0\n100000 1\n")
        self.put(".weights", "0.5 0\n0.5 1\n")
        done = self.m2sim("run", "-q", "--fast-timing", "--simpoints", self.prefix + ".simpoints", "--interval-size", SIZE,
                          self.program)
        self.assertEqual(done.returncode, 123)
        self.assertIn("ended before 1 of 2 simulation points", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_what_cannot_be_is_refused_in_one_line(self):
        self.find()
        points = ("run", "--simpoints", self.prefix + ".simpoints")
        self.assertIn("emulation", self.refused(*points, "--mode", "emulation"))
        self.assertIn("regions", self.refused(*points, "--roi-symbol", "adds"))
        self.assertIn("--clock cycles", self.refused(*points, "--clock", "cycles"))
        self.assertIn("--report", self.refused(*points, "--report", self.path("page.html")))
        self.assertIn("--sample and --simpoints", self.refused(*points, "--sample"))
        self.assertIn("--simpoints FILE", self.refused("run", "--interval-size", SIZE))
        self.assertIn("none.simpoints", self.refused("run", "--simpoints", self.path("none.simpoints")))
        for text in ("long", "", "0", "999", "1e30"):
            self.put(".interval", text + "\n")
            self.assertIn(f"'{text}' is no number of instructions from 1000 on", self.refused(*points))
        os.remove(self.prefix + ".interval")
        self.assertIn("--interval-size N", self.refused(*points))
        self.put(".weights", "1 0\n")
        self.assertIn("weights", self.refused(*points, "--interval-size", SIZE))
        self.put(".simpoints", "1 0\n" + "what" * 1000)
        said = self.refused(*points, "--interval-size", SIZE)
        self.assertIn("line 2", said)
        self.assertLess(len(said), 300)
        self.put(".simpoints", "9223372036854775807 0\n")
        self.assertIn("no run comes to", self.refused(*points, "--interval-size", SIZE))
        self.put(".bb", "T:1:2\nnonsense\n")
        self.assertIn("no program is run", self.refused("phases", "--bb", self.prefix + ".bb"))
        self.assertIn("before any counted", self.refused("phases", "--skip", "100M"))
        self.assertIn("1 to 1000", self.refused("phases", "--points", "0"))
        self.assertIn("no whole basic block", self.refused("phases", "--limit", "1", "-o", self.path("one")))
        self.assertFalse(os.path.exists(self.path("one.bb")))
        done = self.m2sim("phases", "--bb", self.prefix + ".bb")
        self.assertEqual((done.returncode, done.stderr.count("\n")), (125, 1))
        self.assertIn("line 2", done.stderr)

    def refused_vectors(self, *options):
        done = self.m2sim("phases", "--bb", self.prefix + ".bb", *options)
        self.assertEqual((done.returncode, done.stderr.count("\n")), (125, 1), done.stderr)
        return done.stderr

    def test_an_interval_that_the_vectors_contradict(self):
        self.find()
        for size in ("10k", "21k", "1M"):
            self.assertIn(f"the intervals of '{self.prefix}.bb' have about ", self.refused_vectors("--interval-size", size))
        # Of blocks that are counted whole, as exp-bbv does; the last interval is a short one.
        self.put(".bb", "T:1:20050 \nT:1:20003 :2:7 \nT:1:20009 \nT:2:300 \n")
        for size, status in (("20k", 0), ("19k", 125), ("300k", 125)):
            self.assertEqual(self.m2sim("phases", "-q", "--bb", self.prefix + ".bb", "--interval-size", size).returncode, status)
        self.put(".bb", "T:1:300 \n")
        self.assertEqual(self.m2sim("phases", "-q", "--bb", self.prefix + ".bb", "--interval-size", "20k").returncode, 0)
        self.put(".bb", "T:1:30000 \n")
        self.assertIn("about 30000 instructions", self.refused_vectors("--interval-size", "20k"))

    def test_a_file_that_ends_inside_a_line(self):
        self.put(".bb", "# vectors\nT:1:20050 \nT:1:200")
        self.assertIn("found.bb', line 3: the file ends inside this line", self.refused_vectors())
        self.put(".bb", "T:1:20050 \nT:1:200 \n# the end")
        self.assertEqual(self.m2sim("phases", "-q", "--bb", self.prefix + ".bb").returncode, 0)

    def test_the_length_of_earlier_intervals_goes(self):
        self.find()
        self.assertEqual(self.m2sim("phases", "-q", "--bb", self.prefix + ".bb", "-o", self.prefix).returncode, 0)
        self.assertFalse(os.path.exists(self.prefix + ".interval"))
        self.assertIn("--interval-size N", self.refused("run", "--simpoints", self.prefix + ".simpoints"))

    def test_points_that_are_most_of_the_run(self):
        done = self.m2sim("phases", self.program)
        self.assertRegex(done.stderr, r"100.00 % of the run\nthat is most of it: .* as with --interval-size 10000, where the --warmup of run --simpoints is short, too\n$")
        done = self.m2sim("phases", "--interval-size", "10k", self.program)
        self.assertNotIn("that is most of it", done.stderr)

    def test_a_point_that_is_there_twice(self):
        self.put(".simpoints", "3 0\n3 1\n")
        self.put(".weights", "0.5 0\n0.5 1\n")
        said = self.refused("run", "--simpoints", self.prefix + ".simpoints", "--interval-size", SIZE)
        self.assertIn("interval 3 was in line 1 already", said)

    def test_a_prefix_that_names_no_file(self):
        for prefix in ("", self.folder + "/", self.folder + "/.", ".."):
            self.assertIn(f"'{prefix}' is no beginning of file names", self.refused("phases", "-o", prefix))
        self.assertFalse(os.path.exists(self.path(".bb")))

    def test_a_failure_leaves_no_empty_part(self):
        self.refused("phases", "--limit", "1", "-o", self.path("one"))
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("one")], [])

    def test_files_are_as_the_users_umask_says(self):
        self.find()
        stream = self.path("over.csv")
        trace = self.path("calls")
        for command in (("phases", "--interval-size", SIZE, "-o", self.path("new")),
                        ("run", "--fast-timing", "--interval", "1M", "--interval-file", stream, "--strace-file", trace)):
            subprocess.run([guest.M2SIM, *command, "-q", self.program], umask=0o027, check=False, timeout=120)
        for path in (self.path("new.bb"), self.path("new.simpoints"), stream, trace):
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o640, path)

    def test_vectors_of_others_go_with_no_option_of_a_run(self):
        self.put(".bb", "T:1:2\n")
        for option in (("--skip", "1"), ("--max-insts", "5"), ("--cpu", "m1"), ("--env", "A=B"), ("--strace",), ("--timeout", "9")):
            done = self.m2sim("phases", *option, "--bb", self.prefix + ".bb")
            self.assertEqual((done.returncode, done.stderr.count("\n")), (125, 1), done.stderr)
            self.assertRegex(done.stderr, r"^m2sim: phases: --.* excludes --")
            self.assertIn(option[0], done.stderr)

    def test_lines_may_end_as_elsewhere(self):
        self.find()
        for ending in (".simpoints", ".weights", ".interval"):
            self.put(ending, "\r\n".join(" ".join(row) for row in self.rows(ending)) + "\r\n")
        self.assertEqual(self.points("--fast-timing")["stats"]["simpoints.missed"], 0)

    def test_the_help_says_what_limits_there_are(self):
        said = " ".join(self.m2sim("phases", "--help").stdout.split())
        for words in ("1000 at least", "300 at most", "1000 at most"):
            self.assertIn(words, said)
        self.assertNotIn("--clock", said)


if __name__ == "__main__":
    unittest.main()
