// Which rows are shown, in which order, and how many each chip would show.
const GROUPS = {
  verdict: { title: "Verdict", names: () => report.verdicts, has: (row, index) => row.verdict === index },
  confidence: { title: "Confidence", names: () => report.confidences, has: (row, index) => row.confidence === index },
  trigger: { title: "Trigger", names: () => report.kinds, has: (row, index) => (row.kinds & (1 << index)) !== 0 },
  // A candidate has to have all chosen effects, and one of what is chosen of the others.
  effect: { title: "Effect", names: () => report.effects, has: (row, index) => (row.effects & (1 << index)) !== 0, all: true },
};

function textTest(text) {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word && word !== "-");
  const wanted = words.filter((word) => !word.startsWith("-"));
  const unwanted = words.filter((word) => word.startsWith("-")).map((word) => word.slice(1));
  return (row) => wanted.every((word) => row.words.includes(word)) && !unwanted.some((word) => row.words.includes(word));
}

function groupTest(key, chosen) {
  const group = GROUPS[key];
  const indexes = chosen.map((name) => group.names().indexOf(name));
  if (!indexes.length) return () => true;
  return group.all ? (row) => indexes.every((index) => group.has(row, index)) : (row) => indexes.some((index) => group.has(row, index));
}

function filtered(shown) {
  const text = textTest(shown.text);
  const within = rows.filter((row) => (!shown.in || row.inside.startsWith(shown.in)) && text(row));
  const tests = Object.fromEntries(LISTS.map((key) => [key, groupTest(key, shown[key])]));
  const found = within.filter((row) => LISTS.every((key) => tests[key](row)));
  const counts = {};
  for (const key of LISTS) {
    // Of one verdict more: as if the others of its group were not chosen. Of one effect more: beside those that are.
    const others = GROUPS[key].all ? found : within.filter((row) => LISTS.every((other) => other === key || tests[other](row)));
    counts[key] = GROUPS[key].names().map((_, index) => others.reduce((sum, row) => sum + GROUPS[key].has(row, index), 0));
  }
  return { found: ordered(found, shown), counts };
}

function ordered(found, shown) {
  if (shown.sort === "rank" && !shown.down) return found;
  const value = sortValue(shown.sort);
  const sign = shown.down ? -1 : 1;
  const keyed = found.map((row) => [value(row), row]);
  keyed.sort(([one, first], [other, second]) => {
    if (one === other) return first.index - second.index;
    if (one === null || one === undefined) return 1;
    if (other === null || other === undefined) return -1;
    return one < other ? -sign : sign;
  });
  return keyed.map(([, row]) => row);
}
