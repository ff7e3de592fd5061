// How the fields of a call and of a lead are shown.

import { h } from "./dom.js";
import * as format from "./format.js";

const TIMES = new Set(["started_at", "ended_at", "answered_at", "updated_at", "created_at", "at", "since", "time"]);
// A longer text would make its row wider than any screen.
const LONG = 60;
const FIGURES = new Set(["duration", "sentiment", "cost", "attempt"]);

export function isFigure(name) {
  return FIGURES.has(name);
}

export function fieldText(name, record) {
  const value = record[name];
  if (value === null || value === undefined) return "–";
  if (TIMES.has(name)) return format.time(value);
  if (name === "duration") return format.duration(value);
  if (name === "cost") return format.amount(value, record.currency);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return format.amount(value);
  return typeof value === "object" ? JSON.stringify(value) : format.text(value);
}

/** A cell of a table; `inside(name, record, text)` is what it holds. */
export function cellOf(name, record, inside) {
  const text = fieldText(name, record);
  const long = text.length > LONG;
  return h("td", { class: isFigure(name) ? "number" : long && "long", title: long && text }, inside(name, record, text));
}
