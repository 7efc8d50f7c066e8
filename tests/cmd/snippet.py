#!/usr/bin/env python3
"""m2sim snippet: measured experiments give the experiment runner's figures, and bad input one clear line."""
import csv
import io
import json
import pathlib
import subprocess
import unittest

import guest

TABLE = pathlib.Path(__file__).resolve().parents[2] / "calibration" / "data" / "instructions.csv"
LOOPS = 40


class SnippetTest(guest.GuestTest):
    def found(self, text, *arguments, name="loop.s"):
        result = self.m2sim("snippet", "--json", *arguments, self.write(name, text))
        self.assertEqual((result.status, result.err), (0, ""), text)
        return json.loads(result.out)["regions"]

    def one(self, text, *arguments):
        regions = self.found(text, *arguments)
        self.assertEqual(len(regions), 1)
        return regions[0]

    def refused(self, pattern, text, *arguments):
        self.assert_fails(125, "snippet: " + pattern, "snippet", *arguments, self.write("bad.s", text))


def experiments():
    """Rows of the measured table with a latency or a throughput, written out: (name, setup, body, count, closing cycles)."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    form, rows = "", []
    for row in csv.DictReader(io.StringIO("\n".join(line for line in lines if line))):
        form = row["form"] or form
        if row["kind"] == "uops" or row["loop"] != "subs" or "[" in row["body"] or "nop*" in row["body"]:
            continue
        copies = []
        for turn in range(int(row["repeat"] or 1)):
            text = row["body"]
            for number in range(31, -1, -1):
                text = text.replace(f"${number}", str(number + turn))
            copies.append(text)
        name = f"{form} {row['kind']}" + (f" {row['dependence']}" if row["dependence"] else "")
        rows.append({"name": name, "setup": row["setup"], "body": "; ".join(copies), "count": int(row["count"]),
                     "closing": int(row["closing_cycles"] or 0), "copies": int(row["copies"])})
    return rows


class Measured(SnippetTest):
    def test_loops_with_known_answers(self):
        """The runner's program: its setup once, and then a loop that ends as its own does."""
        results = self.path("results.csv")
        done = self.m2sim("calibrate", "instructions", "--quiet", "--core", "m1-pcore", "--every", "16", "--csv", results)
        self.assertEqual(done.status, 0, done.err)
        with open(results, encoding="utf-8", newline="") as file:
            runner = {row["name"]: row for row in csv.DictReader(file)}
        rows = [row for row in experiments() if row["name"] in runner and runner[row["name"]]["cycles"]]
        rows = rows[::max(1, len(rows) // LOOPS)][:LOOPS]
        self.assertEqual(len(rows), LOOPS)
        for row in rows:
            copies = "\n".join([row["body"]] * row["copies"])
            text = f"// m2sim: x28=1000000, iterations=20, warmup=10\n{row['setup']}\n// m2sim: loop\nbody: {copies}\n" \
                "subs x28, x28, #1\nb.ne body\n"
            found = self.one(text, "--core", "m1-pcore")
            cycles = (found["cycles"] / row["copies"] - row["closing"]) / row["count"]
            expected = float(runner[row["name"]]["cycles"])
            self.assertLessEqual(abs(cycles - expected), 0.02 * expected + 0.02, (row["name"], cycles, expected))


class Figures(SnippetTest):
    def test_a_chain_and_what_is_beside_it(self):
        found = self.one("// m2sim: x0=buffer[64], x1=5\nmul x2, x2, x1\nldr x3, [x0]\nadd x2, x2, x3\n")
        self.assertAlmostEqual(found["cycles"], 4, delta=0.05)
        self.assertAlmostEqual(found["latency_bound"], 4, delta=0.05)
        self.assertEqual([(link["text"], link["cycles"]) for link in found["chain"]], [("mul x2, x2, x1", 3), ("add x2, x2, x3", 1)])
        self.assertEqual(found["limited_by"], "latency")
        self.assertEqual(found["instructions"], 4)  # with the jump back
        self.assertAlmostEqual(sum(found["cpi_stack"].values()), found["cycles"], delta=0.01)
        self.assertAlmostEqual(sum(found["ports"].values()), 3, delta=0.01)

    def test_ports_bound(self):
        body = "".join(f"fmul v{i}.4s, v30.4s, v31.4s\n" for i in range(12))
        for mode in ("timing", "fast-timing"):
            found = self.one(body, "--mode", mode)
            self.assertAlmostEqual(found["cycles"], 3, delta=0.1)
            self.assertAlmostEqual(found["throughput_bound"], 3, delta=0.01)
            self.assertEqual((found["limited_by"], found["chain"]), ("ports", []))

    def test_pointers_go_round_and_accumulators_are_fed_early(self):
        self.assertAlmostEqual(self.one("ldr x0, [x0]\n")["latency_bound"], 3, delta=0.05)
        self.assertAlmostEqual(self.one("ldr x0, [x0]\n")["cycles"], 3, delta=0.05)
        self.assertEqual(self.one("ldr x0, [x0]\n")["limited_by"], "latency")

    def test_a_branch_of_its_own_and_a_return(self):
        own = self.one("again: add x1, x1, #1\nsubs x2, x2, #1\nb.ne again\n")
        self.assertEqual(own["instructions"], 3)
        called = self.one("mul x1, x1, x1\nret\n")
        self.assertEqual(called["instructions"], 4)
        self.assertAlmostEqual(called["cycles"], 3, delta=0.1)

    def test_regions_and_comments(self):
        regions = self.found("// m2sim: iterations=30 warmup=20\n# LLVM-MCA-BEGIN first\nnop\n# LLVM-MCA-END\nbogus!\n"
                             "# LLVM-MCA-BEGIN\n// m2sim: d1=2.5, w2=0x10, iterations=40\nnop\n# LLVM-MCA-END\n")
        self.assertEqual([(region["name"], region["iterations"], region["warmup"]) for region in regions],
                         [("first", 30, 20), ("2", 40, 20)])

    def test_state_is_what_comments_say(self):
        # The loop goes on as long as all is as said; else it leaves the memory of its own.
        text = "// m2sim: x0=ring[256]+64, x1=-2, v2=1.5, s3=0.5, x5=ring\n// m2sim: iterations=10\n" \
            "sub x6, x0, x5\nadd x6, x6, x1\nfmov x7, d2\nmov x8, #0x3ff8000000000000\nsub x7, x7, x8\nfmov w9, s3\n" \
            "mov w10, #0x3f000000\nsub w9, w9, w10\norr x7, x7, x9\nsub x6, x6, #62\norr x7, x7, x6\n" \
            "ldr x11, [x0, x7]\n"
        self.assertEqual(self.one(text)["iterations"], 10)
        for said, other in (("v2=1.5", "v2=1.25"), ("s3=0.5", "s3=-0.5"), ("x1=-2", "x1=0x7fffffffffff")):
            self.refused("iteration 1 faults: load from", text.replace(said, other))

    def test_an_object_and_a_function(self):
        source = self.write("twice.s", ".text\n.globl twice\n.type twice, %function\ntwice: mul x0, x0, x0\nret\n.size twice, .-twice\n"
                            ".globl _start\n_start: b _start\n")
        tool = guest.GUEST_CC.replace("gcc", "{}")
        subprocess.run([tool.format("as"), "-o", self.path("twice.o"), source], check=True, timeout=60)
        subprocess.run([tool.format("ld"), "-o", self.path("twice"), self.path("twice.o")], check=True, timeout=60)
        result = self.m2sim("snippet", "--json", "--function", "twice", self.path("twice"))
        self.assertEqual(result.status, 0, result.err)
        texts = [row["text"] for row in json.loads(result.out)["regions"][0]["code"]]
        self.assertEqual(texts[2:], ["mul x0, x0, x0", "ret"])
        self.assert_fails(125, "snippet: .* has no function 'twise'; did you mean 'twice'", "snippet", "--function", "twise",
                          self.path("twice"))
        self.assert_fails(125, "snippet: .* is a program; say which", "snippet", self.path("twice"))

    def test_the_report(self):
        result = self.m2sim("snippet", self.write("r.s", "madd x0, x1, x2, x0\n"))
        self.assertEqual((result.status, result.err), (0, ""))
        for pattern in (r"cycles per iteration +1\.00", r"limited by +latency", r"(?m)^ +1\.00 .* madd x0, x1, x2, x0$",
                        r"(?m)^ +1  madd x0, x1, x2, x0$", r"base +0\.25 +25 %", r"madd .* u\d .*R\.*D"):
            self.assertRegex(result.out, pattern)


class BadInput(SnippetTest):
    def test_one_line_each(self):
        self.refused("bad.s has no instructions".replace("bad.s", ".*bad\\.s"), "")
        self.refused(".*bad\\.s:2: Error: unknown mnemonic `foo'", "nop\nfoo x1\n")
        self.refused(".*undefined reference to `nowhere'", "b nowhere\n")
        self.refused(r"iteration 1 faults: load from 0x10, .*: ldr x0, \[x1\]", "mov x1, #16\nldr x0, [x1]\n")
        self.refused("iteration 1 branches out: jump to ", "b .+0x40000\n")
        self.refused("iteration 1 branches out: ", "b .-400\nnop\n")
        self.refused("iteration 1 ends the program", "mov x8, #93\nsvc #0\n")
        self.refused("iteration 1 does not come back", "nop\n1: b 1b\n")
        self.refused(".*bad\\.s:1: 'x1' says nothing", "// m2sim: x1\nnop\n")
        self.refused(".*bad\\.s:2: there is no register x31", "nop\n// m2sim: x31=1\n")
        self.refused(".*a buffer has 1 to", "// m2sim: x1=here\nnop\n")
        self.refused(".*has no LLVM-MCA-END", "# LLVM-MCA-BEGIN a\nnop\n")
        self.refused(".*bad\\.s:1: LLVM-MCA-END without", "# LLVM-MCA-END\n")
        self.refused("emulation has no cycles", "nop\n", "--mode", "emulation")
        self.refused("there is no 'no-such-as'", "nop\n", "--assembler", "no-such-as")
        for path, why in (("/nowhere/as", "No such file or directory"), (self.folder, "Is a directory"),
                          (self.write("plain-as", "", mode=0o644), "Permission denied")):
            self.refused(f"cannot start '{path}': {why}; name an as of GNU binutils with --assembler", "nop\n",
                         "--assembler", path)
        self.refused("there is no ''; install binutils-aarch64-linux-gnu", "nop\n", "--assembler", "")
        silent = self.write("silent-as", "#!/bin/sh\nexit 3\n")
        self.refused(f"'{silent}' ended with status 3 and said nothing", "nop\n", "--assembler", silent)
        for text in ("#!/nowhere/sh\n", "\x7fELF"):
            lost = self.write("lost-as", text)
            self.refused(f"cannot start '{lost}': it is no program of this machine", "nop\n", "--assembler", lost)
        self.assert_fails(125, "cannot read '/nowhere.s'", "snippet", "/nowhere.s")
        self.assert_fails(125, "snippet: no file given", "snippet")


if __name__ == "__main__":
    unittest.main()
