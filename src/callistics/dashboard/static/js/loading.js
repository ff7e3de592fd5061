// One load at a time: a newer one ends the older. Live refresh waits for the last, and for a tab
// that is looked at.

import { current } from "./app.js";
import { byId } from "./dom.js";

// What is shown of one record is read, not watched.
const RECORDS = ["call", "lead"];
let running = null;
let timer = 0;
// When what is shown was asked for last: a tab that is looked at again is not to show old figures.
let begun = 0;
let load = null;
let failed = null;

/** `work(signal)` loads what the page shows; `onError` gets what it raises. */
export function startLoading(work, onError) {
  [load, failed] = [work, onError];
  document.addEventListener("visibilitychange", schedule);
}

export function stopLoading() {
  running?.abort();
  clearTimeout(timer);
  load = null;
}

export async function reload() {
  if (!load) return;
  running?.abort();
  const own = new AbortController();
  running = own;
  clearTimeout(timer);
  begun = Date.now();
  byId("main").ariaBusy = "true";
  try {
    await load(own.signal);
  } catch (error) {
    if (own.signal.aborted) return;
    failed(error);
  }
  if (running !== own) return;
  byId("main").ariaBusy = "false";
  running = null;
  schedule();
}

function schedule() {
  clearTimeout(timer);
  const { refresh: seconds, view } = current();
  if (!load || running || !seconds || document.hidden || RECORDS.includes(view)) return;
  timer = setTimeout(reload, Math.max(0, begun + 1000 * seconds - Date.now()));
}
