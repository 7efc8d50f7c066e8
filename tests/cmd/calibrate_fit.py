#!/usr/bin/env python3
"""m2sim calibrate fit, from outside: what the model itself has measured is found again."""
import json
import os
import pathlib
import resource
import signal
import subprocess
import time
import tomllib
import unittest

import guest

PROGRAMS = ("--programs", os.environ["M2SIM_GUEST_PROGRAMS"])
# Bounds, and what the core has that measures; m2-pcore has other values.
TRUTH = {"l1d.load_to_use": (2, 12, 6), "l2.load_to_use": (8, 60, 23), "divide.fp_double": (4, 40, 13),
         "divide.sqrt_double": (4, 40, 19), "branch.return_penalty": (4, 40, 20)}
TARGETS = ("instruction/LDR (register, 64-bit) latency 1>2", "structure/latency@524288",
           "instruction/FDIV (scalar, D) latency 1>2", "instruction/FDIV (vector, 2D) latency 1>2",
           "instruction/FSQRT (scalar, D) latency 1>2", "structure/return_stack@60", "structure/return_stack@80")
PARAMETERS = [word for path, (low, high, _) in TRUTH.items() for word in ("--parameter", f"{path}={low}:{high}")]
UNTOUCHED = ("--parameter", "prf.flags=60:200")
ONE = ("--parameter", "divide.fp_double=4:40")


def measurements(values):
    return json.dumps({"schema": "m2sim-measurements", "schema_version": 1, "sets": [{
        "name": "mine", "source": "the model itself", "date": "2026-11-27", "machine": {"chip": "M2"},
        "core": {"type": "P", "how": "it is one"}, "clock": {"how": "counted"},
        "measurements": [{"program": name, "unit": "one", "figure": {"cycles": cycles, "low": 0.99 * cycles, "high": 1.01 * cycles}}
                         for name, cycles in values.items()]}]})


