// Each filter as a chip that can be removed; a locked one cannot.

import { h } from "./dom.js";
import * as format from "./format.js";
import { label } from "./labels.js";
import { RANGE, defaultRange, hasRange } from "./state.js";

const PAIRS = [
  ["min_duration", "max_duration", "Duration", format.duration],
  ["sentiment_min", "sentiment_max", "Sentiment", format.decimal],
  ["min_cost", "max_cost", "Cost", format.decimal],
];
const SIGNS = {
  eq: "=", ne: "≠", in: "any of", not_in: "none of", gt: ">", gte: "≥", lt: "<", lte: "≤",
  contains: "contains", starts_with: "starts with",
};

// Of a transcript the beginning tells which it is, of many values the first: the bar stays on the screen.
const LONGEST = 80;
const MOST = 8;

/** Chips as `{text, names}`, or `{text, payloadKey}`; the range has its own place in the bar. */
export function describe(filters) {
  const paired = PAIRS.flatMap((pair) => pairChip(filters, pair));
  const done = new Set([...RANGE, "payload_filters", ...PAIRS.flatMap((pair) => pair.slice(0, 2))]);
  const others = Object.entries(filters)
    .filter(([name]) => !done.has(name))
    .map(([name, value]) => ({ text: `${label(name)}: ${valueText(name, value)}`, names: [name] }));
  return [...datesChip(filters), ...others, ...paired, ...payloadChips(filters.payload_filters)];
}

/** Whether a chip stands for the range, which is always there. */
export function isOfRange({ names = [] }) {
  return names.includes("date_from");
}

function datesChip({ date_from: from, date_to: to }) {
  return from || to ? [{ text: datesText(from, to), names: ["date_from", "date_to"] }] : [];
}

/** A free range as people say it: one day, or from one to the other. */
export function datesText(from, to) {
  if (from === to) return format.bucket(from);
  if (!from) return `until ${format.bucket(to)}`;
  return to ? `${format.bucket(from)} to ${format.bucket(to)}` : `since ${format.bucket(from)}`;
}

function pairChip(filters, [low, high, name, ofNumber]) {
  const text = (value) => (typeof value === "number" ? ofNumber(value) : String(value));
  const [from, to] = [filters[low], filters[high]];
  if (from === undefined && to === undefined) return [];
  const names = [low, high];
  if (to === undefined) return [{ text: `${name} ≥ ${text(from)}`, names }];
  if (from === undefined) return [{ text: `${name} ≤ ${text(to)}`, names }];
  return [{ text: `${name}: ${text(from)} to ${text(to)}`, names }];
}

export function valueText(name, value) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return listText(name, [value].flat());
}

function listText(name, items) {
  const texts = items.slice(0, MOST).map((item) => oneText(name, item));
  const rest = items.length - texts.length;
  return [...texts, ...(rest ? [`${format.count(rest)} more`] : [])].join(" or ");
}

function oneText(name, item) {
  if (item === null) return "none";
  if (name === "weekday" && typeof item === "number") return format.weekday(item);
  if (name === "hour" && typeof item === "number") return format.hour(item);
  const text = format.text(item);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function payloadChips(payload) {
  if (payload === undefined) return [];
  if (typeof payload !== "object" || payload === null) {
    return [{ text: `Payload: ${payload}`, names: ["payload_filters"] }];
  }
  return Object.entries(payload).map(([key, test]) => ({ text: `${key} ${testText(test)}`, payloadKey: key }));
}

function testText(test) {
  if (test === null) return "is absent";
  if (typeof test !== "object" || Array.isArray(test)) return `= ${operandText(test)}`;
  return Object.entries(test)
    .map(([operator, value]) =>
      operator === "exists" ? (value ? "is present" : "is absent") : `${SIGNS[operator] ?? operator} ${operandText(value)}`)
    .join(" and ");
}

// What is in a payload is told in its own words: yes and no would be texts there.
function operandText(value) {
  return listText("", [value].flat());
}

/** What changes of the filters where a chip is removed. */
export function withoutChip({ filters, locked = {} }, chip) {
  // Beside a locked range there is none of the page's own.
  if (isOfRange(chip)) return { date_range: hasRange(locked) ? undefined : defaultRange() };
  if (chip.payloadKey === undefined) return Object.fromEntries(chip.names.map((name) => [name, undefined]));
  const { [chip.payloadKey]: _, ...others } = filters.payload_filters;
  return { payload_filters: Object.keys(others).length ? others : undefined };
}

export function chipElement(chip, remove) {
  return h("li", { class: "chip" },
    h("span", {}, chip.text),
    h("button", { type: "button", "aria-label": `Remove filter ${chip.text}`, onclick: remove }, "×"));
}

export function lockedChip(chip) {
  return h("li", { class: "chip locked", title: "Fixed by the page that shows this one" },
    h("span", {}, chip.text), h("span", { class: "fixed" }, "fixed"));
}
