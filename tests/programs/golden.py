"""The golden statistics: what every program of the suite gave in every mode when they were last recorded.

Any change of a result shows as a difference, intended or not. A change of the model records them anew, with
`modes_check.py --record`, in the commit that makes the change, so that its diff shows what it does.
"""

import hashlib
import json
import pathlib
import struct
import subprocess

FILE = pathlib.Path(__file__).with_name("golden_statistics.json")
PT_LOAD = 1
MODES = ("emulation", "timing", "fast-timing")
# Beside the hash of all statistics, so that a difference can be read.
KEY_STATISTICS = (
    "emulation.insts", "emulation.blocks_decoded", "emulation.block_lookups", "emulation.system_calls",
    "core.cycles", "core.uops", "core.fused_pairs", "branch.mispredicts", "branch.bubble_cycles",
    "l1i.misses", "l1d.misses", "l1d.prefetches", "l2.misses", "dtlb.misses", "lsq.forwarded_loads", "dram.reads")


def loaded_sha256(path):
    """Of what a program's ELF file puts into memory: symbol tables hold names of the compiler's temporary files."""
    text = path.read_bytes()
    entry, headers = struct.unpack_from("<QQ", text, 24)
    size, count = struct.unpack_from("<HH", text, 54)
    loaded = hashlib.sha256(struct.pack("<Q", entry))
    for place in range(headers, headers + size * count, size):
        kind, flags, offset, address, _, in_file, in_memory, _ = struct.unpack_from("<IIQQQQQQ", text, place)
        if kind == PT_LOAD:
            loaded.update(struct.pack("<IQQ", flags, address, in_memory) + text[offset:offset + in_file])
    return loaded.hexdigest()


def statistics_hash(text):
    """Of the lines of a statistics file that hold figures, those of host.* left out."""
    lines = text.decode().split('"stats": {', 1)[1].splitlines()
    kept = [line.strip().rstrip(",") for line in lines if line.strip() and not line.strip().startswith('"host.')]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def entry(text):
    """What is kept of one statistics file."""
    stats = json.loads(text)["stats"]
    return {"statistics_sha256": statistics_hash(text),
            **{name: stats[name] for name in KEY_STATISTICS if name in stats}}


def guest_compiler():
    try:
        done = subprocess.run(["aarch64-linux-gnu-gcc", "--version"], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def load():
    with open(FILE, encoding="utf-8") as file:
        golden = json.load(file)
    return golden["compiler"], {program["name"]: program for program in golden["programs"]}


def compare(golden, row, binary_sha256, entries):
    """Lines about one program; `entries` by mode as entry() makes them."""
    compiler, programs = golden
    known = programs.get(row["name"])
    if known is None:
        yield "has no golden statistics; modes_check.py --record makes them"
        return
    if known["loaded_sha256"] != binary_sha256:
        here = guest_compiler()
        why = (f"the compiler here is '{here}', there it was '{compiler}'" if here != compiler else
               "its source, its flags or the C library changed")
        yield (f"is not the binary that the golden statistics were recorded with ({why}): its statistics cannot be "
               "compared; if that is meant, record anew with modes_check.py --record")
        return
    for mode, found in entries.items():
        yield from compare_entry(mode, known["modes"].get(mode, {}), found)


def compare_entry(mode, known, found):
    if known == found:
        return
    changed = [f"{name} is {found.get(name)}, was {known.get(name)}"
               for name in KEY_STATISTICS if known.get(name) != found.get(name)]
    yield (f"{mode}: not the golden statistics: {'; '.join(changed) or 'the main figures are the same, others differ'}; "
           "if that is meant, record anew with modes_check.py --record")


def record(rows):
    """Writes the file anew; rows are (name, sha256, entries by mode)."""
    lines = []
    for name, sha256, entries in rows:
        modes = ",\n".join(f"   {json.dumps(mode)}: {json.dumps(found)}" for mode, found in entries.items())
        lines.append(f'  {{"name": {json.dumps(name)}, "loaded_sha256": "{sha256}", "modes": {{\n{modes}}}}}')
    programs = ",\n".join(lines)
    FILE.write_text(f'{{\n "schema_version": 1,\n "compiler": {json.dumps(guest_compiler())},\n "programs": [\n'
                    f"{programs}\n ]\n}}\n", encoding="utf-8")
