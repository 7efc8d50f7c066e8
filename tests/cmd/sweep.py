#!/usr/bin/env python3
"""m2sim sweep from outside: what it finds, and what it refuses."""
import glob
import json
import os
import re
import sqlite3
import subprocess
import time
import unittest

import sweeps


# Half a million turns of additions, and then of divisions.
PHASES = """
    .globl _start
_start:
    mov x5, #7
    mov x1, #0x80000
adds:
    add x2, x2, #1
    subs x1, x1, #1
    b.ne adds
    mov x1, #0x80000
divides:
    udiv x4, x5, x5
    add x5, x4, #6
    subs x1, x1, #1
    b.ne divides
    mov x0, #0
    mov x8, #93
    svc #0
"""


class Results(sweeps.SweepTest):
    PLAN = """
options = ["--max-insts", "20k"]
cores = ["m2-pcore", "m1-pcore"]
modes = ["fast-timing", "emulation"]
[[program]]
path = "work"
arguments = [9]
[axes]
part = {start = [], later = ["--skip", "10k"]}
[settings]
rob.groups = [20, 289]
"""

    def test_every_point_once(self):
        done = self.sweep(self.PLAN, "every", "-j", "2")
        self.assertEqual((done.status, done.err), (0, ""))
        rows = self.rows("every")
        # Emulation has no core: one job for each part.
        self.assertEqual(len(rows), 2 * 2 * 2 + 2)
        self.assertEqual({row["state"] for row in rows}, {"done"})
        self.assertEqual({row["emulation.insts"] for row in rows if row["part"] == "start"}, {"20000"})
        self.assertEqual({row["core.cpi"] for row in rows if row["mode"] == "emulation"}, {""})
        self.assertNotIn("host.seconds", rows[0])
        self.assertRegex(done.out, r"(?m)^ *what varies|^what varies +from +to")
        self.assertRegex(done.out, r"(?m)^rob\.groups +20 +289 +-\d+\.\d\d %")
        self.assertRegex(done.out, r"10 jobs in .*every: 10 done, 0 failed, 0 to do")
        with sqlite3.connect(self.path("every/results.db")) as db:
            view = db.execute('SELECT "rob.groups", cpi FROM results WHERE core = \'m1-pcore\' AND part = \'later\'').fetchall()
        self.assertEqual([groups for groups, _ in view], [20, 289])
        self.assertGreater(view[0][1], view[1][1])

    def test_a_run_alone_says_the_same(self):
        self.assertEqual(self.sweep(self.PLAN, "alone").status, 0)
        stats = self.path("alone.json")
        alone = self.m2sim("run", "-q", "--fast-timing", "--core", "m1-pcore", "--set", "rob.groups=20", "--max-insts", "20k",
                           "--stats", stats, "work", "9", cwd=self.folder)
        self.assertEqual(alone.status, 0)
        with open(stats, encoding="utf-8") as file:
            expected = json.load(file)["stats"]["core.cycles"]
        row = [row for row in self.rows("alone") if (row["mode"], row["core"], row["rob.groups"], row["part"])
               == ("fast-timing", "m1-pcore", "20", "start")]
        self.assertEqual([int(r["core.cycles"]) for r in row], [expected])

    def test_done_jobs_are_not_done_again(self):
        self.assertEqual(self.sweep(self.PLAN, "again").status, 0)
        files = {path: os.stat(path).st_mtime_ns for path in glob.glob(self.path("again/jobs/*"))}
        before = self.dump("again")
        self.assertEqual(self.sweep(self.PLAN, "again").status, 0)
        self.assertEqual({path: os.stat(path).st_mtime_ns for path in files}, files)
        self.assertEqual(self.dump("again"), before)
        # A longer plan needs its new jobs alone; a changed program all.
        more = self.PLAN.replace("[20, 289]", "[20, 100, 289]")
        listed = self.sweep(more, "again", "--dry-run")
        self.assertRegex(listed.out, r"14 jobs in .*: 10 done, 0 failed, 4 to do")
        self.guest("work", sweeps.WORK.replace("mul x6, x6, x6", "add x6, x6, #1"))
        self.assertRegex(self.sweep(more, "again", "--dry-run").out, "14 jobs in .*: 0 done, 0 failed, 14 to do")
        self.guest("work", sweeps.WORK)

    def test_latin_hypercube(self):
        plan = """
modes = "fast-timing"
[[program]]
path = "work"
arguments = ["1"]
[latin]
samples = 8
seed = {seed}
[latin.settings]
rob.groups = {{from = 100, to = 259}}
prf.integer = [100, 200]
"""
        self.assertEqual(self.sweep(plan.format(seed=1), "latin").status, 0)
        rows = self.rows("latin")
        self.assertEqual(sorted((int(row["rob.groups"]) - 100) // 20 for row in rows), list(range(8)))
        self.assertEqual(sorted(row["prf.integer"] for row in rows), ["100"] * 4 + ["200"] * 4)
        listed = [self.sweep(plan.format(seed=seed), "other", "--dry-run").out for seed in (1, 1, 2)]
        self.assertEqual(listed[0], listed[1])
        self.assertNotEqual(listed[0], listed[2])

    def test_page(self):
        plan = sweeps.SIXTY.replace("l1d.mshrs = {from = 2, to = 64, times = 2}", "") + '[[program]]\npath = "crashes"\n'
        self.assertEqual(self.sweep(plan.replace("\n[settings]", "\n[settings]", 1), "page").status, 1)
        page = self.path("page/results.html")
        with open(page, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(re.findall(r"\b(?:src|href)=|@import|url\(|https?://[^\"' ]*", text), ["http://www.w3.org/2000/svg"] * 2)
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               "--user-data-dir=" + self.path("browser"), "--dump-dom", "file://" + page],
                              capture_output=True, text=True, timeout=120, check=True)
        self.assertIn('data-ready="true"', done.stdout)
        self.assertNotIn("data-error", done.stdout)
        self.assertIn('data-name="rob.groups"', done.stdout)
        effect = re.search(r'data-name="rob.groups".*?</svg>', done.stdout, re.S).group()
        self.assertEqual(effect.count("<circle"), 5)
        front = re.search(r'class="pareto".*?</svg>', done.stdout, re.S).group()
        self.assertEqual(front.count("<circle"), 5)
        self.assertGreaterEqual(front.count('class="dot best"'), 1)
        self.assertIn("killed by SIGSEGV", done.stdout)


class Failures(sweeps.SweepTest):
    PLAN = """
timeout = 1
[[program]]
path = "work"
arguments = ["1"]
[[program]]
path = "endless"
[[program]]
path = "crashes"
[[program]]
path = "complains"
"""

    def test_each_with_its_reason(self):
        begun = time.monotonic()
        done = self.sweep(self.PLAN, "failures", "-j", "4")
        self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual(done.status, 1)
        self.assertEqual(done.err, "")
        reasons = dict(re.findall(r"(?m)^FAILED (\w+), timing, m2-pcore: (.*)$", done.out))
        self.assertEqual(set(reasons), {"endless", "crashes", "complains"})
        self.assertEqual(reasons["endless"], "timeout: it ran for more than 1 s")
        self.assertRegex(reasons["crashes"], r"^killed by SIGSEGV: .*store to 0x10")
        self.assertEqual(reasons["complains"], "exit status 3: no luck")
        self.assertEqual([row["state"] for row in self.rows("failures")], ["done", "failed", "failed", "failed"])
        self.assert_nothing_left("failures")
        status = self.m2sim("sweep", "status", self.path("failures"))
        self.assertEqual(status.status, 1)
        self.assertRegex(status.out, r"4 jobs in .*: 1 done, 3 failed, 0 to do")
        self.assertIn("FAILED complains, timing, m2-pcore: exit status 3: no luck", status.out)
        quiet = self.m2sim("sweep", "status", "-q", self.path("failures"))
        self.assertEqual((quiet.status, quiet.out, quiet.err), (1, "", ""))
        listed = self.sweep(self.PLAN, "failures", "--print-jobs")
        self.assertEqual((listed.status, listed.out), (0, ""))
        self.assertRegex(listed.err, r"nothing to do: 4 jobs .* 3 failed, 0 to do\n--retry-failed lists those that failed, too\n")
        # Tried again only when that is asked for.
        before = self.dump("failures")
        self.assertEqual(self.sweep(self.PLAN, "failures").status, 1)
        self.assertEqual(sorted(self.attempts("failures")), [1, 1, 1, 1])
        self.assertEqual(self.sweep(self.PLAN, "failures", "--retry-failed", "-j", "4").status, 1)
        self.assertEqual(sorted(self.attempts("failures")), [1, 2, 2, 2])
        self.assertEqual(self.dump("failures"), before)

    def test_one_reason_on_many_cores_is_one_line(self):
        done = self.sweep('[[program]]\npath = "complains"\n[settings]\nrob.groups = [20, 30, 40]\n', "many")
        self.assertEqual(re.findall(r"(?m)^FAILED .*$", done.out),
                         ["FAILED complains, timing, m2-pcore, rob.groups=20: exit status 3: no luck (and 2 more of complains)"])
        self.assertEqual([row["reason"] for row in self.rows("many")], ["exit status 3: no luck"] * 3)

    def test_one_that_counts_nothing(self):
        plan = 'modes = ["fast-timing", "timing"]\noptions = ["--skip", "1G"]\n[[program]]\npath = "work"\narguments = ["1"]\n'
        done = self.sweep(plan, "nothing")
        self.assertEqual(done.status, 1)
        self.assertRegex(done.out, r"(?m)^FAILED work, fast-timing, m2-pcore: no instruction counted: run: the program ended "
                                   r"after \d+ instructions, before any counted")
        self.assertEqual([(row["state"], row.get("core.cpi")) for row in self.rows("nothing")], [("failed", None)] * 2)

    def test_one_that_misses_its_error_is_marked(self):
        self.guest("phases", PHASES)
        plan = ('modes = ["fast-timing"]\n[[program]]\npath = "phases"\n[axes]\n'
                'how = {whole = [], much = ["--sample", "--sample-window", "1000", "--error", "50%"], '
                'missed = ["--sample", "--sample-window", "1000", "--error", "0.01%"]}\n')
        done = self.sweep(plan, "missed")
        self.assertEqual(done.status, 0, done.err)
        self.assertRegex(done.out, r"(?m)^job +program +how .* CPI +error +state$")
        self.assertRegex(done.out, r"(?m)^ *1 +phases +whole .*\d  +done$")
        self.assertRegex(done.out, r"(?m)^ *2 +phases +much .* \d+\.\d\d %  +done$")
        self.assertRegex(done.out, r"(?m)^ *3 +phases +missed .* \d+\.\d\d %, missed +done$")
        self.assertIn("1 of 3 jobs missed the error", done.out)
        self.assertEqual([row["sample.met"] for row in self.rows("missed")], ["", "1", "0"])
        with open(self.path("missed/results.html"), encoding="utf-8") as file:
            self.assertEqual(file.read().count('"missed":true'), 1)

    def test_a_quiet_one_says_in_a_line_that_jobs_failed(self):
        done = self.sweep(self.PLAN, "quiet", "-q", "-j", "4")
        self.assertEqual((done.status, done.out), (1, ""))
        self.assertRegex(done.err, r"^m2sim: sweep: 4 jobs in .*quiet: 1 done, 3 failed, 0 to do\n$")
        done = self.sweep('[[program]]\npath = "complains"\nstatus = 3\n', "quiet", "-q")
        self.assertEqual((done.status, done.out, done.err), (0, "", ""))

    def test_a_signal_that_is_expected(self):
        done = self.sweep('modes = ["fast-timing"]\n[[program]]\npath = "crashes"\nstatus = 139\n', "signal")
        self.assertEqual(done.status, 0, done.out)
        self.assertEqual([row["state"] for row in self.rows("signal")], ["done"])
        self.assertEqual(self.sweep('[[program]]\npath = "crashes"\nstatus = 134\n', "signal").status, 1)

    def test_the_beginning_of_several_ids(self):
        self.sweep('[[program]]\npath = "complains"\n[settings]\nrob.groups = {from = 20, to = 56, step = 2}\n', "several")
        with open(self.path("several/sweep.json"), encoding="utf-8") as file:
            ids = [job["id"] for job in json.load(file)["jobs"]]
        first = next(one[0] for one in ids if sum(other[0] == one[0] for other in ids) > 1)
        self.assert_fails(sweeps.FAILURE, f"sweep job: '{first}' is the beginning of several jobs", "sweep", "job",
                          self.path("several"), first)
        self.assertEqual(self.m2sim("sweep", "job", self.path("several"), ids[0]).status, 1)

    def test_a_status_that_is_expected(self):
        self.assertEqual(self.sweep('[[program]]\npath = "complains"\nstatus = 3\n', "expected").status, 0)


class BadPlans(sweeps.SweepTest):
    GOOD = '[[program]]\npath = "work"\n'

    def refused(self, pattern, text, *arguments):
        self.assert_fails(sweeps.FAILURE, pattern, "sweep", self.plan(text), "--out", self.path("bad"), *arguments)
        self.assertFalse(os.path.exists(self.path("bad")))

    def test_one_clear_line(self):
        self.refused(r".*toml, line 1, column 10: ", "modes = [")
        self.refused(r".*toml: a plan needs programs; begin each with \[\[program\]\]", "")
        self.refused(r".*, line 3: a plan has no 'setings'; did you mean 'settings'\?", self.GOOD + "[setings]\nrob.groups = 1\n")
        self.refused(r".*, line 1: \[\[program\]\] lacks 'path'", "[[program]]\nname = 'x'\n")
        self.refused(r".*, line 1: there is no file '.*/wrok'", '[[program]]\npath = "wrok"\n')
        self.refused(r".*, line 4: there is no configuration field 'rob.group'; did you mean 'rob.groups'\?",
                     self.GOOD + "[settings]\nrob.group = [1]\n")
        self.refused(r".*, line 4: .*rob.groups.*", self.GOOD + "[settings]\nrob.groups = [1000000]\n")
        self.refused(r".*, line 4: the range of rob.groups lacks 'step'", self.GOOD + "[settings]\nrob.groups = {from = 1, to = 9}\n")
        self.refused(r".*, line 4: a range has no 'stop'; did you mean 'step'\?",
                     self.GOOD + "[settings]\nrob.groups = {from = 1, to = 9, stop = 2}\n")
        self.refused(r".*, line 4: rob.groups has the value 7 twice", self.GOOD + "[settings]\nrob.groups = [7, 8, 7]\n")
        self.refused(r".*, line 1: .*'fast-timin'.*did you mean 'fast-timing'", 'modes = "fast-timin"\n' + self.GOOD)
        self.refused(r".*, line 1: there is no core 'm3'", 'cores = ["m2-pcore", "m3"]\n' + self.GOOD)
        self.refused(r".*: run: there is no option '--max-inst'; did you mean '--max-insts'\?", 'options = ["--max-inst", "5"]\n' + self.GOOD)
        self.refused(r".*: run: .*'many'", 'options = ["--max-insts", "many"]\n' + self.GOOD)
        self.refused(r".*: a plan cannot give --set: write it under \[settings\]", 'options = ["--set", "rob.groups=9"]\n' + self.GOOD)
        for option, why in (("--help", "--help runs nothing"), ("--version", "there is no option '--version'")):
            self.refused(rf".*toml: run: {why}", f'options = ["{option}"]\n' + self.GOOD)
        self.refused(r".*: a plan cannot give --: the sweep puts the program behind", 'options = ["--"]\n' + self.GOOD)
        self.refused(r".*: a plan cannot give --restore: ", 'options = ["--restore", "x"]\n' + self.GOOD)
        self.refused(r".*: a plan cannot give --checkpoint-at: ", 'options = ["--checkpoint-at=1k=x"]\n' + self.GOOD)
        self.refused(r".*, line 3: there are two programs 'work'; tell them apart by 'name'", self.GOOD + self.GOOD)
        self.refused(r".*, line 4: an axis cannot be called 'core'", self.GOOD + '[axes]\ncore = {a = []}\n')
        self.refused(r".*, line 7: rob.groups is varied twice, there and in .*, line 4",
                     self.GOOD + "[settings]\nrob.groups = 9\n[latin]\nsamples = 2\nsettings.rob.groups = {from = 1, to = 9}\n")
        self.refused(r".*, line 1: memory is 'much'; write a size like 512M or 2G", 'memory = "much"\n' + self.GOOD)
        self.refused(r"--memory: 'much' is no size", self.GOOD, "--memory", "much")
        self.refused(r".*: m2-pcore with .*rob.groups.*: no core can be built", self.GOOD +
                     '[settings]\nports.names = [["u0"]]\nrob.groups = 9\n')

    def test_what_cannot_be_written_is_told(self):
        for option in ("--print-jobs", "--dry-run"):
            with open("/dev/full", "w", encoding="utf-8") as full:
                self.assert_fails(sweeps.FAILURE, "cannot write 'standard output': No space", "sweep", self.plan(self.GOOD), "--out",
                                  self.path("full"), option, stdout=full)

    def test_wrong_words(self):
        for pattern, arguments in (("sweep: no plan given; see m2sim sweep --help", []),
                                   ("cannot read 'none.toml'", ["none.toml"]),
                                   ("sweep status: say of which folder: m2sim sweep status FOLDER", ["status"]),
                                   ("there is no sweep in 'none'; m2sim sweep PLAN.toml --out FOLDER makes one", ["collect", "none"]),
                                   ("sweep status: --out, --jobs, .* are for a plan", ["status", "none", "--dry-run"]),
                                   ("sweep: there is no option '--retry-fail'; did you mean '--retry-failed'", ["x", "--retry-fail"])):
            self.assert_fails(sweeps.FAILURE, pattern, "sweep", *arguments)


if __name__ == "__main__":
    unittest.main()
