"""The two tools that read C++ properly: clang-format and clang-tidy, version 14 as Debian 12 has it."""

import concurrent.futures
import dataclasses
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
ANALYSED = Globs("ANALYSED", "*.h", "*.cpp", "!benchmarks/guest/", "!include/", "!tests/")
REMEMBERED = 4096  # entries of the cache, each an empty file: some twenty whole trees
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


@dataclasses.dataclass
class Unit:
    """What the compiler gets at once: one source file, or a file of the build that includes some."""

    file: pathlib.Path
    command: str
    sources: list  # own files, by their paths

    @property
    def joined(self):
        return [self.file.name] != [pathlib.PurePath(path).name for path in self.sources]


def _closure(tree, path, seen):
    """The file and all own files that it includes, once each."""
    if path in seen or path not in tree.files:
        return seen
    seen.add(path)
    for _, header in includes(tree.files[path]):
        _closure(tree, header, seen)
    return seen


def _key(tree, build, unit, settings):
    """What the outcome depends on: the tool's settings, the command, and every own file that takes part.

    Not where the tree and its build lie: a fresh clone knows what another one found.
    """
    words = [word for word in unit.command.split() if not word.endswith("ccache")]
    command = " ".join(words).replace(str(build), "BUILD").replace(str(tree.root), "ROOT")
    digest = hashlib.sha256((settings + "\0" + command).encode())
    seen = set()
    for path in unit.sources:
        _closure(tree, path, seen)
    for part in sorted(seen):
        digest.update(f"\0{part}\0{tree.files[part]}".encode())
    return digest.hexdigest()


def _tidy(tool, database, root, unit):
    # The build's own command may carry warning options that only the other compiler knows.
    command = [tool, "--quiet", "-p", str(database), "--extra-arg=-Wno-unknown-warning-option"]
    if unit.joined:
        command.append("--checks=-bugprone-suspicious-include")
    run = subprocess.run([*command, f"--config-file={root / '.clang-tidy'}", str(unit.file)], text=True,
                         capture_output=True, check=False, cwd=root)
    found = set()
    for match in DIAGNOSTIC.finditer(run.stdout):
        file = pathlib.Path(match["file"])
        name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
        found.add(Finding(name, int(match["line"]), match["message"]))
    if run.returncode and not found:
        found.add(Finding(unit.sources[0], 1, f"clang-tidy failed: {(run.stderr or run.stdout).strip()[:300]}"))
    return found


def _own(tree, file):
    """The path of a file that is to be analysed; None of all others."""
    path = file.relative_to(tree.root).as_posix() if file.is_relative_to(tree.root) else ""
    return path if path in tree.files and ANALYSED.match(path) else None


def _units(tree, build):
    """The build's units that are made of own files; the guest programs' are not among them."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        file = pathlib.Path(entry["directory"], entry["file"])
        command = entry.get("command") or " ".join(entry["arguments"])
        files = [file]
        if file.is_relative_to(build) and file.name.startswith("unity_") and file.exists():
            files = [pathlib.Path(name) for _, name in includes(file.read_text(encoding="utf-8"))]
        sources = [path for path in (_own(tree, each) for each in files) if path]
        if sources:
            yield Unit(file, command, sources)


def _cache():
    """The folder that remembers clean units, beside ccache's: a fresh clone and another build find it too."""
    named = os.environ.get("M2SIM_TIDY_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(named) if named else pathlib.Path(base) / "m2sim" / "clang_tidy"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def forget(folder, most=REMEMBERED):
    """Leaves the entries that were used last."""
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in entries[most:]:
        path.unlink(missing_ok=True)


def clang_tidy(tree, build):
    """Every C++ file outside tests/ is free of the findings that .clang-tidy asks for.

    A clean unit is remembered by its content and that of its headers; the same bytes are not analysed twice.
    """
    tool = _tool("clang-tidy")
    units = {unit.file: unit for unit in _units(tree, build)}
    if not units:
        yield Finding(str(build), 1, "compile_commands.json names no source file of this tree")
        return
    left_out = {path for path, _ in tree.cpp(ANALYSED) if path.endswith(".cpp")}
    left_out -= {path for unit in units.values() for path in unit.sources}
    for path in sorted(left_out):
        yield Finding(path, 1, "the build does not compile it: it cannot be analysed")
    version = subprocess.run([tool, "--version"], text=True, capture_output=True, check=True).stdout
    settings = tree.files[".clang-tidy"] + "".join(re.findall(r"version \S+", version))
    cache = _cache()
    pending = {}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        # The longest first: the units of many files.
        for unit in sorted(units.values(), key=lambda unit: (-len(unit.sources), unit.sources)):
            clean = cache / _key(tree, build, unit, settings)
            if clean.exists():
                clean.touch()
            else:
                pending[pool.submit(_tidy, tool, build, tree.root, unit)] = clean
        reported = set()
        for job in concurrent.futures.as_completed(pending):
            found = job.result()
            if not found:
                pending[job].touch()
            yield from sorted(found - reported)
            reported |= found
    forget(cache)
