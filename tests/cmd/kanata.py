#!/usr/bin/env python3
"""Checks a trace against the published format of Kanata 0004, which Konata documents.

usage: kanata.py FILE...
"""
import sys

STAGES = "FRDXC"


class Trace:
    """What a file says; `errors` is empty for one that Konata can read and that makes sense."""

    def __init__(self, text):
        self.errors = []
        self.cycle = 0
        self.began = {}     # by id: the cycle of its I
        self.numbers = {}   # by id: of its instruction
        self.ended = {}     # by id: (cycle, type)
        self.labels = {}    # by id: the text on the left
        self.open = {}      # by (id, lane): the stage
        self.stages = {}    # by id: [(lane, stage, begin, end)]
        self.arrows = []    # (consumer, producer, cycle)
        self.retired = 0
        lines = text.split("\n")
        if lines[-1] != "":
            self.errors.append("the last line has no end")
        if lines[0] != "Kanata\t0004":
            self.errors.append(f"the head is {lines[0]!r}")
        for at, line in enumerate(lines[1:-1], 2):
            self.read(at, line.split("\t"))
        self.errors += [f"{i} has no R" for i in self.began if i not in self.ended]

    def fail(self, at, why):
        self.errors.append(f"line {at}: {why}")

    def read(self, at, fields):
        known = {"C=": (2, self.start), "C": (2, self.advance), "I": (4, self.begin), "L": (4, self.label),
                 "S": (4, self.stage), "E": (4, self.stage_end), "R": (4, self.end), "W": (4, self.arrow)}
        if fields[0] not in known:
            return self.fail(at, f"no command {fields[0]!r}")
        count, do = known[fields[0]]
        if len(fields) != count:
            return self.fail(at, f"{len(fields)} fields")
        if (fields[0] == "C=") != (at == 2):
            return self.fail(at, "C= stands behind the head and nowhere else")
        texts = {"L": 1, "S": 1, "E": 1}.get(fields[0], 0)
        numbers = fields[1:len(fields) - texts]
        if not all(field.isdecimal() for field in numbers):
            return self.fail(at, "a field is no number")
        return do(at, *(int(field) for field in numbers), *fields[len(fields) - texts:])

    def alive(self, at, who):
        if who not in self.began or who in self.ended:
            self.fail(at, f"{who} is not there")
            return False
        return True

    def start(self, _at, cycle):
        self.cycle = cycle

    def advance(self, at, cycles):
        if cycles == 0:
            self.fail(at, "no cycle has passed")
        self.cycle += cycles

    def begin(self, at, who, number, _thread):
        if who != len(self.began):
            self.fail(at, f"id {who} behind {len(self.began)} others")
        self.began[who] = self.cycle
        self.numbers[who] = number
        self.stages[who] = []

    def label(self, at, who, kind, text):
        if kind not in (0, 1) or not text:
            self.fail(at, "no such label")
        if self.alive(at, who) and kind == 0:
            self.labels[who] = self.labels.get(who, "") + text

    def stage(self, at, who, lane, name):
        if (who, lane) in self.open:
            self.fail(at, f"{who} is still in {self.open[who, lane][0]}")
        if lane > 1 or not name or (lane == 0 and name not in STAGES):
            self.fail(at, f"no stage {name} of lane {lane}")
        if self.alive(at, who):
            self.open[who, lane] = (name, self.cycle)

    def stage_end(self, at, who, lane, name):
        began, cycle = self.open.pop((who, lane), (None, 0))
        if began != name:
            self.fail(at, f"{name} ends, and {began} is open")
        if self.alive(at, who):
            self.stages[who].append((lane, name, cycle, self.cycle))

    def end(self, at, who, retire_id, kind):
        if not self.alive(at, who):
            return
        self.ended[who] = (self.cycle, kind)
        if kind not in (0, 1):
            self.fail(at, f"no type {kind}")
        if kind == 0:
            if retire_id != self.retired:
                self.fail(at, f"{retire_id} retires behind {self.retired} others")
            self.retired += 1
        for lane in (0, 1):
            if (who, lane) in self.open:
                self.fail(at, f"{who} ends within a stage")
        self.nest(at, who)

    def nest(self, at, who):
        """Lane 0 has no gap from I to R and its stages in their order; lane 1 lies within it."""
        normal = [stage for stage in self.stages[who] if stage[0] == 0]
        cycle = self.began[who]
        for _, _, begin, end in normal:
            if begin != cycle:
                self.fail(at, f"{who} has a gap before {begin}")
            cycle = end
        if cycle != self.ended[who][0]:
            self.fail(at, f"{who} has a gap at its end")
        order = [STAGES.find(stage[1]) for stage in normal]
        if order != sorted(order):
            self.fail(at, f"{who} has its stages in the order {order}")
        if any(begin < self.began[who] or end > self.ended[who][0] for _, _, begin, end in self.stages[who]):
            self.fail(at, f"{who} waits outside of its life")

    def arrow(self, at, consumer, producer, kind):
        if kind != 0:
            self.fail(at, f"the type {kind} is reserved")
        if producer not in self.began or producer >= consumer:
            self.fail(at, f"{producer} is not before {consumer}")
        if self.alive(at, consumer):
            self.arrows.append((consumer, producer, self.cycle))


def main():
    status = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            for error in Trace(file.read()).errors:
                print(f"{path}: {error}")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
