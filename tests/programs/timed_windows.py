"""One run of a real program: emulated once, and timed on every core at each of its windows.

Where the warming of a window begins the guest is put into a checkpoint (docs/checkpoints.md), from which each core goes
on, as it would have with --skip. Files are not in a checkpoint: what the program has in its working directory there is
kept beside it, and laid out again for every run that goes on from it; and so is what it has not read of its input.
"""

import contextlib
import fcntl
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import termios

import statistics_file

# One processor for all cores' guests, so that they execute the same instructions; what an M1 has an M2 has, too.
GUEST = ["--cpu", "m1"]


def millions(text):
    return int(text.removesuffix("M")) * 10 ** 6


def warming(job, skip):
    """(instruction at which a window's warming begins, how many times the window's length it takes)"""
    begin, limit = millions(skip), millions(job["limit"])
    intervals = min(-(-millions(job["warmup"]) // limit), begin // limit)
    return begin - intervals * limit, intervals


def window_options(job, intervals, folder):
    """What makes a run of one window, from where its warming begins. The window is a simulation point, the last interval of a run
    that begins there: caches and predictors learn at the speed of warming."""
    (folder / "window.simpoints").write_text(f"{intervals} 0\n", encoding="utf-8")
    (folder / "window.weights").write_text("1 0\n", encoding="utf-8")
    return ["--simpoints", str(folder / "window.simpoints"), "--interval-size", job["limit"], "--warmup", job["warmup"],
            "--limit", str((intervals + 1) * millions(job["limit"]))]


@contextlib.contextmanager
def typed(text):
    """A pipe that has this and then stays open, as a terminal at which nobody types further. For None the input has
    ended: povray asks for Enter and would look for it again and again in every window."""
    if text is None:
        yield subprocess.DEVNULL
        return
    reader, writer = os.pipe()
    try:
        os.write(writer, text)
        yield reader
    finally:
        os.close(reader)
        os.close(writer)


def not_read(reader, text):
    """The end of `text` that is still in the pipe."""
    if text is None:
        return None
    waiting, = struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, bytes(4)))
    return text[len(text) - waiting:]


@contextlib.contextmanager
def scratch_folder(root, number):
    """A folder whose name is the same every time, unless another run on the same root has it now."""
    for choice in itertools.count(number, 1000):
        path = root / "scratch" / f"{choice:05}"
        try:
            path.mkdir(parents=True)
            break
        except FileExistsError:
            pass
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Guest:
    """A run of a program that has come to some instruction, and goes on from there as often as wanted."""

    def __init__(self, options, job, scratch, folder):
        self.options, self.job, self.scratch, self.folder = options, job, scratch, folder
        self.at = 0
        self.typed = (options.root / job["stdin"]).read_bytes() if job["stdin"] else None
        self.place = None  # of the checkpoint and what belongs to it; None: the program has not begun
        # The folder of the inputs, which the command names, has another name when these change.
        run = json.dumps([job["command"], job["environment"], job["stdin"], scratch.name])
        self.name = f"{job['program']}-{job['run']}-{hashlib.sha256(run.encode()).hexdigest()[:8]}"

    def come_to(self, instruction):
        """Emulates up to there, if nobody has before. At the program's begin nothing is to be kept."""
        if instruction == self.at:
            return
        made = (self.options.checkpoints or self.folder) / f"{self.name}-{instruction}"
        if not made.exists():
            self.emulate_to(instruction, made)
        if self.place and not self.options.checkpoints:
            shutil.rmtree(self.place)
        if self.typed is not None:
            self.typed = (made / "typed").read_bytes()
        self.at, self.place = instruction, made

    def emulate_to(self, instruction, made):
        """Whatever is broken off leaves nothing at `made`."""
        with tempfile.TemporaryDirectory(dir=made.parent) as name, typed(self.typed) as stdin:
            begun = pathlib.Path(name) / made.name
            begun.mkdir()
            self.go_on("emulation", ["--checkpoint-at", f"{instruction}={begun / 'guest.ckpt'}", "--limit", str(instruction - self.at)], stdin)
            (begun / "typed").write_bytes(not_read(stdin, self.typed) or b"")
            shutil.copytree(self.scratch, begun / "files", symlinks=True)
            begun.rename(made)

    def timed(self, more):
        """Statistics of what comes next."""
        with typed(self.typed) as stdin:
            return self.go_on(self.options.mode, more, stdin)

    def go_on(self, mode, more, stdin):
        where = {"stdin": stdin}
        if self.place:
            shutil.rmtree(self.scratch)
            shutil.copytree(self.place / "files", self.scratch, symlinks=True)
            command, more = [], ["--restore", str(self.place / "guest.ckpt"), *more]
        else:
            command = self.job["command"]
            where["sysroot"] = self.options.root
            more = [*GUEST, "--cwd", str(self.scratch), *(word for value in self.job["environment"] for word in ("--env", value)), *more]
        return statistics_file.run(self.options.m2sim, mode, command, more=more, **where)[1]


def row(options, job, guest, core, intervals):
    """The figures of one window on one core."""
    # At the clock at which the published run was: memory's latencies are nanoseconds.
    more = ["--core", core, "--set", f"clock.mhz={job['mhz'][core]}", *(word for value in options.set for word in ("--set", value))]
    stats = guest.timed(more + window_options(job, intervals, guest.folder))
    if stats["core.insts"] != (intervals + 1) * millions(job["limit"]):
        raise statistics_file.RunFailed("the program ended before its window did")
    counts = {"insts": stats["core.insts"], "cycles": stats["core.cycles"], "mispredicts": stats["branch.mispredicts"]}
    counts |= {name.removeprefix("core.cpi_stack."): value for name, value in stats.items() if name.startswith("core.cpi_stack.")}
    return {name: value / (intervals + 1) for name, value in counts.items()}


def of_run(options, job):
    """(a window's first instruction, core, its figures or what went wrong) of one run, window by window. Behind an emulation that
    failed there is nothing further."""
    above = options.root / "checkpoints"
    above.mkdir(exist_ok=True)
    with scratch_folder(options.root, job["number"]) as scratch, tempfile.TemporaryDirectory(dir=above) as folder:
        guest = Guest(options, job, scratch, pathlib.Path(folder))
        for skip in sorted(job["skip"], key=millions):
            begin, intervals = warming(job, skip)
            try:
                guest.come_to(begin)
            except statistics_file.RunFailed as failure:
                yield skip, "all cores", str(failure)
                return
            for core in options.core:
                try:
                    yield skip, core, row(options, job, guest, core, intervals)
                except statistics_file.RunFailed as failure:
                    yield skip, core, str(failure)
