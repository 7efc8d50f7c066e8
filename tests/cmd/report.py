#!/usr/bin/env python3
"""m2sim run --report: that the page shows what the statistics say, in a browser, by mouse and keyboard, whatever the guest is called."""
import html
import json
import os
import re
import subprocess
import unittest

import annotate
import guest

GUEST_CXX = guest.GUEST_CC.replace("gcc", "g++")
MODES = ("timing", "fast-timing")
HOSTILE = "</script><img src=x onerror=nowhere()>"

# Function names that HTML, JavaScript and its objects could take for their own.
NAMES = """
    .globl _start
_start:
    mov x19, #300
again:
    bl "{hostile}"
    bl constructor
    bl __proto__
    subs x19, x19, #1
    b.ne again
    mov x0, #0
    mov x8, #93
    svc #0
    .type "{hostile}", %function
"{hostile}":
    mul x1, x1, x1
    mul x1, x1, x1
    mul x1, x1, x1
    ret
    .type constructor, %function
constructor:
    mul x1, x1, x1
    mul x1, x1, x1
    ret
    .type __proto__, %function
__proto__:
    mul x1, x1, x1
    ret
"""

# What a test does to the page before it is read.
CLICKING = """
const note = {}, frames = () => [...document.querySelectorAll(".frame")];
const named = name => frames().find(frame => frame.dataset.name.startsWith(name));
const width = frame => Number(frame.querySelector("rect").getAttribute("width"));
const press = key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
const focused = () => document.activeElement.dataset.name;
note.whole = width(named("all"));
note.before = width(named("work::sum_of"));
named("work::sum_of").dispatchEvent(new MouseEvent("click", {bubbles: true}));
note.zoomed = width(named("work::sum_of"));
note.disabled = document.getElementById("flame-all").disabled;
document.getElementById("flame-all").click();
note.again = width(named("work::sum_of"));
named("all").focus();
const depth = () => Number(document.activeElement.dataset.depth);
do {  // down to where there is one beside it
  press("ArrowDown"); note.child = focused();
  press("ArrowRight"); note.sibling = focused();
} while (note.sibling === note.child && depth() < 50);
note.depth = depth();
press("ArrowLeft"); note.back = focused();
press("Enter"); note.entered = [focused(), width(document.activeElement)];
press("ArrowUp"); note.up = depth();
press("Escape"); note.escaped = width(named("all")) === note.whole && focused() === "all";
note.tabs = frames().filter(frame => frame.getAttribute("tabindex") === "0").length;
const find = document.getElementById("flame-find");
find.value = "sum_of"; find.dispatchEvent(new Event("input"));
note.found = [document.querySelectorAll(".frame.found").length, document.getElementById("flame-found").textContent];
const column = i => [...document.querySelectorAll('[data-table="functions"] tbody tr')].map(row => row.children[i].textContent);
const heads = document.querySelectorAll('[data-table="functions"] th button');
heads[2].click(); note.byName = column(2);
heads[0].click(); note.byCycles = column(0).map(text => Number(text.replaceAll(",", "")));
heads[0].click(); note.reversed = column(0).map(text => Number(text.replaceAll(",", "")));
note.sorted = document.querySelector('[data-table="functions"] th').getAttribute("aria-sort");
document.querySelector('[data-plot="ipc"]').dispatchEvent(new KeyboardEvent("keydown", {key: "End", bubbles: true}));
note.last = document.getElementById("time-told").textContent;
document.querySelectorAll('[data-table="functions"] tbody button')[0].click();
note.opened = document.activeElement.closest("details").open;
note.paper = getComputedStyle(document.body).backgroundColor;
note.wide = document.documentElement.scrollWidth <= window.innerWidth;
note.saved = figuresText();
note.requests = performance.getEntriesByType("resource").length;
"""

NAMING = """
for (const made of shownCode.values()) made.fill();
const texts = selector => [...document.querySelectorAll(selector)].map(found => found.textContent);
const note = {images: document.images.length, scripts: document.scripts.length, names: texts('[data-table="functions"] tbody button'),
              code: texts("td.text"), command: document.getElementById("run-command").textContent};
"""


