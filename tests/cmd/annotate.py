#!/usr/bin/env python3
"""m2sim annotate: the loop that a reader of the code would name, the line it is made of, and what limits it."""
import json
import os
import re
import subprocess
import unittest

import guest

PROGRAMS = os.path.join(os.environ["M2SIM_BINARY_DIR"], "benchmarks", "guest")
GUEST_CXX = guest.GUEST_CC.replace("gcc", "g++")
SCORE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "annotate_score.c")

# The hot loop is line 10 of main's callee, its work line 4's, inlined.
INLINING = """#include <cstdio>
#include <vector>
struct Vec { double x, y; };
inline double dot(const Vec& a, const Vec& b) { return a.x * b.x + a.y * b.y; }
namespace work {
template <class T> __attribute__((noinline)) T sum_of(const std::vector<Vec>& all, const Vec& by) {
  T total = 0;
  // Each turn needs the sum of the one before.
  for (const Vec& one : all)
    total += dot(one, by);
  return total;
}
}
int main() {
  std::vector<Vec> all(1000, {1, 2});
  double sum = 0;
  for (int i = 0; i < 100; ++i) sum += work::sum_of<double>(all, {1, double(i)});
  std::printf("%g\\n", sum);
}
"""


# A child counts, becomes the program anew, counts again and ends before its parent; that executes code which it has made.
PROCESSES = r"""#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
__attribute__((noinline)) void count_to(long n) {
  for (long i = 0; i < n; ++i) __asm__ volatile("");
}
int main(int argc, char** argv) {
  if (argc > 1) {
    count_to(3000);
    return 0;
  }
  if (fork() == 0) {
    count_to(2000);
    execl(argv[0], argv[0], "again", (char*)0);
  }
  wait(0);
  unsigned code[] = {0xf1000400, 0x54ffffe1, 0xd65f03c0};  // subs x0, x0, #1; b.ne; ret
  void* made = mmap(0, 16384, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memcpy(made, code, sizeof(code));
  __builtin___clear_cache((char*)made, (char*)made + 64);
  ((void (*)(long))made)(4000);
  return 0;
}
"""


class AnnotateTest(guest.GuestTest):
    def annotated(self, *arguments, status=0):
        path = self.path("annotation.json")
        result = self.m2sim("annotate", "--fast-timing", "-q", "--json", path, *arguments)
        self.assertEqual((result.status, result.err), (status, ""))
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def report(self, *arguments):
        result = self.m2sim("annotate", "--fast-timing", *arguments)
        self.assertEqual((result.status, result.err), (0, ""))
        return result.out

    def compiled(self, name, *flags):
        self.write("inlining.cpp", INLINING)
        subprocess.run([GUEST_CXX, "-O2", *flags, "-o", self.path(name), self.path("inlining.cpp")], check=True,
                       timeout=120)
        return self.path(name)

    def paths(self, found):
        """The calls of an annotation, each with the names of its path, itself the last."""
        paths = []
        for call in found["calls"]:
            above = [] if call["parent"] is None else paths[call["parent"]][1]
            paths.append((call, above + [found["functions"][call["function"]]["name"].split("(")[0]]))
        return paths

    def hottest_loop(self, function):
        return max(function["loops"], key=lambda loop: loop["cycles"])

    def instruction(self, function, offset):
        return next(inst for inst in function["instructions"] if inst["offset"] == offset)


