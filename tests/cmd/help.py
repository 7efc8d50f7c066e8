#!/usr/bin/env python3
"""What m2sim says of itself: --help, manual pages and completion of every command."""
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest

import guest


def said(*words):
    return subprocess.run([guest.M2SIM, *words], capture_output=True, text=True, timeout=60, check=True).stdout


def section(text, heading):
    """The lines below a heading."""
    return re.search(rf"^{heading}:\n((?:  .*\n)+)", text, re.M).group(1).splitlines()


def below(words):
    """The commands below one, as words."""
    text = said(*words, "--help")
    if "\nCommands:\n" not in text:
        return []
    return [[*words, re.match("  (\\S+)", line).group(1)] for line in section(text, "Commands") if line[2] != " "]


def all_commands():
    commands = [[]]
    for words in commands:
        commands += below(words)
    return commands


COMMANDS = all_commands()


def options_of(words):
    return set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", "\n".join(
        line for line in said(*words, "--help").splitlines() if re.match(r"  -", line))))


class Help(unittest.TestCase):
    def test_there_are_all_commands(self):
        self.assertGreater(len(COMMANDS), 20)
        self.assertIn(["calibrate", "fit"], COMMANDS)

    def test_no_line_is_longer_than_a_terminal(self):
        for words in COMMANDS:
            for line in said(*words, "--help").splitlines():
                self.assertLessEqual(len(line), 80, f"{words}: {line}")

    def test_every_command_has_examples_with_options_that_exist(self):
        for words in COMMANDS:
            lines = [line for line in section(said(*words, "--help"), "Examples") if line[2] != " "]
            self.assertTrue(2 <= len(lines) <= 4, f"{words}: {lines}")
            for line in lines:
                self.check_example(words, line)

    def check_example(self, words, line):
        parts = shlex.split(line.replace("<(", "").replace(")", ""))
        parts = parts[parts.index("m2sim") + 1:]
        if "|" in parts:
            parts = parts[:parts.index("|")]
        own = max((other for other in COMMANDS if parts[:len(other)] == other), key=len)
        self.assertEqual(own[:len(words)], words, line)
        known = options_of(own)
        for part in parts[len(own):]:
            if part.startswith("-") and part != "-":
                self.assertIn(part.split("=")[0], known, line)

    def test_every_command_tells_its_exit_statuses(self):
        for words in COMMANDS:
            lines = "\n".join(section(said(*words, "--help"), "Exit status"))
            self.assertIn("  125 ", lines, words)
            self.assertRegex(lines, r"(?m)^  (0|the program's own)\b", words)

    def test_options_stand_in_groups(self):
        text = said("run", "--help")
        for heading in ("Model", "Part of the run", "Surroundings of the program", "Regions", "While it runs", "Results"):
            self.assertGreater(len(section(text, heading)), 1)


class Manual(unittest.TestCase):
    def pages(self):
        with tempfile.TemporaryDirectory() as folder:
            said("man", "--write", folder)
            pages = {}
            for name in sorted(os.listdir(folder)):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    pages[name] = file.read()
            return pages

    def test_a_page_for_every_command(self):
        self.assertEqual(sorted(self.pages()), sorted("-".join(["m2sim", *words]) + ".1" for words in COMMANDS))
        self.assertEqual(said("man", "run"), self.pages()["m2sim-run.1"])

    def test_groff_has_nothing_to_say(self):
        for name, page in self.pages().items():
            done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-rLL=80n"], input=page, capture_output=True, text=True,
                                  timeout=60, check=True)
            self.assertEqual(done.stderr, "", name)
            plain = re.sub(r"\x1b\[\d*m|.\x08", "", done.stdout)
            for heading in ("NAME", "SYNOPSIS", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
                self.assertRegex(plain, rf"(?m)^{heading}$", name)

    def test_another_name_gets_the_nearest(self):
        done = subprocess.run([guest.M2SIM, "man", "rum"], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (125, ""))
        self.assertRegex(done.stderr, r"\Am2sim: man: there is no command 'rum'; did you mean 'run'\?\n\Z")


# Completes the words of its arguments, of which the last is under the cursor, as bash splits them.
BASH = """
source <(%s completion bash)
compopt() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_m2sim
printf '%%s\\n' "${COMPREPLY[@]}"
""" % shlex.quote(guest.M2SIM)


class Completion(guest.GuestTest):
    def complete(self, *words):
        done = subprocess.run(["bash", "-c", BASH, "bash", "m2sim", *words], capture_output=True, text=True, timeout=60,
                              cwd=self.folder)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_commands(self):
        self.assertEqual(self.complete(""), {words[0] for words in COMMANDS if len(words) == 1})
        self.assertEqual(self.complete("ca"), {"calibrate"})
        self.assertEqual(self.complete("calibrate", "s"), {"structures", "scaling"})

    def test_options(self):
        self.assertEqual(self.complete("run", "--fa"), {"--fast-timing", "--fail-if"})
        self.assertEqual(self.complete("calibrate", "fit", "--fol"), {"--folds"})
        self.assertEqual(self.complete("run", "--mode", "timing", "--sk"), {"--skip"})
        self.assertEqual(self.complete("suite", "--skip"), set())

    def test_values(self):
        self.assertEqual(self.complete("run", "--mode", ""), {"emulation", "timing", "fast-timing"})
        self.assertEqual(self.complete("run", "--mode", "=", "fast"), {"fast-timing"})
        self.assertEqual(self.complete("run", "--mode", "="), {"emulation", "timing", "fast-timing"})
        self.assertEqual(self.complete("run", "--mode", "=", "timing", "--clock", "c"), {"cycles"})
        self.assertEqual(self.complete("run", "--core", "m1"), {"m1-pcore"})
        self.assertEqual(self.complete("run", "--set", "rob.groups_"), {"rob.groups_per_cycle="})
        self.assertEqual(self.complete("completion", "f"), {"fish"})
        self.assertEqual(self.complete("history", "comp"), {"compare"})

    def test_files(self):
        self.write("a_file", "")
        os.makedirs(self.path("a_folder"), exist_ok=True)
        self.assertEqual(self.complete("run", "--stats", "a_"), {"a_file", "a_folder"})
        self.assertEqual(self.complete("run", "--cwd", "a_"), {"a_folder"})
        self.assertEqual(self.complete("run", "--skip", "5", "a_"), {"a_file", "a_folder"})
        self.assertEqual(self.complete("run", "--skip", "a_"), set())

    def test_behind_the_program_all_is_its_own(self):
        self.write("a_file", "")
        self.assertEqual(self.complete("run", "a_file", "--mo"), set())
        self.assertIn("a_file", self.complete("run", "a_file", "a_"))

    def test_the_other_shells_understand_theirs(self):
        for shell in ("zsh", "fish"):
            path = self.write("script." + shell, said("completion", shell))
            with self.subTest(shell):
                if shutil.which(shell) is None:
                    self.skipTest(f"{shell} is not installed")
                subprocess.run([shell, "-n", path], check=True, timeout=60)

    def test_there_are_three_shells(self):
        self.assert_fails(125, "completion: there is no shell 'bahs'; did you mean 'bash'", "completion", "bahs")
        self.assert_fails(125, "completion: say for which shell", "completion")


if __name__ == "__main__":
    unittest.main()
