window.addEventListener("error", event => { document.body.dataset.error = event.message; });
const data = JSON.parse(document.getElementById("data").textContent);

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
