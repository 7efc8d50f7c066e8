#!/usr/bin/env python3
"""What m2sim sweep survives: it is killed, the disk is full, another sweep is at work."""
import glob
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time
import unittest

import guest
import sweeps


class Survival(sweeps.SweepTest):
    """Sixty jobs, whatever happens to them: the results are those of a sweep that nothing happened to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls("runTest")
        done = case.sweep(sweeps.SIXTY, "unbroken", "-q")
        assert (done.status, done.err) == (0, ""), done.err
        cls.unbroken = case.dump("unbroken")
        assert len(case.rows("unbroken")) == 60

    def start(self, out):
        return subprocess.Popen([guest.M2SIM, "sweep", self.plan(sweeps.SIXTY), "--out", self.path(out), "-q"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def done_in(self, out):
        return len(glob.glob(self.path(out + "/jobs/*.json")))

    def kill_at_random(self, out, dice, kill):
        for count in range(1, 6):
            child = self.start(out)
            # Within the sweep, and each time after something was done.
            before, aim = self.done_in(out), dice.randint(1, 9)
            while self.done_in(out) < min(before + aim, 59) and child.poll() is None:
                time.sleep(0.001)
            time.sleep(dice.random() * 0.02)
            self.assertIsNone(child.poll(), f"the sweep had ended before it could be killed, time {count}")
            kill(child)
            self.assertEqual(child.wait(), -signal.SIGKILL)
            child.communicate()

    def check_end(self, out):
        self.assertLess(self.done_in(out), 60)
        done = self.sweep(sweeps.SIXTY, out, "-q")
        self.assertEqual((done.status, done.out, done.err), (0, "", ""))
        self.assertEqual(self.dump(out), self.unbroken)
        self.assertEqual(self.attempts(out), [1] * 60)
        self.assert_nothing_left(out)

    def test_the_group_is_killed_five_times(self):
        self.kill_at_random("group", random.Random(1), lambda child: os.killpg(child.pid, signal.SIGKILL))
        self.check_end("group")

    def test_the_sweep_alone_is_killed_five_times(self):
        self.kill_at_random("alone", random.Random(2), lambda child: child.kill())
        self.check_end("alone")

    def test_ctrl_c_is_no_failure_of_a_job(self):
        child = self.start("interrupted")
        while self.done_in("interrupted") < 5:
            time.sleep(0.001)
        os.killpg(child.pid, signal.SIGINT)
        self.assertEqual(child.wait(), -signal.SIGINT)
        child.communicate()
        self.assert_nothing_left("interrupted")
        self.check_end("interrupted")

    def test_two_sweeps_on_one_folder(self):
        both = [self.start("two"), self.start("two")]
        self.assertEqual([child.communicate(timeout=60) for child in both], [(b"", b"")] * 2)
        self.assertEqual([child.returncode for child in both], [0, 0])
        self.assertEqual(self.dump("two"), self.unbroken)
        self.assertEqual(self.attempts("two"), [1] * 60)
        self.assert_nothing_left("two")

    def test_another_m2sim_takes_its_name(self):
        """As when it is built anew: ids and figures are those of the one that runs."""
        copy = self.path("m2sim_copy")
        shutil.copy(guest.M2SIM, copy)
        child = subprocess.Popen([copy, "sweep", self.plan(sweeps.SIXTY), "--out", self.path("renewed"), "-q"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        while self.done_in("renewed") == 0:
            time.sleep(0.001)
        os.unlink(copy)
        self.write("m2sim_copy", "#!/bin/sh\nexit 9\n")
        self.assertEqual(child.communicate(), (b"", b""))
        self.assertEqual(child.returncode, 0)
        self.assertEqual(self.dump("renewed"), self.unbroken)

    def test_another_plan_waits_its_turn(self):
        child = self.start("taken")
        while self.done_in("taken") == 0:
            time.sleep(0.001)
        child.send_signal(signal.SIGSTOP)  # or it might be through before the other has begun
        self.m2sim_fails(r".* another plan is at work in '.*taken'; wait for it, or name another folder with --out",
                         sweeps.SIXTY.replace("330", "331"), "taken")
        child.send_signal(signal.SIGCONT)
        self.assertEqual(child.communicate(), (b"", b""))
        self.assertEqual(self.dump("taken"), self.unbroken)

    def m2sim_fails(self, pattern, text, out, **more):
        return self.assert_fails(sweeps.FAILURE, pattern, "sweep", self.plan(text), "--out", self.path(out), **more)

    def assert_only_whole_results(self, out):
        for path in glob.glob(self.path(out + "/jobs/*")):
            with open(path, encoding="utf-8") as file:
                self.assertTrue(json.load(file)["done"])

    def test_files_that_may_not_grow(self):
        """As on a full disk: what a job writes does not fit, and then what is made of the results."""
        child = self.start("full")
        while self.done_in("full") < 5:
            time.sleep(0.001)
        child.kill()
        child.communicate()
        for size, name in ((1000, "stats.json"), (50_000, "results.db")):
            def begin(most=size):
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            self.m2sim_fails(rf"cannot write '[^']*{name}': .*; \d+ of 60 jobs have their results: the same command goes on",
                             sweeps.SIXTY, "full", preexec_fn=begin, restore_signals=False)
            self.assert_only_whole_results("full")
        self.check_results("full")

    def test_a_full_disk(self):
        os.mkdir(self.path("disk"))
        mounts = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=$0 none "$1" && shift && exec "$@"']
        if subprocess.run([*mounts, "1m", self.path("disk"), "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("a file system of one's own cannot be mounted here")
        # What was on the small disk is brought to a large one.
        script = '"$@"; status=$?; cp -r "$DISK/out" "$OUT"; exit $status'
        done = subprocess.run([*mounts, "300k", self.path("disk"), "sh", "-c", script, "sh", guest.M2SIM, "sweep", self.plan(sweeps.SIXTY),
                               "--out", self.path("disk/out"), "-q"], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "DISK": self.path("disk"), "OUT": self.path("brought")})
        self.assertRegex(done.stderr, r"\Am2sim: cannot [^\n]*: No space left on device; \d+ of 60 jobs have their results[^\n]*\n\Z")
        self.assertEqual((done.returncode, done.stdout), (sweeps.FAILURE, ""))
        self.assertGreater(self.done_in("brought"), 0)
        self.assert_only_whole_results("brought")
        self.check_results("brought")

    def check_results(self, out):
        done = self.sweep(sweeps.SIXTY, out, "-q")
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertEqual(self.dump(out), self.unbroken)
        self.assert_nothing_left(out)

    def test_what_is_no_file_is_no_result(self):
        self.check_results("odd")
        first, second = sorted(glob.glob(self.path("odd/jobs/*.json")))[:2]
        os.unlink(first)
        os.mkfifo(first)  # who opened it would wait for ever
        self.check_results("odd")
        os.unlink(second)
        os.mkdir(second)
        self.m2sim_fails(r"cannot write '[^']*json': Is a directory; 59 of 60 jobs have their results: the same command goes on",
                         sweeps.SIXTY, "odd")
        os.rmdir(second)
        self.check_results("odd")

    def test_memory_bounds_what_runs_at_once(self):
        plan = """
timeout = 2
memory = "100M"
[[program]]
path = "endless"
inputs = [{name = "a"}, {name = "b", arguments = ["x"]}, {name = "c", arguments = ["y"]}]
"""
        begun = time.monotonic()
        self.assertEqual(self.sweep(plan, "memory", "-j", "3", "--memory", "150M").status, 1)
        self.assertGreater(time.monotonic() - begun, 6)  # one after the other
        begun = time.monotonic()
        self.assertEqual(self.sweep(plan, "room", "-j", "3", "--memory", "1G").status, 1)
        self.assertLess(time.monotonic() - begun, 6)


if __name__ == "__main__":
    unittest.main()
