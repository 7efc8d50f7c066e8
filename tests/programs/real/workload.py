# What the Python interpreter does most: objects and calls, dictionaries, strings, JSON, regular expressions,
# floats, generators and sorting, in turn, so that every stretch of the run has some of each.
import json
import random
import re
import sys


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, draw):
        self.x, self.y, self.z = draw(), draw(), draw()
        self.vx, self.vy, self.vz = draw(), draw(), draw()
        self.mass = 1 + draw()

    def move(self, dt):
        self.x += dt * self.vx
        self.y += dt * self.vy
        self.z += dt * self.vz


def bodies(draw, steps):
    system = [Body(draw) for _ in range(8)]
    for _ in range(steps):
        for i, a in enumerate(system):
            for b in system[i + 1:]:
                dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
                pull = 0.001 / (0.01 + dx * dx + dy * dy + dz * dz) ** 1.5
                a.vx -= dx * b.mass * pull
                a.vy -= dy * b.mass * pull
                a.vz -= dz * b.mass * pull
                b.vx += dx * a.mass * pull
                b.vy += dy * a.mass * pull
                b.vz += dz * a.mass * pull
        for body in system:
            body.move(0.001)
    return sum(body.x for body in system)


class Node:
    def __init__(self, key):
        self.key, self.left, self.right = key, None, None

    def insert(self, key):
        side = "left" if key < self.key else "right"
        child = getattr(self, side)
        if child is None:
            setattr(self, side, Node(key))
        else:
            child.insert(key)

    def walk(self):
        if self.left:
            yield from self.left.walk()
        yield self.key
        if self.right:
            yield from self.right.walk()


def tree(rng, size):
    root = Node(rng.random())
    for _ in range(size):
        root.insert(rng.random())
    return sum(root.walk())


def queens(n, row=0, columns=0, up=0, down=0):
    if row == n:
        return 1
    found = 0
    free = ~(columns | up | down) & ((1 << n) - 1)
    while free:
        bit = free & -free
        free ^= bit
        found += queens(n, row + 1, columns | bit, (up | bit) << 1, (down | bit) >> 1)
    return found


def sieve(limit):
    prime = [True] * limit
    for i in range(2, int(limit ** 0.5) + 1):
        if prime[i]:
            for j in range(i * i, limit, i):
                prime[j] = False
    return sum(prime)


WORD = re.compile(r"([A-Za-z]+)(?:'s)?")
NUMBER = re.compile(r"\b(\d{2,4})-(\d\d)-(\d\d)\b")


def words(text):
    counts = {}
    for word in WORD.findall(text):
        word = word.lower()
        counts[word] = counts.get(word, 0) + 1
    dated = NUMBER.sub(lambda m: f"{m.group(3)}.{m.group(2)}.{m.group(1)}", text)
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:20]
    return len(dated) + sum(len(word) * count for word, count in best)


def documents(rng, size):
    rows = [{"id": i, "name": f"row {i:05d}", "values": [rng.random() for _ in range(4)], "good": i % 3 == 0,
             "tags": ["a", "b", str(i % 7)]} for i in range(size)]
    back = json.loads(json.dumps(rows, sort_keys=True))
    by_tag = {}
    for row in back:
        for tag in row["tags"]:
            by_tag.setdefault(tag, []).append(row["values"][0])
    return sum(map(sum, by_tag.values()))


def matrix(rng, n):
    a = [[rng.random() for _ in range(n)] for _ in range(n)]
    b = [[rng.random() for _ in range(n)] for _ in range(n)]
    columns = list(zip(*b))
    return sum(sum(x * y for x, y in zip(row, column)) for row in a for column in columns)


def main():
    rng = random.Random(20260101)
    with open(sys.argv[1], encoding="utf-8") as file:
        text = file.read()
    total = 0.0
    for turn in range(200):
        start = turn * 7919 % (len(text) - 20000)
        total += bodies(rng.random, 60) + tree(rng, 700) + queens(6) + sieve(6000)
        total += words(text[start:start + 20000]) + documents(rng, 120) + matrix(rng, 24)
    print(f"{total:.6f}")


main()
