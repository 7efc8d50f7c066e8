"""That the structures of the timing model have tests of their own."""

from rules.arrows import includes
from source_tree import Finding, Globs

TESTED = Globs("TESTED", "timing/*.h", "timing/*/*.h")
THEIR_TESTS = Globs("THEIR_TESTS", "tests/timing/")


def headers_tested(tree):
    """Every header of timing/ is included by a file of tests/timing/ itself."""
    seen = {header for path, text in tree.cpp(THEIR_TESTS) for _, header in includes(text)}
    for path in tree.files:
        if TESTED.match(path) and path not in seen:
            yield Finding(path, 1, f"no test includes it: write tests/{path.removesuffix('.h')}_test.cpp")
