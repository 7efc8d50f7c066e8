"""Reproducible input for the guests: texts and bytes made from a fixed seed."""

import random


def _words(generator, count):
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    weights = range(len(letters), 0, -1)
    for _ in range(count):
        yield "".join(generator.choices(letters, weights, k=generator.randint(1, 10)))


def make():
    """Name to content; every case of a shell or an applet finds these files in its folder."""
    generator = random.Random(42)
    words = list(_words(generator, 1200))
    numbers = [generator.randint(-100000, 100000) for _ in range(1000)]
    lines = [" ".join(words[i : i + 8]) for i in range(0, len(words), 8)]
    table = [f"{word},{number % 97},{number / 100:.2f},{word.upper()}" for word, number in zip(words, numbers)]
    return {
        "words.txt": ("\n".join(words) + "\n").encode(),
        "numbers.txt": ("\n".join(map(str, numbers)) + "\n").encode(),
        "lines.txt": ("\n".join(lines) + "\n").encode(),
        "table.csv": ("name,group,value,label\n" + "\n".join(table[:300]) + "\n").encode(),
        "data.bin": generator.randbytes(20000),
        "zeros.bin": bytes(10000),
        "empty.txt": b"",
        "no_newline.txt": b"one\ntwo\nthree",
        "tabs.txt": b"a\tb\tc\n  indented\twith tab\n\n\n\nafter blanks\n",
        "utf8.txt": "na\u00efve caf\u00e9 \u03c0\u03c1\u03c9\u03c4\u03bf\u03bd \u65e5\u672c\n".encode(),
        "tree/a.txt": b"first\n",
        "tree/b/c.txt": b"second\nthird\n",
    }
