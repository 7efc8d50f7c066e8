const plainNames = new Map(Object.entries(data.plain));  // a function may be called "constructor"
const plainOf = name => plainNames.get(name) ?? name;
const fileName = path => path.slice(path.lastIndexOf("/") + 1);
const hex = value => `0x${value.toString(16)}`;
const costsOf = stack => Object.entries(stack).filter(([name]) => name !== "base").sort((a, b) => b[1] - a[1]);
const kLeastCode = 0.01, kMostCode = 12;  // functions whose code is there without being asked for

function leading(stack, cycles, most) {
  const named = costsOf(stack).filter(([, part]) => part >= 0.05 * cycles).slice(0, most);
  const made = element("span");
  named.forEach(([name, part], i) => made.append(i ? ", " : "", swatch(name, `${name} ${Math.round(100 * part / cycles)} %`)));
  return made;
}

// Names of the places that branches of a function lead to, in its order.
function labelsOf(func) {
  const inside = new Set(func.instructions.map(inst => inst.address)), found = new Set();
  for (const inst of func.instructions) {
    const target = targetOf(inst);
    if (target !== null && inside.has(target)) found.add(target);
  }
  return new Map([...found].sort((a, b) => a - b).map((address, i) => [address, `L${i + 1}`]));
}

function targetOf(inst) {
  const found = /^(?:b|b\.\w+|bl|cbn?z|tbn?z)\s.*#0x([0-9a-f]+)$/.exec(inst.text);
  return found ? parseInt(found[1], 16) : null;
}

const functionAt = new Map(data.functions.map(func => [`${func.object} ${func.address}`, func]));

