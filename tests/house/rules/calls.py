"""That what the emulated kernel lacks stands in its table."""

import re

from source_tree import Finding

TABLE = "docs/system_calls.md"
LIST = "emu/linux/calls/syscalls.inc"


def system_calls(tree):
    """docs/system_calls.md names the calls that are not implemented, all of them and no other."""
    lacking = set(re.findall(r"SYSCALL_NAME\(\d+, (\w+)\)", tree.files[LIST]))
    part = re.search(r"## Calls that are not there\n(.*?)\n## ", tree.files[TABLE], re.DOTALL)
    rows = re.findall(r"^\|[^|]+\|([^|]+)\|$", part[1], re.MULTILINE) if part else []
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    for name in sorted(lacking - named):
        yield Finding(TABLE, 1, f"does not name {name}, which {LIST} does not implement")
    for name in sorted(named - lacking):
        yield Finding(TABLE, 1, f"names {name} as not implemented")
