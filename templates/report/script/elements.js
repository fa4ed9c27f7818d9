// Elements are made of text and never of markup: what analyzed code calls itself stays a name.
function element(tag, style, ...children) {
  const made = document.createElement(tag);
  if (style) made.className = style;
  for (const child of children) {
    if (child !== null && child !== undefined && child !== "") made.append(child);
  }
  return made;
}

const byId = (id) => document.getElementById(id);
const grouped = new Intl.NumberFormat("en-US");
const few = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });

function counted(number, noun, plural) {
  return `${grouped.format(number)} ${number === 1 ? noun : plural || `${noun}s`}`;
}

function duration(ms) {
  if (ms < 1000) return `${few.format(ms)} ms`;
  return ms < 120000 ? `${few.format(ms / 1000)} s` : `${few.format(ms / 60000)} min`;
}

function bytes(number) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  while (number >= 1000 && unit < units.length - 1) {
    number /= 1000;
    unit += 1;
  }
  return `${few.format(number)} ${units[unit]}`;
}
