const stats = data.stats, kStack = "core.cpi_stack.";
const all = stats["core.cycles"], insts = stats["core.insts"];
const whole = value => Math.round(value).toLocaleString("en-US");
const rounded = value => Math.abs(value) < 100 ? value.toFixed(1) : whole(value);
const per = (part, of, digits = 3) => of > 0 ? (part / of).toFixed(digits) : "-";
const percent = share => `${(100 * share).toFixed(1)} %`;
const shareOf = cycles => all > 0 ? cycles / all : 0;

// Causes of a kind have a hue, so that the eye adds them up.
const kKinds = [
  ["work", 212, 55, /^base$/], ["front end", 46, 85, /^(fetch|instruction_|branch_bubble)/], ["mispredictions", 4, 70, /^mispredict_/],
  ["dependences", 272, 50, /^(dependence_|forwarding)/], ["memory", 166, 55, /^(memory_|data_tlb)/],
  ["ports", 322, 55, /^(port_|store_buffer)/], ["order", 210, 8, /./],
];
const causeNames = Object.keys(stats).filter(name => name.startsWith(kStack)).map(name => name.slice(kStack.length));
const kindOf = cause => kKinds.find(kind => kind[3].test(cause));
const lightness = {};
for (const kind of kKinds) {
  const of = causeNames.filter(cause => kindOf(cause) === kind);
  of.forEach((cause, i) => { lightness[cause] = of.length === 1 ? 58 : 40 + 36 * i / (of.length - 1); });
}
const colorOf = cause => { const [, hue, saturation] = kindOf(cause); return `hsl(${hue} ${saturation}% ${lightness[cause] ?? 60}%)`; };
const inkOn = light => light > 52 ? "#101418" : "#ffffff";
const meaning = name => (data.figures[name] || ["", ""])[1];
const causes = causeNames.map(name => ({name, cycles: stats[kStack + name]})).filter(one => one.cycles > 0).sort((a, b) => b.cycles - a.cycles);

function swatch(cause, text = cause) {
  const made = element("span"), mark = element("span", {class: "swatch"});
  mark.style.background = colorOf(cause);
  made.append(mark, text);
  return made;
}

// Drawn as wide as there is room, and again when that changes, so that text keeps its size.
const drawings = [];
function drawing(place, draw) {
  const again = () => { const width = Math.max(place.clientWidth, 240); if (width !== again.width) draw(again.width = width); };
  drawings.push(again);
  again();
}
window.addEventListener("resize", () => { for (const again of drawings) again(); });

function drawStackBar(width) {
  const height = 44, place = byId("stack-bar");
  place.replaceChildren();
  const svg = drawn(place, "svg", {viewBox: `0 0 ${width} ${height}`, class: "parts", role: "group", "aria-label": "CPI stack"});
  let x = 0;
  for (const one of causes) {
    const share = shareOf(one.cycles), wide = share * width, text = `${one.name}: ${percent(share)}, ${rounded(one.cycles)} cycles; ${meaning(kStack + one.name)}`;
    const part = drawn(svg, "rect", {class: "part", x, y: 0, width: wide, height, tabindex: 0, role: "img", "aria-label": text,
      "data-cause": one.name, "data-cycles": one.cycles});
    part.style.fill = colorOf(one.name);
    drawn(part, "title", {}, text);
    for (const event of ["focus", "mouseenter"]) part.addEventListener(event, () => { byId("stack-told").textContent = text; });
    const label = `${one.name} ${(100 * share).toFixed(0)} %`;
    if (wide > 6.8 * label.length) drawn(svg, "text", {x: x + 6, y: height / 2 + 4}, label).style.fill = inkOn(lightness[one.name]);
    x += wide;
  }
}

function fillStack() {
  drawing(byId("stack-bar"), drawStackBar);
  const number = "number", columns = [["cause", ""], ["CPI", number], ["share", number], ["cycles", number], ["what it is", "wide"]];
  byId("stack-table").append(sortable(columns, causes.map(one => [
    {node: swatch(one.name), value: one.name}, {text: per(one.cycles, insts, 4), value: one.cycles},
    {text: percent(shareOf(one.cycles)), value: one.cycles}, {text: rounded(one.cycles), value: one.cycles}, {text: meaning(kStack + one.name)}]),
    {"data-table": "stack"}));
  const full = Object.entries(stats).filter(([name, cycles]) => name.startsWith("core.full.") && cycles > 0).sort((a, b) => b[1] - a[1]);
  byId("full-table").append(sortable([["structure", ""], ["share", number], ["cycles", number], ["what it is", "wide"]], full.map(([name, cycles]) => [
    {text: name.slice("core.full.".length)}, {text: percent(shareOf(cycles)), value: cycles}, {text: rounded(cycles), value: cycles}, {text: meaning(name)}])));
}

// Intervals.
const over = data.intervals.figures, lengths = over ? over["core.insts"] : [];
const begins = lengths.reduce((found, length) => [...found, found[found.length - 1] + length], [0]);
const kEvents = [["branch.mispredicts", "mispredictions", "hsl(4 70% 52%)"], ["l1d.misses", "L1D misses", "hsl(166 60% 40%)"], ["l2.misses", "L2 misses", "hsl(272 50% 60%)"],
                 ["l1i.misses", "L1I misses", "hsl(46 85% 45%)"], ["dtlb.misses", "DTLB misses", "hsl(212 60% 55%)"]];
const kLeastCause = 0.01;  // of all cycles, to be drawn by itself
const drawnCauses = causes.filter(one => shareOf(one.cycles) >= kLeastCause).map(one => one.name).reverse();
const restOf = i => causes.filter(one => !drawnCauses.includes(one.name)).reduce((sum, one) => sum + (over[kStack + one.name] || [])[i], 0);

