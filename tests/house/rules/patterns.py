"""A glob or a name that matches no file makes whatever uses it look at nothing, silently: after a move, say."""

import re

from rules import arrows, code, tools
from source_tree import TEXT, Finding, Globs, line_of

RULES = "tests/house/rules/{}.py"
CMAKE = Globs("CMAKE", "CMakeLists.txt", "*.cmake")
# Where files are named for people and for programs.
TALKING = Globs("TALKING", "*.md", "*.sh", "*.py", "CMakeLists.txt", "*.cmake", ".ci/", "!tests/house/")
CMAKE_GLOB = re.compile(r"\bfile\s*\(\s*GLOB(?:_RECURSE)?\s+\w+((?:\s+[^\s)]+)+)\s*\)")
CMAKE_FILTER = re.compile(r'\blist\s*\(\s*FILTER\s+\w+\s+\w+\s+REGEX\s+"([^"]+)"')
CMAKE_FILE = re.compile(r"(?<![^\s(])((?:\$\{\w+\}/)*[\w./-]+\.(?:cpp|c|s|S|py|sh|html|h|txt|json|cmake))(?![^\s);])")
BUILT = re.compile(r"\$\{\w*(?:BINARY|GUEST)_DIR\}")
HEADER_FILTER = re.compile(r"^HeaderFilterRegex: '(.*)'$", re.MULTILINE)
FOLDER = "(?:insts|emu|timing|cmd|benchmarks|tests|scripts|docs)"
PATH = re.compile(rf"(?<![\w/.$}}<*-]){FOLDER}/[\w./*<>-]*[\w*>]")


def _folders(tree):
    return {path[:place.start()] for path in tree.names for place in re.finditer("/", path)}


def _glob(text):
    """A glob of the shell as a regular expression: `*` and `<what>` are any name."""
    return "[^/]*".join(re.escape(part) for part in re.split(r"\*+|<[^>]*>", text))


def _rules(tree):
    """The sets of the house rules themselves."""
    for globs in Globs.known:
        for glob in globs.unmatched(tree.names):
            yield Finding(RULES.format(globs.module), 1, f"{globs.name}: {glob} matches no file")
    everything = "\n".join(text for path, text in tree.files.items() if path.endswith((".cpp", ".h")))
    for name in code.WORD_CALLS:
        if not re.search(rf"\b{name}\b", everything):
            yield Finding(RULES.format("code"), 1, f"WORD_CALLS: nothing is called {name}")
    for name in arrows.GENERATED:
        if f"generated/{name}" not in tree.files.get(f"{name.split('/')[0]}/CMakeLists.txt", ""):
            yield Finding(RULES.format("arrows"), 1, f"GENERATED: the build writes no {name}")
    for suffix in TEXT:
        if not any(path.endswith(suffix) for path in tree.files):
            yield Finding("tests/house/source_tree.py", 1, f"TEXT: no file ends in {suffix}")


def _header_filter(tree):
    """clang-tidy reports what it finds in a header only if this matches."""
    match = HEADER_FILTER.search(tree.files.get(".clang-tidy", ""))
    if not match:
        yield Finding(".clang-tidy", 1, "no HeaderFilterRegex")
        return
    line = line_of(tree.files[".clang-tidy"], match.start())
    headers = [path for path in tree.files if path.endswith(".h") and tools.ANALYSED.match(path)]
    for path in headers:
        if not re.fullmatch(match.group(1), f"/x/{path}"):
            yield Finding(".clang-tidy", line, f"HeaderFilterRegex leaves out {path}")
    for group in re.findall(r"\(([^()]*)\)", match.group(1)):
        for name in group.split("|"):
            if not any(path.startswith(f"{name}/") for path in headers):
                yield Finding(".clang-tidy", line, f"HeaderFilterRegex: {name} matches no header")


def _cmake(tree):
    """Globs, filters and files of the build: CMake takes one that matches nothing without a word."""
    for path, text in tree.files.items():
        if not CMAKE.match(path):
            continue
        text = re.sub(r"(?m)#.*$", "", text)
        wanted = [(m.start(), _glob(word.split("}/")[-1])) for m in CMAKE_GLOB.finditer(text) for word in m.group(1).split()
                  if word != "CONFIGURE_DEPENDS"]
        for place, pattern in wanted:
            if not any(re.search(rf"(?:^|/){pattern}$", file) for file in tree.names):
                yield Finding(path, line_of(text, place), f"a glob matches no file: {pattern}")
        for match in CMAKE_FILTER.finditer(text):
            pattern = match.group(1).replace("\\\\", "\\")
            if "$" not in pattern[:-1] and not any(re.search(pattern, f"/{file}") for file in tree.names):
                yield Finding(path, line_of(text, match.start()), f"a filter matches no file: {pattern}")
        for match in CMAKE_FILE.finditer(text):
            name = re.sub(r"\$\{\w+\}/", "", match.group(1))
            if not BUILT.search(match.group()) and not any(f"/{file}".endswith(f"/{name}") for file in tree.names):
                yield Finding(path, line_of(text, match.start()), f"there is no {name}")


def _talk(tree):
    """Paths that documents and scripts speak of."""
    folders = _folders(tree)
    for path, text in tree.files.items():
        if not TALKING.match(path):
            continue
        for match in PATH.finditer(text):
            # `timing/core/core` stands for its header and its source.
            pattern = re.compile(_glob(match.group()) + r"(?:\.\w+)?")
            if match.group() not in folders and not any(pattern.fullmatch(file) for file in tree.names):
                yield Finding(path, line_of(text, match.start()), f"there is no {match.group()}")


def patterns(tree):
    """A glob, a filter or a path in rules, build, scripts and documents matches a file."""
    for part in (_rules, _header_filter, _cmake, _talk):
        yield from part(tree)