class Programs(AnnotateTest):
    def test_quicksort_spends_its_cycles_in_the_partition(self):
        function = self.annotated(os.path.join(PROGRAMS, "quicksort"))["functions"][0]
        self.assertEqual((function["name"], function["object"]), ("quicksort", "quicksort"))
        loop = self.hottest_loop(function)
        self.assertEqual(loop["limit"]["cause"], "mispredict_conditional")
        texts = [self.instruction(function, offset)["text"] for offset in loop["limit"]["instructions"]]
        self.assertTrue(all(text.startswith("b.") for text in texts), texts)

    def test_crc32_waits_for_its_table(self):
        found = self.annotated(os.path.join(PROGRAMS, "crc32"))
        function = found["functions"][0]
        loop = self.hottest_loop(function)
        self.assertGreater(loop["cycles"], 0.9 * found["stats"]["core.cycles"])
        chain = [self.instruction(function, offset)["text"].split()[0] for offset in loop["limit"]["chain"]]
        self.assertIn("ldr", chain)
        self.assertIn("eor", chain)

    def test_each_kind_of_work_has_its_loop_and_cause(self):
        with open(SCORE, encoding="utf-8") as file:
            marked = {mark: number for number, line in enumerate(file, 1) for mark in re.findall(r"; *// (\w+)$|[{] *// (\w+)$", line)}
        marked = {"".join(mark): number for mark, number in marked.items()}
        subprocess.run([guest.GUEST_CC, "-O2", "-g", "-static", "-o", self.path("score"), SCORE], check=True, timeout=120)
        hottest = self.annotated(self.path("score"))["functions"][:5]
        # Their innermost loop, the line that it is about, and what holds it up.
        expected = {"numbers_in": ("scan", "base"), "multiplied": ("multiply", "base"), "turned_round": ("reverse", "memory_l1"),
                    "place_of": ("search", "memory_l1"), "crc_of": ("crc", "dependence_integer")}
        self.assertEqual([function["name"].split(".")[0] for function in hottest], list(expected))
        for function, (mark, cause) in zip(hottest, expected.values()):
            with self.subTest(function["name"]):
                loop = max(function["loops"], key=lambda loop: (loop["cycles"] > 0.5 * function["cycles"], loop["depth"]))
                lines = {self.instruction(function, offset)["line"] for offset in loop["instructions"]}
                self.assertIn(marked[mark], lines)
                self.assertEqual(loop["limit"]["cause"], cause)
                self.assertGreater(loop["cycles"], 0.75 * function["cycles"])

    def test_a_loop_of_assembly(self):
        function = self.annotated(self.guest("loop", guest.LOOP.format(count=5000)))["functions"][0]
        self.assertEqual(function["name"], "_start")
        (loop,) = function["loops"]
        self.assertEqual((loop["iterations"], loop["offset"], loop["depth"]), (5000, 8, 1))
        self.assertAlmostEqual(loop["cycles_per_iteration"], 1, delta=0.1)
        self.assertEqual([self.instruction(function, o)["count"] for o in loop["instructions"]], [5000] * 3)
        self.assertRegex(self.report(self.path("loop")), r"(?m)^ +loop:\n")

    def test_what_is_not_counted(self):
        path = self.guest("loop", guest.LOOP.format(count=5000))
        found = self.annotated("--skip", "1000", "--warmup", "1001", "--limit", "3002", path)
        self.assertEqual(sum(function["insts"] for function in found["functions"]), 3002)
        self.assertEqual(sum(function["cycles"] for function in found["functions"]), found["stats"]["core.cycles"])


# `middle` jumps to `leaf` in place of a call and a return; `down` calls itself from two places; `handler` is for a signal.
CALLERS = r"""#include <setjmp.h>
#include <signal.h>
static volatile long sink;
static jmp_buf back;
__attribute__((noinline)) void leaf(int n) { for (int i = 0; i < n; ++i) sink += i; }
__attribute__((noinline)) void middle(int n) { leaf(n + 1); }
__attribute__((noinline)) void jumps(void) { leaf(10); longjmp(back, 1); }
__attribute__((noinline)) void sets(void) {
  for (volatile int i = 0; i < 300; ++i)
    if (setjmp(back) == 0) jumps();
}
__attribute__((noinline)) int down(int n) { return n < 2 ? n : 3 * down(n - 1) ^ down(n - 2); }
__attribute__((noinline)) void handler(int signal) { leaf(signal); sink += 1; }
int main(void) {
  signal(SIGUSR1, handler);
  for (int i = 0; i < 50; ++i) raise(SIGUSR1);
  for (int i = 0; i < 20; ++i) middle(10);
  sets();
  sink += down(15);
  leaf(100);
  return 0;
}
"""


