#!/usr/bin/env python3
"""Every check is shown what it must flag, and what it must not: a check that cannot fail is worth nothing."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

import check
from functions import Unbalanced, functions
from rules import arrows, code, dispatch, patterns, sizes, sources, tested, tools, words
from rules import calls as system_calls
from source_tree import Globs, Tree, code_only

HEADER = "#pragma once\n"
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def found(rule, **files):
    """Findings of a rule on a made-up tree; `emu__exec_h` stands for emu/engine/handler.h."""
    paths = {}
    for name, text in files.items():
        stem, suffix = name.replace("__", "/").rsplit("_", 1)
        paths[f"{stem}.{suffix}"] = text
    return [str(finding) for finding in rule(Tree(paths))]


class Text(unittest.TestCase):
    def test_comments_and_literals_are_blanked_in_place(self):
        text = 'a = "/* x */"; // b\nc = \'"\'; /* d\n */ e = R"(f " g)"; n = 1\'000\'000; h'
        blanked = code_only(text)
        self.assertEqual(len(blanked), len(text))
        self.assertEqual(blanked.count("\n"), 2)
        self.assertEqual([w for w in "abcdefgh" if w in blanked], ["a", "c", "e", "h"])


class Functions(unittest.TestCase):
    def lengths(self, text):
        return [(f.name, f.line, f.lines) for f in functions(text)]

    def test_shapes_of_functions(self):
        text = """namespace a::b {
class C : public ::b::D<int> {
 public:
  C(int x)
      : x_(x),
        y_{1} {
    if (x) {
    }
  }
  int get() const noexcept { return x_; }
 private:
  std::array<int, 3> y_{1, 2, 3};
};
template <class T, int N = 3>
auto f(T t) -> decltype(t)
{
  return [&] { return "}"; }();
}
constexpr Row kTable[] = {
    {1, [](int a) {
       return a;
     }},
    {2, nullptr},
};
constexpr auto body = []<class T>(const T& t) {
  return t;
};
struct alignas(16) S {
  int x = 0;
  bool operator()(int) const {
    return true;
  }
};
}  // namespace a::b
"""
        self.assertEqual(self.lengths(text), [("C", 4, 6), ("get", 10, 1), ("f", 14, 5), ("lambda", 20, 3),
                                              ("body", 25, 3), ("operator()", 30, 3)])

    def test_a_brace_too_many_is_no_silent_success(self):
        for text in ("void f() { {", "namespace x { } }", "int a[] = {1, 2;", "int f STRANGE { int a; }"):
            with self.assertRaises(Unbalanced):
                functions(text)


class Rules(unittest.TestCase):
    def flags(self, rule, **files):
        self.assertTrue(found(rule, **files), f"{rule.__name__} saw nothing wrong in {files}")

    def passes(self, rule, **files):
        self.assertEqual(found(rule, **files), [])

    def test_arrows(self):
        """Forbidden includes are tried on the tree as it is, with its own table."""
        tree = Tree.load(REPOSITORY)
        self.assertEqual(list(arrows.arrows(tree)), [])
        for path, header in (
                ("emu/exec/branch.cpp", "emu/linux/kernel.h"), ("emu/exec/branch.cpp", "emu/elf/elf.h"),
                ("timing/core/core.h", "timing/fast/fast_core.h"), ("timing/fast/fast_core.h", "timing/core/core.h"),
                ("timing/memory/cache.h", "emu/emulator.h"), ("timing/core/core.h", "emu/machine.h"),
                ("emu/linux/calls/time.cpp", "emu/engine/handler.h"), ("emu/linux/kernel.h", "emu/emulator.h"),
                ("emu/retired.h", "emu/memory/memory.h"), ("emu/block.h", "emu/retired.h\"\n#include \"emu/cpu/fault.h"),
                ("emu/user_error.h", "emu/machine.h"), ("emu/elf/elf.h", "emu/linux/kernel.h"),
                ("cmd/suite/suite.h", "cmd/history/command.h"), ("cmd/check/code.h", "emu/engine/uop.h"),
                ("insts/inst.h", "emu/block.h"), ("timing/stats.h", "timing/config/config.h"),
                ("cmd/cli.h", "tests/emu/guest_machine.h"), ("emu/machine.h", "memory.h")):
            files = {**tree.files, path: tree.files[path] + f'#include "{header}"\n'}
            found_there = {finding.path for finding in arrows.arrows(Tree(files))}
            self.assertEqual(found_there, {path}, header)
        files = {**tree.files, "emu/linux/kernel.h": tree.files["emu/linux/kernel.h"] + '// #include "emu/emulator.h"\n'}
        self.assertEqual(list(arrows.arrows(Tree(files))), [])

    def test_table_of_rooms(self):
        def check_table(*rows, **files):
            table = "\n".join(("<!-- rooms -->", "| room | holds | may include |", "|---|---|---|", *rows, "<!-- end of rooms -->"))
            return found(arrows.arrows, docs__architecture_md=table, **files)

        two = {"a__a_h": HEADER, "b__b_h": HEADER}
        self.assertEqual(check_table("| `a` | x | |", "| `b` | y | `a` |", **two), [])
        for rows, message in (
                (("| `a` | x | |",), "b/b.h:1: its folder has no row"),
                (("| `a` | x | |", "| `b` | x | |", "| `c` | x | |"), "c: no such folder"),
                (("| `a` | x | |", "| `b` | x | `d` |"), "b: d has no row"),
                (("| `a` | x | `b` |", "| `b` | x | `a` |"), "the table allows a circle: a -> b -> a"),
                (("| `a` | x | `b/b.h` |", "| `b` | x | `a` |"), "the table allows a circle: a -> b -> a"),
                (("| `a` | x | |", "| `b` | x | `a/c.h` |"), "b: there is no a/c.h"),
                (("| `a` | x | |", "| `b` | x | `a/a.h` |"), "b: nothing in it includes a/a.h"),
                (("| `a` | x | |", "| `a` | x | |", "| `b` | x | |"), "a row has a room of its own"),
                (("| `a` | x |", "| `b` | x | |"), "a row has a room of its own")):
            self.assertTrue(any(message in line for line in check_table(*rows, **two)), (rows, check_table(*rows, **two)))
        using = {**two, "b__b_cpp": '#include "a/a.h"\n'}
        self.assertEqual(check_table("| `a` | x | |", "| `b` | y | `a/a.h` |", **using), [])
        self.assertTrue(check_table("| `a` | x | |", "| `b` | y | |", **using))
        part = {**two, "a__log_h": HEADER, "b__b_cpp": '#include "a/log.h"\n'}
        self.assertEqual(check_table("| `log`: `a/log.h` | x | |", "| `a` | x | |", "| `b` | y | `log` |", **part), [])
        self.assertTrue(check_table("| `log`: `a/log.h` | x | |", "| `a` | x | |", "| `b` | y | `a` |", **part))
        self.assertTrue(found(arrows.arrows, a__a_h=HEADER), "no table")

    def test_globs(self):
        globs = Globs("TRIED", "emu/", "!emu/linux/", "*.inc", "timing/core/c*.h")
        Globs.known.remove(globs)
        for path in ("emu/a.cpp", "emu/fp/b.h", "insts/a.inc", "timing/core/core.h"):
            self.assertTrue(globs.match(path), path)
        for path in ("emu/linux/a.cpp", "insts/a.h", "timing/core/probe/core.h", "timing/core/ring.h", "cmd/emu/a.cpp"):
            self.assertFalse(globs.match(path), path)
        self.assertEqual(globs.unmatched(["emu/a.cpp", "a.inc"]), ["!emu/linux/", "timing/core/c*.h"])

    def test_patterns(self):
        tree = Tree.load(REPOSITORY)
        self.assertEqual(list(patterns.patterns(tree)), [])

        def after(move=(), **edits):
            files = {path.replace(*move) if move else path: text for path, text in tree.files.items()}
            names = [path.replace(*move) if move else path for path in tree.names]
            files.update({path: files[path] + text for path, text in edits.items()})
            return [str(finding) for finding in patterns.patterns(Tree(files, names=names))]

        for move, path, message in (
                (("timing/memory/", "timing/caches/"), "docs/architecture.md", "there is no timing/memory"),
                (("engine/host_fault.", "engine/fault."), "tests/house/rules/code.py", "EFFECTS: !emu/engine/host_fault.*"),
                (("emu/fp/", "emu/float/"), "tests/house/rules/code.py", "HOT: emu/fp/ matches"),
                (("_pcore.cpp", "_core.cpp"), "tests/house/rules/sources.py", "VALUES: timing/config/*_pcore.cpp"),
                (("insts/disasm.h", "insts/text.h"), "tests/house/rules/code.py", "WORD_HEADERS: insts/disasm.h"),
                (("cmd/", "app/"), ".clang-tidy", "HeaderFilterRegex: cmd matches no header"),
                (("cmd/", "app/"), ".clang-tidy", "HeaderFilterRegex leaves out app/cli.h"),
                (("results/config_file.cpp", "results/file.cpp"), "cmd/CMakeLists.txt", "there is no results/config_file.cpp"),
                (("/guests/", "/guest_sources/"), "tests/emu/tests.cmake", "a glob matches no file: guests/"),
                (("/main.cpp", "/start.cpp"), "CMakeLists.txt", "a filter matches no file"),
                (("tests/house/check.py", "tests/house/run.py"), "scripts/check.sh", "there is no tests/house/check.py")):
            lines = after(move)
            self.assertTrue(any(line.startswith(f"{path}:") and message in line for line in lines), (move, lines))
        self.assertTrue(after(**{"docs/adding.md": "See `timing/core/cores.h`.\n"}))
        self.assertEqual(after(**{"docs/adding.md": "See `timing/core/core`, `tests/<folder>/tests.cmake`, timing/core.\n"}), [])
        unnamed = Tree({path: text.replace("insts::decode(", "insts::d(").replace("decode", "d") if path.endswith((".h", ".cpp"))
                        else text for path, text in tree.files.items()}, names=tree.names)
        self.assertTrue(any("WORD_CALLS" in str(finding) for finding in patterns.patterns(unnamed)))

    def test_folder_size(self):
        files = {f"emu/linux/calls/a{number}.cpp": "" for number in range(45)}
        self.assertEqual(list(sizes.folder_size(Tree(files))), [])
        self.assertTrue(list(sizes.folder_size(Tree({**files, "emu/linux/calls/b.h": ""}))))
        self.assertEqual(list(sizes.folder_size(Tree({**files, "emu/linux/b.h": ""}))), [])

    def test_cycles(self):
        self.flags(arrows.cycles, emu__a_h='#include "emu/b.h"\n', emu__b_h='#include "emu/a.h"\n')
        self.passes(arrows.cycles, emu__a_h='#include "emu/b.h"\n', emu__b_h="", emu__c_h='#include "emu/b.h"\n')

    def test_headers(self):
        self.flags(arrows.headers, emu__a_h="#ifndef A\n#define A\n#endif\n")
        self.passes(arrows.headers, emu__a_h="// What it is.\n#pragma once\n")

    def test_system_calls(self):
        table = "## Calls that are not there\n| keys | {} |\n## Accepted\n| `keyctl` | | |\n"
        calls = "SYSCALL(1, read, \"d\")\nSYSCALL_NAME(2, keyctl)\n"
        def tree(named):
            return Tree({"emu/linux/calls/syscalls.inc": calls, "docs/system_calls.md": table.format(named)})
        self.assertEqual(list(system_calls.system_calls(tree("`keyctl`"))), [])
        self.assertEqual(len(list(system_calls.system_calls(tree("nothing")))), 1)
        self.assertEqual(len(list(system_calls.system_calls(tree("`keyctl` `read`")))), 1)

    def test_headers_tested(self):
        self.flags(tested.headers_tested, timing__a_h=HEADER)
        self.flags(tested.headers_tested, timing__core__a_h=HEADER, timing__b_cpp='#include "timing/core/a.h"\n')
        self.flags(tested.headers_tested, timing__a_h=HEADER, tests__cmd__a_test_cpp='#include "timing/a.h"\n')
        self.flags(tested.headers_tested, timing__a_h=HEADER, tests__timing__a_test_cpp='// #include "timing/a.h"\n')
        self.passes(tested.headers_tested, timing__a_h=HEADER, timing__core__b_h=HEADER, emu__c_h=HEADER,
                    tests__timing__a_test_cpp='#include "timing/a.h"\n',
                    tests__timing__loop_h='#include "timing/core/b.h"\n')

    def test_timeless(self):
        self.flags(arrows.timeless, insts__a_h="int latency_of(Op op);\n")
        self.flags(arrows.timeless, emu__a_cpp="state.cycles += 1;\n")
        self.passes(arrows.timeless, emu__a_cpp="// costs no cycles\n", timing__a_cpp="Cycle latency = 3;\n")

    def test_sizes(self):
        self.flags(sizes.file_size, emu__a_cpp="int a;\n" * 501)
        self.passes(sizes.file_size, emu__a_cpp="int a;\n" * 500, insts__a_inc="A64(a)\n" * 900)
        long_function = "void f() {\n" + "  g();\n" * 59 + "}\n"
        self.flags(sizes.function_length, emu__a_cpp=long_function)
        self.flags(sizes.function_length, emu__a_cpp="namespace {\nvoid f() {\n" + long_function)
        self.flags(sizes.function_length, tests__a_py="def f():\n" + "    g()\n" * 60)
        self.passes(sizes.function_length, emu__a_cpp=long_function.replace("  g();\n", "", 1))
        self.passes(sizes.function_length, emu__a_cpp="int t[] = {\n" + "  1,\n" * 90 + "};\n")

    def test_one_decoder(self):
        use = '#include "insts/decode.h"\n'
        for expression in ("(word >> 5)", "word & 0x1f", "fault.word >> 21", "mask & word", "inst_word << 3"):
            self.flags(code.one_decoder, emu__a_cpp=f"{use}auto x = {expression};\n")
        self.passes(code.one_decoder, emu__a_cpp=f"{use}void f(std::uint32_t& word); auto x = a && word;\n")
        self.passes(code.one_decoder, insts__a_cpp=f"{use}auto x = word >> 5;\n", timing__b_cpp="x = word >> 3;\n")

    def test_host_effects(self):
        for statement in ("::umask(0);", "std::signal(SIGPIPE, SIG_IGN);", "::sigaction(SIGPIPE, &action, nullptr);",
                          "sigaction(SIGSEGV, &action, nullptr);", "::raise(SIGSTOP);", "::setfsuid(1);", "::setresgid(1, 1, 1);", "::setgroups(0, nullptr);",
                          "std::exit(1);", "::_exit(1);",
                          "int exit_status = 125;", "void* operator new(std::size_t size);"):
            self.flags(code.host_effects, emu__linux__a_cpp=statement + "\n")
        self.flags(code.host_effects, timing__a_h="::setrlimit(RLIMIT_STACK, &limit);\n")
        self.passes(code.host_effects, cmd__a_cpp="::umask(0);\n", emu__engine__host_fault_cpp="sigaction(SIGBUS, &a, &b);\n",
                    emu__linux__rights__credentials_cpp="::setfsuid(1);\n", emu__linux__b_cpp="sys::setuid(1);\n::getuid();\n",
                    emu__a_cpp="std::int64_t umask(Process& process);\nstruct sigaction a {};\nreturn sys::umask(1);\n"
                               "std::int64_t rt_sigaction(int);\nemitter->raise(1);\n")

    def test_prints(self):
        for statement in ('std::cout << "x";', 'printf("x");', 'std::fprintf(stderr, "x");', 'fmt::print("x");'):
            self.flags(code.prints, emu__a_cpp=statement + "\n")
        self.flags(code.prints, timing__a_cpp="#include <iostream>\n")
        self.flags(code.prints, emu__syscall_io_cpp="::write(STDERR_FILENO, text, size);\n")
        self.flags(code.prints, emu__machine_cpp='std::puts("x");\n')
        self.flags(code.prints, emu__machine_cpp="::write(STDERR_FILENO, text, size);\n")
        self.passes(code.prints, cmd__a_cpp='fmt::print("x");\n', emu__a_cpp='std::snprintf(b, n, "%d", 1);\n')

    def test_hot_paths(self):
        for statement in ("std::function<void()> f;", "virtual void f();", "std::map<int, int> m;",
                          "std::shared_ptr<int> p;", "auto* p = new int(3);"):
            self.flags(code.hot_paths, emu__exec__branch_cpp=statement + "\n")
            self.flags(code.hot_paths, timing__core__core_cpp=statement + "\n")
        self.passes(code.hot_paths, emu__elf__elf_cpp="std::map<int, int> m;\n", emu__engine__handler_h="// no virtual call\n")

    def test_macros(self):
        self.flags(code.macros, emu__a_cpp="#define MAX(a, b) ((a) > (b) ? (a) : (b))\n")
        self.passes(code.macros, emu__a_cpp="#define A64(op, ...) k##op,\n#undef A64\n#define M2SIM_X 1\n")

    def test_mnemonics(self):
        self.flags(code.mnemonics, timing__crack__a_cpp='if (insts::mnemonic_of(op) == "orr") f();\n')
        self.flags(code.mnemonics, emu__exec__a_cpp="auto c = row.mnemonic[2];\n")
        for test in ("insts::mnemonic_of(op)[2]", 'row.mnemonic == "b"', "text != row.mnemonic"):
            self.flags(code.mnemonics, cmd__a_cpp=f"f({test});\n")
        self.passes(code.mnemonics, cmd__a_cpp="print(row.mnemonic);\n", timing__a_cpp="// by mnemonic\n",
                    insts__a_cpp='if (row.mnemonic[0] == 0) f();\n')

    def test_costs(self):
        for path in ("emu__a_cpp", "cmd__a_cpp", "insts__disasm_cpp"):
            self.flags(code.costs, **{path: "if (insts::timing_class_of(op) == x) f();\n"})
        self.passes(code.costs, timing__a_cpp="TimingClass c;\n", insts__encoding_h="TimingClass timing;\n")

    def test_words(self):
        for text in ("// TO" "DO: later\n", "// FIX" "ME\n", "GTEST" "_SKIP();\n", "TEST(A, DIS" "ABLED_b)\n",
                     'open("/ho' 'me/someone/file")\n', "see /ro" "ot/notes\n"):
            self.flags(words.words, emu__a_cpp=text)
        self.passes(words.words, emu__a_cpp='mkdtemp("m2sim_XXXXXX"); // build/mnt/x, https://a.b/home/c, /proc/self\n')

    def test_ends(self):
        self.flags(words.ends, emu__a_cpp="int a;")
        self.flags(words.ends, emu__a_cpp="int a;\n\n")
        self.flags(words.ends, docs__a_md="text \nmore\n")
        self.passes(words.ends, docs__a_md="text\n\nmore\n")

    def test_config_sources(self):
        for line in (".width = 8,", ".width = 8,  // eight", ".width = 8,  // measured:", ".a = {1, 2},  // fitted"):
            self.flags(sources.config_sources, timing__config__m2_pcore_cpp=line + "\n")
        self.flags(sources.config_sources, timing__crack__op_timing_inc="TIMING(kAlu, 1)\n")
        good = ".a = 8,  // measured: decode width\n.b = 1,  // guess\n// 12 ports\n.c =\n    3,  // published: manual\n"
        self.passes(sources.config_sources, timing__config__m2_pcore_cpp=good)
        counted = list(sources.count_guesses(Tree({"timing/config/m2_pcore.cpp": good})))
        self.assertEqual(counted, ["timing/config/m2_pcore.cpp: 1 measured, 1 published, 0 fitted, 1 guess"])


class Tools(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name).resolve()
        repository = pathlib.Path(__file__).resolve().parents[2]
        for name in (".clang-format", ".clang-tidy"):
            (self.root / name).write_text((repository / name).read_text(encoding="utf-8"), encoding="utf-8")
        (self.root / "emu").mkdir()
        self.cache = self.root / "cache"
        self.cache.mkdir()
        self.environment = unittest.mock.patch.dict(os.environ, {"M2SIM_TIDY_CACHE": str(self.cache)})
        self.environment.start()

    def tearDown(self):
        self.environment.stop()
        self.folder.cleanup()

    def write(self, text):
        (self.root / "emu" / "a.cpp").write_text(text, encoding="utf-8")
        return Tree.load(self.root)

    def test_clang_format(self):
        self.assertTrue(list(tools.clang_format(self.write("int  f( ) {return 1 ;}\n"))))
        self.assertEqual(list(tools.clang_format(self.write("int f() { return 1; }\n"))), [])

    def test_clang_tidy(self):
        build = self.root / "build"
        build.mkdir()
        command = {"directory": str(build), "file": str(self.root / "emu/a.cpp"), "command": "c++ -std=c++20 -Wno-restrict -c ../emu/a.cpp"}
        (build / "compile_commands.json").write_text(json.dumps([command]), encoding="utf-8")
        bad = "#include <cstring>\nstruct S { int a; char* p; };\n" \
              "bool f(const S& a, const S& b) { return std::memcmp(&a, &b, 4) == 0 ? true : a.a = 3; }\n"
        self.assertTrue(list(tools.clang_tidy(self.write(bad), build)))
        unused_move = "#include <string>\n#include <utility>\n" \
                      "std::string f(std::string a) { std::string b = std::move(a); return a + b; }\n"
        self.assertTrue(list(tools.clang_tidy(self.write(unused_move), build)))
        good = self.write("int twice(int value) { return 2 * value; }\n")
        for _ in range(2):  # analysed, then remembered
            self.assertEqual(list(tools.clang_tidy(good, build)), [])
        self.assertTrue(list(tools.clang_tidy(self.write(unused_move), build)), "an edit must be analysed again")
        self.assertEqual(len(os.listdir(self.cache)), 1)

    def test_clang_tidy_of_joined_files(self):
        build = self.root / "build"
        build.mkdir()
        joined = build / "unity_0_cxx.cxx"
        joined.write_text(f'#include "{self.root}/emu/a.cpp"\n', encoding="utf-8")
        command = {"directory": str(build), "file": str(joined), "command": f"ccache c++ -std=c++20 -c {joined}"}
        (build / "compile_commands.json").write_text(json.dumps([command]), encoding="utf-8")
        self.assertEqual(list(tools.clang_tidy(self.write("int twice(int value) { return 2 * value; }\n"), build)), [])
        found_there = list(tools.clang_tidy(self.write("int Twice(int value) { return 2 * value; }\n"), build))
        self.assertEqual([finding.path for finding in found_there], ["emu/a.cpp"])
        (self.root / "emu" / "b.cpp").write_text("int b;\n", encoding="utf-8")
        self.assertEqual([finding.path for finding in tools.clang_tidy(self.write("int a;\n"), build)], ["emu/b.cpp"])

    def test_the_cache_knows_no_folder_and_forgets(self):
        keys = set()
        for place in ("/x", "/y/z"):
            tree = Tree({"emu/a.cpp": '#include "emu/a.h"\n', "emu/a.h": HEADER}, pathlib.Path(place))
            build = pathlib.Path(place, "build")
            unit = tools.Unit(build / "u.cxx", f"c++ -I{place} -I{build}/generated -c {place}/emu/a.cpp", ["emu/a.cpp"])
            keys.add(tools._key(tree, build, unit, "settings"))
        self.assertEqual(len(keys), 1)
        tree.files["emu/a.h"] += "int a;\n"
        self.assertNotIn(tools._key(tree, build, unit, "settings"), keys)
        for number in range(5):
            (self.cache / str(number)).touch()
            os.utime(self.cache / str(number), (number, number))
        tools.forget(self.cache, most=2)
        self.assertEqual(sorted(os.listdir(self.cache)), ["3", "4"])


class Dispatch(unittest.TestCase):
    HEAD = ("00000000 <m2sim::emu::Uop const* m2sim::emu::plain_handler<m2sim::emu::add>(m2sim::emu::Uop const*, "
            "m2sim::emu::CpuState*, long, unsigned long*, std::byte*)>:\n")
    OTHER = "00000000 <m2sim::emu::Emulator::run()>:\n   0:\tcall   *0x8(%rdi)\n"

    def test_calls_are_seen(self):
        good = self.HEAD + "   0:\tadd    $0x10,%rdi\n   4:\tjmp    *(%rdi)\n"
        bad = self.HEAD + "   0:\tcall   *(%rdi)\n   4:\tret\n"
        self.assertEqual(list(dispatch.check_listing(self.OTHER + good, least=1)), [])
        self.assertTrue(list(dispatch.check_listing(self.OTHER + good + bad, least=1)))
        self.assertTrue(list(dispatch.check_listing(self.OTHER + good)), "too few handlers")


class CountTests(unittest.TestCase):
    REPORT = """<testsuite><testcase name="a" status="run"/><testcase name="b" status="fail"><failure/></testcase>
                <testcase name="c" status="notrun"><skipped/></testcase></testsuite>"""

    def count(self, **files):
        script = pathlib.Path(check.__file__).resolve().parents[2] / "scripts" / "count_tests.py"
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                pathlib.Path(folder, name.replace("_", ".")).write_text(text, encoding="utf-8")
            run = subprocess.run([sys.executable, script, folder, "release", "clang"], capture_output=True, text=True,
                                 check=False)
        return run.returncode, run.stdout.splitlines()[-1]

    def test_counts(self):
        good = self.REPORT.split("<testcase name=\"b\"")[0] + "</testsuite>"
        self.assertEqual(self.count(release_build="passed", release_xml=good, clang_build="passed", clang_xml=good),
                         (0, "4 passed, 0 failed"))
        self.assertEqual(self.count(release_build="passed", release_xml=self.REPORT, clang_build="failed\n"),
                         (1, "2 passed, 3 failed"))
        self.assertEqual(self.count(release_build="passed"), (1, "1 passed, 2 failed"))


class CommandLine(unittest.TestCase):
    def test_exit_status(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "emu").mkdir()
            (root / "emu" / "a.cpp").write_text("int a;", encoding="utf-8")
            command = [sys.executable, check.__file__, "--root", folder]
            self.assertEqual(subprocess.run(command + ["cycles"], capture_output=True, check=False).returncode, 0)
            self.assertEqual(subprocess.run(command + ["ends"], capture_output=True, check=False).returncode, 1)
            self.assertEqual(subprocess.run(command + ["no_rule"], capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
