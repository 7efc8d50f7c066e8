# Genomes, as two of the well-known language benchmarks make and read them: sequences that are repeated and ones that are
# drawn by the frequencies of their letters, and counts of all short pieces and of some long ones in them.
import bisect
import itertools
import sys

REPEATED = "GGCCGGGCGCGGTGGCTCACGCCTGTAATCCCAGCACTTTGGGAGGCCGAGGCGGGCGGATCACCTGAGGTCAGGAGTTCGAGACCAGCCTGGCCAACATGGTGAAACC"
MIXED = (("a", 0.27), ("c", 0.12), ("g", 0.12), ("t", 0.27), ("B", 0.02), ("D", 0.02), ("H", 0.02), ("K", 0.02), ("M", 0.02), ("N", 0.02),
         ("R", 0.02), ("S", 0.02), ("V", 0.02), ("W", 0.02), ("Y", 0.02))
HUMAN = (("a", 0.3029549426680), ("c", 0.1979883004921), ("g", 0.1975473066391), ("t", 0.3015094502008))


def draws(seed):
    while True:
        seed = (seed * 3877 + 29573) % 139968
        yield seed / 139968


def drawn(frequencies, count, numbers):
    letters = [letter for letter, _ in frequencies]
    bounds = list(itertools.accumulate(part for _, part in frequencies))
    bounds[-1] = 1.0
    for begin in range(0, count, 60):
        yield "".join([letters[bisect.bisect(bounds, number)] for number in itertools.islice(numbers, min(60, count - begin))])


def repeated(count):
    text = REPEATED + REPEATED[:60]
    for begin in range(0, count, 60):
        at = begin % len(REPEATED)
        yield text[at:at + min(60, count - begin)]


def file_of(size):
    numbers = draws(42)
    yield ">ONE repeated"
    yield from repeated(2 * size)
    yield ">TWO mixed"
    yield from drawn(MIXED, 3 * size, numbers)
    yield ">THREE human"
    yield from drawn(HUMAN, 5 * size, numbers)


def sequence(lines):
    for line in lines:
        if line.startswith(">THREE"):
            break
    return "".join("".join(char for char in line.upper() if char in "GATC") for line in lines)


def counts(text, length):
    found = {}
    for at in range(len(text) - length + 1):
        piece = text[at:at + length]
        found[piece] = found.get(piece, 0) + 1
    return found


def main():
    size = int(sys.argv[1])
    for _ in range(100):
        text = sequence(iter(list(file_of(size))))
        for length in (1, 2):
            found = counts(text, length)
            total = sum(found.values())
            for piece, count in sorted(found.items(), key=lambda item: (-item[1], item[0])):
                print(f"{piece} {100 * count / total:.3f}")
        for piece in ("GGT", "GGTA", "GGTATT", "GGTATTTTAATT", "GGTATTTTAATTTATAGT"):
            print(counts(text, len(piece)).get(piece, 0), piece, flush=True)


main()
