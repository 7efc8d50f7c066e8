"""Applets of Debian's busybox-static that start no other process."""

import hashlib
import pathlib
import shlex
import zlib

import samples
from programs import Case

# One applet call a line, as a shell would split it, run in a folder with the files of samples.py.
# "< FILE" at the end feeds that file to stdin.
CALLS = (pathlib.Path(__file__).parent / "busybox_calls.txt").read_text(encoding="utf-8")


def _calls(busybox, files):
    for line in CALLS.splitlines():
        if not line or line.startswith("#"):
            continue
        words, stdin = shlex.split(line), b""
        if len(words) > 2 and words[-2] == "<":
            stdin = files[words[-1]]
            words = words[:-2]
        yield Case(f"busybox {line}", [busybox, *words], stdin, files)


def _check_sums(files):
    """Lists for `sha256sum -c` and kin: one right line, one wrong."""
    for name in ("md5", "sha1", "sha256", "sha512"):
        right = hashlib.new(name, files["data.bin"]).hexdigest()
        wrong = hashlib.new(name, b"").hexdigest()
        yield f"{name}.list", f"{right}  data.bin\n{wrong}  words.txt\n".encode()


def _with_archives(files):
    more = dict(files)
    more.update(_check_sums(files))
    more["lines.gz"] = _gzip(files["lines.txt"])
    return more


def _gzip(content):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(content) + packer.flush()


def cases(busybox):
    files = _with_archives(samples.make())
    yield from _calls(busybox, files)
    for script in sorted((pathlib.Path(__file__).parent / "scripts").glob("*.sh")):
        yield Case(f"busybox sh {script.name}", [busybox, "sh", str(script), "one", "two words", "three"],
                   b"first line\nsecond line\n", files)
