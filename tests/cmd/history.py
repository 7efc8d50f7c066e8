#!/usr/bin/env python3
"""m2sim history from outside: recording, comparing, gates, what it refuses, and its page in a browser."""
import html
import json
import os
import re
import subprocess
import unittest

import guest

FAILURE = 125
PROGRAMS = ("alpha", "beta", "gamma")


def result(revision, mode, mips, cpi=1.0, error=5.0):
    programs = [{"name": name, "ok": True, "program_sha256": name, "difference_percent": error + place,
                 "stats": {"core.cpi": cpi + place, "host.mips": mips * (place + 1)}}
                for place, name in enumerate(PROGRAMS)]
    if mode == "emulation":
        for program in programs:
            del program["difference_percent"], program["stats"]["core.cpi"]
    manifest = {"version": "0.1.0", "revision": revision, "mode": mode, "core": "m2-pcore", "config_sha256": "c",
                "host": "test"}
    return json.dumps({"schema_version": 1, "manifest": manifest, "programs": programs})


class HistoryTest(guest.GuestTest):
    """A history of three revisions: the second is slower in timing mode, the third gives other cycles."""

    def setUp(self):
        self.db = self.path(self.id() + ".db")
        speeds = {"1" * 40: 1.0, "2" * 40: 0.8, "3" * 40: 0.8}
        for place, (revision, speed) in enumerate(speeds.items()):
            files = []
            for mode, base in (("emulation", 500), ("timing", 12), ("fast-timing", 20)):
                slower = speed if mode == "timing" else 1
                for run, noise in enumerate((0.99, 1.0, 1.01, 1.002, 0.997)):
                    mips = base * slower * (noise + place / 1000)
                    text = result(revision, mode, mips, 1.0 + (place == 2), 5.0 + 3 * (place == 2))
                    files.append(self.write(f"{self.id()}-{place}-{mode}-{run}.json", text))
            done = self.history("record", "--note", "</script><b>" if place == 1 else "plain", *files)
            self.assertEqual(done.status, 0, done.err)

    def history(self, *arguments):
        return self.m2sim("history", arguments[0], "--db", self.db, *arguments[1:])

    def refused(self, pattern, *arguments):
        self.assert_fails(FAILURE, pattern, "history", *arguments)


class Records(HistoryTest):
    def test_list_and_show(self):
        listed = self.history("list").out
        self.assertEqual(len(listed.splitlines()), 4)
        self.assertRegex(listed, r"  2  20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  222222222222 +15  emulation 3, timing 3, fast-timing 3")
        shown = self.history("show", "last~1", "--figures", "host.*").out
        self.assertIn("</script><b>", shown)
        self.assertRegex(shown, r"timing +beta +host.mips +19\.2")

    def test_compare(self):
        self.assertRegex(self.history("compare", "1111", "2222").out, r"timing +all +host.mips .* -19\.\d\d % .* changed")
        path = self.path("compare.json")
        self.assertEqual(self.history("compare", "last~1", "last", "--json", path).status, 0)
        with open(path, encoding="utf-8") as file:
            compared = json.load(file)
        verdicts = {d["figure"]: d["verdict"] for d in compared["differences"] if d["mode"] == "timing"}
        self.assertEqual(verdicts["core.cpi"], "changed")
        self.assertEqual(verdicts["host.mips"], "within noise")

    def test_gates(self):
        gate = ("--fail-if", "host.mips<-5%")
        slower = self.history("compare", "1", "2", *gate)
        self.assertEqual(slower.status, 1)
        self.assertRegex(slower.out, r"FAILED host.mips<-5%: host.mips of alpha in timing mode went from 12 to 9\.6")
        self.assertEqual(self.history("compare", "2", "3", *gate).status, 0)
        self.assertEqual(self.history("compare", "1", "2", "--fail-if", "emulation:*:host.mips<-5%").status, 0)
        self.assertEqual(self.history("compare", "2", "3", *gate, "--fail-if", "core.*!=0").status, 1)


class BadInput(HistoryTest):
    def test_one_clear_line(self):
        good = ("--db", self.db)
        self.refused("history: say what to do: record, list", )
        self.refused("history: there is no 'lits'; did you mean 'list'", "lits")
        self.refused("history record: write m2sim history record FILE.json...", "record")
        self.refused("history compare: write m2sim history compare BEFORE AFTER", "compare", "1", *good)
        self.refused("history list: --html means nothing here", "list", "--html", "x", *good)
        self.refused("history: there is no history 'none.db'", "list", "--db", "none.db")
        self.refused("history: there is no record '9'; ids are 1 to 3", "show", "9", *good)
        self.refused("--fail-if: 'host.mips<', column 11", "compare", "1", "2", "--fail-if", "host.mips<", *good)
        self.refused("history report: --html FILE is missing", "report", *good)
        self.refused("cannot write 'none/x.html'", "report", "--html", "none/x.html", *good)
        self.refused("history: 'none/x.db': unable to open", "record", "--db", "none/x.db",
                     self.write("r.json", result("4" * 40, "timing", 1)))
        os.mkdir(self.path("folder"))
        self.refused(".*folder' is a directory", "list", "--db", self.path("folder"))
        self.refused(".*text' is not a history", "list", "--db", self.write("text", "no database\n" * 100))


class Page(HistoryTest):
    def dom(self, *options):
        page = self.path("page.html")
        self.assertEqual(self.history("report", "--html", page).status, 0)
        with open(page, encoding="utf-8") as file:
            self.text = file.read()
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               "--user-data-dir=" + self.path("browser"), "--dump-dom", *options, "file://" + page],
                              capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    def test_charts_are_drawn(self):
        dom = self.dom()
        self.assertIn('data-ready="true"', dom)
        self.assertNotIn("data-error", dom)
        charts = re.findall(r'<svg[^>]* class="chart"[^>]* data-figure="([^"]*)" data-mode="([^"]*)" data-program="([^"]*)"', dom)
        drawn = {("host.mips", mode, "all") for mode in ("emulation", "timing", "fast-timing")}
        drawn |= {(figure, "timing", name) for figure in ("core.cpi", "difference_percent") for name in PROGRAMS}
        self.assertEqual(set(charts), drawn)
        self.assertEqual(len(re.findall(r'<path class="trend" d="M[^"]*L[^"]*L[^"]*"', dom)), len(drawn))

    def test_regressions_are_marked(self):
        dom = self.dom()
        slower = re.search(r'data-figure="host.mips" data-mode="timing" data-program="all".*?</svg>', dom, re.S).group()
        self.assertEqual(re.findall(r'class="point (\w*)"', slower), ["", "worse", ""])
        rows = [re.findall(r"<td[^>]*>([^<]*)", row) for row in re.findall(r"<tr>.*?</tr>", dom)]
        regressions = {(row[0][0], row[1], row[2], row[3]) for row in rows if row[-1:] == ["regression"]}
        expected = {("2", "timing", name, "host.mips") for name in (*PROGRAMS, "all")}
        expected |= {("3", mode, name, "difference_percent") for name in (*PROGRAMS, "all")
                     for mode in ("timing", "fast-timing")}
        self.assertEqual(regressions, expected)

    def test_needs_no_network_and_takes_any_note(self):
        dom = self.dom()
        self.assertIn(html.escape("</script><b>"), dom)
        links = re.findall(r"\b(?:src|href)=|@import|url\(|https?://[^\"' ]*", self.text)
        self.assertEqual(links, ["http://www.w3.org/2000/svg"])


if __name__ == "__main__":
    unittest.main()