class Calls(AnnotateTest):
    def callers(self, *flags):
        self.write("callers.c", CALLERS)
        program = self.path("callers")
        subprocess.run([guest.GUEST_CC, "-O2", "-fno-inline", *flags, "-o", program, self.path("callers.c")], check=True,
                       timeout=60)
        return program

    def test_sums_are_exact(self):
        for mode in "timing", "fast-timing":
            for program in self.callers("-static"), os.path.join(PROGRAMS, "quicksort"):
                arguments = ["--limit", "2M", program]
                path = self.path("exact.json")
                result = self.m2sim("annotate", "--mode", mode, "-q", "--json", path, *arguments)
                self.assertEqual((result.status, result.err), (0, ""))
                with open(path, encoding="utf-8") as file:
                    found = json.load(file)
                for i, function in enumerate(found["functions"]):
                    own = [call for call in found["calls"] if call["function"] == i]
                    self.assertEqual(sum(call["cycles"] for call in own), function["cycles"], function["name"])
                    self.assertEqual(sum(call["insts"] for call in own), function["insts"], function["name"])
                    for reason in {reason for call in own for reason in call["cpi_stack"]} | set(function["cpi_stack"]):
                        self.assertEqual(sum(call["cpi_stack"].get(reason, 0) for call in own),
                                         function["cpi_stack"].get(reason, 0), (function["name"], reason))
                self.assertEqual(sum(call["cycles"] for call in found["calls"]), found["stats"]["core.cycles"])
                plain = self.path("plain.json")
                self.assertEqual(self.m2sim("run", "-q", "--mode", mode, "--stats", plain, *arguments).status, 0)
                with open(plain, encoding="utf-8") as file:
                    stats = json.load(file)["stats"]
                same = {name: value for name, value in stats.items() if not name.startswith("host.")}
                self.assertEqual(same, {name: found["stats"][name] for name in same})

    def test_who_called_what(self):
        found = self.annotated(self.callers("-static"))
        calls = {}
        for call, path in self.paths(found):
            calls.setdefault(tuple(path[path.index("main"):] if "main" in path else path), call["calls"])
        self.assertEqual(calls[("main", "leaf")], 21, "middle has jumped there")
        self.assertEqual(calls[("main", "middle")], 20)
        self.assertEqual(calls[("main", "sets", "jumps", "leaf")], 300)
        self.assertEqual(calls[("[signal]", "handler", "leaf")], 50)
        down = [count for path, count in calls.items() if path[-1] == "down"]
        self.assertEqual(sum(down), 1973, "calls of down(15)")
        self.assertEqual([path for path in calls if path[-1] == "sets"], [("main", "sets")], "longjmp comes back to it")
        self.assertLessEqual(max(len(path) for path in calls), 40, "what longjmp left is forgotten")
        self.assertEqual(found["folded_calls"], 0)

    def test_the_tree(self):
        program = self.callers("-static")
        out = self.report("--functions", "0", "--tree", "--least", "0", "--depth", "99", program)
        self.assertRegex(out, r"(?m)^ +9\d\.\d .* 1  _start \(callers\)$")
        self.assertRegex(out, r"(?m)^.* 300 +jumps \(callers\)\n.* 300 +leaf \(callers\)$")
        short = self.report("--functions", "0", "--tree", "--depth", "2", program)
        self.assertRegex(short, r"(?m)^ +\.\.\.$")
        self.assertNotRegex(short, r" 300 +jumps")

    def test_stubs_have_names(self):
        found = self.annotated("--sysroot", "/usr/aarch64-linux-gnu", self.callers())
        names = {function["name"] for function in found["functions"] if function["object"] == "callers"}
        self.assertLessEqual({"signal@plt", "raise@plt", "main"}, names)
        self.assertEqual([name for name in names if name.startswith("callers+")], [])


class Regions(AnnotateTest):
    def test_only_what_counts(self):
        program = os.path.join(PROGRAMS, "quicksort")
        found = self.annotated("--roi-symbol", "quicksort", "--repeat", "1", "--limit", "300k", program)
        self.assertEqual(sum(function["cycles"] for function in found["functions"]), found["stats"]["core.cycles"])
        self.assertEqual(sum(function["insts"] for function in found["functions"]), found["stats"]["core.insts"])
        self.assertEqual({path[0] for _, path in self.paths(found)} - {"[unattributed]"}, {"quicksort"})
        plain = self.path("plain.json")
        self.m2sim("run", "-q", "--fast-timing", "--roi-symbol", "quicksort", "--repeat", "1", "--limit", "300k",
                   "--stats", plain, program)
        with open(plain, encoding="utf-8") as file:
            self.assertEqual(json.load(file)["stats"]["core.cycles"], found["stats"]["core.cycles"])

    def test_what_never_came(self):
        path = self.guest("loop", guest.LOOP.format(count=50))
        result = self.m2sim("annotate", "-q", "--roi-markers", path)
        self.assertEqual((result.status, result.err), (123, "m2sim: annotate: a marker was never reached\n"))


