// The table: as many rows as are looked at, more as somebody scrolls.
const FIRST = 30;
const MORE = 100;
let found = [];
let drawn = 0;

function verdictCell(row) {
  const verdict = report.verdicts[row.verdict];
  return element("td", "", element("span", `verdict ${verdict}`, verdict));
}

function confidenceCell(row) {
  const confidence = report.confidences[row.confidence];
  return element("td", "", element("span", `confidence ${confidence}`, confidence));
}

function nameCell(row) {
  const cut = row.name.lastIndexOf(".") + 1;
  const link = element("a", "open", element("span", "module", row.name.slice(0, cut)), element("span", "own", row.name.slice(cut)));
  link.href = fragmentOf({ ...EMPTY, open: row.name, root: row.root });
  const cell = element("th", "", link, element("span", "event", row.trigger));
  cell.scope = "row";
  return cell;
}

function effectsCell(row) {
  const blocking = namesOf(row.effects & report.blockers, report.effects);
  const others = namesOf(row.effects & ~report.blockers, report.effects);
  const cell = element("td", "effects");
  if (blocking.length) cell.append(element("span", "blocks", blocking.join(", ")), others.length ? ", " : "");
  cell.append(others.join(", "));
  return cell;
}

function numberCell(text, label) {
  const cell = element("td", "number", text);
  if (label && text) cell.dataset.label = text === "1" ? label.replace(/s$/, "") : label;
  return cell;
}

const number = (key, label) => (row) => {
  const cell = numberCell(grouped.format(row[key]), label);
  if (!row[key]) cell.classList.add("zero");
  return cell;
};
const known = (key, written, label) => (row) => numberCell(row[key] === null ? "" : written(row[key]), label);

const CELLS = {
  rank: (row) => numberCell(grouped.format(row.rank)),
  name: nameCell,
  repository: (row) => element("td", "", row.repository),
  verdict: verdictCell,
  confidence: confidenceCell,
  effects: effectsCell,
  calls: known("calls", (value) => few.format(value), "calls a day"),
  p95: known("p95", duration, "p95"),
  payload: known("payload", bytes, "payload"),
  failed: known("failed", (value) => `${few.format(value * 100)} %`, "failed"),
  hazards: number("hazards", "hazards"),
  functions: number("functions", "functions"),
  lines: number("lines", "lines"),
};

function columns() {
  return [...byId("table").tHead.rows[0].cells];
}

function rowOf(row, heads) {
  const line = element("tr", "");
  line.dataset.row = row.index;
  line.setAttribute("role", "row");
  for (const head of heads) {
    const cell = CELLS[head.dataset.key](row);
    cell.classList.add(`cell-${head.dataset.key}`);
    if (head.classList.contains("optional")) cell.classList.add("optional");
    cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
    line.append(cell);
  }
  return line;
}

function drawMore(number) {
  if (drawn >= found.length) return;
  const heads = columns();
  const body = document.createElement("tbody");
  body.setAttribute("role", "rowgroup");
  body.append(...found.slice(drawn, drawn + number).map((row) => rowOf(row, heads)));
  byId("table").append(body);
  drawn += number;
}

function drawTable(rowsFound) {
  const table = byId("table");
  for (const body of [...table.tBodies]) body.remove();
  found = rowsFound;
  drawn = 0;
  table.setAttribute("aria-rowcount", found.length + 1);
  drawMore(FIRST);
  for (const head of columns()) {
    if (head.dataset.key === state.sort) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  byId("more").replaceChildren(...(found.length ? [] : [element("p", "empty", rows.length ? "No candidate is like this." : "No event-shaped function was found.")]));
}

function lines() {
  return [...byId("table").querySelectorAll("tbody tr")];
}

function focusLine(at) {
  while (at >= drawn && drawn < found.length) drawMore(MORE);
  const links = byId("table").querySelectorAll("a.open");
  const link = links[Math.max(0, Math.min(at, links.length - 1))];
  if (!link) return;
  link.focus({ preventScroll: true });
  link.closest("tr").scrollIntoView({ block: "nearest" });
}
