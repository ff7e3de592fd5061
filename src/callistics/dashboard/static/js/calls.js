// The calls behind the figures: the same filters, page by page, newest or oldest first.

import { searchCalls } from "./api.js";
import { addressOf, current, navigate } from "./app.js";
import { announce, byId, fill, h } from "./dom.js";
import { downloadMenu } from "./download.js";
import { fieldText, isFigure } from "./call-fields.js";
import { label } from "./labels.js";

const COLUMNS = [
  "started_at", "outcome", "duration", "status", "attempt", "merchant_id", "template_id", "lead_id",
  "agent_id", "provider", "direction", "sentiment", "cost", "end_reason", "call_id",
];
const ALWAYS = ["started_at", "outcome", "duration", "call_id"];
const LIMIT = 100;
let asked = null;
let calls = [];
let cursor = null;

function body() {
  const { filters, timezone, order } = current();
  return { filters, timezone, order };
}

/** Show the first page; pages that were added stay where the same is asked for again. */
export async function showCalls(place, signal) {
  const wanted = body();
  if (JSON.stringify(wanted) === JSON.stringify(asked) && calls.length > LIMIT) return;
  place.setAttribute("aria-busy", "true");
  try {
    const found = await searchCalls({ ...wanted, limit: LIMIT }, signal);
    [asked, calls, cursor] = [wanted, found.data, found.next_cursor];
    fill(byId("notices"));
    draw(place);
    announce(calls.length ? `${calls.length} calls` : "No call matches");
  } finally {
    place.removeAttribute("aria-busy");
  }
}

async function more(place, button) {
  button.disabled = true;
  const wanted = asked;
  try {
    const found = await searchCalls({ ...wanted, limit: LIMIT, cursor });
    if (wanted !== asked) return;
    const first = calls.length;
    [calls, cursor] = [[...calls, ...found.data], found.next_cursor];
    draw(place);
    announce(`${found.data.length} more calls`);
    place.querySelector(`tr[data-place="${first}"] a`)?.focus();
  } catch (error) {
    button.disabled = false;
    button.after(h("p", { class: "notice", role: "alert" }, error.message));
  }
}

function draw(place) {
  const columns = COLUMNS.filter((name) => ALWAYS.includes(name) || calls.some((call) => call[name] !== null && call[name] !== undefined));
  const failed = (error) => announce(`The download failed: ${error.message}`);
  fill(place,
    h("section", { class: "panel wide", "aria-labelledby": "calls-title" },
      h("header", {},
        h("h1", { id: "calls-title" }, "Calls"),
        h("div", { class: "tools" }, orderSwitch(), downloadMenu("Calls", "calls/search", () => asked, failed)),
        h("p", { class: "help" }, "Every call behind the figures, with the filters above.")),
      calls.length ? list(columns) : h("p", { class: "notice" }, "No call matches in this range."),
      cursor ? moreButton(place) : null));
}

function moreButton(place) {
  const button = h("button", { type: "button", class: "secondary more" }, "More");
  button.addEventListener("click", () => more(place, button));
  return button;
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
        h("tr", { "data-place": place }, columns.map((name) => h("td", { class: isFigure(name) && "number" }, cell(name, call))))))));
}

function cell(name, call) {
  const text = fieldText(name, call);
  if (name === "started_at") return link(text, "call", call.call_id, call.merchant_id);
  if (name === "lead_id" && call.lead_id) return link(text, "lead", call.lead_id, call.merchant_id);
  return text;
}

export function link(text, view, id, merchant) {
  return h("a", { "data-page": true, href: addressOf({ ...current(), view, id, merchant }) }, text);
}