function codeText(func, inst, labels) {
  const target = targetOf(inst);
  if (!inst.text) return "?";
  if (target === null) return inst.text;
  const called = functionAt.get(`${func.object} ${target}`), name = labels.get(target) ?? (called && plainOf(called.name));
  return name === undefined ? inst.text : inst.text.replace(/#0x[0-9a-f]+$/, () => name);
}

function loopList(func, labels) {
  const list = element("ul", {class: "loops"}), byOffset = new Map(func.instructions.map(inst => [inst.offset, inst]));
  const named = offsets => offsets.slice(0, 6).map(offset => `+${hex(offset)} ${codeText(func, byOffset.get(offset), labels)}`);
  func.loops.forEach((loop, i) => {
    const first = byOffset.get(loop.offset), label = labels.get(first.address) ?? `+${hex(loop.offset)}`, limit = loop.limit;
    const place = loop.line ? `${label}, ${fileName(loop.file)}:${loop.line}` : label;
    const entry = element("li", {"data-iterations": loop.iterations, "data-cycles": loop.cycles});
    entry.style.marginLeft = `${1.2 * (loop.depth - 1)}rem`;
    entry.append(element("b", {}, `loop ${i + 1} (${place})`), `: ${whole(loop.iterations)} iterations of ${loop.cycles_per_iteration.toFixed(2)} cycles, ` +
      `${percent(shareOf(loop.cycles))} of the program; limited by `);
    if (limit.cause === "base") entry.append(`its work: ${Math.round(100 * limit.share)} % of the slots rename a uop`);
    else entry.append(swatch(limit.cause), ` ${Math.round(100 * limit.share)} %: ${meaning(kStack + limit.cause)}`);
    const where = limit.chain.length ? `the chain: ${named(limit.chain).join(" → ")} → next iteration` : limit.instructions.length && limit.cause !== "base" ? `at ${named(limit.instructions).join("; ")}` : "";
    if (where) entry.append(element("br"), element("span", {class: "where"}, where));
    list.append(entry);
  });
  return list;
}

const kCodeCells = {4: "loop", 6: "text"};

function codeTable(func) {
  const made = element("table", {class: "code"}), body = element("tbody"), heads = element("thead"), head = element("tr"), labels = labelsOf(func);
  const columns = [["cycles", "number"], ["%", "number spare"], ["count", "number spare"], ["CPI", "number"], ["", ""], ["", ""], ["", ""], ["main stall", ""]];
  for (const [name, kind] of columns) head.append(element("th", {class: kind, scope: "col"}, name));
  heads.append(head);
  const depths = new Map();
  for (const loop of func.loops) for (const offset of loop.instructions) depths.set(offset, Math.max(depths.get(offset) ?? 0, loop.depth));
  const across = (kind, text) => {
    const line = element("tr", {class: kind}), cell = element("td", {colspan: columns.length}, text);
    line.append(cell);
    body.append(line);
  };
  let source = "", before = null;
  for (const inst of func.instructions) {
    if (before !== null && inst.address !== before + 4) across("gap", "⋯");
    before = inst.address;
    const where = inst.line ? `${fileName(data.files[inst.file])}:${inst.line}${inst.inlined === undefined ? "" : ` in ${plainOf(data.inlined[inst.inlined])}`}` : "";
    if (where && where !== source) across("source", `${where}  ${data.sources?.[inst.file]?.[inst.line] ?? ""}`);
    source = where || source;
    if (labels.has(inst.address)) across("label", `${labels.get(inst.address)}:`);
    const line = element("tr", {"data-offset": inst.offset, "data-cycles": inst.cycles}), depth = Math.min(depths.get(inst.offset) ?? 0, 3), share = shareOf(inst.cycles);
    const cells = [rounded(inst.cycles), (100 * share).toFixed(1), whole(inst.count), per(inst.cycles, inst.count), "|".repeat(depth), `+${hex(inst.offset)}`,
                   codeText(func, inst, labels), ""];
    cells.forEach((text, i) => line.append(element("td", {class: columns[i][1] || kCodeCells[i] || ""}, text)));
    line.lastChild.append(leading(inst.cpi_stack, inst.cycles, 1));
    const heat = Math.min(100, 100 * share / hottestOf(func));
    if (heat >= 1) line.children[0].style.background = `linear-gradient(to left, var(--heat) ${heat}%, transparent ${heat}%)`;
    body.append(line);
  }
  made.append(heads, body);
  return made;
}

const hottestOf = func => func.hottest ??= Math.max(...func.instructions.map(inst => shareOf(inst.cycles)), 1e-12);

// Filled when it is first open: thousands of lines of functions that nobody looks at need not be there.
function codeOf(func) {
  const made = element("details", {"data-function": func.name}), summary = element("summary");
  summary.append(element("b", {}, plainOf(func.name)), `${func.object}: ${rounded(func.cycles)} cycles, ${percent(shareOf(func.cycles))}, CPI ${per(func.cycles, func.insts)}`);
  if (plainOf(func.name) !== func.name) summary.title = func.name;
  made.append(summary);
  const fill = () => {
    if (made.children.length > 1) return;
    if (func.left_out) made.append(element("p", {}, "This page has no code of it: hotter functions have the room. m2sim annotate --function shows it."));
    else if (func.instructions.length === 0) made.append(element("p", {}, "It belongs to no instruction: the pipe drained, or nobody was waited for."));
    else made.append(loopList(func, labelsOf(func)), codeTable(func));
  };
  made.addEventListener("toggle", fill);
  made.fill = fill;
  return made;
}

const shownCode = new Map();
function showCode(func) {
  const made = shownCode.get(func) ?? byId("code-functions").appendChild(codeOf(func));
  shownCode.set(func, made);
  made.fill();
  made.open = true;
  return made;
}

function functionRow(func, name, object) {
  return [{text: rounded(func.cycles), value: func.cycles}, {text: percent(shareOf(func.cycles)), value: func.cycles}, name, {text: whole(func.insts), value: func.insts},
          {text: per(func.cycles, func.insts), value: func.insts > 0 ? func.cycles / func.insts : -1},
          {node: leading(func.cpi_stack, func.cycles, 2), value: costsOf(func.cpi_stack)[0]?.[0] ?? ""}, {text: object}];
}

function fillFunctions() {
  const number = "number", rows = data.functions.map(func => {
    const name = element("button", {type: "button"}, plainOf(func.name));
    name.addEventListener("click", () => {
      const made = showCode(func);
      made.scrollIntoView({block: "start"});
      made.querySelector("summary").focus();
    });
    return functionRow(func, {node: name, value: plainOf(func.name), title: func.name}, func.object);
  });
  if (data.others) {
    const rest = data.others, name = `${rest.functions} functions that cost less`;
    rows.push(functionRow(rest, {text: name}, ""));
  }
  byId("functions-table").append(sortable([["cycles", number], ["%", number], ["function", "name"], ["instructions", number], ["CPI", number], ["leading causes", ""], ["object", ""]],
    rows, {"data-table": "functions"}));
  const wanted = data.functions.filter((func, i) => func.instructions.length > 0 && i < kMostCode && (shareOf(func.cycles) >= kLeastCode || i === 0));
  for (const func of wanted) {
    const made = codeOf(func);
    shownCode.set(func, made);
    byId("code-functions").append(made);
  }
  if (wanted.length > 0) showCode(wanted[0]);
  byId("functions").hidden = byId("code").hidden = data.functions.length === 0;
}
