"""The two tools that read C++ properly: clang-format and clang-tidy, version 14 as Debian 12 has it."""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

from rules.arrows import includes
from source_tree import Finding, Globs

FORMATTED = Globs("FORMATTED", "*.h", "*.cpp", "!benchmarks/guest/")
ANALYSED = Globs("ANALYSED", "*.h", "*.cpp", "!benchmarks/guest/", "!tests/")
DIAGNOSTIC = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):\d+: (?:warning|error): (?P<message>.*)$", re.MULTILINE)


def _tool(name):
    found = shutil.which(f"{name}-14") or shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name}-14 is not installed (scripts/install_packages.sh)")
    return found


def clang_format(tree):
    """Every C++ file is as clang-format leaves it."""
    tool = _tool("clang-format")
    paths = [path for path in tree.files if FORMATTED.match(path)]
    run = subprocess.run([tool, "--dry-run", *paths], text=True, capture_output=True, check=False, cwd=tree.root)
    first = {}
    for match in DIAGNOSTIC.finditer(run.stderr):
        first.setdefault(match["file"], int(match["line"]))
    for path, line in first.items():
        yield Finding(path, line, f"not formatted: clang-format-14 -i {path}")
    if run.returncode:
        yield Finding(".clang-format", 1, f"clang-format failed: {run.stderr.strip()[:300]}")


def _closure(tree, path, seen):
    """The file and all own files that it includes, once each."""
    if path in seen or path not in tree.files:
        return seen
    seen.add(path)
    for _, header in includes(tree.files[path]):
        _closure(tree, header, seen)
    return seen


def _key(tree, path, command, settings):
    """What the outcome depends on: the tool's settings, the command, and every own file that takes part."""
    digest = hashlib.sha256((settings + "\0" + command).encode())
    for part in sorted(_closure(tree, path, set())):
        digest.update(f"\0{part}\0{tree.files[part]}".encode())
    return digest.hexdigest()


def _tidy(tool, build, root, path):
    # The build's own command may carry warning options that only the other compiler knows.
    run = subprocess.run([tool, "--quiet", "-p", str(build), "--extra-arg=-Wno-unknown-warning-option", str(root / path)],
                         text=True, capture_output=True, check=False, cwd=root)
    found = set()
    for match in DIAGNOSTIC.finditer(run.stdout):
        file = pathlib.Path(match["file"])
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
        found.add(Finding(name, int(match["line"]), match["message"]))
    if run.returncode and not found:
        found.add(Finding(path, 1, f"clang-tidy failed: {(run.stderr or run.stdout).strip()[:300]}"))
    return found


def _commands(tree, build):
    """Path -> compile command, for the own files of the build; the guest programs' are not among them."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        file = pathlib.Path(entry["directory"], entry["file"])
        if file.is_relative_to(tree.root):
            path = file.relative_to(tree.root).as_posix()
            if path in tree.files and ANALYSED.match(path):
                commands[path] = entry.get("command") or " ".join(entry["arguments"])
    return commands


def clang_tidy(tree, build):
    """Every C++ file outside tests/ is free of the findings that .clang-tidy asks for.

    A clean file is remembered by its content and that of its headers; the same bytes are not analysed twice.
    """
    tool = _tool("clang-tidy")
    commands = _commands(tree, build)
    if not commands:
        yield Finding(str(build), 1, "compile_commands.json names no source file of this tree")
        return
    settings = tree.files[".clang-tidy"] + tool
    cache = pathlib.Path(os.environ.get("M2SIM_TIDY_CACHE", build / "clang_tidy_cache"))
    cache.mkdir(parents=True, exist_ok=True)
    pending = {}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for path, command in sorted(commands.items()):
            clean = cache / _key(tree, path, command, settings)
            if not clean.exists():
                pending[pool.submit(_tidy, tool, build, tree.root, path)] = clean
        reported = set()
        for job in concurrent.futures.as_completed(pending):
            found = job.result()
            if not found:
                pending[job].touch()
            yield from sorted(found - reported)
            reported |= found
