// The state of the page and its address, kept in step: back and forward lead to what was shown.

import { read, write } from "./state.js";

const listeners = new Set();
let embedded = false;
let state = null;

/** Begin with what the address says; the filters have to be known by then. */
export function begin(change = (given) => given) {
  state = change(read(location.search));
}

export function current() {
  return state;
}

export function subscribe(listener) {
  listeners.add(listener);
}

export function isEmbedded() {
  return embedded;
}

/** An embedded page has no address of its own to go back to, and one view alone. */
export function embedIn() {
  embedded = true;
}

export function navigate(next, { replace = false } = {}) {
  const address = addressOf(next);
  state = next;
  if (embedded || replace) history.replaceState(null, "", address);
  else if (address !== location.pathname + location.search) history.pushState(null, "", address);
  tell();
}

export function addressOf(next) {
  return location.pathname + write(next);
}

function tell() {
  for (const listener of listeners) listener(state);
}

addEventListener("popstate", () => {
  state = { ...read(location.search), ...(embedded ? { view: "dashboard" } : {}) };
  tell();
});

// A link within the page is followed without loading it anew; a new tab is the browser's.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-page]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(read(new URL(link.href).search));
});
