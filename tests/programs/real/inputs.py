"""Makes the inputs of the real programs: the same bytes on every machine that unpacked the same packages."""

import array
import hashlib
import itertools
import math
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import zlib

from real.mails import mailbox, mails_txt, prose, vocabulary  # mailbox, mails_txt: by their names below

HERE = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 1920, 1080
FRAME = (480, 272)


def corpus(root, size):
    """Files of the unpacked Debian: programs and libraries, headers, Python and Perl in turn, as in an archive of all sorts. Each kind
    is of one package, so that others that are unpacked change nothing."""
    patterns = ("usr/lib/python3.11/*.py", "usr/lib/aarch64-linux-gnu/libns3-*.so.*", "usr/include/c++/12/bits/*.h",
                "usr/lib/llvm-14/bin/*", "usr/share/perl/5.36.0/*.pm", "usr/lib/aarch64-linux-gnu/gconv/*.so",
                "usr/include/eigen3/Eigen/src/*/*.h", "usr/lib/python3.11/*/*.py")
    kinds = [[path for path in sorted(root.glob(pattern)) if path.is_file() and not path.is_symlink()] for pattern in patterns]
    taken = bytearray()
    for turn in itertools.zip_longest(*kinds):
        for path in filter(None, turn):
            # No file is more than a part.
            taken += path.read_bytes()[:400_000]
        if len(taken) >= size:
            return bytes(taken[:size])
    raise SystemExit(f"inputs.py: only {len(taken)} bytes of files for the compressors")


