// How the fields of a call and of a lead are shown.

import * as format from "./format.js";

const TIMES = new Set(["started_at", "ended_at", "answered_at", "updated_at", "created_at", "at", "since", "time"]);
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
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
