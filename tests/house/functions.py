"""Finds the functions of a C++ file: a brace matcher that knows what opens each brace.

It need not know types: a brace opens a scope (namespace, class), a function (or a lambda outside any function,
which is how handler bodies are written), or a list of initialisers. Inside a function only braces count.
"""

import dataclasses
import re

from source_tree import code_only, line_of

SCOPE = re.compile(r"^\s*(?:inline\s+)?(?:namespace|extern\s*\"\s*\")|"
                   r"^\s*(?:typedef\s+|static\s+|constexpr\s+|inline\s+)*(?:class|struct|union|enum)\b")
# What may stand between a parameter list and its body.
TRAILER = re.compile(r"\)\s*(?:const|mutable|noexcept|override|final|constexpr|consteval|static|try|&{1,2}|"
                     r"noexcept\s*\([^()]*\)|->[^{};]*|requires\b[^{};]*|\s)*$")
INITIALISERS = re.compile(r"\)[^{}=]*(?<!:):(?!:)[^;]*[)}]\s*$", re.DOTALL)
LAMBDA_WITHOUT_PARAMETERS = re.compile(r"(?:^|[=(,{&|?:]|\breturn)\s*\[[^\[\]]*\]\s*(?:<[^{}]*>\s*)?(?:mutable\s*)?$")
ACCESS = re.compile(r"\b(?:public|private|protected)\s*:[^:]$")
ATTRIBUTE = re.compile(r"\[\[[^\]]*\]\]|\balignas\s*\([^()]*(?:\([^()]*\)[^()]*)*\)")


class Unbalanced(Exception):
    """The matcher lost its way: said aloud, because a function that it does not see would pass."""


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int   # where its declaration begins
    lines: int  # from there to its closing brace, both included


def _without_directives(code):
    """Blanks preprocessor lines, with their continuations."""
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: re.sub(r"[^\n]", " ", m.group()), code, flags=re.MULTILINE)


def _strip_template(head):
    """Takes `template <...>` prefixes off a declaration."""
    head = head.lstrip()
    while head.startswith("template"):
        depth = 0
        for i, c in enumerate(head):
            depth += (c == "<") - (c == ">" and head[i - 1] != "-")
            if c == ">" and depth == 0:
                head = head[i + 1:].lstrip()
                break
        else:
            return head
    return head


def _kind(head):
    head = ATTRIBUTE.sub(" ", _strip_template(head))
    if SCOPE.match(head) and not re.search(r"\)\s*(?:const\s*)?$", head):
        return "scope"
    if TRAILER.search(head) or INITIALISERS.search(head) or LAMBDA_WITHOUT_PARAMETERS.search(head):
        return "function"
    return "list"


def _name(head):
    head = ATTRIBUTE.sub(" ", _strip_template(head))
    found = re.search(r"(operator\s*(?:\(\)|[^\s(]+)|[\w:~]+)\s*(?:<[^<>()]*>)?\s*\(", head)
    bound = re.search(r"(\w+)\s*=\s*(?:&?\s*)\[", head)
    return bound.group(1) if bound else (found.group(1) if found else "lambda")


def _closing(code, opening):
    """Offset of the brace that closes the one at `opening`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    raise Unbalanced(f"line {line_of(code, opening)}: this brace is never closed")


def functions(text):
    """Every function of the file, in order. Raises Unbalanced when the braces do not match."""
    code = _without_directives(code_only(text))
    found = []
    stack = []  # (kind, where the enclosing declaration began)
    start = 0   # where the current declaration began
    at = 0
    while at < len(code):
        c = code[at]
        if c == "{":
            kind = _kind(code[start:at])
            if kind == "function":
                end = _closing(code, at)
                begin = start + len(code[start:at]) - len(code[start:at].lstrip())
                if stack and stack[-1][0] == "list":  # a lambda among initialisers: its own part of the list only
                    begin = at
                first = line_of(code, begin)
                found.append(Function(_name(code[start:at]), first, line_of(code, end) - first + 1))
                at = end
                if not (stack and stack[-1][0] == "list"):
                    start = end + 1
            else:
                stack.append((kind, start))
                start = at + 1
        elif c == "}":
            if not stack:
                raise Unbalanced(f"line {line_of(code, at)}: this brace closes nothing")
            kind, begun = stack.pop()
            start = at + 1 if kind == "scope" else begun
        elif c == ";" and stack and stack[-1][0] == "list":
            raise Unbalanced(f"line {line_of(code, at)}: a statement among initialisers")
        elif c == ";" or (c == ":" and ACCESS.search(code[start:at + 2])):
            start = at + 1
        elif c == "," and stack and stack[-1][0] == "list":
            start = at + 1
        at += 1
    if stack:
        raise Unbalanced(f"{len(stack)} braces are never closed")
    return found
