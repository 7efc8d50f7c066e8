"""Has calls inside a shared library go straight to their function.

A distribution links a library so that its calls of its own exported functions go through the linkage table, as somebody
else may define them, too. SPEC's applications are one file each, in which such a call is a bl. Changed is what the
linker's -Bsymbolic-functions would have made otherwise: the displacement of each bl or b to the table's entry of a
function that the library defines itself. Calls from one library into another stay as they are.
"""

import os
import struct

CODE = 4  # SHF_EXECINSTR
JUMP_SLOT = 1026  # R_AARCH64_JUMP_SLOT
INDIRECT_FUNCTION = 10  # STT_GNU_IFUNC: who it is, is found at run time
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
RELOCATION = struct.Struct("<QQq")


class Section:
    def __init__(self, data, at):
        (self.name, _, self.flags, self.address, self.offset, self.size, self.link, *_) = SECTION.unpack_from(data, at)

    def words(self, data):
        return memoryview(data)[self.offset:self.offset + self.size // 4 * 4].cast("I")


def sections(data):
    """By name."""
    if data[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", data, 18)[0] != 183:
        raise ValueError("not a library for 64-bit ARM")
    (start,) = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    found = [Section(data, start + i * size) for i in range(count)]
    text = found[names].offset
    return {data[text + s.name:data.index(b"\0", text + s.name)].decode(): s for s in found}


def own_functions(data, by_name):
    """{address of a slot of the table: of the function, which the library itself defines}"""
    symbols, slots = by_name[".dynsym"], by_name[".rela.plt"]
    own = {}
    for slot, info, _ in RELOCATION.iter_unpack(data[slots.offset:slots.offset + slots.size]):
        _, kind, _, section, value, _ = SYMBOL.unpack_from(data, symbols.offset + (info >> 32) * SYMBOL.size)
        if info & 0xffffffff == JUMP_SLOT and section != 0 and kind & 15 != INDIRECT_FUNCTION:
            own[slot] = value
    return own


def entries(data, table, own):
    """{address of an entry of the table: of its function}: `adrp x16, page; ldr x17, [x16, offset]` names the slot."""
    found = {}
    words = table.words(data)
    for i, (page, load) in enumerate(zip(words, words[1:])):
        if page & 0x9f00001f != 0x90000010 or load & 0xffc003ff != 0xf9400211:
            continue
        address = table.address + 4 * i
        pages = (page >> 5 & 0x7ffff) << 2 | page >> 29 & 3
        pages -= (pages & 1 << 20) << 1
        slot = (address & ~0xfff) + (pages << 12) + (load >> 10 & 0xfff) * 8
        if slot in own:
            found[address] = own[slot]
    return found


def with_direct_calls(library):
    """(the library's bytes, how many calls were changed)"""
    data = bytearray(library)
    by_name = sections(data)
    targets = entries(data, by_name[".plt"], own_functions(data, by_name))
    changed = 0
    for name, section in by_name.items():
        if not section.flags & CODE or name == ".plt":
            continue
        words = section.words(data)
        for i, word in enumerate(words):
            if word & 0x7c000000 != 0x14000000:  # b, bl
                continue
            address = section.address + 4 * i
            away = (word & 0x3ffffff) - ((word & 0x2000000) << 1)
            target = targets.get(address + 4 * away)
            if target is None:
                continue
            words[i] = word & 0xfc000000 | (target - address) // 4 & 0x3ffffff
            changed += 1
    return bytes(data), changed


def make_all(patterns, libraries, folder):
    """Puts the libraries that match, so changed, into a folder for LD_LIBRARY_PATH; those that are there stay."""
    folder.mkdir(exist_ok=True)
    for pattern in patterns:
        found = sorted(libraries.glob(pattern))
        if not found:
            raise SystemExit(f"direct_calls.py: no library {pattern} in {libraries}")
        for library in found:
            path = folder / library.name
            if not path.exists():
                part = folder / f".{library.name}.{os.getpid()}.part"
                part.write_bytes(with_direct_calls(library.read_bytes())[0])
                part.rename(path)
