"""The golden statistics: what every program of the suite gave in every mode when they were last recorded.

Every figure is kept by its name, one line each. One that has another value or is gone is a difference, intended or
not; one that is new is none until it is recorded. A change of the model records them anew, with
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
# As many changed figures of a run are named; the rest is counted.
SHOWN = 12


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


def guest_compiler():
    try:
        done = subprocess.run(["aarch64-linux-gnu-gcc", "--version"], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def load():
    """The compiler, and by name each program with its figures by mode."""
    with open(FILE, encoding="utf-8") as file:
        golden = json.load(file)
    if golden["schema_version"] != 2:
        raise SystemExit(f"{FILE}: schema version {golden['schema_version']} is not 2")
    programs = {}
    for program in golden["programs"]:
        modes = {mode: {name: values[place] for name, values in program["statistics"].items()
                        if values[place] is not None}
                 for place, mode in enumerate(MODES)}
        programs[program["name"]] = {"loaded_sha256": program["loaded_sha256"], "modes": modes}
    return golden["compiler"], programs


def compare(golden, row, binary_sha256, entries):
    """(lines about one program, figures that are new); `entries` are its figures by mode, host.* aside."""
    compiler, programs = golden
    known = programs.get(row["name"])
    if known is None:
        return ["has no golden statistics; modes_check.py --record makes them"], set()
    if known["loaded_sha256"] != binary_sha256:
        here = guest_compiler()
        why = (f"the compiler here is '{here}', there it was '{compiler}'" if here != compiler else
               "its source, its flags or the C library changed")
        return [f"is not the binary that the golden statistics were recorded with ({why}): its statistics cannot be "
                "compared; if that is meant, record anew with modes_check.py --record"], set()
    lines, added = [], set()
    for mode, found in entries.items():
        lines += compare_figures(mode, known["modes"][mode], found)
        added |= found.keys() - known["modes"][mode].keys()
    return lines, added


def compare_figures(mode, known, found):
    """Every figure that is known must be there and be the same."""
    changed = [f"{name} is {found.get(name, 'gone')}, was {value}"
               for name, value in known.items() if found.get(name) != value]
    if changed:
        more = f"; and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        yield (f"{mode}: not the golden statistics: {'; '.join(changed[:SHOWN])}{more}; "
               "if that is meant, record anew with modes_check.py --record")


def figure_lines(entries):
    """One line a figure: its value in each mode, null where a mode has none."""
    names = dict.fromkeys(name for mode in reversed(MODES) for name in entries[mode])
    for name in names:
        yield f"  {json.dumps(name)}: {json.dumps([entries[mode].get(name) for mode in MODES])}"


def joined(suite, rows):
    """rows, and what the file has of the suite's other programs, in the suite's order."""
    compiler, programs = load()
    if compiler != guest_compiler():
        raise SystemExit(f"the other programs were recorded with '{compiler}': record all of them")
    known = {name: (name, program["loaded_sha256"], program["modes"]) for name, program in programs.items()}
    known.update((row[0], row) for row in rows)
    return [known[program["name"]] for program in suite if program["name"] in known]


def record(rows):
    """Writes the file anew; rows are (name, sha256, entries by mode)."""
    programs = []
    for name, sha256, entries in rows:
        figures = ",\n".join(figure_lines(entries))
        programs.append(f' {{"name": {json.dumps(name)}, "loaded_sha256": "{sha256}", "statistics": {{\n{figures}}}}}')
    text = ",\n".join(programs)
    FILE.write_text(f'{{\n"schema_version": 2,\n"compiler": {json.dumps(guest_compiler())},\n'
                    f'"modes": {json.dumps(MODES)},\n"programs": [\n{text}\n]\n}}\n', encoding="utf-8")
