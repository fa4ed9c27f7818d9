"use strict";
// The theme, before anything is painted. Where nothing may be kept, the choice holds until the page is closed.
const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "migrator-report-theme";

function keptTheme() {
  try {
    const kept = localStorage.getItem(THEME_KEY);
    return THEMES.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

function applyTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // A page from a file may have no storage.
  }
}

function startTheme() {
  const button = document.getElementById("theme");
  let theme = keptTheme();
  const say = () => {
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    applyTheme(theme);
    say();
  });
  say();
  button.hidden = false;
}

applyTheme(keptTheme());
