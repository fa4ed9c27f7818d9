// The parts of which the details of a candidate are made.
const AROUND = 2;
const SHOWN_FIRST = 5;

function excerpt(data, place, around = AROUND) {
  const lines = linesAround(data, place.file, place.line, around);
  if (!lines.length) return null;
  const indents = lines.filter(([, text]) => text.trim()).map(([, text]) => text.length - text.trimStart().length);
  const indent = indents.length ? Math.min(...indents) : 0;
  const block = element("pre", "excerpt");
  block.tabIndex = 0;
  block.setAttribute("aria-label", `Code around line ${place.line}`);
  for (const [number, text] of lines) {
    const marked = number === place.line;
    block.append(element(marked ? "mark" : "span", "", element("i", "", String(number)), text.slice(indent) || " "));
  }
  return block;
}

function code(text, style = "place") {
  return element("code", style, text);
}

// The first few of a list, and a button for the rest.
function folded(list, items, draw) {
  const add = (some) => list.append(...some.map(draw));
  add(items.slice(0, SHOWN_FIRST));
  if (items.length <= SHOWN_FIRST) return list;
  const button = element("button", "", `Show ${grouped.format(items.length - SHOWN_FIRST)} more`);
  button.type = "button";
  button.addEventListener("click", () => {
    const before = list.children.length;
    add(items.slice(SHOWN_FIRST));
    button.remove();
    list.children[before].tabIndex = -1;
    list.children[before].focus();
  });
  return element("div", "", list, button);
}

function evidenceItem(data, name, [number, way]) {
  const spot = spotOf(data, number);
  const names = wayOf(data, name, way);
  const steps = element("ol", "way", ...names.map((step) => element("li", "", step)));
  steps.setAttribute("aria-label", "Calls that lead there");
  return element(
    "li",
    "",
    element("p", "", spot.reason, " ", spot.changes ? element("span", "tag", "changes something") : ""),
    element("p", "", code(spot.place.text)),
    names.length > 1 ? steps : null,
    excerpt(data, spot.place),
  );
}

function effectPart(data, name, [effect, flat]) {
  const pairs = [];
  for (let at = 0; at < flat.length; at += 2) pairs.push([flat[at], flat[at + 1]]);
  const blocks = (report.blockers & (1 << effect)) !== 0;
  const head = element("h4", blocks ? "blocks" : "", report.effects[effect], element("span", "soft", ` ${counted(pairs.length, "place")}${blocks ? ", blocks the move" : ""}`));
  return [head, folded(element("ol", "evidence"), pairs, (pair) => evidenceItem(data, name, pair))];
}

function hazardParts(data, hazards) {
  const byKind = Map.groupBy ? Map.groupBy(hazards, ([kind]) => kind) : grouping(hazards);
  return [...byKind].flatMap(([kind, found]) => [
    element("h4", "", data.hazards[kind], element("span", "soft", ` ${counted(found.length, "place")}`)),
    folded(element("ol", "evidence"), found, ([, number]) => {
      const spot = spotOf(data, number);
      return element("li", "", element("p", "", spot.reason), element("p", "", code(spot.place.text)), excerpt(data, spot.place, 0));
    }),
  ]);
}

function grouping(hazards) {
  const groups = new Map();
  for (const hazard of hazards) groups.set(hazard[0], [...(groups.get(hazard[0]) || []), hazard]);
  return groups;
}

function unresolvedPart(data, steps) {
  const calls = callsOf(steps).map((number) => callOf(data, number));
  calls.sort((one, other) => Boolean(one.harmless) - Boolean(other.harmless));
  return folded(element("ol", "evidence"), calls, (call) =>
    element(
      "li",
      "",
      element("p", "", code(call.call, "")),
      element("p", "soft", call.harmless ? `improbable to matter: ${call.harmless}` : call.reason),
      element("p", "", code(call.place.text)),
      excerpt(data, call.place, 0),
    ),
  );
}

function adviceItem(data, [title, detail]) {
  return element("li", "", element("b", "", data.texts[title]), element("p", "", data.texts[detail]));
}

function statedItem(data, [allowed, effect, fn, reason, file, line, column]) {
  const said = `${allowed ? "does not count" : "counts"} in ${data.texts[fn]}: ${data.texts[reason]}`;
  return element("li", "", element("b", "", report.effects[effect]), ` ${said} `, code(placeOf(data, file, line, column).text));
}

function triggerItem(data, [kind, framework, text, file, line, column]) {
  const said = data.texts[text] || report.kinds[kind];
  return element("li", "", said, " ", element("span", "tag", data.texts[framework]), " ", code(placeOf(data, file, line, column).text));
}
