// What is shown, as the fragment of the address, so that a link leads others to the same.
const EMPTY = { text: "", verdict: [], confidence: [], trigger: [], effect: [], in: "", sort: "rank", down: false, open: "", root: "" };
const LISTS = ["verdict", "confidence", "trigger", "effect"];
let state = { ...EMPTY };

function readAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const read = { ...EMPTY };
  for (const key of ["text", "in", "open", "root"]) read[key] = asked.get(key) || "";
  for (const key of LISTS) read[key] = (asked.get(key) || "").split(",").filter(Boolean);
  const sort = asked.get("sort") || "rank";
  read.down = sort.startsWith("-");
  read.sort = sort.replace(/^-/, "");
  return read;
}

function fragmentOf(shown) {
  const parts = [];
  const add = (key, value) => value && parts.push(`${key}=${encodeURIComponent(value).replaceAll("%2F", "/").replaceAll("%2C", ",")}`);
  add("text", shown.text);
  for (const key of LISTS) add(key, shown[key].join(","));
  add("in", shown.in);
  if (shown.sort !== "rank" || shown.down) add("sort", (shown.down ? "-" : "") + shown.sort);
  add("open", shown.open);
  if (shown.open && report.roots.length > 1) add("root", shown.root);
  return `#${parts.join("&")}`;
}

// Whether a fragment says what is shown; others are places of the page.
function isState(fragment) {
  return fragment.includes("=");
}

function writeAddress(asNew) {
  const fragment = fragmentOf(state);
  if (fragment === location.hash || (fragment === "#" && !isState(location.hash))) return;
  try {
    if (asNew) history.pushState(null, "", fragment);
    else history.replaceState(null, "", fragment);
  } catch {
    // Some browsers limit how often; the next change writes it.
  }
}
