// The table behind a picture: every row and figure, in any order, and a way to filter by a row.

import { changeOf } from "./change.js";
import { h } from "./dom.js";
import * as format from "./format.js";
import { label } from "./labels.js";

const SECONDS = new Set(["avg_duration", "p50", "p90", "p95", "p99", "avg", "min", "max", "total"]);
const SHARES = new Set(["percentage", "success_rate", "reach_rate", "conversion_rate", "step_rate"]);
const KEYS = new Set(["date", "outcome", "status", "provider", "currency", "agent_id", "merchant_id", "template_id", "reseller_id"]);
const BOUNDS = new Set(["from", "to"]);
const COUNTS = new Set(["count", "calls", "reached", "successes", "percentage"]);
const PREVIOUS = "previous.";
const CHANGE = "change";

/**
 * A table of rows; `choose(row)` filters by one, for rows that `canChoose` names. `sort` is
 * `{name, falling}` or null for the order of the answer; `sortBy(name)` asks for another one.
 */
export function table(panel, rows, unit, { canChoose, choose, sort = null, sortBy }) {
  const columns = columnsOf(panel, rows);
  const by = columns.find(({ name }) => name === sort?.name);
  return h("table", {},
    h("caption", { class: "sr-only" }, panel.title),
    h("thead", {}, h("tr", {}, columns.map((column) => head(column, column === by && sort, sortBy)))),
    h("tbody", {}, ordered(rows, by, sort).map((row) => line(panel, row, columns, unit, canChoose(row) && (() => choose(row))))));
}

// What changed stands behind the first figure that is compared.
function columnsOf(panel, rows) {
  const names = rows.length ? Object.keys(rows[0]) : [];
  const columns = names.map((name, place) => ({ name, field: name, text: heading(panel, name), none: absentIs(name, rows), number: place > 0 && isNumber(rows, name) }));
  const place = columns.findIndex(({ name, number }) => number && name.startsWith(PREVIOUS));
  if (place < 0) return columns;
  const { name, none } = columns[place];
  const change = { name: CHANGE, text: "Change", of: name.slice(PREVIOUS.length), none, number: true };
  return [...columns.slice(0, place + 1), change, ...columns.slice(place + 1)];
}

function head({ name, field, text, number }, sort, sortBy) {
  const sorted = sort && (sort.falling ? "descending" : "ascending");
  const inside = sortBy ? h("button", { type: "button", class: "sort", onclick: () => sortBy(name) }, text) : text;
  return h("th", { scope: "col", class: number && "number", "data-field": field, "data-column": name, "aria-sort": sorted }, inside);
}

/** The order after one more click on a column: the greatest first, the least first, as answered. */
export function nextSort(sort, name) {
  if (sort?.name !== name) return { name, falling: true };
  return sort.falling ? { name, falling: false } : null;
}

// What is absent comes last in either order.
function ordered(rows, by, sort) {
  if (!by) return rows;
  const keyed = rows.map((row) => [sortKey(row, by), row]);
  const [there, absent] = [keyed.filter(([key]) => key !== null), keyed.filter(([key]) => key === null)];
  there.sort(([one], [other]) => (sort.falling ? compare(other, one) : compare(one, other)));
  return [...there, ...absent].map(([, row]) => row);
}

function compare(one, other) {
  return typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));
}

// A change counts by its size, whether it is a rise or a fall.
function sortKey(row, { name, of, none }) {
  if (name !== CHANGE) return row[name] ?? none;
  const change = changeIn(row, of, none);
  return change && Math.abs(change.difference);
}

function changeIn(row, of, none) {
  return changeOf(row[of] ?? null, row[PREVIOUS + of] ?? none, SHARES.has(of));
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
  return h("tr", {}, columns.map(({ name, number, none, of }, place) => {
    if (name === CHANGE) return h("td", { class: "number change" }, changeText(changeIn(row, of, none), of));
    const text = cell(panel, name, row, unit, none);
    const shown = row[name] === null ? text : h("data", { value: row[name] }, text);
    const inside = place === 0 && choose ? filterButton(shown, chosenText(panel, row, unit), choose) : shown;
    return place === 0 ? h("th", { scope: "row" }, inside) : h("td", { class: number && "number" }, inside);
  }));
}

function changeText(change, of) {
  if (change === null) return "–";
  if (!COUNTS.has(of) || SHARES.has(of)) return change.text ?? "new";
  const difference = format.moved(change.difference);
  return change.text === null ? difference : `${difference} (${change.text})`;
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
  return typeof value === "number" ? format.amount(value) : format.text(value);
}

function inSeconds({ query }, name) {
  const { query_type: type, measure } = query;
  if (type === "duration_distribution") return BOUNDS.has(name);
  if (type === "measure") return ["duration", "ring"].includes(measure) && name !== "count" && (SECONDS.has(name) || name === "sum");
  return (type === "call_duration" || type === "avg_duration_over_time") && SECONDS.has(name);
}
