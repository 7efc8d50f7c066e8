"""Kinds of work in turns: objects, text, numbers, JSON, expressions, sorting, compression."""
import hashlib
import json
import random
import re
import sys
import zlib


class Body:
    def __init__(self, x, v):
        self.x = x
        self.v = v

    def step(self, bodies):
        for other in bodies:
            distance = self.x - other.x
            self.v -= 0.001 * distance / (1 + distance * distance)
        self.x += self.v


def objects(times):
    bodies = [Body(float(i), 0.0) for i in range(25)]
    for _ in range(times):
        for body in bodies:
            body.step(bodies)
    return sum(body.x for body in bodies)


def sieve(limit):
    numbers = bytearray([1]) * limit
    for i in range(2, int(limit ** 0.5) + 1):
        if numbers[i]:
            numbers[i * i::i] = bytes(len(range(i * i, limit, i)))
    return sum(numbers)


def text(dice, times):
    words = [f"{dice.choice('abcdefgh')}{dice.randrange(1000)}" for _ in range(times)]
    counts = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    line = " ".join(sorted(counts, key=lambda word: (-counts[word], word)))
    return len(re.findall(r"[a-d]\d+7\b", line)) + len(line)


def documents(dice, times):
    document = {str(i): {"name": f"n{i}", "values": [dice.random() for _ in range(8)]} for i in range(times)}
    return len(json.dumps(json.loads(json.dumps(document)), indent=1))


def long_numbers(digits):
    value = 1
    for i in range(1, digits):
        value *= i
    return len(str(value))


def packed(dice, times):
    data = bytes(dice.choice(b"abcdeeee fgh") for _ in range(times))
    return len(zlib.compress(data, 6)) + hashlib.sha256(data).digest()[0]


def main():
    dice = random.Random(1)
    total = 0
    for turn in range(int(sys.argv[1])):
        total += objects(30 + 5 * (turn % 3))
        total += sieve(200_000)
        total += text(dice, 10_000 + 2_000 * (turn % 2))
        total += documents(dice, 400)
        total += long_numbers(700)
        total += packed(dice, 30_000)
        total += sum(sorted(dice.random() for _ in range(10_000)))
    print(round(total, 3))


main()
