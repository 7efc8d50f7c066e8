// What lies under a frame is what it called, or what is inlined in it.
function flameTree() {
  const root = {name: "all", cycles: 0, children: new Map(), parent: null, depth: 0};
  for (const [frames, cycles] of data.stacks) {
    let node = root;
    node.cycles += cycles;
    for (const number of frames) {
      const name = data.frames[number];
      if (!node.children.has(name)) node.children.set(name, {name, cycles: 0, children: new Map(), parent: node, depth: node.depth + 1});
      node = node.children.get(name);
      node.cycles += cycles;
    }
  }
  return root;
}

const flame = {root: flameTree(), zoomed: null, focused: null, frames: new Map()};
flame.zoomed = flame.focused = flame.root;
const childrenOf = node => [...node.children.values()].sort((a, b) => b.cycles - a.cycles);
const aboutFrame = node => `${node.name}: ${rounded(node.cycles)} cycles, ${percent(shareOf(node.cycles))}`;

// Warm colors of no meaning, the same for the same name.
function frameLook(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) >>> 0;
  return `hsl(${14 + hash % 42} ${62 + hash % 17}% ${60 + (hash >> 6) % 12}%)`;
}

const kFrame = 21, kLetter = 6.6, kLeastWidth = 0.8;

function drawFlame(width) {
  const place = byId("flame-graph"), rows = [];
  place.replaceChildren();
  flame.frames.clear();
  const add = (node, x, wide, around) => {
    if (wide < kLeastWidth) return;
    rows.push({node, x, wide, around});
    let at = x;
    for (const child of childrenOf(node)) {
      const part = node.cycles > 0 ? wide * child.cycles / node.cycles : 0;
      add(child, at, part, false);
      at += part;
    }
  };
  const outer = [];
  for (let node = flame.zoomed.parent; node; node = node.parent) outer.unshift({node, x: 0, wide: width, around: true});
  rows.push(...outer);
  add(flame.zoomed, 0, width, false);
  const height = kFrame * (1 + Math.max(...rows.map(row => row.node.depth)));
  const svg = drawn(place, "svg", {viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "flame graph", "data-zoomed": flame.zoomed.name});
  if (!rows.some(row => row.node === flame.focused)) flame.focused = flame.zoomed;
  const wanted = byId("flame-find").value.toLowerCase();
  for (const {node, x, wide, around} of rows) {
    const found = wanted && node.name.toLowerCase().includes(wanted);
    const group = drawn(svg, "g", {class: `frame${around ? " around" : ""}${found ? " found" : ""}`, role: "button", tabindex: node === flame.focused ? 0 : -1,
      "aria-label": aboutFrame(node), "data-name": node.name, "data-cycles": node.cycles, "data-depth": node.depth});
    const box = drawn(group, "rect", {x, y: node.depth * kFrame, width: wide, height: kFrame - 1, rx: 2});
    box.style.fill = node === flame.root ? "hsl(210 10% 72%)" : frameLook(node.name);
    drawn(group, "title", {}, aboutFrame(node));
    const letters = Math.floor((wide - 8) / kLetter);
    if (letters > 2) {
      const text = node.name.length > letters ? `${node.name.slice(0, letters - 1)}…` : node.name;
      drawn(group, "text", {x: x + 4, y: node.depth * kFrame + 14}, text).style.fill = "#101418";
    }
    group.addEventListener("click", () => zoomTo(node));
    for (const event of ["focus", "mouseenter"]) group.addEventListener(event, () => { byId("flame-told").textContent = aboutFrame(node); });
    flame.frames.set(node, group);
  }
  byId("flame-all").disabled = flame.zoomed === flame.root;
}

let flameWidth = 0;
function zoomTo(node) {
  const had = byId("flame-graph").contains(document.activeElement);
  flame.zoomed = flame.focused = node;
  drawFlame(flameWidth);
  byId("flame-told").textContent = aboutFrame(node);
  if (had) flame.frames.get(node).focus();
}

function focusFrame(node) {
  const group = flame.frames.get(node);
  if (!group) return;
  flame.frames.get(flame.focused)?.setAttribute("tabindex", -1);
  flame.focused = node;
  group.setAttribute("tabindex", 0);
  group.focus();
}

function flameKey(event) {
  const node = flame.focused, beside = node.parent ? childrenOf(node.parent) : [node], place = beside.indexOf(node);
  const go = {
    ArrowDown: () => focusFrame(childrenOf(node)[0]), ArrowUp: () => focusFrame(node.parent), ArrowRight: () => focusFrame(beside[place + 1]),
    ArrowLeft: () => focusFrame(beside[place - 1]), Enter: () => zoomTo(node), " ": () => zoomTo(node), Escape: () => zoomTo(flame.root),
  }[event.key];
  if (!go) return;
  event.preventDefault();
  go();
}

function findFrames() {
  const wanted = byId("flame-find").value.toLowerCase();
  drawFlame(flameWidth);
  // A frame within one that was found is part of it already.
  const sum = node => wanted && node.name.toLowerCase().includes(wanted) ? node.cycles : childrenOf(node).reduce((cycles, child) => cycles + sum(child), 0);
  byId("flame-found").textContent = wanted ? percent(shareOf(sum(flame.root))) : "";
}

function fillFlame() {
  byId("flame").hidden = data.stacks.length === 0;
  if (data.stacks.length === 0) return;
  drawing(byId("flame-graph"), width => drawFlame(flameWidth = width));
  byId("flame-graph").addEventListener("keydown", flameKey);
  byId("flame-all").addEventListener("click", () => zoomTo(flame.root));
  byId("flame-find").addEventListener("input", findFrames);
}
