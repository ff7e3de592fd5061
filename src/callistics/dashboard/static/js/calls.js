// The calls behind the figures: the same filters, page by page, newest or oldest first.

import { resolve, searchCalls } from "./api.js";
import { addressOf, current, navigate } from "./app.js";
import { showAsked } from "./asked.js";
import { announce, fill, h, notify, redraw } from "./dom.js";
import { downloadMenu } from "./download.js";
import * as format from "./format.js";
import { cellOf, isFigure } from "./call-fields.js";
import { label } from "./labels.js";
import { withDays } from "./query.js";

const COLUMNS = [
  "started_at", "outcome", "duration", "provider", "end_reason", "attempt", "cost", "merchant_id",
  "agent_id", "template_id", "status", "direction", "sentiment", "lead_id", "call_id",
];
const ALWAYS = ["started_at", "outcome", "duration", "call_id"];
const LIMIT = 100;
let asked = null;
let calls = [];
let resolved = null;
let cursor = null;
// What more calls are on their way of.
let adding = null;

function body() {
  const { filters, timezone, order } = current();
  return { filters, timezone, order };
}

/** Show the first page; pages that were added stay where the same is asked for again. */
export async function showCalls(place, signal) {
  const [state, wanted] = [current(), body()];
  place.setAttribute("aria-busy", "true");
  try {
    if (!stays(wanted)) await load(wanted, place, signal);
    notify();
    showAsked(resolved, state);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

function stays(wanted) {
  const added = calls.length > LIMIT || adding === asked;
  return asked !== null && added && JSON.stringify(wanted) === JSON.stringify(asked);
}

async function load(wanted, place, signal) {
  const range = { query_type: "call_count", filters: wanted.filters, timezone: wanted.timezone };
  const [found, read] = await Promise.all([
    searchCalls({ ...wanted, limit: LIMIT }, signal), resolve(range, signal),
  ]);
  // More may have been asked for meanwhile.
  if (stays(wanted)) return;
  [asked, calls, cursor, resolved] = [wanted, found.data, found.next_cursor, withDays(read, current())];
  draw(place);
  announce(calls.length ? counted() : "No call matches");
}

async function more(place, button) {
  button.disabled = true;
  button.parentElement.querySelector(".notice")?.remove();
  const wanted = asked;
  adding = wanted;
  try {
    const found = await searchCalls({ ...wanted, limit: LIMIT, cursor });
    if (wanted !== asked) return;
    const first = calls.length;
    [calls, cursor] = [[...calls, ...found.data], found.next_cursor];
    draw(place);
    announce(`${format.count(calls.length)} of ${counted()}`);
    place.querySelector(`tr[data-place="${first}"] a`)?.focus();
  } catch (error) {
    button.disabled = false;
    button.after(h("p", { class: "notice", role: "alert" }, error.message));
  } finally {
    if (adding === wanted) adding = null;
  }
}

function total() {
  return Math.max(resolved.count, calls.length);
}

function counted() {
  return `${format.count(total())} ${total() === 1 ? "call" : "calls"}`;
}

// Columns that say something, last the ids that are the same in every row.
function shownColumns() {
  const there = (name) => calls.some((call) => call[name] !== null && call[name] !== undefined);
  const columns = COLUMNS.filter((name) => ALWAYS.includes(name) || there(name));
  const same = (name) => name.endsWith("_id") && calls.length > 1 && new Set(calls.map((call) => call[name])).size === 1;
  return [...columns.filter((name) => !same(name)), ...columns.filter(same)];
}

function draw(place) {
  const columns = shownColumns();
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const failed = (error) => {
    notice.textContent = `The download failed: ${error.message}`;
    notice.hidden = false;
  };
  redraw(place, () => fill(place,
    h("section", { class: "panel wide", "aria-labelledby": "calls-title" },
      h("header", {},
        h("h1", { id: "calls-title" }, calls.length ? counted() : "Calls"),
        h("div", { class: "tools" }, orderSwitch(), downloadMenu("Calls", "calls/search", () => asked, failed)),
        h("p", { class: "help" }, "Every call behind the figures, with the filters above. Status is the one that the lead has now.")),
      notice,
      calls.length ? list(columns) : h("p", { class: "notice" }, "No call matches in this range."),
      cursor ? moreButton(place) : null)));
}

function moreButton(place) {
  const button = h("button", { type: "button", class: "secondary more" }, "More");
  button.addEventListener("click", () => more(place, button));
  return h("div", { class: "actions more" }, button,
    h("span", { class: "note" }, `${format.count(calls.length)} of ${format.count(total())} shown`));
}

function orderSwitch() {
  const oldest = current().order === "started_at";
  const change = () => navigate({ ...current(), order: oldest ? "-started_at" : "started_at" });
  return h("button", { type: "button", class: "quiet", onclick: change }, oldest ? "Newest first" : "Oldest first");
}

function list(columns) {
  return h("div", { class: "rows", role: "group", tabindex: "0", "aria-label": "Calls, table" },
    h("table", {},
      h("caption", { class: "sr-only" }, "Calls"),
      h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col", class: isFigure(name) && "number" }, label(name))))),
      h("tbody", {}, calls.map((call, place) =>
        h("tr", { "data-place": place }, columns.map((name) => cellOf(name, call, cell)))))));
}

function cell(name, call, text) {
  if (name === "started_at") return link(text, "call", call.call_id, call.merchant_id);
  if (name === "lead_id" && call.lead_id) return link(text, "lead", call.lead_id, call.merchant_id);
  return text;
}

export function link(text, view, id, merchant) {
  return h("a", { "data-page": true, href: addressOf({ ...current(), view, id, merchant }) }, text);
}
