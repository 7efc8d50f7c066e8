#!/usr/bin/env python3
"""m2sim compare, run --again and --fail-if: two runs beside each other, and one run a second time."""
import json
import unittest

import guest


NOT_NEEDED = {"version", "revision", "program", "end", "status", "settings", "clock_mhz", "config"}


def leaves(value, path=()):
    """Every place in a JSON value, and what is there; of lists and of objects of many members the first."""
    if path:
        yield path, value
    members = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    for key, member in members if not path or path[0] != "configuration" else members[:1]:
        yield from leaves(member, (*path, key))


# By the kind of the value that they take the place of.
OTHERS = {str: (3, 1.5, True, [], {}), int: ("text", 1.5, 1e300, True, [], {}), float: ("text", True, [], {}),
          list: ("text", 3, {}), dict: ("text", 3, [])}


class Runs(guest.GuestTest):
    def setUp(self):
        self.loop = self.guest("loop", guest.LOOP.format(count=3000))

    def run_to(self, name, *arguments, status=0):
        path = self.path(name)
        result = self.m2sim("run", "--quiet", "--stats", path, *arguments)
        self.assertEqual(result.status, status, result.err)
        return path, result.err

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return json.load(file)

    def refused(self, pattern, *arguments):
        result = self.m2sim(*arguments)
        self.assertEqual((result.status, result.out, result.err.count("\n")), (125, "", 1), result.err)
        self.assertRegex(result.err, pattern)


class Compare(Runs):
    def test_every_cycle_of_the_difference_has_a_cause(self):
        before, _ = self.run_to("a.json", self.loop)
        after, _ = self.run_to("b.json", "--set", "branch.mispredict_penalty=30", self.loop)
        path = self.path("compared.json")
        result = self.m2sim("compare", before, after, "--json", path)
        self.assertEqual((result.status, result.err), (0, ""))
        compared = self.read(path)
        cycles = [self.read(file)["stats"]["core.cycles"] for file in (before, after)]
        self.assertEqual([compared["cycles"]["before"], compared["cycles"]["after"]], cycles)
        self.assertGreater(cycles[1], cycles[0])
        causes = compared["cpi_stack"].values()
        self.assertEqual(sum(cause["after"] - cause["before"] for cause in causes), cycles[1] - cycles[0])
        self.assertIn("mispredict_conditional", result.out)
        self.assertRegex(result.out, r"configuration\.branch\.mispredict_penalty +13 -> 30\n")
        self.assertNotIn("config_sha256", result.out)

    def test_functions_where_both_runs_know_them(self):
        before, _ = self.run_to("a.json", self.loop)
        run = self.read(before)
        for name, cycles in (("before.json", 900), ("after.json", 500)):
            code = [{"offset": 0, "text": "add x0, x0, #1", "count": 3000, "cycles": cycles - 100},
                    {"offset": 4, "text": f"b.lt #0x400{cycles}", "count": 3000, "cycles": 100}]
            run["functions"] = [{"name": "loop", "object": "loop", "cycles": cycles, "insts": 6000,
                                 "instructions": code}]
            self.write(name, json.dumps(run))
        result = self.m2sim("compare", self.path("before.json"), self.path("after.json"))
        self.assertEqual(result.status, 0, result.err)
        self.assertRegex(result.out, r"(?m)^ +900 +500 +-400 .* loop$")
        self.assertRegex(result.out, r"(?m)^ +\+0 +\+0 +800 +400 +-400 +add x0, x0, #1$")
        self.assertNotIn("b.lt", result.out)

    def test_conditions(self):
        before, _ = self.run_to("a.json", self.loop)
        after, _ = self.run_to("b.json", "--set", "branch.mispredict_penalty=30", self.loop)
        for condition, status in (("core.cycles>+0.01%", 1), ("core.cycles>+500%", 0), ("core.cycles<100", 0),
                                  ("core.cycles>100", 1)):
            result = self.m2sim("compare", "--quiet", before, after, "--fail-if", condition)
            self.assertEqual((result.status, result.out), (status, ""), condition)
            self.assertEqual("failed: " + condition in result.err, status == 1)
            against = self.m2sim("run", "--quiet", "--set", "branch.mispredict_penalty=30", "--baseline", before,
                                 "--fail-if", condition, self.loop)
            self.assertEqual((against.status, against.err), (status, result.err), condition)

    def test_refuses(self):
        run, _ = self.run_to("a.json", self.loop)
        emulated, _ = self.run_to("e.json", "--mode", "emulation", self.loop)
        self.refused("compare: '.*e.json' has no cycles; it was run in emulation mode", "compare", run, emulated)
        self.refused("cannot read '/nowhere'", "compare", run, "/nowhere")
        newer = self.read(run)
        newer["schema_version"] = 99
        self.write("newer.json", json.dumps(newer))
        self.refused("schema version 99; this m2sim reads 1", "compare", run, self.path("newer.json"))
        newer.update(schema_version=1, functions=[{"name": "f"}])
        self.write("newer.json", json.dumps(newer))
        self.refused("a function that cannot be read", "compare", run, self.path("newer.json"))
        for text in ("", "[]", "{}", "{\"manifest\": 3}", "{\"manifest\": {}}"):
            self.write("no.json", text)
            self.refused("no.json'", "compare", run, self.path("no.json"))
        self.refused("named twice", "compare", run, run, "--json", run)
        self.refused("named twice", "run", "--again", run, "--stats", run)
        self.refused("named twice", "run", "--baseline", run, "--stats", run, self.loop)
        self.refused("did you mean 'core.cpi'", "compare", run, run, "--fail-if", "core.cpj>+2%")
        self.refused("nothing to compare with", "run", "--fail-if", "core.cpi>+2%", self.loop)
        self.refused("did you mean 'core.cpi'", "run", "--fail-if", "core.cpj>2", self.loop)

    def test_a_value_of_another_kind_is_named(self):
        run, _ = self.run_to("a.json", self.loop)
        self.assertEqual(self.m2sim("annotate", "-q", "--json", self.path("f.json"), self.loop).status, 0)
        annotated = self.read(self.path("f.json"))
        self.assertGreater(len(annotated["functions"][0]["instructions"]), 0)

        def check(said):
            file = self.write("changed.json", json.dumps(annotated))
            self.refused(r"\Am2sim: '.*changed.json'" + said + r"\n\Z", "compare", run, file)

        function = annotated["functions"][0]
        for place, key, name in ((annotated, "functions", "functions"), (function, "name", r"functions\[0\].name"),
                                 (function, "object", r"functions\[0\].object"), (function, "cycles", r"functions\[0\].cycles"),
                                 (function, "instructions", r"functions\[0\].instructions"),
                                 (function["instructions"][0], "text", r"functions\[0\].instructions\[0\].text"),
                                 (function["instructions"][0], "offset", r"functions\[0\].instructions\[0\].offset")):
            kept = place[key]
            place[key] = True
            check(f" has a function that cannot be read: {name} must be a .*, and is true")
            place[key] = kept
        del function["insts"]
        check(r" has a function that cannot be read: it has no functions\[0\].insts")
        del annotated["functions"]
        annotated["stats"]["core.cycles"] = "12"
        check(': stats.core.cycles must be a number, and is "12"')