def attributes(text):
    return {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', text)}


class ReportTest(guest.GuestTest):
    def ran(self, program, *arguments, status=0, options=()):
        """The page's text and the statistics of the same run."""
        page, stats = self.path("page.html"), self.path("stats.json")
        done = self.m2sim("run", "-q", "--report", page, "--stats", stats, *options, program, *arguments)
        self.assertEqual((done.status, done.err.count("\n")), (status, 0 if status == 0 else 1), done.err)
        with open(page, encoding="utf-8") as file, open(stats, encoding="utf-8") as figures:
            return file.read(), json.load(figures)

    def opened(self, text, script="", *flags):
        """The page as a browser has it when the script has run, what the script noted, and the console."""
        noting = f"<script>{{ {script}\ndocument.body.dataset.note = JSON.stringify(note); }}</script></body>" if script else "</body>"
        page = self.write("opened.html", text.replace("</body>", noting))
        done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                               "--user-data-dir=" + self.path("browser"), "--enable-logging=stderr", *flags, "--dump-dom",
                               "file://" + page], capture_output=True, text=True, timeout=120, check=True)
        console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        self.assertEqual(console, [])
        self.assertIn('data-ready="true"', done.stdout)
        self.assertNotIn("data-error", done.stdout)
        note = re.search(r'data-note="([^"]*)"', done.stdout)
        return done.stdout, json.loads(html.unescape(note[1])) if note else None

    @staticmethod
    def figures(stats):
        return {name: value for name, value in stats["stats"].items() if not name.startswith(("host.", "emulation."))}

    def data(self, text):
        return json.loads(re.search(r'id="data">(.*?)</script>', text, re.S)[1])

    def compiled(self, name, *flags):
        self.write("inlining.cpp", annotate.INLINING)
        subprocess.run([GUEST_CXX, "-O2", *flags, "-static", "-o", self.path(name), self.path("inlining.cpp")], check=True, timeout=120)
        return self.path(name)


