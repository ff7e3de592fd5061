// Light or dark: what the system says, unless the reader chose otherwise for this tab.

const NAME = "callistics.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();

export function theme() {
  return sessionStorage.getItem(NAME) ?? (system.matches ? "dark" : "light");
}

export function onTheme(listener) {
  listeners.add(listener);
}

export function switchTheme() {
  sessionStorage.setItem(NAME, theme() === "dark" ? "light" : "dark");
  apply();
}

function apply() {
  document.documentElement.dataset.theme = theme();
  for (const listener of listeners) listener(theme());
}

system.addEventListener("change", apply);
apply();