class Processes(AnnotateTest):
    def test_those_that_have_ended_and_code_of_their_own(self):
        self.write("processes.c", PROCESSES)
        program = self.path("processes")
        subprocess.run([guest.GUEST_CC, "-O1", "-static", "-o", program, self.path("processes.c")], check=True, timeout=60)
        functions = self.annotated(program)["functions"]
        (counting,) = [found for found in functions if found["name"] == "count_to"]
        self.assertEqual(self.hottest_loop(counting)["iterations"], 5000)
        (made,) = [found for found in functions if found["name"] == "[anon]"]
        self.assertEqual([inst["count"] for inst in made["instructions"]], [4000, 4000, 1])
        self.assertEqual([inst["text"].split()[0] for inst in made["instructions"]], ["subs", "b.ne", "ret"])
        self.assertEqual(self.hottest_loop(made)["iterations"], 4000)


class Sources(AnnotateTest):
    def assert_named(self, program, *options, lines=True):
        functions = self.annotated(*options, program)["functions"]
        function = next(found for found in functions if "work::sum_of<double>(" in found["name"])
        # The loader of a dynamic program may cost more than the program.
        others = [found["object"] for found in functions[:functions.index(function)]]
        self.assertLessEqual(set(others), {"ld-linux-aarch64.so.1"})
        loop = self.hottest_loop(function)
        self.assertEqual((loop["iterations"], loop["limit"]["cause"]), (100000, "dependence_fp"))
        (added,) = [self.instruction(function, offset) for offset in loop["limit"]["chain"]]
        self.assertTrue(added["text"].startswith("fadd"))
        self.assertEqual((os.path.basename(added["file"]), added["line"]), ("inlining.cpp", 10) if lines else ("", 0))
        if lines:
            inlined = [inst for inst in function["instructions"] if inst.get("inlined", [""])[-1].startswith("dot(")]
            self.assertEqual({inst["line"] for inst in inlined}, {4})

    def test_static_with_inlining(self):
        program = self.compiled("static", "-g", "-static")
        self.assert_named(program)
        out = self.report("--function", "work::sum_of<double>", program)
        self.assertRegex(out, r"inlining\.cpp:10 +total \+= dot\(one, by\);")
        self.assertRegex(out, r"inlining\.cpp:4 in dot")

    def test_position_independent_with_libraries(self):
        program = self.compiled("dynamic", "-g")
        self.assert_named(program, "--sysroot", "/usr/aarch64-linux-gnu")
        objects = {f["object"] for f in self.annotated("--sysroot", "/usr/aarch64-linux-gnu", program)["functions"]}
        self.assertIn("libc.so.6", objects)
        self.assertIn("ld-linux-aarch64.so.1", objects)

    def test_debug_information_in_another_file(self):
        program = self.compiled("whole", "-g", "-static")
        stripped, debug = self.path("stripped"), self.path("stripped.debug")
        copy = guest.GUEST_CC.replace("gcc", "objcopy")
        subprocess.run([copy, "--only-keep-debug", program, debug], check=True)
        subprocess.run([copy, "--strip-all", "--add-gnu-debuglink=" + debug, program, stripped], check=True)
        self.assert_named(stripped)

    def test_symbols_alone(self):
        self.assert_named(self.compiled("plain", "-static"), lines=False)

    def test_no_symbols(self):
        program = self.compiled("nameless", "-static", "-s")
        function = self.annotated(program)["functions"][0]
        self.assertRegex(function["name"], r"^nameless\+0x[0-9a-f]+$")
        self.assertEqual(self.hottest_loop(function)["iterations"], 100000)

    def test_broken_debug_information(self):
        program = self.compiled("broken", "-g", "-static")
        junk = self.write("junk", b"\xff\x07" * 200)
        copy = guest.GUEST_CC.replace("gcc", "objcopy")
        subprocess.run([copy, "--update-section", ".debug_info=" + junk, program], check=True)
        result = self.m2sim("annotate", "--fast-timing", program)
        self.assertEqual(result.status, 0)
        self.assertRegex(result.err, r"\Am2sim: warning: .*broken: its debug information cannot be read \(.*\)[^\n]*\n\Z")
        self.assertIn("work::sum_of<double>", result.out)


