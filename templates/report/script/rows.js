// The rows of the table, as `rows.py` wrote them: a column a list, names by number, sets as bits.
let report = null;
let rows = [];

function namesOf(bits, names) {
  return names.filter((_, index) => bits & (1 << index));
}

function readRows() {
  report = JSON.parse(byId("rows").textContent);
  const { columns } = report;
  const several = report.roots.length > 1;
  rows = columns.name.map((name, index) => {
    const path = report.paths[columns.path[index]];
    const repository = several ? report.repositories[columns.root[index]] : "";
    const row = {
      index,
      rank: index + 1,
      name,
      path,
      repository,
      root: report.roots[columns.root[index]],
      inside: several ? `${repository}/${path}` : path,
    };
    for (const key of Object.keys(columns)) {
      if (!(key in row)) row[key] = columns[key][index];
    }
    const words = [name, path, repository, row.trigger, report.verdicts[row.verdict], report.confidences[row.confidence]];
    row.words = [...words, ...namesOf(row.effects, report.effects), ...namesOf(row.kinds, report.kinds)].join("\n").toLowerCase();
    return row;
  });
}

// What the sort compares; null stands last in either order.
const SORTED_BY = {
  name: (row) => row.name,
  repository: (row) => row.repository,
  effects: (row) => namesOf(row.effects, report.effects).length,
};

function sortValue(key) {
  return SORTED_BY[key] || ((row) => row[key]);
}
