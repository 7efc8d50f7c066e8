"""The comparison corpus: programs of a Debian for arm64, what they run and in which files.

corpus/<program>.cases holds the cases of a program. A line that begins with one of these words is not part
of a file's text:

@case NAME        begins a case
@run WORDS        the command, split as a shell would; a bare program name is looked up in the sysroot
@script WORDS     the same, and the text below is a file `main`, which replaces {} or else follows the words
@file NAME        the text below is a file of this name
@stdin            the text below is fed to standard input
@samples          the files of samples.py are there, too
@env NAME=VALUE   one more variable
@children         it starts other programs
@quick            it is in the quick part of the corpus
@later            its clock is ahead of the host's: it minds files that are of its future
@modes            it also runs in the timing modes, where its output and its statistics must not vary

What precedes the first case is a comment. Every case runs in a new folder, whose files are all of the same
age, and says nothing that depends on time, process numbers or addresses. Guests have the
rights of whoever runs them: a case writes nowhere but in its folder.
"""

import dataclasses
import os
import pathlib
import re
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time

import programs
import samples

FOLDER = pathlib.Path(__file__).parent / "corpus"
PROGRAM_FOLDERS = ("usr/bin", "usr/sbin", "usr/lib/gcc/aarch64-linux-gnu/12")
DIRECTIVE = re.compile(r"@(case|run|script|file|stdin|samples|env|children|quick|modes|later)(?: (.*))?")
# Python must leave the sysroot as it found it.
ENVIRONMENT = {**programs.ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}

FILE_TIME = 1_600_000_000


class BadCase(Exception):
    """A case file that cannot be understood."""


@dataclasses.dataclass
class Case:
    program: str
    name: str
    command: list = dataclasses.field(default_factory=list)
    stdin: bytes = b""
    files: dict = dataclasses.field(default_factory=dict)
    environment: dict = dataclasses.field(default_factory=dict)
    flags: set = dataclasses.field(default_factory=set)

    @property
    def full_name(self):
        return f"{self.program}: {self.name}"


class _Parser:
    """Reads one case file, line by line."""

    def __init__(self, path):
        self.path = path
        self.cases = []
        self.sink = None
        self.line_number = 0

    def read(self):
        for self.line_number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), 1):
            directive = DIRECTIVE.fullmatch(line)
            if directive:
                self._direct(directive[1], directive[2] or "")
            elif self.sink:
                self.sink(line + "\n")
            elif self.cases and line:
                self._refuse("text that belongs to no file")
        for case in self.cases:
            if not case.command:
                raise BadCase(f"{self.path}: case '{case.name}' has no @run and no @script")
        return self.cases

    def _refuse(self, why):
        raise BadCase(f"{self.path}:{self.line_number}: {why}")

    def _direct(self, word, rest):
        self.sink = None
        if word == "case":
            if not rest or any(case.name == rest for case in self.cases):
                self._refuse("a case needs a name of its own")
            self.cases.append(Case(self.path.stem, rest))
            return
        if not self.cases:
            self._refuse(f"@{word} before the first @case")
        case = self.cases[-1]
        if word == "run":
            case.command = shlex.split(rest)
        elif word == "script":
            words = shlex.split(rest)
            case.command = ["main" if word == "{}" else word for word in words]
            if "{}" not in words:
                case.command.append("main")
            self._begin_file(case, "main")
        elif word == "file":
            self._begin_file(case, rest)
        elif word == "stdin":
            self.sink = lambda text: setattr(case, "stdin", case.stdin + text.encode())
        elif word == "samples":
            case.files.update(samples.make())
        elif word == "env":
            case.environment.update([rest.split("=", 1)])
        else:
            case.flags.add(word)

    def _begin_file(self, case, name):
        if not name or name in case.files:
            self._refuse("a file needs a name of its own")
        case.files[name] = b""
        self.sink = lambda text: case.files.update({name: case.files[name] + text.encode()})


def load():
    """Every case, by program and in the order of the file."""
    return [case for path in sorted(FOLDER.glob("*.cases")) for case in _Parser(path).read()]


def guest_path(sysroot, name):
    """Where a program lies, as the guest names it."""
    if name.startswith("/"):
        return name
    for folder in PROGRAM_FOLDERS:
        if os.path.lexists(sysroot / folder / name):
            return f"/{folder}/{name}"
    raise BadCase(f"{sysroot} has no program {name}")


def resolved(sysroot, path):
    """The host's file for a guest's path; links in the sysroot are relative."""
    return os.path.realpath(str(sysroot) + path)


def qemu_command(options, case, scratch):
    """The reference. Only proot makes a program under QEMU start others under QEMU."""
    program = guest_path(options.sysroot, case.command[0])
    if "children" in case.flags:
        return ["proot", "-q", "qemu-aarch64 -cpu max", "-r", str(options.sysroot), "-b", str(scratch),
                "-b", "/dev", "-b", "/proc", "-w", str(scratch / "work"), program, *case.command[1:]]
    return ["qemu-aarch64", "-cpu", "max", "-L", str(options.sysroot), "-0", program,
            resolved(options.sysroot, program), *case.command[1:]]


def m2sim_command(options, case, environment, more):
    # qemu-aarch64 hands variables on last first.
    variables = [f"--env={name}={value}" for name, value in reversed(environment.items())]
    if "later" in case.flags:
        more = [*more, f"--start-time={int(time.time()) + 3600}"]
    return [*options.m2sim, "run", "--quiet", *more, "--sysroot", str(options.sysroot), *variables, "--",
            guest_path(options.sysroot, case.command[0]), *case.command[1:]]


def read_files(folder):
    """Everything below a folder: kind and permissions, and contents or the target of a link."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        content = b""
        if stat.S_ISLNK(mode):
            content = os.fsencode(os.readlink(path))
        elif stat.S_ISREG(mode):
            content = path.read_bytes()
        found[str(path.relative_to(folder))] = (stat.filemode(mode), content)
    return found


class Scratch:
    """A folder that looks the same, down to its name, to every run of a case."""

    def __init__(self, case):
        self.case = case
        self.holder = tempfile.TemporaryDirectory(prefix="m2sim-corpus-")
        self.folder = pathlib.Path(self.holder.name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.holder.cleanup()

    def environment(self):
        return {**ENVIRONMENT, "TMPDIR": str(self.folder / "tmp"), "PWD": str(self.folder / "work"), **self.case.environment}

    def run(self, command, timeout):
        """The outcome of a command in a new work folder; a time-out is one, with status None."""
        for part in ("work", "tmp"):
            shutil.rmtree(self.folder / part, ignore_errors=True)
            (self.folder / part).mkdir()
        programs.write_files(self.folder / "work", self.case.files)
        for path in (self.folder / "work", *(self.folder / "work").rglob("*")):
            os.utime(path, (FILE_TIME, FILE_TIME))
        with subprocess.Popen(command, cwd=self.folder / "work", env=self.environment(), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
            try:
                stdout, stderr = process.communicate(self.case.stdin, timeout)
                status = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                stdout, stderr = process.communicate()
                status = None
        return programs.Outcome(status, stdout, stderr, read_files(self.folder / "work"))