class Files(AnnotateTest):
    def written(self, option):
        program = self.compiled("profiled", "-g", "-static")
        path = self.path("file")
        result = self.m2sim("annotate", "--fast-timing", "-q", option, path, program)
        self.assertEqual((result.status, result.err), (0, ""))
        return path, self.annotated(program)

    def test_callgrind_annotate_accepts_it(self):
        path, found = self.written("--callgrind")
        done = subprocess.run(["callgrind_annotate", "--auto=yes", path], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        slots = f"{round(8 * found['stats']['core.cycles']):,}"
        self.assertRegex(done.stdout, r"(?m)^" + slots + r" \(100.0%\).* PROGRAM TOTALS$")
        hottest = next(line for line in done.stdout.splitlines() if "inlining.cpp:" in line)
        self.assertIn("work::sum_of<double>(", hottest)
        self.assertRegex(done.stdout, r"(?m)^.*total \+= dot\(one, by\);$")

    def test_callgrind_annotate_finds_inclusive_costs(self):
        path, found = self.written("--callgrind")
        done = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--auto=no", "--threshold=100", path],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        slots = {}
        for cost, name in re.findall(r"(?m)^ *([\d,]+) \([ \d.]+%\).*:(\S+?)(?:\(.*\))? \[profiled\]$", done.stdout):
            slots[name] = int(cost.replace(",", ""))
        functions = {f["name"].split("(")[0]: f for f in found["functions"]}
        # All but what is there before main and behind it.
        main = 8 * functions["main"]["inclusive_cycles"]
        self.assertEqual(slots["main"], main)
        self.assertEqual(slots["_start"], 8 * functions["_start"]["inclusive_cycles"])
        around = 8 * found["stats"]["core.cycles"] - main
        outside = sum(8 * call["cycles"] for call, path in self.paths(found) if "main" not in path)
        self.assertEqual(around, outside)
        self.assertLess(around, 0.3 * main)

    def test_folded_stacks(self):
        path, found = self.written("--folded")
        with open(path, encoding="utf-8") as file:
            lines = [line.rsplit(" ", 1) for line in file.read().splitlines()]
        self.assertEqual(sum(float(cycles) for _, cycles in lines), found["stats"]["core.cycles"])
        (stack,) = [stack for stack, _ in lines if stack.endswith("work::sum_of<double> (profiled);dot")]
        self.assertRegex(stack, r"^_start \(profiled\);.*;main \(profiled\);work::sum_of<double> \(profiled\);dot$")

    def test_speedscope(self):
        path, found = self.written("--speedscope")
        with open(path, encoding="utf-8") as file:
            written = json.load(file)
        self.assertEqual(written["$schema"], "https://www.speedscope.app/file-format-schema.json")
        (profile,) = written["profiles"]
        self.assertEqual((profile["type"], profile["unit"], profile["startValue"]), ("sampled", "none", 0))
        self.assertEqual(sum(profile["weights"]), profile["endValue"])
        self.assertEqual(profile["endValue"], found["stats"]["core.cycles"])
        self.assertEqual(len(profile["samples"]), len(profile["weights"]))
        names = [[written["shared"]["frames"][place]["name"] for place in sample] for sample in profile["samples"]]
        self.assertIn(["main (profiled)", "work::sum_of<double> (profiled)", "dot"], [name[-3:] for name in names])

    def test_a_terminal_gets_colours_and_a_pager(self):
        program = self.guest("loop", guest.LOOP.format(count=5000))
        shown = self.path("shown")
        master, slave = os.openpty()
        env = {"PAGER": f"cat > {shown}", "TERM": "xterm", "PATH": os.environ["PATH"]}
        result = self.m2sim("annotate", "--fast-timing", program, stdout=slave, env=env)
        os.close(slave)
        os.close(master)
        self.assertEqual((result.status, result.err), (0, ""))
        with open(shown, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("loop:\n", text)
        self.assertIn("\x1b[", text)

    def test_one_file_for_two_things(self):
        path = self.guest("loop", guest.LOOP.format(count=50))
        out = self.path("same")
        self.assert_fails(125, r"", "annotate", "--json", out, "--folded", out, path)


class BadInput(AnnotateTest):
    def test_nonsense(self):
        path = self.guest("loop", guest.LOOP.format(count=50))
        self.assert_fails(125, r"annotate: emulation has no cycles", "annotate", "--mode", "emulation", path)
        self.assert_fails(125, r"annotate: no program given", "annotate")
        self.assert_fails(125, r"annotate: no function '_strat' has executed; did you mean '_start'\?",
                          "annotate", "--function", "_strat", path)
        self.assert_fails(125, r".*/no/such/folder", "annotate", "--json", "/no/such/folder/a.json", path)

    def test_full_disk(self):
        path = self.guest("loop", guest.LOOP.format(count=50))
        self.assert_fails(125, r".*/dev/full", "annotate", "-q", "--json", "/dev/full", path)


if __name__ == "__main__":
    unittest.main()
