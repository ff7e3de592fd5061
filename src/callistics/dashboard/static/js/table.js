// The table behind a picture: every row and figure, and a way to filter by a row.

import { h } from "./dom.js";
import * as format from "./format.js";
import { label } from "./labels.js";

const SECONDS = new Set(["avg_duration", "p50", "p90", "p95", "p99", "avg", "min", "max", "total"]);
const SHARES = new Set(["percentage", "success_rate", "reach_rate", "conversion_rate", "step_rate"]);
const KEYS = new Set(["date", "outcome", "status", "provider", "currency", "agent_id", "merchant_id", "template_id", "reseller_id"]);
const BOUNDS = new Set(["from", "to"]);
const COUNTS = new Set(["count", "calls", "reached", "successes", "percentage"]);
const PREVIOUS = "previous.";

/** A table of rows; `choose(row)` filters by one, for rows that `canChoose` names. */
export function table(panel, rows, unit, { canChoose, choose }) {
  const names = rows.length ? Object.keys(rows[0]) : [];
  const columns = names.map((name, place) => ({ name, text: heading(panel, name), none: absentIs(name, rows), number: place > 0 && isNumber(rows, name) }));
  return h("table", {},
    h("caption", { class: "sr-only" }, panel.title),
    h("thead", {}, h("tr", {}, columns.map(({ name, text, number }) => h("th", { scope: "col", class: number && "number", "data-field": name }, text)))),
    h("tbody", {}, rows.map((row) => line(panel, row, columns, unit, canChoose(row) && (() => choose(row))))));
}

function heading({ columns }, name) {
  const plain = name.startsWith(PREVIOUS) ? name.slice(PREVIOUS.length) : name;
  const text = columns.find((column) => column.name === plain)?.label ?? label(plain);
  return plain === name ? text : `${text}, compared period`;
}

function isNumber(rows, name) {
  return !KEYS.has(name) && rows.some((row) => typeof row[name] === "number");
}

// A row that the compared period lacks had none there, unless there is nothing there at all.
function absentIs(name, rows) {
  const counts = name.startsWith(PREVIOUS) && COUNTS.has(name.slice(PREVIOUS.length)) && !("date" in rows[0]);
  return counts && rows.some((row) => row[name] !== null) ? 0 : null;
}

function line(panel, row, columns, unit, choose) {
  return h("tr", {}, columns.map(({ name, number, none }, place) => {
    const text = cell(panel, name, row, unit, none);
    const shown = row[name] === null ? text : h("data", { value: row[name] }, text);
    const inside = place === 0 && choose ? filterButton(shown, chosenText(panel, row, unit), choose) : shown;
    return place === 0 ? h("th", { scope: "row" }, inside) : h("td", { class: number && "number" }, inside);
  }));
}

function filterButton(shown, text, choose) {
  return h("button", { type: "button", class: "link", "aria-label": `Filter by ${text}`, onclick: choose }, shown);
}

// All that a row is told apart by: a weekday and its hour, both ends of a bin.
function chosenText(panel, row, unit) {
  const names = Object.keys(panel.selects);
  return names.map((name) => cell(panel, name, row, unit)).join(" ");
}

/** What a cell says of a row's field. */
export function cell(panel, name, row, unit, none = null) {
  const plain = name.startsWith(PREVIOUS) ? name.slice(PREVIOUS.length) : name;
  const value = row[name] ?? none;
  if (value === null) return plain === "outcome" || KEYS.has(plain) ? "none" : "–";
  if (plain === "date") return format.bucket(value, unit);
  if (plain === "weekday") return format.weekday(value);
  if (plain === "hour") return format.hour(value);
  if (SHARES.has(plain)) return format.percent(value);
  if (inSeconds(panel, plain)) return format.duration(value);
  return typeof value === "number" ? format.amount(value) : String(value);
}

function inSeconds({ query }, name) {
  const { query_type: type, measure } = query;
  if (type === "duration_distribution") return BOUNDS.has(name);
  if (type === "measure") return ["duration", "ring"].includes(measure) && name !== "count" && (SECONDS.has(name) || name === "sum");
  return (type === "call_duration" || type === "avg_duration_over_time") && SECONDS.has(name);
}
