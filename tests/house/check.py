#!/usr/bin/env python3
"""Checks that the tree keeps its own rules.

usage: check.py [--root DIR] [--build DIR] [--list] [RULE...]
Without a rule: all that need no build. The exit status is 1 when a rule found something.
"""

import argparse
import pathlib
import sys
import time

from rules import arrows, calls, code, dispatch, patterns, sizes, sources, tested, tools, words
from source_tree import Tree

RULES = {
    rule.__name__: rule
    for rule in (arrows.arrows, arrows.cycles, arrows.headers, arrows.timeless, sizes.file_size, sizes.folder_size,
                 sizes.function_length, patterns.patterns, code.one_decoder, code.prints, code.host_effects, code.hot_paths, code.macros,
                 code.mnemonics, code.costs,
                 calls.system_calls, words.words, words.ends, sources.config_sources, tested.headers_tested, tools.clang_format)
}
# These look at a build folder too: configured for clang_tidy, built with optimisation for tail_dispatch.
BUILD_RULES = {rule.__name__: rule for rule in (tools.clang_tidy, dispatch.tail_dispatch)}
NOTES = {"config_sources": sources.count_guesses}


def run(name, tree, build):
    """Findings of one rule, printed as they come."""
    begun = time.monotonic()
    found = RULES[name](tree) if name in RULES else BUILD_RULES[name](tree, build)
    count = 0
    for finding in found:
        print(finding, flush=True)
        count += 1
    for note in NOTES.get(name, lambda _: ())(tree):
        print(note)
    print(f"{name}: {count or 'no'} finding{'' if count == 1 else 's'} in {len(tree.files)} files, "
          f"{time.monotonic() - begun:.1f} s", flush=True)
    return count


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--list", action="store_true", help="name the rules and what each asks for")
    parser.add_argument("rules", nargs="*", metavar="RULE")
    options = parser.parse_args()
    if options.list:
        for name, rule in {**RULES, **BUILD_RULES}.items():
            print(f"{name:16} {rule.__doc__.splitlines()[0]}")
        return 0
    unknown = [name for name in options.rules if name not in RULES and name not in BUILD_RULES]
    if unknown:
        parser.error(f"no rule {', '.join(unknown)}; --list names them")
    root = options.root.resolve()
    tree = Tree.load(root)
    build = (options.build or root / "build" / "release").resolve()
    return 1 if sum(run(name, tree, build) for name in options.rules or RULES) else 0


if __name__ == "__main__":
    sys.exit(main())
