// Chips that filter by what a candidate is; each says how many it would show.
const chips = new Map();

function makeChips() {
  for (const key of LISTS) {
    const group = element("div", "chips", element("span", "", GROUPS[key].title));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", GROUPS[key].title);
    GROUPS[key].names().forEach((name, index) => {
      if (!rows.some((row) => GROUPS[key].has(row, index))) return;
      const number = element("span", "number");
      const style = key === "verdict" ? element("span", `verdict ${name}`, name) : name;
      const chip = element("button", "chip", style, number);
      chip.type = "button";
      chip.addEventListener("click", () => {
        const chosen = state[key].includes(name) ? state[key].filter((each) => each !== name) : [...state[key], name];
        show({ ...state, [key]: chosen });
      });
      chips.set(`${key} ${name}`, { chip, number, key, name, index });
      group.append(chip);
    });
    if (group.childElementCount > 1) byId("chips").append(group);
  }
}

function drawChips(counts) {
  for (const { chip, number, key, name, index } of chips.values()) {
    chip.setAttribute("aria-pressed", String(state[key].includes(name)));
    number.textContent = grouped.format(counts[key][index]);
    chip.classList.toggle("none", counts[key][index] === 0);
  }
}