class OfACppProgram(ReportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls("setUp")
        cls.text, cls.stats = self.ran(self.compiled("inlining", "-g"), "an argument", HOSTILE, options=("--fast-timing",))
        cls.dom, cls.note = self.opened(cls.text, CLICKING)

    def setUp(self):
        pass

    def test_parts_sum_to_the_run(self):
        stats, data = self.stats["stats"], self.data(self.text)
        parts = [attributes(part) for part in re.findall(r'<rect ([^>]*class="part"[^>]*|class="part"[^>]*)>', self.dom)]
        self.assertEqual(sum(float(part["data-cycles"]) for part in parts), stats["core.cycles"])
        for part in parts:
            self.assertEqual(float(part["data-cycles"]), stats["core.cpi_stack." + part["data-cause"]])
        whole = data["functions"] + ([data["others"]] if "others" in data else [])
        self.assertEqual(sum(function["cycles"] for function in whole), stats["core.cycles"])
        self.assertEqual(sum(function["insts"] for function in whole), stats["core.insts"])
        self.assertEqual(sum(cycles for _, cycles in data["stacks"]), stats["core.cycles"])
        for name, column in data["intervals"]["figures"].items():
            self.assertEqual(sum(column), stats[name], name)
        frames = [attributes(frame) for frame in re.findall(r"<g ([^>]*data-depth[^>]*)>", self.dom)]
        self.assertEqual(float(next(frame["data-cycles"] for frame in frames if frame["data-depth"] == "0")), stats["core.cycles"])

    def test_intervals_fit_the_run(self):
        lengths = self.data(self.text)["intervals"]["figures"]["core.insts"]
        self.assertGreaterEqual(len(lengths), 50)
        self.assertLessEqual(len(lengths), 200)
        self.assertEqual(set(lengths[:-1]), {self.data(self.text)["intervals"]["length"]})
        self.assertEqual(re.findall(r'<svg [^>]*data-plot="(\w+)"', self.dom), ["ipc", "causes", "events"])
        self.assertRegex(self.note["last"], rf"to {self.stats['stats']['core.insts']:,}: .* IPC \d")

    def test_the_flame_graph_by_mouse(self):
        note = self.note
        self.assertLess(note["before"], 0.99 * note["whole"])
        self.assertEqual((note["zoomed"], note["disabled"]), (note["whole"], False))
        self.assertEqual(note["again"], note["before"])
        self.assertIn('data-name="dot"', self.dom)

    def test_the_flame_graph_by_keyboard(self):
        note = self.note
        self.assertEqual(note["child"], note["back"])
        self.assertNotEqual(note["child"], note["sibling"])
        self.assertEqual(note["entered"], [note["child"], note["whole"]])
        self.assertEqual((note["up"], note["escaped"], note["tabs"]), (note["depth"] - 1, True, 1))
        self.assertGreaterEqual(note["found"][0], 1)
        self.assertRegex(note["found"][1], r"^\d+\.\d %$")

    def test_tables_sort(self):
        note = self.note
        self.assertEqual(note["byCycles"], sorted(note["byCycles"], reverse=True))
        self.assertEqual(note["reversed"], sorted(note["reversed"]))
        self.assertEqual(note["sorted"], "ascending")
        self.assertEqual([name.lower() for name in note["byName"]][-1], max(name.lower() for name in note["byName"]))
        self.assertTrue(note["opened"])

    def test_code_has_its_source_and_its_loops(self):
        self.assertRegex(self.dom, r"inlining\.cpp:10  total \+= dot\(one, by\);")
        self.assertRegex(self.dom, r"inlining\.cpp:4 in dot")
        self.assertRegex(self.dom, r'<li data-iterations="100000"')
        self.assertRegex(self.dom, r"the chain: \+0x[0-9a-f]+ fadd")
        offsets = [float(cycles) for cycles in re.findall(r'<tr data-offset="\d+" data-cycles="([^"]*)"', self.dom)]
        self.assertGreater(sum(offsets), 0.5 * self.stats["stats"]["core.cycles"])

    def test_how_it_was_run(self):
        for text in (self.stats["manifest"]["program_sha256"], self.stats["manifest"]["config_sha256"], "an argument", "rob.groups"):
            self.assertIn(html.escape(text, quote=False), self.dom)
        self.assertRegex(self.dom, r"not a measurement")
        self.assertRegex(self.dom, r'id="accuracy-note">\d+ measured loops: ')
        self.assertNotIn('class="badge"', self.dom)

    def test_the_command_of_the_page_is_the_same_run(self):
        command = html.unescape(re.search(r'id="run-command">([^<]*)<', self.dom)[1])
        again = self.path("again.json")
        command = command.replace("m2sim run", f"{guest.M2SIM} run -q --stats {again}", 1)
        subprocess.run(["bash", "-c", command], check=True, timeout=60, stdin=subprocess.DEVNULL, capture_output=True)
        with open(again, encoding="utf-8") as file:
            self.assertEqual(self.figures(json.load(file)), self.figures(self.stats))

    def test_the_saved_figures_are_a_run_that_can_be_repeated(self):
        saved, again = self.write("saved.json", self.note["saved"]), self.path("again.json")
        done = self.m2sim("run", "-q", "--again", saved, "--stats", again)
        self.assertEqual((done.status, done.err), (0, ""))
        self.assertEqual(self.m2sim("compare", "-q", saved, again).status, 0)
        with open(again, encoding="utf-8") as file:
            self.assertEqual(self.figures(json.load(file)), self.figures(self.stats))

    def test_needs_no_network(self):
        self.assertEqual(self.note["requests"], 0)
        links = re.findall(r"\b(?:src|href)=\"|@import|url\(|https?://[^\"' ]*", self.text.split('id="data"')[0])
        self.assertEqual(links, [])
        self.assertIn("Content-Security-Policy\" content=\"default-src 'none'", self.text)

    def test_dark_and_light_and_narrow(self):
        _, dark = self.opened(self.text, CLICKING, "--blink-settings=preferredColorScheme=0")
        _, light = self.opened(self.text, CLICKING, "--blink-settings=preferredColorScheme=1", "--window-size=400,900")
        self.assertEqual((dark["paper"], light["paper"]), ("rgb(20, 23, 27)", "rgb(255, 255, 255)"))
        self.assertTrue(light["wide"])

    def test_an_error_would_be_seen(self):
        broken = self.text.replace("fillFlame();", "fillFlame(); nowhere();", 1)
        self.assertNotEqual(broken, self.text)
        with self.assertRaises(AssertionError):
            self.opened(broken)


class Programs(ReportTest):
    def test_looking_changes_nothing(self):
        program = self.compiled("plain")
        for mode in MODES:
            _, seen = self.ran(program, options=("--mode", mode))
            self.m2sim("run", "-q", "--mode", mode, "--stats", self.path("alone.json"), program)
            with open(self.path("alone.json"), encoding="utf-8") as file:
                self.assertEqual(self.figures(seen), self.figures(json.load(file)))

    def test_what_the_guest_is_called_does_no_harm(self):
        text, stats = self.ran(self.guest("names", NAMES.format(hostile=HOSTILE)), HOSTILE, options=("--env", "X=" + HOSTILE))
        self.assertNotIn("<img", text.split('id="data"')[1])
        _, note = self.opened(text, NAMING)
        names = {function["name"] for function in self.data(text)["functions"]}
        self.assertLessEqual({HOSTILE, "constructor", "__proto__"}, names)
        self.assertEqual(set(note["names"]), names)
        self.assertLessEqual({"bl " + HOSTILE, "bl constructor", "bl __proto__"}, set(note["code"]))
        self.assertIn(HOSTILE, note["command"])
        self.assertEqual(note["images"], 0)
        self.assertEqual(note["scripts"], len(re.findall(r"<script", text)) + 1)
        self.assertEqual(self.data(text)["manifest"]["argv"], stats["manifest"]["argv"])

    def test_without_symbols_and_with_an_early_end(self):
        text, stats = self.ran(self.compiled("nameless", "-s"), options=("--fast-timing", "--skip", "1k", "--limit", "200k"))
        dom, _ = self.opened(text)
        self.assertIn('class="badge">partial', dom)
        self.assertRegex(dom, r"Partial: the run ended at --limit")
        self.assertRegex(dom, r"\d %</?[^>]*>? ?of the cycles are in code without symbols \(nameless\)|\d % of the cycles are in code without symbols \(nameless\)")
        self.assertIn("The first 1,000 instructions do not count", dom)
        self.assertEqual(sum(self.data(text)["intervals"]["figures"]["core.insts"]), 200000)
        self.assertEqual(stats["manifest"]["end"], "limit")

    def test_intervals_that_were_asked_for_and_regions(self):
        program, file = self.compiled("asked"), self.path("asked.csv")
        text, stats = self.ran(program, options=("--fast-timing", "--interval", "5k", "--interval-file", file,
                                                 "--roi-symbol", "double work::sum_of<double>"))
        data = self.data(text)
        self.assertEqual(data["intervals"]["length"], 5000)
        with open(file, encoding="utf-8") as rows:
            self.assertEqual(len(rows.readlines()), 1 + len(data["intervals"]["figures"]["core.insts"]))
        self.assertEqual(sum(function["cycles"] for function in data["functions"]), stats["stats"]["core.cycles"])
        dom, _ = self.opened(text)
        self.assertRegex(dom, r'data-table="regions"')
        self.assertIn("Only regions count", dom)

    def test_a_killed_program_and_one_that_counts_nothing(self):
        text, _ = self.ran(self.guest("crash", "_start: .globl _start\n mov x1, #0\n str x1, [x1]\n"), status=139)
        dom, _ = self.opened(text)
        self.assertRegex(dom, r"Partial: signal 11 killed the program")
        text, _ = self.ran(self.guest("short", guest.EXIT_WITH.format(status=0)), options=("--limit", "0"))
        dom, _ = self.opened(text)
        self.assertIn("No instruction counted", dom)
        self.assertNotIn("NaN", dom.split("</script>", 1)[0] + re.sub(r"(?s)<script.*?</script>", "", dom))

    def test_nonsense(self):
        program = self.guest("loop", guest.LOOP.format(count=10))
        self.assert_fails(125, "run: --report: emulation mode", "run", "--mode", "emulation", "--report", self.path("r.html"), program)
        self.assert_fails(125, ".*/no/such/folder", "run", "--report", "/no/such/folder/r.html", program)
        self.assert_fails(125, ".*named twice", "run", "--report", self.path("r.json"), "--stats", self.path("r.json"), program)


if __name__ == "__main__":
    unittest.main()
