"""The files the checks look at, and C++ text with comments and literals taken out."""

import dataclasses
import functools
import pathlib
import re

FOLDERS = ("insts", "emu", "timing", "cmd", "calibration", "benchmarks", "tests", "scripts", "docs")
CPP = (".h", ".cpp")
TEXT = CPP + (".inc", ".py", ".sh", ".md", ".cmake", ".txt", ".toml", ".json", ".c", ".S", ".s", ".in")


@dataclasses.dataclass(frozen=True, order=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


class Tree:
    """Text files by their path relative to the root. Rules see nothing else, so that a test can make one up."""

    def __init__(self, files, root=None):
        self.files = dict(sorted(files.items()))
        self.root = root

    @classmethod
    def load(cls, root):
        root = pathlib.Path(root)
        paths = [p for p in root.iterdir() if p.is_file() and (p.suffix in TEXT or p.name.startswith(".clang"))]
        paths += root.glob(".ci/*")
        for folder in FOLDERS:
            paths += (p for p in (root / folder).rglob("*") if p.is_file() and p.suffix in TEXT)
        files = {}
        for path in paths:
            if "__pycache__" not in path.parts:
                files[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")
        return cls(files, root)

    def cpp(self, *folders):
        """Own C++ files (.h, .cpp), of these folders only when any is named: (path, text)."""
        for path, text in self.files.items():
            if path.endswith(CPP) and (not folders or path.split("/")[0] in folders):
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
