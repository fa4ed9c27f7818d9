// What happens when: the address, the keys, the pointer.
function show(next, { asNew = false } = {}) {
  const before = state;
  state = next;
  const filters = ["text", "in", "sort", "down", ...LISTS];
  if (before === EMPTY || filters.some((key) => String(before[key]) !== String(next[key]))) drawAll();
  const dialog = byId("details");
  if (next.open && (next.open !== before.open || next.root !== before.root || !dialog.open)) {
    const row = rows.find((each) => each.name === next.open && (!next.root || each.root === next.root));
    if (row) openDetails(row);
  } else if (!next.open && dialog.open) dialog.close();
  writeAddress(asNew);
}

function drawAll() {
  const { found: matching, counts } = filtered(state);
  drawTable(matching);
  drawChips(counts);
  const query = byId("query");
  if (query.value !== state.text) query.value = state.text;
  byId("order").value = state.sort;
  const all = counted(rows.length, "candidate");
  const where = state.in ? ` in ${state.in}` : "";
  byId("status").textContent = matching.length === rows.length ? `${all}${where}` : `${grouped.format(matching.length)} of ${all}${where}`;
  byId("clear").hidden = !(state.text || state.in || LISTS.some((key) => state[key].length));
  for (const tile of document.querySelectorAll(".map .chosen")) tile.classList.remove("chosen");
  if (state.in) {
    for (const link of document.querySelectorAll(".map a")) {
      if (new URLSearchParams(link.getAttribute("href").slice(1)).get("in") === state.in) link.lastElementChild.classList.add("chosen");
    }
  }
}

function openRow(row) {
  show({ ...state, open: row.name, root: row.root }, { asNew: !state.open });
}

function openBeside(step) {
  const at = found.indexOf(opened) + step;
  if (at >= 0 && at < found.length) openRow(found[at]);
}

function followLinks(event) {
  const link = event.target.closest("a[href^='#']"); // in a drawing it has no `hash`
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (link.dataset.row) {
    event.preventDefault();
    openRow(rows[Number(link.dataset.row)]);
  } else if (link.closest("#table")) {
    event.preventDefault();
    openRow(rows[Number(link.closest("tr").dataset.row)]);
  } else if (isState(link.getAttribute("href"))) {
    // What the link asks for replaces what was asked of the same; the order stays.
    event.preventDefault();
    const asked = new URLSearchParams(link.getAttribute("href").slice(1));
    const next = { ...EMPTY, sort: state.sort, down: state.down };
    for (const [key, value] of asked) next[key] = LISTS.includes(key) ? [value] : value;
    show(next, { asNew: true });
    byId("candidates").scrollIntoView();
  }
}

function typing(target) {
  return target instanceof Element && target.closest("input, select, textarea, [contenteditable]");
}

function tableKeys(event) {
  const line = event.target.closest("tr[data-row]");
  const at = line ? lines().indexOf(line) : -1;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  if (to < 0) byId("query").focus();
  else focusLine(to);
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = byId("details");
  if (dialog.open) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !event.target.closest("pre")) openBeside(step);
    return;
  }
  if (event.key === "/" && !typing(event.target)) {
    event.preventDefault();
    byId("query").focus();
    byId("query").select();
  } else if (event.target === byId("query")) {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      focusLine(0);
    } else if (event.key === "Escape") {
      if (state.text) show({ ...state, text: "" });
      else byId("query").blur();
    }
  } else tableKeys(event);
}

function sortBy(key, first) {
  const again = state.sort === key;
  show({ ...state, sort: key, down: again ? !state.down : first === "descending" });
}

function start() {
  startTheme();
  readRows();
  byId("scripted").hidden = false;
  makeChips();
  for (const head of columns()) {
    head.setAttribute("role", "columnheader");
    head.firstElementChild.addEventListener("click", () => sortBy(head.dataset.key, head.dataset.first));
  }
  state = isState(location.hash) ? readAddress() : EMPTY;
  const asked = state;
  state = EMPTY;
  show(asked);
  if (isState(location.hash) && !asked.open) byId("candidates").scrollIntoView();
  addEventListener("popstate", () => {
    if (isState(location.hash) || !location.hash) show(readAddress());
  });
  document.addEventListener("click", followLinks);
  document.addEventListener("keydown", keys);
  byId("query").addEventListener("input", (event) => show({ ...state, text: event.target.value }));
  byId("order").addEventListener("change", (event) => {
    const head = columns().find((each) => each.dataset.key === event.target.value);
    show({ ...state, sort: event.target.value, down: head.dataset.first === "descending" });
  });
  byId("clear").addEventListener("click", () => {
    show({ ...EMPTY, sort: state.sort, down: state.down });
    byId("query").focus();
  });
  byId("table").addEventListener("click", (event) => {
    const line = event.target.closest("tr[data-row]");
    if (line && !event.target.closest("a") && !String(getSelection())) openRow(rows[Number(line.dataset.row)]);
  });
  const dialog = byId("details");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    const at = found.indexOf(opened);
    opened = null;
    if (state.open) show({ ...state, open: "", root: "" });
    if (at >= 0) focusLine(at);
  });
  new IntersectionObserver(([entry]) => entry.isIntersecting && drawMore(MORE), { rootMargin: "800px" }).observe(byId("more"));
  // Paper has no scroll bar.
  addEventListener("beforeprint", () => drawMore(found.length));
  (window.requestIdleCallback || setTimeout)(() => unpacked().catch(() => {}));
}

addEventListener("DOMContentLoaded", start);
