// What the page says where there is nothing to show: what happened, and what to do next.

import { current, navigate } from "./app.js";
import { copyButton, h } from "./dom.js";
import * as format from "./format.js";
import { describe, isOfRange } from "./chips.js";
import { hasRange, withFilters, withRangeAlone } from "./state.js";

// Not reached, too many at once, or out of order for a while: nothing is wrong with what was asked.
export const LATER = (status) => status === undefined || status === 0 || status === 429 || status >= 500;

/** Every sentence about what is wrong, each with the field that it is about. */
export function failureTexts(error) {
  const items = error.problem?.errors ?? [];
  if (!items.length) return [error.message];
  return items.map(({ pointer, message }) => `${pointer.slice(1).replaceAll("/", " › ")}: ${message}`);
}

/** What failed as a whole; `again` is offered where the same may succeed later. */
export function failureNotice(error, again = null) {
  const texts = failureTexts(error);
  const later = again && LATER(error.status);
  return h("div", { class: "message failure", role: "alert" },
    h("h2", {}, error.problem?.title ?? "The server could not answer"),
    texts.length > 1 ? h("ul", {}, texts.map((text) => h("li", {}, text))) : h("p", {}, texts[0]),
    later ? h("div", { class: "actions" }, h("button", { type: "button", class: "secondary", onclick: () => again() }, "Try again")) : null);
}

/** Nothing matches: because of the filters, the range, or since no call was ever sent. */
export function emptyNotice(state, newest, end) {
  if (newest === null) return firstCall();
  const filtered = !describe(state.filters).every(isOfRange);
  const clear = () => navigate(withRangeAlone(current()));
  const everything = () => navigate(withFilters(current(), { date_range: undefined }));
  return h("div", { class: "message" },
    h("h2", {}, "No call matches"),
    newest ? h("p", {}, newestText(newest.started_at, end)) : null,
    h("div", { class: "actions" },
      filtered ? h("button", { type: "button", class: "secondary", onclick: clear }, "Clear filters") : null,
      hasRange(state.filters) ? h("button", { type: "button", class: "secondary", onclick: everything }, "Show all time") : null));
}

// Most ranges end with yesterday.
function newestText(start, end) {
  const begins = Date.parse(start) > Date.now() ? "begins" : "began";
  const outside = end !== ".." && Date.parse(start) >= Date.parse(end) ? ", after the end of this range" : "";
  return `The newest call ${begins} ${format.age(start)}, on ${format.time(start)}${outside}.`;
}

function firstCall() {
  const text = command();
  return h("div", { class: "message" },
    h("h2", {}, "No calls yet"),
    h("p", {}, "Send the first one with a key that may ingest; it is here as soon as the server has answered:"),
    h("pre", { tabindex: "0" }, h("code", {}, text)),
    h("div", { class: "actions" }, copyButton(() => text), h("a", { href: "docs" }, "The API, to try")));
}

function command() {
  const record = {
    call_id: "call-1", merchant_id: "mer_1", reseller_id: "res_1",
    started_at: new Date().toISOString().slice(0, 19) + "Z", duration: 42, outcome: "CONFIRMED",
  };
  return [
    `curl ${new URL("calls", document.baseURI)}`,
    "-H 'Authorization: Bearer YOUR_KEY'",
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify(record)}'`,
  ].join(" \\\n  ");
}
