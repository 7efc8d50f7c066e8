window.addEventListener("error", event => { document.body.dataset.error = event.message; });
const data = JSON.parse(document.getElementById("data").textContent);

const byId = id => document.getElementById(id);

function element(name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function drawn(parent, name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}

const shown = value => Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
const short = value => Math.abs(value) >= 1e9 ? `${shown(value / 1e9)}G` : Math.abs(value) >= 1e6 ? `${shown(value / 1e6)}M`
  : Math.abs(value) >= 1e4 ? `${shown(value / 1e3)}k` : shown(value);

// Round numbers between two, by decades or by steps.
function ticks(low, high, logarithmic) {
  const found = [];
  if (logarithmic) {
    for (let power = Math.ceil(Math.log10(low) - 1e-9); 10 ** power <= high * 1.0001; ++power) found.push(10 ** power);
    if (found.length > 2) return found;
    const power = 10 ** Math.floor(Math.log10(low));
    return [1, 2, 5, 10, 20, 50, 100, 200, 500].map(times => times * power).filter(value => low <= value && value <= high);
  }
  const rough = (high - low) / 5, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(times => times * power >= rough);
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) found.push(Math.abs(at) < step * 1e-6 ? 0 : at);
  return found;
}

function scale(low, high, from, to, logarithmic) {
  const place = value => logarithmic ? Math.log(value) : value;
  const span = place(high) - place(low) || 1;
  return value => from + (to - from) * (place(value) - place(low)) / span;
}

function table(columns, rows) {
  const made = element("table");
  const head = element("tr");
  for (const [name, kind] of columns) head.append(element("th", {class: kind}, name));
  made.append(head);
  for (const cells of rows) {
    const row = element("tr");
    cells.forEach((cell, i) => {
      const [text, extra] = Array.isArray(cell) ? cell : [cell, ""];
      row.append(element("td", {class: `${columns[i][1]} ${extra}`}, String(text)));
    });
    made.append(row);
  }
  return made;
}

// A table that the heads of its columns sort: numbers largest first, then the other way round. A cell is {text, value}, and
// may have a node in place of the text, and a title.
function sortable(columns, rows, more = {}) {
  const made = element("table", more), head = element("tr"), heads = element("thead"), body = element("tbody");
  const lines = rows.map(cells => {
    const line = element("tr");
    cells.forEach((cell, i) => {
      const place = element("td", {class: columns[i][1], ...(cell.title ? {title: cell.title} : {})}, cell.node ? "" : String(cell.text));
      if (cell.node) place.append(cell.node);
      line.append(place);
    });
    return {line, values: cells.map(cell => cell.value ?? cell.text)};
  });
  const compared = (a, b) => typeof a === "number" ? a - b : String(a).localeCompare(String(b));
  columns.forEach(([name, kind], i) => {
    const place = element("th", {class: kind, scope: "col", "aria-sort": "none"}), button = element("button", {type: "button"}, name);
    button.addEventListener("click", () => {
      const before = place.getAttribute("aria-sort"), first = kind === "number" ? "descending" : "ascending";
      const order = before === "none" ? first : before === "ascending" ? "descending" : "ascending";
      for (const other of head.children) other.setAttribute("aria-sort", "none");
      place.setAttribute("aria-sort", order);
      lines.sort((a, b) => (order === "ascending" ? 1 : -1) * compared(a.values[i], b.values[i]));
      body.replaceChildren(...lines.map(each => each.line));
    });
    place.append(button);
    head.append(place);
  });
  heads.append(head);
  body.append(...lines.map(each => each.line));
  made.append(heads, body);
  return made;
}
