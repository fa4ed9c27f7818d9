// One candidate, in a dialog beside the table.
const CONFIDENCE_MEANING = {
  proven: "everything that it reaches was followed",
  likely: "what could not be followed is improbable to matter",
  unproven: "it reaches calls that could not be followed",
};
let opened = null;

// As a shell takes it literally.
function shellWord(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

function usageFacts(row) {
  if (row.calls === undefined || row.calls === null) return [];
  const facts = [`${few.format(row.calls)} calls a day`];
  if (row.p50 !== null) facts.push(`median ${duration(row.p50)}`);
  if (row.p95 !== null) facts.push(`p95 ${duration(row.p95)}`);
  if (row.payload !== null) facts.push(`payload ${bytes(row.payload)}`);
  if (row.failed !== null) facts.push(`${few.format(row.failed * 100)} % failed`);
  return facts;
}

function headOf(row) {
  const verdict = report.verdicts[row.verdict];
  const confidence = report.confidences[row.confidence];
  const title = element("h2", "", row.name);
  title.id = "details-name";
  title.tabIndex = -1;
  const tool = (text, label, act) => {
    const button = element("button", "", text);
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  };
  const tools = element(
    "div",
    "tools",
    tool("←", "The one before in the table (key: left)", () => openBeside(-1)),
    tool("→", "The next one in the table (key: right)", () => openBeside(1)),
    tool("Copy link", "Copy a link to this candidate", copyLink),
    tool("Close", "Close (key: Escape)", () => byId("details").close()),
  );
  const said = element("p", "", element("span", `verdict ${verdict}`, verdict), " ", element("span", `confidence ${confidence}`, confidence), element("span", "soft", `: ${CONFIDENCE_MEANING[confidence]}`));
  return element("header", "", title, said, tools);
}

function bodyOf(row, data) {
  const [why, place, triggers, effects, hazards, steps, advice, stated, libraries] = data.candidates[row.index];
  const at = placeOf(data, ...place);
  const reason = data.texts[why];
  const facts = [`rank ${row.rank}`, `score ${row.score}`, ...(row.repository ? [row.repository] : []), counted(row.functions, "function"), counted(row.lines, "line"), ...usageFacts(row)];
  const body = element("div", "body", element("p", "", `${reason[0].toUpperCase()}${reason.slice(1)}.`), element("ul", "facts soft", ...facts.map((fact) => element("li", "", fact))), element("p", "", code(at.text)), excerpt(data, at));
  const section = (title, note, ...parts) => body.append(element("h3", "", title, note ? element("span", "soft", ` ${note}`) : ""), ...parts.filter(Boolean));
  if (advice.length) section("What to do", "", element("ol", "", ...advice.map((item) => adviceItem(data, item))));
  section("Triggers", "", element("ul", "", ...triggers.map((item) => triggerItem(data, item))));
  const ordered = [...effects].sort(([one], [other]) => Boolean(report.blockers & (1 << other)) - Boolean(report.blockers & (1 << one)));
  section("Effects", effects.length ? "" : "none: it depends on its arguments and changes nothing outside", ...ordered.flatMap((item) => effectPart(data, row.name, item)));
  if (stated.length) section("Stated", "the verdict rests on this", element("ul", "", ...stated.map((item) => statedItem(data, item))));
  if (hazards.length) section("Hazards", "", ...hazardParts(data, hazards));
  if (steps.length) section("Unresolved", `${counted(steps.length, "call")} that could not be followed`, unresolvedPart(data, steps));
  if (libraries.length) section("Libraries", "nearest first", element("p", "soft", libraries.map(([name]) => data.texts[name]).join(", ")));
  section("Next", "", code(`migrator explain ${shellWord(row.name)} --root ${shellWord(row.root)}`, "command"));
  return body;
}

async function openDetails(row) {
  const dialog = byId("details");
  opened = row;
  dialog.replaceChildren(headOf(row));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  byId("details-name").focus();
  try {
    const data = await unpacked();
    if (opened === row && dialog.childElementCount === 1) dialog.append(bodyOf(row, data));
  } catch {
    dialog.append(element("div", "body", element("p", "soft", "This browser cannot unpack the evidence: it needs Compression Streams.")));
  }
}

function copyLink(event) {
  const button = event.currentTarget;
  const said = (text) => {
    button.textContent = text;
    setTimeout(() => (button.textContent = "Copy link"), 1500);
  };
  const link = location.href.replace(/#.*$/, "") + fragmentOf({ ...EMPTY, open: opened.name, root: opened.root });
  const clipboard = navigator.clipboard ? navigator.clipboard.writeText(link) : Promise.reject();
  clipboard.then(() => said("Copied"), () => said("Not allowed"));
}
