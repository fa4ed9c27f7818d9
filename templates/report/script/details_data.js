// The details of all candidates: unpacked once, when the page has nothing else to do or somebody opens one.
const SPOT = 5; // numbers in a row of the table `spots`: file, line, column, reason, whether it changes something
const CALL = 6; // in one of `calls`: file, line, column, call, reason, why it is harmless
let unpacking = null;

function unpacked() {
  unpacking ??= unpack(byId("packed").textContent);
  return unpacking;
}

async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function placeOf(data, file, line, column) {
  const [, path] = data.files[file];
  return { file, line, text: `${data.texts[path]}:${line}:${column}` };
}

function spotOf(data, number) {
  const [file, line, column, reason, changes] = data.spots.slice(number * SPOT, number * SPOT + SPOT);
  return { place: placeOf(data, file, line, column), reason: data.texts[reason], changes: changes === 1 };
}

function callOf(data, number) {
  const [file, line, column, call, reason, harmless] = data.calls.slice(number * CALL, number * CALL + CALL);
  return { place: placeOf(data, file, line, column), call: data.texts[call], reason: data.texts[reason], harmless: data.texts[harmless] };
}

// Names from the candidate to the function that holds the place.
function wayOf(data, name, way) {
  const names = [name];
  for (let at = way; at >= 0; at = data.ways[2 * at + 1]) names.push(data.texts[data.ways[2 * at]]);
  return names;
}

// Lines around a place as [number, text]; none where the file was not there.
function linesAround(data, file, line, around) {
  for (const [first, text] of data.runs[file]) {
    const lines = text.split("\n");
    if (line < first || line >= first + lines.length) continue;
    const from = Math.max(first, line - around);
    return lines.slice(from - first, line + around + 1 - first).map((text, index) => [from + index, text]);
  }
  return [];
}

function callsOf(steps) {
  let at = 0;
  return steps.map((step) => (at += step));
}