class Again(Runs):
    def test_is_the_same_run(self):
        first, _ = self.run_to("a.json", "--fast-timing", "--core", "m1-pcore", "--set", "rob.groups=100", "--env", "A=B",
                               "--skip", "100", "--limit", "4000", "--start-time", "5", self.loop, "x", "y z")
        second, said = self.run_to("b.json", "--again", first)
        self.assertEqual(said, "")
        one, two = self.read(first), self.read(second)
        self.assertEqual(one["manifest"]["settings"], ["rob.groups=100"])
        for run in (one, two):
            run["stats"] = {name: value for name, value in run["stats"].items() if not name.startswith("host.")}
        self.assertEqual(one, two)

    def test_a_file_of_numbers_is_not_needed_again(self):
        core = self.path("core.toml")
        self.write("core.toml", "base = \"m1-pcore\"\nrob.groups = 77\n")
        first, _ = self.run_to("a.json", "--core", core, self.loop)
        self.write("core.toml", "rob.groups = 55\n")
        second, said = self.run_to("b.json", "--again", first)
        self.assertEqual(said, "")
        one, two = (self.read(file) for file in (first, second))
        self.assertEqual(one["manifest"]["configuration"], two["manifest"]["configuration"])
        self.assertEqual(one["manifest"]["cpu"], two["manifest"]["cpu"])
        self.assertEqual(one["stats"]["core.cycles"], two["stats"]["core.cycles"])

    def test_what_is_given_is_stronger(self):
        first, _ = self.run_to("a.json", "--set", "rob.groups=100", "--limit", "500", self.loop)
        second, _ = self.run_to("b.json", "--again", first, "--core", "m1-pcore", "--limit", "600", "--set",
                                "branch.mispredict_penalty=30", self.loop, "z")
        manifest = self.read(second)["manifest"]
        self.assertEqual((manifest["core"], manifest["cpu"], manifest["limit"]), ("m1-pcore", "m1", 600))
        self.assertEqual(manifest["settings"], ["branch.mispredict_penalty=30"])
        self.assertEqual(manifest["argv"], [self.loop, "z"])
        self.assertNotEqual(manifest["configuration"]["rob.groups"], "100")

    def test_says_what_has_changed(self):
        first, _ = self.run_to("a.json", self.loop)
        self.loop = self.guest("loop", guest.LOOP.format(count=4000))
        _, said = self.run_to("b.json", "--again", first)
        self.assertRegex(said, "^m2sim: --again: the program is not the one of '.*a.json'\n$")
        self.refused("does not say how its run was made", "run", "--again", self.older(first))
        run = self.read(first)
        run["manifest"]["argv"] = ["some/where"]
        self.write("a.json", json.dumps(run))
        self.refused("there is no 'some/where' here; .* was run in '/", "run", "--again", first)

    def test_a_value_of_another_kind_is_named(self):
        plain, _ = self.run_to("a.json", "--skip", "100", "--limit", "500", "--rlimit", "nofile=99", "--roi-markers", self.loop,
                               status=123)
        sampled, _ = self.run_to("s.json", "--sample", "--sample-window", "1000", self.loop)
        self.assertEqual(self.m2sim("phases", "-q", "--interval-size", "1000", "-o", self.path("p"), self.loop).status, 0)
        points, _ = self.run_to("p.json", "--simpoints", self.path("p.simpoints"), self.loop)
        names = set()
        for file in (plain, sampled, points):
            manifest = self.read(file)["manifest"]
            for path, value in leaves(manifest):
                names.add(path[0])
                if path[0] in NOT_NEEDED:
                    continue
                for other in OTHERS[type(value)]:
                    self.changed(file, path, other)
        self.assertLessEqual({"argv", "mode", "skip", "limit", "rlimits", "regions", "sample", "simpoints"}, names)

    def changed(self, file, path, value):
        run = self.read(file)
        place = run["manifest"]
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value
        self.write("changed.json", json.dumps(run))
        result = self.m2sim("run", "-q", "--again", self.path("changed.json"))
        what = (path, value, result.err)
        self.assertEqual((result.status, result.out, result.err.count("\n")), (125, "", 1), what)
        name = "manifest" + "".join(f"[{part}]" if isinstance(part, int) else "." + part for part in path)
        self.assertIn(f"changed.json' does not say how its run was made: {name} must be ", result.err, what)

    def test_very_deep_values_are_refused(self):
        good, _ = self.run_to("a.json", self.loop)
        text = json.dumps(self.read(good))
        for deep in ('{"a":' * 200_000 + "1" + "}" * 200_000, "[" * 200_000 + "]" * 200_000):
            for key in ("schema_version", "manifest", "stats"):
                bad = self.write("deep.json", text.replace(f'"{key}": ', f'"{key}": {deep}, "{key}2": '))
                for command in (("compare", good, bad), ("run", "--again", bad), ("run", "--baseline", bad, self.loop),
                                ("history", "record", "--db", self.path("h.db"), bad)):
                    self.refused("deep.json' has values that lie more than 100 deep in each other", *command)
        self.write("suite.json", "[" * 200_000)
        self.refused("suite.json' has values that lie more than 100 deep", "suite", "--programs", self.folder)
        quoted = self.write("quoted.json", text.replace('"stats": {', '"note": "\\\\\\"' + "[{" * 200 + '", "stats": {'))
        self.assertEqual(self.m2sim("compare", "-q", good, quoted).status, 0)

    def test_simulation_points_that_cannot_be(self):
        self.assertEqual(self.m2sim("phases", "-q", "--interval-size", "1000", "-o", self.path("p"), self.loop).status, 0)
        points, _ = self.run_to("p.json", "--simpoints", self.path("p.simpoints"), self.loop)
        for key, value, said in (("interval_size", 0, r"interval_size must be a whole number from 1000 to \d+, and is 0"),
                                 ("points", [], "its simulation points weigh 0"),
                                 ("points", [[3, 1, 0.5], [3, 1, 0.5]], r"points\[1\]\[0\] must be a whole number from 4 to"),
                                 ("points", [[3, 1]], r"points\[0\] must be a list of 3 or more, and is a list"),
                                 ("points", [[3, 1, 2.5]], r"points\[0\]\[2\] must be a number from 0 to 1.01, and is 2.5")):
            run = self.read(points)
            run["manifest"]["simpoints"][key] = value
            self.refused(said, "run", "--again", self.write("changed.json", json.dumps(run)))

    def older(self, file):
        run = self.read(file)
        del run["manifest"]["configuration"]
        self.write("older.json", json.dumps(run))
        return self.path("older.json")


if __name__ == "__main__":
    unittest.main()
