// The page of a call, and of a lead with its calls and the history of its status.

import * as api from "./api.js";
import { addressOf, current } from "./app.js";
import { cellOf, fieldText, isFigure } from "./call-fields.js";
import { link } from "./calls.js";
import { fill, h, notify } from "./dom.js";
import { label } from "./labels.js";

const NESTED = ["payload", "calls", "history", "status_history"];
const CALL_COLUMNS = ["started_at", "outcome", "duration", "attempt", "provider", "agent_id", "sentiment", "call_id"];

export async function showCall(place, signal) {
  const { id, merchant, timezone } = vacate(place);
  const call = await api.call(id, merchant, timezone, signal);
  notify();
  fill(place, back(), card("Call", call.call_id, [
    call.lead_id ? h("p", {}, link("All calls of this lead", "lead", call.lead_id, call.merchant_id)) : null,
    fields(call, { lead_id: (text) => call.lead_id && link(text, "lead", call.lead_id, call.merchant_id) }),
    payload(call.payload),
  ]));
}

export async function showLead(place, signal) {
  const { id, merchant, timezone } = vacate(place);
  const lead = await api.lead(id, merchant, timezone, signal);
  const history = lead.history ?? lead.status_history ?? [];
  notify();
  fill(place, back(), card("Lead", lead.lead_id, [
    fields(lead, {}),
    payload(lead.payload),
    part("History of the status", rows(history, Object.keys(history[0] ?? {}), (name, one, text) => text)),
    part("Calls", rows(lead.calls ?? [], CALL_COLUMNS, (name, one, text) =>
      name === "started_at" ? link(text, "call", one.call_id, one.merchant_id ?? lead.merchant_id) : text)),
  ]));
}

// Nothing of one record stands below the address of another, while that comes or where it does not.
function vacate(place) {
  const state = current();
  const name = JSON.stringify([state.view, state.id, state.merchant]);
  if (place.dataset.record !== name) fill(place, back());
  place.dataset.record = name;
  return state;
}

function back() {
  return h("p", { class: "back" }, h("a", { "data-page": true, href: addressOf({ ...current(), view: "calls" }) }, "← All calls"));
}

function card(kind, id, parts) {
  return h("article", { class: "panel record" },
    h("header", {}, h("div", {}, h("h1", {}, `${kind} `, h("span", { class: "id" }, id)))), parts);
}

function fields(record, links) {
  const names = Object.keys(record).filter((name) => !NESTED.includes(name) && !isTold(name, record));
  const [known, absent] = [true, false].map((is) => names.filter((name) => (record[name] !== null) === is));
  return [
    h("dl", { class: "fields" }, known.map((name) => {
      const text = fieldText(name, record);
      return h("div", {}, h("dt", {}, label(name)), h("dd", {}, links[name]?.(text) || text));
    })),
    absent.length ? h("p", { class: "help" }, `Without a value: ${absent.map(label).join(", ")}`) : null,
  ];
}

// The currency stands beside the cost.
function isTold(name, { cost }) {
  return name === "currency" && cost !== null && cost !== undefined;
}

// Of what has lines, as transcripts do, these are read: as JSON all would be in one.
function payload(content) {
  const entries = Object.entries(content ?? {});
  if (!entries.length) return null;
  const [texts, others] = [true, false].map((is) => entries.filter(([, value]) => hasLines(value) === is));
  return part("Payload", [
    texts.map(([key, text]) => [h("h3", {}, key), h("pre", { tabindex: "0", dir: "auto" }, text)]),
    others.length ? h("pre", { tabindex: "0" }, h("code", {}, JSON.stringify(Object.fromEntries(others), null, 2))) : null,
  ]);
}

function hasLines(value) {
  return typeof value === "string" && value.includes("\n");
}

function part(title, content) {
  return h("section", {}, h("h2", {}, title), content);
}

function rows(records, columns, inside) {
  if (!records.length) return h("p", { class: "notice" }, "None.");
  return h("div", { class: "rows", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col", class: isFigure(name) && "number" }, label(name))))),
    h("tbody", {}, records.map((one) => h("tr", {}, columns.map((name) => cellOf(name, one, inside)))))));
}
