#!/usr/bin/env python3
"""Jobs of m2sim sweep that a shell or a queue starts."""
import json
import os
import re
import subprocess
import unittest

import sweeps


# Queues what it is given, a line each, and says how it was called.
SBATCH = """#!/bin/sh
[ -z "$REFUSES" ] || { echo "sbatch: error: $REFUSES" >&2; exit 1; }
echo "$@" >> "$QUEUE"
wc -l < "$QUEUE"
"""
SQUEUE = """#!/bin/sh
[ -n "$FINISHED" ] || echo PENDING
"""
SCANCEL = """#!/bin/sh
echo cancel "$@" >> "$QUEUE"
"""


class Queues(sweeps.SweepTest):
    """Jobs that somebody else starts: the results are those of a sweep that started them itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("runTest")
        assert case.sweep(sweeps.SIXTY, "here", "-q").status == 0
        cls.here = case.dump("here")
        os.mkdir(case.path("bin"))
        for name, text in (("sbatch", SBATCH), ("squeue", SQUEUE), ("scancel", SCANCEL)):
            case.write("bin/" + name, text)

    def test_printed_jobs(self):
        listed = self.sweep(sweeps.SIXTY, "it's printed", "--print-jobs")
        self.assertEqual((listed.status, listed.err), (0, ""))
        lines = listed.out.splitlines()
        self.assertEqual(len(set(lines)), 60)
        script = self.write("some", "\n".join(lines[1::2]))
        subprocess.run(["sh", script], check=True, timeout=60, cwd="/")
        rest = self.sweep(sweeps.SIXTY, "it's printed", "--print-jobs").out
        self.assertEqual(rest.splitlines(), lines[0::2])
        script = self.write("all", listed.out)  # those that are done are not done again
        subprocess.run(["sh", script], check=True, timeout=60, cwd="/")
        collected = self.m2sim("sweep", "collect", "-q", self.path("it's printed"))
        self.assertEqual((collected.status, collected.out, collected.err), (0, "", ""))
        self.assertEqual(self.dump("it's printed"), self.here)
        self.assertEqual(self.attempts("it's printed"), [1] * 60)

    def slurm(self, out, *arguments, text=sweeps.SIXTY, **environment):
        self.queue = self.path(out + ".queue")
        env = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"], "QUEUE": self.queue, **environment}
        return self.sweep(text, out, "--slurm", *arguments, env=env)

    def submitted(self):
        with open(self.queue, encoding="utf-8") as file:
            return file.read().splitlines()

    def tasks_of(self, line):
        return int(re.search(r"--array=0-(\d+)", line).group(1)) + 1

    def test_slurm(self):
        given = self.slurm("slurm", "--sbatch=--partition=long")
        self.assertEqual((given.status, given.err), (0, ""))
        self.assertRegex(given.out, "60 jobs in 60 tasks are in Slurm's queue as 1, 2; ")
        array, reduction = self.submitted()
        for part in ("--requeue", "--partition=long", "--array=0-59", "--mem=320M", "--time=22 ", "array0.sh"):
            self.assertIn(part, array)
        self.assertIn("--dependency=afterany:1 ", reduction)
        again = self.slurm("slurm")
        self.assertRegex(again.err, r"\Am2sim: '.*slurm' is in Slurm's queue already \(2 PENDING\); wait for it, or m2sim sweep cancel")
        self.assertEqual(again.status, sweeps.FAILURE)
        # Ten tasks end. What they took is known then, and the rest is one task.
        for task in range(10):
            subprocess.run(["sh", array.split()[-1]], check=True, timeout=60, env={**os.environ, "SLURM_ARRAY_TASK_ID": str(task)})
        self.assertEqual(self.slurm("slurm", FINISHED="yes").status, 0)
        array, reduction = self.submitted()[2:]
        self.assertEqual(self.tasks_of(array), 1)
        self.assertIn("--dependency=afterany:3 ", reduction)
        for line in (array, reduction):
            subprocess.run(["sh", line.split()[-1]], check=True, timeout=60, env={**os.environ, "SLURM_ARRAY_TASK_ID": "0"})
        self.assertEqual(self.dump("slurm"), self.here)
        self.assertEqual(self.attempts("slurm"), [1] * 60)

    def test_slurm_is_left(self):
        self.assertEqual(self.slurm("left").status, 0)
        env = {**os.environ, "PATH": self.path("bin") + ":" + os.environ["PATH"], "QUEUE": self.queue}
        self.assertRegex(self.m2sim("sweep", "status", self.path("left"), env=env).out, "in Slurm's queue: 2 PENDING")
        self.assertEqual(self.m2sim("sweep", "cancel", self.path("left"), env=env).status, 0)
        self.assertEqual(self.submitted()[-1], "cancel 1 2")

    def test_what_slurm_refuses(self):
        refused = self.slurm("refused", REFUSES="no such partition")
        self.assertEqual((refused.status, refused.err), (sweeps.FAILURE, "m2sim: sbatch: sbatch: error: no such partition\n"))
        self.assert_fails(sweeps.FAILURE, "there is no sbatch here: .*; --print-jobs lists commands for other queues", "sweep",
                          self.plan(sweeps.SIXTY), "--out", self.path("none"), "--slurm", env={"PATH": "/nowhere"})
        self.assert_fails(sweeps.FAILURE, "nothing of '.*here' was given to Slurm", "sweep", "cancel", self.path("here"))

    def test_jobs_by_id(self):
        self.assert_fails(sweeps.FAILURE, r"sweep job: say which: m2sim sweep job FOLDER ID\.\.\.", "sweep", "job", self.path("here"))
        self.assert_fails(sweeps.FAILURE, "sweep job: there is no job 'xyz' in '.*here'; its plan may have been changed", "sweep", "job",
                          self.path("here"), "xyz")
        self.assertEqual(self.sweep('[[program]]\npath = "complains"\n', "one", "--print-jobs").status, 0)
        with open(self.path("one/sweep.json"), encoding="utf-8") as file:
            name = json.load(file)["jobs"][0]["id"][:9]
        failed = self.m2sim("sweep", "job", self.path("one"), name)
        self.assertEqual((failed.status, failed.out, failed.err), (1, "", "FAILED complains, timing, m2-pcore: exit status 3: no luck\n"))
        self.assert_fails(sweeps.FAILURE, "sweep: --dry-run, --print-jobs and --slurm exclude each other", "sweep", "x", "--slurm", "--dry-run")


if __name__ == "__main__":
    unittest.main()
