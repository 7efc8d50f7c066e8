"""The files the checks look at, and C++ text with comments and literals taken out."""

import dataclasses
import functools
import pathlib
import re
import sys

CPP = (".h", ".cpp")
TEXT = CPP + (".inc", ".py", ".sh", ".md", ".cmake", ".txt", ".json", ".c", ".S", ".s", ".html")
NOT_OURS = ("build",)  # and hidden folders


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Globs:
    """A set of paths that a rule speaks of. `*` stays within a folder, a final slash means all below, a glob without
    a slash is a file's name anywhere, and `!` takes paths out again.

    Every set is remembered, so that rules/patterns.py can ask whether each glob still names a file: one that does
    not would make its rule look at nothing and say so nowhere.
    """

    known = []

    def __init__(self, name, *globs):
        self.name = name
        self.globs = globs
        self.module = sys._getframe(1).f_globals.get("__name__", "").rpartition(".")[2]
        Globs.known.append(self)

    @staticmethod
    @functools.lru_cache(maxsize=None)
    def _compiled(glob):
        text = re.escape(glob.lstrip("!")).replace(r"\*", "[^/]*")
        if glob.endswith("/"):
            text += ".*"
        return re.compile(text if "/" in glob else "(?:.*/)?" + text)

    def match(self, path):
        taken = False
        for glob in self.globs:
            if self._compiled(glob).fullmatch(path):
                taken = not glob.startswith("!")
        return taken

    def unmatched(self, paths):
        return [glob for glob in self.globs if not any(self._compiled(glob).fullmatch(path) for path in paths)]


class Tree:
    """Text files by their path relative to the root, and the paths of all. Rules see nothing else, so that a test can
    make one up.
    """

    def __init__(self, files, root=None, names=()):
        self.files = dict(sorted(files.items()))
        self.names = sorted({*files, *names})
        self.root = root

    @classmethod
    def load(cls, root):
        root = pathlib.Path(root)
        paths = [p for p in root.iterdir() if p.is_file()] + list(root.glob(".ci/*"))
        # A new folder is looked at without being named here.
        for folder in (p for p in root.iterdir() if p.is_dir() and not p.name.startswith((".", *NOT_OURS))):
            paths += (p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
        names = {path: path.relative_to(root).as_posix() for path in paths}
        files = {name: path.read_text(encoding="utf-8") for path, name in names.items()
                 if path.suffix in TEXT or name.startswith((".clang", ".ci/"))}
        return cls(files, root, names.values())

    def cpp(self, where=None):
        """Own C++ files (.h, .cpp), those of the globs only where any are given: (path, text)."""
        for path, text in self.files.items():
            if path.endswith(CPP) and (where is None or where.match(path)):
                yield path, text


TOKEN = re.compile(
    r"""//(?:[^\n\\]|\\.|\\\n)*          # line comment, continued by a backslash
      | /\*.*?\*/                        # block comment
      | R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"   # raw string
      | "(?:[^"\\\n]|\\.)*"              # string
      | (?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'   # character; a quote behind a digit separates digits
    """,
    re.VERBOSE | re.DOTALL,
)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def _replace(match, keep_strings):
    text = match.group()
    if text.startswith("/"):
        return _blank(text)
    if keep_strings:
        return text
    return text[0] + _blank(text[1:-1]) + text[-1]


@functools.lru_cache(maxsize=None)
def code_only(text, keep_strings=False):
    """The same text with comments and the insides of literals blanked: offsets and lines stay as they are."""
    return TOKEN.sub(lambda match: _replace(match, keep_strings), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def matches(path, text, pattern, message):
    """One finding a match of the pattern in C++ code; {0} in the message is the match."""
    code = code_only(text)
    for match in re.finditer(pattern, code):
        yield Finding(path, line_of(code, match.start()), message.format(" ".join(match.group().split())))
