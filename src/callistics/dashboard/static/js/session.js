// The key, or the token of an embedded page. A key lives as long as the tab; a token in memory.

import { forget, keep, kept } from "./tab.js";

const NAME = "callistics.key";
const REFUSED = "callistics.refused";
let token = null;

export function credential() {
  return token ?? kept(NAME);
}

export function keepKey(key) {
  keep(NAME, key);
}

export function forgetKey() {
  forget(NAME);
}

/** Forget a key that the server refused; the page that is loaded next says with which status. */
export function refuseKey(status) {
  forgetKey();
  keep(REFUSED, status);
}

/** The status with which the last key was refused, null where none was; it is told once. */
export function takeRefusal() {
  const status = kept(REFUSED);
  forget(REFUSED);
  return status;
}

export function holdToken(text) {
  token = text;
}
