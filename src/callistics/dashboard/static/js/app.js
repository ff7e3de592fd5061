// The state of the page and its address, kept in step: back and forward lead to what was shown.

import { read, write } from "./state.js";

const listeners = new Set();
let embedded = false;
let state = null;
let arranged = (given) => given;
// The query of the address that the state is of.
let shown = null;

/**
 * Begin with what the address says; the filters have to be known by then. `arrange` is what becomes
 * of the state of any address, also of those that come later.
 */
export function begin(arrange) {
  arranged = arrange;
  state = readAddress(location.search);
  shown = location.search;
}

function readAddress(search) {
  return arranged(read(search));
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
  // What the page does not know leaves the address with this.
  state = { ...next, unknown: [] };
  if (embedded || replace) history.replaceState(null, "", address);
  else if (address !== location.pathname + location.search) history.pushState(null, "", address);
  shown = location.search;
  tell();
}

export function addressOf(next) {
  return location.pathname + write(next);
}

function tell() {
  for (const listener of listeners) listener(state);
}

// A fragment alone, of the link that skips to the figures or with a token, leaves the state as it is.
addEventListener("popstate", () => {
  if (state === null || location.search === shown) return;
  shown = location.search;
  state = readAddress(shown);
  tell();
});

// A link within the page is followed without loading it anew; a new tab is the browser's.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-page]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(readAddress(new URL(link.href).search));
});
