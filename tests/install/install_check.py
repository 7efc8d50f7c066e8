#!/usr/bin/env python3
"""Installs m2sim into an empty folder and uses that copy: its program, and three that are built against it.

Those are main.cpp beside this file, the one of docs/library.md, and one that includes every installed header.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
SOURCE = pathlib.Path(os.environ["M2SIM_SOURCE_DIR"])
# counted_loop.s says so; each of its 1000 turns loads and stores, and the buffer's address is a load too.
INSTRUCTIONS, ACCESSES = 4006, 2001
MODES = ("emulation", "timing", "fast-timing")


def run(*command):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, timeout=300)
    if result.returncode != 0:
        raise AssertionError(f"{command}: exit status {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.prefix = cls.folder / "installed"
        run(OPTIONS.cmake, "--install", os.environ["M2SIM_BINARY_DIR"], "--prefix", cls.prefix)

    def build(self, name, main):
        """The program made of that text, in an empty folder."""
        source = self.folder / name
        source.mkdir()
        shutil.copy(HERE / "CMakeLists.txt", source)
        (source / "main.cpp").write_text(main, encoding="utf-8")
        run(OPTIONS.cmake, "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER={OPTIONS.cxx}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        run(OPTIONS.cmake, "--build", source / "build")
        return source / "build" / "example"

    def test_manual_and_completion_are_there(self):
        share = self.prefix / "share"
        page = (share / "man" / "man1" / "m2sim-calibrate-fit.1").read_text(encoding="utf-8")
        self.assertIn(".SH OPTIONS", page)
        for name in ("bash-completion/completions/m2sim", "zsh/site-functions/_m2sim", "fish/vendor_completions.d/m2sim.fish"):
            self.assertIn("calibrate", (share / name).read_text(encoding="utf-8"), name)

    def test_runs_in_all_modes(self):
        main = (HERE / "main.cpp").read_text(encoding="utf-8")
        self.assertLessEqual(len(main.splitlines()), 20)
        program = self.build("modes", main)
        runs = re.split(r"(?m)^instructions ", run(program, OPTIONS.guest))[1:]
        self.assertEqual([int(text.split()[0]) for text in runs], [INSTRUCTIONS] * len(MODES))
        self.assertEqual(runs[0].split(), [str(INSTRUCTIONS)])
        for mode, text in zip(MODES[1:], runs[1:]):
            cycles = int(re.search(r"(?m)^cycles (\d+)$", text).group(1))
            parts = {name: float(value) for name, value in re.findall(r"(?m)^  (\w+) ([\d.]+)$", text)}
            self.assertIn("mispredict_conditional", parts)
            # Eighths of a cycle, so that three digits are exact.
            self.assertEqual(sum(parts.values()), cycles, mode)
            self.assertEqual(cycles, self.of_the_program(mode)["core.cycles"], mode)

        command = json.loads((self.folder / "modes/build/compile_commands.json").read_text())[0]["command"]
        for ours in ("-Werror", "-Wconversion", "-march", "-ffp-contract", str(SOURCE)):
            self.assertNotIn(ours, command)

    def of_the_program(self, mode):
        """The statistics that the installed program gives."""
        file = self.folder / f"{mode}.json"
        run(self.prefix / "bin/m2sim", "run", "--quiet", "--mode", mode, "--stats", file, OPTIONS.guest)
        return json.loads(file.read_text(encoding="utf-8"))["stats"]

    def test_example_of_the_document(self):
        text = (SOURCE / "docs/library.md").read_text(encoding="utf-8")
        (main,) = re.findall(r"(?ms)^```cpp\n(.*?)^```$", text)
        self.assertEqual(run(self.build("sink", main), OPTIONS.guest), f"accesses {ACCESSES}\n")

    def test_headers_are_complete(self):
        include = self.prefix / "include/m2sim"
        headers = sorted(str(path.relative_to(include)) for path in include.rglob("*.h"))
        self.assertIn("emu/retired.h", headers)
        main = "".join(f'#include "{header}"\n' for header in headers) + "int main() {}\n"
        run(self.build("headers", main))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--guest", required=True, help="counted_loop of tests/emu/guests")
    OPTIONS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