function tellInterval(i) {
  const cycles = over["core.cycles"][i], length = lengths[i];
  const leading = causes.map(one => [one.name, over[kStack + one.name][i]]).sort((a, b) => b[1] - a[1]).slice(0, 3);
  const events = kEvents.map(([name, title]) => `${per(1000 * over[name][i], length, 2)} ${title}`).join(", ");
  byId("time-told").textContent = `${whole(begins[i])} to ${whole(begins[i + 1])}: ${rounded(cycles)} cycles, IPC ${per(length, cycles)}, CPI ${per(cycles, length)}; ` +
    `${leading.map(([name, part]) => `${name} ${cycles > 0 ? Math.round(100 * part / cycles) : 0} %`).join(", ")}; by 1000 instructions: ${events}`;
}

// One chart: `layers` are [name, color, value of an interval, filled]; those that are filled lie on each other.
function timeChart(id, title, unit, layers) {
  const figure = element("figure"), caption = element("figcaption", {}, title), place = element("div"), legend = element("div", {class: "legend"});
  caption.append(element("span", {}, unit));
  figure.append(caption, place, legend);
  for (const [name, color] of layers) {
    const entry = element("span"), mark = element("span", {class: "swatch"});
    mark.style.background = color;
    entry.append(mark, name);
    legend.append(entry);
  }
  legend.hidden = layers.length < 2;
  byId("time-charts").append(figure);
  let at = -1;
  drawing(place, width => {
    const height = 190, left = 46, right = 8, top = 8, bottom = 24, count = lengths.length;
    place.replaceChildren();
    const svg = drawn(place, "svg", {viewBox: `0 0 ${width} ${height}`, class: "chart", tabindex: 0, role: "img", "data-plot": id, "data-intervals": count,
      "aria-label": `${title}, ${unit}; arrow keys go through the intervals`});
    const filled = layers.some(layer => layer[3]), sums = lengths.map((_, i) => layers.reduce((sum, layer) => sum + layer[2](i), 0));
    const highest = Math.max(...(filled ? sums : layers.flatMap(layer => lengths.map((_, i) => layer[2](i))))) * 1.05 || 1;
    const x = scale(0, insts, left, width - right), y = scale(0, highest, height - bottom, top);
    for (const tick of ticks(0, highest)) {
      drawn(svg, "line", {class: "axis", x1: left, x2: width - right, y1: y(tick), y2: y(tick)});
      drawn(svg, "text", {x: left - 5, y: y(tick) + 4, "text-anchor": "end"}, short(tick));
    }
    for (const tick of ticks(0, insts).filter(tick => width > 500 || tick % (2 * ticks(0, insts)[1]) === 0)) {
      drawn(svg, "text", {x: x(tick), y: height - 6, "text-anchor": tick === 0 ? "start" : "middle"}, short(tick));
    }
    const steps = values => values.map((value, i) => `${x(begins[i]).toFixed(1)} ${y(value).toFixed(1)}L${x(begins[i + 1]).toFixed(1)} ${y(value).toFixed(1)}`);
    let under = lengths.map(() => 0);
    for (const [name, color, value, fills] of layers) {
      const values = lengths.map((_, i) => under[i] + value(i));
      let path = `M${steps(values).join("L")}`;
      if (fills) path += `L${under.map((base, i) => `${x(begins[i + 1]).toFixed(1)} ${y(base).toFixed(1)}L${x(begins[i]).toFixed(1)} ${y(base).toFixed(1)}`).reverse().join("L")}Z`;
      const line = drawn(svg, "path", {class: fills ? "area" : "curve", d: path, "data-layer": name});
      line.style[fills ? "fill" : "stroke"] = color;
      if (fills) under = values;
    }
    const cursor = drawn(svg, "line", {class: "cursor", y1: top, y2: height - bottom, visibility: "hidden"});
    const show = i => {
      at = Math.min(Math.max(i, 0), count - 1);
      const middle = x((begins[at] + begins[at + 1]) / 2);
      for (const [name, value] of [["x1", middle], ["x2", middle], ["visibility", "visible"]]) cursor.setAttribute(name, value);
      tellInterval(at);
    };
    svg.addEventListener("pointermove", event => {
      const box = svg.getBoundingClientRect(), place = (event.clientX - box.left) * width / box.width;
      const found = begins.findIndex((begin, i) => i < count && x(begins[i + 1]) >= place);
      show(found < 0 ? count - 1 : found);
    });
    svg.addEventListener("keydown", event => {
      const step = {ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -count, End: count}[event.key];
      if (!step) return;
      event.preventDefault();
      show(at + step);
    });
  });
}

function fillTime() {
  byId("time").hidden = lengths.length === 0;
  if (lengths.length === 0) return;
  byId("time-about").textContent = `${lengths.length} interval${lengths.length === 1 ? "" : "s"} of ${whole(data.intervals.length)} instructions that count` +
    `${lengths.length > 1 ? ", the last one the rest" : ""}; from left to right the instructions. What is in the pipe at an interval's end counts in the next.`;
  const ratio = (part, of) => of > 0 ? part / of : 0;
  timeChart("ipc", "IPC", "instructions a cycle", [["IPC", "var(--line)", i => ratio(lengths[i], over["core.cycles"][i]), false]]);
  const parts = drawnCauses.map(name => [name, colorOf(name), i => ratio(over[kStack + name][i], lengths[i]), true]);
  parts.unshift(["all others", "hsl(210 8% 60%)", i => ratio(restOf(i), lengths[i]), true]);
  timeChart("causes", "CPI by cause", "cycles an instruction", parts);
  timeChart("events", "Misses and mispredictions", "by 1000 instructions", kEvents.map(([name, title, color]) => [title, color, i => ratio(1000 * over[name][i], lengths[i]), false]));
}
