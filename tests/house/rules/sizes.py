"""Files and functions a reader can take in. Tables (.inc) are exempt."""

import ast
import collections

import functions
from source_tree import Finding, Globs

FILE_LINES = 500
FUNCTION_LINES = 60
FOLDER_FILES = 45
MEASURED = Globs("MEASURED", "*.h", "*.cpp", "*.c", "*.py", "*.sh", "*.cmake", "*.S", "*.s")
ROOMS = Globs("ROOMS", "insts/", "emu/", "timing/", "cmd/")


def file_size(tree):
    """A source file has at most 500 lines."""
    for path, text in tree.files.items():
        lines = len(text.splitlines())
        if MEASURED.match(path) and lines > FILE_LINES:
            yield Finding(path, 1, f"{lines} lines; a file has at most {FILE_LINES}")


def folder_size(tree):
    """A folder of the program has at most 45 files."""
    counts = collections.Counter(path.rpartition("/")[0] for path in tree.files if ROOMS.match(path))
    for folder, count in counts.items():
        if count > FOLDER_FILES:
            yield Finding(folder, 1, f"{count} files; a folder has at most {FOLDER_FILES}")


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield functions.Function(node.name, node.lineno, node.end_lineno - node.lineno + 1)


def function_length(tree):
    """A function has at most 60 lines, from its declaration to its closing brace."""
    for path, text in tree.files.items():
        try:
            if path.endswith((".h", ".cpp", ".c")):
                found = functions.functions(text)
            elif path.endswith(".py"):
                found = _python_functions(text)
            else:
                continue
        except functions.Unbalanced as error:
            yield Finding(path, 1, f"functions cannot be measured: {error}")
            continue
        for function in found:
            if function.lines > FUNCTION_LINES:
                yield Finding(path, function.line,
                              f"{function.name} has {function.lines} lines; a function has at most {FUNCTION_LINES}")
