// Light or dark: what the system says, unless the reader chose otherwise for this tab.

import { keep, kept } from "./tab.js";

const NAME = "callistics.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

export function theme() {
  return kept(NAME) ?? (system.matches ? "dark" : "light");
}

export function onTheme(listener) {
  listeners.add(listener);
}

export function switchTheme() {
  keep(NAME, theme() === "dark" ? "light" : "dark");
  apply();
}

function apply() {
  document.documentElement.dataset.theme = theme();
  for (const listener of listeners) listener(theme());
}

system.addEventListener("change", apply);
apply();