def channel(rng, base):
    """One colour of a picture that has soft areas, edges and grain."""
    rows = [array.array("i", [base]) * WIDTH for _ in range(HEIGHT)]
    for cell, depth in ((240, 60), (60, 30), (15, 14), (5, 6)):
        grid = [[rng.randrange(-depth, depth + 1) for _ in range(WIDTH // cell + 2)] for _ in range(HEIGHT // cell + 2)]
        for y, row in enumerate(rows):
            upper, lower, part = grid[y // cell], grid[y // cell + 1], y % cell
            ends = [(a * (cell - part) + b * part) for a, b in zip(upper, lower)]
            x = 0
            for left, right in zip(ends, ends[1:]):
                for step in range(min(cell, WIDTH - x)):
                    row[x] += (left * (cell - step) + right * step) // (cell * cell)
                    x += 1
    return rows


def shapes(rng, count):
    for _ in range(count):
        yield (rng.randrange(WIDTH), rng.randrange(HEIGHT), rng.randrange(10, 160), rng.randrange(10, 160),
               [rng.randrange(-50, 51) for _ in range(3)])


def picture():
    """Rows of bytes for red, green and blue."""
    rng = random.Random(3)
    channels = [channel(rng, base) for base in (120, 125, 115)]
    for x, y, width, height, tint in shapes(rng, 60):
        for rows, change in zip(channels, tint):
            for row in rows[y:y + height]:
                row[x:x + width] = array.array("i", [value + change for value in row[x:x + width]])
    grain = [rng.randrange(-3, 4) for _ in range(65_537)]
    limit = [min(max(i - 512, 0), 255) for i in range(1400)]
    return [[bytes(limit[value + 512 + grain[(y * 7919 + x) % 65_537]] for x, value in enumerate(row))
             for y, row in enumerate(rows)] for rows in channels]


def interleaved(red, green, blue):
    row = bytearray(3 * len(red))
    row[0::3], row[1::3], row[2::3] = red, green, blue
    return row


def photo_ppm(_, path):
    rows = b"".join(interleaved(*row) for row in zip(*picture()))
    path.write_bytes(b"P6\n%d %d\n255\n" % (WIDTH, HEIGHT) + rows)


def read_photo(path):
    return path.read_bytes()[-3 * WIDTH * HEIGHT:]


def crop(path, width, height):
    """Rows of the middle of the photo."""
    pixels = read_photo(path.with_name("photo.ppm"))
    return [pixels[3 * (y * WIDTH + 300):3 * (y * WIDTH + 300 + width)] for y in range(200, 200 + height)]


def small_ppm(_, path):
    path.write_bytes(b"P6\n64 48\n255\n" + b"".join(crop(path, 64, 48)))


def part_png(_, path):
    width, height = 768, 512
    rows = b"".join(b"\0" + row for row in crop(path, width, height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))


def bright_hdr(_, path):
    """The part of the photo as light without an upper end, eight bits of each colour and one exponent."""
    width, height = 768, 512

    def light(red, green, blue):
        scaled = [value ** 2.2 / 40 for value in (red, green, blue)]
        fraction, exponent = math.frexp(max(*scaled, 1e-9))
        return bytes(int(value * fraction * 256 / max(*scaled, 1e-9)) for value in scaled) + bytes([exponent + 128])
    rows = b"".join(light(*row[x:x + 3]) for row in crop(path, width, height) for x in range(0, 3 * width, 3))
    path.write_bytes(b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y %d +X %d\n" % (height, width) + rows)


def film_y4m(_, path):
    """A camera that pans over the photo while a piece of it moves the other way; the grain changes with the frame."""
    pixels = read_photo(path.with_name("photo.ppm"))
    width, height = FRAME
    rng = random.Random(8)
    grain = [[rng.choice((-2, -1, -1, 0, 0, 0, 1, 1, 2)) for _ in range(WIDTH * HEIGHT)] for _ in range(3)]
    grainy = [bytes(min(max(value + change, 0), 255) for value, change in zip(pixels[1::3], changes)) for changes in grain]
    small = [plane[::2] for plane in (pixels[2::3], pixels[0::3])]
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n" % FRAME)
        for frame in range(40):
            green = grainy[frame % len(grainy)]
            left, top = 700 + 4 * frame + frame % 3, 300 + 2 * frame
            luma = [bytearray(green[y * WIDTH + left:y * WIDTH + left + width]) for y in range(top, top + height)]
            x = 370 - 7 * frame
            for y in range(60 + 2 * frame, 140 + 2 * frame):
                luma[y][x:x + 96] = green[(y + 300) * WIDTH + 1100:(y + 300) * WIDTH + 1196]
            file.write(b"FRAME\n" + b"".join(luma))
            for plane in small:
                file.write(b"".join(plane[(y * WIDTH + left) // 2:(y * WIDTH + left + width) // 2]
                                    for y in range(top, top + height, 2)))


def signatures_db(_, path):
    """What a virus scanner looks for: sums of files with their sizes and names, and pieces of code in hexadecimal digits."""
    rng = random.Random(4)
    kinds = ("Win.Trojan", "Win.Worm", "Unix.Malware", "Html.Exploit", "Win.Adware", "Doc.Dropper", "Js.Downloader", "Win.Ransomware")
    families = [word.capitalize() for word in vocabulary(rng, 700)]
    lines, pieces = [], [rng.randbytes(rng.randrange(6, 40)).hex() for _ in range(4000)]
    for number in range(170_000):
        name = f"{rng.choice(kinds)}.{families[min(int(rng.paretovariate(0.8)) - 1, 699)]}-{number + 1_000_000 if number % 5 else number}"
        kind = number // 1000 % 4
        if kind < 2:
            lines.append(f"{rng.randbytes(16).hex()}:{rng.randrange(2000, 900_000)}:{name}")
        elif kind == 2:
            lines.append(f"{512 * rng.randrange(1, 2000)}:{rng.randbytes(16).hex()}:{name}")
        else:
            code = [rng.choice(pieces) if rng.random() < 0.4 else rng.randbytes(rng.randrange(8, 50)).hex() for _ in range(rng.randrange(1, 6))]
            lines.append(f"{name}:{rng.randrange(2)}:{rng.choice(('*', 'EP+0', '0'))}:" + rng.choice(("*", "{-20}", "??")).join(code))
    path.write_text("\n".join(lines) + "\n")


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def page(name, text, names):
    """A page of documentation: Perl's, with its paragraphs marked up and links to all others at its sides."""
    links = "".join(f'<li class="toc"><a href="{other}.html" title="{other}">{other}</a></li>\n' for other in names)
    parts = [f'<!DOCTYPE html>\n<html lang="en">\n<head><title>{name}</title><link rel="stylesheet" href="style.css"/></head>\n<body>\n'
             f'<div class="navigation"><ul>\n{links}</ul></div>\n']
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("=head"):
            title = escaped(paragraph.partition(" ")[2])
            parts.append(f'<h{paragraph[5:6]}><a name="{title.replace(" ", "-")}">{title}</a></h{paragraph[5:6]}>\n')
        elif paragraph.startswith("="):
            parts.append(f'<p class="item"><b>{escaped(paragraph.partition(" ")[2])}</b></p>\n')
        elif paragraph[:1].isspace():
            parts.append(f'<pre class="verbatim">{escaped(paragraph)}</pre>\n')
        elif paragraph:
            parts.append(f"<p>{escaped(paragraph)}</p>\n")
    return "".join([*parts, f'<div class="footer">{name}</div>\n</body>\n</html>\n'])


def docs_bin(root, path):
    """Documentation in HTML with some pictures between, as in an archive."""
    files = sorted((root / "usr/share/perl/5.36.0/pod").glob("*.pod"))
    names = [file.stem for file in files]
    picture = path.with_name("part.png").read_bytes()
    taken = bytearray()
    for number, file in enumerate(files):
        taken += page(file.stem, file.read_text(encoding="utf-8", errors="replace"), names).encode()
        if number % 30 == 0:
            taken += picture[number * 4000:number * 4000 + 100_000]
    path.write_bytes(taken[:20_000_000])


def mixed_bin(root, path):
    """Programs, documentation, letters and a picture, a piece of each in turn: more than twice what -7 remembers."""
    kinds = [corpus(root, 16_000_000)] + [path.with_name(name).read_bytes() for name in ("docs.bin", "mails.txt", "photo.ppm")]
    turns = 40
    with open(path, "wb") as file:
        for turn in range(turns):
            for kind in kinds:
                file.write(kind[len(kind) * turn // turns:len(kind) * (turn + 1) // turns])


def catalogue_xml(_, path):
    rng = random.Random(6)
    known = vocabulary(rng, 2000)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<catalogue>"]
    for section in range(600):
        lines.append(f'<section rank="{rng.randrange(1000)}"><title>{" ".join(prose(rng, known, 3))}</title>')
        for item in range(80):
            lines += [f'  <item id="s{section}i{item}" maker="m{rng.randrange(1600)}" stock="{rng.randrange(50)}">',
                      f"    <name>{rng.choice(known)} {rng.choice(known)}</name>",
                      f"    <price>{rng.randrange(100_000) / 100}</price>",
                      f"    <text>{' '.join(prose(rng, known, rng.randrange(8, 30)))}</text>", "  </item>"]
        lines.append("</section>")
    path.write_text("\n".join([*lines, "</catalogue>", ""]))


class Netlist:
    """Gates as BLIF has them."""

    def __init__(self):
        self.lines, self.count = [], 0

    def gate(self, inputs, *rows):
        self.count += 1
        name = f"n{self.count}"
        self.lines += [f".names {' '.join([*inputs, name])}", *(f"{row} 1" for row in rows)]
        return name

    def adder(self, a, b, c):
        return (self.gate((a, b, c), "100", "010", "001", "111"), self.gate((a, b, c), "11-", "1-1", "-11"))

    def write(self, path, inputs, outputs):
        ends = [line for name, bit in outputs.items() for line in (f".names {bit} {name}", "1 1")]
        path.write_text("\n".join([".model logic", f".inputs {' '.join(inputs)}", f".outputs {' '.join(outputs)}", *self.lines,
                                   *ends, ".end", ""]))


def multiplier(net, a, b):
    rows = [[net.gate((x, y), "11") for x in a] for y in b]
    total, low = rows[0], []
    zero = net.gate(())
    for row in rows[1:]:
        low.append(total[0])
        carry, sums = zero, []
        for x, y in zip(row, [*total[1:], zero][:len(row)]):
            value, carry = net.adder(x, y, carry)
            sums.append(value)
        total = [*sums, carry]
    return low + total


def substitution(net, rng, inputs):
    """A random permutation of the bytes, each output as a sum of products."""
    table = list(range(256))
    rng.shuffle(table)
    return [net.gate(inputs, *(f"{i:08b}" for i in range(256) if table[i] >> bit & 1)) for bit in range(8)]


def logic_blif(_, path):
    """A multiplier, and rounds of substitution and mixing."""
    rng = random.Random(7)
    net = Netlist()
    a, b = [f"a{i}" for i in range(24)], [f"b{i}" for i in range(24)]
    product = multiplier(net, a, b)
    state = product[:16]
    for _ in range(3):
        state = [bit for start in range(0, len(state), 8) for bit in substitution(net, rng, state[start:start + 8])]
        state = [net.gate((state[i], state[(i * 5 + 3) % 16], product[i + 16]), "100", "010", "001", "111") for i in range(16)]
    outputs = product[16:] + state
    net.write(path, a + b, {f"o{i}": bit for i, bit in enumerate(outputs)})


def names_blif(_, path):
    """A large multiplier whose nets all have names."""
    net = Netlist()
    a, b = ([f"core/datapath/{name}[{i}]" for i in range(160)] for name in ("multiplicand", "multiplier"))
    net.write(path, a + b, {f"core/datapath/product[{i}]": bit for i, bit in enumerate(multiplier(net, a, b))})


def position_gtp(_, path):
    path.write_text("boardsize 9\nclear_board\ngenmove b\ngenmove w\n")


def position_xboard(_, path):
    path.write_text("xboard\nnew\neasy\nst 2000\nsd 14\nsetboard r1bq1rk1/pp2ppbp/2np1np1/8/3NP3/2N1BP2/PPPQ2PP/R3KB1R w KQ - 0 9\n"
                    "go\n")


def compile_here(source, path, *words):
    """With a compiler of this machine, which is of the same Debian as the libraries."""
    command = [*words, "-o", str(path), str(HERE / source)]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"inputs.py: {source} does not compile: {done.stderr.decode(errors='replace')[:2000]}")


def lattice(_, path):
    compile_here("lattice.c", path, "aarch64-linux-gnu-gcc", "-O3")


def database(root, path):
    libraries = root / "usr/lib/aarch64-linux-gnu"
    compile_here("database.c", path, "aarch64-linux-gnu-gcc", "-O3", f"-I{root}/usr/include", "-Wl,--no-as-needed",
                 str(libraries / "libsqlite3.so"), f"-Wl,-rpath-link,{libraries}", "-Wl,--allow-shlib-undefined")


def clang(root, path, source, *words):
    include = root / "usr" / "include"
    compile_here(source, path, "clang++-14", "--target=aarch64-linux-gnu", "-std=c++17", *words, "-nostdinc++",
                 f"-isystem{include}/c++/12", f"-isystem{include}/aarch64-linux-gnu/c++/12", f"-isystem{include}/aarch64-linux-gnu",
                 f"-isystem{include}/eigen3", f"-isystem{include}/llvm-14", f"-isystem{include}/llvm-c-14")


def llvm_bc(root, path):
    """What LLVM's own headers define, as the optimiser gets it: every function in them, whether it is called or not."""
    folder = root / "usr/include/llvm-14"
    parts = ("IR", "Analysis", "Transforms/*", "CodeGen", "ADT")
    headers = [header.relative_to(folder) for part in parts for header in sorted(folder.glob(f"llvm/{part}/*.h"))]
    source = path.with_name(f"{path.name}.cpp")
    source.write_text("".join(f'#include "{header}"\n' for header in headers))
    clang(root, path, source, "-w", "-O2", "-Xclang", "-disable-llvm-passes", "-femit-all-decls", "-emit-llvm", "-c")
    source.unlink()


def solve_ii_cpp(root, path):
    """What a checker sees that has no headers beside it."""
    clang(root, path, "solve.cpp", "-E", "-P")


def colours(root, path):
    libraries = root / "usr/lib/aarch64-linux-gnu"
    compile_here("colours.cpp", path, "aarch64-linux-gnu-g++", "-O3", "-std=c++17", f"-I{root}/usr/include", "-w",
                 "-Wl,--no-as-needed", str(libraries / "libOpenColorIO.so"), f"-Wl,-rpath-link,{libraries}", "-Wl,--allow-shlib-undefined")


def simulation(root, path, source):
    libraries = root / "usr/lib/aarch64-linux-gnu"
    modules = ("applications", "core", "flow-monitor", "internet", "lte", "mobility", "network", "point-to-point", "propagation",
               "spectrum", "traffic-control", "wifi")
    compile_here(source, path, "aarch64-linux-gnu-g++", "-O3", "-std=c++17", f"-I{root}/usr/include", "-w", "-Wl,--no-as-needed",
                 *(str(libraries / f"libns3-{module}.so") for module in modules), f"-Wl,-rpath-link,{libraries}", "-Wl,--allow-shlib-undefined")


def ns3_example(name):
    return lambda root, path: simulation(root, path, root / f"usr/share/doc/ns3/examples/{name}.cc")


tcp_pacing, dctcp_example, wifi_mixed_network = map(ns3_example, ("tcp/tcp-pacing", "tcp/dctcp-example", "wireless/wifi-mixed-network"))


def cellular(root, path):
    simulation(root, path, "cellular.cpp")


def wireless(root, path):
    simulation(root, path, "wireless.cpp")


def maker(name):
    return globals().get(re.sub("[.-]", "_", name))


def make(name, root, folder):
    """Makes folder/name by the function of that name, or copies the file of this folder."""
    path = folder / name
    if path.exists():
        return
    part = folder / f".{name}.{os.getpid()}.part"
    function = maker(name)
    if function is None:
        shutil.copyfile(HERE / name, part)
    else:
        function(root, part)
    part.rename(path)


def stamp():
    """What all inputs follow from, the unpacked packages aside."""
    digest = hashlib.sha256()
    for path in sorted(HERE.glob("*.*")):
        if path.suffix != ".toml":
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def make_all(names, root):
    """Makes those of `names` that are not there, and says in which folder below root: another one when this folder's files
    are others, so that two versions of them can run on one root."""
    folder = root / f"real.{stamp()[:8]}"
    folder.mkdir(exist_ok=True)
    for name in names:
        make(name, root, folder)
    return f"/{folder.name}"