class Fit(guest.GuestTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.measured = cls.ask_the_model([word for path, (_, _, true) in TRUTH.items() for word in ("--set", f"{path}={true}")])

    @classmethod
    def ask_the_model(cls, settings):
        """A file of what the core with these settings gives for all targets."""
        asked, answers, file = (os.path.join(cls.folder, name) for name in ("ask.json", "answers.json", "measured.json"))
        pathlib.Path(asked).write_text(measurements({name: 5.0 for name in TARGETS}), encoding="utf-8")
        subprocess.run([guest.M2SIM, "calibrate", "check", *PROGRAMS, "--only", "programs", "--with", asked, "--filter", "^mine$",
                        "--core", "m2-pcore", "--mode", "fast-timing", "-q", "--json", answers, *settings], check=True, timeout=60)
        rows = json.loads(pathlib.Path(answers).read_text(encoding="utf-8"))["programs"]["rows"]
        pathlib.Path(file).write_text(measurements({row["program"]: row["ours"] for row in rows}), encoding="utf-8")
        return file

    def command(self, output, *arguments):
        folds = () if "--folds" in arguments else ("--folds", "2")
        return ["calibrate", "fit", *PROGRAMS, "--measurements", self.measured, "--evaluations", "40", *folds, "--name", "synthetic",
                "-o", self.path(output + ".toml"), "--json", self.path(output + ".json"), *arguments]

    def run_it(self, output, *arguments, status=0, **more):
        result = self.m2sim(*self.command(output, *arguments), **more)
        self.assertEqual(result.status, status, result.err)
        return result

    def files(self, output):
        return [pathlib.Path(self.path(output + ending)).read_text(encoding="utf-8") for ending in (".toml", ".json")]

    def test_it_finds_again_what_was_changed(self):
        for seed in ("1", "2"):
            out = self.run_it("seed" + seed, "--seed", seed, *PARAMETERS, *UNTOUCHED).out
            text, report = self.files("seed" + seed)
            report = json.loads(report)
            core = tomllib.loads(text)
            found = {row["path"]: row for row in report["parameters"]}
            for path, (low, high, true) in TRUTH.items():
                row = found[path]
                self.assertTrue(row["fitted"], row)
                self.assertEqual(row["determination"], "fitted", row)
                self.assertLessEqual(row["low"], true)
                self.assertGreaterEqual(row["high"], true)
                self.assertLess(row["high"] - row["low"], (high - low) / 4)
                table, key = path.split(".")
                self.assertEqual(core[table][key], row["value"])
                self.assertRegex(text, rf"(?m)^{key} = {row['value']}  # fitted: synthetic of 20.*, 7 measurements, {row['low']} to {row['high']} \(95 %\)")
            self.assertEqual(found["prf.flags"]["determination"], "untouched")
            self.assertEqual(found["prf.flags"]["value"], 123)
            self.assertNotIn("prf", core)
            self.assertRegex(text, r"(?m)^# not fitted: prf.flags keeps 123; undetermined: no measurement reacts$")
            self.assertRegex(out, r"(?m)^prf.flags +123 +kept +undetermined: no measurement reacts$")
            self.assertLess(report["errors"]["fitted"]["mean"], 0.01)
            self.assertGreater(report["errors"]["before"]["mean"], 0.1)
            self.assertEqual(report["errors"]["folds"]["groups"], 2)
            self.assertFalse(os.path.exists(self.path(f"seed{seed}.toml.journal")))
            # The file is a core.
            self.assertEqual(self.m2sim("config", "--check", self.path(f"seed{seed}.toml")).status, 0)

    def stop_at(self, output, lines, how, *arguments):
        """Sends a fit a signal when its journal has so many lines; the journal, and what it said."""
        journal = self.path(output + ".toml.journal")
        with subprocess.Popen([guest.M2SIM, *self.command(output, *arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            while process.poll() is None and (not os.path.exists(journal) or pathlib.Path(journal).read_bytes().count(b"\n") < lines):
                time.sleep(0.02)
            process.send_signal(how)
            said = process.communicate(timeout=60)[1].decode()
        self.assertEqual(process.returncode, -how if how == signal.SIGKILL else 125, "it was done before")
        return journal, said

    def journal_of(self, text):
        """What the lines of a journal say of each vector together; each adds something."""
        all_of_it = {}
        for line in text.splitlines()[1:]:
            entry = json.loads(line)
            before = all_of_it.setdefault(tuple(entry["values"]), [0] * len(entry["predictions"]))
            after = [new or old for new, old in zip(entry["predictions"], before, strict=True)]
            self.assertNotEqual(after, before)
            all_of_it[tuple(entry["values"])] = after
        return all_of_it

    def test_killed_and_resumed_it_gives_the_same(self):
        two = (*PARAMETERS[:4], *UNTOUCHED)
        kept = self.path("kept.journal")
        self.run_it("whole", "--journal", kept, *two)
        whole = pathlib.Path(kept).read_bytes()
        half = whole.count(b"\n") // 2
        journal, said = self.stop_at("killed", half, signal.SIGKILL, *two)
        self.assertEqual(said, "")
        result = self.run_it("killed", *two, status=125)
        self.assertRegex(result.err, r"\Am2sim: there is a journal '.*' already: --resume goes on with its fit, removing it begins anew\n\Z")
        with open(journal, "ab") as file:
            file.write(b'{"mode":"fast-timing","values":[3,')
        self.run_it("killed", "--resume", *two)
        self.assertEqual(self.files("killed"), self.files("whole"))
        journal, said = self.stop_at("stopped", 20, signal.SIGINT, *two)
        self.assertEqual(said, f"m2sim: fit: stopped; --resume goes on with what is in '{journal}'\n")
        self.run_it("stopped", "--resume", *two)
        self.assertEqual(self.files("stopped"), self.files("whole"))
        # Again from what the unbroken fit left, cut in the middle of a line: nothing is done twice.
        cut = self.path("cut.journal")
        pathlib.Path(cut).write_bytes(whole[:len(whole) * 2 // 3])
        self.run_it("cut", "--journal", cut, "--resume", "-j", "1", *two)
        self.assertEqual(self.files("cut"), self.files("whole"))
        found, expected = self.journal_of(pathlib.Path(cut).read_bytes()), self.journal_of(whole)
        self.assertEqual(found.keys(), expected.keys())
        for values, predictions in found.items():
            # What the search did not need of a vector may be another prediction with other threads.
            self.assertTrue(all(0 in pair or pair[0] == pair[1] for pair in zip(predictions, expected[values], strict=True)))
        self.assertTrue(any(0 in predictions for predictions in expected.values()), "all was needed")

    def test_a_journal_of_another_fit_is_refused(self):
        kept = self.path("one.journal")
        self.run_it("one", "--journal", kept, *ONE)
        before = pathlib.Path(kept).read_bytes()
        for changed, what in ((("--seed", "7"), "search"), (("--set", "rob.groups=200"), "configuration"),
                              (("--parameter", "rob.groups=200:300"), "parameters"), (("--confirm", "timing"), "modes")):
            result = self.run_it("other", "--journal", kept, "--resume", *ONE, *changed, status=125)
            self.assertRegex(result.err, rf"\Am2sim: journal '.*' is of another fit: its {what} differ\n\Z")
        self.assertEqual(pathlib.Path(kept).read_bytes(), before)
        for text, said in ((b"{}\n", "is no journal of a fit"), (b"hello\n", "is no journal of a fit"),
                           (before.splitlines(True)[0] + b"{}\n", "line 2: this is no evaluation"),
                           (before.splitlines(True)[0] + b'{"mode":"timing","values":[1],"predictions":[2]}\n', "line 2: 1 predictions, of 7")):
            file = self.write("bad.journal", text)
            self.assertIn(said, self.run_it("other", "--journal", file, "--resume", *ONE, status=125).err)

    def test_a_full_disk_is_said_in_a_line_and_loses_nothing(self):
        result = self.run_it("none", "--journal", "/dev/full", *ONE, status=125)
        self.assertEqual(result.err, "m2sim: cannot write the journal '/dev/full': No space left on device; what is in it is kept for --resume\n")
        kept, all_of_it = self.path("small.journal"), self.path("large.journal")
        self.run_it("large", "--journal", all_of_it, *ONE)
        room = os.path.getsize(all_of_it) * 2 // 3

        def small():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        result = self.run_it("small", "--journal", kept, *ONE, status=125, preexec_fn=small)
        self.assertRegex(result.err, r"\Am2sim: cannot write the journal '.*small.journal': .*; what is in it is kept for --resume\n\Z")
        self.assertFalse(os.path.exists(self.path("small.toml")))
        self.run_it("small", "--journal", kept, "--resume", *ONE)
        self.assertEqual(self.files("small"), self.files("large"))

    def test_the_other_mode_confirms(self):
        out = self.run_it("confirmed", "--confirm", "timing", "--folds", "0", *ONE).out
        self.assertRegex(out, r"(?m)^timing, fitted +\d")
        report = json.loads(self.files("confirmed")[1])
        self.assertEqual(report["confirmed_in"], "timing")
        self.assertEqual(report["parameters"][0]["value"], 13)
        self.assertGreater(report["confirming_evaluations"], 3)
        self.assertNotIn("folds", report["errors"])

    def test_shipped_measurements_and_tables(self):
        result = self.m2sim("calibrate", "fit", *PROGRAMS, "--filter", "^(m1-class-2026-02-10|dependency)$", "--folds", "0", "--evaluations", "2",
                            "--parameter", "lsq.order_violation_penalty=24:26", "--json", self.path("shipped.json"))
        self.assertEqual(result.status, 0, result.err)
        self.assertRegex(result.out, r"its clock was assumed; at 0\.918 of that, which branchheavy shows")
        self.assertRegex(result.out, r"left out: memorystrided of m1-class-2026-02-10: grade C")
        report = json.loads(pathlib.Path(self.path("shipped.json")).read_text(encoding="utf-8"))
        self.assertEqual(report["parameters"][0]["determination"], "untouched")
        self.assertEqual(len(report["observations"]), 5, "dependency of two sets among them")
        result = self.m2sim("calibrate", "fit", "--instructions", r"^FDIV \(scalar", "--structures", "fetch.aligned@64", "--folds", "0", *PROGRAMS,
                            "--evaluations", "20", *ONE, "--json", self.path("tables.json"))
        self.assertEqual(result.status, 0, result.err)
        report = json.loads(pathlib.Path(self.path("tables.json")).read_text(encoding="utf-8"))
        self.assertTrue(all(row["set"] in ("instructions", "structures") for row in report["observations"]))
        self.assertEqual(report["parameters"][0]["value"], 10)

    def test_nonsense(self):
        fit = ("calibrate", "fit", *PROGRAMS)
        for arguments, text in (
                ((), "fit: say what: --parameter PATH=MIN:MAX"),
                (("--parameter", "l2.load_to_use=10:30", "-o", self.path("same"), "--json", self.path("same")), "is named twice"),
                (("--parameter", "l2.load_to_use=10:30", "-o", self.path("t"), "--json", self.path("t.journal")), "is named twice"),
                (("--parameter", "l2.load_to_us=10:30"), "--parameter: there is no configuration field 'l2.load_to_us'; did you mean 'l2.load_to_use'?"),
                (("--parameter", "l2.load_to_use"), "--parameter: 'l2.load_to_use' has no bounds; write l2.load_to_use=MIN:MAX"),
                (("--parameter", "l2.load_to_use=10"), "has no bounds"),
                (("--parameter", "l2.load_to_use=10:x"), "the bounds in 'l2.load_to_use=10:x' are not whole numbers"),
                (("--parameter", "l2.load_to_use=1.5:30"), "are not whole numbers"),
                (("--parameter", "l2.load_to_use=-1:30"), "are not whole numbers"),
                (("--parameter", "l2.load_to_use=30:10"), "in 'l2.load_to_use=30:10' the lower bound is above the upper one"),
                (("--parameter", "l2.load_to_use=17:17"), "leaves nothing to fit"),
                (("--parameter", "rob.groups=1:5000"), "rob.groups can be 1 to 1000, and 'rob.groups=1:5000' goes beyond"),
                (("--parameter", "rob.groups=300:400"), "leaves out 289, what the core has without a fit"),
                (("--parameter", "ports.u3.capabilities=1:2"), "ports.u3.capabilities is made of names; only numbers can be fitted"),
                ((*ONE, *ONE), "divide.fp_double is there twice"),
                ((*ONE, "--grades", "AX"), "--grades: there is no 'X' to fit to"),
                ((*ONE, "--filter", "["), "--filter: '[' is no regular expression"),
                ((*ONE, "--filter", "^nothing$"), "no measured program or set matches '^nothing$'"),
                ((*ONE, "--filter", "^gemm$"), "no measured program can be fitted to: gemm of "),
                ((*ONE, "--instructions", "^nothing$"), "no experiment with cycles matches '^nothing$'"),
                ((*ONE, "--structures", "^nothing$"), "no measured point of m2-pcore matches '^nothing$'"),
                ((*ONE, "--measurements", "/none/such.json"), "/none/such.json"),
                ((*ONE, "--mode", "emulation"), "emulation has no time"),
                ((*ONE, "--confirm", "fast-timing"), "--confirm: fast-timing is the mode that searches"),
                ((*ONE, "--confirm", "timng"), "did you mean 'timing'?"),
                ((*ONE, "--resume"), "--resume: say which fit"),
                ((*ONE, "-o", "/none/such.toml"), "/none/such.toml"),
                ((*ONE, "--evaluations", "0"), "--evaluations"),
                ((*ONE, "--seed", "x"), "--seed"),
                ((*ONE, "--paramter", "x"), "did you mean '--parameter'?")):
            result = self.m2sim(*fit, *arguments)
            self.assertEqual((result.status, result.out), (125, ""), arguments)
            self.assertTrue(result.err.startswith("m2sim: ") and text in result.err and result.err.count("\n") == 1, (arguments, result.err))


if __name__ == "__main__":
    unittest.main()
